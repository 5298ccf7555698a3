/** A whole movie of emitters: the spline of the design's own image of a point, then frame after frame. */
import type { Design } from '../../graph/document.ts';
import type { LocalisedFrame, LocaliseOptions, LocaliseSetup } from '../../graph/localisations.ts';
import type { FrameSource } from '../../graph/movieFrames.ts';
import { type PixelMapKind, type PixelMaps, pixelMapProblem } from '../../optics/detection/pixelMaps.ts';
import type { HostImage } from '../../optics/element.ts';
import { FrameLocaliser } from '../../optics/localisation/localiseFrame.ts';
import { psfSpline } from '../../optics/localisation/psfSpline.ts';
import type { Ops } from '../../optics/ops/ops.ts';
import { ofPixel, type PerPixel, pixelScale, placesOf } from './pixelScale.ts';
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

/** Pixels of the spline beyond a window: an emitter may be off its middle, and shines on those beside it. */
const MARGIN = 16;
/** Planes of the spline beyond the depths that are asked for: two that a spline needs and two for errors. */
const SPARE_PLANES = 4;
/** A window holds this share of a point's light. */
const SHARE = 0.9;
const SMALLEST = 9;
const LARGEST = 25;
const TOO_LITTLE =
  'More than the light is taken off: most pixels lie far below zero. Look at the offset of the design’s camera, or at the dark image.';
const CAPPED = `A point spreads over more than ${LARGEST} pixels at some of these depths, the largest window that is chosen by itself: light is lost and errors are larger than they need be. Ask for a larger window (--window at the command line) or for a smaller depth.`;

/** @throws PointProblem where the design shows no point; a bad frame is no reason */
export async function localiseMovie(
  ops: Ops,
  images: (id: string) => HostImage | null,
  { design, options, source, onFrame, proceed }: LocaliseRun,
): Promise<LocaliseSetup> {
  const { side, isCapped } =
    options.window > 0
      ? { side: options.window, isCapped: false }
      : await windowFor(ops, images, design, options.depth);
  const points = new PointImages(ops, design, side + MARGIN, images);
  try {
    const { fine, zStep } = points.sampling();
    const half = Math.ceil(options.depth / zStep) + SPARE_PLANES;
    const samples = await points.samples(fine, -half * zStep, zStep, 2 * half + 1);
    const localiser = new FrameLocaliser(await wasmEmitterKernel(psfSpline(samples), side));
    const measured = measuredMaps(design, points.camera, images, source);
    const pixels = pixelScale(source, measured.maps, points.noise);
    const frameOptions = {
      threshold: options.threshold,
      readVariance: pixels.variance,
      depth: options.depth,
    };
    const { x0, y0 } = source.window ?? { x0: 0, y0: 0 };
    const notes = new Set([...(isCapped ? [CAPPED] : []), ...measured.notes]);
    for (let k = options.frames.start; k < options.frames.stop; k += options.frames.step) {
      if (!(await proceed())) break;
      const began = performance.now();
      const look = async (): Promise<Pick<LocalisedFrame, 'emitters' | 'problem'>> => {
        try {
          const { data, ny, nx } = await frameOf(source, k);
          const quanta = data.map(
            (counts, i) => (counts - ofPixel(pixels.offset, i)) / ofPixel(pixels.quantum, i),
          );
          if (isBelowZero(quanta, pixels.variance)) notes.add(TOO_LITTLE);
          const inWindow = localiser.emitters(quanta, ny, nx, frameOptions);
          const emitters = inWindow.map((each) => ({ ...each, x: each.x + x0, y: each.y + y0 }));
          return { emitters, problem: null };
        } catch (error) {
          return { emitters: [], problem: error instanceof Error ? error.message : String(error) };
        }
      };
      onFrame({ frame: k, pitch: points.pitch, ...(await look()), milliseconds: performance.now() - began });
    }
    return {
      ...{ pitch: points.pitch, window: side, samplesPerPixel: fine, depths: samples.planes },
      notes: [...notes],
    };
  } finally {
    points.release();
  }
}

/** Most pixels, by more than read noise explains. */
function isBelowZero(quanta: Float64Array, variance: PerPixel): boolean {
  const isBelow = (value: number, i: number) => value < -4 * Math.sqrt(ofPixel(variance, i) + 1);
  return quanta.reduce((count, value, i) => count + (isBelow(value, i) ? 1 : 0), 0) > quanta.length / 2;
}

/** The maps that came with the movie; else those of the design's camera, where they are as large as the frames. */
function measuredMaps(
  design: Design,
  cameraId: string,
  images: (id: string) => HostImage | null,
  source: FrameSource,
): { readonly maps: PixelMaps; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const params = design.nodes.find(({ id }) => id === cameraId)?.params ?? {};
  const mapOf = (kind: PixelMapKind): ArrayLike<number> | null => {
    const given = source.maps?.[kind] ?? null;
    const id = params[`${kind}Map`];
    if (given !== null || params['sensor'] !== 'detailed' || typeof id !== 'string') return given;
    const image = images(id);
    if (image === null) return null;
    const problem = pixelMapProblem(kind, image, source.shape, 'the movie');
    if (problem === null) return image.data;
    notes.push(`${problem.what} It is left out. ${problem.fix}`);
    return null;
  };
  return { maps: { offset: mapOf('offset'), gain: mapOf('gain'), variance: mapOf('variance') }, notes };
}

/** A frame less the dark image, in the window that is used. */
async function frameOf(source: FrameSource, index: number) {
  const stored = await source.read(index);
  const { ny, nx, places } = placesOf(source);
  const data = Float64Array.from({ length: ny * nx }, (_, i) => {
    return (stored[places(i)] as number) - (source.dark?.[places(i)] ?? 0);
  });
  return { data, ny, nx };
}

/** The smallest window that holds most of the light of a point at every depth; whether even the largest does not. */
async function windowFor(
  ops: Ops,
  images: (id: string) => HostImage | null,
  design: Design,
  depth: number,
): Promise<{ readonly side: number; readonly isCapped: boolean }> {
  const points = new PointImages(ops, design, LARGEST, images);
  const steps = Math.ceil(depth / points.sampling().zStep);
  const planes: Float64Array[] = [];
  for (let k = -steps; k <= steps; k++) planes.push(await points.at(0, 0, (k / steps) * depth));
  points.release();
  // Out of focus light leaves the largest window too: where it is sharpest nearly all is inside.
  const all = Math.max(...planes.map((image) => lightWithin(image, LARGEST)));
  const holds = (side: number) => planes.every((image) => lightWithin(image, side) >= SHARE * all);
  let side = SMALLEST;
  while (side < LARGEST && !holds(side)) side += 2;
  return { side, isCapped: !holds(side) };
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
