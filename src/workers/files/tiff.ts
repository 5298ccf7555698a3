import {
  checkSize,
  damaged,
  describeShape,
  LARGEST_EXACT_FLOAT32_INTEGER,
  type ScientificImage,
  type StoredFrames,
  saturationLevelOf,
  truncated,
  unsupported,
} from './image.ts';
import {
  inflateZlib,
  LARGEST_DEFLATE_RATIO,
  LARGEST_LZW_RATIO,
  LARGEST_PACKBITS_RATIO,
  unpackLzw,
  unpackPackBits,
} from './inflate.ts';
import { sampleReader } from './samples.ts';
import { axesNote, imageJNumber, lengthsIn, timesIn, unitsNote } from './tiffDescription.ts';
import { readTiffPages, type TiffFile, type TiffPage } from './tiffPages.ts';

const WHITE_IS_ZERO = 0;
const BLACK_IS_ZERO = 1;
const RGB = 2;
const PALETTE = 3;
const COLOUR_FILTER_ARRAY = 32803;

interface Codec {
  unpack: (packed: Uint8Array, limit: number) => Uint8Array;
  largestRatio: number;
}

const DEFLATE: Codec = { unpack: inflateZlib, largestRatio: LARGEST_DEFLATE_RATIO };
const CODECS = new Map<number, Codec>([
  [1, { unpack: (packed, limit) => packed.subarray(0, limit), largestRatio: 1 }],
  [5, { unpack: unpackLzw, largestRatio: LARGEST_LZW_RATIO }],
  [8, DEFLATE],
  [32946, DEFLATE],
  [32773, { unpack: unpackPackBits, largestRatio: LARGEST_PACKBITS_RATIO }],
]);
const OTHER_COMPRESSIONS: Record<number, string> = {
  2: 'CCITT fax',
  3: 'CCITT fax',
  4: 'CCITT fax',
  6: 'JPEG',
  7: 'JPEG',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};

/** How many of a pixel's samples make its value: three for colour, otherwise the first. */
function usedChannels(page: TiffPage): number {
  return page.photometric === RGB && page.samplesPerPixel >= 3 ? 3 : 1;
}

function codecOf(page: TiffPage): Codec {
  const codec = CODECS.get(page.compression);
  if (codec !== undefined) return codec;
  const name = OTHER_COMPRESSIONS[page.compression] ?? `number ${page.compression}`;
  throw unsupported(`uses the compression ${name}; none, LZW, Deflate and PackBits can be read.`);
}

function checkPhotometric(page: TiffPage): void {
  const known = [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, COLOUR_FILTER_ARRAY];
  if (!known.includes(page.photometric)) {
    throw unsupported(
      `stores colour in a way (TIFF photometric ${page.photometric}) that has no grey value.`,
    );
  }
}

function notesOf(page: TiffPage, hasColourChannels: boolean): string[] {
  const notes: string[] = [];
  const { photometric, samplesPerPixel } = page;
  if (hasColourChannels) notes.push('Colour image: mean of R, G and B was taken.');
  if (hasColourChannels && samplesPerPixel > 3) notes.push('Transparency was ignored.');
  if (!hasColourChannels && samplesPerPixel > 1) {
    notes.push(`Each pixel has ${samplesPerPixel} samples: the first was taken.`);
  }
  if (photometric === WHITE_IS_ZERO) notes.push('The file shows zero as white: values were kept as stored.');
  if (photometric === PALETTE) notes.push('The colour table was ignored: values were kept as stored.');
  if (photometric === COLOUR_FILTER_ARRAY) {
    notes.push('Raw pixels of a colour camera: neighbours lie behind different colour filters.');
  }
  return notes;
}

/** Undoes horizontal differencing (predictor 2) of one row in place, in the file's byte order. */
function undoDifferences(
  view: DataView,
  samples: number,
  stride: number,
  bits: number,
  little: boolean,
): void {
  for (let i = stride; i < samples; i++) {
    const from = i - stride;
    if (bits === 8) view.setUint8(i, view.getUint8(i) + view.getUint8(from));
    else if (bits === 16) {
      view.setUint16(2 * i, view.getUint16(2 * i, little) + view.getUint16(2 * from, little), little);
    } else if (bits === 32) {
      view.setUint32(4 * i, view.getUint32(4 * i, little) + view.getUint32(4 * from, little), little);
    } else {
      view.setBigUint64(
        8 * i,
        view.getBigUint64(8 * i, little) + view.getBigUint64(8 * from, little),
        little,
      );
    }
  }
}

