/** Widths of picked spots in metres, and what they have in common. React-free. */
import { GAUSSIAN_FWHM, type SpotWidth } from '../../graph/guided/gaussianWidths.ts';
import type { CsvColumn } from '../../workers/filesClient.ts';
import type { FitResult } from '../../workers/protocol.ts';

export const AXES = ['x', 'y', 'z'] as const;
export type Axis = (typeof AXES)[number];
/** Full widths at half maximum of a spot's Gaussians, metres; null where none fits. */
export type WidthsOfSpot = Readonly<Record<Axis, SpotWidth | null>>;

export interface Precision {
  /** Standard error of the position, metres. */
  readonly error: number | null;
  /**
   * The least that any unbiased estimate can have under the given noise, metres; null where nobody gives the noise, and
   * where the error holds something else: what was known before, a penalty, or a brightness that is not known.
   */
  readonly bound: number | null;
}

/** How well a fit knows where a bead is. */
export function precisionOf({ parameters, errorSource }: FitResult, axis: Axis): Precision {
  const error = parameters.find(({ path }) => path.endsWith(`.${axis}`))?.sigma ?? null;
  if (error === null || errorSource?.noise !== 'given') return { error, bound: null };
  const isOfNoise = errorSource.isMixed !== true && errorSource.withPenalty !== true;
  return { error, bound: isOfNoise ? error / errorSource.factor : null };
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
