/** Planes of complex samples of light that interfere with nothing else: one for each mode and component. */
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
 * The components of all modes of a plane, mode by mode; nothing of images.
 * @param plane from 1; 0 is the middle one, which is in focus where the stack has no offset
 */
export function componentsOf({ value, data }: HostValue, plane: number): ComplexPlane[] {
  if (value.kind === 'image') return [];
  const [rows, columns] = planeShape(value.samples);
  const size = 2 * rows * columns;
  const [planes, components] = [lengthOf(value, 'plane'), lengthOf(value, 'component')];
  const at = plane > 0 ? Math.min(plane, planes) - 1 : Math.floor(planes / 2);
  return Array.from({ length: lengthOf(value, 'mode') * components }, (_, part) => {
    const [mode, component] = [Math.floor(part / components), part % components];
    const start = ((mode * planes + at) * components + component) * size;
    return { samples: data.subarray(start, start + size), rows, columns };
  });
}

export function strongestFirst(parts: readonly ComplexPlane[]): ComplexPlane[] {
  const energies = new Map(parts.map((part) => [part, energyOf(part.samples)]));
  return [...parts].sort((a, b) => (energies.get(b) ?? 0) - (energies.get(a) ?? 0));
}

export function energyOf(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] as number) ** 2;
  return sum;
}