/**
 * Undoes the floating-point predictor (Adobe TIFF technical note 3) of one row: bytes are summed, then
 * the byte planes, most significant first, are woven together again in the file's byte order.
 */
function undoFloatPredictor(row: Uint8Array, samples: number, stride: number, little: boolean): void {
  for (let i = stride; i < row.length; i++) row[i] = (row[i] ?? 0) + (row[i - stride] ?? 0);
  const planes = row.slice();
  const size = row.length / samples;
  for (let i = 0; i < samples; i++) {
    for (let byte = 0; byte < size; byte++) {
      row[i * size + (little ? size - 1 - byte : byte)] = planes[byte * samples + i] ?? 0;
    }
  }
}

interface BlockGeometry {
  /** Samples in one row of the block, and bytes that they take. */
  rowSamples: number;
  rowBytes: number;
  /** Samples from one pixel to the next within the block. */
  stride: number;
}

function geometryOf(page: TiffPage): BlockGeometry {
  const stride = page.planar ? 1 : page.samplesPerPixel;
  const rowSamples = page.blockWidth * stride;
  return { rowSamples, rowBytes: Math.ceil((rowSamples * page.bitDepth) / 8), stride };
}

function undoPredictor(page: TiffPage, geometry: BlockGeometry, block: Uint8Array, little: boolean): void {
  if (page.predictor === 1) return;
  const whole = [8, 16, 32, 64].includes(page.bitDepth);
  const known = page.predictor === 2 || (page.predictor === 3 && page.sampleFormat === 'float');
  if (!whole || !known) {
    throw unsupported(
      `uses predictor ${page.predictor} with ${page.bitDepth}-bit samples, which cannot be read.`,
    );
  }
  const { rowBytes, rowSamples, stride } = geometry;
  for (let at = 0; at + rowBytes <= block.length; at += rowBytes) {
    const row = block.subarray(at, at + rowBytes);
    if (page.predictor === 3) undoFloatPredictor(row, rowSamples, stride, little);
    else {
      const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
      undoDifferences(view, rowSamples, stride, page.bitDepth, little);
    }
  }
}

/** Unpacks block `index` (strip or tile) to `rows` rows of samples. */
function readBlock(file: TiffFile, page: TiffPage, index: number, rows: number): DataView {
  const geometry = geometryOf(page);
  const needed = rows * geometry.rowBytes;
  const offset = page.blockOffsets.at(index);
  const plain = page.compression === 1;
  const present = file.view.byteLength - offset;
  // Without compression the length follows from the size. Some old writers leave the byte counts out.
  const stored = plain ? needed : (page.blockByteCounts?.at(index) ?? present);
  if (stored > present) {
    throw truncated(`the pixels of a page reach to byte ${offset + stored} of ${file.view.byteLength}`);
  }
  const packed = new Uint8Array(file.view.buffer, file.view.byteOffset + offset, stored);
  let block = codecOf(page).unpack(packed, needed);
  if (block.length < needed) {
    throw truncated(`a block of pixels holds ${block.length} of the ${needed} bytes that it needs`);
  }
  if (page.predictor !== 1) {
    // The caller's bytes must not be changed, and an uncompressed block is a window on them.
    if (plain) block = block.slice();
    undoPredictor(page, geometry, block, file.littleEndian);
  }
  return new DataView(block.buffer, block.byteOffset, needed);
}

