import { describe, expect, it } from 'vitest';
import { leaveOutTerms } from './leaveOut.ts';
import { discCoverage } from './maths/disc.ts';
import { SeededRandom } from './maths/random.ts';
import { zernike } from './maths/zernike.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { ElementProblem } from './problem.ts';

const CELLS = 8;

/** What is left of a map on n samples in a disc of `radius` samples. */
async function left(values: Float64Array, n: number, radius: number, middle: number, highest: number) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const map = ops.upload(values, [n, n], 'real');
  const layout = { side: (2 * radius) / CELLS, middle };
  const [data = []] = await ops.read([leaveOutTerms(ops, map, layout, CELLS, highest)]);
  ops.close(scope);
  return Float64Array.from(data);
}

describe('a map without Zernike terms', () => {
  it.each([
    ['a pupil of even samples', 24, 11, 0],
    ['a pupil of odd samples', 25, 11.5, 0],
    ['a window', 24, 12, -0.5],
  ])('holds none of them, and all that is beside them: %s', async (_name, n, radius, middle) => {
    const centre = Math.floor(n / 2) + middle;
    const term = (j: number) =>
      Float64Array.from({ length: n * n }, (_, i) =>
        zernike(j, ((i % n) - centre) / radius, (Math.floor(i / n) - centre) / radius),
      );
    const terms = Array.from({ length: 15 }, (_, j) => term(j + 1));
    const random = new SeededRandom(3);
    const rough = Float64Array.from({ length: n * n }, () => random.uniform());
    const more = rough.map((value, i) => terms.reduce((sum, t, j) => sum + (j + 1) * (t[i] ?? 0), value));
    const plain = await left(rough, n, radius, middle, 15);
    const moved = await left(more, n, radius, middle, 15);
    const weights = discCoverage([n, n], [centre, centre], radius);
    for (const t of terms) {
      const inside = plain.reduce((sum, value, i) => sum + (weights[i] ?? 0) * value * (t[i] ?? 0), 0);
      // Rounding of some 500 products.
      expect(Math.abs(inside)).toBeLessThan(1e-9);
    }
    // The terms that were added are gone; rounding of sums up to a thousand in the corners.
    expect(Math.max(...plain.map((value, i) => Math.abs(value - (moved[i] ?? 0))))).toBeLessThan(1e-9);
    // What was taken off is a sum of these terms alone.
    const taken = rough.map((value, i) => value - (plain[i] ?? 0));
    const beside = await left(taken, n, radius, middle, 15);
    expect(Math.max(...beside.map(Math.abs))).toBeLessThan(1e-9);
  });

  it('is the map itself where nothing is left out, and refused where samples are too few', async () => {
    const rough = Float64Array.from({ length: 36 }, (_, i) => Math.sin(i));
    expect(await left(rough, 6, 2, 0, 0)).toEqual(rough);
    await expect(left(rough, 6, 2, 0, 66)).rejects.toThrow(ElementProblem);
  });
});
