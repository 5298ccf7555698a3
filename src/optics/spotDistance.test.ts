import { expect, it } from 'vitest';
import { besselJ0 } from './maths/bessel.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { constantScalar, parameterScalar } from './ops/scalar.ts';
import { spotDistance } from './spotDistance.ts';

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly weight?: number;
}

type Shape = readonly [rows: number, columns: number];

const ops = new Ops(createFloat64Kernels());

async function distance(image: Float64Array, [rows, columns]: Shape, spots: readonly Spot[], size = 2) {
  const scope = ops.open();
  try {
    const wanted = spots.map(({ x, y, weight = 1 }) => ({
      x: constantScalar(x),
      y: constantScalar(y),
      weight: constantScalar(weight),
    }));
    const samples = ops.upload(image, [rows, columns], 'real');
    const [read = []] = await ops.read([spotDistance(ops, samples, wanted, size)]);
    return Number(read[0]);
  } finally {
    ops.close(scope);
  }
}

function points([rows, columns]: Shape, spots: readonly Spot[]): Float64Array {
  const image = new Float64Array(rows * columns);
  for (const { x, y, weight = 1 } of spots)
    image[(y + Math.floor(rows / 2)) * columns + x + Math.floor(columns / 2)] = weight;
  return image;
}

/** E|d + N(0, s² per axis)|, by a sum over a fine lattice. */
function meanLength(d: number, s: number): number {
  let [sum, all] = [0, 0];
  for (let x = -6; x <= 6; x += 0.1) {
    for (let y = -6; y <= 6; y += 0.1) {
      const weight = Math.exp(-(x * x + y * y) / 2);
      sum += weight * Math.hypot(d + s * x, s * y);
      all += weight;
    }
  }
  return sum / all;
}

it('is the energy distance of two blurred points', async () => {
  const shape = [3, 129] as const;
  const measured = await distance(points(shape, [{ x: 3, y: 0 }]), shape, [{ x: -5, y: 0 }]);
  const width = 2 * Math.SQRT2;
  const ratio = measured / (meanLength(8, width) - meanLength(0, width));
  // The cell around frequency 0 is left out: about 0.9 d²/period, which is 0.18 of 5 pixels.
  expect(Math.abs(ratio - 1)).toBeLessThan(0.045);
  const whole = [12, 65] as const;
  const shares = [
    { x: 9, y: 2, weight: 3 },
    { x: -20, y: -4, weight: 1 },
  ];
  // Rounding of float64.
  expect(await distance(points(whole, shares), whole, shares)).toBeLessThan(1e-12);
});

it('falls all the way from one corner to the other, also without overlap', async () => {
  const shape = [24, 33] as const;
  const image = points(shape, [{ x: -16, y: -12 }]);
  let last = Number.POSITIVE_INFINITY;
  for (let step = 0; step <= 8; step++) {
    const left = 1 - step / 8;
    const now = await distance(image, shape, [{ x: -16 + 32 * left, y: -12 + 23 * left }]);
    expect(now).toBeLessThan(last - 0.05);
    last = now;
  }
});

/** J1 by the slope of J0. */
const airy = (v: number): number => {
  const slope = (besselJ0(v - 1e-3) - besselJ0(v + 1e-3)) / 2e-3;
  return v === 0 ? 1 : ((2 * slope) / v) ** 2;
};

it('puts an Airy disc in its place although a rim cuts off its rings, which pulls its centroid away', async () => {
  const shape = [96, 96] as const;
  const at = { x: 30, y: -17 };
  const image = Float64Array.from({ length: 96 * 96 }, (_, i) =>
    airy(1.1 * Math.hypot((i % 96) - 48 - at.x, Math.floor(i / 96) - 48 - at.y)),
  );
  const sum = image.reduce((total, value) => total + value, 0);
  const centroid = image.reduce((total, value, i) => total + value * ((i % 96) - 48), 0) / sum;
  expect(at.x - centroid).toBeGreaterThan(0.2);
  const sides = await Promise.all(
    [-0.5, 0, 0.5].map((shift) => distance(image, shape, [{ x: at.x + shift, y: at.y }])),
  );
  const [before = 0, middle = 0, after = 0] = sides;
  const vertex = (0.25 * (before - after)) / (before - 2 * middle + after);
  // What the cut rings still pull: their share (1 %) of a slope that a pixel of shift makes.
  expect(Math.abs(vertex)).toBeLessThan(0.03);
});

it('knows its derivatives by places and weights', async () => {
  const shape = [12, 15] as const;
  const image = Float64Array.from({ length: 12 * 15 }, (_, i) => 1 + Math.sin(1.7 * i) + (i % 5));
  const values = [2.3, -1.4, 2, -3.1, 0.7, 1];
  const spots = (at: readonly number[]) => [
    { x: at[0] ?? 0, y: at[1] ?? 0, weight: at[2] ?? 0 },
    { x: at[3] ?? 0, y: at[4] ?? 0, weight: at[5] ?? 0 },
  ];
  const scope = ops.open();
  ops.mode = 'reverse';
  const samples = ops.upload(image, shape, 'real');
  const wanted = [0, 3].map((first) => ({
    x: parameterScalar(values[first] ?? 0, first),
    y: parameterScalar(values[first + 1] ?? 0, first + 1),
    weight: parameterScalar(values[first + 2] ?? 0, first + 2),
  }));
  const root = spotDistance(ops, samples, wanted, 1.5);
  ops.mode = 'value';
  const { gradient } = await ops.gradient(root, values.length, []);
  ops.close(scope);
  for (let i = 0; i < values.length; i++) {
    const [up, down] = [1e-4, -1e-4].map((h) => values.map((value, k) => (k === i ? value + h : value)));
    const slope =
      ((await distance(image, shape, spots(up ?? []), 1.5)) -
        (await distance(image, shape, spots(down ?? []), 1.5))) /
      2e-4;
    // Third derivatives times the square of the difference's step.
    expect(gradient[i]).toBeCloseTo(slope, 7);
  }
});
