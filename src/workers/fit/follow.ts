/**
 * A descent that follows a goal which a person moves: from where it is, with the curvature that it has learned. The
 * curvature of a loss hardly depends on where its minimum is wanted, so a goal that moves on costs two or three
 * evaluations and not a new search; measured on the ring that is dragged, Adam needs twenty to forty for the same.
 */
import { registry } from '../../graph/catalogue.ts';
import type { Plan } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import type { GraphRunner } from '../../graph/execute.ts';
import type { FitProgress, FittedMap, Followed } from '../protocol.ts';
import { objectiveIn } from './fitObjective.ts';
import { FitProblemError } from './fitProblemError.ts';
import { GoalTrail } from './goalTrail.ts';
import { type Learned, LearnedPoint } from './learnedPoint.ts';
import { lbfgs } from './optimisers/lbfgs.ts';
import { type Objective, projected, type StepState } from './optimisers/optimiser.ts';
import { PortionedRuns } from './portionedRuns.ts';

/** What a design asks of the descent. */
export interface Aim extends Learned {
  readonly plan: Plan;
}

export interface FollowContext {
  readonly runner: GraphRunner;
  /** @throws FitProblemError where the design cannot be computed */
  readonly aimOf: (design: Design) => Promise<Aim>;
}

export interface FollowStep {
  readonly progress: FitProgress;
  readonly maps: () => readonly FittedMap[];
  /** No step gains anything worth showing. */
  readonly isAtRest: boolean;
  /** Titles of values that stand on a limit. */
  readonly atBound: () => readonly string[];
  /** That a loss and its slope take on this grid; 0 while nothing is known of it. */
  readonly milliseconds: number;
}

export type FollowOrder =
  | { readonly kind: 'goOn' | 'end' }
  | { readonly kind: 'aim'; readonly design: Design };

export interface FollowGuide {
  /** Asked between evaluations within a step; true where a newer goal waits, or a hand for the first picture of this one. */
  readonly isAwaited: () => Promise<boolean>;
  /** Asked between steps. */
  readonly onStep: (step: FollowStep) => Promise<FollowOrder>;
  /**
   * Looks at values that are guessed for a new goal, which takes less than a slope, and shows them where their loss is
   * good. Gives the loss; null where it is no time for a picture.
   */
  readonly onGuess: (step: FollowStep, isGood: (loss: number) => boolean) => Promise<number | null>;
}

/** At rest when the loss has fallen by less than this share of itself in each of so many steps. */
const GAIN = 1e-4;
const PATIENCE = 2;
/** A step that is waited for is cut short after so many evaluations, any step after so many; cut sooner it learns no curvature. */
const SHORT_STEP = 3;
const LONG_STEP = 8;

export async function follow(
  { runner, aimOf }: FollowContext,
  design: Design,
  guide: FollowGuide,
): Promise<Followed> {
  let run = await FollowRun.begin(runner, await aimOf(design));
  try {
    for (let wasGuessed = false; ; ) {
      const order = await guide.onStep(run.seen());
      if (order.kind === 'end') return run.result();
      if (order.kind === 'aim') {
        const aim = await aimOf(order.design);
        const done = await run.aimAt(aim, guide.onGuess);
        if (done === 'elsewhere') {
          run.release();
          run = await FollowRun.begin(runner, aim);
        }
        // It is shown at once; but guesses upon guesses would lose the way.
        wasGuessed = done === 'guessed' && !wasGuessed;
        if (wasGuessed) continue;
      }
      wasGuessed = false;
      await run.step(guide.isAwaited);
    }
  } finally {
    run.release();
  }
}

/** The goal of a design over what is learned. */
class Slope implements Objective {
  readonly point: LearnedPoint;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The least of all but the first, which prepares what the others use; others only add to it. */
  milliseconds = 0;
  private readonly runs: PortionedRuns;
  private count = 0;

  constructor(runner: GraphRunner, aim: Aim) {
    this.point = new LearnedPoint(aim, runner.images);
    this.lower = this.point.lower;
    this.upper = this.point.upper;
    this.runs = new PortionedRuns(runner, aim.plan, null, objectiveIn(aim.plan).id);
  }

  async lossGradient(at: Float64Array): Promise<{ value: number; gradient: Float64Array }> {
    const began = performance.now();
    const found = await this.runs.lossGradient(this.point.overridesAt(at), this.point.mapStarts(at));
    const took = performance.now() - began;
    this.count++;
    if (this.count > 1) this.milliseconds = this.count === 2 ? took : Math.min(took, this.milliseconds);
    return { value: found.value, gradient: this.point.joined(found.gradient, found.maps) };
  }

  /** Goes on with a plan that differs in numbers of its goal only. */
  follow(plan: Plan): void {
    this.runs.follow(plan);
  }

