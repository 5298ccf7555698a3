/** Incoherent light from within a sample that scatters it: random phases, averaged over draws. */
import { SeededRandom } from '../maths/random.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import {
  constantScalar,
  divideScalars,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from '../ops/scalar.ts';
import { amplitudeMap, softEdge } from '../sampledGrid.ts';
import type { Field } from '../values.ts';
import { NO_LIGHT } from './incoherentImaging.ts';
import { PADDING, type Slab, stepTransfer, throughSlice } from './multislice.ts';
import { type Shade, sliceMap } from './picture.ts';

/** The amplitude of what glows as brightly as the volume says. */
const AMPLITUDE: Shade = { name: 'glowing', args: [], value: (m) => Math.sqrt(Math.max(0, m)) };

export interface Glow {
  readonly slab: Slab;
  readonly draws: number;
  readonly seed: number;
  /** Amplitude of all the light: √watts. */
  readonly amplitude: Scalar;
  /** Of the objective that collects the light; 0 for all of it. */
  readonly numericalAperture: Scalar;
}

/**
 * Field [draws, n, n] of a slab that glows: each slice adds its emission with random phases to what comes from the
 * slices before it, which the slice bends. Irradiance summed over the draws tends to that of incoherent light.
 */
export function glowingSlab(ops: Ops, light: Field, n: number, glow: Glow): Complex {
  const { slab, draws, seed, numericalAperture } = glow;
  const step = multiplyScalars(slab.thickness, 1 / slab.slices);
  const between = stepTransfer(ops, light, n, step);
  const emissions = Array.from({ length: slab.slices }, (_, index) =>
    sliceMap(ops, slab.volume, { index, count: slab.slices }, n, light.pitch, AMPLITUDE),
  );
  let out: Complex | null = null;
  emissions.forEach((emission, index) => {
    const own = ops.multiply(emission, randomPhases(ops, seed + index, draws, n));
    const bent: Complex | null =
      out === null ? null : throughSlice(ops, ops.filter2(out, between), light, slab, index);
    out = bent === null ? own : ops.add(bent, own);
  });
  if (out === null) throw new Error('A sample has at least one slice.');
  const last = subtractScalars(multiplyScalars(step, 0.5), multiplyScalars(slab.thickness, slab.back));
  const transfer = stepTransfer(ops, light, n, last);
  const collected =
    numericalAperture.value > 0
      ? ops.multiply(objectiveStop(ops, light, n, numericalAperture), transfer)
      : transfer;
  const scale = ops.divide(
    ops.fromScalars([divideScalars(glow.amplitude, light.pitch)], [1]),
    ops.squareRoot(totalOf(ops, emissions, draws)),
  );
  return ops.multiply(scale, ops.filter2(out, collected));
}

/** Σ emission² over all slices, times the draws, shape [1]. */
function totalOf(ops: Ops, emissions: readonly Real[], draws: number): Real {
  const sums = emissions.map((emission) => ops.sum(ops.multiply(emission, emission), [0, 1]));
  const nothing: Real = ops.upload(Float64Array.of(NO_LIGHT), [1, 1], 'real');
  const all = sums.reduce((sum, each) => ops.add(sum, each), nothing);
  return ops.reshape(ops.scale(all, draws), [1]);
}

/** exp(iφ) with even random φ, [draws, n, n]. */
function randomPhases(ops: Ops, seed: number, draws: number, n: number): Complex {
  const evaluate = () => {
    const random = new SeededRandom(seed);
    const value = new Float64Array(2 * draws * n * n);
    for (let i = 0; i < value.length; i += 2) {
      const phase = 2 * Math.PI * random.uniform();
      value[i] = Math.cos(phase);
      value[i + 1] = Math.sin(phase);
    }
    return { value, partials: [] };
  };
  return ops.hostMap([constantScalar(seed)], [draws, n, n], 'complex', evaluate, 'glow:phases');
}

/** 1 within the frequencies NA/λ of an objective, 0 outside, on the padded window's spectrum. */
function objectiveStop(ops: Ops, light: Field, n: number, numericalAperture: Scalar): Real {
  const window = PADDING * n;
  const spacing = divideScalars(1, multiplyScalars(light.pitch, window));
  const cutoff = divideScalars(numericalAperture, light.wavelength);
  // A soft edge bends sharply where it ends: differences over a small share of a sample.
  const args = [{ scalar: cutoff, scale: 0.03 * spacing.value }];
  return amplitudeMap(ops, 'glow:stop', window, spacing, args, ([edge = 0], df) => (fx, fy) => {
    return softEdge((edge - Math.hypot(fx, fy)) / df);
  });
}
