import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../../../optics/ops/kernels.f64.ts';
import { sizeOf } from '../../../optics/ops/kernels.ts';
import { acquireDevice, type WebgpuDevice } from '../device.ts';
import type { WebgpuArray } from '../program.ts';
import { startupTest } from '../startup.ts';
import { createWebgpuKernels, type WebgpuKernels } from '../webgpuKernels.ts';
import { FourierTables } from './deviceTables.ts';
import { centredEnds, fourier2 } from './fourier2.ts';
import { type Line, type LinePlan, type PlanPolicy, planId } from './plan.ts';
import { FourierPlanner } from './planner.ts';
import { isSmooth } from './radices.ts';
import { runPlan } from './runPlan.ts';
import { createMemoryStore } from './tuningQueue.ts';

/** Relative L2 error of float32 with pairwise growth; a chirp-z convolution has two transforms of two to four times the length. */
const GATE = 5e-7;
const CHIRP_GATE = 1e-6;
const ROUND_TRIP_GATE = 5e-7;
const ADJOINT_GATE = 1e-5;

/** Small enough that short lines need four steps, so that those are tested without long compilations. */
const TINY = { sharedBytes: 512, threads: 32 };

let source: WebgpuDevice;
let kernels: WebgpuKernels;
let tiny: WebgpuKernels;
const reference = createFloat64Kernels();

beforeAll(async () => {
  source = await acquireDevice();
  kernels = createWebgpuKernels(source);
  tiny = createWebgpuKernels(source, { workgroupLimits: TINY });
});

afterAll(() => {
  kernels.dispose();
  tiny.dispose();
  source.dispose();
});

/** A transform under test, and how its results are freed. */
interface Transform {
  readonly run: (u: WebgpuArray, direction: 'forward' | 'inverse') => WebgpuArray;
  readonly free: (array: WebgpuArray) => void;
}

function ofKernels(own: WebgpuKernels): Transform {
  return { run: own.fourier2, free: own.release };
}

/** Results that no ledger lists. */
function bare(run: Transform['run']): Transform {
  return { run, free: ({ tensor }) => tensor.dispose() };
}

function randomField(shape: readonly number[], seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: 2 * sizeOf(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [error, power] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    const value = expected[index] ?? Number.NaN;
    error += ((actual[index] ?? Number.NaN) - value) ** 2;
    power += value ** 2;
  }
  return Math.sqrt(error / power);
}

/** Real part of the inner product, and the product of the norms. */
function inner(u: ArrayLike<number>, v: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < u.length; index++) total += (u[index] ?? 0) * (v[index] ?? 0);
  return total;
}

/** Everything that the gates limit, for one shape. */
async function measure(own: WebgpuKernels, { run, free }: Transform, shape: readonly number[]) {
  const [first, second] = [randomField(shape, 1), randomField(shape, 2)];
  const u = own.upload(first, shape, 'complex');
  const v = own.upload(second, shape, 'complex');
  const forward = run(u, 'forward');
  const inverse = run(v, 'inverse');
  const back = run(forward, 'inverse');
  const read = await own.readMany([forward, inverse, back]);
  for (const array of [u, v]) own.release(array);
  for (const array of [forward, inverse, back]) free(array);
  const [spectrum = [], adjoint = [], again = []] = read;
  const exact = async (data: Float32Array, direction: 'forward' | 'inverse') => {
    const host = reference.upload(Float64Array.from(data), shape, 'complex');
    const [values = []] = await reference.readMany([reference.fourier2(host, direction)]);
    return values;
  };
  const norms = Math.sqrt(inner(first, first) * inner(second, second));
  return {
    forward: relativeError(spectrum, await exact(first, 'forward')),
    inverse: relativeError(adjoint, await exact(second, 'inverse')),
    roundTrip: relativeError(again, first),
    // The adjoint of a unitary transform is its inverse: <F u, v> = <u, F⁻¹ v>.
    adjoint: Math.abs(inner(spectrum, second) - inner(first, adjoint)) / norms,
  };
}

/** Forces one family of plans. */
function forced(own: WebgpuKernels, policy: PlanPolicy): Transform {
  const run: Transform['run'] = (u, direction) => {
    own.fourierPlanner.policy = policy;
    const result = own.fourier2(u, direction);
    own.fourierPlanner.policy = 'auto';
    return result;
  };
  return { run, free: own.release };
}

