/** The image that every decoder of this folder returns, and the one error that a person can see. */

export type ImageFormat = 'png' | 'tiff' | 'npy';
export type SampleFormat = 'uint' | 'int' | 'float';

export interface ImageSource {
  format: ImageFormat;
  /** Bits per sample in the file. */
  bitDepth: number;
  sampleFormat: SampleFormat;
  /** Samples per pixel in the file, alpha included. */
  channels: number;
  /** Largest value that the sample type can hold; null for floats and 1-bit masks. */
  saturationLevel: number | null;
  /** Sentences about choices that were made while reading. */
  notes: string[];
  /** Distance from plane to plane that the file tells, metres. */
  planeSpacing?: number;
  /** Size of a pixel that the file tells, metres: along x, where it says so for x alone. */
  pixelSize?: number;
  /** The file calls its planes frames: they are times. */
  framesOfTime?: true;
}

export interface ScientificImage {
  /** [ny, nx] or [planes, ny, nx]. */
  shape: readonly number[];
  /** Row-major, values as stored in the file, not normalised. */
  data: Float32Array;
  source: ImageSource;
}

/** Images of one size in a file, unpacked one at a time. */
export interface StoredFrames {
  readonly count: number;
  /** [ny, nx] of each. */
  readonly shape: readonly [number, number];
  readonly saturationLevel: number | null;
  /** Sentences about choices that were made while reading. */
  readonly notes: readonly string[];
  /** Values as stored, row-major. Throws where this one cannot be read. */
  readonly read: (index: number) => Float32Array;
}

export type FileProblemCode =
  | 'empty'
  | 'notAnImage'
  | 'unsupportedFormat'
  | 'unsupportedContent'
  | 'tooLarge'
  | 'zeroSize'
  | 'truncated'
  | 'damaged'
  | 'notNumbers';

const LONGEST_NAME_SHOWN = 80;

/** The name between typographic quotes, without control characters and not longer than a line. */
function quoteName(fileName: string): string {
  const clean = fileName.replace(/\p{Cc}/gu, '').trim();
  const characters = [...clean];
  const short =
    characters.length > LONGEST_NAME_SHOWN ? `${characters.slice(0, LONGEST_NAME_SHOWN).join('')}…` : clean;
  return `“${short === '' ? 'the file' : short}”`;
}

/** A file cannot be used. `message` names the file, what is wrong and what to do. */
export class FileProblem extends Error {
  readonly code: FileProblemCode;
  readonly fileName: string;

  /** `what` continues the name ("is empty."); `advice` is a sentence of its own. */
  constructor(code: FileProblemCode, fileName: string, what: string, advice: string, cause?: unknown) {
    super(`${quoteName(fileName)} ${what} ${advice}`, cause === undefined ? undefined : { cause });
    this.name = 'FileProblem';
    this.code = code;
    this.fileName = fileName;
  }
}

/** Thrown inside the decoders, which do not know the file's name; `decodeImage` adds it. */
export class Refusal extends Error {
  readonly code: FileProblemCode;
  readonly advice: string;

  constructor(code: FileProblemCode, what: string, advice: string) {
    super(what);
    this.name = 'Refusal';
    this.code = code;
    this.advice = advice;
  }
}

export const COPY_AGAIN = 'Copy or export it again from the original and try again.';
export const SAVE_PLAIN = 'Save the image as uncompressed grey TIFF, PNG or NPY and try again.';

export function truncated(detail: string): Refusal {
  return new Refusal('truncated', `is cut short: ${detail}.`, COPY_AGAIN);
}

export function damaged(detail: string): Refusal {
  return new Refusal('damaged', `is damaged: ${detail}.`, COPY_AGAIN);
}

export function unsupported(what: string, advice: string = SAVE_PLAIN): Refusal {
  return new Refusal('unsupportedContent', what, advice);
}

/** Limits on what one file may decode to; the header is held against them before any allocation. */
export const LARGEST_IMAGE_PIXELS = 64e6;
export const LARGEST_IMAGE_BYTES = 256e6;

/** Groups of three digits with thin spaces, so that large numbers in sentences can be read. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** "3 × 200 × 300". */
export function describeShape(shape: readonly number[]): string {
  return shape.map(groupDigits).join(' × ');
}

/**
 * Refuses an image of size zero, and one above the limits, from the numbers of its header alone.
 * @param shape [ny, nx] or [planes, ny, nx] in pixels.
 * @param bytesPerPixel bytes of one pixel as stored after decompression, all channels together.
 */
export function checkSize(shape: readonly number[], bytesPerPixel: number): void {
  const pixels = shape.reduce((product, length) => product * length, 1);
  if (pixels === 0) {
    throw new Refusal(
      'zeroSize',
      `has no pixels: its size is ${describeShape(shape)}.`,
      'Choose an image with at least one row and one column.',
    );
  }
  // The image is held as 32-bit floats, so a pixel never costs less than 4 bytes.
  const bytes = pixels * Math.max(4, bytesPerPixel);
  if (pixels > LARGEST_IMAGE_PIXELS || bytes > LARGEST_IMAGE_BYTES) {
    const megapixels = groupDigits(Math.ceil(pixels / 1e6));
    const megabytes = groupDigits(Math.ceil(bytes / 1e6));
    throw new Refusal(
      'tooLarge',
      `is too large: ${describeShape(shape)} pixels are ${megapixels} Mpx and ${megabytes} MB when decoded; ` +
        `the limits are ${LARGEST_IMAGE_PIXELS / 1e6} Mpx and ${LARGEST_IMAGE_BYTES / 1e6} MB.`,
      'Crop or bin the image, or take fewer planes, and try again.',
    );
  }
}

/** Largest integer up to which every integer is a 32-bit float. */
export const LARGEST_EXACT_FLOAT32_INTEGER = 2 ** 24;

/** Largest value of a sample type; null where reaching it says nothing about the camera. */
export function saturationLevelOf(sampleFormat: SampleFormat, bitDepth: number): number | null {
  if (sampleFormat === 'float' || bitDepth === 1) return null;
  return sampleFormat === 'uint' ? 2 ** bitDepth - 1 : 2 ** (bitDepth - 1) - 1;
}
