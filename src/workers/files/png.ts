import {
  COPY_AGAIN,
  checkSize,
  damaged,
  Refusal,
  type ScientificImage,
  saturationLevelOf,
  truncated,
} from './image.ts';
import { inflateZlib, LARGEST_DEFLATE_RATIO } from './inflate.ts';

const GREY = 0;
const COLOUR = 2;
const PALETTE = 3;
const GREY_ALPHA = 4;
const COLOUR_ALPHA = 6;

const CHANNELS = new Map([
  [GREY, 1],
  [COLOUR, 3],
  [PALETTE, 1],
  [GREY_ALPHA, 2],
  [COLOUR_ALPHA, 4],
]);

interface PngHeader {
  width: number;
  height: number;
  bitDepth: number;
  colourType: number;
  channels: number;
  interlaced: boolean;
}

interface PngChunks {
  header: PngHeader;
  palette: Uint8Array | null;
  compressed: Uint8Array;
  hasTransparency: boolean;
  animated: boolean;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function readHeader(chunk: Uint8Array): PngHeader {
  if (chunk.length !== 13) throw damaged('its PNG header has the wrong length');
  const view = new DataView(chunk.buffer, chunk.byteOffset, 13);
  const bitDepth = view.getUint8(8);
  const colourType = view.getUint8(9);
  const channels = CHANNELS.get(colourType);
  const depths = colourType === GREY ? [1, 2, 4, 8, 16] : colourType === PALETTE ? [1, 2, 4, 8] : [8, 16];
  const interlace = view.getUint8(12);
  if (channels === undefined || !depths.includes(bitDepth)) {
    throw damaged(
      `its header names colour type ${colourType} with ${bitDepth} bits, which PNG does not have`,
    );
  }
  if (view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || interlace > 1) {
    throw damaged('its header names a compression, filter or interlace method that PNG does not have');
  }
  const header = { width: view.getUint32(0), height: view.getUint32(4), bitDepth, colourType, channels };
  checkSize([header.height, header.width], Math.ceil((channels * bitDepth) / 8));
  return { ...header, interlaced: interlace === 1 };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Walks the chunks. Checksums are verified only where a wrong byte would change pixel values. */
function readChunks(bytes: Uint8Array): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: PngHeader | null = null;
  let palette: Uint8Array | null = null;
  let hasTransparency = false;
  let animated = false;
  const compressed: Uint8Array[] = [];
  let at = 8;
  for (;;) {
    if (at + 12 > bytes.length) throw truncated('the end mark of the PNG file is missing');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw truncated(`a part of ${length} bytes reaches beyond its end`);
    if (header === null && type !== 'IHDR') throw damaged('it does not start with a PNG header');
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR' || type === 'PLTE' || type === 'IDAT') {
      if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
        throw damaged(`the checksum of its ${type} part is wrong`);
      }
    }
    if (type === 'IHDR') header = readHeader(content);
    else if (type === 'PLTE') palette = content;
    else if (type === 'IDAT') compressed.push(content);
    else if (type === 'tRNS') hasTransparency = true;
    else if (type === 'acTL') animated = true;
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  if (header === null || compressed.length === 0) throw damaged('it holds no image data');
  return { header, palette, compressed: join(compressed), hasTransparency, animated };
}

interface Pass {
  x0: number;
  y0: number;
  dx: number;
  dy: number;
  width: number;
  height: number;
}

