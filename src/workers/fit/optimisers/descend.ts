/** Steps of a method until it ends, is stopped, or no longer gains. */
import type { Objective, Optimiser, StepState } from './optimiser.ts';

/**
 * Why a descent is over: `converged` no step leads lower; `settled` the loss hardly falls any more, as the options ask;
 * `steps` all steps were done; `stopped` by a person; `notFinite` and `diverged` as in `StepState`.
 */
export type DescentEnding = 'converged' | 'settled' | 'steps' | 'stopped' | 'notFinite' | 'diverged';

export interface DescentRules {
  /** Most steps. */
  readonly iterations: number;
  /** Ends when the least loss has fallen by less than `share` of itself over so many steps. */
  readonly patience?: { readonly share: number; readonly steps: number };
}

/** Where a descent is: all that going on takes. */
export interface DescentProgress {
  readonly state: StepState;
  /** Least loss after each of the latest steps, oldest first, as far as patience looks back. */
  readonly least: readonly number[];
}

/** @param onStep called with every state, the first one too; false stops */
export async function descend(
  problem: Objective,
  optimiser: Optimiser,
  from: Float64Array | DescentProgress,
  rules: DescentRules,
  onStep: (progress: DescentProgress) => Promise<boolean>,
): Promise<{ readonly state: StepState; readonly ending: DescentEnding }> {
  const { patience } = rules;
  let progress: DescentProgress;
  if (from instanceof Float64Array) {
    const state = await optimiser.start(problem, from);
    progress = { state, least: [state.least] };
    if (state.ended !== null) return { state, ending: state.ended };
    if (!(await onStep(progress))) return { state, ending: 'stopped' };
  } else progress = from;
  for (;;) {
    const { state, least } = progress;
    if (state.iteration >= rules.iterations) return { state, ending: 'steps' };
    const next = await optimiser.step(problem, state);
    const kept = patience === undefined ? [] : [...least, next.least].slice(-patience.steps - 1);
    progress = { state: next, least: kept };
    if (next.ended !== null) return { state: next, ending: next.ended };
    if (!(await onStep(progress))) return { state: next, ending: 'stopped' };
    if (patience !== undefined && isSettled(kept, patience)) return { state: next, ending: 'settled' };
  }
}

function isSettled(least: readonly number[], { share, steps }: { share: number; steps: number }): boolean {
  const [before = Number.NaN, now = Number.NaN] = [least[0], least.at(-1)];
  return least.length > steps && before - now <= share * Math.abs(before);
}
