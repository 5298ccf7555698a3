/**
 * Where a fit of spheres in front of a reference wave starts: found in the target itself (`graph/findSpheres.ts`), with
 * what the design knows held as it is.
 */
import { type Plan, upstream } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { type FoundSpheres, findSpheres } from '../../graph/findSpheres.ts';
import type { Scalar } from '../../optics/ops/scalar.ts';
import type { ScatteringSphere } from '../../optics/scattering/sphere.ts';
import { type SphereAt, spheresOf } from '../../optics/scattering/sphereLight.ts';
import type { Known, Range, SphereQuestion } from '../../optics/scattering/sphereStarts.ts';
import type { FarField, PortValue } from '../../optics/values.ts';
import { comparisonIn } from './fitObjective.ts';
import type { FitParameter } from './fitParts.ts';
import type { FitProblem } from './fitProblem.ts';

/** Spheres of a design with the optics that look at them. */
interface SphereScene {
  readonly spheres: readonly SphereAt[];
  readonly light: FarField;
  readonly numericalAperture: number;
}

/** Around what the design says: no sphere of another material or of a quite different size fits better by chance. */
const INDEX_REACH = 0.12;
/** A design whose sphere has the index of the medium, and so scatters nothing, says nothing of it. */
const UNKNOWN_REACH = 0.3;
const SIZE_FACTOR = 4;
/** Least difference of the indices, and least distance before focus. */
const LEAST_CONTRAST = 0.02;
const LEAST_DEPTH = 0.3e-6;
/** Depths are looked for up to this many half widths of the image, and around the start by this share and length. */
const HALF_WIDTHS = 4;
const DEPTH_FACTOR = 1.6;
const DEPTH_REACH = 5e-6;

/** What is to be searched in a target. */
interface SphereTarget {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  /** The node whose image is the model. */
  readonly model: string;
  readonly data: ArrayLike<number>;
  readonly mask: ArrayLike<number> | null;
  readonly shape: readonly number[];
  /** Object-space, metres. */
  readonly pitch: number;
  readonly parameters: readonly FitParameter[];
}

/** What runs a design, and how its model image is sampled. */
type SphereContext = Pick<SphereTarget, 'runner' | 'plan' | 'pitch'>;

/** A point in scaled units from which the spheres of a design explain its target; null where it has none. */
export function sphereStart(problem: FitProblem, context: SphereContext): Float64Array | null {
  const target = targetOf(problem, context);
  const scene = target === null ? null : sceneOf(target);
  if (target === null || scene === null) return null;
  const found = searchedIn(target, scene, scene.spheres.length);
  return found === null ? null : pointOf(scene, found, problem.parameters);
}

/** Every sphere in the target of a design with at least one; null where it has none. */
export function spheresIn(problem: FitProblem, context: SphereContext): FoundSpheres | null {
  const target = targetOf(problem, context);
  const scene = target === null ? null : sceneOf(target);
  return target === null || scene === null ? null : searchedIn(target, scene, null);
}

function targetOf(problem: FitProblem, { runner, plan, pitch }: SphereContext): SphereTarget | null {
  const model = comparisonIn(plan).modelFrom.node;
  const { data, mask, shape, parameters } = problem;
  return { runner, plan, model, data, mask, shape, pitch, parameters };
}

function searchedIn(
  { data, mask, shape, pitch, parameters }: SphereTarget,
  scene: SphereScene,
  count: number | null,
): FoundSpheres | null {
  const [ny = 1, nx = 1] = shape.slice(-2);
  if (ny * nx !== data.length) return null;
  const counts = (i: number) => mask === null || (mask[i] as number) > 0;
  let [sum, number] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (!counts(i)) continue;
    sum += data[i] as number;
    number++;
  }
  const mean = sum / Math.max(1, number);
  if (!(mean > 0)) return null;
  const values = Float64Array.from(data, (value) => value / mean);
  const question = questionOf(scene, parameters, (Math.max(ny, nx) * pitch) / 2);
  const { value: polarizationAngle } = scene.light.polarizationAngle;
  return findSpheres({ values, ny, nx, counts, pitch }, { question, polarizationAngle, count });
}

/** Spheres with derivatives by the unknowns, and what looks at them. */
function sceneOf({ runner, plan, model, parameters }: SphereTarget): SphereScene | null {
  const values = new Map(parameters.map(({ path, value }) => [path, value]));
  const whole = runner.run(plan, { ...NO_OVERRIDES, values }, 'value', new Set([model]));
  const before = upstream(plan, new Set([model]));
  const of = (kind: PortValue['kind']) =>
    [...whole].filter(
      ([id, { outputs }]) => before.has(id) && Object.values(outputs).some((value) => value.kind === kind),
    );
  const pupil = of('pupil').flatMap(([, { outputs }]) => Object.values(outputs))[0];
  const far = of('farField').map(([id]) => id);
  if (pupil?.kind !== 'pupil' || far.length === 0) return null;
  const slots = new Map(parameters.map(({ path }, slot) => [path, slot]));
  const scope = runner.ops.open();
  try {
    const run = runner.run(plan, { ...NO_OVERRIDES, values, slots }, 'forward', new Set(far));
    for (const id of far) {
      for (const light of Object.values(run.get(id)?.outputs ?? {})) {
        if (light.kind !== 'farField' || light.reference === null) continue;
        const spheres = spheresOf(light);
        const { value: numericalAperture } = pupil.numericalAperture;
        if (spheres !== null && spheres.length > 0) return { spheres, light, numericalAperture };
      }
    }
    return null;
  } finally {
    runner.ops.close(scope);
  }
}

