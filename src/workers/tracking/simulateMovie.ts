/** A movie of a design whose values change from frame to frame, for tests and measurements. */
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import type { FrameSource } from '../../graph/movieFrames.ts';
import { setAt } from '../../graph/paths.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { Session } from '../session.ts';

/** Values of each frame, SI. */
export type Truth = Readonly<Record<string, number>>;

/**
 * Where a particle goes that diffuses freely: independent normal steps of each named coordinate.
 * @param diffusion m²/s
 * @param interval from frame to frame, seconds
 */
export function brownianWalk(
  start: Truth,
  frames: number,
  {
    diffusion,
    interval,
    seed,
  }: { readonly diffusion: number; readonly interval: number; readonly seed: number },
): readonly Truth[] {
  const random = new SeededRandom(seed);
  const step = Math.sqrt(2 * diffusion * interval);
  const walk: Truth[] = [start];
  while (walk.length < frames) {
    const last = walk.at(-1) ?? start;
    walk.push(
      Object.fromEntries(Object.entries(last).map(([path, value]) => [path, value + step * random.normal()])),
    );
  }
  return walk;
}

/**
 * The images of the camera with independent normal noise.
 * @param noise standard deviation in the camera's unit; of a camera that counts photons null: it makes its own
 */
export async function simulateMovie(
  session: Session,
  design: Design,
  truth: readonly Truth[],
  noise: number | null,
  seed = 5,
): Promise<FrameSource & { readonly frames: readonly Float32Array[] }> {
  const random = new SeededRandom(seed);
  const frames: Float32Array[] = [];
  let shape: readonly [number, number] = [1, 1];
  for (const [k, values] of truth.entries()) {
    const moved = Object.entries(values).reduce((d, [path, value]) => setAt(d, registry, path, value), {
      ...design,
      seed: seed + k,
    });
    const image = (await session.evaluate(moved)).images.get('camera');
    if (image === undefined) throw new RangeError('The design has no camera called “camera”.');
    const [ny = 1, nx = 1] = image.shape.slice(-2);
    shape = [ny, nx];
    frames.push(Float32Array.from(image.data, (v) => (noise === null ? v : v + noise * random.normal())));
  }
  return {
    name: 'simulated movie',
    count: frames.length,
    shape,
    saturationLevel: null,
    window: null,
    dark: null,
    background: null,
    frames,
    read: async (k) => frames[k] ?? new Float32Array(0),
  };
}
