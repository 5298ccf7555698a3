/** Closed forms over the sampled unit pupil, several maps at once, made in float64 with their derivatives. */
import { DIFFERENCE_STEP, eachMoved } from '../maths/difference.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import type { MapArgument } from '../sampledGrid.ts';
import type { PupilGrid } from '../values.ts';
import { pupilCoordinates } from './pupilGrid.ts';

/** Writes the maps' values at (x, y) in units of the pupil's radius; interleaved where they are complex. */
export type PupilFunction = (x: number, y: number, out: Float64Array) => void;

interface PupilMaps {
  /** Stands for everything that `prepare` uses besides its arguments. */
  readonly name: string;
  readonly grid: PupilGrid;
  /** Axes before rows and columns, for example [3, 2] for a matrix at every sample. */
  readonly axes: readonly number[];
  readonly args: readonly MapArgument[];
  readonly prepare: (values: readonly number[]) => PupilFunction;
}

/** Real maps [...axes, N, N]; derivatives are four-point differences of the closed form, which must be smooth. */
export function realPupilMaps(ops: Ops, maps: PupilMaps): Real {
  return sampledMaps(ops, maps, 'real');
}

/** Complex maps [...axes, N, N]; see `realPupilMaps`. */
export function complexPupilMaps(ops: Ops, maps: PupilMaps): Complex {
  return sampledMaps(ops, maps, 'complex');
}

/** Samples further out than this lie wholly outside the disc. */
function outermost({ radius }: PupilGrid): number {
  return 1 + 1 / radius;
}

function sampledMaps<D extends 'real' | 'complex'>(ops: Ops, maps: PupilMaps, dtype: D) {
  const { name, grid, axes, args, prepare } = maps;
  const n = grid.samples;
  const count = axes.reduce((product, length) => product * length, 1);
  const width = dtype === 'complex' ? 2 : 1;
  const rho = pupilCoordinates(grid);
  const limit = outermost(grid) ** 2;
  const at = new Float64Array(count * width);
  const addTo = (target: Float64Array, values: readonly number[], weight: number) => {
    const f = prepare(values);
    for (let row = 0; row < n; row++) {
      const y = rho[row] as number;
      for (let column = 0; column < n; column++) {
        const x = rho[column] as number;
        if (x * x + y * y > limit) continue;
        f(x, y, at);
        for (let map = 0; map < count; map++) {
          const i = width * ((map * n + row) * n + column);
          for (let part = 0; part < width; part++) {
            target[i + part] = (target[i + part] as number) + weight * (at[map * width + part] as number);
          }
        }
      }
    }
  };
  return ops.hostMap(
    args.map(({ scalar }) => scalar),
    [...axes, n, n],
    dtype,
    (values, wanted) => {
      const size = count * width * n * n;
      const value = new Float64Array(size);
      addTo(value, values, 1);
      const partials = wanted.map((want, s) => {
        if (!want) return undefined;
        const h = DIFFERENCE_STEP * (args[s]?.scale ?? 1);
        const partial = new Float64Array(size);
        eachMoved(values, s, h, (moved, weight) => addTo(partial, moved, weight));
        return partial;
      });
      return { value, partials };
    },
    `pupilMaps:${name}`,
  );
}
