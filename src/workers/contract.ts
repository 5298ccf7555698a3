/**
 * Holds a backend to the contract of every element: exact adjoints, exact gradients, the image of the float64
 * reference. Pure: the same function runs in Node on float64 and WASM and in a browser on WebGPU.
 */
import { CONTRACT_GRID, type ContractCase, contractCases } from '../optics/contractCases.ts';
import type { ElementSpec } from '../optics/element.ts';
import { elements } from '../optics/elements/index.ts';
import { SeededRandom } from '../optics/maths/random.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { type Kernels, sizeOf } from '../optics/ops/kernels.ts';
import { Ops, type Real, type Tensor } from '../optics/ops/ops.ts';
import { parameterScalar } from '../optics/ops/scalar.ts';
import { type ChainValues, runChain, samplesOf, weightedSum } from '../optics/testChain.ts';
import type { PortValue } from '../optics/values.ts';
import { drawPoint, type Learned, learnedIn } from './contractNumbers.ts';

/** One comparison: `error` must not exceed `limit`; what it is relative to is said in `elementContract`. */
export interface ContractCheck {
  readonly check: string;
  readonly error: number;
  readonly limit: number;
}

/**
 * Random points at which a gradient may be compared: of an element behind each feeder, and with its other choices. As
 * many are drawn as it takes to see every number matter (`isSeen`), and no more than these. The rules of derivatives
 * are the same on all backends and are tested thoroughly on float64; on the others a point or two show that their
 * kernels serve the rules.
 */
const POINTS = {
  thorough: { first: 6, variant: 4 },
  brief: { first: 2, variant: 0 },
  least: { first: 1, variant: 0 },
};
const WEIGHT_SEED = 77;

function objective(ops: Ops, { chain, sink }: ContractCase, change: ChainValues): Real {
  const value = runChain(ops, chain, CONTRACT_GRID, change)[sink];
  if (value === undefined) throw new Error(`The chain has no ${sink}.`);
  return weightedSum(ops, samplesOf(ops, value, CONTRACT_GRID), WEIGHT_SEED);
}

async function scalarOf(ops: Ops, chain: ContractCase, change: ChainValues): Promise<number> {
  const scope = ops.open();
  try {
    const [read] = await ops.read([objective(ops, chain, change)]);
    return read?.[0] ?? Number.NaN;
  } finally {
    ops.close(scope);
  }
}

/**
 * What a point needs of float64: the derivative by each learned number, and the root mean square of the objective over
 * all draws of its weights, which are even from -1 to 1. The objective of one draw may vanish by cancellation,
 * whatever its terms, and is no measure of what float32 can resolve.
 */
async function exactAt(
  ops: Ops,
  chain: ContractCase,
  point: ReadonlyMap<string, number>,
  learned: readonly Learned[],
): Promise<{ expected: number[]; typical: number }> {
  const scope = ops.open();
  try {
    const found = runChain(ops, chain.chain, CONTRACT_GRID, { values: point });
    const expected: number[] = [];
    for (const each of learned) expected.push(await difference(ops, chain, point, each, found));
    const sink = found[chain.sink];
    if (sink === undefined) throw new Error(`The chain has no ${chain.sink}.`);
    const [read = []] = await ops.read([samplesOf(ops, sink, CONTRACT_GRID)]);
    const squares = Array.from(read).reduce((sum, sample) => sum + sample * sample, 0);
    return { expected, typical: Math.sqrt(squares / 3) };
  } finally {
    ops.close(scope);
  }
}

/**
 * Central difference; the step is a ten-thousandth of the parameter's natural step. Its error is of second order: for
 * a phase that turns by a radian per natural step 2e-9, for the fastest (a wavelength over centimetres) 1e-4, far
 * below the limit; the rounding of float64 stands another three orders below that.
 * @param found what the stages give at the point; those before the one that changes stay as they are
 */
async function difference(
  ops: Ops,
  chain: ContractCase,
  point: ReadonlyMap<string, number>,
  { path, param }: Learned,
  found: Readonly<Record<string, PortValue>>,
): Promise<number> {
  const [changed = ''] = path.split('.');
  const before = Object.keys(chain.chain).indexOf(changed);
  const known = Object.fromEntries(Object.entries(found).slice(0, before));
  const centre = point.get(path) ?? Number.NaN;
  const h = Math.min(1e-4 * param.step, 1e-5 * Math.abs(centre));
  const at = (offset: number) =>
    scalarOf(ops, chain, { values: new Map(point).set(path, centre + offset * h), known });
  return ((await at(1)) - (await at(-1))) / (2 * h);
}

