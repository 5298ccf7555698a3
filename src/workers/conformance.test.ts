import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { composedFilter2, type Kernels } from '../optics/ops/kernels.ts';
import { kernelConformance } from './conformance.ts';

const exact = createFloat64Kernels();
type Array64 = ReturnType<typeof exact.upload>;

async function failures(kernels: Kernels<Array64>): Promise<string[]> {
  const checks = await kernelConformance(kernels);
  return checks.filter(({ error, limit }) => !(error <= limit)).map(({ check }) => check);
}

/** The float64 backend with some kernels replaced by faulty ones. */
function sabotaged(faults: Partial<Kernels<Array64>>): Kernels<Array64> {
  return Object.assign(Object.create(exact) as Kernels<Array64>, faults);
}

/** A copy with one sample changed by a relative 1e-9: far above float64 rounding, far below a look. */
function nudged(array: Array64): Array64 {
  const copy = exact.scale(array, 1);
  copy.data[copy.data.length - 1] = (copy.data[copy.data.length - 1] ?? 0) * (1 + 1e-9) + 1e-9;
  return copy;
}

const SABOTAGE: Readonly<Record<string, Partial<Kernels<Array64>>>> = {
  add: { add: (a, b) => nudged(exact.add(a, b)) },
  subtract: { subtract: (a, b) => exact.subtract(b, a) },
  multiply: { multiply: (a, b) => exact.multiply(a, b) },
  divide: { divide: (a, b) => nudged(exact.divide(a, b)) },
  scale: { scale: (a, factor) => nudged(exact.scale(a, factor)) },
  absSquared: { absSquared: (u) => nudged(exact.absSquared(u)) },
  squareRoot: { squareRoot: (a) => nudged(exact.squareRoot(a)) },
  realInner: { realInner: (u, v) => exact.imaginaryInner(u, v) },
  imaginaryInner: { imaginaryInner: (u, v) => exact.imaginaryInner(v, u) },
  phasor: { phasor: (phase) => nudged(exact.phasor(phase)) },
  fourier2: {
    fourier2: (u, direction) => exact.fourier2(u, direction === 'forward' ? 'inverse' : 'forward'),
  },
  filter2: { filter2: (u, transfer) => composedFilter2(exact, u, transfer) },
  resize: { resize: (a, ny, nx) => nudged(exact.resize(a, ny, nx)) },
  reshape: { reshape: (a) => exact.scale(a, 1) },
  matmul: { matmul: (a, b, { conjugateA: _ignored, ...flags } = {}) => exact.matmul(a, b, flags) },
  sum: { sum: (a, axes) => nudged(exact.sum(a, axes)) },
  combine: { combine: (basis, coefficients) => nudged(exact.combine(basis, coefficients)) },
  project: { project: (basis, map) => nudged(exact.project(basis, map)) },
  poissonDeviance: { poissonDeviance: (model, data) => nudged(exact.poissonDeviance(model, data)) },
  poissonSlope: { poissonSlope: (model, data) => nudged(exact.poissonSlope(model, data)) },
  adam: {
    adam: (state, loss, gradient, rates) => exact.adam(state, loss, gradient, { ...rates, beta2: 0.998 }),
  },
  release: { release: () => undefined },
};

describe('kernelConformance', () => {
  it('passes the float64 backend', async () => {
    expect(await failures(exact)).toEqual([]);
  });

  it('passes a backend that leaves filter2 to the composition', async () => {
    const without = new Proxy(exact, {
      get: (target, name) => (name === 'filter2' ? undefined : Reflect.get(target, name, target)),
    });
    expect(without.filter2).toBeUndefined();
    expect(await failures(without)).toEqual([]);
  });

  it.each(Object.keys(SABOTAGE))('catches a faulty %s', async (kernel) => {
    const caught = await failures(sabotaged(SABOTAGE[kernel] ?? {}));
    const name = kernel === 'release' ? 'memory' : kernel;
    expect(caught.some((check) => check.includes(name))).toBe(true);
  });
});
