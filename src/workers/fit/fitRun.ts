/** What the parts of one fit share: where it is, how it steps, and what it tells between steps. */
import type { FitOptions } from '../../graph/fitOptions.ts';
import type { Learnable } from '../../graph/learnables.ts';
import type { FitProgress } from '../protocol.ts';
import type { DescentContext } from './descentContext.ts';
import type { FitProblem } from './fitProblem.ts';
import { orRefused } from './fitProblemError.ts';
import {
  type LevenbergMarquardtState,
  levenbergMarquardt,
  type NormalEquations,
} from './levenbergMarquardt.ts';
import type { FitSnapshot } from './snapshot.ts';
import type { EndedStart } from './starts.ts';

export interface FitContext extends DescentContext {
  /** Every how many-th pixel along both axes is enough for a search and early steps; 1 where the image is small. */
  readonly every: number;
}

export interface FitRun {
  readonly problem: FitProblem;
  readonly context: FitContext;
  readonly options: FitOptions;
  /** Shared by the stages of one fit. */
  readonly progress: {
    iterations: number;
    spent: number;
    /** Of these, what was done before the present walk of a descent. */
    before: number;
    stopped: boolean;
    readonly began: number;
    startLoss: number;
    starts: EndedStart[];
    /** The latest point that was tried without a finite loss. */
    failed: Float64Array | null;
  };
}

export interface Minimised {
  readonly point: Float64Array;
  readonly merit: number;
  readonly converged: boolean;
  /** No step led to finite numbers. */
  readonly isLost: boolean;
}

/** What keeps a run of Levenberg-Marquardt: one whose state can be stored says how. */
export interface Keeping {
  /** A state of before to go on from. */
  readonly from: LevenbergMarquardtState | null;
  readonly snapshot: (state: LevenbergMarquardtState) => FitSnapshot;
}

/** Levenberg-Marquardt over the coordinates that `mobile` lets move; the others stay at `start`. */
export async function minimise(
  run: FitRun,
  start: Float64Array,
  mobile: readonly boolean[],
  maxIterations: number,
  tolerance: number,
  phase: FitProgress['phase'],
  keeping: Keeping | null = null,
): Promise<Minimised> {
  const { problem } = run;
  const held = (bound: Float64Array) => bound.map((b, i) => (mobile[i] ? b : (start[i] as number)));
  const restricted = {
    lower: held(problem.lower),
    upper: held(problem.upper),
    merit: (point: Float64Array) => orRefused(problem.merit(point), Number.POSITIVE_INFINITY),
    normalEquations: (point: Float64Array) =>
      orRefused(problem.normalEquations(point, mobile), noEquations(point.length)),
  };
  const steps = levenbergMarquardt(restricted, keeping?.from ?? start, { maxIterations, tolerance });
  for (;;) {
    const { value, done } = await steps.next();
    const { point, merit, converged, isLost } = value;
    const last = { point, merit, converged, isLost };
    if (phase === 'fit') run.progress.failed = value.failed;
    if (done === true) return last;
    if (value.iteration > 0) run.progress.iterations++;
    if (value.iteration > 0 && phase === 'fit') run.progress.spent++;
    const snapshot = async () => keeping?.snapshot(value) ?? null;
    if (!(await proceed(run, value.point, value.merit, phase, null, snapshot))) return last;
  }
}

/** Of a point whose values an element refuses. */
function noEquations(count: number): NormalEquations {
  const none = (length: number) => new Float64Array(length).fill(Number.NaN);
  return { merit: Number.POSITIVE_INFINITY, descent: none(count), curvature: none(count * count) };
}

export function stageMask(learnables: readonly Learnable[], joins: (l: Learnable) => boolean): boolean[] {
  return learnables.map(joins);
}

export async function proceed(
  run: FitRun,
  point: Float64Array,
  merit: number,
  phase: FitProgress['phase'],
  searched: number | null = null,
  snapshot: () => Promise<FitSnapshot | null> = async () => null,
): Promise<boolean> {
  if (run.progress.stopped) return false;
  const values = Object.fromEntries(run.problem.valuesAt(point));
  const { iterations: iteration } = run.progress;
  const loss = merit * run.problem.lossPerMerit;
  const none = () => [];
  const { starts } = run.options;
  const several = starts === undefined ? {} : { start: run.progress.starts.length };
  const told = { iteration, loss, phase, ...several, searched, values };
  run.progress.stopped = !(await run.context.proceed(told, none, snapshot));
  return !run.progress.stopped;
}
