/** Light with two components of the electric field, and what Jones matrices make of it. */
import { axesWith, lengthOf, withAxes, withAxis } from './axes.ts';
import {
  type ComplexScalar,
  complexScalar,
  cosine,
  type JonesMatrix,
  type JonesVector,
  sine,
  timesVector,
} from './jones.ts';
import { sizeOf } from './ops/kernels.ts';
import type { Complex, Ops } from './ops/ops.ts';
import type { Scalar } from './ops/scalar.ts';
import { ElementProblem } from './problem.ts';
import { planeShape } from './sampledGrid.ts';
import type { Axis, Field, LightParts, Pupil } from './values.ts';

/** Light that elements which act on all of a plane alike can take. */
export type SampledLight = Field | Pupil;

/** Complex numbers as an array [...shape], row by row. */
export function fromComplexScalars(
  ops: Ops,
  numbers: readonly ComplexScalar[],
  shape: readonly number[],
): Complex {
  return ops.hostMap(
    numbers.flatMap(({ re, im }) => [re, im]),
    shape,
    'complex',
    (values, wanted) => ({
      value: Float64Array.from(values),
      partials: wanted.map((want, at) => {
        if (!want) return undefined;
        const unit = new Float64Array(values.length);
        unit[at] = 1;
        return unit;
      }),
    }),
  );
}

function direction(light: SampledLight): JonesVector {
  const { polarizationAngle } = light;
  return [complexScalar(cosine(polarizationAngle)), complexScalar(sine(polarizationAngle))];
}

/** The same light with other samples; what passed a plate is no longer known to be a source's plane wave. */
function withSamples<L extends SampledLight>(light: L, samples: Complex, axes: readonly Axis[]): L {
  return light.kind === 'field' ? { ...light, samples, axes, planeWaves: null } : { ...light, samples, axes };
}

/** Light whose samples (and a pupil's reference wave) are changed by a function of samples [...axes, rows, columns]. */
export function changed<L extends SampledLight>(
  light: L,
  change: (samples: Complex, axes: readonly Axis[]) => Complex,
  axes: readonly Axis[],
): L {
  const made = withSamples(light, change(light.samples, light.axes), axes);
  if (made.kind !== 'pupil' || made.reference === null) return made;
  const { reference } = made;
  return { ...made, reference: { ...reference, samples: change(reference.samples, reference.axes) } };
}

/** Light as Ex, Ey: with a component axis of length 2. Light with Ez is refused. */
export function jonesForm<L extends SampledLight>(ops: Ops, light: L): L {
  refuseAxialComponent(light);
  const axes = axesWith(light.axes, 'component');
  const vector = direction(light);
  return changed(light, (samples, own) => intoComponents(ops, { samples, axes: own }, vector), axes);
}

/** Light behind a Jones matrix, the same over the whole plane. */
export function throughJones<L extends SampledLight>(ops: Ops, light: L, matrix: JonesMatrix): L {
  refuseAxialComponent(light);
  const vector = timesVector(matrix, direction(light));
  const change = (samples: Complex, axes: readonly Axis[]): Complex => {
    const own = { samples, axes };
    if (lengthOf(own, 'component') === 1) return intoComponents(ops, own, vector);
    return timesComponents(ops, fromComplexScalars(ops, matrix, [2, 2]), samples);
  };
  const made = changed(light, change, axesWith(light.axes, 'component'));
  if (made.kind !== 'field' || light.kind !== 'field' || light.planeWaves === null) return made;
  // Of plane waves it is known what becomes of each.
  const planeWaves = light.planeWaves.map((wave) => ({
    ...wave,
    jones: timesVector(matrix, wave.jones ?? direction(light)),
  }));
  return { ...made, planeWaves };
}

/** Σ_j matrix[i, j] samples[..., j, ny, nx]. */
function timesComponents(ops: Ops, matrix: Complex, samples: Complex): Complex {
  const [ny, nx] = planeShape(samples);
  const before = samples.shape.slice(0, -3);
  if (!matrix.tracked) {
    const flat = ops.reshape(samples, [...before, 2, ny * nx]);
    return ops.reshape(ops.matmul(matrix, flat), samples.shape);
  }
  // The derivative by an entry is a sum over all samples, for which a matrix product is the wrong shape.
  const columns = ops.reshape(samples, [...before, 1, 2, ny, nx]);
  const products = ops.multiply(ops.reshape(matrix, [2, 2, 1, 1]), columns);
  return ops.reshape(ops.sum(products, [before.length + 1]), samples.shape);
}

/** Light times a complex number. */
export function scaledLight<L extends SampledLight>(ops: Ops, light: L, factor: ComplexScalar): L {
  const number = fromComplexScalars(ops, [factor], [1]);
  return changed(light, (samples) => ops.multiply(samples, number), light.axes);
}

