/**
 * What the element contract tests share: a runner for short chains of elements, the chains themselves (made from
 * the declarations, so that a new element is covered without a line here), and random legal parameters.
 */
import { contractSettings, type Setting } from './contractSettings.ts';
import type {
  ElementSpec,
  HostImage,
  MapParam,
  Outputs,
  ParamSpec,
  ParamValue,
  SimulationGrid,
} from './element.ts';
import { camera } from './elements/detection/camera.ts';
import { target } from './elements/fit/target.ts';
import { interference } from './elements/interferometers/interference.ts';
import { linearPolariser } from './elements/polarisation/linearPolariser.ts';
import { pupil } from './elements/pupils/pupil.ts';
import { stack } from './elements/pupils/stack.ts';
import { bead } from './elements/samples/bead.ts';
import { mieSphere } from './elements/samples/mieSphere.ts';
import { thinObject } from './elements/samples/thinObject.ts';
import { gaussianBeam } from './elements/sources/gaussianBeam.ts';
import { planeWave } from './elements/sources/planeWave.ts';
import { SeededRandom } from './maths/random.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { sizeOf } from './ops/kernels.ts';
import type { Complex, Real, Tensor } from './ops/ops.ts';
import { Ops } from './ops/ops.ts';
import { constantScalar, parameterScalar, type Scalar } from './ops/scalar.ts';
import { ElementProblem } from './problem.ts';
import { pupilGrid } from './pupil/pupilGrid.ts';
import { forwardSpectrum, mainChannel } from './spectral.ts';
import type { PortType, PortValue } from './values.ts';

export type { Setting };

/** One element of a chain: its parameters where they differ from the defaults, and what feeds its inputs. */
export interface Stage {
  readonly spec: ElementSpec;
  readonly params: Readonly<Record<string, Setting>>;
  readonly from: Readonly<Record<string, string>>;
}

/** Stages by name, each after those that feed it. */
export type Chain = Readonly<Record<string, Stage>>;

export interface ContractCase {
  readonly title: string;
  readonly chain: Chain;
  /** The stage under test. */
  readonly subject: string;
  /** The same chain with another choice of the subject: tested with fewer draws. */
  readonly isVariant?: true;
  /** The stage whose output is compared: an image or a number that depends on all of the subject's output. */
  readonly sink: string;
}

/** Values that replace parameters ("stage.param", "stage.zernike.8", "stage.photons.1") and slots to learn. */
export interface ChainValues {
  readonly values?: ReadonlyMap<string, number>;
  readonly slots?: ReadonlyMap<string, number>;
}

/** Small, with the odd sizes where even ones could hide a half-sample error. */
export const CONTRACT_GRID: SimulationGrid = { samples: 16, pitch: 20e-6 };
export const STACK_PLANES = 3;
const IMAGE_ROWS = 7;
const IMAGE_COLUMNS = 8;
/** Above the largest aperture of the slider, so that any drawn aperture is legal. */
const MEDIUM_INDEX = 1.518;

/** A target that any model image of the chains differs from, without a zero or a symmetry. */
export const CONTRACT_IMAGE: HostImage = {
  shape: [IMAGE_ROWS, IMAGE_COLUMNS],
  data: Float64Array.from({ length: IMAGE_ROWS * IMAGE_COLUMNS }, (_, i) => 1 + 0.5 * Math.sin(1 + 2.3 * i)),
  mask: Float32Array.from({ length: IMAGE_ROWS * IMAGE_COLUMNS }, (_, i) => (i % 9 === 4 ? 0 : 1)),
  key: 'contract',
};

const plane: Chain = {
  plane: { spec: planeWave, params: { refractiveIndex: MEDIUM_INDEX, power: 1000 }, from: {} },
};
const beam: Chain = {
  beam: {
    spec: gaussianBeam,
    // Bright enough that differences of the image stand above the rounding of the camera's offset.
    params: { refractiveIndex: MEDIUM_INDEX, power: 1000, waist: 90e-6, distance: 0.02, x: 20e-6, y: -30e-6 },
    from: {},
  },
};
const sphere: Chain = {
  ...plane,
  sphere: {
    spec: mieSphere,
    params: { x: 0.4e-6, y: -0.3e-6, z: 3e-6, extinctionCoefficient: 0.02 },
    from: { in: 'plane' },
  },
};
const hologram: Chain = {
  ...sphere,
  hologram: { spec: interference, params: {}, from: { scattered: 'sphere', reference: 'plane' } },
};
const emitter: Chain = {
  ...plane,
  bead: { spec: bead, params: { x: 0.1e-6, y: -0.2e-6 }, from: { in: 'plane' } },
};
const throughPupil = (chain: Chain, from: string): Chain => ({
  ...chain,
  pupil: {
    spec: pupil,
    params: { numericalAperture: 0.9, zernike: { 4: 30e-9, 8: -25e-9 } },
    from: { in: from },
  },
});
const focused: Chain = {
  ...throughPupil(emitter, 'bead'),
  stack: { spec: stack, params: { planes: STACK_PLANES, zOffset: 0.1e-6 }, from: { in: 'pupil' } },
};
const pixels = (pixelPitch: number) => ({ rows: IMAGE_ROWS, columns: IMAGE_COLUMNS, pixelPitch });
const detected: Chain = {
  ...throughPupil(beam, 'beam'),
  camera: {
    spec: camera,
    params: { ...pixels(0.12e-6), background: 0.7, gain: 3, blur: 0.5 },
    from: { in: 'pupil' },
  },
};
const measured: Chain = { target: { spec: target, params: { image: 'contract' }, from: {} } };

