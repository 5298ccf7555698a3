/**
 * Makes a design ready to be fitted to a given image: camera, planes and pupil sampling follow the image, and
 * what can be seen at once is estimated from it (`startEstimates.ts`). Says what is doubtful about it.
 */

import { isAsItIs } from '../optics/maths/registration.ts';
import { clippedNote, clippingLevel, isMuchClipped, withoutMarks } from './clipped.ts';
import type { Design, DesignImage, DesignNode } from './document.ts';
import { fringeFineness, fringeScaleNote } from './fringeScale.ts';
import { encodeFloat32 } from './imageData.ts';
import {
  type ChosenPixels,
  cut,
  divided,
  measuredPixels,
  moved,
  type Pixels,
  PrepareProblem,
  pixelsOf,
} from './measuredPixels.ts';
import { setAt } from './paths.ts';
import { registrationAt } from './registration.ts';
import type { Registry } from './registry.ts';
import { numberAt, objectPitch, withEstimates } from './startEstimates.ts';

export interface PrepareOptions extends ChosenPixels {
  readonly targetNode: string;
  /** Paths that were given and are not estimated. */
  readonly keep: ReadonlySet<string>;
}

export interface Prepared {
  readonly design: Design;
  /** Pixel of the given image at which the crop starts; 0 where the target moves the image. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly notes: readonly string[];
}

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

/** What is doubtful about a design's own measured hologram: too many clipped pixels, rings of a wrong fineness. */
export function measuredNotes(design: Design, registry: Registry): readonly string[] {
  const pixels = design.nodes.some(({ type }) => type === 'interference') ? measuredPixels(design) : null;
  if (pixels === null) return [];
  const clipped = isMuchClipped(pixels.data, pixels.level) ? clippedNote(pixels.data, pixels.level) : null;
  return [clipped, scaleNote(design, registry, pixels)].flatMap((note) => note ?? []);
}

/** How fine the rings of a measured hologram are, as a share of what the aperture passes; null where nothing tells. */
export function measuredFineness(design: Design, registry: Registry): number | null {
  const pixels = design.nodes.some(({ type }) => type === 'interference') ? measuredPixels(design) : null;
  const rings = pixels === null ? null : ringsOf(design, registry, pixels);
  return rings === null ? null : fringeFineness(...rings);
}

/** What the fineness of the rings says of the pixel size. */
function scaleNote(design: Design, registry: Registry, pixels: Pixels): string | null {
  const rings = ringsOf(design, registry, pixels);
  return rings === null ? null : fringeScaleNote(...rings);
}

function ringsOf(design: Design, registry: Registry, { data, ny, nx, level }: Pixels) {
  const pupil = design.nodes.find((node) => node.type === 'pupil');
  const camera = design.nodes.find((node) => node.type === 'camera');
  const source = design.nodes.find((node) => registry.get(node.type)?.params['wavelength'] !== undefined);
  if (pupil === undefined || camera === undefined || source === undefined) return null;
  const optics = {
    numericalAperture: numberAt(design, registry, `${pupil.id}.numericalAperture`),
    wavelength: numberAt(design, registry, `${source.id}.wavelength`),
    pitch: objectPitch(design, registry, camera),
  };
  const counts = (i: number) => level === null || (data[i] as number) < level;
  return [withoutMarks(data), [ny, nx], counts, optics] as const satisfies readonly unknown[];
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
