/** Carries out a plan: the programs it consists of, their tables and what lies between them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { type ProgramSpec, runGroups, runProgram, type Uniform } from '../program.ts';
import type { FourierTables } from './deviceTables.ts';
import { type End, plainEnd } from './ends.ts';
import { type GlobalPass, passRadix, passSpec } from './globalPass.ts';
import { type Line, type LinePlan, lengthOf, type SmoothPlan, type WorkgroupShape } from './plan.ts';
import { type Between, type Transfer, transferKind, transferUniforms } from './transfer.ts';
import { groupCount, type WorkgroupKernel, workgroupSpec } from './workgroupLine.ts';

/** Workgroups that any device dispatches along one dimension; more are folded and may come with a surplus. */
const UNFOLDED_GROUPS = 65535;

/** A transform of `line` between two ends, which may belong to shorter arrays. */
interface Job {
  readonly line: Line;
  readonly load: End;
  readonly store: End;
  /** The length whose chirp and response the ends use, where they do. */
  readonly chirpLength: number;
  readonly orientation: Orientation;
  /** The transfer function by which the load or the middle of a kernel multiplies. */
  readonly transfer: Transfer | null;
  readonly tables: FourierTables;
}

/** -1 conjugates the samples that come in, or those that go out. */
export interface Orientation {
  readonly in: 1 | -1;
  readonly out: 1 | -1;
}

function uniformsOf({ orientation, line, transfer }: Job, outer = line.outer): Uniform[] {
  return [
    ...(transfer ? transferUniforms(transfer) : []),
    { name: 'outer', type: 'u32', value: [outer] },
    { name: 'orientIn', type: 'f32', value: [orientation.in] },
    { name: 'orientOut', type: 'f32', value: [orientation.out] },
  ];
}

/** The tensors that a program reads, by their names in WGSL. */
function operands(
  { inputs }: ProgramSpec,
  a: Tensor,
  { tables, line, chirpLength, transfer }: Job,
  stages: readonly (readonly number[])[],
): Record<string, Tensor> {
  return {
    a,
    ...('stages' in inputs ? { stages: tables.stages(...stages) } : {}),
    ...('chirp' in inputs ? { chirp: tables.chirp(chirpLength) } : {}),
    ...('response' in inputs ? { response: tables.response(chirpLength, line.length) } : {}),
    ...(transfer && 'transfer' in inputs ? { transfer: transfer.array.tensor } : {}),
    ...('roots' in inputs ? { roots: tables.roots(line.length) } : {}),
  };
}

function storedShape(job: Job): number[] {
  return [job.line.outer, job.store.length, job.line.inner];
}

function runPasses(
  input: Tensor,
  radices: readonly number[],
  job: Job,
  between: Between = 'nothing',
): Tensor {
  const { outer, length, inner } = job.line;
  const plain = plainEnd(length, inner);
  // A length of 1 has no radix; one trivial pass still applies the ends.
  const last = Math.max(radices.length, 1) - 1;
  const there = Array.from({ length: last + 1 }, (_, stage) => ({ radices, stage }));
  const back = there.slice(1).map(({ stage }) => ({ radices: radices.toReversed(), stage }));
  const passes = between === 'nothing' ? there : [...there, ...back];
  // From this pass on, lines are those of pairs of a field and a transfer function.
  const pairing = between === 'transfer' ? last : 0;
  let current = input;
  for (const [index, step] of passes.entries()) {
    const load = index === 0 ? job.load : plain;
    const store = index === passes.length - 1 ? job.store : plain;
    const own: Job = { ...job, transfer: index === pairing ? job.transfer : null };
    const transfer = own.transfer && transferKind(own.transfer);
    const pass: GlobalPass = {
      ...step,
      inner,
      load,
      store,
      between: index === last ? between : 'nothing',
      transfer,
    };
    const spec = passSpec(pass);
    const lines = job.transfer && index < pairing ? job.transfer.planes : outer;
    const calls = (lines * length * inner) / passRadix(pass);
    const shape = [lines, store.length, inner];
    const tables = operands(spec, current, own, [step.radices]);
    const next = runProgram(spec, tables, shape, calls, uniformsOf(own, lines));
    if (current !== input) current.dispose();
    current = next;
  }
  return current;
}

/** One workgroup kernel over the lines [outer, product of the radices, inner]. */
function runKernel(
  input: Tensor,
  shape: WorkgroupShape,
  view: { readonly outer: number; readonly inner: number; readonly load: End; readonly store: End },
  job: Job,
  between: Between = 'nothing',
): Tensor {
  const { outer, inner, load, store } = view;
  const transfer = job.transfer && transferKind(job.transfer);
  const loose: WorkgroupKernel = { shape, inner, load, store, between, transfer, isExact: false };
  const groups = groupCount(loose, outer);
  const isFull = (inner > 1 ? inner : outer) % shape.lines === 0;
  const spec = workgroupSpec({ ...loose, isExact: isFull && groups <= UNFOLDED_GROUPS });
  const work = { groups, size: shape.threads * shape.lines };
  const stages = between === 'nothing' ? [shape.radices] : [shape.radices, shape.radices.toReversed()];
  return runGroups(spec, operands(spec, input, job, stages), storedShape(job), work, uniformsOf(job, outer));
}

