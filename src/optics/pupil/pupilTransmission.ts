/** What stands in a pupil acts on scattered and on direct light alike, each where it passes. */
import type { Ops } from '../ops/ops.ts';
import type { Pupil } from '../values.ts';
import { complexPupilMaps } from './pupilMaps.ts';
import { type PupilTransmission, referenceThrough } from './reference.ts';

/** Light behind a complex transmission of its pupil: the scattered light over the disc, a reference at its place. */
export function throughTransmission(ops: Ops, light: Pupil, transmission: PupilTransmission): Pupil {
  const map = complexPupilMaps(ops, { ...transmission, grid: light.grid, axes: [] });
  return {
    ...light,
    samples: ops.multiply(map, light.samples),
    reference: referenceThrough(ops, light, transmission),
  };
}