function plansOf(own: WebgpuKernels, policy: PlanPolicy, shape: readonly number[]): LinePlan[] {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const planes = sizeOf(shape) / (ny * nx);
  own.fourierPlanner.policy = policy;
  const plans = [
    own.fourierPlanner.planFor({ outer: planes * ny, length: nx, inner: 1 }),
    own.fourierPlanner.planFor({ outer: planes, length: ny, inner: nx }),
  ];
  own.fourierPlanner.policy = 'auto';
  return plans;
}

function expectWithinGates(errors: Awaited<ReturnType<typeof measure>>, shape: readonly number[]): void {
  const gate = shape.slice(-2).every(isSmooth) ? GATE : CHIRP_GATE;
  expect(errors.forward).toBeLessThan(gate);
  expect(errors.inverse).toBeLessThan(gate);
  expect(errors.roundTrip).toBeLessThan(Math.max(gate, ROUND_TRIP_GATE));
  expect(errors.adjoint).toBeLessThan(ADJOINT_GATE);
}

const SHAPES: readonly { readonly title: string; readonly shape: readonly number[] }[] = [
  { title: 'a square of a power of two', shape: [32, 32] },
  { title: 'long rows and short columns', shape: [8, 512] },
  { title: 'short rows and long columns', shape: [125, 8] },
  { title: 'odd sides', shape: [45, 63] },
  { title: 'mixed radices, and lines that do not fill the last workgroup', shape: [50, 36] },
  { title: 'a batch of two ranks', shape: [2, 3, 20, 24] },
  { title: 'prime sides', shape: [11, 13] },
  { title: 'a prime side, batched', shape: [3, 10, 13] },
  { title: 'single lines', shape: [5, 1, 48] },
  { title: 'single columns', shape: [2, 48, 1] },
];

describe.each(['barrierFree', 'workgroup'] as const)('the %s plan', (policy) => {
  it.each(SHAPES)('keeps the precision gates on $title', async ({ shape }) => {
    const errors = await measure(kernels, forced(kernels, policy), shape);
    expectWithinGates(errors, shape);
    const kinds = plansOf(kernels, policy, shape).map(planId).join();
    expect(/workgroup|fourStep/.test(kinds)).toBe(policy === 'workgroup');
    expect(source.faults().uncaptured).toEqual([]);
  });
});

describe('the four-step plan', () => {
  it.each([
    { title: 'rows and columns', shape: [144, 256], kind: 'fourStep' },
    { title: 'a batch of lines with two stages', shape: [2, 3, 1024], kind: 'fourStep 8.4' },
    { title: 'chirps', shape: [2, 67], kind: 'chirp 256 fourStep' },
  ])('keeps the gates on $title', async ({ shape, kind }) => {
    expect(plansOf(tiny, 'workgroup', shape).map(planId).join()).toContain(kind);
    expectWithinGates(await measure(tiny, forced(tiny, 'workgroup'), shape), shape);
    expect(source.faults().uncaptured).toEqual([]);
  });
});

describe('extreme shapes', () => {
  it('keep the gates when a dispatch of workgroups is folded', async () => {
    const own = createWebgpuKernels(source, { workgroupLimits: { sharedBytes: 64, threads: 2 } });
    const shape = [65_600, 1, 6];
    expect(plansOf(own, 'workgroup', shape).map(planId)[0]).toBe('workgroup 3.2/1x2');
    expectWithinGates(await measure(own, forced(own, 'workgroup'), shape), shape);
    expect(source.faults().uncaptured).toEqual([]);
    own.dispose();
  });

  it('keep the gates on a long prime side', async () => {
    const shape = [3, 1009];
    expectWithinGates(await measure(kernels, forced(kernels, 'barrierFree'), shape), shape);
  });
});

