/** Simulated measurements with known values: what a camera would have written to disk. */
import { registry } from '../src/graph/catalogue.ts';
import type { Design } from '../src/graph/document.ts';
import { setAt } from '../src/graph/paths.ts';
import { encodeNpy, encodePng16, encodeTiffFloat32 } from '../src/workers/files/encode.ts';
import { createSession } from '../src/workers/session.ts';
import type { TestFile } from './pages/workbench.ts';

export interface Twin {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Values = Readonly<Record<string, number | boolean>>;

export function withValues(design: Design, values: Values): Design {
  return Object.entries(values).reduce((next, [path, value]) => setAt(next, registry, path, value), design);
}

/** The noisy picture of the node “camera” in a design with these values. */
export async function simulate(design: Design, values: Values, seed: number): Promise<Twin> {
  const session = await createSession('wasm');
  try {
    const given = { ...withValues(design, { ...values, 'camera.noise': true }), seed, learn: [], images: {} };
    const image = (await session.evaluate(given)).images.get('camera');
    if (image === undefined) throw new Error('The twin has no camera image.');
    return { shape: image.shape, data: Float32Array.from(image.data) };
  } finally {
    session.dispose();
  }
}

export function npyFile(name: string, { data, shape }: Twin): TestFile {
  return { name, bytes: encodeNpy(data, shape) };
}

/** Stretched over the 16 bits of the file, as the exporter of the page does. */
export function png16File(name: string, { data, shape }: Twin): TestFile {
  const [ny = 1, nx = 1] = shape;
  return { name, bytes: encodePng16(data, nx, ny).bytes };
}

/** @param lengths metres that the file tells */
export function tiffFile(
  name: string,
  { data, shape }: Twin,
  lengths: { readonly pitch?: number; readonly planeSpacing?: number } = {},
): TestFile {
  return { name, bytes: encodeTiffFloat32(data, shape, lengths) };
}

/** Rows and columns of every plane (or of the planes named) that a window keeps. */
export function crop(
  { data, shape }: Twin,
  window: { readonly y0: number; readonly y1: number; readonly x0: number; readonly x1: number },
  planes?: readonly number[],
): Twin {
  const [count, , nx] = shape.length === 3 ? shape : [1, ...shape];
  const ny = data.length / ((count ?? 1) * (nx ?? 1));
  const kept = planes ?? Array.from({ length: count ?? 1 }, (_, plane) => plane);
  const [height, width] = [window.y1 - window.y0, window.x1 - window.x0];
  const out = new Float32Array(kept.length * height * width);
  kept.forEach((plane, k) => {
    for (let y = 0; y < height; y++) {
      const from = (plane * ny + y + window.y0) * (nx ?? 1) + window.x0;
      out.set(data.subarray(from, from + width), (k * height + y) * width);
    }
  });
  return { data: out, shape: shape.length === 3 ? [kept.length, height, width] : [height, width] };
}
