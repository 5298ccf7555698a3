/** Pixels of a measured image that say nothing: as bright as their camera can tell, or no numbers at all. */

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

/** Above every value that means something: marks pixels that do not count in a document's image. */
export const LEFT_OUT = 1e30;

/** NaN and infinite ones. */
export function countNotNumbers(data: Float32Array): number {
  let count = 0;
  // By index: an iterator over 64 million pixels takes several times as long.
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) count++;
  return count;
}

/** Why an image is refused where every pixel is needed: a map, a background, a picture as light. Null where all are numbers. */
export function notNumbersProblem(name: string, data: Float32Array): string | null {
  const count = countNotNumbers(data);
  if (count === 0) return null;
  const pixels = count === 1 ? 'pixel that is not a number' : 'pixels that are not numbers';
  return `“${name}” contains ${count} ${pixels} (NaN or infinite), and all are needed here. Replace them, for instance by the median of their neighbours, and try again.`;
}

/** Pixels that are not numbers marked as left out; an image without any as it is. */
export function markedNumbers(
  data: Float32Array,
  level: number | null,
): { readonly data: Float32Array; readonly level: number | null } {
  if (countNotNumbers(data) === 0) return { data, level };
  // A file with a level of its own has whole numbers, all of them finite.
  return { data: data.map((value) => (Number.isFinite(value) ? value : LEFT_OUT)), level: LEFT_OUT };
}

/** The mean of what counts in place of what is left out: pictures keep their contrast and sums stay finite. */
export function withoutMarks(data: Float32Array): Float32Array {
  const isNumber = (value: number) => Number.isFinite(value) && value < LEFT_OUT;
  let [sum, count] = [0, 0];
  for (const value of data) {
    if (!isNumber(value)) continue;
    sum += value;
    count++;
  }
  if (count === data.length) return data;
  const mean = count === 0 ? 0 : sum / count;
  return data.map((value) => (isNumber(value) ? value : mean));
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
  if (level === LEFT_OUT) {
    const count = Math.round(share * data.length);
    const are = count === 1 ? 'pixel is not a number or has' : 'pixels are not numbers or have';
    return `${count} ${are} no background (${percent} %), left out.`;
  }
  return share > MUCH_CLIPPED
    ? `${percent} % of the pixels are clipped (${level} or more) and left out: what the brightest rings say is lost. Take the image with less exposure.`
    : `${percent} % of the pixels are clipped (${level} or more) and left out.`;
}
