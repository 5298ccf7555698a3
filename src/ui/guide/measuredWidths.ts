/** How wide the picked spots of a file are, and how wide light would make a point: metres. React-free. */
import type { Design } from '../../graph/document.ts';
import type { FoundBead } from '../../graph/guided/beads.ts';
import { gaussianWidths, type SpotWidth } from '../../graph/guided/gaussianWidths.ts';
import { expectedDepth } from '../../graph/guided/pointDepth.ts';
import { airyWidth, expectedWidth } from '../../graph/guided/pointWidth.ts';
import { pointOptics, stepOfFile } from './guideParts.ts';
import type { GuidedFile } from './guideStore.ts';
import type { Axis, WidthsOfSpot } from './widths.ts';

const NONE: WidthsOfSpot = { x: null, y: null, z: null };

/** @param apart planes of the file from one in use to the next */
export function widthsOf(
  design: Design,
  file: GuidedFile,
  bead: Pick<FoundBead, 'x' | 'y' | 'plane'>,
  apart: number,
): WidthsOfSpot {
  const optics = pointOptics(design);
  const found = optics === null ? null : gaussianWidths(file.pixels, bead, expectedWidth(optics));
  if (optics === null || found === null) return NONE;
  const scaled = (width: SpotWidth, unit: number) => ({ fwhm: width.fwhm * unit, error: width.error * unit });
  const step = Math.abs(stepOfFile(design, apart));
  return {
    x: scaled(found.x, optics.pitch),
    y: scaled(found.y, optics.pitch),
    z: found.z === null || step === 0 ? null : scaled(found.z, step),
  };
}

/** Pixels so fine that they do not widen a point along the light, metres. */
const FINE = 1e-10;

/** What light makes of a point without aberrations, pixels and blur, metres. */
export function expectedWidths(design: Design): Readonly<Record<Axis, number | null>> {
  const optics = pointOptics(design);
  if (optics === null) return { x: null, y: null, z: null };
  const across = airyWidth({ ...optics, pitch: 1 });
  const along = design.nodes.some(({ type }) => type === 'stack')
    ? expectedDepth({ ...optics, pitch: FINE, blur: 0, step: 1 })
    : null;
  return { x: across, y: across, z: along };
}
