/** Share of the energy inside a circle, as a function of its radius. */
import type { HostPlane } from './hostPlane.ts';

export interface EncircledEnergy {
  /** Metres. */
  readonly radius: Float64Array;
  /** Of the energy in the window, 0 to 1. */
  readonly share: Float64Array;
}

/** Steps of the curve in a sample. */
const STEPS = 8;

/**
 * Around a point (metres from sample floor(N/2)), up to the nearest edge of the window. A sample's energy is spread
 * evenly over the radii that its cell reaches; that of a cell at the centre over a disc of the cell's area.
 */
export function encircledEnergy(
  { data, rows, columns, pitch }: HostPlane,
  centre: { readonly x: number; readonly y: number },
): EncircledEnergy {
  const cx = centre.x / pitch + Math.floor(columns / 2);
  const cy = centre.y / pitch + Math.floor(rows / 2);
  const reach = Math.max(1, Math.min(cx, cy, columns - 1 - cx, rows - 1 - cy));
  const bins = Math.max(1, Math.floor(reach * STEPS));
  const density = new Float64Array(bins);
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    total += value;
    const r = Math.hypot((i % columns) - cx, Math.floor(i / columns) - cy);
    if (r > reach + 0.5) continue;
    spread(density, value, r);
  }
  const share = new Float64Array(bins + 1);
  for (let bin = 0; bin < bins; bin++)
    share[bin + 1] = (share[bin] as number) + (total > 0 ? (density[bin] as number) / total : 0);
  return { radius: share.map((_, bin) => (bin / STEPS) * pitch), share };
}

const CELL_RADIUS = 1 / Math.sqrt(Math.PI);

function spread(density: Float64Array, value: number, r: number): void {
  const isCentral = r < CELL_RADIUS;
  const from = isCentral ? 0 : r - 0.5;
  const to = isCentral ? r + CELL_RADIUS : r + 0.5;
  const first = Math.max(0, Math.floor(from * STEPS));
  const last = Math.min(density.length - 1, Math.ceil(to * STEPS) - 1);
  for (let bin = first; bin <= last; bin++) {
    const low = Math.max(from, bin / STEPS);
    const high = Math.min(to, (bin + 1) / STEPS);
    if (high <= low) continue;
    const part = isCentral ? (high * high - low * low) / (to * to) : (high - low) / (to - from);
    density[bin] = (density[bin] as number) + value * part;
  }
}

/** Radius that holds a share of the energy, metres; null where the window does not. */
export function radiusHolding({ radius, share }: EncircledEnergy, wanted: number): number | null {
  for (let i = 1; i < share.length; i++) {
    const [before, after] = [share[i - 1] as number, share[i] as number];
    if (after < wanted || after === before) continue;
    const t = (wanted - before) / (after - before);
    return (radius[i - 1] as number) + t * ((radius[i] as number) - (radius[i - 1] as number));
  }
  return null;
}
