/** Runs chains of elements on the float64 backend, for the tests of physics. */

import type { ElementSpec, SimulationGrid } from './element.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';
import { mainChannel } from './spectral.ts';
import { type Chain, type ChainValues, runChain, type Setting } from './testChain.ts';
import type { Field, PortValue } from './values.ts';

export interface Sampled {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly value: PortValue;
}

/** `stage(lens, { focalLength: 1 }, 'source')`: fed at `in`, or at the named ports. */
export function stage(
  spec: ElementSpec,
  params: Readonly<Record<string, Setting>> = {},
  from: string | Readonly<Record<string, string>> = {},
): Chain[string] {
  return { spec, params, from: typeof from === 'string' ? { in: from } : from };
}

/** The output of the last stage, or of the one named; `replace` may put other values in place of outputs. */
export async function evaluate(
  chain: Chain,
  grid: SimulationGrid,
  name?: string,
  replace: (ops: Ops) => Readonly<Record<string, (value: PortValue) => PortValue>> = () => ({}),
  change: ChainValues = {},
): Promise<Sampled> {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  try {
    const made = runChain(ops, chain, grid, change, replace(ops))[name ?? Object.keys(chain).at(-1) ?? ''];
    const value = made?.kind === 'polychromatic' ? mainChannel(made) : made;
    if (value === undefined || value.kind === 'farField') throw new Error('This stage has no samples.');
    const [read] = await ops.read([value.samples]);
    return { data: Float64Array.from(read ?? []), shape: value.samples.shape, value };
  } finally {
    ops.close(scope);
  }
}

/** Replaces the samples of a field by real amplitudes f(x, y), in metres from sample floor(N/2). */
export function withAmplitude(f: (x: number, y: number) => number | readonly [number, number]) {
  return (ops: Ops) =>
    (value: PortValue): Field => {
      if (value.kind !== 'field') throw new Error('Only a field has an amplitude to replace.');
      const [ny = 1, nx = 1] = value.samples.shape;
      const data = new Float64Array(2 * ny * nx);
      for (let row = 0; row < ny; row++) {
        for (let column = 0; column < nx; column++) {
          const pitch = value.pitch.value;
          const u = f((column - Math.floor(nx / 2)) * pitch, (row - Math.floor(ny / 2)) * pitch);
          data.set(typeof u === 'number' ? [u, 0] : u, 2 * (row * nx + column));
        }
      }
      return { ...value, planeWaves: null, samples: ops.upload(data, [ny, nx], 'complex') };
    };
}

/** The pixel with the largest value, as [row, column] from the centre floor(N/2). */
export function brightest({ data, shape }: Pick<Sampled, 'data' | 'shape'>): [number, number] {
  const [ny = 1, nx = 1] = shape.slice(-2);
  let best = 0;
  data.forEach((value, i) => {
    if (value > (data[best] ?? 0)) best = i;
  });
  return [Math.floor(best / nx) - Math.floor(ny / 2), (best % nx) - Math.floor(nx / 2)];
}

/** Mean and variance of the position along x and y, in pixels from floor(N/2), weighted by the values. */
export function moments({ data, shape }: Pick<Sampled, 'data' | 'shape'>) {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const sums = [0, 0, 0, 0, 0];
  data.forEach((value, i) => {
    const y = Math.floor(i / nx) - Math.floor(ny / 2);
    const x = (i % nx) - Math.floor(nx / 2);
    [1, x, y, x * x, y * y].forEach((term, k) => {
      sums[k] = (sums[k] ?? 0) + term * value;
    });
  });
  const [total = 1, sx = 0, sy = 0, sxx = 0, syy = 0] = sums;
  const [x, y] = [sx / total, sy / total];
  return { total, x, y, varianceX: sxx / total - x * x, varianceY: syy / total - y * y };
}

/** |u|² of interleaved samples. */
export function intensity(data: Float64Array): Float64Array {
  return Float64Array.from(
    { length: data.length / 2 },
    (_, i) => (data[2 * i] ?? 0) ** 2 + (data[2 * i + 1] ?? 0) ** 2,
  );
}

export function total(data: Float64Array): number {
  return data.reduce((sum, value) => sum + value, 0);
}

/** Largest absolute difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const off = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    if (!(off <= largest)) largest = off;
  }
  return largest;
}

/** A letter F on a 5 x 3 raster: no rotation or reflection leaves it unchanged. Rows go down, as in an image. */
export const LETTER_F = ['###', '#..', '##.', '#..', '#..'] as const;

/** Amplitude of the letter F of height `size`, centred, stem to the left (-x), bars at the top (-y). */
export function letterF(size: number): (x: number, y: number) => number {
  const cell = size / 5;
  return (x, y) => {
    const row = LETTER_F[Math.floor(y / cell + 2.5)];
    return row?.[Math.floor(x / cell + 1.5)] === '#' ? 1 : 0;
  };
}
