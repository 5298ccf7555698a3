/**
 * How far light is from where it is wanted, as one number with a slope everywhere: the energy distance between the image,
 * taken as a distribution, and some wanted spots (Székely and Rizzo, J. Stat. Plan. Inference 143, 1249 (2013)),
 *
 *   E|X - Y| - ½ E|X - X'| - ½ E|Y - Y'|  =  1/(8π²) ∫ |p(f) - q(f)|² / |f|³ d²f,
 *
 * for light at X, X', wanted at Y, Y', with the characteristic functions p and q. It is 0 only where both are the same,
 * pulls with about the same strength from near and far, and light that a far rim of the window cuts off, which shifts a
 * centroid by a good part of a pixel, hardly moves its minimum.
 */
import type { Complex, Ops, Real } from './ops/ops.ts';
import type { Scalar } from './ops/scalar.ts';

export interface WantedSpot {
  /** From the middle of the picture, pixels: +x right, +y down the rows. */
  readonly x: Scalar;
  readonly y: Scalar;
  /** Share of the light, relative to the others. */
  readonly weight: Scalar;
}

/** The period of the frequencies over the picture's longer side: two places of it are never nearer around the edge. */
const PERIOD = 2.5;
/** Frequencies end where the blur has left exp(-REACH²) of their square. */
const REACH = 2.1;

/** Frequencies k/period: k from -count to count down the rows, from 0 to count along them. */
interface Frequencies {
  readonly period: number;
  readonly count: number;
}

/** @param size distance below which the form of the light does not matter, pixels */
export function frequenciesFor(rows: number, columns: number, size: number): Frequencies {
  const period = PERIOD * Math.max(rows, columns);
  const finest = Math.min(0.5, REACH / (2 * Math.PI * size));
  return { period, count: Math.max(1, Math.ceil(finest * period)) };
}

/**
 * The distance in pixels, both pictures blurred by a Gaussian of standard deviation `size`: mean over planes.
 * @param image [..., ny, nx], not negative but for noise; its sum is made 1
 * @returns shape [1]
 */
export function spotDistance(ops: Ops, image: Real, spots: readonly WantedSpot[], size: number): Real {
  const [rows, columns] = [image.shape.at(-2) ?? 1, image.shape.at(-1) ?? 1];
  const planes = image.shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const frequencies = frequenciesFor(rows, columns, size);
  const stack = ops.reshape(image, [planes, rows, columns]);
  const share = ops.divide(stack, ops.sum(stack, [1, 2]));
  const light = ops.sandwich(
    waves(ops, frequencies, rows, true),
    ops.toComplex(share),
    waves(ops, frequencies, columns, false),
  );
  const error = ops.absSquared(ops.subtract(light, wanted(ops, frequencies, spots)));
  const sum = ops.sum(ops.multiply(error, weights(ops, frequencies, size)), [0, 1, 2]);
  return ops.reshape(ops.scale(sum, 1 / planes), [1]);
}

/** exp(-2πi k m / period), [frequencies, pixels], m from floor(pixels/2). */
function waves(ops: Ops, { period, count }: Frequencies, pixels: number, isSigned: boolean): Complex {
  const [first, lines] = isSigned ? [-count, 2 * count + 1] : [0, count + 1];
  return ops.constant(`spots:waves:${period}:${first}:${lines}:${pixels}`, [lines, pixels], 'complex', () => {
    const samples = new Float64Array(2 * lines * pixels);
    for (let line = 0; line < lines; line++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const phase = (-2 * Math.PI * (first + line) * (pixel - Math.floor(pixels / 2))) / period;
        samples[2 * (line * pixels + pixel)] = Math.cos(phase);
        samples[2 * (line * pixels + pixel) + 1] = Math.sin(phase);
      }
    }
    return samples;
  });
}

/** Of each frequency in the integral, those at -f with them. */
function weights(ops: Ops, { period, count }: Frequencies, size: number): Real {
  const [lines, columns] = [2 * count + 1, count + 1];
  return ops.constant(`spots:weights:${period}:${count}:${size}`, [lines, columns], 'real', () => {
    const samples = new Float64Array(lines * columns);
    for (let line = 0; line < lines; line++) {
      for (let column = 0; column < columns; column++) {
        const frequency = Math.hypot(line - count, column) / period;
        if (frequency === 0) continue;
        const blur = Math.exp(-((2 * Math.PI * frequency * size) ** 2));
        const twins = column === 0 ? 1 : 2;
        samples[line * columns + column] = (twins * blur) / (8 * Math.PI ** 2 * period ** 2 * frequency ** 3);
      }
    }
    return samples;
  });
}

/** Σ w exp(-2πi f·t) / Σ w, with its derivatives by places and weights. */
function wanted(ops: Ops, { period, count }: Frequencies, spots: readonly WantedSpot[]): Complex {
  const [lines, columns] = [2 * count + 1, count + 1];
  const scalars = spots.flatMap(({ x, y, weight }) => [x, y, weight]);
  const evaluate = (values: readonly number[], wantedPartials: readonly boolean[]) => {
    const all = spots.reduce((sum, _, spot) => sum + (values[3 * spot + 2] ?? 0), 0);
    const size = 2 * lines * columns;
    const value = new Float64Array(size);
    const partials = wantedPartials.map((isWanted) => (isWanted ? new Float64Array(size) : undefined));
    for (let spot = 0; spot < spots.length; spot++) {
      const [x = 0, y = 0, weight = 0] = values.slice(3 * spot, 3 * spot + 3);
      const [alongX, alongY] = [line(x, 0, columns, period), line(y, -count, lines, period)];
      for (let row = 0; row < lines; row++) {
        const [a, b] = [alongY[2 * row] ?? 0, alongY[2 * row + 1] ?? 0];
        for (let column = 0; column < columns; column++) {
          const [c, d] = [alongX[2 * column] ?? 0, alongX[2 * column + 1] ?? 0];
          const at = 2 * (row * columns + column);
          const [re, im] = [a * c - b * d, a * d + b * c];
          value[at] = (value[at] ?? 0) + (re * weight) / all;
          value[at + 1] = (value[at + 1] ?? 0) + (im * weight) / all;
          const turns = (-2 * Math.PI * weight) / (all * period);
          set(partials[3 * spot], at, -im * turns * column, re * turns * column);
          set(partials[3 * spot + 1], at, -im * turns * (row - count), re * turns * (row - count));
          set(partials[3 * spot + 2], at, re / all, im / all);
        }
      }
    }
    // A weight also makes the shares of all others smaller.
    for (let spot = 0; spot < spots.length; spot++) {
      const partial = partials[3 * spot + 2];
      partial?.forEach((derivative, index) => {
        partial[index] = derivative - (value[index] ?? 0) / all;
      });
    }
    return { value, partials };
  };
  return ops.hostMap(scalars, [lines, columns], 'complex', evaluate, `spots:wanted:${period}:${count}`);
}

/** exp(-2πi k place / period) for k from `first`. */
function line(place: number, first: number, length: number, period: number): Float64Array {
  const samples = new Float64Array(2 * length);
  for (let index = 0; index < length; index++) {
    const phase = (-2 * Math.PI * (first + index) * place) / period;
    samples[2 * index] = Math.cos(phase);
    samples[2 * index + 1] = Math.sin(phase);
  }
  return samples;
}

function set(partial: Float64Array | undefined, at: number, re: number, im: number): void {
  if (partial === undefined) return;
  partial[at] = re;
  partial[at + 1] = im;
}
