/** Diffraction by a single transform: the Fresnel integral, with Fraunhofer's and the scalable angular spectrum. */
import { foldedSide, unfold } from '../evenSamples.ts';
import { eachMoved } from '../maths/difference.ts';
import type { Complex, HostSamples, Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { constantScalar, divideScalars, mapScalar, multiplyScalars } from '../ops/scalar.ts';
import { zoomTransform } from '../pupil/zoomTransform.ts';
import { planeShape, softEdge } from '../sampledGrid.ts';
import type { Field } from '../values.ts';
import type { Medium } from './angularSpectrum.ts';
import { centredWindow, type OutputWindow, withinPeriod } from './window.ts';

/** λ |z| / (n_medium N pitch): the pitch that one discrete transform gives, whose N samples are one period. */
export function naturalPitch(medium: Medium, distance: Scalar, samples: number, pitch: Scalar): Scalar {
  const length = mapScalar(distance, Math.abs, Math.sign);
  return divideScalars(
    multiplyScalars(medium.wavelength, length),
    multiplyScalars(multiplyScalars(medium.refractiveIndex, pitch), samples),
  );
}

/**
 * u(x) = -i n/(λz) ∬ u(ξ) exp[iπn |x - ξ|²/(λz)] dξ on samples [.., n, n] (Goodman, Introduction to Fourier Optics:
 * the Fresnel diffraction integral), by one transform at the natural pitch or by a zoomed one on any window. Without
 * `inputChirp` the term |ξ|² is left out: Fraunhofer's integral. z is not 0 and may be negative. Paraxial; sampled
 * well where |z| is at least the critical distance n_medium N pitch²/λ. Outside one period nothing is returned.
 * @param window where to compute; null for all samples at the natural pitch.
 */
export function fresnelIntegral(
  ops: Ops,
  samples: Complex,
  pitch: Scalar,
  medium: Medium,
  distance: Scalar,
  window: OutputWindow | null,
  inputChirp: boolean,
): Complex {
  const [n] = planeShape(samples);
  const natural = naturalPitch(medium, distance, n, pitch);
  const target = window ?? centredWindow(n, natural);
  const scale = divideScalars(medium.refractiveIndex, multiplyScalars(medium.wavelength, distance));
  const chirp = (size: number, step: Scalar, side: 'source' | 'target') =>
    ops.phasor(chirpPhase(ops, size, step, { scale, x: target.x, y: target.y }, side, inputChirp));
  const forward = distance.value > 0;
  const isPlain = !inputChirp && window === null;
  const lit = isPlain ? samples : ops.multiply(samples, chirp(n, pitch, 'source'));
  const turn = ops.constant(`fresnel:i:${forward}`, [1], 'complex', () =>
    Float64Array.of(0, forward ? -1 : 1),
  );
  let image: Complex;
  if (window === null) {
    const transformed = ops.fourier2(lit, forward ? 'forward' : 'inverse');
    image = ops.scaleBy(transformed, divideScalars(pitch, natural));
  } else {
    const strength = mapScalar(scale, Math.abs, Math.sign);
    const step = multiplyScalars(multiplyScalars(pitch, window.pitch), strength);
    const { samples: size } = window;
    const zoom = { step, spacing: 1, rows: size, columns: size, sign: forward ? -1 : 1 } as const;
    const transformed = zoomTransform(ops, lit, zoom);
    const scaled = ops.scaleBy(transformed, multiplyScalars(multiplyScalars(pitch, pitch), strength));
    image = withinPeriod(ops, scaled, window, natural.value * n, 'axis');
  }
  return ops.multiply(ops.multiply(image, turn), chirp(target.samples, target.pitch, 'target'));
}

/** The phase that the integral's samples in a window ride on. */
export function sphereOf(medium: Medium, distance: Scalar, { pitch, x, y }: Omit<OutputWindow, 'samples'>) {
  const scale = divideScalars(medium.refractiveIndex, multiplyScalars(medium.wavelength, distance));
  return {
    perSample: multiplyScalars(scale, multiplyScalars(pitch, pitch)),
    x: divideScalars(x, pitch),
    y: divideScalars(y, pitch),
  };
}

/** Samples of light less the phase of the sphere it rides on, where one is known: what may be interpolated. */
export function withoutSphere(ops: Ops, { samples, sphere }: Field): Complex {
  if (sphere === undefined || sphere.samples !== samples) return samples;
  const { perSample, x, y } = sphere;
  const [n] = planeShape(samples);
  const phase = chirpPhase(ops, n, constantScalar(1), { scale: perSample, x, y }, 'target', true);
  return ops.multiply(samples, ops.phasor(ops.scale(phase, -1)));
}

interface Chirp {
  /** n / (λz), 1/m². */
  readonly scale: Scalar;
  readonly x: Scalar;
  readonly y: Scalar;
}

/**
 * π scale |ξ - c|² over the source, or π scale (|x|² + 2 x·c) over a target whose samples are counted from its centre
 * c: together with the transform's kernel they make π scale |x + c - ξ|². [n, n], radians, reduced to one turn.
 */
function chirpPhase(
  ops: Ops,
  n: number,
  pitch: Scalar,
  { scale, x, y }: Chirp,
  side: 'source' | 'target',
  withSquare: boolean,
): Real {
  const isSource = side === 'source';
  const evaluate = (values: readonly number[], wanted: readonly boolean[]): HostSamples => {
    const [c, dx, cx, cy] = values as [number, number, number, number];
    // Around the axis one eighth is computed.
    const isEven = cx === 0 && cy === 0 && wanted[2] !== true && wanted[3] !== true;
    const [size, first] = isEven ? [foldedSide(n), 0] : [n, -Math.floor(n / 2)];
    const value = new Float64Array(size * size);
    const partials = wanted.map((want) => (want ? new Float64Array(size * size) : undefined));
    const [sign, own] = isSource ? [-1, withSquare ? 1 : 0] : [1, 1];
    const constant = isSource ? cx * cx + cy * cy : 0;
    for (let row = 0; row < size; row++) {
      const py = (row + first) * dx;
      const columns = isEven ? row + 1 : size;
      for (let column = 0; column < columns; column++) {
        const px = (column + first) * dx;
        const square = own * (px * px + py * py);
        const mixed = 2 * sign * (px * cx + py * cy);
        const turns = 0.5 * c * (square + mixed + constant);
        const i = row * size + column;
        value[i] = 2 * Math.PI * (turns - Math.round(turns));
        if (partials[0]) partials[0][i] = Math.PI * (square + mixed + constant);
        if (partials[1]) partials[1][i] = (Math.PI * c * (2 * square + mixed)) / dx;
        if (partials[2]) partials[2][i] = 2 * Math.PI * c * (sign * px + (isSource ? cx : 0));
        if (partials[3]) partials[3][i] = 2 * Math.PI * c * (sign * py + (isSource ? cy : 0));
      }
    }
    const whole = (samples: Float64Array) => (isEven ? unfold(samples, n, 1) : samples);
    return { value: whole(value), partials: partials.map((each) => each && whole(each)) };
  };
  return ops.hostMap([scale, pitch, x, y], [n, n], 'real', evaluate, `fresnel:chirp:${side}:${withSquare}`);
}

/**
 * The filter that makes Fresnel's integral before or behind it exact: exp{i z [kz - k + π λ f²/n]} on an [n, n]
 * spectrum, zero beyond the light cone and where it would move light by more than half the padded window (Heintzmann,
 * Loetgering and Wechsler, Optica 10, 1407 (2023): scalable angular spectrum). The edge is one frequency step wide.
 */
export function scalableFilter(
  ops: Ops,
  samples: number,
  pitch: Scalar,
  medium: Medium,
  distance: Scalar,
): Complex {
  const scalars = [distance, medium.wavelength, medium.refractiveIndex, pitch];
  const evaluate = (values: readonly number[], wanted: readonly boolean[]): HostSamples => {
    const side = foldedSide(samples);
    const [z, lambda, index, dx] = values as unknown as FilterValues;
    const value = new Float64Array(2 * side * side);
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    for (let row = 0; row < side; row++) {
      for (let column = 0; column <= row; column++) {
        const inside = ordersInside(samples, row, column, [z, lambda, index, dx]);
        if (inside <= -0.5) continue;
        const weight = softEdge(inside);
        const m = sineSquared(samples, row, column, [z, lambda, index, dx]);
        const cosine = Math.sqrt(1 - m);
        const k = (2 * Math.PI * index) / lambda;
        // cos θ - 1 + m/2 = -(m²/2) / (1 + cos θ)²: nothing is lost by subtraction.
        const perLength = (-k * m * m) / (2 * (1 + cosine) ** 2);
        const turns = (z * perLength) / (2 * Math.PI);
        const phase = 2 * Math.PI * (turns - Math.round(turns));
        const [re, im] = [Math.cos(phase), Math.sin(phase)];
        const i = 2 * (row * side + column);
        value[i] = weight * re;
        value[i + 1] = weight * im;
        // By ln m, which goes with λ², 1/n² and 1/pitch².
        const bySquare = (-z * k * m * m) / (2 * cosine * (1 + cosine));
        const slopes = [
          perLength,
          (2 * bySquare - z * perLength) / lambda,
          (z * perLength - 2 * bySquare) / index,
          (-2 * bySquare) / dx,
        ];
        partials.forEach((partial, s) => {
          if (partial === undefined) return;
          const turn = weight * (slopes[s] ?? 0);
          const edge = inside < 0.5 ? edgeSlope(samples, row, column, [z, lambda, index, dx], s) : 0;
          partial[i] = edge * re - turn * im;
          partial[i + 1] = edge * im + turn * re;
        });
      }
    }
    const whole = (folded: Float64Array) => unfold(folded, samples, 2);
    return { value: whole(value), partials: partials.map((each) => each && whole(each)) };
  };
  return ops.hostMap(scalars, [samples, samples], 'complex', evaluate, 'scalableFilter');
}

type FilterValues = readonly [distance: number, wavelength: number, index: number, pitch: number];

function sineSquared(n: number, row: number, column: number, [, lambda, index, dx]: FilterValues): number {
  return ((lambda / index) ** 2 * (row * row + column * column)) / (n * dx) ** 2;
}

/** How many frequency steps the order (row, column), column ≤ row, lies within the filter's band. */
function ordersInside(n: number, row: number, column: number, values: FilterValues): number {
  const [z, lambda, index, dx] = values;
  const m = sineSquared(n, row, column, values);
  if (m >= 1) return -1;
  const slope = 1 / Math.sqrt(1 - m);
  const perOrder = (Math.abs(z) * lambda) / (index * n * dx);
  const far = perOrder * (slope - 1) * row;
  const perStep = perOrder * (slope - 1 + m * slope ** 3);
  return perStep > 0 ? ((n * dx) / 2 - far) / perStep : 1;
}

/** d softEdge(ordersInside) by a value: a four-point difference within a small part of a step. */
function edgeSlope(n: number, row: number, column: number, values: FilterValues, s: number): number {
  const h = (1e-3 / n) * (Math.abs(values[s] ?? 1) || n * values[3]);
  let slope = 0;
  eachMoved(values, s, h, (moved, weight) => {
    slope += weight * softEdge(ordersInside(n, row, column, moved as unknown as FilterValues));
  });
  return slope;
}
