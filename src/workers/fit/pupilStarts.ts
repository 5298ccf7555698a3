/**
 * Where fits of aberrations begin: with large ones the nearest minimum is not the deepest, and terms that are even about
 * the axis have no slope in focus. A short projection run (`pupilProjection.ts`) says what the light in the pupil is, and
 * its slopes what that means in terms of the unknowns.
 */
import type { Plan } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { linkedScalars, NO_LINKS } from '../../graph/expressions/links.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import { zernike } from '../../optics/maths/zernike.ts';
import { constantScalar } from '../../optics/ops/scalar.ts';
import { fourierKernel } from '../../optics/pupil/zoomTransform.ts';
import type { Pupil } from '../../optics/values.ts';
import type { FitProblem } from './fitProblem.ts';
import { projectedPupil } from './pupilProjection.ts';

interface PupilContext {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  readonly learnables: readonly Learnable[];
  /** Object-space, metres. */
  readonly pitch: number;
}

/** More planes than this tell a start no more. */
const MOST_PLANES = 9;
const ITERATIONS = 25;
/** Projections that overshoot need a third of the steps. */
const RELAXATION = 1.8;
/** Standard deviations of what lies around a spot below which a pixel is hardly light. */
const SIGNIFICANT = 2;
/** Of the mean curvature: keeps together what the pupil cannot tell apart, such as z and defocus. */
const RIDGE = 1e-3;

/** The model's light behind the pupil and what it needs to become a picture. */
interface Scene {
  readonly pupil: Pupil;
  readonly light: Float64Array | Float32Array;
  readonly shape: readonly number[];
}

/**
 * A point near the one given whose pupil is what projections onto the measured planes lead to; null where the model is
 * not one pupil seen in several planes.
 */
export async function projectedStart(
  problem: FitProblem,
  context: PupilContext,
  point: Float64Array,
  iterations = ITERATIONS,
): Promise<Float64Array | null> {
  const planes = problem.shape.length === 3 ? (problem.shape[0] ?? 1) : 1;
  // Terms that differ from plane to plane, as over a field, are no one pupil's.
  const isOnePupil = context.learnables.every(
    ({ nollIndex, param }) => nollIndex === null || param === 'zernike',
  );
  if (planes < 2 || problem.normalization !== 'none' || !isOnePupil) return null;
  const scope = context.runner.ops.open();
  try {
    const scene = await sceneAt(problem, context, point);
    if (scene === null) return null;
    const found = await projected(problem, context, scene, iterations);
    return found === null ? null : moved(problem, context, scene.pupil, found, point);
  } finally {
    context.runner.ops.close(scope);
  }
}

async function sceneAt(
  problem: FitProblem,
  { runner, plan, learnables }: PupilContext,
  point: Float64Array,
): Promise<Scene | null> {
  const model = plan.order.find(({ spec }) => spec.type === 'loss')?.inputs.get('model');
  const camera = plan.order.find(({ node }) => node.id === model?.node);
  const from = camera?.inputs.get('in');
  if (from === undefined || camera?.spec.type !== 'camera') return null;
  // A bead of a size shines from several points: projections follow the one in its middle.
  const beads = plan.order.flatMap(({ node }) =>
    node.type === 'bead' ? [[`${node.id}.diameter`, 0] as const] : [],
  );
  const sizes = new Map<string, number>(beads);
  const given = problem.valuesAt(point);
  // With values of its own, whatever follows a size keeps it, and no link gives the bead a size again.
  const linked = linkedScalars(plan.links, { ...NO_OVERRIDES, values: given });
  const followed = [...linked].map(([path, { value }]) => [path, value] as const);
  const values = new Map([...given, ...followed, ...sizes]);
  // A size that is learned has no slope here: with a slot the bead would shine from several points.
  const slots = new Map(
    learnables.flatMap(({ path }, slot) => (sizes.has(path) ? [] : [[path, slot] as const])),
  );
  const alone = { ...plan, links: NO_LINKS };
  const run = runner.run(alone, { ...NO_OVERRIDES, values, slots }, 'value', new Set([from.node]));
  const pupil = run.get(from.node)?.outputs[from.port];
  if (pupil?.kind !== 'pupil' || pupil.reference !== null || pupil.beside !== undefined) return null;
  if (pupil.axes.join() !== 'plane,component' || pupil.place.distances.length < 2) return null;
  const [light] = await runner.ops.read([pupil.samples]);
  return light === undefined ? null : { pupil, light, shape: pupil.samples.shape };
}