interface Provider {
  readonly chain: Chain;
  readonly last: string;
  /** Measured data: feeds inputs beside the first, which alone is differentiated. */
  readonly given?: true;
}

/** Ways of feeding each type of input; the first that an element accepts feeds it, all feed its first input. */
const PROVIDERS: Readonly<Record<PortType, readonly Provider[]>> = {
  field: [
    { chain: beam, last: 'beam' },
    { chain: plane, last: 'plane' },
  ],
  farField: [
    { chain: sphere, last: 'sphere' },
    { chain: hologram, last: 'hologram' },
    { chain: emitter, last: 'bead' },
  ],
  pupil: [
    { chain: throughPupil(beam, 'beam'), last: 'pupil' },
    { chain: throughPupil(hologram, 'hologram'), last: 'pupil' },
    { chain: focused, last: 'stack' },
  ],
  image: [
    { chain: detected, last: 'camera' },
    { chain: measured, last: 'target', given: true },
  ],
  scalar: [],
};

export const SUBJECT = 'subject';

/** The chains that test one element: one for each accepted way of feeding its first input, and for each choice (materials differ in numbers only). */
export function contractCases(spec: ElementSpec): ContractCase[] {
  const cases = waysOfFeeding(spec);
  const choices = Object.entries(spec.params).flatMap(([name, param]) =>
    // A penalty is a second output, which `ops/variables.test.ts` differentiates.
    param.kind !== 'choice' ||
    name.startsWith('material') ||
    name === 'penalty' ||
    (name === 'spectrum' && spec !== planeWave)
      ? []
      : param.options
          .filter(({ value }) => value !== param.default && !isTestedElsewhere(spec, name, value))
          .map(({ value }) => ({ name, value })),
  );
  // The other choices are tested behind one feeder only: many elements times many choices would take minutes.
  return cases.flatMap((each, index) =>
    index === 0 ? [each, ...choices.map(({ name, value }) => chosen(each, name, value))] : [each],
  );
}

/** Choices that many elements share are tested with one of them: glasses, spectra, and pictures (phantoms have own tests). */
function isTestedElsewhere(spec: ElementSpec, name: string, value: string): boolean {
  if (name === 'material') return true;
  if (name === 'spectrum') return spec !== planeWave;
  return name === 'shape' && 'seed' in spec.params && !(spec === thinObject && value === 'image');
}

function chosen(original: ContractCase, name: string, value: string): ContractCase {
  const stage = original.chain[SUBJECT];
  if (stage === undefined) return original;
  const subject: Stage = { ...stage, params: { ...stage.params, [name]: value } };
  return {
    ...original,
    isVariant: true,
    title: `${original.title}, ${name} ${value}`,
    chain: { ...original.chain, [SUBJECT]: subject },
  };
}

function waysOfFeeding(spec: ElementSpec): ContractCase[] {
  const ports = Object.entries(spec.inputs).filter(
    ([, { accepts, optional }]) => optional !== true || accepts.some((type) => PROVIDERS[type].length > 0),
  );
  if (ports.length === 0) return [finished(spec, {}, {}, spec.type)];
  const [first, ...others] = ports.map(([port, { accepts }]) => ({
    port,
    providers: accepts.flatMap((type) => PROVIDERS[type]),
  }));
  const cases: ContractCase[] = [];
  for (const provider of first?.providers ?? []) {
    if (provider.given === true) continue;
    // Later inputs try the last provider first, so that two inputs of one type differ.
    for (const rest of combinations(others.map(({ providers }) => [...providers].reverse()))) {
      if (rest.some((other) => other.last === provider.last)) continue;
      const from: Record<string, string> = { [first?.port ?? '']: provider.last };
      let chain: Chain = provider.chain;
      rest.forEach((other, index) => {
        chain = { ...chain, ...other.chain };
        from[others[index]?.port ?? ''] = other.last;
      });
      const candidate = finished(spec, chain, from, '');
      if (!accepts(candidate)) continue;
      cases.push({ ...candidate, title: titleOf(candidate) });
      break;
    }
  }
  return cases;
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (found, list) => found.flatMap((some) => list.map((item) => [...some, item])),
    [[]],
  );
}

