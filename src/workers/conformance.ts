/** Holds any backend's kernels against plain float64 loops. */
import { type DeviceArray, type Kernels, type MatmulFlags, sizeOf } from '../optics/ops/kernels.ts';
import { checkAdam } from './conformanceAdam.ts';
import { Bench, type ConformanceCheck, one, two } from './conformanceBench.ts';
import { checkFilter, checkFourier } from './conformanceFourier.ts';
import {
  at,
  build,
  conjugate,
  difference,
  generator,
  type Host,
  hostArray,
  largest,
  pointwise,
  product,
  resized,
  summed,
  times,
} from './conformanceLoops.ts';

const SHAPE_PAIRS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [3, 5, 7],
    [3, 5, 7],
  ],
  [[2, 3, 4], [1]],
  [[1], [130]],
  [
    [3, 1, 5],
    [4, 1],
  ],
  [
    [2, 1, 3, 1, 2, 3],
    [2, 4, 1, 5, 1, 3],
  ],
  [[2, 3, 4], []],
];

async function checkTransfers<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels } = bench;
  const before = kernels.memory();
  const real = hostArray([3, 5], 'real', next);
  const complex = hostArray([2, 3, 2], 'complex', next);
  await bench.compare('upload and read, real', [real], (x) => kernels.scale(one(x), 1), real, 0);
  await bench.compare('upload and read, complex', [complex], (x) => kernels.scale(one(x), 1), complex, 0);
  const seen: Host = { ...complex, shape: [4, 3] };
  await bench.compare('reshape', [complex], (x) => kernels.reshape(one(x), [4, 3]), seen, 0);
  const first = kernels.upload(real.data, real.shape, 'real');
  const second = kernels.reshape(first, [15]);
  kernels.release(first);
  const sum = kernels.add(second, second);
  const [kept = [], doubled = []] = await kernels.readMany([second, sum]);
  kernels.release(second);
  kernels.release(sum);
  const survives = difference(kept, real.data, 1);
  bench.checks.push({ check: 'reshape outlives its source', error: survives, limit: 0 });
  const twice = real.data.map((value) => 2 * value);
  bench.checks.push({ check: 'several arrays in one read', error: difference(doubled, twice, 1), limit: 0 });
  const after = kernels.memory();
  const leaked = Math.abs(after.arrays - before.arrays) + Math.abs(after.bytes - before.bytes);
  bench.checks.push({ check: 'memory after release (absolute)', error: leaked, limit: 0 });
}

