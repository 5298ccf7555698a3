/** Diffraction by a single transform: the Fresnel integral, with Fraunhofer's and the scalable angular spectrum. */
import type { Complex, HostSamples, Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { divideScalars, mapScalar, multiplyScalars } from '../ops/scalar.ts';
import { zoomTransform } from '../pupil/zoomTransform.ts';
import { amplitudeMap, type MapArgument, phaseMap, planeShape, softEdge } from '../sampledGrid.ts';
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
    const value = new Float64Array(n * n);
    const partials = wanted.map((want) => (want ? new Float64Array(n * n) : undefined));
    const [sign, own] = isSource ? [-1, withSquare ? 1 : 0] : [1, 1];
    const constant = isSource ? cx * cx + cy * cy : 0;
    for (let row = 0; row < n; row++) {
      const py = (row - Math.floor(n / 2)) * dx;
      for (let column = 0; column < n; column++) {
        const px = (column - Math.floor(n / 2)) * dx;
        const square = own * (px * px + py * py);
        const mixed = 2 * sign * (px * cx + py * cy);
        const turns = 0.5 * c * (square + mixed + constant);
        const i = row * n + column;
        value[i] = 2 * Math.PI * (turns - Math.round(turns));
        if (partials[0]) partials[0][i] = Math.PI * (square + mixed + constant);
        if (partials[1]) partials[1][i] = (Math.PI * c * (2 * square + mixed)) / dx;
        if (partials[2]) partials[2][i] = 2 * Math.PI * c * (sign * px + (isSource ? cx : 0));
        if (partials[3]) partials[3][i] = 2 * Math.PI * c * (sign * py + (isSource ? cy : 0));
      }
    }
    return { value, partials };
  };
  return ops.hostMap([scale, pitch, x, y], [n, n], 'real', evaluate, `fresnel:chirp:${side}:${withSquare}`);
}

/**
 * The filter that makes a following Fresnel integral exact: exp{i z [kz - k + π λ f²/n]} on an [n, n] spectrum, zero
 * beyond the light cone and where it would move light by more than half the padded window (Heintzmann, Loetgering and
 * Wechsler, Optica 10, 1407 (2023): scalable angular spectrum). The edge is one frequency step wide.
 */
export function scalableFilter(
  ops: Ops,
  samples: number,
  pitch: Scalar,
  medium: Medium,
  distance: Scalar,
): Complex {
  const width = samples * pitch.value;
  const frequencyStep = divideScalars(1, multiplyScalars(pitch, samples));
  const args = (share: number): MapArgument[] => [
    { scalar: medium.wavelength, scale: share * medium.wavelength.value },
    { scalar: medium.refractiveIndex, scale: share * medium.refractiveIndex.value },
    { scalar: distance, scale: share * (Math.abs(distance.value) || width) },
  ];
  const phase = phaseMap(
    ops,
    'scalable:phase',
    samples,
    frequencyStep,
    args(1),
    ([lambda = 1, index = 1, z = 0]) => {
      const inMedium = lambda / index;
      return (fx, fy) => {
        const m = inMedium ** 2 * (fx * fx + fy * fy);
        // cos θ - 1 + m/2 = -(m/2)² · 2 / (1 + cos θ)²: nothing is lost by subtraction.
        return m < 1 ? (((-2 * Math.PI * z) / inMedium) * (m * m)) / (2 * (1 + Math.sqrt(1 - m)) ** 2) : 0;
      };
    },
  );
  // The edge moves over as many samples as the band has: differences are taken within a small part of one.
  const kept = amplitudeMap(
    ops,
    'scalable:band',
    samples,
    frequencyStep,
    args(1 / samples),
    ([lambda = 1, index = 1, z = 0], df) => {
      const inMedium = lambda / index;
      return (fx, fy) => {
        const m = inMedium ** 2 * (fx * fx + fy * fy);
        if (m >= 1) return 0;
        const slope = 1 / Math.sqrt(1 - m);
        const far = Math.abs(z) * inMedium * (slope - 1) * Math.max(Math.abs(fx), Math.abs(fy));
        const perStep = Math.abs(z) * inMedium * (slope - 1 + m * slope ** 3) * df;
        return perStep > 0 ? softEdge((0.5 / df - far) / perStep) : 1;
      };
    },
  );
  return ops.multiply(kept, ops.phasor(phase));
}
