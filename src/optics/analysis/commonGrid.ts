/** One grid for light of several wavelengths, whose pitch may differ (behind Fourier lenses, say). */

import { type ComplexLine, lineOf, lineTransform } from '../maths/lineTransform.ts';
import type { Sphere } from '../values.ts';

/** Samples of a plane, the origin at floor(n/2). */
export interface MapGrid {
  readonly rows: number;
  readonly columns: number;
  /** Distance between samples. */
  readonly pitch: number;
}

/** More samples along a side than this are not made: what lies outside is left out. */
const MOST = 2048;

export function isSameGrid(a: MapGrid, b: MapGrid): boolean {
  // Images of unknown scale have the pitch 0.
  const isAsFine = a.pitch === b.pitch || Math.abs(a.pitch / b.pitch - 1) < 1e-9;
  return a.rows === b.rows && a.columns === b.columns && isAsFine;
}

/** The finest pitch and the widest window of all. */
export function commonGrid(grids: readonly [MapGrid, ...MapGrid[]]): MapGrid {
  const [first] = grids;
  if (grids.every((each) => isSameGrid(each, first))) return first;
  const pitch = Math.min(...grids.map((each) => each.pitch));
  const count = (side: 'rows' | 'columns'): number =>
    Math.min(MOST, Math.ceil(Math.max(...grids.map((each) => each[side] * each.pitch)) / pitch - 1e-9));
  return { rows: count('rows'), columns: count('columns'), pitch };
}

/** Where samples lie, and the sphere that they are known to ride on. */
export interface LightGrid extends MapGrid {
  readonly sphere: Sphere | null;
}

/** The fields of one mode of light on a plane, interleaved: one for each component. */
type Fields = readonly ArrayLike<number>[];

/**
 * Adds what `add` makes of the fields of each mode (irradiances, Stokes parameters) to maps on another grid. The first
 * map is the irradiance. Light whose irradiance varies slowly while its phase turns by a large part of π from sample to
 * sample, as far behind a focus, is no field to interpolate: between samples its phases beat to darkness, and what
 * `add` makes of its own samples is interpolated instead.
 */
export function addOnGrid(
  maps: readonly Float64Array[],
  modes: readonly Fields[],
  from: LightGrid,
  to: MapGrid,
  add: (maps: readonly Float64Array[], fields: Fields) => void,
): void {
  if (isSameGrid(from, to)) {
    for (const fields of modes) add(maps, fields);
    return;
  }
  const phase = from.sphere === null ? null : spherePhase(from.sphere, from);
  const flat =
    phase === null ? modes : modes.map((fields) => fields.map((field) => turnedBack(field, phase)));
  const steep = flat.filter((fields) => isSteep(fields, from));
  for (const fields of flat) {
    if (!steep.includes(fields))
      add(
        maps,
        fields.map((field) => fieldOnGrid(field, from, to)),
      );
  }
  if (steep.length === 0) return;
  const own = maps.map(() => new Float64Array(from.rows * from.columns));
  for (const fields of steep) add(own, fields);
  own.forEach((map, index) => {
    const field = new Float64Array(2 * map.length);
    map.forEach((value, i) => {
      field[2 * i] = value;
    });
    const moved = fieldOnGrid(field, from, to);
    const least = index === 0 ? 0 : Number.NEGATIVE_INFINITY;
    const sum = maps[index] as Float64Array;
    for (let i = 0; i < sum.length; i++)
      sum[i] = (sum[i] as number) + Math.max(least, moved[2 * i] as number);
  });
}

/** Phase of a sphere at the samples, radians. */
function spherePhase({ perSample, x, y }: Sphere, { rows, columns }: MapGrid): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const j = (i % columns) - Math.floor(columns / 2);
    const k = Math.floor(i / columns) - Math.floor(rows / 2);
    return Math.PI * perSample.value * (j * (j + 2 * x.value) + k * (k + 2 * y.value));
  });
}

/** A field less a phase: the same for all components, whose Stokes parameters it leaves alone. */
function turnedBack(field: ArrayLike<number>, phase: Float64Array): Float64Array {
  const out = new Float64Array(2 * phase.length);
  for (let i = 0; i < phase.length; i++) {
    const cosine = Math.cos(phase[i] as number);
    const sine = Math.sin(phase[i] as number);
    const re = field[2 * i] as number;
    const im = field[2 * i + 1] as number;
    out[2 * i] = re * cosine + im * sine;
    out[2 * i + 1] = im * cosine - re * sine;
  }
  return out;
}

