/** Which ways there are to transform a line on a device, and which one to take unmeasured. */
import { balancedRadices, isSmooth, type RadixCap, splitNearRoot } from './radices.ts';

/** An array seen as [outer, length, inner]; the transform runs over the middle axis. */
export interface Line {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

export interface WorkgroupLimits {
  /** Bytes that the threads of a workgroup may share. */
  readonly sharedBytes: number;
  readonly threads: number;
}

/** One workgroup transforms `lines` whole lines: registers for the butterflies, shared memory between stages. */
export interface WorkgroupShape {
  readonly radices: readonly number[];
  /** Threads per line. */
  readonly threads: number;
  /** Consecutive lines (inner = 1) or neighbouring columns. */
  readonly lines: number;
  /** Exchanges real and imaginary parts one after the other: half the memory, twice the barriers. */
  readonly isSplit: boolean;
  /** A gap after every 16 samples, so that strides by powers of two do not meet in one memory bank. */
  readonly isPadded: boolean;
}

/**
 * `passes`: one pass through global memory per radix, no barriers. `workgroup`: one read and one write.
 * `fourStep`: two workgroup passes, over every `fine`-th sample and then over neighbours.
 * `chirp`: a convolution of `padded` samples, for lengths with a prime factor above 7 (Bluestein).
 */
export type SmoothPlan =
  | { readonly kind: 'passes'; readonly radices: readonly number[] }
  | { readonly kind: 'workgroup'; readonly shape: WorkgroupShape }
  | { readonly kind: 'fourStep'; readonly coarse: WorkgroupShape; readonly fine: WorkgroupShape };
export type LinePlan =
  | SmoothPlan
  | { readonly kind: 'chirp'; readonly padded: number; readonly through: SmoothPlan };

/** Complex samples that a thread may keep in registers. */
const REGISTER_SAMPLES = 16;
/** Columns whose samples fill a 64-byte line of a cache. */
const COALESCED_COLUMNS = 8;
/** Threads that keep a compute unit busy without starving it of registers. */
const WANTED_THREADS = 128;

export function lengthOf(radices: readonly number[]): number {
  return radices.reduce((product, radix) => product * radix, 1);
}

/** Complex samples, with gaps, that one line takes of the shared memory. */
export function sharedSamples({ isPadded }: Pick<WorkgroupShape, 'isPadded'>, length: number): number {
  return isPadded ? length + Math.ceil(length / 16) : length;
}

function shapeFor(
  line: Line,
  limits: WorkgroupLimits,
  cap: RadixCap,
  wantedLines: number | null,
): WorkgroupShape | null {
  const radices = balancedRadices(line.length, cap);
  const largest = radices?.[0];
  if (!radices || largest === undefined) return null;
  const threads = Math.min(Math.ceil(line.length / largest), limits.threads);
  if (line.length > REGISTER_SAMPLES * threads) return null;
  const isColumns = line.inner > 1;
  const available = isColumns ? line.inner : line.outer;
  const wanted =
    wantedLines ?? (isColumns ? COALESCED_COLUMNS : Math.max(1, Math.floor(WANTED_THREADS / threads)));
  const most = Math.min(wanted, available, Math.floor(limits.threads / threads));
  const fitting = (isSplit: boolean, isPadded: boolean) =>
    Math.floor(limits.sharedBytes / ((isSplit ? 4 : 8) * sharedSamples({ isPadded }, line.length)));
  for (const isSplit of [false, true]) {
    for (const isPadded of isColumns ? [false] : [true, false]) {
      const lines = Math.min(most, fitting(isSplit, isPadded));
      // Narrow tiles waste half of every transfer or more: better exchange in two halves.
      const isNarrow = isColumns && lines < Math.min(most, COALESCED_COLUMNS / 2);
      if (lines >= 1 && (isSplit || !isNarrow)) return { radices, threads, lines, isSplit, isPadded };
    }
  }
  return null;
}

/** A name that tells plans for one line apart; it is what a tuning remembers. */
export function planId(plan: LinePlan): string {
  const shape = ({ radices, threads, lines, isSplit }: WorkgroupShape) =>
    `${radices.join('.')}/${lines}x${threads}${isSplit ? 's' : ''}`;
  switch (plan.kind) {
    case 'passes':
      return `passes ${plan.radices.join('.')}`;
    case 'workgroup':
      return `workgroup ${shape(plan.shape)}`;
    case 'fourStep':
      return `fourStep ${shape(plan.coarse)} ${shape(plan.fine)}`;
    case 'chirp':
      return `chirp ${plan.padded} ${planId(plan.through)}`;
    default:
      return plan satisfies never;
  }
}

export function usesSharedMemory(plan: LinePlan): boolean {
  return plan.kind === 'chirp' ? usesSharedMemory(plan.through) : plan.kind !== 'passes';
}

/** A processor spills registers to its nearest cache; graphics hardware to memory. */
function largestRadix(plan: LinePlan): number {
  return Math.max(1, ...passRadices(plan));
}

function passRadices(plan: LinePlan): readonly number[] {
  const inner = plan.kind === 'chirp' ? plan.through : plan;
  return inner.kind === 'passes' ? inner.radices : [];
}

/** Whether no pass has fewer than 32 samples per thread. */
function isWide(plan: LinePlan): boolean {
  const radices = passRadices(plan);
  return radices.length > 1 && radices.every((radix) => radix > REGISTER_SAMPLES);
}

/**
 * The smallest radix first: neighbouring threads of the first pass store that many samples apart, those of later
 * passes side by side.
 */
function passesPlan(length: number, cap: RadixCap): SmoothPlan {
  const radices = balancedRadices(length, cap) ?? [];
  return { kind: 'passes', radices: [...radices.slice(-1), ...radices.slice(0, -1)] };
}

function fourStepPlan(line: Line, limits: WorkgroupLimits, cap: RadixCap): SmoothPlan | null {
  const [coarseLength, fineLength] = splitNearRoot(line.length);
  const coarse = { outer: line.outer, length: coarseLength, inner: fineLength * line.inner };
  const fine = { outer: line.outer * coarseLength, length: fineLength, inner: line.inner };
  // Neighbouring lines of the second pass store neighbouring samples.
  const lines = line.inner === 1 ? Math.min(COALESCED_COLUMNS, coarseLength) : null;
  const first = shapeFor(coarse, limits, cap, null);
  const second = shapeFor(fine, limits, cap, lines);
  return first && second ? { kind: 'fourStep', coarse: first, fine: second } : null;
}

/** Widths of workgroups to try besides the usual one. */
function otherWidths(line: Line): readonly number[] {
  return line.inner > 1 ? [4, 16] : [2, 8];
}

function smoothPlans(line: Line, limits: WorkgroupLimits): SmoothPlan[] {
  const plans: SmoothPlan[] = [];
  const wanted: (readonly [RadixCap, number | null])[] = [
    [16, null],
    [8, null],
    ...otherWidths(line).map((lines) => [16, lines] as const),
    [4, null],
  ];
  let narrowest = Number.POSITIVE_INFINITY;
  for (const [cap, lines] of wanted) {
    const shape = shapeFor(line, limits, cap, lines);
    // A single stage exchanges nothing: it is a pass.
    if (!shape || shape.radices.length < 2) continue;
    plans.push({ kind: 'workgroup', shape });
    narrowest = Math.min(narrowest, shape.lines);
  }
  const isCramped = plans.length === 0 || (line.inner > 1 && narrowest < Math.min(line.inner, 4));
  if (isCramped && line.length > REGISTER_SAMPLES) {
    for (const cap of [16, 8] as const) {
      const plan = fourStepPlan(line, limits, cap);
      if (plan) plans.push(plan);
    }
  }
  return [...plans, passesPlan(line.length, 32), passesPlan(line.length, 16), passesPlan(line.length, 8)];
}

/** Samples of the convolution that replaces a transform of a length with a large prime factor. */
export function paddedLength(length: number): number {
  return 2 ** Math.ceil(Math.log2(2 * length - 1));
}

/**
 * All plans worth measuring for a line, the one for unmeasured graphics hardware first. At least one of them
 * needs no barrier.
 */
export function candidatePlans(line: Line, limits: WorkgroupLimits): readonly LinePlan[] {
  const padded = paddedLength(line.length);
  const plans: LinePlan[] = isSmooth(line.length)
    ? smoothPlans(line, limits)
    : smoothPlans({ ...line, length: padded }, limits).map((through) => ({ kind: 'chirp', padded, through }));
  const ids = new Set<string>();
  return plans.filter((plan) => {
    const isNew = !ids.has(planId(plan));
    ids.add(planId(plan));
    return isNew;
  });
}

/** What runs the programs: graphics hardware, or one of two ways to do it on the main processor. */
export type Processor = 'graphics' | 'software' | 'llvmpipe';

/** `auto`: what the adapter is best at; the others force one family, for tests and for faulty adapters. */
export type PlanPolicy = 'auto' | 'barrierFree' | 'workgroup';

/** Candidates that a policy allows; where a length has no workgroup plan, the barrier-free ones remain. */
export function allowedPlans(
  line: Line,
  limits: WorkgroupLimits,
  policy: PlanPolicy,
  processor: Processor,
): readonly LinePlan[] {
  const isSoftware = processor !== 'graphics';
  const all = candidatePlans(line, limits).filter(
    (plan) => isSoftware || largestRadix(plan) <= REGISTER_SAMPLES,
  );
  const free = all.filter((plan) => !usesSharedMemory(plan));
  // Measured at 1024²: llvmpipe needs a fifth less time for three smaller passes, SwiftShader a quarter more.
  if (processor === 'llvmpipe') free.sort((a, b) => Number(isWide(a)) - Number(isWide(b)));
  if (policy === 'barrierFree') return free;
  const shared = all.filter(usesSharedMemory);
  if (policy === 'workgroup') return shared.length > 0 ? shared : free;
  // Software adapters pay more for barriers than for another pass through memory that they cache anyway.
  return isSoftware ? [...free, ...shared] : all;
}