/** Writes one page to `target` (ny * nx values): its first channel, or the mean of its three colours. */
function writePage(file: TiffFile, page: TiffPage, target: Float32Array): void {
  const { width, height, blockWidth, blockHeight } = page;
  const { stride, rowSamples, rowBytes } = geometryOf(page);
  const across = Math.ceil(width / blockWidth);
  const blocksPerPlane = across * Math.ceil(height / blockHeight);
  const channels = usedChannels(page);
  const planes = page.planar ? channels : 1;
  const channelsPerBlock = page.planar ? 1 : channels;
  for (let index = 0; index < planes * blocksPerPlane; index++) {
    const inPlane = index % blocksPerPlane;
    const x0 = (inPlane % across) * blockWidth;
    const y0 = Math.floor(inPlane / across) * blockHeight;
    const rows = Math.min(blockHeight, height - y0);
    const columns = Math.min(blockWidth, width - x0);
    const view = readBlock(file, page, index, page.tiled ? blockHeight : rows);
    const reader = (from: DataView) =>
      sampleReader(from, page.sampleFormat, page.bitDepth, file.littleEndian);
    const wholeBytes = page.bitDepth % 8 === 0;
    const readInBlock = reader(view);
    for (let y = 0; y < rows; y++) {
      const row = (y0 + y) * width + x0;
      // Rows start on whole bytes: samples of 1 to 15 bits are counted from the start of their row.
      const read = wholeBytes
        ? readInBlock
        : reader(new DataView(view.buffer, view.byteOffset + y * rowBytes, rowBytes));
      const start = wholeBytes ? y * rowSamples : 0;
      for (let x = 0; x < columns; x++) {
        const at = start + x * stride;
        let sum = read(at);
        for (let channel = 1; channel < channelsPerBlock; channel++) sum += read(at + channel);
        // Assigned, not added, on the first channel: adding to 0 would lose the sign of -0.
        target[row + x] = index < blocksPerPlane ? sum : (target[row + x] ?? 0) + sum;
      }
    }
  }
  if (channels > 1) for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) / channels;
}

/** Holds what the directory promises against the bytes that are there, before memory is taken. */
function checkPromises(file: TiffFile, page: TiffPage): void {
  if (page.blockWidth === 0 || page.blockHeight === 0) throw damaged('its strips or tiles have no size');
  checkPhotometric(page);
  const codec = codecOf(page);
  const perPlane = Math.ceil(page.width / page.blockWidth) * Math.ceil(page.height / page.blockHeight);
  const needed = perPlane * (page.planar ? page.samplesPerPixel : 1);
  if (page.blockOffsets.count < needed || (page.blockByteCounts?.count ?? needed) < needed) {
    throw damaged(`it lists ${page.blockOffsets.count} blocks of pixels, and its size needs ${needed}`);
  }
  if (page.bitDepth < 1 || page.bitDepth > 64) throw damaged(`it names ${page.bitDepth} bits per sample`);
  // The reader refuses sample types that it does not know; asking now costs nothing.
  sampleReader(file.view, page.sampleFormat, page.bitDepth, file.littleEndian);
  const bytes = (page.width * page.height * page.bitDepth * (page.planar ? 1 : page.samplesPerPixel)) / 8;
  if (bytes > codec.largestRatio * file.view.byteLength) {
    throw truncated(
      `a page promises ${Math.ceil(bytes)} bytes of pixels, and the file has ${file.view.byteLength}`,
    );
  }
}

function sameKind(a: TiffPage, b: TiffPage): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.bitDepth === b.bitDepth &&
    a.sampleFormat === b.sampleFormat &&
    a.samplesPerPixel === b.samplesPerPixel
  );
}

/** True when the strips of an uncompressed page follow one another in the file. */
function isContiguous(page: TiffPage): boolean {
  if (page.compression !== 1 || page.tiled || page.planar || page.bitDepth % 8 !== 0) return false;
  const strips = Math.ceil(page.height / page.blockHeight);
  const stripBytes = page.blockHeight * geometryOf(page).rowBytes;
  return page.blockOffsets.at(strips - 1) === page.blockOffsets.at(0) + (strips - 1) * stripBytes;
}

/**
 * ImageJ writes stacks beyond 4 GB, and virtual ones, as one directory followed by all planes one after
 * the other; "images=" in the description tells how many. Pages that stand for these planes are returned.
 */
