/** A whole movie of emitters: the spline of the design's own image of a point, then frame after frame. */
import type { Design } from '../../graph/document.ts';
import type { LocalisedFrame, LocaliseOptions, LocaliseSetup } from '../../graph/localisations.ts';
import type { FrameSource } from '../../graph/movieFrames.ts';
import { countsPerQuantum } from '../../optics/detection/sensor.ts';
import type { HostImage } from '../../optics/element.ts';
import { FrameLocaliser } from '../../optics/localisation/localiseFrame.ts';
import { psfSpline } from '../../optics/localisation/psfSpline.ts';
import type { Ops } from '../../optics/ops/ops.ts';
import { PointImages } from './pointImages.ts';
import { wasmEmitterKernel } from './wasmKernel.ts';

export interface LocaliseRun {
  readonly design: Design;
  readonly options: LocaliseOptions;
  readonly source: FrameSource;
  readonly onFrame: (frame: LocalisedFrame) => void;
  /** Called between frames; false ends the run. */
  readonly proceed: () => Promise<boolean>;
}

/** Pixels of the spline beyond a window: an emitter may be off its middle. */
const MARGIN = 10;
/** Planes of the spline beyond the depths that are asked for: two that a spline needs and two for errors. */
const SPARE_PLANES = 4;
/** A window holds this share of what a window of the largest size does. */
const SHARE = 0.9;
const SMALLEST = 9;
const LARGEST = 25;

/** @throws PointProblem where the design shows no point; a bad frame is no reason */
export async function localiseMovie(
  ops: Ops,
  images: (id: string) => HostImage | null,
  { design, options, source, onFrame, proceed }: LocaliseRun,
): Promise<LocaliseSetup> {
  const side = options.window > 0 ? options.window : await windowFor(ops, images, design, options.depth);
  const points = new PointImages(ops, design, side + MARGIN, images);
  try {
    const { fine, zStep } = points.sampling();
    const half = Math.ceil(options.depth / zStep) + SPARE_PLANES;
    const samples = await points.samples(fine, -half * zStep, zStep, 2 * half + 1);
    const localiser = new FrameLocaliser(await wasmEmitterKernel(psfSpline(samples), side));
    const quantum = countsPerQuantum(points.noise);
    const frameOptions = {
      threshold: options.threshold,
      readVariance: (points.noise.readNoise / quantum) ** 2,
    };
    for (let k = options.frames.start; k < options.frames.stop; k += options.frames.step) {
      if (!(await proceed())) break;
      const began = performance.now();
      const look = async (): Promise<Pick<LocalisedFrame, 'emitters' | 'problem'>> => {
        try {
          const { data, ny, nx } = await frameOf(source, k);
          const quanta = Float64Array.from(data, (counts) => (counts - points.noise.offset) / quantum);
          return { emitters: localiser.emitters(quanta, ny, nx, frameOptions), problem: null };
        } catch (error) {
          return { emitters: [], problem: error instanceof Error ? error.message : String(error) };
        }
      };
      onFrame({ frame: k, pitch: points.pitch, ...(await look()), milliseconds: performance.now() - began });
    }
    return { pitch: points.pitch, window: side, samplesPerPixel: fine, depths: samples.planes };
  } finally {
    points.release();
  }
}

/** A frame less the dark image, in the window that is used. */
async function frameOf(source: FrameSource, index: number) {
  const stored = await source.read(index);
  const [rows, columns] = source.shape;
  const { x0, x1, y0, y1 } = source.window ?? { x0: 0, x1: columns, y0: 0, y1: rows };
  const [ny, nx] = [y1 - y0, x1 - x0];
  const data = Float64Array.from({ length: ny * nx }, (_, i) => {
    const at = (y0 + Math.floor(i / nx)) * columns + x0 + (i % nx);
    return (stored[at] as number) - (source.dark?.[at] ?? 0);
  });
  return { data, ny, nx };
}

/** The smallest window that holds most of the light of every depth that is asked for. */
async function windowFor(
  ops: Ops,
  images: (id: string) => HostImage | null,
  design: Design,
  depth: number,
): Promise<number> {
  const points = new PointImages(ops, design, LARGEST, images);
  let side = SMALLEST;
  for (const z of [-depth, 0, depth]) {
    const image = await points.at(0, 0, z);
    const all = lightWithin(image, LARGEST);
    while (side < LARGEST && lightWithin(image, side) < SHARE * all) side += 2;
  }
  points.release();
  return side;
}

/** Of the middle pixels of an image of LARGEST². */
function lightWithin(image: Float64Array, side: number): number {
  const reach = Math.floor(side / 2);
  const middle = Math.floor(LARGEST / 2);
  let sum = 0;
  for (let row = middle - reach; row <= middle + reach; row++) {
    for (let column = middle - reach; column <= middle + reach; column++) {
      sum += image[row * LARGEST + column] as number;
    }
  }
  return sum;
}