function intoComponents(
  ops: Ops,
  light: { readonly samples: Complex; readonly axes: readonly Axis[] },
  vector: JonesVector,
): Complex {
  if (lengthOf(light, 'component') > 1) return light.samples;
  return ops.multiply(withAxis(ops, light, 'component'), fromComplexScalars(ops, vector, [2, 1, 1]));
}

function refuseAxialComponent(light: SampledLight): void {
  if (lengthOf(light, 'component') <= 2) return;
  throw new ElementProblem(
    'This light has a component of the field along the axis: it is focused or tilted too strongly for Jones optics.',
    'Place the element where the light is collimated along the axis, or choose a scalar field at a tilted source.',
  );
}

/** Whether light is linearly polarised along one and the same fixed direction in both fields. */
function sameDirection(a: Scalar, b: Scalar): boolean {
  const isFixed = a.partials.size === 0 && b.partials.size === 0;
  return (
    a === b || (isFixed && Math.abs(Math.sin(a.value - b.value)) < 1e-15 && Math.cos(a.value - b.value) > 0)
  );
}

/**
 * Two fields of one grid and wavelength in one form, so that their samples may be added: with Jones components unless
 * both are polarised along the same line. Part i of one interferes with part i of the other where they came from the
 * same source; parts of different sources get places of their own. Coherent light is coherent with all coherent light.
 */
export function alignedFields(ops: Ops, a: Field, b: Field): readonly [Field, Field] {
  const [planesA, planesB] = [lengthOf(a, 'plane'), lengthOf(b, 'plane')];
  if (planesA !== planesB && planesA !== 1 && planesB !== 1) {
    throw new ElementProblem(
      `The lights that meet here have ${planesA} and ${planesB} planes.`,
      'Use stacks of equal length, or one plane in one of the arms.',
    );
  }
  const areScalar = !a.axes.includes('component') && !b.axes.includes('component');
  const isAlike = areScalar && sameDirection(a.polarizationAngle, b.polarizationAngle);
  const [first, second] = isAlike ? [a, b] : [jonesForm(ops, a), jonesForm(ops, b)];
  return haveSameParts(a, b) ? [first, second] : besideEachOther(ops, first, second);
}

const COHERENT = 'coherent light';

function haveSameParts(a: Field, b: Field): boolean {
  const [of, others] = [a.parts ?? COHERENT, b.parts ?? COHERENT];
  if (nameOf(of) === nameOf(others)) return true;
  const [mine, theirs] = [sourcesOf(of), sourcesOf(others)];
  const shared = mine.filter((source) => theirs.includes(source)).length;
  if (shared === 0) return false;
  throw new ElementProblem(
    shared === mine.length && shared === theirs.length
      ? 'The lights that meet here come from the same sources, but these met in another order.'
      : 'One of the lights that meet here consists of several sources and shares only some of them with the other.',
    'Bring all sources together before the light is split into arms.',
  );
}

function nameOf(parts: LightParts): string {
  return JSON.stringify(parts);
}

function sourcesOf(parts: LightParts): readonly string[] {
  return typeof parts === 'string' ? [parts] : parts.flatMap(sourcesOf);
}

/**
 * The fields in one list of parts, each in a half of its own: nothing of one interferes with the other. Which half
 * follows from the sources, so that they may come from either side.
 */
function besideEachOther(ops: Ops, a: Field, b: Field): readonly [Field, Field] {
  const count = Math.max(lengthOf(a, 'mode'), lengthOf(b, 'mode'));
  const [of, others] = [a.parts ?? COHERENT, b.parts ?? COHERENT];
  const isFirst = nameOf(of) < nameOf(others);
  const parts: LightParts = isFirst ? [of, others] : [others, of];
  return [
    halfOfParts(ops, a, count, isFirst ? 0 : 1, parts),
    halfOfParts(ops, b, count, isFirst ? 1 : 0, parts),
  ];
}

/** Light with twice `count` parts: its own, as many dark ones as it has less than `count`, and a dark half. */
function halfOfParts(ops: Ops, light: Field, count: number, half: 0 | 1, parts: LightParts): Field {
  const axes = axesWith(light.axes, 'mode');
  const samples = withAxes(ops, light, axes);
  const [own = 1, ...rest] = samples.shape;
  const flat = ops.reshape(samples, [own, sizeOf(rest)]);
  const filled = ops.reshape(ops.resize(flat, count, sizeOf(rest)), [1, count, ...rest]);
  const place = ops.constant(`parts:${half}`, [2, 1], 'real', () => Float64Array.of(1 - half, half));
  const both = ops.multiply(ops.reshape(place, [2, 1, ...rest.map(() => 1)]), filled);
  return { ...light, parts, axes, planeWaves: null, samples: ops.reshape(both, [2 * count, ...rest]) };
}
