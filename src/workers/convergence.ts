/** Whether a result depends on the grid: the design once more with a finer pitch, and in a wider window. */
import { registry } from '../graph/catalogue.ts';
import { compile, type Plan } from '../graph/compile.ts';
import type { Design, Issue } from '../graph/document.ts';
import { setGrid } from '../graph/edit.ts';
import { GraphRunner, NO_OVERRIDES } from '../graph/execute.ts';
import { GRID_SAMPLES } from '../graph/limits.ts';
import { MemoryRefusal, portion } from '../graph/memory.ts';
import { validate } from '../graph/validate.ts';
import { type HostPlane, hostPlane } from '../optics/analysis/hostPlane.ts';
import type { HostValue, Readout, SimulationGrid } from '../optics/element.ts';
import { Ops } from '../optics/ops/ops.ts';
import { pupilGrid } from '../optics/pupil/pupilGrid.ts';
import { channelsOf } from '../optics/spectral.ts';
import type { PortValue } from '../optics/values.ts';
import { analyse, analysersOf } from './analyses.ts';
import { FitProblemError } from './fit/fitProblemError.ts';
import { runSummed, sumOfShares } from './lightShares.ts';
import { inputsOf } from './portionedShow.ts';
import type { ConvergenceReport, ConvergenceStep } from './protocol.ts';

export interface ConvergenceParts {
  readonly runner: Pick<GraphRunner, 'ops' | 'images'>;
  /** Why a plan does not fit into memory; null where it does. */
  readonly refusal: (plan: Plan) => Promise<Issue | null>;
}

interface Seen {
  readonly plane: HostPlane | null;
  readonly readouts: readonly Readout[];
}

/** Changes below the first are converged, below the second nearly. */
const CONVERGED = 0.01;
const NEARLY = 0.05;

/**
 * Compares what a node gives with what it gives at half the pitch (in the same window) and in twice the window (at the
 * same pitch). What the engine shows and remembers stays as it is.
 * @throws MemoryRefusal, FitProblemError with a sentence where the larger grids cannot be computed
 */
export async function checkConvergence(
  parts: ConvergenceParts,
  design: Design,
  nodeId: string,
): Promise<ConvergenceReport> {
  const { samples, pitch } = design.grid;
  const finer = { samples: 2 * samples, pitch: pitch / 2 };
  const wider = { samples: 2 * samples, pitch };
  if (2 * samples > GRID_SAMPLES.max) {
    throw new FitProblemError(
      `A grid of ${samples} samples cannot be doubled: ${GRID_SAMPLES.max} are the most. Check convergence at fewer samples.`,
    );
  }
  const base = await seenAt(parts, design, nodeId);
  const followers = windowFollowers(parts, design, nodeId);
  const filling = design.nodes.find(({ id }) => followers.get(id) === 'shape');
  const steps: ConvergenceStep[] = [];
  for (const [title, grid] of [
    ['half the pitch', finer],
    ['twice the window', wider],
  ] as const) {
    if (grid === wider && filling !== undefined) continue;
    steps.push(
      stepOf(title, grid, base, await seenAt(parts, equallyBright(design, grid, followers), nodeId)),
    );
  }
  const { level, verdict } = verdictOf(steps);
  const title = filling === undefined ? undefined : registry.get(filling.type)?.title;
  const skipped =
    title === undefined
      ? ''
      : ` '${title}' fills the window, so a wider one shows another object and is not compared.`;
  return { nodeId, grid: design.grid, steps, level, verdict: `${verdict}${skipped}` };
}

/** What each node before another (and itself) takes from the window. */
function windowFollowers(
  { runner }: ConvergenceParts,
  design: Design,
  nodeId: string,
): ReadonlyMap<string, 'power' | 'shape'> {
  const before = reached(design, nodeId, 'backwards');
  const own = new GraphRunner(runner.ops, runner.images);
  return new Map(
    compile(design, registry).order.flatMap((planNode) => {
      const { node, spec } = planNode;
      const follows =
        before.has(node.id) && node.bypassed !== true
          ? (spec.followsWindow?.(own.paramsOfNode(planNode)) ?? null)
          : null;
      return follows === null ? [] : [[node.id, follows] as const];
    }),
  );
}

