import { spreadTile } from '../../cells.ts';
import type { ElementSpec, ParamValues, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { mapPenalty, penaltyParams } from '../../mapPenalty.ts';
import { divideScalars, multiplyScalars } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import { throughSlices } from '../../samples/multislice.ts';
import { formatNumber } from '../../units.ts';
import type { Field } from '../../values.ts';
import { unlikeWindowsNote } from '../masks/cellParams.ts';

/** What a random start covers. */
const RANGE: readonly [number, number] = [-0.05, 0.05];

const params = {
  index: {
    kind: 'map',
    quantity: 'dimensionless',
    title: 'Index difference',
    doc: 'Δn of each cell: index of the sample less that of its medium, positive where it is denser. The slices lie side by side, row by row: the first, where light comes in, top left. Learned cell by cell.',
    default: 0,
    min: -1,
    max: 1,
    soft: RANGE,
    display: '',
    learnable: true,
    step: 0.01,
    cells: 'cells',
    prominent: true,
  },
  cells: {
    kind: 'integer',
    title: 'Cells',
    doc: 'Cells along a side of the map, of all slices together. Stored values are resampled when it changes.',
    default: 64,
    min: 1,
    max: 1024,
  },
  tiles: {
    kind: 'integer',
    title: 'Slices along a side',
    doc: 'Slices along a side of the map: 2 stand for 4 slices, 3 for 9. Each fills the window.',
    default: 2,
    min: 1,
    max: 8,
  },
  thickness: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Thickness',
    doc: 'Thickness of the whole sample along the light, divided evenly among the slices.',
    default: 10e-6,
    min: 0,
    max: 1,
    soft: [1e-6, 50e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.5e-6,
    prominent: true,
  },
  ...penaltyParams,
} as const;

function notes(light: Field, p: ParamValues<typeof params>, windows?: readonly number[]): SamplingNote[] {
  const found = unlikeWindowsNote(
    windows ?? [],
    'The volume',
    'Put “Change grid” before the volume, which gives all wavelengths one window.',
  );
  const [n] = planeShape(light.samples);
  if (p.cells > p.tiles * n) {
    found.push({
      severity: 'warning',
      message: `A cell is ${formatNumber((p.tiles * n) / p.cells, 2)} samples wide: cells are averaged before the light sees them.`,
      fix: `Use at most ${p.tiles * n} cells, or more samples.`,
    });
  }
  // Frequencies up to the grid's limit leave a slice under an angle; beyond a cell's width it is no longer thin.
  const step = p.thickness.value / p.tiles ** 2;
  const pitch = light.pitch.value;
  const bend = (light.wavelength.value * step) / (light.refractiveIndex.value * pitch * pitch);
  if (bend > n) {
    found.push({
      severity: 'warning',
      message: `Between two slices light of the finest detail wanders ${formatNumber(bend / 2, 2)} samples aside, beyond the window.`,
      fix: 'Use more slices, a thinner sample or a wider window.',
    });
  }
  return found;
}

export const volumeMap: ElementSpec = defineElement({
  type: 'volumeMap',
  version: 1,
  category: 'samples',
  title: 'Volume map',
  summary: 'A volume of refractive index cell by cell, in slices: painted, uploaded, or learned from images.',
  keywords: [
    'tomography',
    'multislice',
    'reconstruction',
    'refractive index',
    'learn',
    'tilt series',
    'voxels',
  ],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' }, penalty: { type: 'scalar', title: 'Penalty' } },
  params,
  power: 'keepsOrLoses',
  followsWindow: () => 'shape',
  linearIn: 'in',
  equation: 'u ← H(dz) exp[2πi Δn(x, y, z) dz/λ] u, slice by slice; shown in focus at the middle',
  references: [
    'Cowley and Moodie, Acta Cryst. 10, 609 (1957)',
    'Kamilov et al., Optica 2, 517 (2015): slices for tomography',
  ],
  sampling: (inputs, p, _grid, _wavelengths, windows) => {
    const light = inputs['in'];
    return light?.kind === 'field' ? notes(light, p, windows) : [];
  },
  forward: (inputs, p, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const slices = p.tiles ** 2;
    const turns = divideScalars(multiplyScalars(p.thickness, (2 * Math.PI) / slices), light.wavelength);
    const cut = { slices, thickness: p.thickness, back: 0.5 };
    const samples = throughSlices(ops, light.samples, light, cut, (through, slice) => {
      const tile = [Math.floor(slice / p.tiles), slice % p.tiles] as const;
      const phase = ops.scaleBy(spreadTile(ops, p.index, n, p.tiles, tile), turns);
      return ops.multiply(ops.phasor(phase), through);
    });
    return {
      out: { ...light, samples, planeWaves: null },
      penalty: mapPenalty(ops, p.index, p, RANGE),
    };
  },
});
