import { countNotNumbers } from '../../graph/clipped.ts';
import { FileProblem, groupDigits, Refusal, type ScientificImage, type StoredFrames } from './image.ts';
import { decodeNpy, openNpy } from './npy.ts';
import { decodePng } from './png.ts';
import { decodeTiff, openTiff } from './tiff.ts';

/** A movie of one frame. */
function openPng(bytes: Uint8Array): StoredFrames {
  const { shape, data, source } = decodePng(bytes);
  const [ny = 1, nx = 1] = shape;
  const { saturationLevel, notes } = source;
  return { count: 1, shape: [ny, nx], saturationLevel, notes, read: () => data };
}

interface Signature {
  /** What the bytes are, with its article. */
  kind: string;
  offset: number;
  bytes: readonly number[];
}

const SAVE_AS = 'Save the image as TIFF, PNG or NPY and try again.';

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));

const DECODERS: readonly (Signature & {
  extensions: string[];
  decode: (bytes: Uint8Array) => ScientificImage;
  open: (bytes: Uint8Array) => StoredFrames;
})[] = [
  {
    kind: 'a PNG file',
    offset: 0,
    bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    extensions: ['png'],
    decode: decodePng,
    open: openPng,
  },
  {
    kind: 'an NPY file',
    offset: 0,
    bytes: [0x93, ...ascii('NUMPY')],
    extensions: ['npy'],
    decode: decodeNpy,
    open: openNpy,
  },
  ...[
    [0x49, 0x49, 42, 0],
    [0x4d, 0x4d, 0, 42],
    [0x49, 0x49, 43, 0],
    [0x4d, 0x4d, 0, 43],
  ].map((bytes) => ({
    kind: 'a TIFF file',
    offset: 0,
    bytes,
    extensions: ['tif', 'tiff', 'lsm', 'stk', 'btf', 'tf8'],
    decode: decodeTiff,
    open: openTiff,
  })),
];

const LOSSY =
  'Its compression changes the measured values: export the original as TIFF or PNG and try again.';
const UNPACK = 'Unpack it and choose the TIFF, PNG or NPY file inside.';

/** Files that people have at hand and that cannot be read, with advice that helps. */
const OTHERS: readonly (Signature & { advice: string })[] = [
  { kind: 'a JPEG image', offset: 0, bytes: [0xff, 0xd8, 0xff], advice: LOSSY },
  { kind: 'a GIF image', offset: 0, bytes: ascii('GIF8'), advice: SAVE_AS },
  { kind: 'a WebP image', offset: 8, bytes: ascii('WEBP'), advice: LOSSY },
  { kind: 'a HEIC or AVIF image', offset: 4, bytes: ascii('ftyphei'), advice: LOSSY },
  { kind: 'a HEIC or AVIF image', offset: 4, bytes: ascii('ftyphev'), advice: LOSSY },
  { kind: 'a HEIC or AVIF image', offset: 4, bytes: ascii('ftypmif1'), advice: LOSSY },
  { kind: 'a HEIC or AVIF image', offset: 4, bytes: ascii('ftypmsf1'), advice: LOSSY },
  { kind: 'a HEIC or AVIF image', offset: 4, bytes: ascii('ftypavi'), advice: LOSSY },
  { kind: 'a film', offset: 4, bytes: ascii('ftyp'), advice: SAVE_AS },
  { kind: 'a JPEG 2000 image', offset: 4, bytes: ascii('jP  '), advice: SAVE_AS },
  { kind: 'a ZIP or NPZ archive', offset: 0, bytes: [...ascii('PK'), 3, 4], advice: UNPACK },
  { kind: 'an empty ZIP archive', offset: 0, bytes: [...ascii('PK'), 5, 6], advice: SAVE_AS },
  { kind: 'a gzip archive', offset: 0, bytes: [0x1f, 0x8b], advice: UNPACK },
  { kind: 'a PDF document', offset: 0, bytes: ascii('%PDF'), advice: SAVE_AS },
  { kind: 'an HDF5 file', offset: 0, bytes: [0x89, ...ascii('HDF')], advice: SAVE_AS },
  { kind: 'a FITS image', offset: 0, bytes: ascii('SIMPLE  ='), advice: SAVE_AS },
  { kind: 'a MATLAB file', offset: 0, bytes: ascii('MATLAB '), advice: SAVE_AS },
  { kind: 'a Zeiss CZI file', offset: 0, bytes: ascii('ZISRAWFILE'), advice: SAVE_AS },
];

function matches(bytes: Uint8Array, signature: Signature): boolean {
  return signature.bytes.every((byte, i) => bytes[signature.offset + i] === byte);
}

/** "BM" alone also begins words; the four reserved bytes that follow the size do not lie in a text. */
function isBmp(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length > 26 && bytes.subarray(6, 10).every((b) => b === 0)
  );
}

/** The beginning of the file as text, or null when it holds bytes that no text has. */
function leadingText(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, 256);
  try {
    // A character cut in two at the end of the head is no reason to call the file binary.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, {
      stream: head.length < bytes.length,
    });
    return /[^\P{Cc}\t\n\r\f]/u.test(text) ? null : text.replace(/\s+/g, ' ').trim();
  } catch {
    return null;
  }
}

