/** Widths of picked spots in metres, and what they have in common. React-free. */
import type { Design } from '../../graph/document.ts';
import type { FoundBead } from '../../graph/guided/beads.ts';
import { GAUSSIAN_FWHM, gaussianWidths, type SpotWidth } from '../../graph/guided/gaussianWidths.ts';
import { expectedDepth } from '../../graph/guided/pointDepth.ts';
import { airyWidth, expectedWidth } from '../../graph/guided/pointWidth.ts';
import type { CsvColumn } from '../../workers/filesClient.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { pointOptics, stepOfFile } from './guideParts.ts';
import type { GuidedFile } from './guideStore.ts';

export const AXES = ['x', 'y', 'z'] as const;
export type Axis = (typeof AXES)[number];
/** Full widths at half maximum of a spot's Gaussians, metres; null where none fits. */
export type WidthsOfSpot = Readonly<Record<Axis, SpotWidth | null>>;

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

export interface Precision {
  /** Standard error of the position, metres. */
  readonly error: number | null;
  /** The least that any unbiased estimate can have under the given noise, metres; null where nobody gives the noise. */
  readonly bound: number | null;
}

/** How well a fit knows where a bead is. */
export function precisionOf({ parameters, errorSource }: FitResult, axis: Axis): Precision {
  const error = parameters.find(({ path }) => path.endsWith(`.${axis}`))?.sigma ?? null;
  const isGiven = errorSource?.noise === 'given';
  return { error, bound: error === null || !isGiven ? null : error / errorSource.factor };
}

export interface Common {
  readonly mean: number;
  /** Sample standard deviation; null of one value. */
  readonly deviation: number | null;
  readonly count: number;
}

/** Mean and scatter; null of none. */
export function commonOf(values: readonly number[]): Common | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null,
    count: values.length,
  };
}

export function commonWidth(rows: readonly WidthsOfSpot[], axis: Axis): Common | null {
  return commonOf(rows.flatMap((row) => row[axis]?.fwhm ?? []));
}

/** Columns of a table with a line per spot, then mean and standard deviation; nanometres. */
export function widthColumns(rows: readonly WidthsOfSpot[]): readonly CsvColumn[] {
  const nanometres = (length: number | null | undefined) => (length == null ? null : length * 1e9);
  return AXES.flatMap((axis): CsvColumn[] => {
    const common = commonWidth(rows, axis);
    if (common === null) return [];
    const { mean, deviation } = common;
    const each = rows.map((row) => row[axis]);
    return [
      {
        name: `FWHM ${axis} (nm)`,
        values: [...each.map((width) => nanometres(width?.fwhm)), nanometres(mean), nanometres(deviation)],
      },
      {
        name: `FWHM ${axis} standard error (nm)`,
        values: [...each.map((width) => nanometres(width?.error)), null, null],
      },
      {
        name: `Gaussian sigma ${axis} (nm)`,
        values: [
          ...each.map((width) => nanometres(width === null ? null : width.fwhm / GAUSSIAN_FWHM)),
          nanometres(mean / GAUSSIAN_FWHM),
          nanometres(deviation === null ? null : deviation / GAUSSIAN_FWHM),
        ],
      },
    ];
  });
}
