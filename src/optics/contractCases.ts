/**
 * The cases of the element contract tests: chains made from the declarations, so that a new element is covered
 * without a line here, and random legal parameters.
 */
import { contractSettings, type Setting } from './contractSettings.ts';
import type { ElementSpec, ParamSpec, SimulationGrid } from './element.ts';
import { camera } from './elements/detection/camera.ts';
import { energyGoal } from './elements/fit/energyGoal.ts';
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
import type { SeededRandom } from './maths/random.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { ElementProblem } from './problem.ts';
import { mainChannel } from './spectral.ts';
import { type Chain, CONTRACT_IMAGE, runChain, type Stage } from './testChain.ts';
import type { PortType } from './values.ts';

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

/** Small, with the odd sizes where even ones could hide a half-sample error. */
export const CONTRACT_GRID: SimulationGrid = { samples: 16, pitch: 20e-6 };
export const STACK_PLANES = 3;
/** Above the largest aperture of the slider, so that any drawn aperture is legal. */
const MEDIUM_INDEX = 1.518;

const [IMAGE_ROWS = 1, IMAGE_COLUMNS = 1] = CONTRACT_IMAGE.shape;

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
  // What is wanted of a number is the same for all goals; beyond a bound nothing but rounding is left to compare.
  if (name === 'want') return spec !== energyGoal || value === 'atMost';
  // Of readings only; one number of shells stands for the others.
  if (name === 'scan' || name === 'shells') return spec !== mieSphere || value !== '2';
  if (name === 'spectrum') return spec !== planeWave;
  if (name === 'collects') return spec !== mieSphere;
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
    const all = combinations(others.map(({ providers }) => [...providers].reverse()));
    const alone = ports.slice(1).every(([, { optional }]) => optional === true) ? [[]] : [];
    for (const rest of [...all, ...alone]) {
      if (rest.some((other) => other.last === provider.last || isClash(other.chain, provider.chain)))
        continue;
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

/** Whether one name stands for different stages. */
function isClash(a: Chain, b: Chain): boolean {
  return Object.entries(a).some(([name, stage]) => name in b && b[name] !== stage);
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
    if (param.kind === 'image' && params[name] === undefined) params[name] = 'contract';
    if (name === 'pixelPitch' && params[name] === undefined)
      params[name] = 'pupil' in before ? 0.13e-6 : 13e-6;
    if (name === 'refractiveIndex' && Object.keys(before).length === 0) params[name] = MEDIUM_INDEX;
  }
  return params;
}

/** A given length that is small beside its slider belongs to the chain, too: most of the slider is beyond the window. */
function isDrawnByLog(
  param: ParamSpec & { readonly soft: readonly [number, number] },
  near: number | null,
): boolean {
  const [low, high] = param.soft;
  if (param.kind !== 'quantity') return false;
  if (param.scale === 'log') return low > 0;
  return param.quantity === 'length' && low === 0 && near !== null && near > 0 && near < 0.05 * high;
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
  const isLog = isDrawnByLog(param, near);
  const [low, high] =
    isLog && near !== null && near > 0 ? [near / Math.sqrt(10), near * Math.sqrt(10)] : param.soft;
  // The middle nine tenths keep a difference step inside the legal range.
  const t = 0.05 + 0.9 * random.uniform();
  const value = isLog ? low * (high / low) ** t : low + (high - low) * t;
  return value === 0 ? 0.37 * high : value;
}