function extensionOf(fileName: string): string {
  return /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
}

/** The sentence for a file whose first bytes are not those of a readable image. */
function notAnImage(bytes: Uint8Array, fileName: string): FileProblem {
  const other = OTHERS.find((signature) => matches(bytes, signature));
  if (other !== undefined) {
    return new FileProblem(
      'unsupportedFormat',
      fileName,
      `is ${other.kind}, which cannot be read.`,
      other.advice,
    );
  }
  if (isBmp(bytes)) {
    return new FileProblem('unsupportedFormat', fileName, 'is a BMP image, which cannot be read.', SAVE_AS);
  }
  const extension = extensionOf(fileName);
  const claimed = DECODERS.find(({ extensions }) => extensions.includes(extension));
  const denial = `is not ${claimed?.kind ?? 'an image that can be read'}`;
  const text = leadingText(bytes);
  if (text === null) {
    const head = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return new FileProblem('notAnImage', fileName, `${denial}: it starts with the bytes ${head}.`, SAVE_AS);
  }
  const characters = [...text];
  const excerpt = characters.length > 30 ? `${characters.slice(0, 30).join('')}…` : text;
  const quoted = excerpt === '' ? '' : ` (“${excerpt}”)`;
  return new FileProblem('notAnImage', fileName, `${denial}: it starts with text${quoted}.`, SAVE_AS);
}

/** Share of pixels that are not numbers from which on an image says nothing. */
const MOSTLY = 0.5;

/** Pixels that are not numbers stay: a target leaves them out. Where most are none, the file is refused. */
function checkNumbers({ data, source }: ScientificImage): void {
  if (source.sampleFormat !== 'float') return;
  // Values of 64-bit floats can be finite in the file and too large for the 32-bit floats of the image.
  if (countNotNumbers(data) > MOSTLY * data.length) refuseBadNumbers(data, source.bitDepth === 64);
}

/** @param wide whether the file's own numbers may be too large for 32-bit floats */
function refuseBadNumbers(data: Float32Array, wide: boolean): void {
  const bad = countNotNumbers(data);
  if (bad === 0) return;
  const verb = bad === 1 ? 'is' : 'are';
  const pixels = bad === 1 ? 'pixel that is not a number' : 'pixels that are not numbers';
  throw new Refusal(
    'notNumbers',
    `contains ${groupDigits(bad)} ${pixels} (NaN or infinite)${wide ? ` or ${verb} too large for 32-bit floats` : ''}.`,
    'Replace them, for instance by the median of their neighbours, and try again.',
  );
}

function asFileProblem(error: unknown, fileName: string): FileProblem {
  if (error instanceof FileProblem) return error;
  if (error instanceof Refusal) return new FileProblem(error.code, fileName, error.message, error.advice);
  const advice = 'Save it again as uncompressed TIFF, PNG or NPY and try again.';
  return new FileProblem(
    'damaged',
    fileName,
    'could not be read: its contents make no sense.',
    advice,
    error,
  );
}

/**
 * Reads a PNG, TIFF, BigTIFF or NPY file as an image [ny, nx] or stack [planes, ny, nx] of 32-bit floats
 * with the values that the file stores. The kind is told from the first bytes, not from the name.
 * Sizes are held against the limits (64 Mpx, 256 MB) before memory is taken.
 * Rejects with a {@link FileProblem} and with nothing else. `bytes` is not changed.
 */
export async function decodeImage(bytes: Uint8Array, fileName: string): Promise<ScientificImage> {
  try {
    const decoder = decoderOf(bytes, fileName);
    const image = decoder.decode(bytes);
    checkNumbers(image);
    const extension = extensionOf(fileName);
    const claimed = DECODERS.find(({ extensions }) => extensions.includes(extension));
    if (claimed !== undefined && claimed.decode !== decoder.decode) {
      image.source.notes.push(`The name ends in .${extension}, but this is ${decoder.kind}.`);
    }
    return image;
  } catch (error) {
    throw asFileProblem(error, fileName);
  }
}

function decoderOf(bytes: Uint8Array, fileName: string): (typeof DECODERS)[number] {
  if (bytes.length === 0) {
    throw new FileProblem('empty', fileName, 'is empty.', 'Choose the file again, or export it once more.');
  }
  const decoder = DECODERS.find((signature) => matches(bytes, signature));
  if (decoder === undefined) throw notAnImage(bytes, fileName);
  return decoder;
}

/**
 * Opens the images of a file one by one: a movie may be far larger than what one image may decode to. `bytes` must
 * not be changed while frames are read. Throws a {@link FileProblem} and nothing else, `read` too.
 */
export function openFrames(bytes: Uint8Array, fileName: string): StoredFrames {
  try {
    const frames = decoderOf(bytes, fileName).open(bytes);
    return {
      ...frames,
      read(index) {
        try {
          const data = frames.read(index);
          refuseBadNumbers(data, false);
          return data;
        } catch (error) {
          throw asFileProblem(error, fileName);
        }
      },
    };
  } catch (error) {
    throw asFileProblem(error, fileName);
  }
}