function expandImageJ(file: TiffFile, page: TiffPage, notes: string[], whole: boolean): TiffPage[] {
  const images = imageJNumber(page.description, 'images');
  if (images === 1 || !isContiguous(page)) return [page];
  const planeBytes = page.height * geometryOf(page).rowBytes;
  const start = page.blockOffsets.at(0);
  const present = Math.floor((file.view.byteLength - start) / planeBytes);
  if (present < 2) {
    // A single plane taken out of a stack often keeps the description of the stack.
    notes.push(`The description tells of ${images} planes; the file holds one.`);
    return [page];
  }
  if (present < images) throw truncated(`ImageJ wrote ${images} planes, and ${present} are there`);
  if (whole) checkSize([images, page.height, page.width], (page.samplesPerPixel * page.bitDepth) / 8);
  return Array.from({ length: images }, (_, plane) => ({
    ...page,
    blockHeight: page.height,
    blockOffsets: { count: 1, at: () => start + plane * planeBytes },
    blockByteCounts: null,
  }));
}

interface TiffImages {
  readonly file: TiffFile;
  /** Describes all of them. */
  readonly model: TiffPage;
  readonly pages: readonly TiffPage[];
  readonly notes: string[];
}

/** The pages of one kind, held against the size of the file. @param whole whether all are read at once */
function imagesOf(bytes: Uint8Array, whole: boolean): TiffImages {
  const file = readTiffPages(bytes);
  const [first] = file.pages.filter((page) => !page.auxiliary);
  const model = first ?? file.pages[0];
  if (model === undefined) throw damaged('it lists no pages');
  const stored = file.pages.filter((page) => sameKind(page, model) && page.auxiliary === model.auxiliary);
  const bytesPerPixel = (model.samplesPerPixel * model.bitDepth) / 8;
  checkSize(
    stored.length === 1 || !whole ? [model.height, model.width] : [stored.length, model.height, model.width],
    bytesPerPixel,
  );
  for (const page of stored) checkPromises(file, page);
  const notes = notesOf(model, usedChannels(model) === 3);
  const pages = stored.length === 1 ? expandImageJ(file, model, notes, whole) : stored;
  notes.push(...axesNote(model.description, pages.length), ...unitsNote(model.description));
  const leftOut = file.pages.length - stored.length;
  if (leftOut > 0) {
    const kept = describeShape([model.height, model.width]);
    notes.push(`${leftOut} further page(s) of another size or type than ${kept} were left out.`);
  }
  return { file, model, pages, notes };
}

/** The pages of a TIFF file one by one: only what is asked for is unpacked. */
export function openTiff(bytes: Uint8Array): StoredFrames {
  const { file, model, pages, notes } = imagesOf(bytes, false);
  return {
    count: pages.length,
    shape: [model.height, model.width],
    saturationLevel: saturationLevelOf(model.sampleFormat, model.bitDepth),
    notes,
    read(index) {
      const page = pages[index];
      if (page === undefined) throw new RangeError(`There is no page ${index}.`);
      const data = new Float32Array(model.width * model.height);
      writePage(file, page, data);
      return data;
    },
  };
}

/** Reads a TIFF or BigTIFF as [ny, nx], or as [planes, ny, nx] when it has several pages of one kind. */
export function decodeTiff(bytes: Uint8Array): ScientificImage {
  const { file, model, pages, notes } = imagesOf(bytes, true);
  const pixels = model.width * model.height;
  const data = new Float32Array(pages.length * pixels);
  pages.forEach((page, plane) => {
    writePage(file, page, data.subarray(plane * pixels, (plane + 1) * pixels));
  });
  const exact = model.sampleFormat === 'float' || model.bitDepth <= 24;
  if (!exact && data.some((value) => Math.abs(value) > LARGEST_EXACT_FLOAT32_INTEGER)) {
    notes.push('Integers above 16 777 216 were rounded to 32-bit floats.');
  }
  return {
    shape: pages.length === 1 ? [model.height, model.width] : [pages.length, model.height, model.width],
    data,
    source: {
      format: 'tiff',
      bitDepth: model.bitDepth,
      sampleFormat: model.sampleFormat,
      channels: model.samplesPerPixel,
      saturationLevel: saturationLevelOf(model.sampleFormat, model.bitDepth),
      notes,
      ...lengthsIn(model.description, model.pixelsPerUnit),
      ...timesIn(model.description),
    },
  };
}
