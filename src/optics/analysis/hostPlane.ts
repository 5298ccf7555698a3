/** From what arrived on the host to one plane of numbers: what every analysis of a picture begins with. */
import { lengthOf } from '../axes.ts';
import type { HostValue } from '../element.ts';
import { planeShape } from '../sampledGrid.ts';
import type { ImageUnit } from '../values.ts';
import { addOnGrid, commonGrid, isSameGrid, type LightGrid, type MapGrid } from './commonGrid.ts';

/** Intensity on a plane: irradiance of light (W/m²) or the values of an image. Lengths in metres. */
export interface HostPlane {
  /** Row by row, `rows` × `columns`. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Distance between samples. */
  readonly pitch: number;
  readonly unit: ImageUnit | 'W/m²';
  /** Of the strongest line of the light; null for images. */
  readonly wavelength: number | null;
}

/** Planes of a stack; 1 without one. */
export function planesIn({ value }: HostValue): number {
  if (value.kind !== 'image') return lengthOf(value, 'plane');
  return value.samples.shape.length > 2 ? (value.samples.shape[0] ?? 1) : 1;
}

/**
 * One plane summed over modes, components and wavelengths; on the finest pitch and the widest window of these.
 * @param plane from 1; 0 takes the plane with the highest peak
 */
export function hostPlane(values: readonly [HostValue, ...HostValue[]], plane: number): HostPlane {
  const main = strongest(values);
  const { value } = main;
  const grid = commonGrid([gridOf(main), ...values.map(gridOf)]);
  const wavelength = value.kind === 'image' ? null : value.wavelength.value;
  const unit = value.kind === 'image' || value.kind === 'pupil' ? value.unit : 'W/m²';
  const planes = planesIn(main);
  const summed = (index: number): Float64Array => {
    const sum = new Float64Array(grid.rows * grid.columns);
    for (const each of values) {
      const weight = values.length > 1 ? weightOf(each) : 1;
      addPlane(sum, grid, each, Math.min(index, planesIn(each) - 1), weight);
    }
    return sum;
  };
  const data = summed(plane > 0 ? Math.min(plane, planes) - 1 : brightestPlane(values));
  return { data, ...grid, unit, wavelength };
}

/**
 * Index of the plane with the highest peak; where lines have grids of their own the one with the highest sum of their
 * peaks, since only the plane that is shown is worth an interpolation.
 */
export function brightestPlane(values: readonly [HostValue, ...HostValue[]]): number {
  const main = strongest(values);
  const isOne = values.every((each) => isSameGrid(gridOf(each), gridOf(main)));
  const peakOf = (index: number, parts: readonly HostValue[]): number => {
    const { rows, columns, pitch } = gridOf(parts[0] ?? main);
    const sum = new Float64Array(rows * columns);
    for (const each of parts) {
      const weight = values.length > 1 ? weightOf(each) : 1;
      addPlane(sum, { rows, columns, pitch }, each, Math.min(index, planesIn(each) - 1), weight);
    }
    return largest(sum);
  };
  const planes = planesIn(main);
  let [best, peak] = [0, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < planes && planes > 1; index++) {
    const highest = isOne
      ? peakOf(index, values)
      : values.reduce((sum, each) => sum + peakOf(index, [each]), 0);
    if (highest > peak) [best, peak] = [index, highest];
  }
  return best;
}

/** The largest number of a list, -Infinity of an empty one; for lists too long for `Math.max`. */
export function largest(data: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) most = Math.max(most, data[i] as number);
  return most;
}

function weightOf({ value }: HostValue): number {
  return value.kind === 'image' ? 1 : value.weight.value;
}

/** The samples of a value; of a pupil in parts of its radius. */
export function gridOf({ value }: HostValue): MapGrid {
  const [rows, columns] = planeShape(value.samples);
  return { rows, columns, pitch: value.kind === 'pupil' ? 1 / value.grid.radius : value.pitch.value };
}

/** The same, with the sphere that the light's samples ride on where one is known. */
export function lightGridOf(from: HostValue): LightGrid {
  const { value } = from;
  const sphere = value.kind === 'field' && value.sphere?.samples === value.samples ? value.sphere : null;
  return { ...gridOf(from), sphere };
}

/** The line with the largest share of the light. */
export function strongest(values: readonly [HostValue, ...HostValue[]]): HostValue {
  return values.reduce((best, each) => (weightOf(each) > weightOf(best) ? each : best));
}

/** Adds weight · |samples|² (light) or weight · samples (images) of one plane. */
function addPlane(sum: Float64Array, grid: MapGrid, from: HostValue, plane: number, weight: number): void {
  const { value, data } = from;
  const own = lightGridOf(from);
  const size = own.rows * own.columns;
  if (value.kind === 'image') {
    for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + weight * (data[plane * size + i] as number);
    return;
  }
  const [modes, planes, components] = [
    lengthOf(value, 'mode'),
    lengthOf(value, 'plane'),
    lengthOf(value, 'component'),
  ];
  const fields = Array.from({ length: modes }, (_, mode) =>
    Array.from({ length: components }, (_, component) => {
      const start = 2 * size * ((mode * planes + plane) * components + component);
      return data.subarray(start, start + 2 * size);
    }),
  );
  addOnGrid([sum], fields, own, grid, ([map], parts) => {
    if (map === undefined) return;
    for (const field of parts) {
      for (let i = 0; i < map.length; i++) {
        const [re, im] = [field[2 * i] as number, field[2 * i + 1] as number];
        map[i] = (map[i] as number) + weight * (re * re + im * im);
      }
    }
  });
}
