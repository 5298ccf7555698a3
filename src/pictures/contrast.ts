/** Whether a picture needs a logarithmic display: most of it is far darker than its peak, yet not black. */
import type { PortType } from '../optics/values.ts';
import type { ViewMode } from './scaling.ts';

/** A median this far below the peak is invisible on a linear scale of 256 colours, and has structure to show. */
export const HIGH = 1e-3;
/** A picture that is shown logarithmically stays so until its median is above this, so that sliders do not flicker. */
export const BACK = 4e-3;

interface Values {
  readonly portType: PortType;
  readonly mode: ViewMode;
  readonly data: Float32Array;
}

/**
 * Only for images: a focused spot (median at 3e-4 of the peak) is of high contrast; holograms (median near the
 * mean) and beads on a background are not.
 * @param before what was said of the picture before this one
 */
export function isHighContrast(view: Values, before: boolean): boolean {
  if (view.portType !== 'image' || view.mode === 'phase' || view.data.length < 16) return false;
  const { data } = view;
  let peak = 0;
  for (let i = 0; i < data.length; i++) if ((data[i] as number) > peak) peak = data[i] as number;
  if (!(peak > 0) || !Number.isFinite(peak)) return false;
  const limit = (before ? BACK : HIGH) * peak;
  let dark = 0;
  let lit = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < limit) dark++;
    // Rounding of float32 sums is not light.
    if (value > 1e-6 * peak) lit++;
  }
  return dark > data.length / 2 && lit > data.length / 8;
}