/**
 * Overlap of neighbouring amplitudes from which the irradiance is well sampled: a Gaussian beam of 1/e² radius w
 * samples has exp(-1/2w²), w = 1.75, and then 2 % of the contrast at the grid's highest frequency.
 */
const SMOOTH = 0.85;
/** Share of that overlap in phase below which a phase is steep: the beam's turns by 0.43 π per sample at radius w. */
const IN_PHASE = 0.8;

/** Whether the irradiance of light is better interpolated than its field. */
function isSteep(fields: Fields, { rows, columns }: MapGrid): boolean {
  const along = (step: number, isLast: (i: number) => boolean) => {
    let power = 0;
    let overlap = 0;
    let re = 0;
    let im = 0;
    for (const field of fields) {
      for (let i = 0; i < rows * columns; i++) {
        const ar = field[2 * i] as number;
        const ai = field[2 * i + 1] as number;
        const square = ar * ar + ai * ai;
        power += square;
        if (square === 0 || isLast(i)) continue;
        const j = 2 * (i + step);
        const br = field[j] as number;
        const bi = field[j + 1] as number;
        overlap += Math.sqrt(square * (br * br + bi * bi));
        re += ar * br + ai * bi;
        im += ar * bi - ai * br;
      }
    }
    return { smoothness: overlap / power, inPhase: Math.hypot(re, im) / overlap };
  };
  const axes = [
    along(1, (i) => (i + 1) % columns === 0),
    along(columns, (i) => i + columns >= rows * columns),
  ];
  return (
    axes.every(({ smoothness }) => smoothness >= SMOOTH) && axes.some(({ inPhase }) => inPhase < IN_PHASE)
  );
}

/**
 * The field of light, interleaved, on another grid: the one trigonometric polynomial through its samples, 0 outside
 * its window. Exact for all that the samples can hold, where interpolation of the irradiance (whose band is twice as
 * wide) is not: a focus as narrow as its samples.
 */
export function fieldOnGrid(field: ArrayLike<number>, from: MapGrid, to: MapGrid): ArrayLike<number> {
  if (isSameGrid(from, to)) return field;
  const ratio = to.pitch / from.pitch;
  const line = lineOf(Math.max(from.rows, from.columns));
  const across = interpolation(from.columns, to.columns, ratio);
  const rows = new Float64Array(2 * from.rows * to.columns);
  for (let row = 0; row < from.rows; row++) {
    for (let k = 0; k < from.columns; k++) {
      line.re[k] = field[2 * (row * from.columns + k)] as number;
      line.im[k] = field[2 * (row * from.columns + k) + 1] as number;
    }
    const { re, im } = across.at(line);
    for (let column = across.first; column < across.end; column++) {
      rows[2 * (row * to.columns + column)] = re[column] as number;
      rows[2 * (row * to.columns + column) + 1] = im[column] as number;
    }
  }
  const down = interpolation(from.rows, to.rows, ratio);
  const out = new Float64Array(2 * to.rows * to.columns);
  for (let column = across.first; column < across.end; column++) {
    for (let k = 0; k < from.rows; k++) {
      line.re[k] = rows[2 * (k * to.columns + column)] as number;
      line.im[k] = rows[2 * (k * to.columns + column) + 1] as number;
    }
    const { re, im } = down.at(line);
    for (let row = down.first; row < down.end; row++) {
      out[2 * (row * to.columns + column)] = re[row] as number;
      out[2 * (row * to.columns + column) + 1] = im[row] as number;
    }
  }
  return out;
}

/** Samples of the trigonometric polynomial through n samples; those from `first` to before `end` lie in its window. */
function interpolation(n: number, outputs: number, ratio: number) {
  // At even n the highest frequency is shared by both signs.
  const frequencies = n % 2 === 0 ? n + 1 : n;
  const analyse = lineTransform(n, frequencies, -1 / n);
  const synthesise = lineTransform(frequencies, outputs, ratio / n);
  const isInside = (i: number): boolean => {
    const at = (i - Math.floor(outputs / 2)) * ratio + Math.floor(n / 2);
    return at >= -0.5 && at <= n - 0.5;
  };
  let [first, end] = [0, outputs];
  while (first < end && !isInside(first)) first++;
  while (end > first && !isInside(end - 1)) end--;
  const at = (line: ComplexLine): ComplexLine => {
    const { re, im } = analyse(line);
    for (let k = 0; k < frequencies; k++) {
      const share = (n % 2 === 0 && (k === 0 || k === n) ? 0.5 : 1) / n;
      re[k] = (re[k] as number) * share;
      im[k] = (im[k] as number) * share;
    }
    return synthesise({ re, im });
  };
  return { first, end, at };
}
