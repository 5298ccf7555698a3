/** From a frame as it lies in the file to what a fit compares: dark image, window, background. */
import type { PixelMaps } from '../optics/detection/pixelMaps.ts';
import { LEFT_OUT } from './clipped.ts';
import type { Design, DesignImage } from './document.ts';
import { encodeFloat32 } from './imageData.ts';
import type { GivenImage } from './measuredPixels.ts';
import { setAt } from './paths.ts';
import type { Registry } from './registry.ts';
import type { FrameFit, TrackOptions } from './trajectories.ts';

/** Rows y0 to y1 - 1 and columns x0 to x1 - 1 of the file's frames. */
export interface Window {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** Where frames come from; all have one size. */
export interface FrameSource {
  readonly name: string;
  readonly count: number;
  /** [ny, nx] as stored. */
  readonly shape: readonly [number, number];
  readonly saturationLevel: number | null;
  /** Values as stored. Rejects with a sentence where a frame cannot be read. */
  readonly read: (frame: number) => Promise<Float32Array>;
  /** The part that is used; all of it where it is null. */
  readonly window: Window | null;
  /** Subtracted from every frame, as large as these. */
  readonly dark: Float32Array | null;
  /** What was measured of every pixel, as large as the frames: stands for the camera's numbers. */
  readonly maps?: PixelMaps;
  /** Divides every frame, as large as these; the median of the movie is not taken then. */
  readonly background: Float32Array | null;
}

export interface PreparedFrame {
  readonly data: Float32Array;
  /** 0 where a pixel does not count; null where all do. */
  readonly mask: Float32Array | null;
}

/** Frames that a median is made of, at most: its noise is then a fifth of a frame's. */
const MEDIAN_SAMPLES = 25;
/** A running median is made anew when the movie has gone on by this share of its length. */
const MEDIAN_STEP = 0.25;

export class PreparedFrames {
  readonly shape: readonly [number, number];
  private readonly source: FrameSource;
  private readonly options: TrackOptions;
  private readonly window: Window;
  private readonly given: Float32Array | null;
  private median: { readonly centre: number; readonly data: Float32Array } | null = null;

  constructor(source: FrameSource, options: TrackOptions) {
    const [ny, nx] = source.shape;
    this.source = source;
    this.options = options;
    this.window = source.window ?? { y0: 0, y1: ny, x0: 0, x1: nx };
    this.shape = [this.window.y1 - this.window.y0, this.window.x1 - this.window.x0];
    this.given = source.background === null ? null : this.cut(this.withoutDark(source.background));
  }

  async frame(index: number): Promise<PreparedFrame> {
    const stored = await this.source.read(index);
    const background = await this.backgroundAt(index);
    const raw = this.cut(stored);
    const data = this.cut(this.withoutDark(stored));
    const level = this.source.saturationLevel;
    let left = 0;
    const mask = new Float32Array(data.length).fill(1);
    for (let i = 0; i < data.length; i++) {
      const divisor = background === null ? 1 : (background[i] as number);
      if ((level !== null && (raw[i] as number) >= level) || !(divisor > 0)) {
        mask[i] = 0;
        left++;
      } else if (background !== null) data[i] = (data[i] as number) / divisor;
    }
    return { data, mask: left > 0 ? mask : null };
  }

  /** What frames around this one are divided by, in the window; null without a background. */
  private async backgroundAt(index: number): Promise<Float32Array | null> {
    if (this.given !== null) return this.given;
    if (this.options.background === 'none') return null;
    const { start, stop, step } = this.options.frames;
    const length = this.options.medianFrames ?? stop - start;
    const reach = Math.max(1, Math.min(length, stop - start)) / 2;
    const centre = Math.min(Math.max(index, start + reach), stop - reach);
    if (this.median === null || Math.abs(centre - this.median.centre) > MEDIAN_STEP * reach) {
      const every = Math.max(step, Math.ceil((2 * reach) / MEDIAN_SAMPLES));
      const frames: number[] = [];
      for (let k = Math.floor(centre - reach); k < centre + reach; k += every)
        if (k >= start && k < stop) frames.push(k);
      this.median = { centre, data: await this.medianOf(frames) };
    }
    return this.median.data;
  }

  private async medianOf(frames: readonly number[]): Promise<Float32Array> {
    const seen: Float32Array[] = [];
    for (const index of frames) {
      try {
        seen.push(this.cut(this.withoutDark(await this.source.read(index))));
      } catch {
        // A frame that cannot be read is named when its turn comes; the background does without it.
      }
    }
    const values = new Float32Array(seen.length);
    return Float32Array.from({ length: this.shape[0] * this.shape[1] }, (_, i) => {
      seen.forEach((data, k) => {
        values[k] = data[i] as number;
      });
      values.sort();
      const middle = values.length >> 1;
      const high = values[middle] ?? 0;
      return values.length % 2 === 1 ? high : (high + (values[middle - 1] ?? 0)) / 2;
    });
  }

  private withoutDark(stored: Float32Array): Float32Array {
    const { dark } = this.source;
    return dark === null ? stored : stored.map((value, i) => value - (dark[i] as number));
  }

  /** A copy. */
  private cut(stored: Float32Array): Float32Array {
    const { y0, y1, x0, x1 } = this.window;
    const columns = this.source.shape[1];
    const out = new Float32Array((y1 - y0) * (x1 - x0));
    for (let y = y0; y < y1; y++) {
      out.set(stored.subarray(y * columns + x0, y * columns + x1), (y - y0) * (x1 - x0));
    }
    return out;
  }
}

/** The frame as an image that a design can be prepared for. */
export function imageToPrepare(
  { data, mask }: PreparedFrame,
  shape: readonly number[],
  name: string,
): GivenImage {
  const marked = mask === null ? data : data.map((value, i) => (mask[i] === 0 ? LEFT_OUT : value));
  return { name, shape, data: marked, saturationLevel: mask === null ? null : LEFT_OUT };
}

/** The frame as an image of a document. */
export function frameImage(frame: PreparedFrame, shape: readonly number[], name: string): DesignImage {
  const image = imageToPrepare(frame, shape, name);
  return { kind: 'measured', ...image, data: encodeFloat32(image.data) };
}

/** The design with a frame as the image of its target, and with the values that were found in it. */
export function withFrame(
  design: Design,
  registry: Registry,
  target: string,
  image: DesignImage,
  values: FrameFit['values'],
  planes: number,
): Design {
  const given = design.nodes.find(({ id }) => id === target)?.params['image'];
  const id = typeof given === 'string' ? given : target;
  // A focus stack of one plane has images of one plane.
  const hasStack = design.nodes.some(({ type }) => type === 'stack');
  const shaped = image.kind === 'measured' && hasStack ? { ...image, shape: [1, ...image.shape] } : image;
  const images = { ...design.images, [id]: shaped };
  return Object.entries(values).reduce(
    (next, [path, value]) => setAt(next, registry, path, value, planes),
    setAt({ ...design, images }, registry, `${target}.image`, id),
  );
}
