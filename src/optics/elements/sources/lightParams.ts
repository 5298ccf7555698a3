/** Parameters that every source shares, declared once. */
import type { IntegerParam, QuantityParam, SamplingNote, SimulationGrid } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { constantScalar, mapScalar, type Scalar } from '../../ops/scalar.ts';
import { steepPhaseNotes } from '../../phaseNotes.ts';
import { direction } from '../../quantityFamily.ts';
import { formatNumber } from '../../units.ts';
import type { Axis, Field, Light } from '../../values.ts';

/** The properties that light has as it leaves a source. */
export function lightOf(params: {
  readonly wavelength: Scalar;
  readonly refractiveIndex: Scalar;
  readonly polarizationAngle: Scalar;
}): Light {
  const { wavelength, refractiveIndex, polarizationAngle } = params;
  return { wavelength, refractiveIndex, polarizationAngle, parts: null, weight: constantScalar(1) };
}

/** The field that leaves a source: waves of unit power (summed over their modes) times the root of the power. */
export function emittedField(
  ops: Ops,
  unit: Complex,
  axes: readonly Axis[],
  params: Parameters<typeof lightOf>[0] & { readonly power: Scalar },
  grid: SimulationGrid,
): Field {
  return {
    kind: 'field',
    samples: ops.scaleBy(unit, rootOf(params.power)),
    pitch: constantScalar(grid.pitch),
    axes,
    ...lightOf(params),
    planeWaves: null,
  };
}

/** The amplitude of a power. */
export function rootOf(watts: Scalar): Scalar {
  return mapScalar(watts, Math.sqrt, (p) => 0.5 / Math.sqrt(Math.max(p, 1e-300)));
}

/** A warning where light up to so far from the axis is cut off by the window. */
export function windowNotes(reach: number, what: string, grid: SimulationGrid): readonly SamplingNote[] {
  const width = grid.samples * grid.pitch;
  if (2 * reach <= width) return [];
  return [
    {
      severity: 'warning',
      message: `${what} reaches ${formatNumber(reach * 1e6, 3)} µm from the axis: the grid of ${formatNumber(width * 1e6, 3)} µm cuts it off.`,
      fix: 'Use more samples, a larger pitch or less of it.',
      ...moreSamples(grid.samples, (2 * reach) / grid.pitch),
    },
  ];
}

/** A warning where the phase turns by more than half a turn from sample to sample. */
export function phaseNotes(
  cyclesPerMetre: number,
  where: string,
  grid: SimulationGrid,
): readonly SamplingNote[] {
  const words = { where, effect: 'the wave is aliased', instead: 'flatter light' };
  return steepPhaseNotes({ cyclesPerMetre, pitch: grid.pitch, ...words }, grid);
}

/** The same properties of light that goes on in another representation. */
export function sameLight({ wavelength, refractiveIndex, polarizationAngle, parts, weight }: Light): Light {
  return { wavelength, refractiveIndex, polarizationAngle, parts, weight };
}

export const wavelength: QuantityParam = {
  kind: 'quantity',
  quantity: 'length',
  title: 'Wavelength',
  doc: 'Vacuum wavelength of the light.',
  default: 532e-9,
  min: 1e-10,
  max: 1e-3,
  soft: [380e-9, 1000e-9],
  display: 'nm',
  scale: 'linear',
  learnable: true,
  step: 1e-9,
  prominent: true,
};

export const refractiveIndex: QuantityParam = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'Medium index',
  doc: 'Refractive index of the medium the light travels in (water 1.33, oil 1.518, air 1).',
  default: 1,
  min: 1,
  max: 5,
  soft: [1, 1.6],
  display: '',
  scale: 'linear',
  learnable: true,
  step: 1e-2,
};

export const polarizationAngle = direction(
  'Polarisation',
  'Direction of linear polarisation, from +x towards +y (down the rows). Matters to spheres.',
);

export const power: QuantityParam = {
  kind: 'quantity',
  quantity: 'power',
  title: 'Power',
  doc: 'Power of the beam in watts.',
  default: 1,
  min: 0,
  max: 1e9,
  soft: [0, 2],
  display: 'W',
  scale: 'linear',
  learnable: true,
  step: 0.1,
};

/** A lateral or axial position in metres. */
export function position(
  title: string,
  doc: string,
  role: NonNullable<QuantityParam['role']> | null,
  options: Partial<
    Pick<QuantityParam, 'default' | 'min' | 'max' | 'soft' | 'step' | 'prominent' | 'display'>
  > = {},
): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'length',
    title,
    doc,
    default: 0,
    min: -1,
    max: 1,
    soft: [-10e-6, 10e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.1e-6,
    ...(role === null ? {} : { role }),
    ...options,
  };
}

/** Number of planes that follow one another along the light, the middle one at an offset. */
export const planeNumber = {
  kind: 'integer',
  title: 'Planes',
  doc: 'Number of planes; plane floor(planes/2) is at the offset.',
  default: 7,
  min: 1,
  max: 512,
  prominent: true,
} as const satisfies IntegerParam;
