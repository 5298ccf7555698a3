/** Carries out a plan: the programs it consists of, their tables and what lies between them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { type ProgramSpec, runGroups, runProgram, type Uniform } from '../program.ts';
import type { FourierTables } from './deviceTables.ts';
import { type End, plainEnd } from './ends.ts';
import { type GlobalPass, passRadix, passSpec } from './globalPass.ts';
import { type Line, type LinePlan, lengthOf, type SmoothPlan, type WorkgroupShape } from './plan.ts';
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
  readonly tables: FourierTables;
}

/** -1 conjugates the samples that come in, or those that go out. */
export interface Orientation {
  readonly in: 1 | -1;
  readonly out: 1 | -1;
}

function uniformsOf({ orientation, line }: Job, outer = line.outer): Uniform[] {
  return [
    { name: 'outer', type: 'u32', value: [outer] },
    { name: 'orientIn', type: 'f32', value: [orientation.in] },
    { name: 'orientOut', type: 'f32', value: [orientation.out] },
  ];
}

/** The tensors that a program reads, by their names in WGSL. */
function operands(
  { inputs }: ProgramSpec,
  a: Tensor,
  { tables, line, chirpLength }: Job,
  radices: readonly number[],
): Record<string, Tensor> {
  return {
    a,
    ...('stages' in inputs ? { stages: tables.stages(radices) } : {}),
    ...('chirp' in inputs ? { chirp: tables.chirp(chirpLength) } : {}),
    ...('response' in inputs ? { response: tables.response(chirpLength, line.length) } : {}),
    ...('roots' in inputs ? { roots: tables.roots(line.length) } : {}),
  };
}

function storedShape(job: Job): number[] {
  return [job.line.outer, job.store.length, job.line.inner];
}

function runPasses(input: Tensor, radices: readonly number[], job: Job): Tensor {
  const { outer, length, inner } = job.line;
  const between = plainEnd(length, inner);
  // A length of 1 has no radix; one trivial pass still applies the ends.
  const last = Math.max(radices.length, 1) - 1;
  let current = input;
  for (let stage = 0; stage <= last; stage++) {
    const load = stage === 0 ? job.load : between;
    const store = stage === last ? job.store : between;
    const pass: GlobalPass = { radices, stage, inner, load, store };
    const spec = passSpec(pass);
    const calls = (outer * length * inner) / passRadix(pass);
    const shape = [outer, store.length, inner];
    const next = runProgram(spec, operands(spec, current, job, radices), shape, calls, uniformsOf(job));
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
  isConvolution = false,
): Tensor {
  const { outer, inner, load, store } = view;
  const loose: WorkgroupKernel = { shape, inner, load, store, isConvolution, isExact: false };
  const groups = groupCount(loose, outer);
  const isFull = (inner > 1 ? inner : outer) % shape.lines === 0;
  const spec = workgroupSpec({ ...loose, isExact: isFull && groups <= UNFOLDED_GROUPS });
  const work = { groups, size: shape.threads * shape.lines };
  return runGroups(
    spec,
    operands(spec, input, job, shape.radices),
    storedShape(job),
    work,
    uniformsOf(job, outer),
  );
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
  const result = runKernel(between, fine, along, job);
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

/** Chirp, convolve by two padded transforms, chirp: nk = (n² + k² - (k-n)²)/2. */
function runChirp(input: Tensor, padded: number, through: SmoothPlan, job: Job): Tensor {
  const line = { ...job.line, length: padded };
  const load: End = { ...job.load, total: padded, steps: [...job.load.steps, 'chirp'] };
  // The inverse transform is the forward one between two conjugations.
  const store: End = { ...job.store, total: padded, steps: ['conjugate', 'chirp', ...job.store.steps] };
  if (through.kind === 'workgroup') {
    return runKernel(input, through.shape, { ...line, load, store }, { ...job, line, load, store }, true);
  }
  const between = plainEnd(padded, line.inner);
  const respond: End = { ...between, steps: ['response', 'conjugate'] };
  const filtered = runSmooth(input, through, { ...job, line, load, store: respond });
  const result = runSmooth(filtered, through, { ...job, line, load: between, store });
  filtered.dispose();
  return result;
}

/** Transforms the lines of `input` into a new tensor; `input` is kept. Forward and unnormalised but for the ends. */
export function runPlan(
  input: Tensor,
  plan: LinePlan,
  line: Line,
  ends: { readonly load: End; readonly store: End; readonly orientation: Orientation },
  tables: FourierTables,
): Tensor {
  const job: Job = { line, ...ends, chirpLength: line.length, tables };
  return plan.kind === 'chirp'
    ? runChirp(input, plan.padded, plan.through, job)
    : runSmooth(input, plan, job);
}