/** A node and all behind or before it. */
function reached(design: Design, nodeId: string, way: 'forwards' | 'backwards'): ReadonlySet<string> {
  const found = new Set([nodeId]);
  // A set that grows while it is walked shows what was added, too.
  for (const id of found) {
    for (const { from, to } of design.edges) {
      const [here, next] = way === 'forwards' ? [from, to] : [to, from];
      if (here.node === id) found.add(next.node);
    }
  }
  return found;
}

/**
 * The design on another grid. Power through the circle inscribed in the grid is that of a larger circle then: it is
 * scaled such that the irradiance stays. Not before a pupil, which the light of any window fills.
 */
function equallyBright(
  design: Design,
  grid: SimulationGrid,
  followers: ReadonlyMap<string, 'power' | 'shape'>,
): Design {
  const area = (each: SimulationGrid): number => (pupilGrid(each.samples).radius * each.pitch) ** 2;
  const factor = area(grid) / area(design.grid);
  const pupils = new Set(design.nodes.filter(({ type }) => type === 'pupil').map(({ id }) => id));
  const nodes = design.nodes.map((node) => {
    const power = registry.get(node.type)?.params['power'];
    if (followers.get(node.id) !== 'power' || power?.kind !== 'quantity') return node;
    if ([...reached(design, node.id, 'forwards')].some((id) => pupils.has(id))) return node;
    const watts = node.params['power'];
    const scaled = factor * (typeof watts === 'number' ? watts : power.default);
    return { ...node, params: { ...node.params, power: Math.min(power.max, scaled) } };
  });
  return { ...setGrid(design, grid), nodes };
}

async function seenAt({ runner, refusal }: ConvergenceParts, design: Design, nodeId: string): Promise<Seen> {
  const [error] = validate(design, registry).filter(({ severity }) => severity === 'error');
  if (error !== undefined) throw new FitProblemError(`${error.message} ${error.fix}`);
  const plan = compile(design, registry);
  const refused = await refusal(plan);
  if (refused !== null) throw new MemoryRefusal(refused);
  // Arrays of its own, constants too: those of the larger grids are of no use to what is shown.
  const ops = new Ops(runner.ops.kernels);
  const own = new GraphRunner(ops, runner.images);
  const only = new Set([nodeId]);
  const { kernels } = ops;
  const request = { plan, images: own.images, overrides: NO_OVERRIDES, only, kernels } as const;
  const { planes, shares } = await portion({ ...request, mode: 'value' });
  if (planes.length > 1) {
    const advice = 'Check convergence with fewer samples or planes.';
    throw new FitProblemError(inPortions(design, `${planes.length} ranges of planes`, advice));
  }
  const run = { runner: own, plan, blocked: new Set<string>(), only, shares };
  try {
    const sums = await sumOfShares(run, null);
    const scope = ops.open();
    try {
      const results = runSummed(run, null, sums);
      const [problem] = [...results.values()]
        .flatMap(({ issues }) => issues)
        .filter(({ severity }) => severity === 'error');
      if (problem !== undefined) throw new FitProblemError(`${problem.message} ${problem.fix}`);
      const value = Object.values(results.get(nodeId)?.outputs ?? {})[0];
      // Light before the detectors is that of the first share.
      if (shares.length > 1 && value?.kind !== 'image') {
        const advice = 'Check convergence of a camera, or with fewer samples or parts of the light.';
        throw new FitProblemError(inPortions(design, `${shares.length} shares of the light`, advice));
      }
      const evaluated = {
        results,
        inputOf: inputsOf(plan, results),
        seed: design.seed,
        analyserOf: analysersOf(own, plan),
      };
      const [analysed] = await analyse(ops, evaluated, [{ nodeId, port: null }]);
      const plane = await planeOf(ops, value);
      return { plane, readouts: analysed?.readouts ?? [] };
    } finally {
      ops.close(scope);
    }
  } finally {
    own.forgetAll();
    ops.clearConstants();
  }
}

function inPortions({ grid: { samples } }: Design, portions: string, advice: string): string {
  return (
    `At ${samples} × ${samples} samples this is computed in ${portions}, one after the other, ` +
    `as memory does not hold all at once: it cannot be compared. ${advice}`
  );
}

