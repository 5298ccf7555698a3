/** Remembers which plan each kind of line takes on one device. */
import {
  allowedPlans,
  type Line,
  type LinePlan,
  type PlanPolicy,
  type Processor,
  planId,
  type WorkgroupLimits,
} from './plan.ts';

export interface PlannedDevice {
  readonly limits: WorkgroupLimits;
  readonly processor: Processor;
}

/**
 * Lines that share a choice: same length and stride, and about as many of them. The number matters only
 * between too few to fill the device and plenty, so it counts in powers of four.
 */
export function lineKey({ outer, length, inner }: Line): string {
  return `${length}/${inner}/${Math.ceil(Math.log2(outer * inner) / 2)}`;
}

export class FourierPlanner {
  private readonly device: PlannedDevice;
  private current: PlanPolicy = 'auto';
  private changes = 0;
  /** Default plans by policy and line. */
  private readonly defaults = new Map<string, LinePlan>();
  /** Names of measured plans by line. */
  private readonly measured = new Map<string, string>();

  constructor(device: PlannedDevice) {
    this.device = device;
  }

  /** Changes with every choice that may change a plan. */
  get version(): number {
    return this.changes;
  }

  get policy(): PlanPolicy {
    return this.current;
  }

  set policy(policy: PlanPolicy) {
    this.current = policy;
    this.changes++;
    this.defaults.clear();
  }

  /** Plans that may be taken now, the unmeasured choice first. */
  candidates(line: Line): readonly LinePlan[] {
    return allowedPlans(line, this.device.limits, this.current, this.device.processor);
  }

  planFor(line: Line): LinePlan {
    // The number of lines limits how many a workgroup takes, so it is part of the key here.
    const key = `${line.outer}/${line.length}/${line.inner}`;
    const known = this.defaults.get(key);
    if (known) return known;
    const candidates = this.candidates(line);
    const wanted = this.measured.get(lineKey(line));
    const plan = candidates.find((candidate) => planId(candidate) === wanted) ?? candidates[0];
    if (!plan) throw new Error(`There is no plan for a transform of ${line.length} samples.`);
    this.defaults.set(key, plan);
    return plan;
  }

  /** The plan by that name is to be taken for lines like this one, where it is allowed. */
  remember(line: Line, id: string): void {
    this.measured.set(lineKey(line), id);
    this.changes++;
    this.defaults.clear();
  }

  remembered(line: Line): string | undefined {
    return this.measured.get(lineKey(line));
  }
}