  release(): void {
    this.runs.release();
  }
}

/** Slope at a point that only was looked at. */
const NOT_KNOWN = new Float64Array(0);

class FollowRun {
  private readonly runner: GraphRunner;
  private readonly optimiser = lbfgs();
  private readonly trail = new GoalTrail();
  private aim: Aim;
  private problem: Slope;
  private state: StepState;
  private readonly home: Float64Array;
  /** Latest steps on this goal that gained next to nothing. */
  private idle = 0;
  /** For the present goal, where nothing is left to gain. */
  private hasRecalled = false;
  /** Where it came to rest before it began once more for this goal. */
  private astray: StepState | null = null;
  private steps = 0;
  private evaluations = 1;

  private constructor(runner: GraphRunner, aim: Aim, problem: Slope, state: StepState) {
    this.runner = runner;
    this.aim = aim;
    this.problem = problem;
    this.state = state;
    this.home = state.point;
    this.trail.see(state.value);
  }

  static async begin(runner: GraphRunner, aim: Aim): Promise<FollowRun> {
    if (aim.learnables.length + aim.maps.length === 0) {
      throw new FitProblemError('Nothing is marked as learnable, so nothing can follow.');
    }
    const problem = new Slope(runner, aim);
    const state = await lbfgs().start(problem, problem.point.start);
    if (state.ended === 'notFinite') {
      problem.release();
      throw new FitProblemError(
        'The model is not finite at the start values: check the values marked as learnable.',
      );
    }
    return new FollowRun(runner, aim, problem, state);
  }

  /**
   * Goes on from where it is towards another goal; 'guessed' where it has moved there as goals before have told,
   * 'elsewhere' where other values are learned, or from other starts.
   */
  async aimAt(aim: Aim, onGuess: FollowGuide['onGuess']): Promise<'guessed' | 'stayed' | 'elsewhere'> {
    if (!sameUnknowns(this.aim, aim)) return 'elsewhere';
    const isSameLight = differsInGoalOnly(this.aim.plan, aim.plan);
    const guess = isSameLight ? this.guess(aim.plan) : null;
    if (isSameLight) this.problem.follow(aim.plan);
    else {
      this.problem.release();
      this.problem = new Slope(this.runner, aim);
    }
    this.aim = aim;
    this.idle = 0;
    const before = this.state;
    if (guess !== null && (await this.isArrived(guess, onGuess))) {
      this.steps++;
      this.hasRecalled = false;
      this.astray = null;
      return 'guessed';
    }
    this.state = before;
    this.evaluations++;
    this.standAt({ point: before.point, ...(await this.problem.lossGradient(before.point)) });
    this.trail.see(this.state.value);
    this.hasRecalled = false;
    this.astray = null;
    await this.recall();
    return 'stayed';
  }

  /** Where values are wanted for another goal, if goals before tell. */
  private guess(plan: Plan): Float64Array | null {
    const { point, value } = this.state;
    const now = { goal: goalNumbers(this.aim.plan), point, value };
    const guess = this.trail.guess(now, goalNumbers(plan));
    return guess === null ? null : projected(this.problem, guess);
  }

  /** Whether the light has come near its goal; it then stands there. */
  private async isArrived(point: Float64Array, onGuess: FollowGuide['onGuess']): Promise<boolean> {
    const isGood = (loss: number) => this.trail.isPromising(loss);
    const { value: lossBefore } = this.state;
    this.standAt({ point, value: lossBefore, gradient: NOT_KNOWN });
    const loss = await onGuess(this.seen(), isGood);
    if (loss === null) {
      await this.slopeAt(point);
      return isGood(this.state.value) && this.state.gradient.every(Number.isFinite);
    }
    this.standAt({ point, value: loss, gradient: NOT_KNOWN });
    return isGood(loss);
  }

  /** At rest away from the goal: once for each goal it is tried again from where the light was seen to be right, or began. */
  private async lookElsewhere(): Promise<void> {
    const { astray } = this;
    this.astray = null;
    if (astray !== null && !(this.state.value < astray.value)) this.state = astray;
    if (this.hasRecalled) return;
    this.hasRecalled = true;
    if (await this.recall()) return;
    if (!this.trail.isStray(this.state.value)) return;
    this.astray = this.state;
    await this.slopeAt(this.home);
    // What was learned led astray.
    this.state = { ...this.state, memory: { ...this.state.memory, steps: [], changes: [] } };
    this.idle = 0;
  }

  /** Back to where the light was last seen to be right, if that is nearer to the goal. */
  private async recall(): Promise<boolean> {
    const { state } = this;
    const known = this.trail.recall(state.value, goalNumbers(this.aim.plan));
    if (known === null) return false;
    await this.slopeAt(projected(this.problem, known));
    if (this.state.value < state.value) {
      this.idle = 0;
      this.steps++;
      return true;
    }
    this.state = state;
    return false;
  }

