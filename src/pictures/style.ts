/** In which colours a picture is shown. */
import type { ColormapName } from './colormaps.ts';
import type { Scaling, ValueRange, ViewMode } from './scaling.ts';
import { automaticRange } from './scaling.ts';

export interface PictureStyle {
  readonly colormap: ColormapName;
  /** 'auto': logarithmic for images of high contrast, else linear. */
  readonly scaling: Scaling | 'auto';
  /** Share of the values cut at each end of the range, 0 to 0.5. */
  readonly clip: number;
  readonly locked: ValueRange | null;
  /** The range is symmetric about zero. */
  readonly signed: boolean;
}

/** A style whose scaling is decided. */
export interface ImageStyle extends PictureStyle {
  readonly scaling: Scaling;
}

/** @param highContrast what `isHighContrast` says of the picture, for automatic scaling */
export function decidedScaling({ scaling }: Pick<PictureStyle, 'scaling'>, highContrast: boolean): Scaling {
  if (scaling !== 'auto') return scaling;
  return highContrast ? 'log' : 'linear';
}

/** @param held range of the picture before, where it is to stay; null otherwise */
export function shownRange(
  stats: ValueRange,
  mode: ViewMode,
  style: Pick<PictureStyle, 'locked' | 'signed'>,
  held: ValueRange | null,
): ValueRange {
  return style.locked ?? held ?? automaticRange(stats, mode, style.signed);
}
