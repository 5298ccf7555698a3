/** Reference waves in a pupil: each passes it at one place, has its own amplitude there and is a plane wave behind. */
import { alongAxis } from '../axes.ts';
import { DIFFERENCE_STEP, eachMoved } from '../maths/difference.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import { divideScalars, multiplyScalars, type Scalar } from '../ops/scalar.ts';
import { isAxial } from '../planeWaves.ts';
import type { MapArgument } from '../sampledGrid.ts';
import type { Axis, Direction, Pupil, PupilGrid, PupilReference } from '../values.ts';
import type { PupilFunction } from './pupilMaps.ts';

/** Places of plane waves in a pupil, in units of its radius. */
function places(directions: readonly Direction[], numericalAperture: Scalar): readonly Scalar[] {
  return directions.flatMap(({ x, y }) =>
    [x, y].map((along) => divideScalars(multiplyScalars(along, -1), numericalAperture)),
  );
}

/** How far from the middle of the pupil its reference waves pass, in units of its radius; none beyond its edge. */
export function referencePlaces({ reference, numericalAperture }: Pupil): readonly number[] {
  const distances = (reference?.directions ?? []).map(({ x, y }) => Math.hypot(x.value, y.value));
  return distances.map((sine) => sine / numericalAperture.value).filter((rho) => rho <= 1);
}

/** A closed form over the pupil. */
export interface PupilTransmission {
  /** Stands for everything that `prepare` uses besides its arguments. */
  readonly name: string;
  readonly args: readonly MapArgument[];
  /** Writes real and imaginary part of the transmission at (x, y) in units of the pupil's radius. */
  readonly prepare: (values: readonly number[]) => PupilFunction;
}

interface ReferenceMap extends PupilTransmission {
  readonly grid: PupilGrid;
  readonly directions: readonly Direction[];
  readonly numericalAperture: Scalar;
  /** Numbers that the function gives at a place, for example [2, 2] for a matrix. */
  readonly axes: readonly number[];
}

/**
 * A closed form of the pupil where the waves pass it, complex [waves, ...axes, 1, 1]; 0 outside the pupil. Derivatives
 * by the arguments and by the places are four-point differences.
 */
function atReference(ops: Ops, map: ReferenceMap): Complex {
  const { name, grid, directions, numericalAperture, axes, args, prepare } = map;
  const count = axes.reduce((product, length) => product * length, 1);
  // A wave may cross the pupil's edge, which is one cell wide.
  const own = places(directions, numericalAperture).map((scalar) => ({ scalar, scale: 0.1 / grid.radius }));
  const all = [...args, ...own];
  const out = new Float64Array(2 * count);
  const addTo = (target: Float64Array, values: readonly number[], weight: number) => {
    const f = prepare(values.slice(0, args.length));
    for (let wave = 0; wave < directions.length; wave++) {
      const [x = 0, y = 0] = values.slice(args.length + 2 * wave);
      if (Math.hypot(x, y) > 1 + 1 / grid.radius) continue;
      f(x, y, out);
      for (let i = 0; i < out.length; i++) {
        const at = wave * out.length + i;
        target[at] = (target[at] as number) + weight * (out[i] as number);
      }
    }
  };
  return ops.hostMap(
    all.map(({ scalar }) => scalar),
    [directions.length, ...axes, 1, 1],
    'complex',
    (values, wanted) => {
      const sampled = (moved: readonly number[], weight: number, target: Float64Array) => {
        addTo(target, moved, weight);
        return target;
      };
      const size = directions.length * 2 * count;
      const partials = wanted.map((want, s) => {
        if (!want) return undefined;
        const partial = new Float64Array(size);
        const h = DIFFERENCE_STEP * (all[s]?.scale ?? 1);
        eachMoved(values, s, h, (moved, weight) => sampled(moved, weight, partial));
        return partial;
      });
      return { value: sampled(values, 1, new Float64Array(size)), partials };
    },
    `reference:${name}:${grid.radius}`,
  );
}

type Passed = Pick<Pupil, 'grid' | 'numericalAperture'> & { readonly reference: PupilReference | null };

/** The reference of a pupil behind a factor that is a closed form over it. */
export function referenceThrough(ops: Ops, light: Passed, form: PupilTransmission): PupilReference | null {
  const { reference, grid, numericalAperture } = light;
  if (reference === null) return null;
  const { directions, axes, samples } = reference;
  const factor = atReference(ops, { ...form, grid, directions, numericalAperture, axes: [] });
  return {
    ...reference,
    samples: ops.multiply(ops.reshape(factor, alongAxis(axes, 'mode', directions.length)), samples),
  };
}

