/**
 * Derivatives by values of single planes, such as brightness and background of each: a plane depends on its own values
 * only, so that one derivative image holds those by all planes' values (Curtis, Powell and Reid, IMA J. Appl. Math. 13,
 * 117 (1974)).
 */
import type { Plan } from '../../graph/compile.ts';
import { planeOf } from '../../graph/memory.ts';
import type { FitParameter } from './fitParts.ts';
import type { Column } from './normalProducts.ts';

type Numbers = Float64Array | Float32Array;

export class PlaneSlots {
  private readonly parameters: readonly FitParameter[];
  /** Numbers of one plane of the image. */
  private readonly size: number;
  /** By index of the parameter: where its derivative is, and the plane that it changes; null for all planes. */
  private readonly places: readonly { readonly slot: number; readonly plane: number | null }[];

  /** @param shape of the image that is compared */
  constructor(plan: Plan, parameters: readonly FitParameter[], shape: readonly number[]) {
    this.parameters = parameters;
    const isStack = shape.length === 3 && shape[0] === plan.planes;
    this.size = shape.slice(isStack ? 1 : 0).reduce((product, n) => product * n, 1);
    const first = new Map<string, number>();
    // A value that others follow changes what they change.
    const followed = new Set(plan.links.links.flatMap(({ references }) => references));
    this.places = parameters.map(({ path }, index) => {
      const plane = isStack && !followed.has(path) ? planeOf(plan, path) : null;
      if (plane === null) return { slot: index, plane };
      const name = path.slice(0, path.lastIndexOf('.'));
      const slot = first.get(name) ?? index;
      first.set(name, slot);
      return { slot, plane };
    });
  }

  /** Slots of the coordinates that move, for forward derivatives. */
  slots(mobile?: readonly boolean[]): Map<string, number> {
    const moving = this.places.flatMap(({ slot }, index) => {
      const path = this.parameters[index]?.path;
      return path === undefined || mobile?.[index] === false ? [] : [[path, slot] as const];
    });
    return new Map(moving);
  }

  /** Columns of the Jacobian by scaled parameters; empty where nothing is read or a coordinate does not move. */
  columns(read: (slot: number) => Numbers | undefined, mobile?: readonly boolean[]): Column[] {
    const joint = new Map<number, Float64Array>();
    return this.places.map(({ slot, plane }, index) => {
      const source = mobile?.[index] === false ? undefined : read(slot);
      if (source === undefined) return { data: new Float64Array(0), first: 0, last: -1 };
      let [first, last] =
        plane === null ? [0, source.length - 1] : [plane * this.size, (plane + 1) * this.size - 1];
      while (first <= last && source[first] === 0) first++;
      while (last >= first && source[last] === 0) last--;
      const data = (plane === null ? undefined : joint.get(slot)) ?? new Float64Array(source.length);
      if (plane !== null) joint.set(slot, data);
      const step = this.parameters[index]?.step ?? 1;
      for (let k = first; k <= last; k++) data[k] = (source[k] as number) * step;
      return { data, first, last };
    });
  }
}