/** Gradient by the backward pass, and by forward tangents (one per slot) as a Jacobian is made of. */
async function gradients(
  ops: Ops,
  chain: ContractCase,
  point: ReadonlyMap<string, number>,
  learned: readonly Learned[],
): Promise<{ reverse: Float64Array; forward: Float64Array }> {
  const slots = new Map(learned.map(({ path }, slot) => [path, slot]));
  const scope = ops.open();
  try {
    ops.mode = 'reverse';
    const { gradient } = await ops.gradient(objective(ops, chain, { values: point, slots }), learned.length);
    ops.mode = 'forward';
    const root = objective(ops, chain, { values: point, slots });
    const tangents = [...root.tangents];
    const read = await ops.kernels.readMany(tangents.map(([, array]) => array));
    const forward = new Float64Array(learned.length);
    tangents.forEach(([slot], index) => {
      forward[slot] = read[index]?.[0] ?? Number.NaN;
    });
    return { reverse: gradient, forward };
  } finally {
    ops.mode = 'value';
    ops.close(scope);
  }
}

/** A derivative at one point: what it must be, and what the two ways of differentiating give. */
interface Compared {
  readonly wanted: number;
  readonly reverse: number;
  readonly forward: number;
}

/**
 * Gradients of one chain at random points. Errors are relative to the larger of the derivative itself and 1e-3 of
 * its scale, the largest derivative of that parameter over the points: a float32 sum of terms with both signs
 * cannot resolve a derivative that almost vanishes by cancellation. The scale is at least what doubles the
 * objective over the parameter's natural step: the derivative may vanish altogether (the power
 * that a circular polariser passes does not depend on the direction of linear polarisation).
 */
async function checkGradients(
  ops: Ops,
  exact: Ops,
  chain: ContractCase,
  points: number,
  checks: ContractCheck[],
): Promise<void> {
  const learned = learnedIn(chain);
  const random = new SeededRandom(chain.title.length + 17 * learned.length);
  const rows = new Map<Learned, Compared[]>(learned.map((each) => [each, []]));
  let unseen: readonly Learned[] = learned;
  let largest = 0;
  for (let point = 0; point < points && unseen.length > 0; point++) {
    const values = drawPoint(learned, random);
    const { expected, typical } = await exactAt(exact, chain, values, unseen);
    const still = unseen.filter((each, i) => !isSeen(each, expected[i] ?? Number.NaN, typical));
    // At the first point all are compared: what does not matter must have no gradient.
    if (point > 0 && still.length === unseen.length) continue;
    largest = Math.max(largest, typical);
    const { reverse, forward } = await gradients(ops, chain, values, unseen);
    unseen.forEach((each, i) => {
      rows.get(each)?.push({
        wanted: expected[i] ?? Number.NaN,
        reverse: reverse[i] ?? Number.NaN,
        forward: forward[i] ?? Number.NaN,
      });
    });
    unseen = still;
  }
  for (const [{ path, param }, compared] of rows) {
    if (compared.length === 0) continue;
    const scale = Math.max(...compared.map(({ wanted }) => Math.abs(wanted)), largest / param.step);
    for (const mode of ['reverse', 'forward'] as const) {
      const errors = compared.map(({ wanted, [mode]: actual }) => {
        const size = Math.max(Math.abs(wanted), 1e-3 * scale);
        const off = Math.abs(actual - wanted);
        return size === 0 ? off : off / size;
      });
      checks.push({
        check: `${chain.title}: ${mode} gradient of ${path}`,
        error: worst(errors),
        limit: LIMIT,
      });
    }
  }
}

/** Of gradients. */
const LIMIT = 2e-3;

/** Whether the comparison at a point notices a derivative that is wrong by the fiftieth part: most draws hide a few. */
function isSeen({ param }: Learned, derivative: number, typical: number): boolean {
  return !(Math.abs(derivative) <= 50 * LIMIT * 1e-3 * (typical / param.step));
}

/** The largest, NaN if any is: a comparison with NaN must not pass. */
function worst(errors: readonly number[]): number {
  return errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
}

/** A copy of a value with other samples; null for kinds that hold none. */
export function withSamples(value: PortValue, samples: Tensor): PortValue {
  if (value.kind === 'farField') return { ...value, evaluate: () => samples as Tensor<'complex'> };
  return { ...value, samples } as PortValue;
}

function randomSamples(count: number, random: SeededRandom): Float64Array {
  return Float64Array.from({ length: count }, () => random.normal());
}

/**
 * ⟨A x, y⟩ = ⟨x, A† y⟩ with random x and y, real and imaginary part, relative to |A x| |y|. The left side applies
 * the element to x; the right side takes the backward pass of ⟨A (s x), y⟩ at s = 0.3 to d/ds.
 */