function titleOf({ chain, subject }: ContractCase): string {
  const names: string[] = [];
  for (const [name, stage] of Object.entries(chain)) {
    if (name === subject) break;
    names.push(stage.spec.type);
  }
  return `${chain[subject]?.spec.type ?? ''} after ${names.join(' + ')}`;
}

function accepts(candidate: ContractCase): boolean {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  try {
    runChain(ops, candidate.chain, CONTRACT_GRID);
    return true;
  } catch (error) {
    if (error instanceof ElementProblem) return false;
    throw error;
  } finally {
    ops.close(scope);
  }
}

function finished(
  spec: ElementSpec,
  before: Chain,
  from: Readonly<Record<string, string>>,
  title: string,
): ContractCase {
  const chain: Record<string, Stage> = {
    ...before,
    [SUBJECT]: { spec, params: subjectParams(spec, before), from },
  };
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  try {
    const kind = outputKind(spec, before, from, ops);
    if (kind === 'farField') {
      chain['exitPupil'] = { spec: pupil, params: { numericalAperture: 0.9 }, from: { in: SUBJECT } };
      chain['sensor'] = { spec: camera, params: pixels(0.15e-6), from: { in: 'exitPupil' } };
    } else if (kind === 'pupil' || kind === 'field') {
      const pitch = kind === 'pupil' ? 0.15e-6 : 13e-6;
      // A camera does not see how light is polarised.
      const sees = spec.category === 'polarisation' ? 'analyser' : SUBJECT;
      if (sees === 'analyser')
        chain[sees] = { spec: linearPolariser, params: { angle: 0.4 }, from: { in: SUBJECT } };
      chain['sensor'] = { spec: camera, params: pixels(pitch), from: { in: sees } };
    }
  } finally {
    ops.close(scope);
  }
  return { title, chain, subject: SUBJECT, sink: Object.keys(chain).at(-1) ?? SUBJECT };
}

function outputKind(
  spec: ElementSpec,
  before: Chain,
  from: Readonly<Record<string, string>>,
  ops: Ops,
): PortType {
  const declared = Object.values(spec.outputs)[0]?.type ?? 'scalar';
  if (typeof declared === 'string') return declared;
  const fed = from[declared.like] ?? '';
  const value = runChain(ops, before, CONTRACT_GRID)[fed];
  if (value === undefined) return 'scalar';
  return value.kind === 'polychromatic' ? mainChannel(value).kind : value.kind;
}

/** Parameters that fit the small grid and the images of the chains. */
function subjectParams(spec: ElementSpec, before: Chain): Record<string, Setting> {
  const params: Record<string, Setting> = { ...contractSettings[spec.type] };
  for (const [name, param] of Object.entries(spec.params)) {
    if (param.kind === 'integer' && params[name] === undefined)
      params[name] = { rows: IMAGE_ROWS, columns: IMAGE_COLUMNS }[name] ?? STACK_PLANES;
    if (param.kind === 'image') params[name] = 'contract';
    if (name === 'pixelPitch' && params[name] === undefined)
      params[name] = 'pupil' in before ? 0.13e-6 : 13e-6;
    if (name === 'refractiveIndex' && Object.keys(before).length === 0) params[name] = MEDIUM_INDEX;
  }
  return params;
}

/** Runs a chain: every stage's (only) output. Differentiates in the mode of `ops`; the caller holds a scope. */
export function runChain(
  ops: Ops,
  chain: Chain,
  grid: SimulationGrid,
  change: ChainValues = {},
  replace: Readonly<Record<string, (value: PortValue) => PortValue>> = {},
): Record<string, PortValue> {
  const found: Record<string, PortValue> = {};
  for (const [name, { spec, params, from }] of Object.entries(chain)) {
    const inputs: Record<string, PortValue | undefined> = {};
    for (const [port, other] of Object.entries(from)) inputs[port] = found[other];
    const values: Record<string, ParamValue<ParamSpec>> = {};
    for (const [id, param] of Object.entries(spec.params)) {
      values[id] =
        param.kind === 'map'
          ? contractMap(ops, param, Number(params[param.cells]))
          : paramValue(`${name}.${id}`, param, params[id], change);
    }
    const outputs: Outputs = forwardSpectrum(spec, inputs, values, {
      ops,
      grid,
      nodeId: name,
      planes: null,
      perPlane: (id, planes) =>
        Array.from({ length: planes }, (_, index) => {
          const setting = params[id];
          const listed = Array.isArray(setting) ? (setting as readonly number[])[index] : undefined;
          const path = `${name}.${id}.${index}`;
          const own =
            change.values?.has(path) === true || change.slots?.has(path) === true || listed !== undefined;
          const shared = scalarSetting(spec.params[id], setting);
          return own ? scalarAt(path, listed ?? shared, change) : scalarAt(`${name}.${id}`, shared, change);
        }),
    });
    const output = Object.values(outputs)[0];
    if (output === undefined) throw new Error(`${name} has no output.`);
    found[name] = replace[name]?.(output) ?? output;
  }
  return found;
}

