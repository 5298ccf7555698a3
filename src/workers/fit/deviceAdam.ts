/** Adam that stays on the device: how it is driven, and what it is as a state that can be stored. */
import type { FitOptions } from '../../graph/fitOptions.ts';
import type { AdamRates } from '../../optics/ops/kernels.ts';
import type { DescentState } from './deviceDescent.ts';
import type { DescentEnding, DescentProgress, DescentRules } from './optimisers/descend.ts';
import { ADAM_RATES } from './optimisers/firstOrder.ts';
import type { StepState } from './optimisers/optimiser.ts';

export function ratesOf({
  maxIterations,
  learningRate,
  schedule = 'cosine',
}: Pick<FitOptions, 'maxIterations' | 'learningRate' | 'schedule'>): AdamRates {
  return { learningRate, decaySteps: schedule === 'constant' ? null : maxIterations, ...ADAM_RATES };
}

/** As Adam on the host has it; the gradient stays on the device. */
function stateOf({ steps, value, point, least, best, ended, ...memory }: DescentState): StepState {
  return {
    // The step that ended it is not done.
    ...{
      iteration: ended === null ? steps : steps - 1,
      point,
      value,
      gradient: new Float64Array(0),
      best,
      least,
      ended,
    },
    failed: ended === 'notFinite' ? point : null,
    memory,
  };
}

/** The step that only judges the last one does not count. */
function within(state: StepState, iterations: number): StepState {
  return { ...state, iteration: Math.min(state.iteration, iterations) };
}

/** What a descent on the device offers. */
interface Descent {
  /** Steps done when it was opened. */
  readonly done: number;
  readonly advance: (steps: number) => Promise<void>;
  readonly read: () => Promise<DescentState>;
}

/** Steps per submission grow until one takes about so long: a longer one would hold up the page's own pictures. */
const SUBMISSION_MILLISECONDS = 5;
const MOST_STEPS = 64;
/** Reads are for the eye. */
const LOOK_MILLISECONDS = 16;
/** A consumer that takes longer is stepping by hand. */
const PATIENCE_MILLISECONDS = 200;

/**
 * Two submissions are kept under way, and a state is read and handed out at display rate. A consumer that makes it wait
 * gets single steps from then on, until it is quick again.
 */
export async function deviceAdam(
  descent: Descent,
  { iterations }: Pick<DescentRules, 'iterations'>,
  onStep: (progress: DescentProgress) => Promise<boolean>,
): Promise<{ readonly state: StepState; readonly ending: DescentEnding }> {
  // Recording the loop was the first step. One more at the end, at a rate of zero, gives the last point's loss.
  const total = iterations + 1;
  let done = descent.done;
  let batch = 1;
  let under: Promise<void> | null = null;
  let began = performance.now();
  const look = new Look(descent);
  while (done < total) {
    const steps = Math.min(batch, total - done);
    const next = descent.advance(steps);
    // Awaited in the next round, which a consumer that stops does not reach.
    next.catch(() => undefined);
    done += steps;
    const isFirst = under === null;
    await under;
    under = next;
    const now = performance.now();
    if (!isFirst) batch = nextBatch(batch, now - began);
    began = now;
    // Single steps are shown one by one, others as they come.
    const seen = steps === 1 ? await look.now() : look.latest();
    if (seen === null) continue;
    const state = within(stateOf(seen), iterations);
    if (seen.ended !== null) return { state, ending: seen.ended };
    if (!(await onStep({ state: { ...state, iteration: seen.steps }, least: [] })))
      return { state, ending: 'stopped' };
    const waited = performance.now() - now;
    if (waited > PATIENCE_MILLISECONDS) batch = 1;
    began += waited;
  }
  await under;
  const state = within(stateOf(await descent.read()), iterations);
  return { state, ending: state.ended ?? 'steps' };
}

function nextBatch(batch: number, milliseconds: number): number {
  if (milliseconds < SUBMISSION_MILLISECONDS / 2) return Math.min(2 * batch, MOST_STEPS);
  return milliseconds > 2 * SUBMISSION_MILLISECONDS ? Math.max(1, batch >> 1) : batch;
}

/** Reads at display rate, without making the loop wait. */
class Look {
  private readonly descent: Descent;
  private reading: Promise<DescentState> | null = null;
  private arrived: { readonly state: DescentState } | { readonly error: unknown } | null = null;
  private asked = Number.NEGATIVE_INFINITY;

  constructor(descent: Descent) {
    this.descent = descent;
  }

  /** What has arrived since the last time, or null; asks for more when it is time. */
  latest(): DescentState | null {
    const { arrived } = this;
    this.arrived = null;
    if (this.reading === null && performance.now() - this.asked >= LOOK_MILLISECONDS) this.ask();
    if (arrived === null) return null;
    if ('error' in arrived) throw arrived.error;
    return arrived.state;
  }

  async now(): Promise<DescentState> {
    await this.reading;
    this.arrived = null;
    this.asked = performance.now();
    return this.descent.read();
  }

  private ask(): void {
    this.asked = performance.now();
    this.reading = this.descent.read();
    this.reading.then(
      (state) => {
        this.arrived = { state };
        this.reading = null;
      },
      (error: unknown) => {
        this.arrived = { error };
        this.reading = null;
      },
    );
  }
}
