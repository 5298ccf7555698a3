import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../optics/maths/random.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import type { Shift } from './crossCorrelation.ts';
import { Correlator } from './crossCorrelation.ts';

const kernels = createFloat64Kernels();

/** A smooth blob of 2.5 px width at a distance from the origin floor(N/2), [ny, nx]. */
function blob(ny: number, nx: number, x0: number, y0: number, width = 2.5): Float64Array {
  return Float64Array.from({ length: ny * nx }, (_, i) => {
    const x = (i % nx) - Math.floor(nx / 2) - x0;
    const y = Math.floor(i / nx) - Math.floor(ny / 2) - y0;
    return 3 + 10 * Math.exp(-(x * x + y * y) / (2 * width * width));
  });
}

async function match(
  data: Float64Array,
  model: Float64Array,
  shape: readonly number[],
  mask: Float64Array | null = null,
): Promise<Shift> {
  const correlator = new Correlator(kernels, data, mask, shape);
  const shift = await correlator.match(model);
  correlator.dispose();
  return shift;
}

describe('shifts', () => {
  it.each([
    [48, 48],
    [33, 33],
    [41, 37],
    [32, 47],
  ])('are found in whole pixels, %i × %i', async (ny, nx) => {
    const { x, y, score } = await match(blob(ny, nx, 5, -4), blob(ny, nx, 0, 0), [ny, nx]);
    // The parabola through a peak that lies on a pixel is symmetric but for the edges of the window.
    expect(Math.abs(x - 5)).toBeLessThan(0.02);
    expect(Math.abs(y + 4)).toBeLessThan(0.02);
    expect(score).toBeGreaterThan(0.98);
    expect(score).toBeLessThan(1.0001);
  });

  it.each([
    [0.3, -0.2],
    [-3.45, 2.5],
    [0.5, 0.5],
    [6.2, 4.75],
  ])('are found between pixels: (%f, %f)', async (dx, dy) => {
    const { x, y } = await match(blob(48, 48, dx, dy), blob(48, 48, 0, 0), [48, 48]);
    // A parabola differs from the Gaussian peak of width 3.5 px by less than 0.02 px; 0.1 px is what is promised.
    expect(Math.abs(x - dx)).toBeLessThan(0.1);
    expect(Math.abs(y - dy)).toBeLessThan(0.1);
  });

  it('go from model to data', async () => {
    const { x, y } = await match(blob(40, 40, 0, 0), blob(40, 40, 3, 1), [40, 40]);
    expect(Math.round(x)).toBe(-3);
    expect(Math.round(y)).toBe(-1);
  });

  it('do not depend on brightness and background', async () => {
    const model = blob(40, 40, 0, 0);
    const data = blob(40, 40, 2, -6).map((v) => 250 + 0.3 * v);
    const { x, y, score } = await match(data, model, [40, 40]);
    expect(Math.round(x)).toBe(2);
    expect(Math.round(y)).toBe(-6);
    expect(score).toBeGreaterThan(0.98);
  });
});

describe('score', () => {
  it('is one for the same image and small for noise', async () => {
    const image = blob(36, 36, 1, 2);
    // Float64 transforms: rounding only.
    expect((await match(image, image, [36, 36])).score).toBeCloseTo(1, 9);
    const random = new SeededRandom(1);
    const noise = Float64Array.from({ length: 36 * 36 }, () => random.normal());
    expect((await match(noise, image, [36, 36])).score).toBeLessThan(0.5);
  });

  it('is zero, not undefined, for images without features', async () => {
    const even = new Float64Array(36 * 36).fill(2);
    expect((await match(even, blob(36, 36, 0, 0), [36, 36])).score).toBe(0);
  });
});

describe('masks', () => {
  it('keep clipped pixels from pulling', async () => {
    const [ny, nx] = [40, 40];
    const data = blob(ny, nx, 4, 3);
    const mask = new Float64Array(ny * nx).fill(1);
    for (let y = 2; y < 8; y++) {
      for (let x = 2; x < 8; x++) {
        data[y * nx + x] = 1e5;
        mask[y * nx + x] = 0;
      }
    }
    const model = blob(ny, nx, 0, 0);
    const seen = await match(data, model, [ny, nx], mask);
    expect(Math.abs(seen.x - 4)).toBeLessThan(0.1);
    expect(Math.abs(seen.y - 3)).toBeLessThan(0.1);
    expect((await match(data, model, [ny, nx])).x).toBeLessThan(-5);
  });
});

describe('stacks', () => {
  it('share one shift over all planes, each with its own mean', async () => {
    const [ny, nx] = [31, 34];
    const widths = [2, 3, 4.5];
    const planes = (x: number, y: number, level: number) =>
      Float64Array.from(widths.flatMap((w, p) => [...blob(ny, nx, x, y, w)].map((v) => v + level * p)));
    const { x, y, score } = await match(planes(-3.4, 5.2, 100), planes(0, 0, 7), [3, ny, nx]);
    expect(Math.abs(x + 3.4)).toBeLessThan(0.1);
    expect(Math.abs(y - 5.2)).toBeLessThan(0.1);
    expect(score).toBeGreaterThan(0.95);
  });
});