/** A map whose cells all differ, in the range that its picture shows. */
function contractMap(ops: Ops, { soft: [low, high] }: MapParam, cells: number): Real {
  return ops.hostMap([], [cells, cells], 'real', () => ({
    value: Float64Array.from(
      { length: cells * cells },
      (_, i) => low + (high - low) * (0.5 + 0.4 * Math.sin(1 + 2.3 * i)),
    ),
    partials: [],
  }));
}

function scalarSetting(param: ParamSpec | undefined, setting: Setting | undefined): number {
  if (typeof setting === 'number') return setting;
  return param?.kind === 'quantity' ? param.default : 0;
}

function scalarAt(path: string, value: number, { values, slots }: ChainValues): Scalar {
  const current = values?.get(path) ?? value;
  const slot = slots?.get(path);
  return slot === undefined ? constantScalar(current) : parameterScalar(current, slot);
}

function paramValue(
  path: string,
  param: Exclude<ParamSpec, MapParam>,
  setting: Setting | undefined,
  change: ChainValues,
): ParamValue<ParamSpec> {
  switch (param.kind) {
    case 'quantity':
      return scalarAt(path, scalarSetting(param, setting), change);
    case 'zernike': {
      const stored =
        typeof setting === 'object' && !Array.isArray(setting) ? (setting as Record<string, number>) : {};
      const keys = [...(change.values?.keys() ?? []), ...(change.slots?.keys() ?? [])];
      const named = keys.filter((key) => key.startsWith(`${path}.`)).map((key) => key.slice(path.length + 1));
      const indices = [...new Set([...Object.keys(stored), ...named].map(Number))].sort((a, b) => a - b);
      return indices.map((nollIndex) => ({
        nollIndex,
        coefficient: scalarAt(`${path}.${nollIndex}`, stored[String(nollIndex)] ?? 0, change),
      }));
    }
    case 'image':
      return setting === undefined ? null : CONTRACT_IMAGE;
    default:
      return (setting ?? param.default) as number | string | boolean;
  }
}

/** The device samples of a value, far fields evaluated on the pupil of the small grid. */
export function samplesOf(ops: Ops, value: PortValue, grid: SimulationGrid): Tensor {
  if (value.kind === 'polychromatic') return samplesOf(ops, mainChannel(value), grid);
  return value.kind === 'farField'
    ? value.evaluate(ops, pupilGrid(grid.samples), constantScalar(0.9))
    : value.samples;
}

/**
 * A number that depends on every sample: Σ w·x for real samples, Re Σ conj(w)·x for complex ones, with fixed
 * weights drawn from `seed` evenly in [-1, 1].
 */
export function weightedSum(ops: Ops, samples: Tensor, seed: number): Real {
  const random = new SeededRandom(seed);
  const count = sizeOf(samples.shape);
  const draw = (length: number) => Float64Array.from({ length }, () => 2 * random.uniform() - 1);
  const axes = samples.shape.map((_, axis) => axis);
  if (samples.dtype === 'real') {
    const weights = ops.upload(draw(count), samples.shape, 'real');
    return ops.sum(ops.multiply(weights, samples as Real), axes);
  }
  const weights = ops.upload(draw(2 * count), samples.shape, 'complex');
  return ops.sum(ops.realPart(ops.multiply(weights, samples as Complex)), axes);
}

/**
 * A random value in the range of the slider, never zero: evenly, or evenly in the logarithm, then within half a
 * decade of `near` where that is given.
 */
export function drawQuantity(
  param: ParamSpec & { readonly soft: readonly [number, number] },
  random: SeededRandom,
  near: number | null = null,
): number {
  const isLog = param.kind === 'quantity' && param.scale === 'log' && param.soft[0] > 0;
  const [low, high] =
    isLog && near !== null && near > 0 ? [near / Math.sqrt(10), near * Math.sqrt(10)] : param.soft;
  // The middle nine tenths keep a difference step inside the legal range.
  const t = 0.05 + 0.9 * random.uniform();
  const value = isLog ? low * (high / low) ** t : low + (high - low) * t;
  return value === 0 ? 0.37 * high : value;
}
