/** The directory structure of a TIFF file: which pages there are and how each is stored. No pixels yet. */
import { damaged, LARGEST_IMAGE_PIXELS, type SampleFormat, truncated, unsupported } from './image.ts';

export interface TiffPage {
  width: number;
  height: number;
  bitDepth: number;
  sampleFormat: SampleFormat;
  samplesPerPixel: number;
  /** True when each channel is stored by itself. */
  planar: boolean;
  compression: number;
  predictor: number;
  photometric: number;
  /** Strips are blocks as wide as the page. */
  blockWidth: number;
  blockHeight: number;
  tiled: boolean;
  blockOffsets: TagArray;
  blockByteCounts: TagArray | null;
  /** Reduced copy or mask of another page. */
  auxiliary: boolean;
  description: string;
  /** Pixels per unit along x; the unit stands elsewhere. Null where the file does not say. */
  pixelsPerUnit: number | null;
}

export interface TiffFile {
  view: DataView;
  littleEndian: boolean;
  pages: TiffPage[];
}

/** Values of a tag that stay in the file until they are asked for. */
export interface TagArray {
  count: number;
  at(index: number): number;
}

const BYTES_OF_TYPE: Record<number, number> = {
  1: 1, // BYTE
  2: 1, // ASCII
  3: 2, // SHORT
  4: 4, // LONG
  5: 8, // RATIONAL
  6: 1, // SBYTE
  7: 1, // UNDEFINED
  8: 2, // SSHORT
  9: 4, // SLONG
  13: 4, // IFD
  16: 8, // LONG8
  18: 8, // IFD8
};
const ASCII = 2;
const RATIONAL = 5;
const LARGEST_PAGE_COUNT = 65_536;
/** Directories may overlap in a crafted file, so their number alone does not bound the work. */
const LARGEST_ENTRY_COUNT = 4_000_000;
const LONGEST_DESCRIPTION = 1 << 20;

const TAG = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  planarConfiguration: 284,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;

interface Tag {
  type: number;
  count: number;
  offset: number;
}

/** Bounds-checked reading of classic TIFF and BigTIFF in either byte order. */
class TiffReader {
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly big: boolean;
  private entriesRead = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = bytes[0] === 0x49;
    this.big = this.unsigned(2, 2) === 43;
  }

  unsigned(offset: number, size: number): number {
    if (offset + size > this.view.byteLength) throw truncated('its TIFF directory reaches beyond its end');
    if (size === 1) return this.view.getUint8(offset);
    if (size === 2) return this.view.getUint16(offset, this.littleEndian);
    if (size === 4) return this.view.getUint32(offset, this.littleEndian);
    return Number(this.view.getBigUint64(offset, this.littleEndian));
  }

  /** Tags of the directory at `offset`, and where the next one starts (0 after the last). */
  directory(offset: number): { tags: Map<number, Tag>; next: number } {
    const entrySize = this.big ? 20 : 12;
    const countSize = this.big ? 8 : 2;
    const wordSize = this.big ? 8 : 4;
    const count = this.unsigned(offset, countSize);
    const end = offset + countSize + count * entrySize;
    if (end + wordSize > this.view.byteLength) throw truncated('its TIFF directory reaches beyond its end');
    this.entriesRead += count;
    if (this.entriesRead > LARGEST_ENTRY_COUNT) throw damaged('its TIFF directories hold too many entries');
    const tags = new Map<number, Tag>();
    for (let entry = offset + countSize; entry < end; entry += entrySize) {
      const type = this.unsigned(entry + 2, 2);
      const valueCount = this.unsigned(entry + 4, wordSize);
      const valueBytes = (BYTES_OF_TYPE[type] ?? 0) * valueCount;
      const inline = entry + 4 + wordSize;
      const valueOffset = valueBytes <= wordSize ? inline : this.unsigned(inline, wordSize);
      tags.set(this.unsigned(entry, 2), { type, count: valueCount, offset: valueOffset });
    }
    return { tags, next: this.unsigned(end, wordSize) };
  }

  array(tag: Tag): TagArray {
    const size = BYTES_OF_TYPE[tag.type];
    if (size === undefined) throw damaged('a TIFF tag has a type that does not fit it');
    if (tag.offset + size * tag.count > this.view.byteLength) {
      throw truncated('its TIFF directory reaches beyond its end');
    }
    return { count: tag.count, at: (index) => this.unsigned(tag.offset + size * index, size) };
  }

  text(tag: Tag | undefined): string {
    if (tag === undefined || tag.type !== ASCII) return '';
    const values = this.array(tag);
    const length = Math.min(values.count, LONGEST_DESCRIPTION);
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + tag.offset, length);
    return new TextDecoder('utf-8').decode(bytes).replace(/\0[\s\S]*$/, '');
  }

  /** A ratio of two whole numbers; null where it is none, or lies outside the file. */
  ratio(tag: Tag | undefined): number | null {
    if (tag === undefined || tag.type !== RATIONAL || tag.count === 0) return null;
    if (tag.offset + 8 > this.view.byteLength) return null;
    const ratio = this.unsigned(tag.offset, 4) / this.unsigned(tag.offset + 4, 4);
    return ratio > 0 && Number.isFinite(ratio) ? ratio : null;
  }
}

