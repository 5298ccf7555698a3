import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import { createFloat64Kernels } from './kernels.f64.ts';
import { type Dtype, sizeOf } from './kernels.ts';
import { type Complex, Ops, type Real, type Tensor } from './ops.ts';
import {
  addScalars,
  constantScalar,
  divideScalars,
  mapScalar,
  multiplyScalars,
  parameterScalar,
  type Scalar,
  subtractScalars,
} from './scalar.ts';

type Build = (ops: Ops, parameters: readonly Scalar[]) => Tensor;

function numbers(count: number, seed: number): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: count }, () => random.normal());
}

/** Samples that are a curved function of one parameter, exact derivative given: f + sin(p)·g. */
function curved<D extends Dtype>(
  ops: Ops,
  parameter: Scalar,
  shape: readonly number[],
  dtype: D,
  seed: number,
): Tensor<D> {
  const count = sizeOf(shape) * (dtype === 'complex' ? 2 : 1);
  const [f, g] = [numbers(count, seed), numbers(count, seed + 1)];
  return ops.hostMap([parameter], shape, dtype, ([p = 0], [wanted]) => ({
    value: f.map((value, i) => value + Math.sin(p) * (g[i] ?? 0)),
    partials: [wanted === true ? g.map((value) => Math.cos(p) * value) : undefined],
  }));
}

const real = (ops: Ops, p: Scalar, shape: readonly number[], seed = 1): Real =>
  curved(ops, p, shape, 'real', seed);
const complex = (ops: Ops, p: Scalar, shape: readonly number[], seed = 1): Complex =>
  curved(ops, p, shape, 'complex', seed);
const first = (p: readonly Scalar[]) => p[0] ?? constantScalar(0);
const second = (p: readonly Scalar[]) => p[1] ?? constantScalar(0);

/** A transfer function without derivatives. */
function filter<D extends Dtype>(ops: Ops, shape: readonly number[], dtype: D): Tensor<D> {
  return ops.upload(numbers(sizeOf(shape) * (dtype === 'complex' ? 2 : 1), 21), shape, dtype);
}

