/** When lines are tuned: remembered choices at once, measurements while the device is idle. */
import { type Line, planId } from './plan.ts';
import { type FourierPlanner, lineKey } from './planner.ts';
import { type PlanMeter, type TuningResult, tuneLine } from './tuning.ts';

/** Keeps choices beyond the life of a device. Both methods may fail; tuning then starts afresh. */
export interface TuningStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, planId: string): Promise<void>;
}

/** Choices for the life of the worker. */
export function createMemoryStore(): TuningStore {
  const kept = new Map<string, string>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, id) => {
      kept.set(key, id);
    },
  };
}

/** To be raised with every change that may alter which plan is fastest: choices of older versions are forgotten. */
const PLANS_VERSION = 2;

/** Milliseconds of running per line. */
const BUDGET = 20;

export interface TuningOptions {
  readonly planner: FourierPlanner;
  readonly meter: PlanMeter;
  readonly store: TuningStore;
  /** The adapter in words, part of what a choice is remembered by. */
  readonly adapter: string;
  /** Milliseconds without work after which measuring may start. */
  readonly quiet?: number;
}

export interface TunedLine extends TuningResult {
  readonly line: Line;
}

export class TuningQueue {
  private readonly options: TuningOptions;
  private readonly seen = new Set<string>();
  private pending: Line[] = [];
  private recalls: Promise<void>[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;
  private work: Promise<readonly TunedLine[]> = Promise.resolve([]);

  constructor(options: TuningOptions) {
    this.options = options;
  }

  private storeKey(line: Line): string {
    return `${PLANS_VERSION}|${this.options.adapter}|${lineKey(line)}`;
  }

  /** Notes that lines like this one are in use. */
  want(line: Line): void {
    const key = lineKey(line);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.recalls.push(this.recall(line));
  }

  private async recall(line: Line): Promise<void> {
    const { planner, store } = this.options;
    const id = await store.get(this.storeKey(line)).catch(() => undefined);
    const isKnown = id !== undefined && planner.candidates(line).some((plan) => planId(plan) === id);
    if (isKnown) planner.remember(line, id);
    else this.pending.push(line);
  }

  /** Work was done just now: measuring waits until none was for a while. */
  touch(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.isClosed || (this.pending.length === 0 && this.recalls.length === 0)) return;
    this.timer = setTimeout(() => {
      this.tuneNow().catch(() => undefined);
    }, this.options.quiet ?? 300);
  }

  /** Tunes everything noted so far, one line after the other, and says what came of it. */
  tuneNow(): Promise<readonly TunedLine[]> {
    this.work = this.work.catch(() => []).then(() => this.tunePending());
    return this.work;
  }

  private async tunePending(): Promise<readonly TunedLine[]> {
    await Promise.all(this.recalls);
    this.recalls = [];
    const lines = this.pending;
    this.pending = [];
    const tuned: TunedLine[] = [];
    for (const line of lines) {
      if (this.isClosed) break;
      tuned.push({ line, ...(await this.tune(line)) });
    }
    return tuned;
  }

  private async tune(line: Line): Promise<TuningResult> {
    const { planner, meter } = this.options;
    const candidates = planner.candidates(line);
    const usual = candidates[0];
    // Before the trial: should a plan bring the device down, the next start takes the usual one without trying.
    if (usual) await this.keep(line, planId(usual));
    const result = await tuneLine(line, candidates, meter, BUDGET);
    const id = planId(result.plan);
    planner.remember(line, id);
    if (usual === undefined || id !== planId(usual)) await this.keep(line, id);
    return result;
  }

  private async keep(line: Line, id: string): Promise<void> {
    await this.options.store.set(this.storeKey(line), id).catch(() => undefined);
  }

  dispose(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