describe('shapes of workgroups', () => {
  const plansFor = (line: Line, limits: { sharedBytes: number; threads: number }) =>
    new FourierPlanner({ limits, processor: 'graphics' }).candidates(line);

  it('give the same numbers split or joint, padded or not', async () => {
    const [rows, length] = [6, 20];
    const field = kernels.upload(randomField([rows, length], 3), [rows, length], 'complex');
    const line = { outer: rows, length, inner: 1 };
    const tables = new FourierTables((table) => kernels.upload(table, [table.length / 2], 'complex').tensor);
    const ends = { ...centredEnds(line), orientation: { in: 1, out: 1 } } as const;
    const [usual] = plansFor(line, { sharedBytes: 16384, threads: 256 });
    if (usual?.kind !== 'workgroup') throw new Error('The plan for 20 samples shares memory.');
    const variants: LinePlan[] = [{}, { isPadded: false }, { isSplit: true }, { lines: 4, threads: 2 }].map(
      (change) => ({ kind: 'workgroup', shape: { ...usual.shape, ...change } }),
    );
    const results = variants.map((plan) => runPlan(field.tensor, plan, line, ends, tables));
    const read = await kernels.readMany(
      results.map((tensor) => ({ shape: [rows, length], dtype: 'complex' as const, tensor })),
    );
    // The same operations in the same order; compilers may still fuse them differently.
    for (const values of read.slice(1)) expect(relativeError(values, read[0] ?? [])).toBeLessThan(2e-7);
    for (const tensor of results) tensor.dispose();
    tables.dispose();
    kernels.release(field);
  });
});

describe('the largest size', () => {
  it('keeps the gate at 2048²', async () => {
    // Three shifted point sources have a spectrum in closed form at any size; the axes of the shifts are coprime.
    const n = 2048;
    const shifts = [
      [37, 0],
      [-1001, 513],
      [5, -777],
    ] as const;
    const field = new Float32Array(2 * n * n);
    for (const [x, y] of shifts) field[2 * ((n / 2 + y) * n + n / 2 + x)] = 1;
    const u = kernels.upload(field, [n, n], 'complex');
    const spectrum = kernels.fourier2(u, 'forward');
    const [result = []] = await kernels.readMany([spectrum]);
    const turns = Float64Array.from({ length: n }, (_, j) => Math.cos((2 * Math.PI * j) / n));
    const wrap = (j: number) => ((j % n) + n) % n;
    let [error, power] = [0, 0];
    for (let row = 0; row < n; row += 3) {
      for (let column = 0; column < n; column++) {
        let [re, im] = [0, 0];
        for (const [x, y] of shifts) {
          const j = wrap(-((column - n / 2) * x + (row - n / 2) * y));
          re += turns[j] ?? 0;
          im += turns[wrap(j - n / 4)] ?? 0;
        }
        const at = 2 * (row * n + column);
        error += ((result[at] ?? 9) * n - re) ** 2 + ((result[at + 1] ?? 9) * n - im) ** 2;
        power += re ** 2 + im ** 2;
      }
    }
    expect(Math.sqrt(error / power)).toBeLessThan(GATE);
    kernels.release(u);
    kernels.release(spectrum);
  });
});

describe('planted faults', () => {
  const shape = [45, 63];
  const corrupt = (change: (table: Float32Array) => void) =>
    new FourierTables((table) => {
      const wrong = table.slice();
      change(wrong);
      return kernels.upload(wrong, [wrong.length / 2], 'complex').tensor;
    });

  /** Chooses what the kernels would choose, so that their compiled programs serve again. */
  const plannerFor = (policy: PlanPolicy) => {
    const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = source.device.limits;
    const limits = {
      sharedBytes: maxComputeWorkgroupStorageSize,
      threads: maxComputeInvocationsPerWorkgroup,
    };
    const planner = new FourierPlanner({ limits, processor: 'graphics' });
    planner.policy = policy;
    return planner;
  };

  it.each(['barrierFree', 'workgroup'] as const)(
    'in one twiddle are caught on the %s plan',
    async (policy) => {
      const planner = new FourierPlanner({
        limits: { sharedBytes: 16384, threads: 256 },
        processor: 'graphics',
      });
      planner.policy = policy;
      const context = (tables: FourierTables) => ({ tables, planFor: (line: Line) => planner.planFor(line) });
      // One entry is off by a ten-thousandth, as a sine of the GPU might be.
      const wrong = context(corrupt((table) => table.set([(table[20] ?? 0) + 1e-4], 20)));
      const right = context(corrupt(() => undefined));
      const bad = await measure(
        kernels,
        bare((u, direction) => fourier2(u, direction, wrong)),
        shape,
      );
      const good = await measure(
        kernels,
        bare((u, direction) => fourier2(u, direction, right)),
        shape,
      );
      expect(bad.forward).toBeGreaterThan(2 * GATE);
      expectWithinGates(good, shape);
    },
  );

  it.each(['barrierFree', 'workgroup'] as const)('in a shift are caught on the %s plan', async (policy) => {
    const planner = plannerFor(policy);
    const tables = corrupt(() => undefined);
    const line = { outer: 1, length: 45, inner: 63 };
    const rows = { outer: 45, length: 63, inner: 1 };
    const shifted = (offset: number) =>
      bare((u, direction) => {
        const sign = direction === 'forward' ? 1 : -1;
        const ends = centredEnds(line);
        const load = { ...ends.load, shift: ends.load.shift + offset };
        const half = runPlan(
          u.tensor,
          planner.planFor(rows),
          rows,
          { ...centredEnds(rows), orientation: { in: sign, out: 1 } },
          tables,
        );
        const orientation = { in: 1, out: sign } as const;
        const tensor = runPlan(half, planner.planFor(line), line, { ...ends, load, orientation }, tables);
        half.dispose();
        return { shape, dtype: 'complex' as const, tensor };
      });
    // Half a sample too far for an odd length: the mistake of ceil for floor.
    expect((await measure(kernels, shifted(1), shape)).forward).toBeGreaterThan(0.1);
    expectWithinGates(await measure(kernels, shifted(0), shape), shape);
  });
});

