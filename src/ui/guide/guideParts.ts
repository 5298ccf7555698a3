/** What is looked for in the file of the guided path, and the part of it that a document takes. React-free. */
import type { Design } from '../../graph/document.ts';
import { findBeads } from '../../graph/guided/beads.ts';
import { boxAround, boxHalf, planeStep } from '../../graph/guided/box.ts';
import type { GuidedKind } from '../../graph/guided/kinds.ts';
import { expectedWidth } from '../../graph/guided/pointWidth.ts';
import { getAt } from '../../graph/paths.ts';
import type { PrepareOptions } from '../../graph/prepare.ts';
import { documentStore, registry } from '../stores/app.ts';
import type { GuidedFile, GuideState } from './guideStore.ts';

const design = (): Design => documentStore.getState().design;

export function numberAt(of: Design, type: string, name: string): number | null {
  const node = of.nodes.find((each) =>
    type === 'source' ? registry.get(each.type)?.params['wavelength'] !== undefined : each.type === type,
  );
  const value = node === undefined ? undefined : getAt(of, registry, `${node.id}.${name}`);
  return typeof value === 'number' ? value : null;
}

/** What a point's image depends on; null in a design without these elements. */
export function pointOptics(of: Design) {
  const numericalAperture = numberAt(of, 'pupil', 'numericalAperture');
  const wavelength = numberAt(of, 'source', 'wavelength');
  const refractiveIndex = numberAt(of, 'source', 'refractiveIndex') ?? 1;
  const pixelPitch = numberAt(of, 'camera', 'pixelPitch');
  const magnification = numberAt(of, 'camera', 'magnification') ?? 1;
  const blur = numberAt(of, 'camera', 'blur') ?? 0;
  if (numericalAperture === null || wavelength === null || pixelPitch === null) return null;
  return { numericalAperture, wavelength, refractiveIndex, pitch: pixelPitch / magnification, blur };
}

/** Whether single points are looked for in the image. */
export function hasBeads(of: Design, kind: GuidedKind | null): boolean {
  return kind !== 'hologram' && kind !== 'beadField' && of.nodes.some(({ type }) => type === 'bead');
}

export type Found = Pick<GuideState, 'beads' | 'picked' | 'half'>;

/** Spots of the image and the box that each needs. */
export function findIn(of: Design, kind: GuidedKind, file: GuidedFile, step = stepOfFile(of, 1)): Found {
  const optics = hasBeads(of, kind) ? pointOptics(of) : null;
  if (optics === null) return { beads: [], picked: [], half: 0 };
  const half = boxHalf({ ...optics, step, planes: file.pixels.planes });
  const beads = findBeads(file.pixels, { width: expectedWidth(optics), half });
  const best = Math.max(
    0,
    beads.findIndex(({ fault }) => fault === null),
  );
  return { beads, picked: beads.length === 0 ? [] : [best], half };
}

/** Distance between the planes of the file, where every so many of them are in use. */
export function stepOfFile(of: Design, every: number): number {
  return (numberAt(of, 'stack', 'zStep') ?? 0) / every;
}

/** The part of the file for the document: the box of the first picked spot, and not more planes than needed. */
export function partOf(
  of: Design,
  kind: GuidedKind,
  { pixels }: GuidedFile,
  { beads, picked, half }: Found,
  which = picked[0],
): Required<Pick<PrepareOptions, 'crop' | 'planes'>> {
  const bead = which === undefined ? undefined : beads[which];
  const crop = bead === undefined ? null : boxAround(pixels, bead, half);
  if (pixels.planes === 1) return { crop, planes: null };
  const hasStack = kind !== 'hologram' && of.nodes.some(({ type }) => type === 'stack');
  const plane = bead?.plane ?? 0;
  return {
    crop,
    planes: hasStack
      ? { start: 0, stop: pixels.planes, step: planeStep(pixels.planes) }
      : { start: plane, stop: plane + 1, step: 1 },
  };
}

/** Planes of the file from one in use to the next. */
export function planesApart({ file }: Pick<GuideState, 'file'>): number {
  const hasStack = design().nodes.some(({ type }) => type === 'stack');
  return file === null || !hasStack ? 1 : planeStep(file.pixels.planes);
}
