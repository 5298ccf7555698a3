import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import type { Kernels } from '../ops/kernels.ts';
import { Ops } from '../ops/ops.ts';
import { constantScalar, parameterScalar } from '../ops/scalar.ts';
import { fourierKernel, type Zoom, zoomTransform } from './zoomTransform.ts';

interface Case {
  readonly samples: number;
  readonly rows: number;
  readonly columns: number;
  readonly isChirp: boolean;
}

const CASES: readonly Case[] = [
  { samples: 8, rows: 6, columns: 6, isChirp: false },
  { samples: 33, rows: 5, columns: 21, isChirp: false },
  { samples: 96, rows: 96, columns: 96, isChirp: true },
  { samples: 97, rows: 83, columns: 64, isChirp: true },
  { samples: 72, rows: 129, columns: 100, isChirp: true },
];

/** The float64 backend, and how many matrix products it has done. */
function counting() {
  const kernels = createFloat64Kernels();
  let products = 0;
  const counted = Object.assign(Object.create(kernels) as Kernels, {
    matmul: (...args: Parameters<typeof kernels.matmul>) => {
      products++;
      return kernels.matmul(...args);
    },
  });
  return { ops: new Ops(counted), products: () => products };
}

/** Two planes of numbers without symmetry. */
function light(ops: Ops, samples: number) {
  const data = Float64Array.from({ length: 4 * samples * samples }, (_, i) => Math.sin(1.3 * i + i * i));
  return ops.upload(data, [2, samples, samples], 'complex');
}

describe('zoomTransform', () => {
  it.each(CASES)('of $samples samples to $rows × $columns is the sum that it stands for', async (sizes) => {
    const { samples, rows, columns, isChirp } = sizes;
    for (const sign of [1, -1] as const) {
      const { ops, products } = counting();
      const scope = ops.open();
      const zoom: Zoom = { step: constantScalar(0.37), spacing: 2 / samples, rows, columns, sign };
      const u = light(ops, samples);
      const given = zoomTransform(ops, u, zoom);
      expect(products() === 0).toBe(isChirp);
      expect(given.shape).toEqual([2, rows, columns]);
      const left = fourierKernel(ops, zoom, rows, samples);
      const right = fourierKernel(ops, zoom, columns, samples);
      const [actual = [], expected = []] = await ops.read([given, ops.sandwich(left, u, right)]);
      const scale = Math.sqrt(Array.from(expected).reduce((sum, x) => sum + x * x, 0) / expected.length);
      const worst = Math.max(...Array.from(actual, (x, i) => Math.abs(x - (expected[i] ?? Number.NaN))));
      // Float64 sums of up to 1e4 terms; the chirps' phases of some 1e3 turns are reduced with 1e-13.
      expect(worst / scale).toBeLessThan(1e-10);
      ops.close(scope);
    }
  });

  it('takes matrices where the step is learnable, with the same result and its derivative', async () => {
    const { ops, products } = counting();
    const scope = ops.open();
    const zoom = { spacing: 1 / 40, rows: 90, columns: 90, sign: -1 } as const;
    const u = light(ops, 96);
    const at = (step: number) => zoomTransform(ops, u, { ...zoom, step: constantScalar(step) });
    const [chirped, above, below] = [at(0.4), at(0.4 + 1e-6), at(0.4 - 1e-6)];
    expect(products()).toBe(0);
    ops.mode = 'forward';
    const learnt = zoomTransform(ops, u, { ...zoom, step: parameterScalar(0.4, 0) });
    expect(products()).toBeGreaterThan(0);
    const tangent = learnt.tangents.get(0);
    if (tangent === undefined) throw new Error('There is no derivative.');
    const slope = { ...learnt, array: tangent, tangents: new Map() };
    const [a = [], b = [], up = [], down = [], d = []] = await ops.read([
      chirped,
      learnt,
      above,
      below,
      slope,
    ]);
    const largest = (x: ArrayLike<number>) => Math.max(...Array.from(x, Math.abs));
    expect(largest(Array.from(a, (x, i) => x - (b[i] ?? Number.NaN))) / largest(b)).toBeLessThan(1e-10);
    const differences = Array.from(up, (x, i) => (x - (down[i] ?? 0)) / 2e-6 - (d[i] ?? Number.NaN));
    // Rounding 1e-13/1e-6; the third derivative adds (2π·45·0.6·1e-6)², 3e-8 of the first.
    expect(largest(differences) / largest(d)).toBeLessThan(1e-6);
    ops.close(scope);
  });
});