/** Every so-many-th plane of the model's light and of the measured moduli, projected. */
async function projected(
  problem: FitProblem,
  { runner, pitch }: PupilContext,
  { pupil, light, shape }: Scene,
  iterations: number,
): Promise<{ factor: Float64Array; samples: number } | null> {
  const { ops } = runner;
  const [planes = 1, components = 1, samples = 1] = shape;
  const [, rows = 1, columns = 1] = problem.shape;
  const every = Math.ceil(planes / MOST_PLANES);
  const chosen = Array.from({ length: planes }, (_, i) => i).filter(
    (i) => (i - Math.floor(planes / 2)) % every === 0,
  );
  const picked = <T extends Float64Array | Float32Array>(values: T, size: number): Float64Array => {
    const out = new Float64Array(chosen.length * size);
    for (const [i, plane] of chosen.entries())
      out.set(values.subarray(plane * size, (plane + 1) * size), i * size);
    return out;
  };
  const count = chosen.length;
  const steps = {
    step: constantScalar((pupil.numericalAperture.value / pupil.wavelength.value) * pitch),
    spacing: 1 / pupil.grid.radius,
    sign: -1,
  } as const;
  const lit = ops.upload(
    picked(light, 2 * components * samples ** 2),
    [count, components, samples, samples],
    'complex',
  );
  const [toRows, toColumns] = [rows, columns].map((pixels) => fourierKernel(ops, steps, pixels, samples));
  if (toRows === undefined || toColumns === undefined) return null;
  const size = rows * columns;
  const counted = problem.mask === null ? null : picked(problem.mask, size);
  const image = ops.sum(ops.absSquared(ops.sandwich(toRows, lit, toColumns)), [1]);
  const seen =
    counted === null ? image : ops.multiply(image, ops.upload(counted, [count, 1, rows, columns], 'real'));
  const [energy] = await ops.read([ops.sum(seen, [...seen.shape.keys()])]);
  const measured = picked(measuredModuli(problem), size);
  const sum = measured.reduce((total, modulus) => total + modulus ** 2, 0);
  const scale = Math.sqrt((energy?.[0] ?? 0) / Math.max(sum, Number.MIN_VALUE));
  const factor = await projectedPupil(ops.kernels, {
    light: lit.array,
    toRows: toRows.array,
    toColumns: toColumns.array,
    turns: steps.step.value * steps.spacing,
    moduli: measured.map((modulus) => modulus * scale),
    counted,
    relaxation: RELAXATION,
    kind: 'phase',
    iterations,
  });
  return { factor, samples };
}

/** Square roots of what exceeds the surroundings, plane by plane; what noise makes of dark pixels is held down. */
function measuredModuli({ data, mask, shape }: FitProblem): Float64Array {
  const [planes = 1, rows = 1, columns = 1] = shape;
  const size = rows * columns;
  const moduli = new Float64Array(data.length);
  const isEdge = (i: number) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return Math.min(row, column, rows - 1 - row, columns - 1 - column) < 2;
  };
  const counts = (k: number) => mask === null || (mask[k] as number) > 0;
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * size;
    const edge: number[] = [];
    for (let i = 0; i < size; i++) if (isEdge(i) && counts(start + i)) edge.push(data[start + i] as number);
    edge.sort((a, b) => a - b);
    const at = (share: number) => edge[Math.min(edge.length - 1, Math.floor(share * edge.length))] ?? 0;
    const level = at(0.5);
    // Of a normal distribution 68 % lie within one standard deviation.
    const noise = SIGNIFICANT * ((at(0.84) - at(0.16)) / 2);
    for (let k = start; k < start + size; k++) {
      if (!counts(k)) continue;
      const signal = Math.max(0, (data[k] as number) - level);
      if (signal > 0) moduli[k] = Math.sqrt(signal ** 3 / (signal ** 2 + noise ** 2));
    }
  }
  return moduli;
}