/** What is open of the spheres, and in which range. */
function questionOf(
  { spheres, light, numericalAperture }: SphereScene,
  parameters: readonly FitParameter[],
  halfWidth: number,
): SphereQuestion {
  const optics = {
    wavelength: light.wavelength.value,
    mediumIndex: light.refractiveIndex.value,
    numericalAperture,
  };
  const all = (of: (sphere: SphereAt) => Scalar | undefined) => spheres.flatMap((sphere) => of(sphere) ?? []);
  const open = (scalars: readonly Scalar[], range: (from: number, to: number) => Range): Known | Range => {
    const numbers = scalars.map(({ value }) => value);
    const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
    const free = scalars.find(({ partials }) => partials.size > 0);
    if (free === undefined && from === to) return { fixed: from };
    const slot = free === undefined ? undefined : [...free.partials.keys()][0];
    const { min = -Infinity, max = Infinity } = slot === undefined ? {} : (parameters[slot] ?? {});
    const wide = free === undefined ? { from, to } : range(from, to);
    return { from: Math.max(min, wide.from), to: Math.min(max, wide.to) };
  };
  const first = spheres[0]?.sphere;
  const inner = first?.layers[0];
  const isDenser = (inner?.refractiveIndex.value ?? Infinity) >= optics.mediumIndex;
  return {
    optics,
    z: open(
      all(({ z }) => z),
      (from, to) => {
        const deepest = Math.max(Math.abs(from), Math.abs(to));
        const far = Math.max(HALF_WIDTHS * halfWidth, DEPTH_FACTOR * deepest, deepest + DEPTH_REACH);
        // Beyond focus only where the design says so: the fringes of both sides are alike.
        return { from: from < 0 ? -far : LEAST_DEPTH, to: to > 0 ? far : -LEAST_DEPTH };
      },
    ),
    radius: open(
      all(({ sphere }) => sphere.layers[0]?.radius),
      (from, to) => ({
        from: from / SIZE_FACTOR,
        to: to * SIZE_FACTOR,
      }),
    ),
    refractiveIndex: open(
      all(({ sphere }) => sphere.layers[0]?.refractiveIndex),
      (from, to) => {
        const { mediumIndex } = optics;
        const isSaid = Math.max(Math.abs(from - mediumIndex), Math.abs(to - mediumIndex)) >= LEAST_CONTRAST;
        const reach = isSaid ? INDEX_REACH : UNKNOWN_REACH;
        return {
          from: isDenser ? Math.max(from - reach, mediumIndex + LEAST_CONTRAST) : from - reach,
          to: isDenser ? to + reach : Math.min(to + reach, mediumIndex - LEAST_CONTRAST),
        };
      },
    ),
    amplitude: open(
      all(({ amplitude }) => amplitude),
      (from, to) => ({ from: from / 3, to: 1.4 * to }),
    ),
    layersOf: (radius, refractiveIndex) =>
      first === undefined ? [] : layersWith(first, radius, refractiveIndex),
  };
}

/** A sphere with another core; shells keep their thickness. */
function layersWith(
  { wavelength, mediumIndex, layers }: ScatteringSphere,
  radius: number,
  refractiveIndex: number,
) {
  const scale = (2 * Math.PI * mediumIndex.value) / wavelength.value;
  const grown = radius - (layers[0]?.radius.value ?? radius);
  return layers.map((layer, k) => ({
    sizeParameter: scale * (layer.radius.value + grown),
    mRe: (k === 0 ? refractiveIndex : layer.refractiveIndex.value) / mediumIndex.value,
    mIm: layer.extinctionCoefficient.value / mediumIndex.value,
  }));
}

/** The unknowns for which the design's spheres are those that were found, each the nearest one. */
function pointOf(
  { spheres }: SphereScene,
  { spheres: found, amplitude }: FoundSpheres,
  parameters: readonly FitParameter[],
): Float64Array | null {
  if (found.length === 0) return null;
  const point = new Float64Array(parameters.length);
  const set = (scalar: Scalar | undefined, value: number) => {
    if (scalar === undefined) return;
    for (const [slot, partial] of scalar.partials) {
      const parameter = parameters[slot];
      if (parameter === undefined || partial === 0) continue;
      const wanted = parameter.value + (value - scalar.value) / partial;
      const legal = Math.min(parameter.max, Math.max(parameter.min, wanted));
      point[slot] = (legal - parameter.value) / parameter.step;
    }
  };
  const pairs = spheres
    .flatMap((own) => found.map((seen) => ({ own, seen, far: distance(own, seen) })))
    .sort((a, b) => a.far - b.far);
  const [placed, taken] = [new Set<SphereAt>(), new Set<object>()];
  for (const { own, seen } of pairs) {
    if (placed.has(own) || taken.has(seen)) continue;
    placed.add(own);
    taken.add(seen);
    set(own.x, seen.x);
    set(own.y, seen.y);
    set(own.z, seen.z);
    set(own.sphere.layers[0]?.radius, seen.radius);
    set(own.sphere.layers[0]?.refractiveIndex, seen.refractiveIndex);
    set(own.amplitude, amplitude);
  }
  return point;
}

function distance(own: SphereAt, seen: { readonly x: number; readonly y: number }): number {
  return Math.hypot(own.x.value - seen.x, own.y.value - seen.y);
}
