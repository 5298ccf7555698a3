/** The height of the brightest point of a picture, between its pixels. */
import type { Ops, Real } from '../ops/ops.ts';
import { planeShape } from '../sampledGrid.ts';
import { number } from './wish.ts';

/** Squarings after which only the brightest pixel is left: neighbours that are a hundred-thousandth dimmer are gone. */
const SQUARINGS = 18;
/**
 * Between spots that are equally bright one must win, or their mean would be a dark place: of what is left after the
 * squarings, the last column and the last row count e^6 times the first. Next to `SQUARINGS` that is 6/2^18 of brightness.
 */
const PREFERENCE = 6;
/** Squarings of that choice: of 1024 columns, the next counts 4.5 times the one before it. */
const CHOICES = 8;
/** From the brightest pixel to the peak; each step squares the error. */
const STEPS = 5;
/** Beside squares of shares of light, and of their derivatives: keeps dark planes finite. */
const DARK = 1e-30;

type Axis = 'x' | 'y';

/**
 * Light at the brightest point of each plane, as a pixel there would see it, by the band-limited curve through the
 * pixels: exact where pixels are at most λ/4NA and the spot ends within the picture. At a peak the derivative by its
 * place is 0, so the place is found without derivatives and only the height has them.
 * @param share [planes, ny, nx], whose sum is 1 in each plane
 * @returns [planes, 1, 1]
 */
export function peakShare(ops: Ops, share: Real): Real {
  const still = ops.straightThrough(share, number(ops, 0));
  let [x, y] = brightestPixel(ops, still);
  for (let i = 0; i < STEPS; i++) {
    const [across, down] = [curvesAt(ops, still, 'x', x), curvesAt(ops, still, 'y', y)];
    const slopeX = seenBy(ops, still, across.slope, down.value);
    const slopeY = seenBy(ops, still, across.value, down.slope);
    x = ops.add(x, uphill(ops, slopeX, seenBy(ops, still, across.curvature, down.value)));
    y = ops.add(y, uphill(ops, slopeY, seenBy(ops, still, across.value, down.curvature)));
  }
  return seenBy(ops, share, curvesAt(ops, still, 'x', x).value, curvesAt(ops, still, 'y', y).value);
}

/** Places in pixels from floor(n/2), [planes, 1, 1] each. */
function brightestPixel(ops: Ops, share: Real): [Real, Real] {
  const size = ops.squareRoot(ops.add(ops.multiply(share, share), number(ops, DARK)));
  const left = sharpened(ops, ops.scale(ops.add(share, size), 0.5), SQUARINGS);
  const columns = lastOf(ops, ops.sum(left, [1]), 'x');
  const rows = lastOf(ops, ops.sum(ops.multiply(left, columns), [2]), 'y');
  const mean = (light: Real, axis: Axis) => {
    const along = alongAxis(ops, light, axis, 'places', (i, n) => i - Math.floor(n / 2));
    return ops.sum(ops.multiply(light, along), [1, 2]);
  };
  return [mean(columns, 'x'), mean(rows, 'y')];
}

/** Light to the power of 2^times, of sum 1 in each plane. */
function sharpened(ops: Ops, light: Real, times: number): Real {
  let sharp = light;
  for (let i = 0; i < times; i++) {
    const squares = ops.multiply(sharp, sharp);
    sharp = ops.divide(squares, ops.add(ops.sum(squares, [1, 2]), number(ops, DARK)));
  }
  return sharp;
}

/** Of columns (or rows) that are about equally bright, all light in the last. */
function lastOf(ops: Ops, light: Real, axis: Axis): Real {
  const preference = alongAxis(ops, light, axis, 'preference', (i, n) => Math.exp((PREFERENCE * i) / n));
  return sharpened(ops, ops.multiply(light, preference), CHOICES);
}

/** A constant of each column, [1, nx], or of each row, [ny, 1]. */
function alongAxis(ops: Ops, light: Real, axis: Axis, name: string, of: (i: number, n: number) => number) {
  const [ny, nx] = planeShape(light);
  const n = axis === 'x' ? nx : ny;
  return ops.constant(`sharpPeak:${name}:${axis}:${n}`, axis === 'x' ? [1, n] : [n, 1], 'real', () =>
    Float64Array.from({ length: n }, (_, i) => of(i, n)),
  );
}

interface Curves {
  readonly value: Real;
  /** By the place, in pixels. */
  readonly slope: Real;
  readonly curvature: Real;
}

/** Weights of a row's (or column's) pixels in the band-limited curve at places [planes, 1, 1]. */
function curvesAt(ops: Ops, { shape }: Real, axis: Axis, place: Real): Curves {
  const [planes = 1, ny = 1, nx = 1] = shape;
  const n = axis === 'x' ? nx : ny;
  const turns = ops.constant(`sharpPeak:turns:${n}`, [1, n], 'real', () =>
    Float64Array.from({ length: n }, (_, k) => frequency(k, n)),
  );
  const wave = ops.phasor(ops.multiply(ops.reshape(place, [planes, 1]), turns));
  const weights = (order: 0 | 1 | 2) => {
    const along = ops.realPart(ops.matmul(wave, wavesOfPixels(ops, n, order)));
    return ops.reshape(along, axis === 'x' ? [planes, 1, n] : [planes, n, 1]);
  };
  return { value: weights(0), slope: weights(1), curvature: weights(2) };
}

/** Radians per pixel. */
const frequency = (k: number, n: number) => (2 * Math.PI * (k - Math.floor(n / 2))) / n;

/** (iω)^order exp(-iωj)/n for each frequency (row) and pixel (column). */
function wavesOfPixels(ops: Ops, n: number, order: 0 | 1 | 2) {
  return ops.constant(`sharpPeak:waves:${order}:${n}`, [n, n], 'complex', () => {
    const samples = new Float64Array(2 * n * n);
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < n; j++) {
        const omega = frequency(k, n);
        const turn = (order * Math.PI) / 2 - omega * (j - Math.floor(n / 2));
        const size = omega ** order / n;
        [samples[2 * (k * n + j)], samples[2 * (k * n + j) + 1]] = [
          size * Math.cos(turn),
          size * Math.sin(turn),
        ];
      }
    }
    return samples;
  });
}

/** Σ share column row, [planes, 1, 1]. */
function seenBy(ops: Ops, share: Real, columns: Real, rows: Real): Real {
  return ops.sum(ops.multiply(ops.multiply(share, columns), rows), [1, 2]);
}

/** Newton's step towards more light, of a pixel at most. */
function uphill(ops: Ops, slope: Real, curvature: Real): Real {
  const size = ops.squareRoot(ops.add(ops.multiply(curvature, curvature), number(ops, DARK)));
  const step = ops.divide(slope, size);
  return ops.divide(step, ops.squareRoot(ops.add(ops.multiply(step, step), number(ops, 1))));
}
