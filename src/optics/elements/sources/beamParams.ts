/** What beams with a waist share. */
import type { QuantityParam, SamplingNote, SimulationGrid } from '../../element.ts';
import { finerPitch } from '../../fixes.ts';
import { beamAt } from '../../maths/paraxialBeam.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { formatNumber } from '../../units.ts';
import { phaseNotes, position, windowNotes } from './lightParams.ts';

export const waist: QuantityParam = {
  kind: 'quantity',
  quantity: 'length',
  title: 'Waist radius',
  doc: '1/e² intensity radius w0 at the waist.',
  default: 500e-6,
  min: 1e-8,
  max: 1,
  soft: [1e-6, 5e-3],
  display: 'µm',
  scale: 'log',
  learnable: true,
  step: 10e-6,
  prominent: true,
};

/** Place of the axis, and the distance from the waist. */
export const beamPlace = {
  distance: position(
    'Distance from waist',
    'How far behind the waist this plane lies; negative before it.',
    null,
    {
      min: -1e6,
      max: 1e6,
      soft: [-0.1, 0.1],
      display: 'mm',
      step: 1e-3,
    },
  ),
  x: position('Centre x', 'Lateral position of the axis, +x right.', 'lateralX', {
    soft: [-1e-3, 1e-3],
    step: 10e-6,
  }),
  y: position('Centre y', 'Lateral position of the axis, +y down the rows.', 'lateralY', {
    soft: [-1e-3, 1e-3],
    step: 10e-6,
  }),
} as const;

/**
 * What can go wrong with a beam on a grid: a waist that diverges more than paraxial beams do or falls between samples,
 * a beam wider than the window, a wavefront too steep for the pitch.
 * @param width radius of the light in units of the lowest mode's: sqrt(M²).
 */
export function beamNotes(
  light: { readonly wavelength: Scalar; readonly refractiveIndex: Scalar },
  waistRadius: number,
  distance: number,
  offset: number,
  width: number,
  grid: SimulationGrid,
): readonly SamplingNote[] {
  const [lambda, index] = [light.wavelength.value, light.refractiveIndex.value];
  const { radius, curvature } = beamAt(waistRadius, distance, lambda, index);
  const divergence = lambda / (Math.PI * index * waistRadius);
  const notes: SamplingNote[] = [];
  // Below two samples the waist's own spectrum (to 1e-4 of its power) no longer fits the grid's.
  const finest = Math.min(radius, waistRadius) / width;
  if (finest < 2 * grid.pitch) {
    notes.push({
      severity: 'warning',
      message: `The waist is only ${formatNumber(finest / grid.pitch, 2)} samples wide.`,
      fix: 'Use a finer grid pitch or a larger waist (at least 2 samples).',
      ...finerPitch(grid, finest / 2),
    });
  }
  if (divergence * width > 0.3) {
    notes.push({
      severity: 'warning',
      message: `The beam opens by ${formatNumber(divergence * width, 2)} rad: paraxial beams are good to about 0.3 rad.`,
      fix: 'Use a larger waist, or focus a pupil.',
    });
  }
  const reach = 2 * width * radius;
  const seen = Math.min(reach, 0.5 * grid.samples * grid.pitch + offset);
  return [
    ...notes,
    ...windowNotes(reach + offset, 'The beam', grid),
    ...phaseNotes((index / lambda) * seen * Math.abs(curvature), 'At its edge', grid),
  ];
}

/** How far a beam is from a coherent one. */
export const beamQuality: QuantityParam = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'M²',
  doc: 'Times that the beam diverges faster than a coherent one of the same waist.',
  default: 1.5,
  min: 1.0001,
  max: 100,
  soft: [1.05, 4],
  display: '',
  scale: 'log',
  learnable: true,
  step: 0.05,
  prominent: true,
};
