/** What a fit learns, as one point: scalars in their natural steps, then the cells of each map in the map's. */
import { NO_OVERRIDES, type ParameterOverrides } from '../../graph/execute.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { type LearnableMap, mapValues } from '../../graph/maps.ts';
import type { HostImage } from '../../optics/element.ts';
import type { FittedMap } from '../protocol.ts';
import type { Varied } from './notFinite.ts';
import type { MapStart } from './portionedRuns.ts';

export interface Learned {
  readonly learnables: readonly Learnable[];
  readonly maps: readonly LearnableMap[];
}

export class LearnedPoint {
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  private readonly learned: Learned;

  constructor(learned: Learned, imageOf: (id: string) => HostImage | null) {
    this.learned = learned;
    const { learnables, maps } = learned;
    const scalars = <K extends 'min' | 'max'>(bound: K) =>
      learnables.map((p) => (p[bound] - p.value) / p.step);
    const cells = (of: (map: LearnableMap) => number) =>
      maps.flatMap((map) => Array<number>(map.cells ** 2).fill(of(map) / map.spec.step));
    this.lower = Float64Array.from([...scalars('min'), ...cells(({ spec }) => spec.min)]);
    this.upper = Float64Array.from([...scalars('max'), ...cells(({ spec }) => spec.max)]);
    this.start = new Float64Array(this.lower.length);
    for (const [{ spec, data, cells: side }, first] of this.places()) {
      const values = mapValues(spec, data, side, imageOf);
      this.start.set(
        values.map((value) => value / spec.step),
        first,
      );
    }
  }

  get learnables(): readonly Learnable[] {
    return this.learned.learnables;
  }

  get maps(): readonly LearnableMap[] {
    return this.learned.maps;
  }

  /** Of the cells of a map, SI. */
  mapStep(map: number): number {
    return this.learned.maps[map]?.spec.step ?? 1;
  }

  /** Scalar values (SI) at a point. */
  valuesAt(point: Float64Array): Map<string, number> {
    return new Map(this.learned.learnables.map((p, i) => [p.path, p.value + (point[i] as number) * p.step]));
  }

  /** As a document keeps them. */
  mapsAt(point: Float64Array): FittedMap[] {
    return this.mapStarts(point).map(({ path, values, shape: [cells = 0] }, i) => {
      const title = this.learned.maps[i]?.title ?? path;
      return { path, title, cells, data: encodeFloat32(Float32Array.from(values)) };
    });
  }

  /** As a run takes them, SI. */
  mapStarts(point: Float64Array): MapStart[] {
    return [...this.places()].map(([{ path, cells, spec }, first]) => {
      const part = point.subarray(first, first + cells * cells);
      return { path, shape: [cells, cells], values: part.map((value) => value * spec.step) };
    });
  }

  /** The point with these cells, SI, and the numbers where they were. */
  atMaps(maps: readonly ArrayLike<number>[]): Float64Array {
    const point = this.start.slice();
    [...this.places()].forEach(([{ spec }, first], i) => {
      const cells = maps[i] ?? [];
      for (let k = 0; k < cells.length; k++) point[first + k] = (cells[k] as number) / spec.step;
    });
    return point;
  }

  overridesAt(point: Float64Array): ParameterOverrides {
    const slots = new Map(this.learned.learnables.map((p, i) => [p.path, i]));
    return { ...NO_OVERRIDES, values: this.valuesAt(point), slots };
  }

  /** Changes of the scalars along a direction, SI. */
  changesAlong(direction: Float64Array): Map<string, number> {
    return new Map(this.learned.learnables.map((p, i) => [p.path, (direction[i] as number) * p.step]));
  }

  /** Derivatives by scalars and cells (SI), joined and by steps. */
  joined(scalars: ArrayLike<number>, maps: readonly ArrayLike<number>[]): Float64Array {
    const whole = new Float64Array(this.start.length);
    this.learned.learnables.forEach(({ step }, i) => {
      whole[i] = (scalars[i] ?? 0) * step;
    });
    [...this.places()].forEach(([{ spec }, first], i) => {
      const part = maps[i] ?? [];
      for (let k = 0; k < part.length; k++) whole[first + k] = (part[k] as number) * spec.step;
    });
    return whole;
  }

  /** What lies where in the point. */
  varied(): Varied[] {
    const { learnables } = this.learned;
    return [
      ...learnables.map(({ title }, first) => ({ title, first, count: 1 })),
      ...[...this.places()].map(([{ title, cells }, first]) => ({ title, first, count: cells * cells })),
    ];
  }

  /** Maps with the index of their first cell. */
  private *places(): Generator<[LearnableMap, number]> {
    let first = this.learned.learnables.length;
    for (const map of this.learned.maps) {
      yield [map, first];
      first += map.cells * map.cells;
    }
  }
}
