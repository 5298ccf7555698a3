/** Free-space propagation by transfer functions: the band-limited angular spectrum and its paraxial form. */
import { foldedSide, unfold } from '../evenSamples.ts';
import type { Complex, HostSamples, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';

export interface Medium {
  readonly wavelength: Scalar;
  readonly refractiveIndex: Scalar;
}

export interface SpectrumOptions {
  /** Fresnel's transfer function in place of the exact one. */
  readonly paraxial?: boolean;
  /** The light repeats from window to window: every frequency is then exact at any distance, and none is removed. */
  readonly periodic?: boolean;
}

/**
 * Transfer function exp(i z (kz - k)) on an [n, n] spectrum of samples `pitch` apart, origin at floor(n/2).
 * The common phase k z is dropped, evanescent waves decay, and frequencies beyond the local sampling limit
 * f_max = n_medium / (λ sqrt((2 z / (n pitch))² + 1)) are removed over one frequency step (Matsushima and
 * Shimobaba, Opt. Express 17, 19662 (2009), written for the wavelength in the medium). Phases are formed in
 * float64; the derivative by distance, wavelength, index and pitch is exact, edge included. With `paraxial` it is
 * Fresnel's: kz - k becomes -π λ f² / n_medium, nothing is evanescent, and f_max = n_medium n pitch / (2 λ |z|).
 */
export function transferFunction(
  ops: Ops,
  samples: number,
  pitch: Scalar,
  medium: Medium,
  distance: Scalar,
  { paraxial = false, periodic = false }: SpectrumOptions = {},
): Complex {
  const scalars = [distance, medium.wavelength, medium.refractiveIndex, pitch];
  const evaluate = (values: readonly number[], wanted: readonly boolean[]): HostSamples => {
    const [z, lambda, index, dx] = values as [number, number, number, number];
    const side = foldedSide(samples);
    const value = new Float64Array(2 * side * side);
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    const edge = periodic ? NO_EDGE : bandEdge(samples, z, lambda, index, dx, paraxial);
    const wave = new AxialWave(lambda, index, paraxial);
    for (let row = 0; row < side; row++) {
      const wy = edge.weight(row);
      if (wy === 0 && !edge.sloping(row)) continue;
      for (let column = 0; column <= row; column++) {
        const wx = edge.weight(column);
        if (wx * wy === 0 && !edge.sloping(column)) continue;
        const order2 = row * row + column * column;
        wave.at(order2 / (samples * dx) ** 2, z);
        const i = 2 * (row * side + column);
        const w = wx * wy;
        value[i] = w * wave.re;
        value[i + 1] = w * wave.im;
        for (let s = 0; s < 4; s++) {
          const partial = partials[s];
          if (partial === undefined) continue;
          const dw = edge.slope(row, s) * wx + wy * edge.slope(column, s);
          const [gr, gi] = wave.logDerivative(s, z, order2, samples, dx);
          partial[i] = dw * wave.re + w * (gr * wave.re - gi * wave.im);
          partial[i + 1] = dw * wave.im + w * (gr * wave.im + gi * wave.re);
        }
      }
    }
    const whole = (folded: Float64Array) => unfold(folded, samples, 2);
    return { value: whole(value), partials: partials.map((each) => each && whole(each)) };
  };
  const name = `${paraxial ? 'fresnelTransfer' : 'angularSpectrum'}:${periodic}`;
  return ops.hostMap(scalars, [samples, samples], 'complex', evaluate, name);
}

/** exp(i z (kz - k)) at one spatial frequency and the pieces its derivatives need. */
class AxialWave {
  re = 1;
  im = 0;
  private detuning = 0;
  private cosine = 1;
  private evanescent = 0;
  private readonly k: number;
  private readonly lambda: number;
  private readonly index: number;
  private readonly paraxial: boolean;

  constructor(lambda: number, index: number, paraxial: boolean) {
    this.lambda = lambda;
    this.index = index;
    this.paraxial = paraxial;
    this.k = (2 * Math.PI * index) / lambda;
  }

  at(frequencySquared: number, z: number): void {
    const m = (this.lambda / this.index) ** 2 * frequencySquared;
    if (m < 1 || this.paraxial) {
      this.cosine = this.paraxial ? 1 : Math.sqrt(1 - m);
      this.evanescent = 0;
      this.detuning = (-this.k * m) / (1 + this.cosine);
      const turns = (this.detuning * z) / (2 * Math.PI);
      const phase = 2 * Math.PI * (turns - Math.round(turns));
      this.re = Math.cos(phase);
      this.im = Math.sin(phase);
    } else {
      // Beyond the light cone the wave decays with |z| in either direction (never grows).
      this.cosine = 0;
      this.evanescent = Math.sqrt(m - 1);
      const turns = (-this.k * z) / (2 * Math.PI);
      const phase = 2 * Math.PI * (turns - Math.round(turns));
      const decay = Math.exp(-this.k * this.evanescent * Math.abs(z));
      this.re = decay * Math.cos(phase);
      this.im = decay * Math.sin(phase);
      this.detuning = -this.k;
    }
  }

  /** d ln H / d scalar (0 distance, 1 wavelength, 2 index, 3 pitch) as [real, imaginary]. */
  logDerivative(s: number, z: number, order2: number, samples: number, dx: number): [number, number] {
    const sine2 = ((this.lambda / this.index) ** 2 * order2) / (samples * dx) ** 2;
    const decay = this.k * this.evanescent;
    if (s === 0) return [-decay * Math.sign(z), this.detuning];
    // kz = k sqrt(1 - m): by ln m it changes by -k m / (2 cos θ), or i k m / (2 sqrt(m - 1)) beyond the cone.
    const byLogSquare: [number, number] =
      this.evanescent > 0
        ? [(-this.k * sine2 * Math.abs(z)) / (2 * this.evanescent), 0]
        : [0, this.cosine > 0 ? (-this.k * sine2 * z) / (2 * this.cosine) : 0];
    const whole: [number, number] = [-decay * Math.abs(z), this.detuning * z];
    if (s === 1)
      return [(-whole[0] + 2 * byLogSquare[0]) / this.lambda, (-whole[1] + 2 * byLogSquare[1]) / this.lambda];
    if (s === 2)
      return [(whole[0] - 2 * byLogSquare[0]) / this.index, (whole[1] - 2 * byLogSquare[1]) / this.index];
    return [(-2 * byLogSquare[0]) / dx, (-2 * byLogSquare[1]) / dx];
  }
}

const NO_EDGE = { weight: () => 1, sloping: () => false, slope: () => 0 };

/** Weight of frequency order j at the band edge: 1 inside, 0 outside, linear over one order. */
function bandEdge(samples: number, z: number, lambda: number, index: number, dx: number, paraxial: boolean) {
  const width = samples * dx;
  const a = (2 * z) / width;
  const root = paraxial ? Math.abs(a) : Math.sqrt(a * a + 1);
  // Highest order that stays unaliased; below the grid's own limit it cuts.
  const limit = (width * index) / (lambda * root);
  const byScalar = [
    (-limit * a * a) / (root * root * (z === 0 ? 1 : z)),
    -limit / lambda,
    limit / index,
    limit / dx + (limit * a * a) / (root * root * dx),
  ];
  const sloping = (order: number) => Math.abs(limit - Math.abs(order)) < 0.5;
  return {
    weight: (order: number) => Math.min(1, Math.max(0, limit - Math.abs(order) + 0.5)),
    sloping,
    slope: (order: number, s: number) => (sloping(order) ? (byScalar[s] as number) : 0),
  };
}

/**
 * Propagates samples [.., n, n] over `distance`, zero-padded to [padded, padded] so that light leaving the window
 * does not come back on the other side.
 */
export function propagate(
  ops: Ops,
  samples: Complex,
  pitch: Scalar,
  medium: Medium,
  distance: Scalar,
  padded: number,
  options: SpectrumOptions = {},
): Complex {
  return ops.filter2(samples, transferFunction(ops, padded, pitch, medium, distance, options));
}