/** Each operation as a function of two parameters, through operands of equal and of repeated shapes. */
const OPERATIONS: Readonly<Record<string, Build>> = {
  hostMap: (ops, p) => complex(ops, first(p), [3, 4]),
  combine: (ops, p) =>
    ops.combine(ops.upload(numbers(24, 3), [2, 3, 4], 'real'), [
      first(p),
      multiplyScalars(first(p), second(p)),
    ]),
  fromScalars: (ops, p) => ops.fromScalars([first(p), constantScalar(2), second(p)], [3, 1]),
  'add real': (ops, p) => ops.add(real(ops, first(p), [3, 4]), real(ops, second(p), [3, 4], 9)),
  'filter2 by a constant': (ops, p) =>
    ops.filter2(complex(ops, first(p), [3, 4]), filter(ops, [5, 7], 'complex')),
  'filter2 by several real constants': (ops, p) =>
    ops.filter2(complex(ops, first(p), [3, 4]), filter(ops, [2, 6, 4], 'real')),
  'filter2 by a learnable': (ops, p) =>
    ops.filter2(complex(ops, first(p), [2, 3, 4]), complex(ops, second(p), [5, 8], 9)),
  'add complex, second repeated': (ops, p) =>
    ops.add(complex(ops, first(p), [3, 4]), complex(ops, second(p), [1, 4], 9)),
  'add complex, first repeated': (ops, p) =>
    ops.add(complex(ops, first(p), [1]), complex(ops, second(p), [2, 3], 9)),
  'subtract real, lower rank': (ops, p) =>
    ops.subtract(real(ops, first(p), [2, 3, 4]), real(ops, second(p), [3, 1], 9)),
  'subtract complex': (ops, p) =>
    ops.subtract(complex(ops, first(p), [1, 4]), complex(ops, second(p), [3, 4], 9)),
  'multiply real by real': (ops, p) =>
    ops.multiply(real(ops, first(p), [3, 1]), real(ops, second(p), [2, 3, 4], 9)),
  'multiply real by complex': (ops, p) =>
    ops.multiply(real(ops, first(p), [4]), complex(ops, second(p), [3, 4], 9)),
  'multiply complex by real': (ops, p) =>
    ops.multiply(complex(ops, first(p), [3, 1]), real(ops, second(p), [4], 9)),
  'multiply complex by complex': (ops, p) =>
    ops.multiply(complex(ops, first(p), [3, 4]), complex(ops, second(p), [2, 1, 4], 9)),
  'multiply a tensor by itself': (ops, p) => {
    const u = complex(ops, first(p), [3, 4]);
    return ops.multiply(u, u);
  },
  'divide, broadcast': (ops, p) => {
    const divisor = ops.add(
      ops.absSquared(complex(ops, second(p), [3, 1], 9)),
      ops.upload(Float64Array.of(0.5), [1], 'real'),
    );
    return ops.divide(real(ops, first(p), [2, 3, 4]), divisor);
  },
  scale: (ops, p) => ops.scale(complex(ops, first(p), [3, 4]), -1.7),
  'scaleBy real': (ops, p) => ops.scaleBy(real(ops, first(p), [3, 4]), second(p)),
  'scaleBy complex': (ops, p) => ops.scaleBy(complex(ops, first(p), [3, 4]), second(p)),
  'scaleBy constant': (ops, p) => ops.scaleBy(complex(ops, first(p), [3, 4]), constantScalar(0.3)),
  absSquared: (ops, p) => ops.absSquared(complex(ops, first(p), [3, 4])),
  phasor: (ops, p) => ops.phasor(real(ops, first(p), [3, 4])),
  'fourier2 forward': (ops, p) => ops.fourier2(complex(ops, first(p), [2, 5, 6]), 'forward'),
  'fourier2 inverse': (ops, p) => ops.fourier2(complex(ops, first(p), [5, 7]), 'inverse'),
  'resize larger': (ops, p) => ops.resize(complex(ops, first(p), [3, 4]), 6, 7),
  'resize smaller': (ops, p) => ops.resize(real(ops, first(p), [2, 5, 6]), 4, 3),
  'resize mixed': (ops, p) => ops.resize(complex(ops, first(p), [5, 3]), 2, 6),
  matmul: (ops, p) => ops.matmul(complex(ops, first(p), [2, 3, 4]), complex(ops, second(p), [4, 5], 9)),
  'matmul transposed': (ops, p) =>
    ops.matmul(complex(ops, first(p), [3, 4]), complex(ops, second(p), [2, 5, 4], 9), true),
  sandwich: (ops, p) =>
    ops.sandwich(
      complex(ops, first(p), [5, 3]),
      complex(ops, second(p), [2, 3, 4], 9),
      complex(ops, first(p), [6, 4], 17),
    ),
  reshape: (ops, p) => ops.reshape(complex(ops, first(p), [3, 4]), [2, 6]),
  toComplex: (ops, p) => ops.toComplex(real(ops, first(p), [3, 4])),
  realPart: (ops, p) => ops.realPart(complex(ops, first(p), [3, 4])),
  'sum over one axis': (ops, p) => ops.sum(complex(ops, first(p), [2, 3, 4]), [1]),
  'sum over all': (ops, p) => ops.sum(real(ops, first(p), [3, 4]), [0, 1]),
  poissonDeviance: (ops, p) => {
    const model = ops.add(
      ops.absSquared(complex(ops, first(p), [3, 4])),
      ops.upload(Float64Array.of(0.5), [1], 'real'),
    );
    const counts = Float64Array.from({ length: 12 }, (_, i) => i % 4);
    return ops.poissonDeviance(model, ops.upload(counts, [3, 4], 'real'));
  },
};

/** Σ w·Re, Im of the result with fixed weights. */
function weighted(ops: Ops, tensor: Tensor): Real {
  const axes = tensor.shape.map((_, axis) => axis);
  if (tensor.dtype === 'real') {
    const w = ops.upload(numbers(sizeOf(tensor.shape), 51), tensor.shape, 'real');
    return ops.sum(ops.multiply(tensor as Real, w), axes);
  }
  const w = ops.upload(numbers(2 * sizeOf(tensor.shape), 51), tensor.shape, 'complex');
  return ops.sum(ops.realPart(ops.multiply(tensor as Complex, w)), axes);
}

const POINT = [0.7, -0.4] as const;

async function evaluate(build: Build, at: readonly number[]): Promise<Float64Array> {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const [read] = await ops.read([build(ops, at.map(constantScalar))]);
  ops.close(scope);
  return Float64Array.from(read ?? []);
}

