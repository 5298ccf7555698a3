/** Adam that stays on the device: the loop is recorded once and repeated; the host only looks now and then. */
import { type AdamBefore, releaseAdam, startAdam } from '../../optics/ops/adam.ts';
import type { AdamRates, DeviceArray, Recording } from '../../optics/ops/kernels.ts';
import { ADAM_ENDINGS, ADAM_HEADER } from '../../optics/ops/kernels.ts';
import { NeedsHost, type Ops, type Real } from '../../optics/ops/ops.ts';
import type { StepState } from './optimisers/optimiser.ts';

export interface DescentProblem {
  readonly ops: Ops;
  /** Where it starts, and the bounds, in steps. */
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Size of a step of each parameter (SI). */
  readonly steps: readonly number[];
  readonly rates: AdamRates;
  /** Where a descent of before was, to go on from; null to begin. */
  readonly resume: StepState | null;
  /** The loss at `start` by the graph, in reverse mode, within an open scope; null where it cannot be computed. */
  readonly loss: () => Real | null;
}

/** Where a descent is. */
export interface DescentState {
  readonly steps: number;
  /** Loss before the latest step. */
  readonly value: number;
  readonly point: Float64Array;
  readonly least: number;
  /** Where the loss was least. */
  readonly best: Float64Array;
  readonly firstLoss: number;
  /** Why it has ended by itself, at `point`; null while it goes on. */
  readonly ended: (typeof ADAM_ENDINGS)[number];
  /** Means of the gradient and of its square. */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Losses kept on the device; only the latest is shown. */
const LOSSES = 64;

export class DeviceDescent {
  private readonly problem: DescentProblem;
  private readonly state: ReturnType<typeof startAdam<DeviceArray>>;
  private readonly recording: Recording;

  private constructor(
    problem: DescentProblem,
    state: ReturnType<typeof startAdam<DeviceArray>>,
    recording: Recording,
  ) {
    this.problem = problem;
    this.state = state;
    this.recording = recording;
  }

  /** Prepares the loop and does its first step. Null where the backend or the design needs the host in each step. */
  static open(problem: DescentProblem): DeviceDescent | null {
    const { ops, start, steps, rates } = problem;
    const { kernels } = ops;
    if (kernels.record === undefined) return null;
    const size = start.length;
    // The device keeps the change since the start, which float32 resolves better than the value.
    const bounds = {
      lower: problem.lower.map((bound, i) => bound - (start[i] as number)),
      upper: problem.upper.map((bound, i) => bound - (start[i] as number)),
    };
    const before = problem.resume === null ? null : resumed(problem.resume, start);
    const state = startAdam(kernels, new Float64Array(size), [size], bounds, LOSSES, before);
    const evaluate = (use: (loss: DeviceArray, gradient: DeviceArray) => void): boolean => {
      const scope = ops.open();
      const change = ops.variable(state.parameters);
      ops.deviceParameters = { change, steps };
      try {
        const root = problem.loss();
        if (root === null) return false;
        const { loss, gradient } = ops.descent(root, change);
        if (gradient === null) return false;
        use(loss, gradient);
        return true;
      } catch (error) {
        if (error instanceof NeedsHost) return false;
        throw error;
      } finally {
        ops.deviceParameters = null;
        ops.close(scope);
      }
    };
    // Once without recording, so that what does not depend on the parameters is there and not computed again.
    if (!evaluate(() => undefined)) {
      releaseAdam(kernels, state);
      return null;
    }
    const recording = kernels.record(() =>
      evaluate((loss, gradient) => kernels.adam(state, loss, gradient, rates)),
    );
    return new DeviceDescent(problem, state, recording);
  }

  /** Steps done when it was opened: those of before and the one that was recorded. */
  get done(): number {
    return (this.problem.resume?.iteration ?? 0) + 1;
  }

  /** Does so many steps; resolves when the device has done them. */
  advance(steps: number): Promise<void> {
    return this.recording.repeat(steps);
  }

  /** Does not wait for steps that are asked for later. */
  async read(): Promise<DescentState> {
    const { parameters, moments, progress } = this.state;
    const [change = [], all = new Float64Array(0), numbers = []] = await this.problem.ops.kernels.readMany([
      parameters,
      moments,
      progress,
    ]);
    const steps = numbers[0] ?? 0;
    const size = this.problem.start.length;
    const { start, lower, upper } = this.problem;
    // The device's bounds are rounded; a value beside the true ones would be refused.
    const at = (values: ArrayLike<number>, offset = 0) =>
      start.map((value, i) => {
        const moved = value + (values[offset + i] ?? Number.NaN);
        return Math.min(upper[i] as number, Math.max(lower[i] as number, moved));
      });
    return {
      steps,
      value: numbers[ADAM_HEADER + ((steps - 1) % LOSSES)] ?? Number.NaN,
      point: at(change),
      least: numbers[1] ?? Number.NaN,
      firstLoss: numbers[2] ?? Number.NaN,
      ended: ADAM_ENDINGS[numbers[3] ?? 0] ?? null,
      best: at(all, 2 * size),
      first: Float64Array.from(all.subarray(0, size)),
      second: Float64Array.from(all.subarray(size, 2 * size)),
    };
  }

  release(): void {
    this.recording.release();
    releaseAdam(this.problem.ops.kernels, this.state);
  }
}

/** The state of before as the device keeps it: changes since the start. */
function resumed(
  { iteration, point, value, least, best, memory }: StepState,
  start: Float64Array,
): AdamBefore {
  const since = (values: Float64Array) => values.map((value, i) => value - (start[i] as number));
  const moment = (name: string) => {
    const kept = memory[name];
    return kept instanceof Float64Array ? kept : new Float64Array(start.length);
  };
  return {
    ...{ steps: iteration, least, firstLoss: Number(memory['firstLoss'] ?? value) },
    ...{ change: since(point), best: since(best) },
    ...{ first: moment('first'), second: moment('second') },
  };
}