async function planeOf(ops: Ops, value: PortValue | undefined): Promise<HostPlane | null> {
  if (value === undefined || value.kind === 'scalar' || value.kind === 'farField') return null;
  const parts =
    value.kind === 'image'
      ? [value]
      : channelsOf(value).flatMap((each) => (each.kind === 'farField' ? [] : [each]));
  const data = await ops.read(parts.map(({ samples }) => samples));
  const [first, ...others] = parts.map(
    (part, i): HostValue => ({ value: part, data: data[i] ?? new Float32Array() }),
  );
  return first === undefined ? null : hostPlane([first, ...others], 1);
}

function stepOf(title: string, grid: SimulationGrid, base: Seen, other: Seen): ConvergenceStep {
  return {
    title,
    grid,
    image: base.plane === null || other.plane === null ? null : imageChange(base.plane, other.plane),
    readouts: base.readouts.flatMap((readout) => {
      const after = other.readouts.find(({ title: name }) => name === readout.title)?.value ?? null;
      if (readout.value === null || after === null) return [];
      const size = Math.max(Math.abs(readout.value), Math.abs(after));
      return [{ readout, after, change: size === 0 ? 0 : Math.abs(after - readout.value) / size }];
    }),
  };
}

/** At the samples that both have: root of the mean square difference and largest one, over those of the first. */
export function imageChange(
  a: HostPlane,
  b: HostPlane,
): { readonly rms: number; readonly peak: number } | null {
  const at = (i: number, count: number, others: number): number => {
    const place = ((i - Math.floor(count / 2)) * a.pitch) / b.pitch + Math.floor(others / 2);
    const whole = Math.round(place);
    return Math.abs(place - whole) < 1e-6 && whole >= 0 && whole < others ? whole : -1;
  };
  const columns = Int32Array.from({ length: a.columns }, (_, i) => at(i, a.columns, b.columns));
  let [square, own, largest, peak, common] = [0, 0, 0, 0, 0];
  for (let row = 0; row < a.rows; row++) {
    const other = at(row, a.rows, b.rows);
    if (other < 0) continue;
    for (let column = 0; column < a.columns; column++) {
      const place = columns[column] as number;
      if (place < 0) continue;
      const value = a.data[row * a.columns + column] as number;
      const difference = Math.abs((b.data[other * b.columns + place] as number) - value);
      square += difference * difference;
      own += value * value;
      largest = Math.max(largest, difference);
      peak = Math.max(peak, Math.abs(value));
      common++;
    }
  }
  if (common === 0) return null;
  return { rms: own > 0 ? Math.sqrt(square / own) : 0, peak: peak > 0 ? largest / peak : 0 };
}

function verdictOf(steps: readonly ConvergenceStep[]): Pick<ConvergenceReport, 'level' | 'verdict'> {
  const changes = steps.flatMap(({ title, image, readouts }) => [
    ...(image === null ? [] : [{ title, what: 'the image', change: image.rms, kind: ' RMS' }]),
    // Of an analysis, the first four numbers stand on its card; the others may be small differences.
    ...readouts
      .slice(0, 4)
      .map(({ readout, change }) => ({ title, what: `'${readout.title}'`, change, kind: '' })),
  ]);
  const [first, ...others] = changes;
  if (first === undefined) {
    return { level: 'doubtful', verdict: 'The grids have no samples in common: nothing can be compared.' };
  }
  const worst = others.reduce((most, each) => (each.change > most.change ? each : most), first);
  // As the table below writes it.
  const percent = `${Number((100 * worst.change).toPrecision(2))} %${worst.kind}`;
  const found = `${worst.title} changes ${worst.what} by ${percent}`;
  if (worst.change < CONVERGED) {
    return { level: 'good', verdict: `Converged: ${found}, and nothing else by more.` };
  }
  const advice =
    worst.title === 'half the pitch' ? 'Use a finer pitch.' : 'Use a wider window: more samples.';
  return worst.change < NEARLY
    ? { level: 'doubtful', verdict: `Nearly converged: ${found}. ${advice}` }
    : { level: 'bad', verdict: `Not converged: ${found}. ${advice}` };
}