function sampleFormatOf(code: number): SampleFormat {
  if (code === 1 || code === 4) return 'uint';
  if (code === 2) return 'int';
  if (code === 3) return 'float';
  if (code === 5 || code === 6) {
    throw unsupported(
      'holds complex numbers, and an image has real ones.',
      'Save the intensity or the phase as TIFF, PNG or NPY and try again.',
    );
  }
  throw damaged(`its TIFF directory names sample format ${code}, which does not exist`);
}

/** First value of a tag; all of the per-channel values have to agree. */
function uniform(reader: TiffReader, tag: Tag | undefined, channels: number, fallback: number): number {
  if (tag === undefined || tag.count === 0) return fallback;
  const values = reader.array(tag);
  const first = values.at(0);
  for (let i = 1; i < Math.min(values.count, channels); i++) {
    if (values.at(i) !== first) throw unsupported('stores its channels with different sample types.');
  }
  return first;
}

function blocksOf(reader: TiffReader, tags: Map<number, Tag>, width: number, height: number) {
  const scalar = (tag: Tag | undefined, fallback: number): number =>
    tag === undefined || tag.count === 0 ? fallback : reader.array(tag).at(0);
  const tiled = tags.has(TAG.tileOffsets);
  const offsets = tags.get(tiled ? TAG.tileOffsets : TAG.stripOffsets);
  const counts = tags.get(tiled ? TAG.tileByteCounts : TAG.stripByteCounts);
  if (offsets === undefined || offsets.count === 0)
    throw damaged('its TIFF directory does not say where the pixels are');
  const rows = scalar(tags.get(TAG.rowsPerStrip), height);
  const blockWidth = tiled ? scalar(tags.get(TAG.tileWidth), 0) : width;
  const blockHeight = tiled ? scalar(tags.get(TAG.tileHeight), 0) : Math.min(rows, height);
  if (tiled && blockWidth * blockHeight > LARGEST_IMAGE_PIXELS)
    throw damaged('its tiles are larger than any image may be');
  return {
    tiled,
    blockWidth,
    blockHeight,
    blockOffsets: reader.array(offsets),
    blockByteCounts: counts === undefined || counts.count === 0 ? null : reader.array(counts),
  };
}

function readPage(reader: TiffReader, tags: Map<number, Tag>, first: boolean): TiffPage {
  const scalar = (id: number, fallback: number): number => uniform(reader, tags.get(id), 1, fallback);
  const width = scalar(TAG.width, -1);
  const height = scalar(TAG.height, -1);
  if (width < 0 || height < 0) throw damaged('its TIFF directory does not name width and height');
  const samplesPerPixel = scalar(TAG.samplesPerPixel, 1);
  if (samplesPerPixel < 1) throw damaged('its TIFF directory names no samples per pixel');
  if (scalar(TAG.fillOrder, 1) !== 1) throw unsupported('stores the bits of each byte in reverse order.');
  return {
    width,
    height,
    bitDepth: uniform(reader, tags.get(TAG.bitsPerSample), samplesPerPixel, 1),
    sampleFormat: sampleFormatOf(uniform(reader, tags.get(TAG.sampleFormat), samplesPerPixel, 1)),
    samplesPerPixel,
    planar: samplesPerPixel > 1 && scalar(TAG.planarConfiguration, 1) === 2,
    compression: scalar(TAG.compression, 1),
    predictor: scalar(TAG.predictor, 1),
    photometric: scalar(TAG.photometric, 1),
    // Bits 0 and 2 of NewSubfileType: reduced-resolution image, transparency mask.
    auxiliary: (scalar(TAG.newSubfileType, 0) & 5) !== 0,
    description: first ? reader.text(tags.get(TAG.description)) : '',
    pixelsPerUnit: first ? reader.ratio(tags.get(TAG.xResolution)) : null,
    // A page of size zero has no blocks to look for; the size check that follows refuses it.
    ...(width * height === 0
      ? {
          tiled: false,
          blockWidth: 0,
          blockHeight: 0,
          blockOffsets: { count: 0, at: () => 0 },
          blockByteCounts: null,
        }
      : blocksOf(reader, tags, width, height)),
  };
}

/**
 * Follows the chain of directories. A chain that comes back to a directory it has been at is refused,
 * and so is one that would need more pages than a stack can have.
 */
export function readTiffPages(bytes: Uint8Array): TiffFile {
  if (bytes.length < 8) throw truncated('its TIFF header is not complete');
  const reader = new TiffReader(bytes);
  const pages: TiffPage[] = [];
  const visited = new Set<number>();
  let offset = reader.big ? reader.unsigned(8, 8) : reader.unsigned(4, 4);
  while (offset !== 0) {
    if (visited.has(offset)) throw damaged('its list of pages runs in a circle');
    if (visited.size === LARGEST_PAGE_COUNT) throw damaged(`it lists more than ${LARGEST_PAGE_COUNT} pages`);
    visited.add(offset);
    const { tags, next } = reader.directory(offset);
    pages.push(readPage(reader, tags, pages.length === 0));
    offset = next;
  }
  if (pages.length === 0) throw damaged('it lists no pages');
  return { view: reader.view, littleEndian: reader.littleEndian, pages };
}
