/** What is done to the pixels of a measured image before anything is estimated from them: planes, window, background, place. */
import { isAsItIs, type Registration, registered } from '../optics/maths/registration.ts';
import { LEFT_OUT, markedNumbers, withoutMarks } from './clipped.ts';
import type { Design } from './document.ts';
import { decodeFloat32 } from './imageData.ts';
import { registrationAt } from './registration.ts';

export interface GivenImage {
  readonly name: string;
  /** [ny, nx] or [planes, ny, nx]. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly saturationLevel: number | null;
}

/** Which pixels of an image a target gets. */
export interface ChosenPixels {
  readonly image: GivenImage;
  /** Divides the image; without one the mean of the unclipped pixels does. Holograms only. */
  readonly background: { readonly shape: readonly number[]; readonly data: Float32Array } | null;
  readonly crop: {
    readonly y0: number;
    readonly y1: number;
    readonly x0: number;
    readonly x1: number;
  } | null;
  /** Planes start, start + step, ... below stop. */
  readonly planes: { readonly start: number; readonly stop: number; readonly step: number } | null;
}

/** An image that does not fit the design or the options; the message is a sentence. */
export class PrepareProblem extends Error {
  override readonly name = 'PrepareProblem';
}

export interface Pixels {
  readonly planes: number;
  readonly ny: number;
  readonly nx: number;
  readonly data: Float32Array;
  readonly level: number | null;
}

export function measuredPixels(design: Design): Pixels | null {
  const target = design.nodes.find((node) => node.type === 'target');
  const id = target?.params['image'];
  const image = typeof id === 'string' ? design.images[id] : undefined;
  if (image?.kind !== 'measured' || image.painted === true) return null;
  const data = decodeFloat32(
    image.data,
    image.shape.reduce((product, n) => product * n, 1),
  );
  const { name, shape, saturationLevel } = image;
  return moved(pixelsOf({ name, shape, data, saturationLevel }), registrationAt(design, target?.id ?? ''));
}

/** The pixels where their target puts them; those without an image are left out. */
export function moved(pixels: Pixels, registration: Registration): Pixels {
  if (isAsItIs(registration)) return pixels;
  const { planes, data, level } = pixels;
  const mask = level === null ? null : Float32Array.from(data, (value) => (value < level ? 1 : 0));
  const found = registered(
    { shape: [planes, pixels.ny, pixels.nx], data: withoutMarks(data), mask },
    registration,
  );
  const [, ny = 1, nx = 1] = found.shape;
  const marked = Float32Array.from(found.data, (value, i) => (found.mask?.[i] === 0 ? LEFT_OUT : value));
  return { planes, ny, nx, data: marked, level: found.mask === null ? null : LEFT_OUT };
}

export function pixelsOf(image: GivenImage): Pixels {
  const rank = image.shape.length;
  if (rank !== 2 && rank !== 3)
    throw new PrepareProblem(`“${image.name}” is neither an image nor a stack of images.`);
  return {
    planes: rank === 3 ? (image.shape[0] ?? 1) : 1,
    ny: image.shape[rank - 2] ?? 1,
    nx: image.shape[rank - 1] ?? 1,
    ...markedNumbers(image.data, image.saturationLevel),
  };
}

/** The wanted planes and window. */
export function cut(pixels: Pixels, { crop, planes, image }: ChosenPixels): Pixels {
  const window = crop ?? { y0: 0, y1: pixels.ny, x0: 0, x1: pixels.nx };
  const inside = window.y0 >= 0 && window.x0 >= 0 && window.y1 <= pixels.ny && window.x1 <= pixels.nx;
  const [ny, nx] = [window.y1 - window.y0, window.x1 - window.x0];
  if (!inside || ny < 2 || nx < 2) {
    throw new PrepareProblem(
      `The crop ${window.y0}:${window.y1},${window.x0}:${window.x1} does not lie inside “${image.name}” (${pixels.ny} × ${pixels.nx} pixels).`,
    );
  }
  const range = planes ?? { start: 0, stop: pixels.planes, step: 1 };
  const chosen: number[] = [];
  for (let p = range.start; p < Math.min(range.stop, pixels.planes); p += range.step) chosen.push(p);
  if (chosen.length === 0) {
    throw new PrepareProblem(`“${image.name}” has ${pixels.planes} planes; none of them was chosen.`);
  }
  const data = new Float32Array(chosen.length * ny * nx);
  chosen.forEach((plane, p) => {
    for (let y = 0; y < ny; y++) {
      const from = (plane * pixels.ny + y + window.y0) * pixels.nx + window.x0;
      data.set(pixels.data.subarray(from, from + nx), (p * ny + y) * nx);
    }
  });
  return { planes: chosen.length, ny, nx, data, level: pixels.level };
}

/** Relative to the background wave, pixel by pixel. */
export function divided(
  pixels: Pixels,
  options: ChosenPixels,
  divisor: NonNullable<ChosenPixels['background']>,
  notes: string[],
): Pixels {
  const level = pixels.level;
  const given = pixelsOf({ ...divisor, name: 'the background', saturationLevel: null });
  if (given.ny !== options.image.shape.at(-2) || given.nx !== options.image.shape.at(-1)) {
    throw new PrepareProblem(
      `The background has ${given.ny} × ${given.nx} pixels, the image ${options.image.shape.slice(-2).join(' × ')}.`,
    );
  }
  const background = cut(given, { ...options, planes: null });
  const size = pixels.ny * pixels.nx;
  const isLight = (value: number) => value > 0 && value < LEFT_OUT;
  const dark = background.data.filter((value) => !isLight(value)).length;
  if (dark === size) {
    throw new PrepareProblem('The background is dark everywhere, so nothing can be divided by it.');
  }
  // Clipped pixels, and those without a background, are marked by a value that nothing else reaches.
  const clipped = 1e6;
  const data = pixels.data.map((value, i) => {
    const divisor = background.data[i % size] as number;
    return (level !== null && value >= level) || !isLight(divisor) ? clipped : value / divisor;
  });
  if (dark > 0) {
    notes.push(`Pixels where the background is not above zero are left out: ${dark}.`);
  }
  return { ...pixels, data, level: level === null && dark === 0 ? null : clipped };
}
