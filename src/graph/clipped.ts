/** Pixels of a measured image that say nothing because they are as bright as their camera can tell. */

/** Share of pixels at one and the same largest value from which on a hologram is taken for clipped there. */
const PLATEAU = 1e-3;
/** Share of clipped pixels from which on an image says too little. */
const MUCH_CLIPPED = 0.05;

/**
 * The level at which pixels are clipped: that of the file, or the largest value where many pixels share it, as those of a
 * camera with fewer bits than its file (1023, 4095, 16383).
 * @param level of the file; null for floats
 */
export function clippingLevel(data: Float32Array, level: number | null): number | null {
  const largest = data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const shared = data.reduce((count, value) => count + (value === largest ? 1 : 0), 0);
  const isPlateau = shared < data.length && shared > Math.max(2, PLATEAU * data.length);
  const isOfCamera = level === null || (largest < level && Number.isInteger(Math.log2(largest + 1)));
  return isPlateau && isOfCamera ? largest : level;
}

function clippedShare(data: Float32Array, level: number | null): number {
  if (level === null) return 0;
  return data.reduce((count, value) => count + (value >= level ? 1 : 0), 0) / data.length;
}

export function isMuchClipped(data: Float32Array, level: number | null): boolean {
  return clippedShare(data, level) > MUCH_CLIPPED;
}

/** Says how many pixels are clipped, and when that is too many; null where none is. */
export function clippedNote(data: Float32Array, level: number | null): string | null {
  const share = clippedShare(data, level);
  if (share === 0) return null;
  const percent = Number((100 * share).toPrecision(2));
  return share > MUCH_CLIPPED
    ? `${percent} % of the pixels are clipped (${level} or more) and left out: what the brightest rings say is lost. Take the image with less exposure.`
    : `${percent} % of the pixels are clipped (${level} or more) and left out.`;
}
