/** What stands in a pupil acts on scattered and on direct light alike, each where it passes. */

import { DIFFERENCE_STEP, slopesOf } from '../maths/difference.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { MapArgument } from '../sampledGrid.ts';
import type { Pupil } from '../values.ts';
import { complexPupilMaps, type PupilFunction } from './pupilMaps.ts';

export interface PupilTransmission {
  /** Stands for everything that `prepare` uses besides its arguments. */
  readonly name: string;
  readonly args: readonly MapArgument[];
  /** Writes real and imaginary part of the transmission at (x, y) in units of the pupil's radius. */
  readonly prepare: (values: readonly number[]) => PupilFunction;
}

/** Light behind a complex transmission of its pupil: the scattered light over the disc, a reference at its place. */
export function throughTransmission(ops: Ops, light: Pupil, transmission: PupilTransmission): Pupil {
  const map = complexPupilMaps(ops, { ...transmission, grid: light.grid, axes: [] });
  return {
    ...light,
    samples: ops.multiply(map, light.samples),
    reference: referenceThrough(ops, light, transmission),
  };
}

/** The reference behind a transmission: a plane wave along the axis passes the middle of the pupil. */
export function referenceThrough(
  ops: Ops,
  { reference, grid }: Pupil,
  { name, args, prepare }: PupilTransmission,
): Complex | null {
  if (reference === null) return null;
  const out = new Float64Array(2);
  const atReference = (values: readonly number[]): readonly number[] => {
    prepare(values)(0, 0, out);
    return [...out];
  };
  const factor = ops.hostMap(
    args.map(({ scalar }) => scalar),
    [1],
    'complex',
    (values, wanted) => ({
      value: Float64Array.from(atReference(values)),
      partials: wanted.map((want, s) =>
        want ? slopesOf(atReference, values, s, DIFFERENCE_STEP * (args[s]?.scale ?? 1)) : undefined,
      ),
    }),
    `reference:${name}:${grid.radius}`,
  );
  return ops.multiply(factor, reference);
}