describe('startup', () => {
  /** Kernels whose Fourier transforms are wrong under the given policies. */
  const faulty = (policies: readonly PlanPolicy[]): WebgpuKernels => ({
    ...kernels,
    fourierPlanner: kernels.fourierPlanner,
    fourier2: (u, direction) => {
      const result = kernels.fourier2(u, direction);
      if (!policies.includes(kernels.fourierPlanner.policy)) return result;
      const worse = kernels.scale(result, 1.001);
      kernels.release(result);
      return worse;
    },
  });

  it('accepts both plans of a good adapter', async () => {
    const report = await startupTest(kernels, false);
    expect(report).toMatchObject({ isUsable: true, downgrade: null });
    expect(kernels.fourierPlanner.policy).toBe('auto');
  });

  it('does without shared memory where that computes wrongly, and says so', async () => {
    const report = await startupTest(faulty(['workgroup']), false);
    expect(report.isUsable).toBe(true);
    expect(report.downgrade).toMatch(/^Fourier transforms avoid shared memory.*error.*\.$/);
    expect(kernels.fourierPlanner.policy).toBe('barrierFree');
    kernels.fourierPlanner.policy = 'auto';
  });

  it('refuses an adapter whose plain plan is wrong too', async () => {
    const report = await startupTest(faulty(['barrierFree', 'workgroup']), false);
    expect(report.isUsable).toBe(false);
    expect(report.detail).toContain('fourier2');
    kernels.fourierPlanner.policy = 'auto';
  });
});

describe('tuning', () => {
  it('measures the sizes in use, takes the fastest, and leaves nothing behind', async () => {
    const own = createWebgpuKernels(source, {
      isTuned: true,
      tuningStore: createMemoryStore(),
      workgroupLimits: { sharedBytes: 4096, threads: 64 },
    });
    const shape = [12, 10];
    const before = own.memory();
    await measure(own, ofKernels(own), shape);
    const tuned = await own.tuneFourier();
    expect(tuned.map(({ line }) => line)).toEqual([
      { outer: 12, length: 10, inner: 1 },
      { outer: 1, length: 12, inner: 10 },
    ]);
    for (const { line, plan, milliseconds, rejected, reason } of tuned) {
      expect(rejected).toEqual([]);
      // A machine too busy to answer within milliseconds gives up timing, and says so.
      expect(reason.includes('too coarse') || Object.keys(milliseconds).length > 1).toBe(true);
      expect(planId(own.fourierPlanner.planFor(line))).toBe(planId(plan));
    }
    expectWithinGates(await measure(own, ofKernels(own), shape), shape);
    expect(await own.tuneFourier()).toEqual([]);
    expect(own.memory()).toEqual(before);
    expect(source.faults().uncaptured).toEqual([]);
    own.dispose();
  });
});