async function checkArithmetic<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  // One rounding per product and one per sum: at most two spacings.
  for (const [shapeA, shapeB] of SHAPE_PAIRS) {
    const title = `[${shapeA.join()}] with [${shapeB.join()}]`;
    for (const dtype of ['real', 'complex'] as const) {
      const [a, b] = [hostArray(shapeA, dtype, next), hostArray(shapeB, dtype, next)];
      const sum = pointwise(a, b, dtype, ([ar, ai], [br, bi]) => [ar + br, ai + bi]);
      const rest = pointwise(a, b, dtype, ([ar, ai], [br, bi]) => [ar - br, ai - bi]);
      await bench.compare(`add ${dtype} ${title}`, [a, b], (x) => k.add(...two(x)), sum, 1);
      await bench.compare(`subtract ${dtype} ${title}`, [a, b], (x) => k.subtract(...two(x)), rest, 1);
      for (const other of ['real', 'complex'] as const) {
        const c = hostArray(shapeB, other, next);
        const result = dtype === 'complex' || other === 'complex' ? 'complex' : 'real';
        const plain = pointwise(a, c, result, times);
        const turned = pointwise(a, c, result, (x, y) => times(x, conjugate(y)));
        const name = `multiply ${dtype} by ${other} ${title}`;
        await bench.compare(name, [a, c], (x) => k.multiply(...two(x)), plain, 2);
        await bench.compare(`${name}, conjugated`, [a, c], (x) => k.multiply(...two(x), true), turned, 2);
      }
    }
    const [p, q] = [hostArray(shapeA, 'real', next), hostArray(shapeB, 'real', () => 1.5 + next())];
    const ratio = pointwise(p, q, 'real', ([x], [y]) => [x / y, 0]);
    // WGSL promises a quotient to 2.5 spacings.
    await bench.compare(`divide ${title}`, [p, q], (x) => k.divide(...two(x)), ratio, 3);
    const [u, v] = [hostArray(shapeA, 'complex', next), hostArray(shapeB, 'complex', next)];
    const inner = pointwise(u, v, 'complex', (x, y) => times(conjugate(x), y));
    const part = (which: 0 | 1) => build(inner.shape, 'real', (index) => [at(inner, index)[which], 0]);
    await bench.compare(`realInner ${title}`, [u, v], (x) => k.realInner(...two(x)), part(0), 2);
    await bench.compare(`imaginaryInner ${title}`, [u, v], (x) => k.imaginaryInner(...two(x)), part(1), 2);
  }
  const u = hostArray([3, 7, 11], 'complex', next);
  const power = build(u.shape, 'real', (index) => [at(u, index)[0] ** 2 + at(u, index)[1] ** 2, 0]);
  await bench.compare('absSquared', [u], (x) => k.absSquared(one(x)), power, 2);
  const squares = hostArray([3, 7, 11], 'real', () => 2 + next());
  const roots = build(squares.shape, 'real', (index) => [Math.sqrt(at(squares, index)[0]), 0]);
  // WGSL promises a root as an inverse root's inverse: 2 spacings and a division of 2.5.
  await bench.compare('squareRoot', [squares], (x) => k.squareRoot(one(x)), roots, 5);
  const scaled = build(u.shape, 'complex', (index) => times(at(u, index), [-2.5, 0]));
  await bench.compare('scale', [u], (x) => k.scale(one(x), -2.5), scaled, 1);
}

async function checkPhasor<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  for (const range of [1, 10, 1e3, 1e4]) {
    const phase = hostArray([5, 401], 'real', () => range * next());
    // Quarter turns and signed zero, where a wrong quadrant would show.
    [0, -0, 0.5, -0.5, Math.PI / 2, -Math.PI / 2, Math.PI, -Math.PI, range].forEach((value, index) => {
      phase.data[index] = Math.fround(value);
    });
    const expected = build(phase.shape, 'complex', (index) => {
      const [angle] = at(phase, index);
      return [Math.cos(angle), Math.sin(angle)];
    });
    // In float32 5e-7 at every range, since the input is exact; in float64 the libraries differ by 1 spacing.
    const limit = k.bytesPerReal === 4 ? 5e-7 / bench.epsilon : 4;
    await bench.compare(`phasor within ${range} rad`, [phase], (x) => k.phasor(one(x)), expected, limit, 1);
  }
}

async function checkShapes<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  const cases: readonly (readonly [readonly number[], number, number])[] = [
    [[2, 5, 6], 8, 9],
    [[2, 8, 9], 5, 6],
    [[3, 4, 7], 7, 4],
    [[5, 5], 5, 5],
    [[1, 1], 4, 3],
    [[2, 3, 6, 6], 3, 12],
  ];
  for (const [shape, ny, nx] of cases) {
    for (const dtype of ['real', 'complex'] as const) {
      const a = hostArray(shape, dtype, next);
      const name = `resize ${dtype} [${shape.join()}] to ${ny} x ${nx}`;
      await bench.compare(name, [a], (x) => k.resize(one(x), ny, nx), resized(a, ny, nx), 0);
    }
  }
}