/** The same behind a matrix over `size` components. */
export function referenceThroughMatrix(
  ops: Ops,
  light: Passed,
  size: number,
  form: PupilTransmission,
): PupilReference | null {
  const { reference, grid, numericalAperture } = light;
  if (reference === null) return null;
  const { directions, axes, samples } = reference;
  const matrix = atReference(ops, { ...form, grid, directions, numericalAperture, axes: [size, size] });
  const before = alongAxis(axes, 'mode', directions.length).slice(0, -3);
  const columns = ops.reshape(samples, [...samples.shape.slice(0, -3), 1, size, 1, 1]);
  const product = ops.multiply(ops.reshape(matrix, [...before, size, size, 1, 1]), columns);
  return { ...reference, samples: ops.reshape(ops.sum(product, [before.length + 1]), samples.shape) };
}

/** The same behind samples [N, N] over the pupil, straight between them; in the middle of the pupil that sample itself. */
export function referenceThroughSamples(
  ops: Ops,
  light: Passed,
  transmission: Complex | Real,
): PupilReference | null {
  const { reference, grid, numericalAperture } = light;
  if (reference === null) return null;
  const mask: Complex = transmission.dtype === 'real' ? ops.toComplex(transmission) : transmission;
  const { directions, axes, samples } = reference;
  if (directions.every(isAxial)) {
    return { ...reference, samples: ops.multiply(ops.resize(mask, 1, 1), samples) };
  }
  const found = places(directions, numericalAperture);
  const along = (part: 0 | 1) =>
    sampleWeights(
      ops,
      grid,
      found.filter((_, i) => i % 2 === part),
    );
  const rows = ops.matmul(along(1), mask);
  const factor = ops.sum(ops.multiply(rows, along(0)), [1]);
  return {
    ...reference,
    samples: ops.multiply(ops.reshape(factor, alongAxis(axes, 'mode', directions.length)), samples),
  };
}

/** Weights [waves, N] of the samples beside each place along one axis. */
function sampleWeights(ops: Ops, grid: PupilGrid, along: readonly Scalar[]): Complex {
  const { samples: n, radius } = grid;
  return ops.hostMap(
    along,
    [along.length, n],
    'complex',
    (values, wanted) => {
      const value = new Float64Array(2 * n * along.length);
      const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
      values.forEach((place, wave) => {
        const at = Math.floor(n / 2) + place * radius;
        const below = Math.floor(at);
        const put = (sample: number, weight: number, slope: number) => {
          if (sample < 0 || sample >= n) return;
          const i = 2 * (wave * n + sample);
          value[i] = weight;
          const partial = partials[wave];
          if (partial !== undefined) partial[i] = slope;
        };
        put(below, 1 - (at - below), -radius);
        put(below + 1, at - below, radius);
      });
      return { value, partials };
    },
    `reference:samples:${radius}`,
  );
}

/** exp(2πi x·direction/λ) at the pixels, [modes.., rows, columns] for light with these axes; null where all are even. */
export function referenceCarrier(
  ops: Ops,
  { directions }: Pick<PupilReference, 'directions'>,
  axes: readonly Axis[],
  wavelength: Scalar,
  pixels: { readonly rows: number; readonly columns: number; readonly pitch: Scalar },
): Complex | null {
  if (directions.every(isAxial)) return null;
  const line = (which: 'x' | 'y', length: number) => {
    const turns = directions.map((direction) =>
      divideScalars(multiplyScalars(direction[which], pixels.pitch), wavelength),
    );
    const shape = alongAxis(axes, 'mode', directions.length).slice(0, -2);
    return ops.reshape(
      carrierLines(ops, turns, length),
      which === 'x' ? [...shape, 1, length] : [...shape, length, 1],
    );
  };
  return ops.multiply(line('x', pixels.columns), line('y', pixels.rows));
}

/** exp(2πi turns (k - floor(length/2))), [waves, length]. */
function carrierLines(ops: Ops, turns: readonly Scalar[], length: number): Complex {
  return ops.hostMap(
    turns,
    [turns.length, length],
    'complex',
    (values, wanted) => {
      const value = new Float64Array(2 * length * turns.length);
      const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
      values.forEach((perPixel, wave) => {
        for (let k = 0; k < length; k++) {
          const place = k - Math.floor(length / 2);
          const phase = 2 * Math.PI * (place * perPixel - Math.round(place * perPixel));
          const i = 2 * (wave * length + k);
          const [re, im] = [Math.cos(phase), Math.sin(phase)];
          value[i] = re;
          value[i + 1] = im;
          const partial = partials[wave];
          if (partial === undefined) continue;
          partial[i] = -2 * Math.PI * place * im;
          partial[i + 1] = 2 * Math.PI * place * re;
        }
      });
      return { value, partials };
    },
    'reference:carrier',
  );
}