describe.each(Object.entries(OPERATIONS))('%s', (_name, build) => {
  it('has the tangents of a central difference', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    ops.mode = 'forward';
    const result = build(ops, POINT.map(parameterScalar));
    const h = 1e-3;
    expect(result.tangents.size).toBeGreaterThan(0);
    for (const [slot, tangent] of result.tangents) {
      const [read = []] = await ops.kernels.readMany([tangent]);
      const at = (offset: number) =>
        evaluate(
          build,
          POINT.map((value, i) => (i === slot ? value + offset * h : value)),
        );
      const [far, near, back, farBack] = [await at(2), await at(1), await at(-1), await at(-2)];
      expect(tangent.shape).toEqual(result.shape);
      near.forEach((value, i) => {
        const difference = (8 * (value - (back[i] ?? 0)) - ((far[i] ?? 0) - (farBack[i] ?? 0))) / (12 * h);
        // Fourth-order difference: h^4/30 times a fifth derivative of order 10, plus 1e-15/h of rounding.
        expect(Math.abs((read[i] ?? Number.NaN) - difference)).toBeLessThan(
          1e-9 * (1 + Math.abs(difference)),
        );
      });
    }
    ops.close(scope);
  });

  it('pulls back what it pushes forward', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    ops.mode = 'reverse';
    const root = weighted(ops, build(ops, POINT.map(parameterScalar)));
    const { value, gradient } = await ops.gradient(root, POINT.length);
    ops.mode = 'forward';
    const same = weighted(ops, build(ops, POINT.map(parameterScalar)));
    const [total] = await ops.read([same]);
    expect(value).toBeCloseTo(total?.[0] ?? Number.NaN, 11);
    for (let slot = 0; slot < POINT.length; slot++) {
      const tangent = same.tangents.get(slot);
      const [read] = tangent === undefined ? [Float64Array.of(0)] : await ops.kernels.readMany([tangent]);
      const pushed = read?.[0] ?? Number.NaN;
      // Two orders of summation of at most some hundred products: 1e-14 of their size.
      expect(Math.abs((gradient[slot] ?? Number.NaN) - pushed)).toBeLessThan(1e-12 * (1 + Math.abs(pushed)));
    }
    ops.close(scope);
    expect(ops.memory().arrays).toBe(constantsOf(ops));
  });

  it('attaches no derivatives to constants', () => {
    for (const mode of ['value', 'forward', 'reverse'] as const) {
      const ops = new Ops(createFloat64Kernels());
      const scope = ops.open();
      ops.mode = mode;
      const result = build(ops, POINT.map(constantScalar));
      expect(result.tracked).toBe(false);
      expect(result.tangents.size).toBe(0);
      ops.close(scope);
    }
  });
});

/** Arrays that stay after all scopes have closed: the constants that operations made for themselves. */
function constantsOf(ops: Ops): number {
  const before = ops.memory().arrays;
  ops.clearConstants();
  return before - ops.memory().arrays;
}

describe('scalars', () => {
  it('carry exact partial derivatives', () => {
    const [a, b] = [parameterScalar(1.3, 0), parameterScalar(-0.8, 4)];
    const partials = (s: Scalar) => [s.value, s.partials.get(0) ?? 0, s.partials.get(4) ?? 0];
    expect(partials(addScalars(a, b))).toEqual([0.5, 1, 1]);
    expect(partials(subtractScalars(b, a))).toEqual([-2.1, -1, 1]);
    expect(partials(multiplyScalars(a, b))).toEqual([1.3 * -0.8, -0.8, 1.3]);
    expect(partials(divideScalars(a, b))).toEqual([1.3 / -0.8, 1 / -0.8, -1.3 / 0.8 ** 2]);
    expect(partials(multiplyScalars(a, a))).toEqual([1.3 * 1.3, 2.6, 0]);
    expect(partials(mapScalar(a, Math.exp, Math.exp))).toEqual([Math.exp(1.3), Math.exp(1.3), 0]);
    expect(addScalars(1, 2).partials.size).toBe(0);
  });
});