async function checkMatmul<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  const flags = [false, true];
  for (const transposeA of flags) {
    for (const transposeB of flags) {
      for (const conjugateA of flags) {
        const conjugateB = conjugateA !== transposeB;
        const chosen: MatmulFlags = { transposeA, transposeB, conjugateA, conjugateB };
        const a = hostArray(transposeA ? [7, 5] : [5, 7], 'complex', next);
        const b = hostArray(transposeB ? [6, 7] : [7, 6], 'complex', next);
        const name = `matmul ${JSON.stringify(chosen)}`;
        await bench.compare(name, [a, b], (x) => k.matmul(...two(x), chosen), product(a, b, chosen), 8);
      }
    }
  }
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [3, 4, 5],
      [5, 2],
    ],
    [
      [2, 3],
      [4, 3, 9],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 1],
    ],
    [
      [1, 1],
      [1, 1],
    ],
    [
      [33, 200],
      [200, 17],
    ],
  ];
  for (const [shapeA, shapeB] of cases) {
    const [a, b] = [hostArray(shapeA, 'complex', next), hostArray(shapeB, 'complex', next)];
    const name = `matmul [${shapeA.join()}] by [${shapeB.join()}]`;
    // Random signs: the rounding of n terms grows like sqrt(n), the result too.
    await bench.compare(name, [a, b], (x) => k.matmul(...two(x)), product(a, b, {}), 16);
  }
}

async function checkSums<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[4, 5, 6], [0]],
    [[4, 5, 6], [1]],
    [
      [4, 5, 6],
      [1, 2],
    ],
    [
      [4, 5, 6],
      [0, 2],
    ],
    [
      [4, 5, 6],
      [0, 1, 2],
    ],
    [[4, 5, 6], []],
    [
      [2, 3, 2, 3, 2, 3],
      [1, 3, 5],
    ],
    [
      [3, 65, 67],
      [1, 2],
    ],
    [
      [3, 65, 67],
      [0, 1],
    ],
    [[1], [0]],
  ];
  for (const [shape, axes] of cases) {
    for (const dtype of ['real', 'complex'] as const) {
      const a = hostArray(shape, dtype, () => next() + 1);
      const name = `sum ${dtype} [${shape.join()}] over [${axes.join()}]`;
      await bench.compare(name, [a], (x) => k.sum(one(x), axes), summed(a, axes), 4);
    }
  }
  // Equal terms whose running sum in float32 would lose 1e-4: a plain loop must fail here.
  const level = Math.fround(0.1);
  const flat = hostArray([257, 1023], 'real', () => level);
  const total = build([1, 1], 'real', () => [level * 257 * 1023, 0]);
  // Blocked summation in float32; a plain float64 loop stays far below anything that matters.
  const limit = k.bytesPerReal === 4 ? 20 : 1e6;
  await bench.compare('sum of 262911 equal terms', [flat], (x) => k.sum(one(x), [0, 1]), total, limit);
}

async function checkBases<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  for (const [count, shape] of [
    [1, [5]],
    [3, [4, 7]],
    [37, [9, 11]],
    [5, [2, 33, 65]],
  ] as const) {
    const basis = hostArray([count, ...shape], 'real', next);
    const map = hostArray(shape, 'real', next);
    const samples = sizeOf(shape);
    const coefficients = Float64Array.from({ length: count }, () => Math.fround(next()));
    const combined = build(shape, 'real', (index) => [
      coefficients.reduce((total, c, j) => total + c * at(basis, j * samples + index)[0], 0),
      0,
    ]);
    const projected = build([count], 'real', (j) => [
      map.data.reduce((total, value, index) => total + value * at(basis, j * samples + index)[0], 0),
      0,
    ]);
    const title = `${count} maps of [${shape.join()}]`;
    await bench.compare(`combine ${title}`, [basis], (x) => k.combine(one(x), coefficients), combined, 8);
    const onDevice: Host = { data: coefficients, shape: [count], dtype: 'real' };
    await bench.compare(
      `combine ${title} with an array`,
      [basis, onDevice],
      (x) => k.combine(...two(x)),
      combined,
      8,
    );
    // Relative to the root of the sum of squares, since the signed terms largely cancel.
    const scale = Math.sqrt(samples);
    await bench.compare(`project ${title}`, [basis, map], (x) => k.project(...two(x)), projected, 8, scale);
  }
}

