/**
 * Makes a design ready to be fitted to a given image: camera, planes and pupil sampling follow the image, and
 * what can be seen at once (positions, brightness, background) is estimated from it.
 */

import { isAsItIs, type Registration, registered } from '../optics/maths/registration.ts';
import {
  clippedNote,
  clippingLevel,
  isMuchClipped,
  LEFT_OUT,
  markedNumbers,
  withoutMarks,
} from './clipped.ts';
import { borderMedian, brightestSpot, ringCentre } from './detect.ts';
import type { Design, DesignImage, DesignNode, ParamData } from './document.ts';
import { linkAt } from './expressions/editLinks.ts';
import { linksOf, relinked } from './expressions/links.ts';
import { fringeScaleNote } from './fringeScale.ts';
import { decodeFloat32, encodeFloat32 } from './imageData.ts';
import { getAt, setAt } from './paths.ts';
import { registrationAt } from './registration.ts';
import type { Registry } from './registry.ts';

export interface GivenImage {
  readonly name: string;
  /** [ny, nx] or [planes, ny, nx]. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly saturationLevel: number | null;
}

export interface PrepareOptions {
  readonly targetNode: string;
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
  /** Paths that were given and are not estimated. */
  readonly keep: ReadonlySet<string>;
}

export interface Prepared {
  readonly design: Design;
  /** Pixel of the given image at which the crop starts; 0 where the target moves the image. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly notes: readonly string[];
}

/** An image that does not fit the design or the options; the message is a sentence. */
export class PrepareProblem extends Error {
  override readonly name = 'PrepareProblem';
}

interface Pixels {
  readonly planes: number;
  readonly ny: number;
  readonly nx: number;
  readonly data: Float32Array;
  readonly level: number | null;
}

const LARGEST_GRID = 1024;
const SMALLEST_GRID = 48;
/** The search before a fit moves an object along the light by this share of its start, or this far (metres). */
const AXIAL_SHARE = 1.45;
const AXIAL_REACH = 5e-6;

export function prepareForImage(design: Design, registry: Registry, options: PrepareOptions): Prepared {
  const target = design.nodes.find((node) => node.id === options.targetNode && node.type === 'target');
  if (target === undefined) {
    throw new PrepareProblem(`The design has no target image node called “${options.targetNode}”.`);
  }
  const notes: string[] = [];
  const isHologram = design.nodes.some((node) => node.type === 'interference');
  const given = pixelsOf(options.image);
  const known = isHologram ? { ...given, level: clippingLevel(given.data, given.level) } : given;
  let pixels = cut(known, options);
  const clipped = clippedNote(pixels.data, pixels.level);
  if (clipped !== null) notes.push(clipped);
  let relative = design;
  if (isHologram) {
    const path = `${target.id}.normalization`;
    if (options.background !== null) pixels = divided(pixels, options, options.background, notes);
    else if (!options.keep.has(path)) noteMean(pixels, options.image.name, notes);
    if (!options.keep.has(path))
      relative = setAt(design, registry, path, options.background === null ? 'background' : 'none');
  }
  const registration = registrationAt(design, target.id);
  const isMoved = !isAsItIs(registration);
  const [x0, y0] = isMoved ? [0, 0] : [options.crop?.x0 ?? 0, options.crop?.y0 ?? 0];
  const stored = withImage(relative, registry, target, pixels, options.image.name);
  // The document keeps the image as it came; its target moves it.
  pixels = moved(pixels, registration);
  if (isMoved)
    notes.push('Pixels are counted in the picture as its target flips, turns, scales and shifts it.');
  const sized = withSizes(stored, registry, pixels, options);
  const estimated = withEstimates(sized, registry, pixels, options.keep);
  const scale = isHologram ? scaleNote(estimated.design, registry, pixels) : null;
  if (scale !== null) notes.push(scale);
  const planes = pixels.planes > 1 ? `, ${pixels.planes} planes` : '';
  notes.push(
    `The camera follows the image (${pixels.ny} × ${pixels.nx} pixels${planes}); the pupil has ${estimated.design.grid.samples} samples.`,
  );
  return { design: estimated.design, origin: { x: x0, y: y0 }, notes: [...notes, ...estimated.notes] };
}

/**
 * Estimates positions, brightness and background again from the design's own measured target: for the values of
 * pitch, wavelength, gain and so on that were entered since the image came in. Simulated targets stay as they are.
 */
export function estimateStart(design: Design, registry: Registry, keep: ReadonlySet<string>): Design {
  const pixels = measuredPixels(design);
  return pixels === null ? design : withEstimates(design, registry, pixels, keep).design;
}

/** What is doubtful about a design's own measured hologram: too many clipped pixels, rings of a wrong fineness. */
export function measuredNotes(design: Design, registry: Registry): readonly string[] {
  const pixels = design.nodes.some(({ type }) => type === 'interference') ? measuredPixels(design) : null;
  if (pixels === null) return [];
  const clipped = isMuchClipped(pixels.data, pixels.level) ? clippedNote(pixels.data, pixels.level) : null;
  return [clipped, scaleNote(design, registry, pixels)].flatMap((note) => note ?? []);
}

function measuredPixels(design: Design): Pixels | null {
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
function moved(pixels: Pixels, registration: Registration): Pixels {
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

/** Paths that a fit of the design leaves alone and that must not be estimated either. */
export function unlearned(design: Design): Set<string> {
  const learned = new Set(design.learn.map((path) => path.replace(/\.\*$/, '')));
  const names = ['x', 'y', 'photons', 'background'];
  const paths = design.nodes.flatMap((node) => names.map((name) => `${node.id}.${name}`));
  return new Set(paths.filter((path) => !learned.has(path)));
}

/** The design with pupil sampling for its own camera, planes and depth; nothing else is touched. */
export function withSampling(design: Design, registry: Registry): Design {
  const camera = design.nodes.find((node) => node.type === 'camera');
  if (camera === undefined) return design;
  const at = (name: string) => numberAt(design, registry, `${camera.id}.${name}`);
  const stack = design.nodes.find((node) => node.type === 'stack');
  const planes = stack === undefined ? 1 : numberAt(design, registry, `${stack.id}.planes`);
  return withGrid(design, registry, { planes, ny: at('rows'), nx: at('columns') });
}

function withEstimates(
  design: Design,
  registry: Registry,
  pixels: Pixels,
  keep: ReadonlySet<string>,
): { design: Design; notes: readonly string[] } {
  const notes: string[] = [];
  const hologram = design.nodes.some((node) => node.type === 'interference');
  const placed = withDetections(design, registry, pixels, keep, hologram, notes);
  // The number of samples may be followed, too.
  const sized = withGrid(relinked(placed, registry), registry, pixels);
  return { design: relinked(sized, registry), notes };
}

function pixelsOf(image: GivenImage): Pixels {
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
function cut(pixels: Pixels, { crop, planes, image }: PrepareOptions): Pixels {
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
function divided(
  pixels: Pixels,
  options: PrepareOptions,
  divisor: NonNullable<PrepareOptions['background']>,
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

/** What the fineness of the rings says of the pixel size. */
function scaleNote(design: Design, registry: Registry, { data, ny, nx, level }: Pixels): string | null {
  const pupil = design.nodes.find((node) => node.type === 'pupil');
  const camera = design.nodes.find((node) => node.type === 'camera');
  const source = design.nodes.find((node) => registry.get(node.type)?.params['wavelength'] !== undefined);
  if (pupil === undefined || camera === undefined || source === undefined) return null;
  return fringeScaleNote(withoutMarks(data), [ny, nx], (i) => level === null || (data[i] as number) < level, {
    numericalAperture: numberAt(design, registry, `${pupil.id}.numericalAperture`),
    wavelength: numberAt(design, registry, `${source.id}.wavelength`),
    pitch: objectPitch(design, registry, camera),
  });
}

/** Says what the target will divide the image by. */
function noteMean(pixels: Pixels, name: string, notes: string[]): void {
  const level = pixels.level;
  const counted = level === null ? pixels.data : pixels.data.filter((value) => value < level);
  const mean = counted.reduce((sum, value) => sum + value, 0) / Math.max(1, counted.length);
  if (!(mean > 0)) throw new PrepareProblem(`“${name}” is dark: its mean is ${mean}.`);
  const whose = counted.length === pixels.data.length ? 'its pixels' : 'its unclipped pixels';
  notes.push(
    `The image was divided by the mean ${mean.toPrecision(5)} of ${whose}, which stands for its background.`,
  );
}

function withImage(
  design: Design,
  registry: Registry,
  target: DesignNode,
  pixels: Pixels,
  name: string,
): Design {
  const image: DesignImage = {
    kind: 'measured',
    name,
    shape:
      pixels.planes > 1 || hasStack(design) ? [pixels.planes, pixels.ny, pixels.nx] : [pixels.ny, pixels.nx],
    data: encodeFloat32(pixels.data),
    saturationLevel: pixels.level,
  };
  const images = { ...design.images, [target.id]: image };
  return setAt({ ...design, images }, registry, `${target.id}.image`, target.id);
}

function hasStack(design: Design): boolean {
  return design.nodes.some((node) => node.type === 'stack');
}

function withSizes(design: Design, registry: Registry, pixels: Pixels, options: PrepareOptions): Design {
  let next = design;
  for (const node of design.nodes) {
    if (node.type === 'camera') {
      next = setAt(next, registry, `${node.id}.rows`, pixels.ny);
      next = setAt(next, registry, `${node.id}.columns`, pixels.nx);
    }
    if (node.type === 'stack') next = setAt(next, registry, `${node.id}.planes`, pixels.planes);
  }
  if (pixels.planes > 1 && !hasStack(design)) {
    throw new PrepareProblem(
      `“${options.image.name}” has ${pixels.planes} planes, but the design has no focus stack: add one before the camera.`,
    );
  }
  return next;
}

function withDetections(
  design: Design,
  registry: Registry,
  pixels: Pixels,
  keep: ReadonlySet<string>,
  hologram: boolean,
  notes: string[],
): Design {
  const object = design.nodes.find((node) => node.type === 'mieSphere' || node.type === 'bead');
  const camera = design.nodes.find((node) => node.type === 'camera');
  if (object === undefined || camera === undefined) return design;
  const level = pixels.level;
  const data = withoutMarks(pixels.data);
  const seen = hologram
    ? ringCentre(data, pixels.ny, pixels.nx, (i) => level === null || (pixels.data[i] as number) < level)
    : brightestSpot(data, pixels.planes, pixels.ny, pixels.nx);
  const pitch = objectPitch(design, registry, camera);
  let next = design;
  const set = (path: string, value: ParamData) => {
    // What follows others does so with whatever is estimated of those.
    if (!keep.has(path) && linkAt(design, registry, path) === null) next = setAt(next, registry, path, value);
  };
  const followed = new Set(linksOf(design, registry).links.flatMap(({ references }) => references));
  /** Expressions can name single numbers only. */
  const setEach = (path: string, values: readonly number[]) =>
    set(path, followed.has(path) ? values.reduce((sum, value) => sum + value, 0) / values.length : values);
  set(`${object.id}.x`, (seen.x - Math.floor(pixels.nx / 2)) * pitch);
  set(`${object.id}.y`, (seen.y - Math.floor(pixels.ny / 2)) * pitch);
  notes.push(`The object was found at column ${seen.x.toFixed(1)}, row ${seen.y.toFixed(1)} of the window.`);
  if (object.type === 'bead') {
    const gain = numberAt(next, registry, `${camera.id}.gain`);
    const offset = numberAt(next, registry, `${camera.id}.offset`);
    const backgrounds: number[] = [];
    const photons: number[] = [];
    const size = pixels.ny * pixels.nx;
    for (let p = 0; p < pixels.planes; p++) {
      const background = Math.max(0, (borderMedian(data, p, pixels.ny, pixels.nx) - offset) / gain);
      let total = 0;
      for (let i = 0; i < size; i++) total += ((data[p * size + i] as number) - offset) / gain - background;
      backgrounds.push(background);
      photons.push(Math.max(100, total));
    }
    setEach(`${camera.id}.background`, backgrounds);
    setEach(`${object.id}.photons`, photons);
  }
  return next;
}

/** Pupil samples such that neighbouring copies of the image stay out of the camera's window. */
function withGrid(design: Design, registry: Registry, pixels: Pick<Pixels, 'planes' | 'ny' | 'nx'>): Design {
  const pupil = design.nodes.find((node) => node.type === 'pupil');
  const object = design.nodes.find((node) => node.type === 'mieSphere' || node.type === 'bead');
  const camera = design.nodes.find((node) => node.type === 'camera');
  const source = design.nodes.find((node) => registry.get(node.type)?.params['wavelength'] !== undefined);
  if (pupil === undefined || object === undefined || camera === undefined || source === undefined)
    return design;
  const aperture = numberAt(design, registry, `${pupil.id}.numericalAperture`);
  const wavelength = numberAt(design, registry, `${source.id}.wavelength`);
  const index = numberAt(design, registry, `${source.id}.refractiveIndex`);
  const stack = design.nodes.find((node) => node.type === 'stack');
  const span =
    stack === undefined ? 0 : Math.abs(numberAt(design, registry, `${stack.id}.zStep`)) * (pixels.planes / 2);
  const start = Math.abs(numberAt(design, registry, `${object.id}.z`));
  const depth = stack === undefined ? Math.max(start * AXIAL_SHARE, start + AXIAL_REACH) : start + span;
  const sine = Math.min(0.95, aperture / index);
  const aside = Math.max(
    ...['x', 'y'].map((axis) => Math.abs(numberAt(design, registry, `${object.id}.${axis}`))),
  );
  const reach = aside + (depth * sine) / Math.sqrt(1 - sine * sine);
  const window = Math.max(pixels.nx, pixels.ny) * objectPitch(design, registry, camera);
  const period = Math.max(window * 1.05, window / 2 + reach + 4 * (wavelength / aperture));
  const samples = 2 * Math.ceil((period * aperture) / wavelength) + 2;
  const bounded = Math.min(LARGEST_GRID, Math.max(SMALLEST_GRID, samples));
  return { ...design, grid: { ...design.grid, samples: bounded } };
}

function objectPitch(design: Design, registry: Registry, camera: DesignNode): number {
  return (
    numberAt(design, registry, `${camera.id}.pixelPitch`) /
    numberAt(design, registry, `${camera.id}.magnification`)
  );
}

function numberAt(design: Design, registry: Registry, path: string): number {
  const value = getAt(design, registry, path);
  return typeof value === 'number' ? value : 0;
}
