/** The scattered wave of a sphere as seen in an objective's pupil. */
import { interpolateHermite, interpolateHermiteSlope } from '../maths/hermite.ts';
import { mieCoefficients, mieOrder } from '../maths/mie.ts';
import { amplitudeTablePosition, mieAmplitudeTable } from '../maths/mieAmplitudes.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
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
  return ops.hostMap(
    scalars,
    [2, n, n],
    'complex',
    (values, wanted) => {
      const value = new Float64Array(4 * n * n);
      const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
      const radial = new RadialAmplitudes(values, wanted, grid);
      const angle = values[ANGLE] as number;
      const [cosAngle, sinAngle] = [Math.cos(angle), Math.sin(angle)];
      const centre = Math.floor(n / 2);
      const limit = (grid.radius + 1.5) ** 2;
      for (let row = 0; row < n; row++) {
        const dy = row - centre;
        for (let column = 0; column < n; column++) {
          const dx = column - centre;
          const order2 = dx * dx + dy * dy;
          if (order2 > limit) continue;
          const at = radial.indexOf(order2);
          const r = order2 > 0 ? Math.sqrt(order2) : 1;
          const [c, s] = order2 > 0 ? [dx / r, dy / r] : [1, 0];
          const cosAlpha = c * cosAngle + s * sinAngle;
          const sinAlpha = s * cosAngle - c * sinAngle;
          const i = 2 * (row * n + column);
          // F = S2 cos α ρ̂ - S1 sin α φ̂, component by component.
          radial.write(value, i, at, 0, sinAlpha * s, cosAlpha * c);
          radial.write(value, i + 2 * n * n, at, 0, -sinAlpha * c, cosAlpha * s);
          for (let k = 0; k < ANGLE; k++) {
            const partial = partials[k];
            if (partial === undefined) continue;
            radial.write(partial, i, at, k + 1, sinAlpha * s, cosAlpha * c);
            radial.write(partial, i + 2 * n * n, at, k + 1, -sinAlpha * c, cosAlpha * s);
          }
          const turned = partials[ANGLE];
          if (turned !== undefined) {
            // d cos α / dψ = sin α, d sin α / dψ = -cos α.
            radial.write(turned, i, at, 0, -cosAlpha * s, sinAlpha * c);
            radial.write(turned, i + 2 * n * n, at, 0, cosAlpha * c, sinAlpha * s);
          }
        }
      }
      return { value, partials };
    },
    'mie',
  );
}

/**
 * scale·S1 and scale·S2 with their derivatives, once for each distance from the pupil's centre that occurs on
 * the grid (an eighth of the samples or fewer).
 */
class RadialAmplitudes {
  /** Squared distance in samples -> entry; each entry holds 1 + 6 blocks of [S1 re, S1 im, S2 re, S2 im]. */
  private readonly entries: Int32Array;
  private readonly data: Float64Array;

  constructor(values: readonly number[], wanted: readonly boolean[], grid: PupilGrid) {
    const largest = Math.floor((grid.radius + 1.5) ** 2);
    this.entries = new Int32Array(largest + 1).fill(-1);
    const reach = Math.ceil(grid.radius + 1.5);
    let count = 0;
    for (let dy = 0; dy <= reach; dy++) {
      for (let dx = 0; dx <= dy; dx++) {
        const order2 = dx * dx + dy * dy;
        if (order2 <= largest && this.entries[order2] === -1) this.entries[order2] = count++;
      }
    }
    this.data = new Float64Array(count * ENTRY);
    const evaluator = new AmplitudeEvaluator(values, wanted);
    for (let order2 = 0; order2 <= largest; order2++) {
      const entry = this.entries[order2] as number;
      if (entry >= 0) evaluator.fill(Math.sqrt(order2) / grid.radius, this.data, entry * ENTRY);
    }
  }

  indexOf(order2: number): number {
    return (this.entries[order2] as number) * ENTRY;
  }

  /** out[i..i+1] = w1 S1 + w2 S2 of a block. */
  write(out: Float64Array, i: number, at: number, block: number, w1: number, w2: number): void {
    const from = at + 4 * block;
    const d = this.data;
    out[i] = w1 * (d[from] as number) + w2 * (d[from + 2] as number);
    out[i + 1] = w1 * (d[from + 1] as number) + w2 * (d[from + 3] as number);
  }
}