async function checkPoisson<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const cases = [
    { title: 'photon counts', level: 8, spread: 8 },
    { title: 'bright and close', level: 1e4, spread: 300 },
  ];
  for (const { title, level, spread } of cases) {
    // Where the model is not far below the data, the slope is of order 1 and so is its rounding.
    const model = hostArray([7, 43], 'real', () => Math.max(1, level + spread * next()));
    const data = hostArray([7, 43], 'real', () => Math.max(0, Math.round(level + spread * next())));
    // The direct formula cancels down from the size of the counts, so that is what its error is relative to.
    await comparePoisson(bench, title, model, data, level + spread);
  }
  const model: Host = {
    data: Float64Array.of(0, 0, 1e-9, 3, 5e-5, 1).map(Math.fround),
    shape: [6],
    dtype: 'real',
  };
  const data: Host = {
    data: Float64Array.of(0, 2, 2, 0, 1, 1e-3).map(Math.fround),
    shape: [6],
    dtype: 'real',
  };
  for (let index = 0; index < 6; index++) {
    // One sample at a time: the slopes at the floor are a million times those elsewhere.
    const sample = (from: Host): Host => ({ ...from, data: from.data.slice(index, index + 1), shape: [1] });
    await comparePoisson(bench, `case ${index} near the floor`, sample(model), sample(data), null);
  }
}

/** @param scale of the deviance's error; null: of the expected value. */
async function comparePoisson<A extends DeviceArray>(
  bench: Bench<A>,
  title: string,
  model: Host,
  data: Host,
  scale: number | null,
): Promise<void> {
  const { kernels: k } = bench;
  const pointwiseReal = (formula: (m: number, d: number) => number) =>
    build(model.shape, 'real', (index) => [
      formula(Math.max(at(model, index)[0], 1e-6), at(data, index)[0]),
      0,
    ]);
  const deviance = pointwiseReal((m, d) => m - d + (d > 0 ? d * Math.log(d / m) : 0));
  const slope = pointwiseReal((m, d) => 1 - d / m);
  const size = scale ?? (largest(deviance.data) || 1);
  const inputs = [model, data];
  // A logarithm of a few spacings, times the counts.
  await bench.compare(
    `poissonDeviance, ${title}`,
    inputs,
    (x) => k.poissonDeviance(...two(x)),
    deviance,
    16,
    size,
  );
  const slopeSize = Math.max(1, largest(slope.data));
  await bench.compare(
    `poissonSlope, ${title}`,
    inputs,
    (x) => k.poissonSlope(...two(x)),
    slope,
    4,
    slopeSize,
  );
}

/**
 * Exercises every kernel with odd, even and batched sizes against float64 loops.
 * @returns all comparisons; the backend conforms when no `error` exceeds its `limit`. Limits are multiples of
 *   2^-23 or 2^-52 according to `bytesPerReal`.
 * @throws DeviceFault when the backend reports a fault while it runs.
 */
export async function kernelConformance<A extends DeviceArray>(
  kernels: Kernels<A>,
): Promise<ConformanceCheck[]> {
  const bench = new Bench(kernels);
  const next = generator(20261121);
  await checkTransfers(bench, next);
  await checkArithmetic(bench, next);
  await checkPhasor(bench, next);
  await checkFourier(bench, next);
  await checkFilter(bench, next);
  await checkShapes(bench, next);
  await checkMatmul(bench, next);
  await checkSums(bench, next);
  await checkBases(bench, next);
  await checkPoisson(bench, next);
  await checkAdam(bench, next);
  return bench.checks;
}
