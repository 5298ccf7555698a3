import { expect, it } from 'vitest';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { constantScalar, parameterScalar } from './ops/scalar.ts';
import { waveMap } from './waveMap.ts';

it('samples from floor(N/2) and differentiates amplitude and phase, also after thousands of turns', async () => {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  ops.mode = 'forward';
  const [a, k] = [0.7, 1e6];
  const wave = waveMap(
    ops,
    'test',
    [2, 3, 4],
    0.5,
    [
      { scalar: parameterScalar(a, 0), scale: 1 },
      { scalar: parameterScalar(k, 1), scale: k },
      { scalar: constantScalar(9), scale: 1 },
    ],
    ([width = 1, number = 1]) =>
      (x, y, out, mode) => {
        out.re = Math.exp(-width * x * x);
        out.im = mode * y;
        out.phase = number * (x + 2 * y);
      },
  );
  const [value, byA, byK] = await ops.kernels.readMany([
    wave.array,
    ...[0, 1].map((slot) => wave.tangents.get(slot) ?? wave.array),
  ]);
  ops.close(scope);
  expect(wave.shape).toEqual([2, 3, 4]);
  for (const [mode, row, column] of [
    [0, 0, 0],
    [1, 2, 3],
    [1, 0, 1],
  ] as const) {
    const [x, y] = [(column - 2) * 0.5, (row - 1) * 0.5];
    const [c, s] = [Math.cos(k * (x + 2 * y)), Math.sin(k * (x + 2 * y))];
    const [re, im] = [Math.exp(-a * x * x), mode * y];
    const i = 2 * ((mode * 3 + row) * 4 + column);
    const u = [re * c - im * s, re * s + im * c];
    const slope = -x * x * re;
    // Fourth-order difference with h = 1e-3: 1e-12; rounding of 1e6 radians: 1e-10.
    expect(Math.abs((value?.[i] ?? 9) - (u[0] ?? 0))).toBeLessThan(1e-12);
    expect(Math.abs((value?.[i + 1] ?? 9) - (u[1] ?? 0))).toBeLessThan(1e-12);
    expect(Math.abs((byA?.[i] ?? 9) - slope * c)).toBeLessThan(1e-9);
    expect(Math.abs((byA?.[i + 1] ?? 9) - slope * s)).toBeLessThan(1e-9);
    expect(Math.abs((byK?.[i] ?? 9) + (u[1] ?? 0) * (x + 2 * y))).toBeLessThan(1e-9);
    expect(Math.abs((byK?.[i + 1] ?? 9) - (u[0] ?? 0) * (x + 2 * y))).toBeLessThan(1e-9);
  }
});
