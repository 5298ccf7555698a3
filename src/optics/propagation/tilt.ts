/** Light on a plane that is tilted against the axis. */
import { DIFFERENCE_STEP, slopesOf } from '../maths/difference.ts';
import type { Complex, HostSamples, Ops } from '../ops/ops.ts';
import { constantScalar, type Scalar } from '../ops/scalar.ts';
import { fourierKernel } from '../pupil/zoomTransform.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Medium } from './angularSpectrum.ts';

export interface Tilt {
  /** The plane's normal leans so far towards +x or +y, radians. */
  readonly angle: Scalar;
  readonly towards: 'x' | 'y';
  /** Direction around which the light is known best: the axis, or the plane's normal. */
  readonly around: 'axis' | 'normal';
}

/** Room around the light in which it does not come back. */
const PADDING = 2;
/** Waves that graze the plane more than this are left out: cosine of the angle to the normal. */
const GRAZING = 0.02;

/**
 * Samples [.., n, n] on the plane through the origin whose normal leans by α: the plane waves of the light, summed at
 * (x' cos α, y', -x' sin α), each weighted by sqrt(cos θ'/cos θ), with which |u|² is what crosses the tilted plane. The
 * sum is done along x' exactly and then along y' with kz(fx, fy) - kz(fx, 0) taken at the middle direction: see
 * `tiltError`. The phase of the middle direction along x' is left out; it is 0 around the normal.
 */
export function ontoTiltedPlane(
  ops: Ops,
  samples: Complex,
  pitch: Scalar,
  medium: Medium,
  tilt: Tilt,
): Complex {
  const [n] = planeShape(samples);
  const padded = PADDING * n;
  const spectrum = ops.fourier2(ops.resize(samples, padded, padded), 'forward');
  const scalars = [tilt.angle, medium.wavelength, medium.refractiveIndex, pitch];
  const { around } = tilt;
  const lean = linePhasors(ops, `tilt:lean:${around}`, scalars, n, padded, (f, values) =>
    leaning(f, values, around),
  );
  const side = linePhasors(ops, `tilt:side:${around}`, scalars, n, padded, (f, values) =>
    sideways(f, values, around),
  );
  const back = fourierKernel(ops, { step: constantScalar(1), spacing: 1 / padded, sign: 1 }, n, padded);
  // [.., tilted coordinate, other frequency]
  const half = ops.multiply(ops.matmul(lean, spectrum, tilt.towards === 'x'), side);
  const whole = tilt.towards === 'x' ? ops.matmul(back, half, true) : ops.matmul(half, back, true);
  return ops.scale(whole, 1 / padded);
}

type Values = readonly [angle: number, wavelength: number, index: number];

/** kz of a wave with this transverse frequency; 0 beyond the light cone. */
function axial(frequencySquared: number, [, wavelength, index]: Values): number {
  return 2 * Math.PI * Math.sqrt(Math.max(0, (index / wavelength) ** 2 - frequencySquared));
}

function middle([angle, wavelength, index]: Values, around: Tilt['around']): number {
  return around === 'axis' ? 0 : (index * Math.sin(angle)) / wavelength;
}

/** Radians per metre of x' and amplitude of waves (f, 0). */
function leaning(f: number, values: Values, around: Tilt['around']): readonly [number, number] {
  const [angle, wavelength, index] = values;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const f0 = middle(values, around);
  const [kz, kz0] = [axial(f * f, values), axial(f0 * f0, values)];
  const k = (2 * Math.PI * index) / wavelength;
  const cosine = kz / k;
  const toNormal = ((f * wavelength) / index) * s + cosine * c;
  const amplitude = cosine > GRAZING && toNormal > GRAZING ? Math.sqrt(toNormal / cosine) : 0;
  return [2 * Math.PI * (f - f0) * c - (kz - kz0) * s, amplitude];
}

/** Radians per metre of x' that waves with the other frequency f fall behind. */
function sideways(f: number, values: Values, around: Tilt['around']): readonly [number, number] {
  const f0 = middle(values, around);
  const behind = axial(f0 * f0 + f * f, values) - axial(f0 * f0, values);
  return [-behind * Math.sin(values[0]), 1];
}

/**
 * Radians that `ontoTiltedPlane` neglects at the window's edge for light within `sine` of the middle direction along
 * both directions.
 */
export function tiltError(values: Values, around: Tilt['around'], width: number, sine: number): number {
  const [angle, wavelength, index] = values;
  const f0 = middle(values, around);
  const ds = (sine * index) / wavelength;
  const bend = (f: number) => axial(f * f + ds * ds, values) - axial(f * f, values);
  const worst = Math.max(Math.abs(bend(f0 + ds) - bend(f0)), Math.abs(bend(f0 - ds) - bend(f0)));
  return (width / 2) * Math.abs(Math.sin(angle)) * worst;
}

/**
 * Phasors [n, orders] of phase j·pitch·rate(f) at f = order / (orders·pitch), rate and amplitude a closed form of
 * angle, wavelength and index. Derivatives of these lines are four-point differences.
 */
function linePhasors(
  ops: Ops,
  name: string,
  scalars: readonly Scalar[],
  n: number,
  orders: number,
  wave: (frequency: number, values: Values) => readonly [number, number],
): Complex {
  const line = ([angle, wavelength, index, pitch]: readonly number[]) =>
    Array.from({ length: orders }, (_, m) => {
      const dx = pitch ?? 1;
      const f = (m - Math.floor(orders / 2)) / (orders * dx);
      const [rate, amplitude] = wave(f, [angle ?? 0, wavelength ?? 1, index ?? 1]);
      return [rate * dx, amplitude];
    }).flat();
  const evaluate = (values: readonly number[], wanted: readonly boolean[]): HostSamples => {
    const waves = line(values);
    // The angle is measured in radians, the others against themselves.
    const slopes = wanted.map((want, s) =>
      want ? slopesOf(line, values, s, DIFFERENCE_STEP * (s === 0 ? 1 : (values[s] ?? 1))) : undefined,
    );
    const value = new Float64Array(2 * n * orders);
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    for (let row = 0; row < n; row++) {
      const j = row - Math.floor(n / 2);
      for (let m = 0; m < orders; m++) {
        const [rate, amplitude] = [waves[2 * m] as number, waves[2 * m + 1] as number];
        const turns = (j * rate) / (2 * Math.PI);
        const phase = 2 * Math.PI * (turns - Math.round(turns));
        const [re, im] = [Math.cos(phase), Math.sin(phase)];
        const i = 2 * (row * orders + m);
        value[i] = amplitude * re;
        value[i + 1] = amplitude * im;
        slopes.forEach((slope, s) => {
          const partial = partials[s];
          if (partial === undefined || slope === undefined) return;
          const [byRate, byAmplitude] = [slope[2 * m] as number, slope[2 * m + 1] as number];
          const turned = j * byRate * amplitude;
          partial[i] = byAmplitude * re - turned * im;
          partial[i + 1] = byAmplitude * im + turned * re;
        });
      }
    }
    return { value, partials };
  };
  return ops.hostMap(scalars, [n, orders], 'complex', evaluate, name);
}
