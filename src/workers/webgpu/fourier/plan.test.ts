import { describe, expect, it } from 'vitest';
import {
  allowedPlans,
  candidatePlans,
  type Line,
  type LinePlan,
  lengthOf,
  type Processor,
  planId,
  sharedSamples,
  usesSharedMemory,
  type WorkgroupLimits,
  type WorkgroupShape,
} from './plan.ts';
import { FourierPlanner } from './planner.ts';
import { balancedRadices, isSmooth, splitNearRoot } from './radices.ts';

/** What WebGPU promises everywhere, the compatibility mode, and a large desktop adapter. */
const PORTABLE: WorkgroupLimits = { sharedBytes: 16384, threads: 256 };
const COMPATIBILITY: WorkgroupLimits = { sharedBytes: 16384, threads: 128 };
const DESKTOP: WorkgroupLimits = { sharedBytes: 32768, threads: 1024 };

const rows = (length: number, outer = 512): Line => ({ outer, length, inner: 1 });
const columns = (length: number, inner = 512): Line => ({ outer: 1, length, inner });

function shapesOf(plan: LinePlan): readonly WorkgroupShape[] {
  switch (plan.kind) {
    case 'passes':
      return [];
    case 'workgroup':
      return [plan.shape];
    case 'fourStep':
      return [plan.coarse, plan.fine];
    case 'chirp':
      return shapesOf(plan.through);
    default:
      return plan satisfies never;
  }
}

/** Product of everything that a plan transforms. */
function coveredLength(plan: LinePlan): number {
  if (plan.kind === 'chirp') return coveredLength(plan.through);
  if (plan.kind === 'passes') return lengthOf(plan.radices);
  return shapesOf(plan).reduce((product, shape) => product * lengthOf(shape.radices), 1);
}

describe('balancedRadices', () => {
  it('multiply to every smooth length and exist for no other', () => {
    for (let length = 1; length <= 4200; length++) {
      for (const cap of [4, 8, 16, 32] as const) {
        const radices = balancedRadices(length, cap);
        expect(radices === null ? null : lengthOf(radices)).toBe(isSmooth(length) ? length : null);
        expect(Math.max(2, ...(radices ?? []).filter((radix) => radix % 2 === 0))).toBeLessThanOrEqual(cap);
      }
    }
  });

  it('have equal stages', () => {
    expect(balancedRadices(256, 16)).toEqual([16, 16]);
    expect(balancedRadices(512, 16)).toEqual([8, 8, 8]);
    expect(balancedRadices(1024, 16)).toEqual([16, 8, 8]);
    expect(balancedRadices(4096, 8)).toEqual([8, 8, 8, 8]);
    expect(balancedRadices(360, 16)).toEqual([8, 5, 3, 3]);
  });
});

describe('splitNearRoot', () => {
  it('gives the factors nearest to the square root', () => {
    expect(splitNearRoot(8192)).toEqual([128, 64]);
    expect(splitNearRoot(6561)).toEqual([81, 81]);
  });
});