async function checkAdjoint(ops: Ops, chain: ContractCase, checks: ContractCheck[]): Promise<void> {
  const stage = chain.chain[chain.subject];
  const port = stage?.spec.linearIn ?? null;
  const feeder = port === null ? undefined : stage?.from[port];
  if (stage === undefined || feeder === undefined) return;
  const part = Object.fromEntries(
    Object.entries(chain.chain).slice(0, Object.keys(chain.chain).indexOf(chain.subject) + 1),
  );
  const random = new SeededRandom(5);
  const run = (samples: (shape: readonly number[]) => Tensor) => {
    const found = runChain(
      ops,
      part,
      CONTRACT_GRID,
      {},
      {
        [feeder]: (value) => withSamples(value, samples(samplesOf(ops, value, CONTRACT_GRID).shape)),
      },
    );
    const subject = found[chain.subject];
    if (subject === undefined) throw new Error('The chain has no subject.');
    return samplesOf(ops, subject, CONTRACT_GRID);
  };
  const scope = ops.open();
  try {
    let x: Float64Array = new Float64Array();
    const zero = run((shape) => ops.upload(new Float64Array(2 * sizeOf(shape)), shape, 'complex'));
    const [b = []] = await ops.read([zero]);
    // As bright as what is added to it (a reference wave), or float32 would round it away.
    const size = Array.from(b).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    const image = run((shape) => {
      x = randomSamples(2 * sizeOf(shape), random).map((value) => size * value);
      return ops.upload(x, shape, 'complex');
    });
    const [a = []] = await ops.read([image]);
    const applied = Float64Array.from(a, (value, i) => value - (b[i] ?? 0));
    for (const part of ['real', 'imaginary'] as const) {
      const y = randomSamples(applied.length, random);
      const left = applied.reduce((total, value, i) => total + value * (y[i] ?? 0), 0);
      ops.mode = 'reverse';
      const output = run((shape) =>
        ops.hostMap([parameterScalar(0.3, 0)], shape, 'complex', ([s = 0]) => ({
          value: x.map((value) => s * value),
          partials: [x],
        })),
      ) as Tensor<'complex'>;
      const conjugate = y.map((value, i) => (i % 2 === 0 ? value : -value));
      const weights = ops.upload(conjugate, output.shape, 'complex');
      const root = ops.sum(
        ops.realPart(ops.multiply(weights, output)),
        output.shape.map((_, axis) => axis),
      );
      const { gradient } = await ops.gradient(root, 1);
      ops.mode = 'value';
      const norm = Math.hypot(...applied) * Math.hypot(...y);
      const limit = ops.kernels.bytesPerReal === 8 ? 1e-12 : 1e-4;
      checks.push({
        check: `${chain.title}: adjoint, ${part}`,
        error: Math.abs((gradient[0] ?? Number.NaN) - left) / norm,
        limit,
      });
    }
  } finally {
    ops.mode = 'value';
    ops.close(scope);
  }
}

/** Every sample of the last output against float64, relative to its peak. */
async function checkParity(
  ops: Ops,
  exact: Ops,
  chain: ContractCase,
  checks: ContractCheck[],
): Promise<void> {
  const [actual, expected] = [await imageOf(ops, chain), await imageOf(exact, chain)];
  const peak = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const errors = Array.from(expected, (value, i) => Math.abs((actual[i] ?? Number.NaN) - value) / peak);
  checks.push({
    check: `${chain.title}: image`,
    error: worst(errors),
    limit: ops.kernels.bytesPerReal === 8 ? 1e-12 : 5e-4,
  });
}

async function imageOf(ops: Ops, { chain, sink }: ContractCase): Promise<Float64Array> {
  const scope = ops.open();
  try {
    const value = runChain(ops, chain, CONTRACT_GRID)[sink];
    if (value === undefined) throw new Error(`The chain has no ${sink}.`);
    const [read = []] = await ops.read([samplesOf(ops, value, CONTRACT_GRID)]);
    return Float64Array.from(read);
  } finally {
    ops.close(scope);
  }
}

/** The contract of every element (or of those given) on a backend. Everything passes when error <= limit throughout. */
export async function elementContract(
  kernels: Kernels,
  specs: readonly ElementSpec[] = elements,
  effort: keyof typeof POINTS = 'thorough',
): Promise<ContractCheck[]> {
  const checks: ContractCheck[] = [];
  const ops = new Ops(kernels);
  const exact = new Ops(createFloat64Kernels());
  const before = kernels.memory();
  for (const spec of specs) {
    const cases = contractCases(spec);
    for (const [index, chain] of cases.entries()) {
      // On a software graphics adapter every launch counts: one feeder and all choices.
      if (effort === 'least' && index > 0 && chain.isVariant !== true) continue;
      await checkParity(ops, exact, chain, checks);
      await checkAdjoint(ops, chain, checks);
      const points = chain.isVariant === true ? POINTS[effort].variant : POINTS[effort].first;
      await checkGradients(ops, exact, chain, points, checks);
    }
    ops.clearConstants();
    exact.clearConstants();
  }
  const leaked = kernels.memory().arrays - before.arrays;
  checks.push({ check: 'arrays left behind', error: leaked, limit: 0 });
  return checks;
}
