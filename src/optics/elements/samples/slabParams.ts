/** Parameters of thick samples that light goes through slice by slice, declared once. */

import type { ParamSpecs, ParamValues, SamplingNote, SimulationGrid } from '../../element.ts';
import { offerValue } from '../../fixes.ts';
import type { Slab } from '../../samples/multislice.ts';
import { formatNumber } from '../../units.ts';
import type { Field } from '../../values.ts';
import { pictureNotes, pictureOf, volumeParams } from './pictureParams.ts';

const MOST_SLICES = 256;

export const slabParams = {
  ...volumeParams,
  slices: {
    kind: 'integer',
    title: 'Slices',
    doc: 'Slices along the light; more until the result stops changing.',
    default: 8,
    min: 1,
    max: MOST_SLICES,
  },
  thickness: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Thickness',
    doc: 'Thickness of the whole sample along the light.',
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
  indexDifference: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Index difference',
    doc: 'Δn: index of the sample less that of its medium where the volume is 1.',
    default: 0.03,
    min: -5,
    max: 5,
    soft: [-0.1, 0.1],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.005,
    prominent: true,
  },
  extinctionCoefficient: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Extinction',
    doc: 'κ, the imaginary part of the index where the volume is 1; positive absorbs.',
    default: 0,
    min: 0,
    max: 20,
    soft: [0, 0.02],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.001,
  },
} as const satisfies ParamSpecs;

type SlabParams = ParamValues<typeof slabParams>;

export function slabOf(params: SlabParams, back: number): Slab {
  const { slices, thickness, indexDifference, extinctionCoefficient } = params;
  return { volume: pictureOf(params), slices, thickness, indexDifference, extinctionCoefficient, back };
}

/** Turns of phase in one slice from which on light bends within it to speak of. */
const STRONG_SLICE = 0.25;

/** @param birefringence what the index is higher for the other polarisation */
export function slabNotes(
  params: SlabParams,
  light: Field,
  grid: SimulationGrid,
  windows?: readonly number[],
  birefringence = 0,
): SamplingNote[] {
  const notes = pictureNotes(params, light, grid, windows);
  const step = params.thickness.value / params.slices;
  const ordinary = params.indexDifference.value;
  const largest = Math.max(Math.abs(ordinary), Math.abs(ordinary + birefringence));
  const turns = (largest * step) / light.wavelength.value;
  if (turns > STRONG_SLICE) {
    const enough = Math.ceil((params.slices * turns) / STRONG_SLICE);
    notes.push({
      severity: 'warning',
      message: `One slice turns the phase by ${formatNumber(turns, 3)} waves: light that bends inside it is not followed.`,
      fix: `Use at least ${enough} slices.`,
      ...offerValue(enough <= MOST_SLICES, 'slices', enough, `Use ${enough} slices`),
    });
  }
  if (largest > 0.2 * light.refractiveIndex.value) {
    notes.push({
      severity: 'warning',
      message: 'So large a difference of index reflects light, which slices let pass.',
      fix: 'Use a medium whose index is nearer to the sample’s.',
    });
  }
  return notes;
}
