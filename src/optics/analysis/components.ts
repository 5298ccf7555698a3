/** One plane of complex samples of light: the strongest component of the first mode. */
import { lengthOf } from '../axes.ts';
import type { HostValue } from '../element.ts';
import { planeShape } from '../sampledGrid.ts';

export interface ComplexPlane {
  /** Interleaved, row by row. */
  readonly samples: Float64Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The components of a plane, the strongest first.
 * @param plane from 1; 0 is the middle one, which is in focus where the stack has no offset
 */
export function componentsOf({ value, data }: HostValue, plane: number): ComplexPlane[] {
  if (value.kind === 'image') return [];
  const [rows, columns] = planeShape(value.samples);
  const size = 2 * rows * columns;
  const planes = lengthOf(value, 'plane');
  const at = plane > 0 ? Math.min(plane, planes) - 1 : Math.floor(planes / 2);
  const parts = Array.from({ length: lengthOf(value, 'component') }, (_, component) => {
    const start = (at * lengthOf(value, 'component') + component) * size;
    return { samples: data.subarray(start, start + size), rows, columns };
  });
  return parts.sort((a, b) => energyOf(b.samples) - energyOf(a.samples));
}

export function energyOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] as number) ** 2;
  return sum;
}
