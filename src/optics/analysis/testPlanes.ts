/** Planes of known functions, for tests. */
import type { HostPlane } from './hostPlane.ts';

/** f(x, y) at the samples, in metres from sample floor(n/2). */
export function planeOf(n: number, pitch: number, f: (x: number, y: number) => number): HostPlane {
  const middle = Math.floor(n / 2);
  const data = Float64Array.from({ length: n * n }, (_, i) =>
    f(((i % n) - middle) * pitch, (Math.floor(i / n) - middle) * pitch),
  );
  return { data, rows: n, columns: n, pitch, unit: 'W/m²', wavelength: null };
}