/** X[k1 + N1·k2] = Σ_n2 exp(-2πi·n2·k2/N2) · exp(-2πi·n2·k1/N) · Σ_n1 exp(-2πi·n1·k1/N1) · x[n1·N2 + n2]. */
function runFourStep(input: Tensor, coarse: WorkgroupShape, fine: WorkgroupShape, job: Job): Tensor {
  const { outer, inner, length } = job.line;
  const [n1, n2] = [lengthOf(coarse.radices), lengthOf(fine.radices)];
  const across = {
    outer,
    inner: n2 * inner,
    load: { ...job.load, order: { kind: 'coarse', fine: n2 } },
    store: { ...plainEnd(n1, n2 * inner), steps: [{ rootsOver: inner }] },
  } as const;
  const along = {
    outer: outer * n1,
    inner,
    load: plainEnd(n2, inner),
    store: { ...job.store, order: { kind: 'interleaved', coarse: n1 } },
  } as const;
  const between = runKernel(input, coarse, across, { ...job, store: plainEnd(length, inner) });
  const result = runKernel(between, fine, along, { ...job, transfer: null });
  between.dispose();
  return result;
}

function runSmooth(input: Tensor, plan: SmoothPlan, job: Job): Tensor {
  switch (plan.kind) {
    case 'passes':
      return runPasses(input, plan.radices, job);
    case 'workgroup':
      return runKernel(input, plan.shape, { ...job.line, load: job.load, store: job.store }, job);
    case 'fourStep':
      return runFourStep(input, plan.coarse, plan.fine, job);
    default:
      return plan satisfies never;
  }
}

/** Plans whose transforms there and back meet in registers. */
type JoinedPlan = Exclude<LinePlan, { readonly kind: 'fourStep' | 'chirp' }>;

export function isJoined(plan: LinePlan): plan is JoinedPlan {
  return plan.kind === 'passes' || plan.kind === 'workgroup';
}

/** A convolution: there, a product, a conjugation and back. */
function runJoined(input: Tensor, plan: JoinedPlan, job: Job, between: Between): Tensor {
  // The smallest radix in the middle, where a thread transforms twice.
  return plan.kind === 'passes'
    ? runPasses(input, plan.radices.toReversed(), job, between)
    : runKernel(input, plan.shape, { ...job.line, load: job.load, store: job.store }, job, between);
}

/** Chirp, convolve by two padded transforms, chirp: nk = (n² + k² - (k-n)²)/2. */
function runChirp(input: Tensor, padded: number, through: SmoothPlan, job: Job): Tensor {
  const line = { ...job.line, length: padded };
  const load: End = { ...job.load, total: padded, steps: [...job.load.steps, 'chirp'] };
  // The inverse transform is the forward one between two conjugations.
  const store: End = { ...job.store, total: padded, steps: ['conjugate', 'chirp', ...job.store.steps] };
  if (through.kind === 'workgroup') {
    return runKernel(
      input,
      through.shape,
      { ...line, load, store },
      { ...job, line, load, store },
      'response',
    );
  }
  const between = plainEnd(padded, line.inner);
  const respond: End = { ...between, steps: ['response', 'conjugate'] };
  const filtered = runSmooth(input, through, { ...job, line, load, store: respond });
  const result = runSmooth(filtered, through, { ...job, line, load: between, store, transfer: null });
  filtered.dispose();
  return result;
}

/** How a plan is carried out besides its steps. */
export interface PlanEnds {
  readonly load: End;
  readonly store: End;
  readonly orientation: Orientation;
  /** Where a step of the load is `transfer`: the transfer function. */
  readonly transfer?: Transfer;
}

/**
 * Transforms the lines of `input` into a new tensor; `input` is kept. Forward and unnormalised but for the ends.
 * With a transfer function the outer axis of `line` counts the planes of the broadcast.
 */
export function runPlan(
  input: Tensor,
  plan: LinePlan,
  line: Line,
  ends: PlanEnds,
  tables: FourierTables,
): Tensor {
  const job: Job = { transfer: null, ...ends, line, chirpLength: line.length, tables };
  return plan.kind === 'chirp'
    ? runChirp(input, plan.padded, plan.through, job)
    : runSmooth(input, plan, job);
}

/**
 * Transforms lines, multiplies them by a transfer function of the same length, conjugates and transforms them
 * again; the outer axis of `line` counts the planes of the broadcast.
 */
export function runConvolution(
  input: Tensor,
  plan: JoinedPlan,
  line: Line,
  ends: Required<PlanEnds>,
  tables: FourierTables,
): Tensor {
  return runJoined(input, plan, { ...ends, line, chirpLength: line.length, tables }, 'transfer');
}
