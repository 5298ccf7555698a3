/** Places of the images of some planes among the numbers of all. */
import type { PlaneRange } from '../../optics/element.ts';
import { sizeOf } from '../../optics/ops/kernels.ts';

type Numbers = Float64Array | Float32Array;

/** Puts a part at its place in a whole of `size` numbers; what no part fills is 0. */
export function join(
  joined: Map<number, Numbers>,
  key: number,
  part: Numbers,
  start: number,
  size: number,
): void {
  if (start === 0 && part.length >= size) {
    joined.set(key, part);
    return;
  }
  let whole = joined.get(key);
  if (whole === undefined) {
    whole = part instanceof Float64Array ? new Float64Array(size) : new Float32Array(size);
    joined.set(key, whole);
  }
  if (start + part.length <= size) whole.set(part, start);
}

/** Where an image of some planes begins among the numbers of all planes, and the shape of the whole. */
export function placeOf(planes: PlaneRange | null | undefined, seen: readonly number[]) {
  if (!planes || seen.length < 3) return { start: 0, shape: seen };
  return { start: (planes.first * sizeOf(seen)) / planes.count, shape: [planes.total, ...seen.slice(1)] };
}