/** The seven passes of Adam7 (PNG specification, 8.2), or the one pass of an image that is not interlaced. */
function passesOf(header: PngHeader): Pass[] {
  const origins = header.interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];
  return origins
    .map(([x0 = 0, y0 = 0, dx = 1, dy = 1]) => ({
      x0,
      y0,
      dx,
      dy,
      width: Math.ceil((header.width - x0) / dx),
      height: Math.ceil((header.height - y0) / dy),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toUpLeft = Math.abs(estimate - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

/** Undoes the filter of one row in place (PNG specification, 9.2). `above` is null on the first row. */
function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array | null, step: number): void {
  if (filter > 4) throw damaged('a row names a filter that PNG does not have');
  if (filter === 0) return;
  if (filter === 2 && above === null) return;
  // One loop per filter: a choice for every byte would double the time of large images.
  if (filter === 1) {
    for (let i = step; i < row.length; i++) row[i] = (row[i] ?? 0) + (row[i - step] ?? 0);
  } else if (filter === 2) {
    for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) + (above?.[i] ?? 0);
  } else {
    for (let i = 0; i < row.length; i++) {
      const left = i >= step ? (row[i - step] ?? 0) : 0;
      const up = above?.[i] ?? 0;
      const upLeft = i >= step ? (above?.[i - step] ?? 0) : 0;
      row[i] = (row[i] ?? 0) + (filter === 3 ? (left + up) >> 1 : paeth(left, up, upLeft));
    }
  }
}

/** Value of the pixel `x` of an unfiltered row: the grey value, or the mean of red, green and blue. */
function pixelReader(
  header: PngHeader,
  greyOfIndex: Float32Array | null,
): (row: Uint8Array, x: number) => number {
  const { bitDepth, channels, colourType } = header;
  if (bitDepth < 8) {
    const mask = (1 << bitDepth) - 1;
    return (row, x) => {
      const bit = x * bitDepth;
      const value = ((row[bit >> 3] ?? 0) >> (8 - bitDepth - (bit & 7))) & mask;
      return greyOfIndex === null ? value : (greyOfIndex[value] ?? Number.NaN);
    };
  }
  if (greyOfIndex !== null) return (row, x) => greyOfIndex[row[x] ?? 0] ?? Number.NaN;
  const sample =
    bitDepth === 8
      ? (row: Uint8Array, at: number) => row[at] ?? 0
      : (row: Uint8Array, at: number) => (row[2 * at] ?? 0) * 256 + (row[2 * at + 1] ?? 0);
  if (colourType === GREY || colourType === GREY_ALPHA) return (row, x) => sample(row, x * channels);
  return (row, x) => {
    const at = x * channels;
    return (sample(row, at) + sample(row, at + 1) + sample(row, at + 2)) / 3;
  };
}

/** Mean of red, green and blue of each palette entry. */
function greyPalette(palette: Uint8Array | null): Float32Array {
  if (palette === null || palette.length === 0 || palette.length % 3 !== 0) {
    throw damaged('its colour palette is missing or has the wrong length');
  }
  return Float32Array.from(
    { length: palette.length / 3 },
    (_, i) => ((palette[3 * i] ?? 0) + (palette[3 * i + 1] ?? 0) + (palette[3 * i + 2] ?? 0)) / 3,
  );
}

function readPixels(
  header: PngHeader,
  compressed: Uint8Array,
  greyOfIndex: Float32Array | null,
): Float32Array {
  const bitsPerPixel = header.bitDepth * header.channels;
  const passes = passesOf(header);
  const rowBytes = (pass: Pass): number => Math.ceil((pass.width * bitsPerPixel) / 8);
  const needed = passes.reduce((sum, pass) => sum + pass.height * (1 + rowBytes(pass)), 0);
  // Before allocating: no deflate stream of this length can hold so many pixels.
  if (needed > LARGEST_DEFLATE_RATIO * compressed.length) {
    throw truncated(
      `its header promises ${header.height} rows of ${header.width} pixels, and there are fewer data`,
    );
  }
  const raw = inflateZlib(compressed, needed);
  if (raw.length < needed) {
    throw truncated(`it holds ${raw.length} of the ${needed} bytes that its pixels need`);
  }
  const data = new Float32Array(header.width * header.height);
  const valueAt = pixelReader(header, greyOfIndex);
  const step = Math.max(1, bitsPerPixel >> 3);
  let at = 0;
  for (const pass of passes) {
    const length = rowBytes(pass);
    let above: Uint8Array | null = null;
    for (let y = 0; y < pass.height; y++) {
      const row: Uint8Array = raw.subarray(at + 1, at + 1 + length);
      unfilterRow(raw[at] ?? 0, row, above, step);
      const start = (pass.y0 + y * pass.dy) * header.width + pass.x0;
      for (let x = 0; x < pass.width; x++) data[start + x * pass.dx] = valueAt(row, x);
      above = row;
      at += 1 + length;
    }
  }
  if (greyOfIndex !== null && data.some(Number.isNaN)) {
    throw new Refusal(
      'damaged',
      'is damaged: pixels use colours that its palette does not have.',
      COPY_AGAIN,
    );
  }
  return data;
}

/** Reads a PNG of any colour type and bit depth as [ny, nx]; colour becomes the mean of R, G and B. */
export function decodePng(bytes: Uint8Array): ScientificImage {
  const { header, palette, compressed, hasTransparency, animated } = readChunks(bytes);
  const { colourType } = header;
  const notes: string[] = [];
  const greyOfIndex = colourType === PALETTE ? greyPalette(palette) : null;
  if (colourType === COLOUR || colourType === COLOUR_ALPHA) {
    notes.push('Colour image: mean of R, G and B was taken.');
  }
  if (colourType === PALETTE) {
    notes.push('Image with a colour palette: mean of R, G and B of each palette colour was taken.');
  }
  if (hasTransparency || colourType === GREY_ALPHA || colourType === COLOUR_ALPHA) {
    notes.push('Transparency was ignored.');
  }
  if (animated) notes.push('Animated PNG: only its still image was read.');
  const data = readPixels(header, compressed, greyOfIndex);
  const bitDepth = colourType === PALETTE ? 8 : header.bitDepth;
  return {
    shape: [header.height, header.width],
    data,
    source: {
      format: 'png',
      bitDepth,
      sampleFormat: 'uint',
      channels: header.channels,
      saturationLevel: saturationLevelOf('uint', bitDepth),
      notes,
    },
  };
}
