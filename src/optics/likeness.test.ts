import { describe, expect, it } from 'vitest';
import { type Likeness, lightOnTarget, scaledModel, unlikeness } from './likeness.ts';
import { SeededRandom } from './maths/random.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { constantScalar } from './ops/scalar.ts';
import type { Image } from './values.ts';

const SHAPE = [2, 4, 5];

function images(ops: Ops, model: Float64Array, data: Float64Array): [Image, Image] {
  const image = {
    kind: 'image',
    pitch: constantScalar(1),
    unit: 'W',
    noise: null,
    normalization: 'none',
  } as const;
  ops.mode = 'reverse';
  const samples = ops.variable(ops.upload(model, SHAPE, 'real').array);
  return [
    { ...image, samples, mask: null },
    { ...image, samples: ops.upload(data, SHAPE, 'real'), mask: null },
  ];
}

async function evaluate(kind: Likeness, model: Float64Array, data: Float64Array) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const [seen, wanted] = images(ops, model, data);
  const found = await ops.gradient(unlikeness(ops, kind, seen, wanted), 0, [seen.samples as never]);
  ops.close(scope);
  return { value: found.value, gradient: found.cotangents[0] ?? [] };
}

function draw(seed: number): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: 40 }, () => 0.1 + random.uniform());
}

/** By the formulas, plane by plane. */
function expected(kind: Likeness, model: Float64Array, data: Float64Array): number {
  let total = 0;
  for (const first of [0, 20]) {
    const [m, d] = [model.slice(first, first + 20), data.slice(first, first + 20)];
    const sum = (f: (x: number, y: number) => number) => m.reduce((s, x, i) => s + f(x, d[i] ?? 0), 0);
    const [mx, my] = [sum((x) => x) / 20, sum((_, y) => y) / 20];
    if (kind === 'overlap') {
      total += sum((x, y) => Math.sqrt(x * y)) ** 2 / (sum((x) => x) * sum((_, y) => y));
      continue;
    }
    const [a, b] = kind === 'correlation' ? [mx, my] : [0, 0];
    const cross = sum((x, y) => (x - a) * (y - b));
    total += cross / Math.sqrt(sum((x) => (x - a) ** 2) * sum((_, y) => (y - b) ** 2));
  }
  return 1 - total / 2;
}

describe.each(['correlation', 'cosine', 'overlap'] as const)('%s', (kind) => {
  it('is what its formula says, and 0 for the same picture at any brightness', async () => {
    const [model, data] = [draw(1), draw(2)];
    // The small numbers that keep quotients finite are below 1e-9 of the terms, those under roots below 1e-5.
    const close = kind === 'overlap' ? 4 : 9;
    expect((await evaluate(kind, model, data)).value).toBeCloseTo(expected(kind, model, data), close);
    const brighter = data.map((value) => 1e6 * value);
    expect((await evaluate(kind, brighter, data)).value).toBeCloseTo(0, close);
    expect((await evaluate(kind, model.fill(0), data)).gradient.every(Number.isFinite)).toBe(true);
  });

  it('has the derivative of its differences', async () => {
    const [model, data] = [draw(3), draw(4)];
    const { gradient } = await evaluate(kind, model, data);
    for (let i = 0; i < 40; i += 7) {
      const at = async (h: number) =>
        (
          await evaluate(
            kind,
            model.map((v, k) => (k === i ? v + h : v)),
            data,
          )
        ).value;
      // h² f'''/6 of the central difference.
      const slope = ((await at(1e-4)) - (await at(-1e-4))) / 2e-4;
      expect(Math.abs((gradient[i] ?? Number.NaN) - slope)).toBeLessThan(1e-7);
    }
    expect(Math.max(...Array.from(gradient, Math.abs))).toBeGreaterThan(1e-4);
  });
});

describe.each(['correlation', 'cosine', 'overlap'] as const)('the model on the scale of %s', (kind) => {
  async function residual(model: Float64Array, data: Float64Array): Promise<number[]> {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const [seen, wanted] = images(ops, model, data);
    ops.mode = 'value';
    const [scaled] = await ops.read([scaledModel(ops, kind, seen, wanted)]);
    ops.close(scope);
    return Array.from(data, (value, i) => value - (scaled?.[i] ?? Number.NaN));
  }

  it('is the data where only the brightness differs', async () => {
    const data = draw(3);
    const background = kind === 'correlation' ? 0.7 : 0;
    const left = await residual(
      data.map((value) => 3e-6 * (value + background)),
      data,
    );
    // Rounding of sums over 20 values of order 1.
    expect(Math.max(...left.map(Math.abs))).toBeLessThan(1e-12);
  });

  it('leaves no residual that another brightness of a plane would take away', async () => {
    const [model, data] = [draw(4), draw(5)];
    const left = await residual(model, data);
    const plane = left.slice(20);
    const weighted = plane.reduce((sum, value, i) => sum + value * (model[20 + i] ?? 0), 0);
    const total = plane.reduce((sum, value) => sum + value, 0);
    const vanishing = { correlation: [weighted, total], cosine: [weighted], overlap: [total] }[kind];
    for (const each of vanishing) expect(Math.abs(each)).toBeLessThan(1e-12);
    expect(Math.max(...plane.map(Math.abs))).toBeGreaterThan(0.1);
  });
});

it('splits the overlap with equal spots into the light on them and its evenness', async () => {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const [model, data] = [draw(5), Float64Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 7 : 0))];
  const [seen, wanted] = images(ops, model, data);
  let [efficiency, overlap] = [0, 0];
  for (const first of [0, 20]) {
    const [m, on] = [model.slice(first, first + 20), data.slice(first, first + 20)];
    const there = m.filter((_, i) => (on[i] ?? 0) > 0);
    const share = there.reduce((a, b) => a + b, 0) / m.reduce((a, b) => a + b, 0);
    const roots = there.reduce((a, b) => a + Math.sqrt(b), 0) / there.length;
    efficiency += share / 2;
    overlap += (share * roots ** 2) / (there.reduce((a, b) => a + b, 0) / there.length) / 2;
  }
  // What is a thousandth of the mean of the target's values counts as dark: spots count by 1 - 3e-4.
  const terms = [lightOnTarget(ops, seen, wanted), unlikeness(ops, 'overlap', seen, wanted)];
  const [share, missing] = (await ops.read(terms)).map(([value = Number.NaN]) => value);
  expect(share).toBeCloseTo(efficiency, 3);
  expect(1 - (missing ?? Number.NaN)).toBeCloseTo(overlap, 4);
  ops.close(scope);
});
