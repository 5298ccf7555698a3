/**
 * Adam on what the graph's own loss node says: for maps, whose cells are far too many for a Jacobian, and for losses
 * that are no sum of squares. Scalars and cells move together; there are no error bars.
 */
import { onlyAdam } from '../../graph/adamOnly.ts';
import { registry } from '../../graph/catalogue.ts';
import type { Plan } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import type { FitOptions } from '../../graph/fitOptions.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { type LearnableMap, mapValues } from '../../graph/maps.ts';
import type { BackendName, FitProgress, FitResult, FittedMap } from '../protocol.ts';
import { type AdamProblem, adam } from './adam.ts';
import { objectiveIn } from './fitObjective.ts';
import type { FitParameter } from './fitProblem.ts';
import { FitProblemError } from './fitProblemError.ts';
import { PortionedRuns } from './portionedRuns.ts';
import { parameterResult, type ReportContext } from './report.ts';

export interface DescentContext extends ReportContext {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  readonly maps: readonly LearnableMap[];
  readonly backend: BackendName;
  /** Called between steps: waits while paused, returns false to stop. */
  readonly proceed: (progress: FitProgress, maps: () => readonly FittedMap[]) => Promise<boolean>;
}

/** Scalars in their natural steps, then the cells of each map in the map's. */
class GraphDescent implements AdamProblem {
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  private readonly parameters: readonly FitParameter[];
  private readonly maps: readonly LearnableMap[];
  private readonly runs: PortionedRuns;

  constructor({ runner, plan, learnables, maps }: DescentContext) {
    this.parameters = learnables;
    this.maps = maps;
    this.runs = new PortionedRuns(runner, plan, null, objectiveIn(plan).id);
    const scalars = <K extends 'min' | 'max'>(bound: K) =>
      learnables.map((p) => (p[bound] - p.value) / p.step);
    const cells = (of: (map: LearnableMap) => number) =>
      maps.flatMap((map) => Array<number>(map.cells ** 2).fill(of(map) / map.spec.step));
    this.lower = Float64Array.from([...scalars('min'), ...cells(({ spec }) => spec.min)]);
    this.upper = Float64Array.from([...scalars('max'), ...cells(({ spec }) => spec.max)]);
    this.start = new Float64Array(this.lower.length);
    let at = learnables.length;
    for (const { spec, data, cells: side } of maps) {
      const values = mapValues(spec, data, side, runner.images);
      this.start.set(
        values.map((value) => value / spec.step),
        at,
      );
      at += values.length;
    }
  }

  /** Scalar values (SI) at a point. */
  valuesAt(point: Float64Array): Map<string, number> {
    return new Map(this.parameters.map((p, i) => [p.path, p.value + (point[i] as number) * p.step]));
  }

  mapsAt(point: Float64Array): FittedMap[] {
    let at = this.parameters.length;
    return this.maps.map(({ path, title, cells, spec }) => {
      const part = point.subarray(at, at + cells * cells);
      at += part.length;
      const data = encodeFloat32(Float32Array.from(part, (value) => value * spec.step));
      return { path, title, cells, data };
    });
  }

  async lossGradient(point: Float64Array): Promise<{ value: number; gradient: Float64Array }> {
    let at = this.parameters.length;
    const maps = this.maps.map(({ path, cells, spec }) => {
      const part = point.subarray(at, at + cells * cells);
      at += part.length;
      return { path, shape: [cells, cells], values: part.map((value) => value * spec.step) };
    });
    const slots = new Map(this.parameters.map((p, i) => [p.path, i]));
    const overrides = { ...NO_OVERRIDES, values: this.valuesAt(point), slots };
    const found = await this.runs.lossGradient(overrides, maps);
    const gradient = new Float64Array(point.length);
    this.parameters.forEach((p, i) => {
      gradient[i] = (found.gradient[i] as number) * p.step;
    });
    at = this.parameters.length;
    this.maps.forEach(({ spec }, i) => {
      const part = found.maps[i] ?? new Float64Array(0);
      for (let k = 0; k < part.length; k++) gradient[at + k] = (part[k] as number) * spec.step;
      at += part.length;
    });
    return { value: found.value, gradient };
  }

  release(): void {
    this.runs.release();
  }
}

export async function runGraphDescent(context: DescentContext, options: FitOptions): Promise<FitResult> {
  const why = onlyAdam(context.plan.design, registry);
  if (options.method !== 'adam') {
    throw new FitProblemError(`${why ?? 'This design'}: choose Adam, Levenberg-Marquardt cannot fit that.`);
  }
  const problem = new GraphDescent(context);
  try {
    return await descended(problem, context, options);
  } finally {
    problem.release();
  }
}

async function descended(
  problem: GraphDescent,
  context: DescentContext,
  { maxIterations, learningRate }: FitOptions,
): Promise<FitResult> {
  const began = performance.now();
  const steps = adam(problem, problem.start, { iterations: maxIterations, learningRate });
  let first = Number.NaN;
  let [end, stopped] = [{ point: problem.start, value: Number.NaN, iteration: 0 }, false];
  for (;;) {
    const { value: state, done } = await steps.next();
    const { iteration, point, value, best } = state;
    if (iteration === 1 && done !== true) {
      first = value;
      if (!Number.isFinite(first)) {
        throw new FitProblemError(
          'The model is not finite at the start values: check the values marked as learnable.',
        );
      }
    }
    end = { point: done === true ? point : best, value, iteration };
    if (done === true) break;
    const values = Object.fromEntries(problem.valuesAt(point));
    const progress = { iteration, loss: value, phase: 'fit', searched: null, values } as const;
    stopped = !(await context.proceed(progress, () => problem.mapsAt(point)));
    if (stopped) break;
  }
  if (stopped) end = { ...end, value: (await problem.lossGradient(end.point)).value };
  const values = problem.valuesAt(end.point);
  return {
    parameters: context.learnables.map((each: Learnable) =>
      parameterResult(context, each, values.get(each.path) ?? each.value, null),
    ),
    maps: problem.mapsAt(end.point),
    loss: { start: first, end: end.value },
    reducedChiSquare: null,
    iterations: end.iteration,
    seconds: (performance.now() - began) / 1000,
    backend: context.backend,
    converged: !stopped,
    warnings: context.learnables.length > 0 ? [NO_ERRORS] : [],
  };
}

const NO_ERRORS =
  'The values have no error bars: these need least squares or a likelihood of numbers, without maps or penalties.';
