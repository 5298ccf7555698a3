/** Chooses among the plans for a line by running them, within a bounded time. */
import { type Line, type LinePlan, planId } from './plan.ts';

export interface PlanMeter {
  /** Milliseconds until `count` runs in a row are done; 0 runs tell what waiting alone costs. */
  time(line: Line, plan: LinePlan, count: number): Promise<number>;
  /** Prepares a plan and runs it once: whether its result agrees with the barrier-free plan's, without faults. */
  agrees(line: Line, plan: LinePlan): Promise<boolean>;
  /** Frees what was made for `line`. */
  finish(line: Line): void;
}

export interface TuningResult {
  readonly plan: LinePlan;
  /** Milliseconds per run of the plans that were measured, by name. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Names of the plans that gave wrong numbers or faults. */
  readonly rejected: readonly string[];
  /** A sentence: why this plan. */
  readonly reason: string;
}

/** Waiting for an empty queue may take this long; a browser that polls the device slower cannot be timed. */
const LONGEST_WAIT = 5;
/** A plan replaces the usual one only when it saves this share: smaller differences are noise. */
const WORTHWHILE = 0.05;
/** Plans this much slower than the best so far are not run again. */
const HOPELESS = 1.5;
/** Share of the budget for one sample of one plan. */
const SAMPLE_SHARE = 0.04;
const MOST_RUNS = 32;

interface Runner {
  readonly plan: LinePlan;
  readonly id: string;
  best: number;
}

/** Samples the runners in turn until the budget is spent; all at least once. */
async function race(line: Line, runners: Runner[], meter: PlanMeter, budget: number): Promise<void> {
  let spent = 0;
  let running = runners;
  const sample = async (runner: Runner, count: number) => {
    const total = await meter.time(line, runner.plan, count);
    spent += total;
    runner.best = Math.min(runner.best, total / count);
  };
  for (const runner of running) await sample(runner, 1);
  while (spent < budget) {
    const best = Math.min(...running.map((runner) => runner.best));
    running = running.filter((runner) => runner.best <= HOPELESS * best);
    if (running.length < 2) return;
    const count = Math.max(
      1,
      Math.min(MOST_RUNS, Math.round((SAMPLE_SHARE * budget) / Math.max(best, 1e-3))),
    );
    for (const runner of running) {
      if (spent < budget) await sample(runner, count);
    }
  }
}

/**
 * Measures `candidates`, of which the first is the choice without measurement.
 * @param budget milliseconds of running; compiling comes on top.
 */
export async function tuneLine(
  line: Line,
  candidates: readonly LinePlan[],
  meter: PlanMeter,
  budget: number,
): Promise<TuningResult> {
  const rejected: string[] = [];
  const runners: Runner[] = [];
  try {
    for (const plan of candidates) {
      const id = planId(plan);
      if (await meter.agrees(line, plan)) runners.push({ plan, id, best: Number.POSITIVE_INFINITY });
      else rejected.push(id);
    }
    const usual = runners[0];
    if (!usual) throw new Error(`No plan transforms ${line.length} samples correctly on this device.`);
    let wait = Number.POSITIVE_INFINITY;
    for (let trial = 0; trial < 3; trial++) wait = Math.min(wait, await meter.time(line, usual.plan, 0));
    if (wait > LONGEST_WAIT) {
      const reason = `Waiting for the device takes ${wait.toFixed(0)} ms, too coarse a clock to choose by.`;
      return { plan: usual.plan, milliseconds: {}, rejected, reason };
    }
    await race(line, runners, meter, budget);
    const fastest = runners.reduce((best, next) => (next.best < best.best ? next : best));
    const isWorthwhile = fastest.best < (1 - WORTHWHILE) * usual.best;
    return {
      plan: isWorthwhile ? fastest.plan : usual.plan,
      milliseconds: Object.fromEntries(runners.map(({ id, best }) => [id, best])),
      rejected,
      reason: isWorthwhile
        ? `${((1 - fastest.best / usual.best) * 100).toFixed(0)} % faster than ${usual.id}.`
        : 'No plan is clearly faster than the usual one.',
    };
  } finally {
    meter.finish(line);
  }
}
