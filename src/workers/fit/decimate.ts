/** Fewer pixels for a search. */
import { thinnedLength } from '../../optics/detection/thinning.ts';

/** Every `factor`-th pixel along both axes, the origin floor(N/2) among them; the result has odd sizes. */
export function decimate(
  values: ArrayLike<number>,
  shape: readonly number[],
  factor: number,
): { data: Float64Array; shape: number[] } {
  const [ny, nx] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const planes = shape.length === 3 ? (shape[0] ?? 1) : 1;
  const [my, mx] = [thinnedLength(ny, factor), thinnedLength(nx, factor)];
  const data = new Float64Array(planes * my * mx);
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < my; y++) {
      const row = Math.floor(ny / 2) + factor * (y - Math.floor(my / 2));
      for (let x = 0; x < mx; x++) {
        const column = Math.floor(nx / 2) + factor * (x - Math.floor(mx / 2));
        data[(p * my + y) * mx + x] = values[(p * ny + row) * nx + column] as number;
      }
    }
  }
  return { data, shape: [...shape.slice(0, -2), my, mx] };
}
