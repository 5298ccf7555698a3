import { fillingLayout, spreadCells, throughMask } from '../../cells.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { leaveOutTerms } from '../../leaveOut.ts';
import { mapPenalty, penaltyParams } from '../../mapPenalty.ts';
import { divideScalars } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import { cellMapNotes, cellsParam, interpolationParam } from './cellParams.ts';

/** One turn: what a random start covers. */
const TURN: readonly [number, number] = [-Math.PI, Math.PI];

export const freeformPhase: ElementSpec = defineElement({
  type: 'freeformPhase',
  version: 1,
  category: 'masks',
  title: 'Phase map',
  summary:
    'A phase mask cell by cell, painted, uploaded or learned: a hologram, a free-form plate, a pupil mask.',
  keywords: ['free-form', 'hologram', 'CGH', 'diffractive', 'DOE', 'mask', 'paint', 'upload', 'pixels'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' }, penalty: { type: 'scalar', title: 'Penalty' } },
  params: {
    phase: {
      kind: 'map',
      quantity: 'angle',
      title: 'Phase',
      doc: 'Phase that each cell adds, in radians; positive is a longer optical path. Learned cell by cell.',
      default: 0,
      min: -1e3,
      max: 1e3,
      soft: TURN,
      display: 'rad',
      learnable: true,
      step: 1,
      cells: 'cells',
      prominent: true,
    },
    cells: cellsParam('window, or of the square around the disc of a pupil'),
    interpolation: interpolationParam,
    leaveOut: {
      kind: 'integer',
      title: 'Leave out to Noll',
      doc: 'The light gets the map without its share of the Zernike terms from Noll 1 (piston) to this one over the disc of the pupil, or over the largest disc in the window, so that x, y, z and terms learned beside the map are told by their own numbers. 0 leaves out nothing.',
      default: 0,
      min: 0,
      max: 66,
    },
    designWavelength: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Design wavelength',
      doc: 'Wavelength for which the phase is given: at others it is multiplied by λ0/λ, as by a plate without dispersion. 0 gives all wavelengths the same phase.',
      default: 0,
      min: 0,
      max: 1e-3,
      soft: [4e-7, 7e-7],
      display: 'nm',
      scale: 'linear',
      learnable: false,
      step: 1e-9,
    },
    ...penaltyParams,
  },
  power: 'keeps',
  followsWindow: () => 'shape',
  linearIn: 'in',
  equation: 't(x, y) = exp[i φ(x, y) λ0/λ]',
  references: ['Goodman, Introduction to Fourier Optics: computer-generated holograms'],
  sampling: (inputs, params, _grid, _wavelengths, windows) =>
    cellMapNotes(inputs['in'], params.cells, windows),
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const [n] = planeShape(light.samples);
    const between = params.interpolation === 'linear' ? 'linear' : 'nearest';
    const layout = fillingLayout(light, params.cells);
    const map = spreadCells(ops, params.phase, n, layout, between);
    const phase = leaveOutTerms(ops, map, layout, params.cells, params.leaveOut);
    const atWavelength =
      params.designWavelength.value === 0
        ? phase
        : ops.scaleBy(phase, divideScalars(params.designWavelength, light.wavelength));
    return {
      out: throughMask(ops, light, ops.phasor(atWavelength)),
      penalty: mapPenalty(ops, params.phase, params, TURN),
    };
  },
});
