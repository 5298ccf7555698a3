/**
 * Holds a backend to the contract of every element: exact adjoints, exact gradients, the image of the float64
 * reference. Pure: the same function runs in Node on float64 and WASM and in a browser on WebGPU.
 */
import {
  CONTRACT_GRID,
  type ContractCase,
  contractCases,
  drawQuantity,
  STACK_PLANES,
} from '../optics/contractCases.ts';
import type { ElementSpec, ParamSpec, TableParam } from '../optics/element.ts';
import { elements } from '../optics/elements/index.ts';
import { SeededRandom } from '../optics/maths/random.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { type Kernels, sizeOf } from '../optics/ops/kernels.ts';
import { Ops, type Real, type Tensor } from '../optics/ops/ops.ts';
import { parameterScalar } from '../optics/ops/scalar.ts';
import { runChain, type Stage, samplesOf, weightedSum } from '../optics/testChain.ts';
import type { PortValue } from '../optics/values.ts';

/** One comparison: `error` must not exceed `limit`; what it is relative to is said in `elementContract`. */
export interface ContractCheck {
  readonly check: string;
  readonly error: number;
  readonly limit: number;
}

/**
 * Points at which each gradient is compared: those of an element behind each feeder, and with its other choices. The
 * rules of derivatives are the same on all backends and are tested thoroughly on float64; on the others a few points
 * show that their kernels serve the rules.
 */
const POINTS = {
  thorough: { first: 4, variant: 2 },
  brief: { first: 2, variant: 0 },
  least: { first: 1, variant: 0 },
};
/** Noll indices whose coefficients are learned: tilt, defocus, astigmatism, coma, spherical, a high one. */
const TERMS = [2, 4, 5, 8, 11, 22];
/** Parameters of the light, which every element must hand on together with their derivatives. */
const LIGHT = ['wavelength', 'refractiveIndex', 'polarizationAngle'];
const WEIGHT_SEED = 77;

interface Learned {
  readonly path: string;
  /** The chain's own value: pitches far from the others of a chain leave nothing but rounding to differentiate. */
  readonly near: number | null;
  readonly param: ParamSpec & { readonly soft: readonly [number, number]; readonly step: number };
}

/** Every learnable number of the stage under test, and the light's where it comes from. */
function learnedIn({ chain, subject }: ContractCase): Learned[] {
  const learned: Learned[] = [];
  // Lights of different wavelengths or media cannot meet.
  const sources = Object.values(chain).filter(({ spec }) => 'wavelength' in spec.params);
  for (const [name, { spec, params }] of Object.entries(chain)) {
    for (const [id, param] of Object.entries(spec.params)) {
      if (param.kind === 'table' && name === subject) learned.push(...cellsOf(`${name}.${id}`, param));
      if (param.kind !== 'quantity' && param.kind !== 'zernike') continue;
      const isLight = Object.keys(spec.inputs).length === 0 && LIGHT.includes(id);
      if (!param.learnable || (name !== subject && !isLight)) continue;
      if ((id === 'wavelength' || id === 'refractiveIndex') && sources.length > 1) continue;
      if (!isShown(spec, params, param)) continue;
      const path = `${name}.${id}`;
      const setting = params[id];
      const near = typeof setting === 'number' ? setting : null;
      const stacked = Object.values(chain).some((stage) => stage.spec.type === 'stack');
      if (param.kind === 'zernike')
        learned.push(...TERMS.map((j) => ({ path: `${path}.${j}`, near, param })));
      else if (param.perPlane === true && stacked && params[id] === undefined)
        learned.push(
          ...Array.from({ length: STACK_PLANES }, (_, i) => ({ path: `${path}.${i}`, near, param })),
        );
      else learned.push({ path, near, param });
    }
  }
  return learned;
}

/** A learnable cell of each column of a table, row by row in turn: rows differ in values only. */
function cellsOf(path: string, { columns, default: rows }: TableParam): Learned[] {
  return Object.entries(columns)
    .filter(([, { learnable }]) => learnable)
    .map(([column, param], i) => ({ path: `${path}.${i % rows.length}.${column}`, near: null, param }));
}

/** Whether a parameter matters at the present choices. */
function isShown(spec: ElementSpec, params: Stage['params'], { when }: ParamSpec): boolean {
  if (when === undefined) return true;
  const chooser = spec.params[when.param];
  const chosen = params[when.param] ?? (chooser !== undefined && 'default' in chooser ? chooser.default : '');
  return when.is.includes(String(chosen)) && (chooser === undefined || isShown(spec, params, chooser));
}

