/** The scattered wave of a sphere as seen in an objective's pupil. */
import { interpolateHermite, interpolateHermiteSlope } from '../maths/hermite.ts';
import { mieCoefficients, mieOrder } from '../maths/mie.ts';
import { amplitudeTablePosition, mieAmplitudeTable } from '../maths/mieAmplitudes.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { pupilCoordinates } from '../pupil/pupilGrid.ts';
import type { PupilGrid } from '../values.ts';

export interface SphereScattering {
  readonly wavelength: Scalar;
  /** Index of the surrounding medium. */
  readonly mediumIndex: Scalar;
  readonly numericalAperture: Scalar;
  readonly radius: Scalar;
  /** Real and imaginary part of the sphere's index. */
  readonly refractiveIndex: Scalar;
  readonly extinctionCoefficient: Scalar;
  readonly polarizationAngle: Scalar;
}

/** Directions closer than this to 90° are treated as this: the aplanatic factor diverges there. */
const LARGEST_SINE = 0.9995;
/** A few orders beyond Wiscombe's keep the truncation far below float32 while the radius moves in a fit. */
const EXTRA_ORDERS = 3;
/** Of the largest amplitude: far below float32. */
const TABLE_TOLERANCE = 1e-8;
const SCALARS = 7;

/**
 * Pupil amplitude [2, N, N] (x and y components) of the wave that a sphere at the origin scatters from a unit
 * plane wave, collected by an aplanatic objective:
 * P = -(NA λ / 2π n²) F / sqrt(cos θ), F = S2 cos α ρ̂ - S1 sin α φ̂ with ρ̂, φ̂ rotated into the pupil plane
 * (Bohren & Huffman 1983, eq. 4.74; Richards and Wolf, Proc. R. Soc. A 253, 358 (1959) for the aplanatic
 * factor). The sign obeys the optical theorem: the integral of the image field over the focal plane is
 * -(2π / k²) S(0). Derivatives by every scalar are exact.
 */
export function miePupilAmplitude(ops: Ops, grid: PupilGrid, sphere: SphereScattering): Complex {
  const n = grid.samples;
  const scalars = [
    sphere.wavelength,
    sphere.mediumIndex,
    sphere.numericalAperture,
    sphere.radius,
    sphere.refractiveIndex,
    sphere.extinctionCoefficient,
    sphere.polarizationAngle,
  ];
  return ops.hostMap(scalars, [2, n, n], 'complex', (values, wanted) => {
    const value = new Float64Array(4 * n * n);
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    const evaluator = new PupilAmplitude(values, wanted);
    const rho = pupilCoordinates(grid);
    const limit = 1 + 1.5 / grid.radius;
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const [px, py] = [rho[column] as number, rho[row] as number];
        const r = Math.hypot(px, py);
        if (r > limit) continue;
        evaluator.at(r, r > 0 ? px / r : 1, r > 0 ? py / r : 0);
        const i = 2 * (row * n + column);
        for (let component = 0; component < 2; component++) {
          const at = i + 2 * component * n * n;
          value[at] = evaluator.value[2 * component] as number;
          value[at + 1] = evaluator.value[2 * component + 1] as number;
          for (let s = 0; s < SCALARS; s++) {
            const partial = partials[s];
            if (partial === undefined) continue;
            partial[at] = evaluator.partials[4 * s + 2 * component] as number;
            partial[at + 1] = evaluator.partials[4 * s + 2 * component + 1] as number;
          }
        }
      }
    }
    return { value, partials };
  });
}

/** Evaluates one pupil point at a time without allocating. */
class PupilAmplitude {
  /** [Px re, Px im, Py re, Py im]. */
  readonly value = new Float64Array(4);
  /** The same four by each scalar. */
  readonly partials = new Float64Array(4 * SCALARS);
  private readonly table;
  private readonly channels: Float64Array;
  private readonly slopes: Float64Array;
  private readonly wanted: readonly boolean[];
  private readonly sizeParameter: number;
  private readonly byX: boolean;
  private readonly byM: boolean;
  private readonly lambda: number;
  private readonly index: number;
  private readonly aperture: number;
  private readonly radius: number;
  private readonly mRe: number;
  private readonly mIm: number;
  private readonly angle: number;

  constructor(values: readonly number[], wanted: readonly boolean[]) {
    const [lambda = 1, index = 1, aperture = 1, radius = 1, re = 1, im = 0, angle = 0] = values;
    this.lambda = lambda;
    this.index = index;
    this.aperture = aperture;
    this.radius = radius;
    this.angle = angle;
    this.wanted = wanted;
    this.mRe = re / index;
    this.mIm = im / index;
    this.sizeParameter = (2 * Math.PI * index * radius) / lambda;
    this.byX = [0, 1, 3].some((s) => wanted[s]);
    this.byM = [1, 4, 5].some((s) => wanted[s]);
    const coefficients = mieCoefficients(
      this.sizeParameter,
      this.mRe,
      this.mIm,
      mieOrder(this.sizeParameter) + EXTRA_ORDERS,
    );
    this.table = mieAmplitudeTable(coefficients, {
      largestSine: LARGEST_SINE,
      sizeParameter: this.byX,
      relativeIndex: this.byM,
      tolerance: TABLE_TOLERANCE,
    });
    this.channels = new Float64Array(this.table.channels);
    this.slopes = new Float64Array(this.table.channels);
  }

