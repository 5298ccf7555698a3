/** Images of incoherent objects: the convolution of their brightness with the image of a point. */
import { summedIrradiance } from '../axes.ts';
import { pupilIrradiance } from '../detection/irradiance.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import { multiplyScalars, type Scalar } from '../ops/scalar.ts';
import type { Pupil } from '../values.ts';

/** Keeps quotients finite where there is no light at all. */
export const NO_LIGHT = 1e-30;

/** Pixels across which the image of a point is known: one period of the sampled pupil's image, at most `wanted`. */
export function knownPixels(light: Pupil, pitch: number, wanted: number): number {
  const period = (light.grid.radius * light.wavelength.value) / light.numericalAperture.value;
  const most = Math.floor(period / pitch);
  // A pitch or aperture that is no number has been refused; it must not become a size here.
  return most < wanted ? Math.max(1, most) : wanted;
}

/**
 * Share of a point's light that falls on each pixel, as a transfer function [planes, 2n, 2n] or [2n, 2n] for
 * `filter2`: convolutions of objects of n pixels are then linear, without light that comes in from the other side.
 * Beyond one period of the sampled pupil's image the point's light is not known and left out.
 */
export function pointTransfer(ops: Ops, light: Pupil, n: number, pitch: Scalar): Complex {
  const known = knownPixels(light, pitch.value, 2 * n);
  const irradiance = pupilIrradiance(ops, light, { rows: known, columns: known, pitch, aperture: 0 });
  const share = ops.divide(
    ops.scaleBy(irradiance, multiplyScalars(pitch, pitch)),
    ops.add(pupilPower(ops, light), ops.upload(Float64Array.of(NO_LIGHT), [1], 'real')),
  );
  const spectrum = ops.fourier2(ops.toComplex(ops.resize(share, 2 * n, 2 * n)), 'forward');
  return ops.scale(spectrum, 2 * n);
}

/** Power in a pupil, Σ|P|² Δρ², [planes, 1, 1] or [1, 1]. */
function pupilPower(ops: Ops, light: Pupil): Real {
  const squared = summedIrradiance(ops, light);
  const rank = squared.shape.length;
  return ops.scale(ops.sum(squared, [rank - 2, rank - 1]), 1 / light.grid.radius ** 2);
}

/** The brightness of an object as shares of all its light: they sum to 1 over the last two axes. */
export function sharesOf(ops: Ops, brightness: Real): Real {
  const axes = brightness.shape.map((_, axis) => axis);
  const all = ops.add(ops.sum(brightness, axes), ops.upload(Float64Array.of(NO_LIGHT), [1], 'real'));
  return ops.divide(brightness, all);
}
