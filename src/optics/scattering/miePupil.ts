/** The scattered wave of a sphere as seen in an objective's pupil. */
import { type HermiteTable, interpolateHermite, interpolateHermiteSlope } from '../maths/hermite.ts';
import { amplitudeTablePosition, mieAmplitudeTable } from '../maths/mie/amplitudes.ts';
import { type MieSeries, mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import type { PupilGrid } from '../values.ts';
import { LAYER_SCALARS, type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';

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
export function miePupilAmplitude(
  ops: Ops,
  grid: PupilGrid,
  sphere: ScatteringSphere,
  numericalAperture: Scalar,
): Complex {
  const n = grid.samples;
  const scalars = [...sphereScalars(sphere), numericalAperture, sphere.polarizationAngle];
  const last = scalars.length - 1;
  return ops.hostMap(
    scalars,
    [2, n, n],
    'complex',
    (values, wanted) => {
      const value = new Float64Array(4 * n * n);
      const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
      const radial = new RadialAmplitudes(values, wanted, grid);
      const angle = values[last] as number;
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
          for (let k = 0; k < last; k++) {
            const partial = partials[k];
            if (partial === undefined) continue;
            radial.write(partial, i, at, k + 1, sinAlpha * s, cosAlpha * c);
            radial.write(partial, i + 2 * n * n, at, k + 1, -sinAlpha * c, cosAlpha * s);
          }
          const turned = partials[last];
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
  /** Squared distance in samples -> entry; an entry has a block [S1 re, S1 im, S2 re, S2 im] and one per scalar. */
  private readonly entries: Int32Array;
  private readonly data: Float64Array;
  private readonly size: number;

  constructor(values: readonly number[], wanted: readonly boolean[], grid: PupilGrid) {
    this.size = 4 * values.length;
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
    this.data = new Float64Array(count * this.size);
    const evaluator = new AmplitudeEvaluator(values, wanted);
    for (let order2 = 0; order2 <= largest; order2++) {
      const entry = this.entries[order2] as number;
      if (entry >= 0) evaluator.fill(Math.sqrt(order2) / grid.radius, this.data, entry * this.size);
    }
  }

  indexOf(order2: number): number {
    return (this.entries[order2] as number) * this.size;
  }

  /** out[i..i+1] = w1 S1 + w2 S2 of a block. */
  write(out: Float64Array, i: number, at: number, block: number, w1: number, w2: number): void {
    const from = at + 4 * block;
    const d = this.data;
    out[i] = w1 * (d[from] as number) + w2 * (d[from + 2] as number);
    out[i + 1] = w1 * (d[from + 1] as number) + w2 * (d[from + 3] as number);
  }
}

/** How a scalar changes the amplitudes: through their scale, the angle that belongs to a place, and the series. */
interface Change {
  readonly logScale: number;
  readonly logSine: number;
  /** Complex factors of further series in the table, by their first channel. */
  readonly series: readonly { readonly channel: number; readonly re: number; readonly im: number }[];
}

/** Amplitudes and derivatives at one distance from the pupil's centre. */
class AmplitudeEvaluator {
  private readonly table: HermiteTable;
  private readonly channels: Float64Array;
  private readonly slopes: Float64Array;
  private readonly lambda: number;
  private readonly index: number;
  private readonly aperture: number;
  /** null for scalars that are not asked for. */
  private readonly changes: readonly (Change | null)[];

  constructor(values: readonly number[], wanted: readonly boolean[]) {
    const [lambda = 1, index = 1] = values;
    this.lambda = lambda;
    this.index = index;
    this.aperture = values.at(-2) ?? 1;
    const layers = sphereLayers(values.slice(0, -2));
    const x = layers.at(-1)?.sizeParameter ?? 1;
    const coefficients = mieCoefficients(layers, mieOrder(x) + EXTRA_ORDERS);
    const others: MieSeries[] = [];
    const add = (series: MieSeries | undefined, re: number, im: number) => {
      if (series === undefined) throw new Error('There is a series for every layer.');
      if (!others.includes(series)) others.push(series);
      return { channel: 4 * (1 + others.indexOf(series)), re, im };
    };
    const { bySize, byIndex } = coefficients;
    const sizes = (scale: number) =>
      layers.map(({ sizeParameter }, layer) => add(bySize[layer], scale * sizeParameter, 0));
    const indices = (scale: number) =>
      layers.map(({ mRe, mIm }, layer) => add(byIndex[layer], scale * mRe, scale * mIm));
    const changeBy = (scalar: number): Change => {
      if (scalar === 0) return { logScale: 1 / lambda, logSine: 0, series: sizes(-1 / lambda) };
      if (scalar === 1) {
        const series = [...sizes(1 / index), ...indices(-1 / index)];
        return { logScale: -2 / index, logSine: -1 / index, series };
      }
      if (scalar === values.length - 2) {
        return { logScale: 1 / this.aperture, logSine: 1 / this.aperture, series: [] };
      }
      const layer = Math.floor((scalar - 2) / LAYER_SCALARS);
      const part = (scalar - 2) % LAYER_SCALARS;
      const term =
        part === 0
          ? add(bySize[layer], (2 * Math.PI * index) / lambda, 0)
          : add(byIndex[layer], part === 1 ? 1 / index : 0, part === 2 ? 1 / index : 0);
      return { logScale: 0, logSine: 0, series: [term] };
    };
    this.changes = wanted.slice(0, -1).map((want, scalar) => (want ? changeBy(scalar) : null));
    this.table = mieAmplitudeTable(coefficients, {
      largestSine: LARGEST_SINE,
      others,
      tolerance: TABLE_TOLERANCE,
    });
    this.channels = new Float64Array(this.table.channels);
    this.slopes = new Float64Array(this.table.channels);
  }

  /** Writes the blocks of one entry. @param r distance in units of the pupil's radius. */
  fill(r: number, out: Float64Array, offset: number): void {
    const { channels, slopes, changes } = this;
    const full = (r * this.aperture) / this.index;
    const sine = Math.min(LARGEST_SINE, full);
    const cosine = Math.sqrt(1 - sine * sine);
    const position = amplitudeTablePosition(sine, cosine);
    interpolateHermite(this.table, position, channels, 0);
    const scale =
      (-this.aperture * this.lambda) / (2 * Math.PI * this.index * this.index * Math.sqrt(cosine));
    for (let c = 0; c < 4; c++) out[offset + c] = scale * (channels[c] as number);
    if (changes.every((change) => change === null)) return;
    // d/d ln(sine) through the table and the aplanatic factor 1/sqrt(cos); nothing changes beyond the clamp.
    const moves = full < LARGEST_SINE ? sine : 0;
    interpolateHermiteSlope(this.table, position, slopes, 0);
    const positionBySine = Math.sqrt((1 + cosine) / 2) / (2 * cosine);
    const aplanatic = (0.5 * sine) / (cosine * cosine);
    changes.forEach((change, scalar) => {
      if (change === null) return;
      const bySine = change.logSine * moves;
      const at = offset + 4 * (scalar + 1);
      for (let c = 0; c < 4; c++) {
        const value = channels[c] as number;
        let slope =
          change.logScale * value + bySine * (positionBySine * (slopes[c] as number) + aplanatic * value);
        for (const { channel, re, im } of change.series) {
          // The imaginary part of the factor takes minus the imaginary derivative to the real part, and the other way.
          const other = channels[channel + (c ^ 1)] as number;
          slope += re * (channels[channel + c] as number) + im * ((c & 1) === 0 ? -other : other);
        }
        out[at + c] = scale * slope;
      }
    });
  }
}
