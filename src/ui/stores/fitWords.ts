/** How a fit went, in a sentence for the eye and the ear; and how fast it goes. React-free. */
import type { FitProgress, FitResult, GoalNumber } from '../../workers/protocol.ts';

/** "The fit ended after 12 iterations, reduced χ² 1.02 (0.8 s)." */
export function describeEnding({
  converged,
  ending,
  iterations,
  reducedChiSquare,
  loss,
  goals,
  seconds,
}: FitResult): string {
  const how = HOW[ending ?? (converged ? 'converged' : 'stopped')];
  const steps = iterations === 1 ? '1 iteration' : `${iterations} iterations`;
  const quality =
    goals !== undefined && goals.length > 0
      ? goals.map(goalText).join(', ')
      : reducedChiSquare === null
        ? `loss ${loss.end.toPrecision(3)}`
        : `reduced χ² ${Number(reducedChiSquare.toPrecision(3))}`;
  return `${how} after ${steps}, ${quality} (${seconds.toFixed(1)} s).`;
}

/** "Strehl ratio 0.412 → 0.931 (at least 0.9: met)". */
export function goalText({ title, before, after, unit, wanted }: GoalNumber): string {
  const text = (value: number) => String(Number(value.toPrecision(4))).replace('-', '−');
  const asked = wanted === undefined ? '' : ` (${wanted.text}: ${wanted.isMet ? 'met' : 'not met'})`;
  return `${title} ${text(before)} → ${text(after)}${unit === '' ? '' : ` ${unit}`}${asked}`;
}

const HOW: Readonly<Record<NonNullable<FitResult['ending']>, string>> = {
  converged: 'The fit ended',
  settled: 'The fit ended, as the loss hardly fell any more,',
  steps: 'The fit used up its steps',
  stopped: 'The fit stopped before it settled,',
  notFinite: 'The fit stopped where values are no numbers,',
  diverged: 'The fit diverged and was stopped',
};

/** "Search 34 %", "Iteration 12": how far a running fit is. */
export function shortProgress({ phase, searched, iteration }: FitProgressParts): string {
  if (phase === null) return 'Starting…';
  if (phase === 'search')
    return searched === null ? `Search, iteration ${iteration}` : `Search ${Math.round(100 * searched)} %`;
  if (phase === 'errors')
    return searched === null ? 'Trials at the end' : `Errors ${Math.round(100 * searched)} %`;
  return `Iteration ${iteration}`;
}

type FitProgressParts = Pick<FitProgress, 'searched' | 'iteration'> & {
  readonly phase: FitProgress['phase'] | null;
};

/** Time over which steps are counted. */
const WINDOW_MILLISECONDS = 3000;

export interface Pace {
  readonly note: (iteration: number, now: number) => void;
  /** Steps per second of late; null before there are two different steps. */
  readonly stepsPerSecond: () => number | null;
  /** Forgets what was noted: the fit was paused or began anew. */
  readonly reset: () => void;
}

export function createPace(): Pace {
  let notes: { readonly iteration: number; readonly at: number }[] = [];
  return {
    note(iteration, at) {
      const last = notes.at(-1);
      // Counting begins anew after the coarse search.
      if (last !== undefined && iteration < last.iteration) notes = [];
      if (last?.iteration === iteration) return;
      notes = [...notes.filter((note) => at - note.at <= WINDOW_MILLISECONDS), { iteration, at }];
    },
    stepsPerSecond() {
      const [first, last] = [notes[0], notes.at(-1)];
      if (first === undefined || last === undefined || last.at <= first.at) return null;
      return (1000 * (last.iteration - first.iteration)) / (last.at - first.at);
    },
    reset() {
      notes = [];
    },
  };
}