describe('candidate plans', () => {
  const lengths = [1, 2, 3, 7, 11, 16, 17, 36, 97, 100, 256, 360, 509, 512, 1000, 1024, 2048, 2187, 4096];
  const lines = [...lengths, 8192, 10007, 16384].flatMap((length) => [
    rows(length),
    rows(length, 1),
    columns(length),
    columns(length, 3),
  ]);

  it.each([
    ['portable', PORTABLE],
    ['compatibility', COMPATIBILITY],
    ['desktop', DESKTOP],
  ])('fit the %s limits, cover the line and always include one without barriers', (_, limits) => {
    for (const line of lines) {
      const plans = candidatePlans(line, limits);
      expect(plans.some((plan) => !usesSharedMemory(plan))).toBe(true);
      expect(new Set(plans.map(planId)).size).toBe(plans.length);
      for (const plan of plans) {
        const wanted = plan.kind === 'chirp' ? plan.padded : line.length;
        expect(coveredLength(plan)).toBe(wanted);
        if (plan.kind === 'chirp') expect(plan.padded).toBeGreaterThanOrEqual(2 * line.length - 1);
        expect(plan.kind === 'chirp').toBe(!isSmooth(line.length));
        for (const shape of shapesOf(plan)) {
          const samples = shape.lines * sharedSamples(shape, lengthOf(shape.radices));
          expect(samples * (shape.isSplit ? 4 : 8)).toBeLessThanOrEqual(limits.sharedBytes);
          expect(shape.lines * shape.threads).toBeLessThanOrEqual(limits.threads);
        }
      }
    }
  });

  it('take whole lines up to 2048 samples in the smallest shared memory, and four steps beyond 4096', () => {
    const kinds = (length: number) => new Set(candidatePlans(rows(length), PORTABLE).map(({ kind }) => kind));
    expect(kinds(2048)).toContain('workgroup');
    expect(kinds(8192)).toContain('fourStep');
    expect(kinds(8192)).not.toContain('workgroup');
    expect(candidatePlans(rows(4096), PORTABLE)[0]).toMatchObject({
      kind: 'workgroup',
      shape: { isSplit: true },
    });
  });

  it('take eight neighbouring columns where they fit', () => {
    const [plan] = candidatePlans(columns(256), PORTABLE);
    expect(plan).toMatchObject({ kind: 'workgroup', shape: { lines: 8, radices: [16, 16] } });
    expect(candidatePlans(columns(256, 5), PORTABLE)[0]).toMatchObject({ shape: { lines: 5 } });
  });

  it('prefer barriers on hardware, passes on software, and obey a policy', () => {
    const first = (policy: 'auto' | 'barrierFree' | 'workgroup', processor: Processor) =>
      allowedPlans(rows(512), PORTABLE, policy, processor)[0]?.kind;
    expect(first('auto', 'graphics')).toBe('workgroup');
    expect(first('auto', 'software')).toBe('passes');
    const id = (length: number, processor: Processor) => {
      const plan = allowedPlans(rows(length), PORTABLE, 'barrierFree', processor)[0];
      return plan && planId(plan);
    };
    // Two passes where registers are memory anyway, three where 32 samples per thread would not fit.
    expect([id(512, 'software'), id(512, 'graphics')]).toEqual(['passes 16.32', 'passes 8.8.8']);
    // Two passes of radix 32 where they are not slower than three smaller ones.
    expect([id(1024, 'software'), id(1024, 'llvmpipe')]).toEqual(['passes 32.32', 'passes 8.16.8']);
    expect(id(512, 'llvmpipe')).toBe('passes 16.32');
    expect(first('workgroup', 'software')).toBe('workgroup');
    expect(first('barrierFree', 'graphics')).toBe('passes');
    expect(
      allowedPlans(rows(512), PORTABLE, 'barrierFree', 'graphics').every((p) => p.kind === 'passes'),
    ).toBe(true);
  });
});

describe('FourierPlanner', () => {
  const planner = () => new FourierPlanner({ limits: PORTABLE, processor: 'graphics' });

  it('takes a remembered plan for like lines, whatever their number, as long as the policy allows it', () => {
    const own = planner();
    expect(own.planFor(rows(512)).kind).toBe('workgroup');
    const free = own.candidates(rows(512)).find((plan) => plan.kind === 'passes');
    own.remember(rows(512), free ? planId(free) : '');
    expect(own.planFor(rows(512)).kind).toBe('passes');
    expect(own.planFor(rows(512, 500)).kind).toBe('passes');
    expect(own.planFor(rows(512, 8)).kind).toBe('workgroup');
    expect(own.planFor(columns(512)).kind).toBe('workgroup');
    own.policy = 'workgroup';
    expect(own.planFor(rows(512)).kind).toBe('workgroup');
  });

  it('ignores a name that it does not know', () => {
    const own = planner();
    const usual = own.planFor(rows(512));
    own.remember(rows(512), 'workgroup of an older version');
    expect(own.planFor(rows(512))).toEqual(usual);
  });
});
