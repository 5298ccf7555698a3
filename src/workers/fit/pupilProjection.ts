/**
 * What a pupil does to its light, from pictures in several planes, by projections: the light of a trial pupil goes to each
 * plane, gets the modulus that was measured there and goes back, and the mean of what comes back is the next trial
 * (Gerchberg and Saxton, Optik 35, 237 (1972); Hanser et al., J. Microsc. 216, 32 (2004)). It knows neither noise nor blur
 * nor background, so it is a start for a likelihood and something to compare with.
 */
import type { DeviceArray, Kernels } from '../../optics/ops/kernels.ts';

interface ProjectionTask {
  /** Light in the pupil plane by plane as a model has it, complex [planes, components, N, N]; 0 outside the pupil. */
  readonly light: DeviceArray;
  /** From samples to rows and to columns of the picture, complex [rows, N] and [columns, N]. */
  readonly toRows: DeviceArray;
  readonly toColumns: DeviceArray;
  /** Turns by which their elements differ from neighbour to neighbour at an index of 1. */
  readonly turns: number;
  /** Measured moduli, real [planes, 1, rows, columns], those of all planes together as large as the model's. */
  readonly moduli: Float64Array;
  /** Of the same shape, 0 where nothing was measured and light stays as it is; null where all was. */
  readonly counted: Float64Array | null;
  /** What light is moved towards its measured modulus by, as a share of the way: 1 of a plain projection, up to 2. */
  readonly relaxation: number;
  /** `phase`: the pupil changes the phase alone; `free`: the amplitude, too. */
  readonly kind: 'phase' | 'free';
  readonly iterations: number;
}

/** Share of the mean modulus below which a sample is dark: no quotient becomes infinite. */
const DARK = 1e-6;

/**
 * The factor on the light of all planes that the pictures want, complex interleaved [N, N]; 0 where the pupil is dark.
 * With `phase` its modulus is 1 in the pupil.
 */
export async function projectedPupil(kernels: Kernels, task: ProjectionTask): Promise<Float64Array> {
  const samples = task.light.shape[task.light.shape.length - 1] ?? 1;
  const scope = new Set<DeviceArray>();
  const keep = <A extends DeviceArray>(array: A): A => {
    scope.add(array);
    return array;
  };
  const release = (but: DeviceArray | null) => {
    for (const array of scope) if (array !== but) kernels.release(array);
    scope.clear();
  };
  const lit = kernels.absSquared(task.light);
  const all = kernels.sum(lit, [0, 1]);
  const [sums = new Float64Array(0)] = await kernels.readMany([all]);
  kernels.release(lit);
  kernels.release(all);
  const largest = Math.max(...sums);
  const isOpen = (i: number) => (sums[i] as number) > 1e-3 * largest;
  const even = new Float64Array(2 * samples ** 2);
  const inverse = new Float64Array(samples ** 2);
  inverse.forEach((_, i) => {
    if (!isOpen(i)) return;
    even[2 * i] = 1;
    // Over a whole period of the picture the way there and back is a factor of turns⁻².
    inverse[i] = task.turns ** 2 / (sums[i] as number);
  });
  const shape = [1, 1, samples, samples];
  const weight = kernels.upload(inverse, shape, 'real');
  const dark = kernels.upload(Float64Array.of(DARK * Math.sqrt(largest)), [1], 'real');
  const one = kernels.upload(Float64Array.of(1), [1], 'real');
  const seen = [task.light.shape[0] ?? 1, 1, task.toRows.shape[0] ?? 1, task.toColumns.shape[0] ?? 1];
  const { counted } = task;
  const isFree = (k: number) => counted !== null && !((counted[k] as number) > 0);
  const relaxed = task.moduli.map((modulus, k) => (isFree(k) ? 0 : modulus * task.relaxation));
  const left = task.moduli.map((_, k) => (isFree(k) ? 1 : 1 - task.relaxation));
  const moduli = kernels.upload(relaxed, seen, 'real');
  const rest = kernels.upload(left, seen, 'real');
  let pupil = kernels.upload(even, shape, 'complex');
  const modulus = (of: DeviceArray) => keep(kernels.add(keep(kernels.squareRoot(of)), dark));
  try {
    for (let i = 0; i < task.iterations; i++) {
      const there = keep(kernels.multiply(task.light, pupil));
      const rows = keep(kernels.matmul(task.toRows, there));
      const image = keep(kernels.matmul(rows, task.toColumns, { transposeB: true }));
      const irradiance = keep(kernels.sum(keep(kernels.absSquared(image)), [1]));
      const asked = keep(kernels.divide(moduli, modulus(irradiance)));
      const ratio = keep(kernels.add(asked, rest));
      const measured = keep(kernels.multiply(image, ratio));
      const columns = keep(kernels.matmul(measured, task.toColumns, { conjugateB: true }));
      const back = keep(kernels.matmul(task.toRows, columns, { conjugateA: true, transposeA: true }));
      const common = keep(kernels.sum(keep(kernels.multiply(back, task.light, true)), [0, 1]));
      const next = keep(kernels.multiply(common, weight));
      kernels.release(pupil);
      pupil =
        task.kind === 'free'
          ? next
          : keep(kernels.multiply(next, keep(kernels.divide(one, modulus(keep(kernels.absSquared(next)))))));
      release(pupil);
    }
    const [found = new Float64Array(0)] = await kernels.readMany([pupil]);
    return Float64Array.from(found);
  } finally {
    for (const array of [weight, dark, one, rest, moduli, pupil]) kernels.release(array);
  }
}