describe('memory', () => {
  const build = (ops: Ops) =>
    ops.absSquared(ops.fourier2(complex(ops, parameterScalar(0.2, 0), [4, 4]), 'forward'));

  it.each(['value', 'forward', 'reverse'] as const)(
    'returns to what is retained when a %s scope closes',
    async (mode) => {
      const ops = new Ops(createFloat64Kernels());
      const scope = ops.open();
      ops.mode = mode;
      const kept = build(ops);
      ops.retain(kept);
      if (mode === 'reverse') await ops.gradient(ops.sum(kept, [0, 1]), 1);
      expect(ops.memory().arrays).toBeGreaterThan(2);
      ops.close(scope);
      constantsOf(ops);
      expect(ops.memory().arrays).toBe(mode === 'forward' ? 2 : 1);
      const [read] = await ops.read([kept]);
      expect(read?.length).toBe(16);
      ops.release(kept);
      expect(ops.memory()).toEqual({ bytes: 0, arrays: 0 });
    },
  );

  it('keeps what is retained twice until it is released twice', () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const kept = build(ops);
    ops.retain(kept);
    ops.retain(kept);
    ops.close(scope);
    ops.release(kept);
    expect(ops.memory().arrays).toBe(1);
    ops.release(kept);
    expect(ops.memory().arrays).toBe(0);
  });

  it('lets what is released inside a scope live until that scope closes', async () => {
    const ops = new Ops(createFloat64Kernels());
    const outer = ops.open();
    const kept = build(ops);
    ops.retain(kept);
    ops.close(outer);
    const scope = ops.open();
    ops.release(kept);
    const [read] = await ops.read([ops.scale(kept, 2)]);
    expect(read?.length).toBe(16);
    ops.close(scope);
    expect(ops.memory().arrays).toBe(0);
  });

  it('closes inner scopes with an outer one', () => {
    const ops = new Ops(createFloat64Kernels());
    const outer = ops.open();
    ops.open();
    build(ops);
    ops.close(outer);
    expect(ops.memory().arrays).toBe(0);
    expect(() => build(ops)).toThrow(/scope/);
  });

  it('may drop its constants while a scope still uses one', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const constant = ops.constant('test', [2], 'real', () => Float64Array.of(3, 4));
    const doubled = ops.scale(constant, 2);
    ops.clearConstants();
    const sum = ops.add(constant, doubled);
    const [read] = await ops.read([sum]);
    expect([...(read ?? [])]).toEqual([9, 12]);
    const again = ops.constant('test', [2], 'real', () => Float64Array.of(5, 6));
    const [other] = await ops.read([again]);
    expect([...(other ?? [])]).toEqual([5, 6]);
    ops.close(scope);
    expect(ops.memory().arrays).toBe(1);
    ops.clearConstants();
    expect(ops.memory().arrays).toBe(0);
  });

  it('uploads a constant once', () => {
    const ops = new Ops(createFloat64Kernels());
    let made = 0;
    const make = () => {
      made++;
      return new Float64Array(4);
    };
    expect(ops.constant('once', [4], 'real', make)).toBe(ops.constant('once', [4], 'real', make));
    expect(made).toBe(1);
  });

  it('keeps a named host map for the same values, and only without derivatives', () => {
    const ops = new Ops(createFloat64Kernels());
    let made = 0;
    const map = (scalar: Scalar, name: string | null = 'named') =>
      ops.hostMap(
        [scalar],
        [4],
        'real',
        ([v = 0], [wanted]) => {
          made++;
          return {
            value: new Float64Array(4).fill(v),
            partials: [wanted ? new Float64Array(4).fill(1) : undefined],
          };
        },
        name,
      );
    const scope = ops.open();
    expect(map(constantScalar(2))).toBe(map(constantScalar(2)));
    expect(made).toBe(1);
    expect(map(constantScalar(3))).not.toBe(map(constantScalar(2)));
    expect(made).toBe(2);
    map(constantScalar(2), null);
    expect(made).toBe(3);
    // A learnable will have another value the next time.
    map(parameterScalar(2, 0));
    expect(made).toBe(4);
    ops.mode = 'forward';
    expect(map(parameterScalar(2, 0)).tangents.size).toBe(1);
    expect(made).toBe(5);
    ops.close(scope);
    expect(ops.memory().arrays).toBe(2);
    ops.clearConstants();
    expect(ops.memory().arrays).toBe(0);
  });

  it('bounds what named host maps keep, oldest out first', async () => {
    const ops = new Ops(createFloat64Kernels());
    const [n, bytes] = [1024, 1024 * 1024 * 8];
    const map = (v: number) =>
      ops.hostMap(
        [constantScalar(v)],
        [n, n],
        'real',
        () => ({ value: new Float64Array(n * n).fill(v), partials: [undefined] }),
        `large ${v}`,
      );
    const scope = ops.open();
    const first = map(0);
    for (let v = 1; v < 8; v++) map(v);
    // Eight fill the 64 MiB; the first was asked for again, so the second goes.
    expect(map(0)).toBe(first);
    map(8);
    expect(map(0)).toBe(first);
    ops.close(scope);
    expect(ops.memory()).toEqual({ bytes: 8 * bytes, arrays: 8 });
    const [kept] = await ops.read([map(0)]);
    expect(kept?.[n]).toBe(0);
    ops.clearConstants();
    expect(ops.memory().arrays).toBe(0);
  });

  it('keeps one map at the sixteen latest values', () => {
    const ops = new Ops(createFloat64Kernels());
    const map = (v: number) =>
      ops.hostMap(
        [constantScalar(v)],
        [1],
        'real',
        () => ({ value: Float64Array.of(v), partials: [undefined] }),
        'one',
      );
    const scope = ops.open();
    const first = map(0);
    for (let v = 1; v < 16; v++) map(v);
    expect(map(0)).toBe(first);
    map(16);
    expect(map(0)).toBe(first);
    ops.close(scope);
    expect(ops.memory().arrays).toBe(16);
    ops.clearConstants();
    expect(ops.memory().arrays).toBe(0);
  });

  it('sums the cotangents of a tensor that is used twice', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    ops.mode = 'reverse';
    const a = ops.fromScalars([parameterScalar(3, 0)], [1]);
    const root = ops.add(ops.multiply(a, a), ops.scale(a, 5));
    const { value, gradient } = await ops.gradient(root, 1);
    expect([value, gradient[0]]).toEqual([24, 11]);
    ops.close(scope);
  });
});