/** Index of the polarisation angle among the scalars; the six before it change the amplitudes themselves. */
const ANGLE = 6;
const ENTRY = 4 * (1 + ANGLE);

/** Amplitudes and derivatives at one distance from the pupil's centre. */
class AmplitudeEvaluator {
  private readonly table;
  private readonly channels: Float64Array;
  private readonly slopes: Float64Array;
  private readonly wanted: readonly boolean[];
  private readonly byX: boolean;
  private readonly byM: boolean;
  private readonly lambda: number;
  private readonly index: number;
  private readonly aperture: number;
  /** d ln(scale), d x, d Re m, d Im m and d ln(sine) by each of the six scalars. */
  private readonly chain: readonly (readonly [number, number, number, number, number])[];

  constructor(values: readonly number[], wanted: readonly boolean[]) {
    const [lambda = 1, index = 1, aperture = 1, radius = 1, re = 1, im = 0] = values;
    this.lambda = lambda;
    this.index = index;
    this.aperture = aperture;
    this.wanted = wanted;
    const x = (2 * Math.PI * index * radius) / lambda;
    this.chain = [
      [1 / lambda, -x / lambda, 0, 0, 0],
      [-2 / index, x / index, -re / index ** 2, -im / index ** 2, -1 / index],
      [1 / aperture, 0, 0, 0, 1 / aperture],
      [0, x / radius, 0, 0, 0],
      [0, 0, 1 / index, 0, 0],
      [0, 0, 0, 1 / index, 0],
    ];
    this.byX = [0, 1, 3].some((k) => wanted[k]);
    this.byM = [1, 4, 5].some((k) => wanted[k]);
    const coefficients = mieCoefficients(x, re / index, im / index, mieOrder(x) + EXTRA_ORDERS);
    this.table = mieAmplitudeTable(coefficients, {
      largestSine: LARGEST_SINE,
      sizeParameter: this.byX,
      relativeIndex: this.byM,
      tolerance: TABLE_TOLERANCE,
    });
    this.channels = new Float64Array(this.table.channels);
    this.slopes = new Float64Array(this.table.channels);
  }

  /** Writes the blocks of one entry. @param r distance in units of the pupil's radius. */
  fill(r: number, out: Float64Array, offset: number): void {
    const full = (r * this.aperture) / this.index;
    const sine = Math.min(LARGEST_SINE, full);
    const cosine = Math.sqrt(1 - sine * sine);
    const position = amplitudeTablePosition(sine, cosine);
    interpolateHermite(this.table, position, this.channels, 0);
    const scale =
      (-this.aperture * this.lambda) / (2 * Math.PI * this.index * this.index * Math.sqrt(cosine));
    for (let c = 0; c < 4; c++) out[offset + c] = scale * (this.channels[c] as number);
    if (!this.wanted.some(Boolean)) return;
    // d/d ln(sine) through the table and the aplanatic factor 1/sqrt(cos); nothing changes beyond the clamp.
    const moves = full < LARGEST_SINE ? sine : 0;
    interpolateHermiteSlope(this.table, position, this.slopes, 0);
    const positionBySine = Math.sqrt((1 + cosine) / 2) / (2 * cosine);
    const aplanatic = (0.5 * sine) / (cosine * cosine);
    const fromX = 4;
    const fromM = this.byX ? 8 : 4;
    for (let k = 0; k < ANGLE; k++) {
      if (!this.wanted[k]) continue;
      const [byScale, byX, byRe, byIm, byLogSine] = this.chain[k] as readonly [
        number,
        number,
        number,
        number,
        number,
      ];
      const bySine = byLogSine * moves;
      const at = offset + 4 * (k + 1);
      for (let c = 0; c < 4; c++) {
        const value = this.channels[c] as number;
        let slope =
          byScale * value + bySine * (positionBySine * (this.slopes[c] as number) + aplanatic * value);
        if (byX !== 0) slope += byX * (this.channels[fromX + c] as number);
        if (this.byM) {
          // d/d(Im m) = i d/dm: the real part takes minus the imaginary derivative, and the other way round.
          const other = this.channels[fromM + (c ^ 1)] as number;
          slope += byRe * (this.channels[fromM + c] as number) + byIm * ((c & 1) === 0 ? -other : other);
        }
        out[at + c] = scale * slope;
      }
    }
  }
}