/** Phase, in radians, that a unit step of each unknown gives the light at a point of the pupil; null for other unknowns. */
function phaseOf({ role, nollIndex, step }: Learnable, pupil: Pupil) {
  const k = (2 * Math.PI) / pupil.wavelength.value;
  const aperture = pupil.numericalAperture.value;
  const index = pupil.refractiveIndex.value;
  if (nollIndex !== null) return (x: number, y: number) => k * step * zernike(nollIndex, x, y);
  if (role === 'lateralX') return (x: number) => k * step * aperture * x;
  if (role === 'lateralY') return (_: number, y: number) => k * step * aperture * y;
  if (role !== 'axial') return null;
  return (x: number, y: number) => {
    const sine = Math.min(1, (x * x + y * y) * (aperture / index) ** 2);
    return (-k * step * index * sine) / (1 + Math.sqrt(1 - sine));
  };
}

/** The point moved such that the phase differences between neighbours in the pupil are those of the factor. */
function moved(
  problem: FitProblem,
  { learnables }: PupilContext,
  pupil: Pupil,
  { factor, samples }: { factor: Float64Array; samples: number },
  point: Float64Array,
): Float64Array | null {
  // Tip, tilt and defocus are told from a place in space hardly or not at all.
  const isTerm = (j: number) => learnables.some(({ nollIndex }) => nollIndex === j);
  const isTwin = ({ role }: Learnable) =>
    (role === 'lateralX' && isTerm(2)) ||
    (role === 'lateralY' && isTerm(3)) ||
    (role === 'axial' && isTerm(4));
  const acting = learnables.flatMap((learnable, slot) => {
    if (isTwin(learnable)) return [];
    const phase = phaseOf(learnable, pupil);
    return phase === null ? [] : [{ slot, map: mapOf(phase, samples, pupil.grid.radius) }];
  });
  const count = acting.length;
  const matrix = new Float64Array(count * count);
  const right = new Float64Array(count);
  const slopes = new Float64Array(count);
  for (let i = 0; i < samples ** 2; i++) {
    for (const next of [i + 1, i + samples]) {
      if (next >= samples ** 2 || (next === i + 1 && next % samples === 0)) continue;
      const [a, b] = [factor[2 * i] as number, factor[2 * i + 1] as number];
      const [c, d] = [factor[2 * next] as number, factor[2 * next + 1] as number];
      if (a * a + b * b === 0 || c * c + d * d === 0) continue;
      const turn = Math.atan2(a * d - b * c, a * c + b * d);
      acting.forEach(({ map }, j) => {
        slopes[j] = (map[next] as number) - (map[i] as number);
      });
      for (let j = 0; j < count; j++) {
        right[j] = (right[j] as number) + (slopes[j] as number) * turn;
        for (let l = 0; l <= j; l++) {
          const at = j * count + l;
          matrix[at] = (matrix[at] as number) + (slopes[j] as number) * (slopes[l] as number);
        }
      }
    }
  }
  const trace = acting.reduce((sum, _, j) => sum + (matrix[j * count + j] as number), 0);
  for (let j = 0; j < count; j++) {
    matrix[j * count + j] = (matrix[j * count + j] as number) + (RIDGE * trace) / count;
    for (let l = 0; l < j; l++) matrix[l * count + j] = matrix[j * count + l] as number;
  }
  const solved = choleskySolve(matrix, right, count);
  if (!solved.ok) return null;
  const out = point.slice();
  acting.forEach(({ slot }, j) => {
    const value = (point[slot] as number) + (solved.solution[j] as number);
    out[slot] = Math.min(problem.upper[slot] as number, Math.max(problem.lower[slot] as number, value));
  });
  return out;
}

function mapOf(phase: (x: number, y: number) => number, samples: number, radius: number): Float64Array {
  const middle = Math.floor(samples / 2);
  return Float64Array.from({ length: samples ** 2 }, (_, i) =>
    phase(((i % samples) - middle) / radius, (Math.floor(i / samples) - middle) / radius),
  );
}