  at(r: number, cosPhi: number, sinPhi: number): void {
    const sine = Math.min(LARGEST_SINE, (r * this.aperture) / this.index);
    const cosine = Math.sqrt(1 - sine * sine);
    const position = amplitudeTablePosition(sine, cosine);
    interpolateHermite(this.table, position, this.channels, 0);
    const cosAlpha = cosPhi * Math.cos(this.angle) + sinPhi * Math.sin(this.angle);
    const sinAlpha = sinPhi * Math.cos(this.angle) - cosPhi * Math.sin(this.angle);
    // P = scale (S2 vector2 + S1 vector1), component by component.
    const scale = (-this.aperture * this.lambda) / (2 * Math.PI * this.index * this.index * Math.sqrt(cosine));
    const w2x = cosAlpha * cosPhi;
    const w2y = cosAlpha * sinPhi;
    const w1x = sinAlpha * sinPhi;
    const w1y = -sinAlpha * cosPhi;
    this.write(this.value, 0, scale, this.channels, 0, w1x, w1y, w2x, w2y);
    if (!this.wanted.some(Boolean)) return;
    this.partials.fill(0);
    const bySine = this.sineDerivative(sine, cosine, position, scale, [w1x, w1y, w2x, w2y]);
    const x = this.sizeParameter;
    const relative = [1 / this.lambda, -2 / this.index, 1 / this.aperture, 0, 0, 0, 0];
    const sineBy = [0, -sine / this.index, sine / this.aperture, 0, 0, 0, 0];
    const xBy = [-x / this.lambda, x / this.index, 0, x / this.radius, 0, 0, 0];
    const mBy = [
      [0, 0],
      [-this.mRe / this.index, -this.mIm / this.index],
      [0, 0],
      [0, 0],
      [1 / this.index, 0],
      [0, 1 / this.index],
      [0, 0],
    ] as const;
    const xPart = new Float64Array(4);
    const mPart = new Float64Array(4);
    if (this.byX) this.write(xPart, 0, scale, this.channels, 4, w1x, w1y, w2x, w2y);
    if (this.byM) this.write(mPart, 0, scale, this.channels, this.byX ? 8 : 4, w1x, w1y, w2x, w2y);
    for (let s = 0; s < 6; s++) {
      if (!this.wanted[s]) continue;
      const [mr, mi] = mBy[s] as readonly [number, number];
      for (let c = 0; c < 4; c += 2) {
        const at = 4 * s + c;
        const common = relative[s] as number;
        const [pr, pi] = [mPart[c] as number, mPart[c + 1] as number];
        this.partials[at] =
          common * (this.value[c] as number) +
          (sineBy[s] as number) * (bySine[c] as number) +
          (xBy[s] as number) * (xPart[c] as number) +
          mr * pr -
          mi * pi;
        this.partials[at + 1] =
          common * (this.value[c + 1] as number) +
          (sineBy[s] as number) * (bySine[c + 1] as number) +
          (xBy[s] as number) * (xPart[c + 1] as number) +
          mr * pi +
          mi * pr;
      }
    }
    // d cos α / dψ = sin α, d sin α / dψ = -cos α.
    if (this.wanted[6]) {
      const turned = [-cosAlpha * sinPhi, cosAlpha * cosPhi, sinAlpha * cosPhi, sinAlpha * sinPhi] as const;
      this.write(this.partials, 24, scale, this.channels, 0, ...turned);
    }
  }

  /** d P / d sin θ through the amplitudes and the aplanatic factor (the direction in the pupil stays). */
  private sineDerivative(
    sine: number,
    cosine: number,
    position: number,
    scale: number,
    weights: readonly [number, number, number, number],
  ): Float64Array {
    const out = new Float64Array(4);
    if (sine >= LARGEST_SINE) return out;
    interpolateHermiteSlope(this.table, position, this.slopes, 0);
    const positionBySine = Math.sqrt((1 + cosine) / 2) / (2 * cosine);
    this.write(out, 0, scale * positionBySine, this.slopes, 0, ...weights);
    const aplanatic = (0.5 * sine) / (cosine * cosine);
    for (let c = 0; c < 4; c++) out[c] = (out[c] as number) + aplanatic * (this.value[c] as number);
    return out;
  }

  private write(
    out: Float64Array,
    offset: number,
    scale: number,
    s: Float64Array,
    from: number,
    w1x: number,
    w1y: number,
    w2x: number,
    w2y: number,
  ): void {
    for (let part = 0; part < 2; part++) {
      const s1 = s[from + part] as number;
      const s2 = s[from + 2 + part] as number;
      out[offset + part] = scale * (s1 * w1x + s2 * w2x);
      out[offset + 2 + part] = scale * (s1 * w1y + s2 * w2y);
    }
  }
}
