import { expect, it } from 'vitest';
import type { Scalar } from './scalar.ts';
import {
  addScalars,
  constantScalar,
  divideScalars,
  mapScalar,
  multiplyScalars,
  parameterScalar,
  subtractScalars,
} from './scalar.ts';

/** Functions of two parameters that mix every operation. */
const FUNCTIONS: readonly (readonly [string, (a: Scalar, b: Scalar) => Scalar, boolean])[] = [
  ['3', () => constantScalar(3), true],
  ['a', (a) => a, true],
  ['a + b', (a, b) => addScalars(a, b), true],
  ['2 a - b / 4', (a, b) => subtractScalars(multiplyScalars(2, a), divideScalars(b, 4)), true],
  ['a b', (a, b) => multiplyScalars(a, b), false],
  ['a / b', (a, b) => divideScalars(a, b), false],
  ['1 / a', (a) => divideScalars(1, a), false],
  ['a² + b', (a, b) => addScalars(multiplyScalars(a, a), b), false],
  ['2 exp(a)', (a) => multiplyScalars(2, mapScalar(a, Math.exp, Math.exp)), false],
  ['exp(2) a', (a) => multiplyScalars(mapScalar(2, Math.exp, Math.exp), a), true],
];

it.each(FUNCTIONS)('%s is known to be linear only if its derivatives hold far away', (_, f, isAffine) => {
  const at = (x: number, y: number) => f(parameterScalar(x, 0), parameterScalar(y, 1));
  const here = at(0.7, 1.3);
  expect(here.isAffine).toBe(isAffine);
  const [dx, dy] = [1.9, -0.6];
  const along = (here.partials.get(0) ?? 0) * dx + (here.partials.get(1) ?? 0) * dy;
  const error = Math.abs(at(0.7 + dx, 1.3 + dy).value - (here.value + along));
  // Rounding of a few operations, against curvatures of order one.
  if (isAffine) expect(error).toBeLessThan(1e-14);
  else expect(error).toBeGreaterThan(0.1);
});

it.each(FUNCTIONS)('%s has the derivatives of a central difference', (_, f) => {
  const at = (x: number, y: number) => f(parameterScalar(x, 0), parameterScalar(y, 1));
  const [here, h] = [at(0.7, 1.3), 1e-5];
  const byX = (at(0.7 + h, 1.3).value - at(0.7 - h, 1.3).value) / (2 * h);
  const byY = (at(0.7, 1.3 + h).value - at(0.7, 1.3 - h).value) / (2 * h);
  // Rounding 1e-16/h and truncation h².
  expect(here.partials.get(0) ?? 0).toBeCloseTo(byX, 8);
  expect(here.partials.get(1) ?? 0).toBeCloseTo(byY, 8);
});