/** Random values of the learned numbers; the index of the medium stays above every aperture that may be drawn. */
function drawPoint(learned: readonly Learned[], random: SeededRandom): Map<string, number> {
  const point = new Map<string, number>();
  for (const { path, near, param } of learned) {
    const isMedium = path.endsWith('.refractiveIndex') && param.soft[0] === 1 && param.soft[1] < 2;
    point.set(path, isMedium ? 1.45 + 0.1 * random.uniform() : drawQuantity(param, random, near));
  }
  return point;
}

function objective(
  ops: Ops,
  { chain, sink }: ContractCase,
  values: ReadonlyMap<string, number>,
  slots?: Map<string, number>,
): Real {
  const found = runChain(ops, chain, CONTRACT_GRID, slots === undefined ? { values } : { values, slots });
  const value = found[sink];
  if (value === undefined) throw new Error(`The chain has no ${sink}.`);
  return weightedSum(ops, samplesOf(ops, value, CONTRACT_GRID), WEIGHT_SEED);
}

async function scalarOf(ops: Ops, chain: ContractCase, values: ReadonlyMap<string, number>): Promise<number> {
  const scope = ops.open();
  try {
    const [read] = await ops.read([objective(ops, chain, values)]);
    return read?.[0] ?? Number.NaN;
  } finally {
    ops.close(scope);
  }
}

/**
 * Root mean square of the objective over all draws of its weights, which are even from -1 to 1. The objective of one
 * draw may vanish by cancellation, whatever its terms, and is no measure of what float32 can resolve.
 */
async function typicalObjective(
  ops: Ops,
  { chain, sink }: ContractCase,
  values: ReadonlyMap<string, number>,
): Promise<number> {
  const scope = ops.open();
  try {
    const value = runChain(ops, chain, CONTRACT_GRID, { values })[sink];
    if (value === undefined) throw new Error(`The chain has no ${sink}.`);
    const [read = []] = await ops.read([samplesOf(ops, value, CONTRACT_GRID)]);
    return Math.sqrt(Array.from(read).reduce((sum, sample) => sum + sample * sample, 0) / 3);
  } finally {
    ops.close(scope);
  }
}

/**
 * Central difference; the step is a ten-thousandth of the parameter's natural step. Its error is of second order: for
 * a phase that turns by a radian per natural step 2e-9, for the fastest (a wavelength over centimetres) 1e-4, far
 * below the limit; the rounding of float64 stands another three orders below that.
 */
async function difference(
  ops: Ops,
  chain: ContractCase,
  point: ReadonlyMap<string, number>,
  { path, param }: Learned,
): Promise<number> {
  const centre = point.get(path) ?? Number.NaN;
  const h = Math.min(1e-4 * param.step, 1e-5 * Math.abs(centre));
  const at = (offset: number) => scalarOf(ops, chain, new Map(point).set(path, centre + offset * h));
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
    const { gradient } = await ops.gradient(objective(ops, chain, point, slots), learned.length);
    ops.mode = 'forward';
    const root = objective(ops, chain, point, slots);
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
  if (points === 0) return;
  const learned = learnedIn(chain);
  if (learned.length === 0) return;
  const random = new SeededRandom(chain.title.length + 17 * learned.length);
  const rows: { reverse: Float64Array; forward: Float64Array; expected: number[] }[] = [];
  let largest = 0;
  for (let point = 0; point < points; point++) {
    const values = drawPoint(learned, random);
    largest = Math.max(largest, await typicalObjective(exact, chain, values));
    const expected: number[] = [];
    for (const each of learned) expected.push(await difference(exact, chain, values, each));
    rows.push({ ...(await gradients(ops, chain, values, learned)), expected });
  }
  learned.forEach(({ path, param }, slot) => {
    const derivatives = rows.map(({ expected }) => Math.abs(expected[slot] ?? 0));
    const scale = Math.max(...derivatives, largest / param.step);
    for (const mode of ['reverse', 'forward'] as const) {
      const errors = rows.map((row) => {
        const wanted = row.expected[slot] ?? Number.NaN;
        const size = Math.max(Math.abs(wanted), 1e-3 * scale);
        const off = Math.abs((row[mode][slot] ?? Number.NaN) - wanted);
        return size === 0 ? off : off / size;
      });
      checks.push({
        check: `${chain.title}: ${mode} gradient of ${path}`,
        error: worst(errors),
        limit: 2e-3,
      });
    }
  });
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