  private async slopeAt(point: Float64Array): Promise<void> {
    const found = await this.tried(point);
    this.evaluations++;
    this.standAt({ point, ...found });
  }

  /** Begins anew from a point, with the curvature that was learned. */
  private standAt(at: Pick<StepState, 'point' | 'value' | 'gradient'>): void {
    this.state = {
      ...this.state,
      ...at,
      best: at.point,
      least: at.value,
      ended: null,
      failed: null,
      memory: { ...this.state.memory, small: 0, first: at.value },
    };
  }

  async step(isAwaited: () => Promise<boolean>): Promise<void> {
    if (this.isAtRest) return;
    if (this.state.gradient === NOT_KNOWN) await this.slopeAt(this.state.point);
    const { state } = this;
    let [best, evaluations]: [StepState, number] = [state, 0];
    const problem: Objective = {
      lower: this.problem.lower,
      upper: this.problem.upper,
      lossGradient: async (point) => {
        if (evaluations >= LONG_STEP || (evaluations >= SHORT_STEP && (await isAwaited())))
          throw new CutShort();
        const found = await this.tried(point);
        evaluations++;
        if (found.value < best.value && found.gradient.every(Number.isFinite))
          best = { ...state, point, ...found };
        return found;
      },
    };
    try {
      this.state = await this.optimiser.step(problem, state);
    } catch (error) {
      if (!(error instanceof CutShort)) throw error;
      this.state = best;
    }
    this.steps++;
    this.evaluations += evaluations;
    this.idle = state.value - this.state.value > GAIN * Math.abs(state.value) ? 0 : this.idle + 1;
    if (this.isAtRest) await this.lookElsewhere();
  }

  /** A place that an element refuses counts as uphill. */
  private async tried(point: Float64Array): Promise<{ value: number; gradient: Float64Array }> {
    try {
      return await this.problem.lossGradient(point);
    } catch (error) {
      if (!(error instanceof FitProblemError)) throw error;
      return { value: Number.POSITIVE_INFINITY, gradient: point.map(() => Number.NaN) };
    }
  }

  seen(): FollowStep {
    const { state, problem, steps } = this;
    const values = Object.fromEntries(problem.point.valuesAt(state.point));
    return {
      progress: { iteration: steps, loss: state.value, phase: 'fit', searched: null, values },
      maps: () => problem.point.mapsAt(state.point),
      isAtRest: this.isAtRest,
      atBound: () => this.atBound(),
      milliseconds: problem.milliseconds,
    };
  }

  private atBound(): string[] {
    const { lower, upper } = this.problem;
    const { point } = this.state;
    return this.aim.learnables.flatMap(({ title }, i) =>
      point[i] === lower[i] || point[i] === upper[i] ? [title] : [],
    );
  }

  result(): Followed {
    const { state, problem, steps, evaluations } = this;
    const values = Object.fromEntries(problem.point.valuesAt(state.point));
    return {
      values,
      maps: problem.point.mapsAt(state.point),
      loss: state.value,
      steps,
      evaluations,
      atBound: this.atBound(),
    };
  }

  release(): void {
    this.problem.release();
  }

  private get isAtRest(): boolean {
    return this.state.ended !== null || this.idle >= PATIENCE;
  }
}

/** Ends a step that has taken long enough. */
class CutShort extends Error {}

/** All numbers of the goals of a design, in the order of the document. */
function goalNumbers({ design }: Plan): Float64Array {
  const numbers: number[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'number') numbers.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const { type, params } of design.nodes) if (registry.get(type)?.objective === true) collect(params);
  return Float64Array.from(numbers);
}

function sameUnknowns(a: Aim, b: Aim): boolean {
  const unknowns = ({ learnables, maps }: Aim) =>
    JSON.stringify([
      learnables.map(({ path, value, min, max, step }) => [path, value, min, max, step]),
      maps.map(({ path, cells, data }) => [path, cells, data]),
    ]);
  return unknowns(a) === unknowns(b);
}

/** Whether only numbers of goals and targets differ: what is prepared for the light then holds. */
function differsInGoalOnly({ design: a }: Plan, { design: b }: Plan): boolean {
  const light = ({ nodes, edges, grid, images }: Design) =>
    JSON.stringify([
      nodes.map(({ id, type, params, bypassed }) => {
        const isGoal = registry.get(type)?.objective === true;
        return isGoal ? [id, type, bypassed] : [id, type, bypassed, params];
      }),
      edges,
      grid,
      Object.keys(images),
    ]);
  return light(a) === light(b);
}
