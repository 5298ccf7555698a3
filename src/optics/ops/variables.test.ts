import { describe, expect, it } from 'vitest';
import { mapPenalty } from '../mapPenalty.ts';
import { SeededRandom } from '../maths/random.ts';
import { createFloat64Kernels } from './kernels.f64.ts';
import { Ops, type Real } from './ops.ts';

const CELLS = 5;

async function valueAndGradient(values: Float64Array, loss: (ops: Ops, map: Real) => Real) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  ops.mode = 'reverse';
  const map = ops.variable(ops.upload(values, [CELLS, CELLS], 'real').array);
  const { value, cotangents } = await ops.gradient(loss(ops, map), 0, [map]);
  ops.close(scope);
  ops.clearConstants();
  expect(ops.memory().arrays).toBe(0);
  return { value, gradient: cotangents[0] ?? [] };
}

async function expectDifferences(loss: (ops: Ops, map: Real) => Real) {
  const random = new SeededRandom(5);
  const start = Float64Array.from({ length: CELLS * CELLS }, () => 0.2 + 0.6 * random.uniform());
  const { gradient } = await valueAndGradient(start, loss);
  const h = 1e-4;
  for (let i = 0; i < start.length; i += 3) {
    const at = async (step: number) =>
      (
        await valueAndGradient(
          start.map((v, k) => (k === i ? v + step : v)),
          loss,
        )
      ).value;
    const slope = ((await at(h)) - (await at(-h))) / (2 * h);
    // Error of the central difference: h² f'''/6 with f''' of order 10, rounding 1e-12.
    expect(Math.abs((gradient[i] ?? Number.NaN) - slope)).toBeLessThan(1e-6);
  }
  expect(Math.max(...Array.from(gradient, Math.abs))).toBeGreaterThan(1e-6);
}

const weight = { value: 0.7 };
const penalise = (penalty: string) => (ops: Ops, map: Real) =>
  mapPenalty(ops, map, { penalty, penaltyWeight: weight }, [0, 1]).samples;

describe('a variable', () => {
  it('has the gradient of what is made of it', async () => {
    await expectDifferences((ops, map) =>
      ops.sum(ops.squareRoot(ops.absSquared(ops.fourier2(ops.phasor(map), 'forward'))), [0, 1]),
    );
  });

  it.each(['smooth', 'variation', 'small', 'binary'])('has the gradient of the penalty “%s”', (kind) =>
    expectDifferences(penalise(kind)),
  );

  it('is as rough as its steps say', async () => {
    const random = new SeededRandom(9);
    const values = Float64Array.from({ length: CELLS * CELLS }, () => random.uniform());
    let expected = 0;
    for (let row = 0; row < CELLS - 1; row++) {
      for (let column = 0; column < CELLS - 1; column++) {
        const at = (dy: number, dx: number) => values[(row + dy) * CELLS + column + dx] ?? 0;
        expected += (at(0, 1) - at(0, 0)) ** 2 + (at(1, 0) - at(0, 0)) ** 2;
      }
    }
    const { value } = await valueAndGradient(values, penalise('smooth'));
    // Rounding of the transforms.
    expect(value).toBeCloseTo((0.7 * expected) / CELLS ** 2, 12);
    expect((await valueAndGradient(values, penalise('none'))).value).toBe(0);
  });
});

describe('rounding', () => {
  it('gives the nearest whole number, and the derivative of what stands for it', async () => {
    const values = Float64Array.from({ length: CELLS * CELLS }, (_, i) => -4.3 + 0.37 * i);
    const { value, gradient } = await valueAndGradient(values, (ops, map) => {
      const rounded = ops.straightThrough(ops.round(map), ops.scale(map, 3));
      return ops.sum(ops.multiply(rounded, rounded), [0, 1]);
    });
    const whole = Array.from(values, Math.round);
    expect(value).toBe(whole.reduce((sum, each) => sum + each * each, 0));
    // d(r²) = 2 r dr with dr = 3 dm; exact.
    expect(Array.from(gradient)).toEqual(whole.map((each) => 6 * each + 0));
  });
});
