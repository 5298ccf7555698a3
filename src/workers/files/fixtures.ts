/** Builders of small files for the tests of this folder: every header field can be chosen, also wrongly. */

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export type SampleType =
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'float16'
  | 'float32'
  | 'float64';

/** The values as bytes of the given sample type and byte order. float16 takes exact powers of two only. */
export function sampleBytes(values: readonly number[], type: SampleType, littleEndian: boolean): Uint8Array {
  const size = Number(/\d+/.exec(type)?.[0]) / 8;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (type === 'uint8') view.setUint8(i, value);
    else if (type === 'int8') view.setInt8(i, value);
    else if (type === 'uint16') view.setUint16(2 * i, value, littleEndian);
    else if (type === 'int16') view.setInt16(2 * i, value, littleEndian);
    else if (type === 'uint32') view.setUint32(4 * i, value, littleEndian);
    else if (type === 'int32') view.setInt32(4 * i, value, littleEndian);
    else if (type === 'float32') view.setFloat32(4 * i, value, littleEndian);
    else if (type === 'float64') view.setFloat64(8 * i, value, littleEndian);
    else {
      const half = value === 0 ? 0 : (value < 0 ? 0x8000 : 0) | ((Math.log2(Math.abs(value)) + 15) << 10);
      view.setUint16(2 * i, half, littleEndian);
    }
  });
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const body = concat(textBytes(type), content);
  const frame = new DataView(new ArrayBuffer(8));
  frame.setUint32(0, content.length);
  frame.setUint32(4, crc32(body));
  const words = new Uint8Array(frame.buffer);
  return concat(words.subarray(0, 4), body, words.subarray(4));
}

export interface PngParts {
  width: number;
  height: number;
  bitDepth: number;
  colourType: number;
  interlace?: number;
  /** zlib stream of the filtered rows. */
  compressed: Uint8Array;
  /** Chunks between the header and the data. */
  extra?: Uint8Array[];
}

export function buildPng(parts: PngParts): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, parts.width);
  header.setUint32(4, parts.height);
  header.setUint8(8, parts.bitDepth);
  header.setUint8(9, parts.colourType);
  header.setUint8(12, parts.interlace ?? 0);
  return concat(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', new Uint8Array(header.buffer)),
    ...(parts.extra ?? []),
    pngChunk('IDAT', parts.compressed),
    pngChunk('IEND', new Uint8Array(0)),
  );
}

export interface NpyParts {
  type: string;
  shape: string;
  data: Uint8Array;
  fortranOrder?: boolean;
  version?: number;
}

export function buildNpy({ type, shape, data, fortranOrder = false, version = 1 }: NpyParts): Uint8Array {
  const order = fortranOrder ? 'True' : 'False';
  const text = textBytes(`{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }\n`);
  const length = new Uint8Array(version === 1 ? 2 : 4);
  length[0] = text.length & 255;
  length[1] = text.length >> 8;
  return concat(Uint8Array.of(0x93), textBytes('NUMPY'), Uint8Array.of(version, 0), length, text, data);
}

export interface TiffPageParts {
  width: number;
  height: number;
  /** Tag number to its value: one number (LONG), several (LONG), or text. Overrides the defaults. */
  tags?: Record<number, number | number[] | string>;
  /** Stored bytes of each strip or tile. */
  blocks: Uint8Array[];
  tiled?: boolean;
}

export interface TiffParts {
  littleEndian: boolean;
  big?: boolean;
  pages: TiffPageParts[];
  /** Makes the last directory point to this page instead of ending the chain. */
  loopTo?: number;
}

/** Pixels first, then the directories; every number is a LONG (LONG8 in BigTIFF) unless it is text. */
export function buildTiff({ littleEndian, big = false, pages, loopTo }: TiffParts): Uint8Array {
  const word = big ? 8 : 4;
  const bytes = new Uint8Array(65536);
  const view = new DataView(bytes.buffer);
  let end = big ? 16 : 8;
  const put = (at: number, size: number, value: number): void => {
    if (size === 2) view.setUint16(at, value, littleEndian);
    else if (size === 4) view.setUint32(at, value, littleEndian);
    else view.setBigUint64(at, BigInt(value), littleEndian);
  };
  const append = (content: Uint8Array): number => {
    const at = end;
    bytes.set(content, at);
    end += Math.ceil(content.length / 8) * 8;
    return at;
  };
  bytes.fill(littleEndian ? 0x49 : 0x4d, 0, 2);
  put(2, 2, big ? 43 : 42);
  if (big) put(4, 2, 8);
  let link = big ? 8 : 4;
  const directories: number[] = [];
  for (const page of pages) {
    const offsets = page.blocks.map(append);
    const counts = page.blocks.map((block) => block.length);
    const tags = new Map<number, number | number[] | string>([
      [256, page.width],
      [257, page.height],
      [258, 8],
      [259, 1],
      [262, 1],
      [page.tiled ? 324 : 273, offsets],
      [277, 1],
      [page.tiled ? 325 : 279, counts],
      ...Object.entries(page.tags ?? {}).map(([tag, value]) => [Number(tag), value] as const),
    ]);
    const entries = [...tags]
      .sort(([a], [b]) => a - b)
      .map(([tag, value]) => {
        const isText = typeof value === 'string';
        const list = isText ? [] : [value].flat();
        const size = isText ? 1 : word;
        const count = isText ? value.length + 1 : list.length;
        let place = -1;
        if (isText) place = append(concat(textBytes(value), new Uint8Array(word + 1)));
        else if (count > 1) {
          place = append(new Uint8Array(size * count));
          list.forEach((item, i) => {
            put(place + size * i, size, item);
          });
        }
        const type = isText ? 2 : big ? 16 : 4;
        return { tag, type, count, value: place >= 0 ? place : (list[0] ?? 0) };
      });
    const start = append(new Uint8Array((big ? 8 : 2) + entries.length * (4 + 2 * word) + word));
    directories.push(start);
    put(link, word, start);
    put(start, big ? 8 : 2, entries.length);
    entries.forEach(({ tag, type, count, value }, i) => {
      const at = start + (big ? 8 : 2) + i * (4 + 2 * word);
      put(at, 2, tag);
      put(at + 2, 2, type);
      put(at + 4, word, count);
      put(at + 4 + word, word, value);
    });
    link = start + (big ? 8 : 2) + entries.length * (4 + 2 * word);
  }
  if (loopTo !== undefined) put(link, word, directories[loopTo] ?? 0);
  return bytes.slice(0, end);
}

/** TIFF's LZW (most significant bit first, early change), with clear codes when the table is full. */
export function packLzw(input: Uint8Array): Uint8Array {
  const output: number[] = [];
  let hold = 0;
  let held = 0;
  const emit = (code: number, width: number): void => {
    hold = (hold << width) | code;
    held += width;
    while (held >= 8) {
      output.push((hold >> (held - 8)) & 255);
      held -= 8;
    }
    hold &= (1 << held) - 1;
  };
  let table = new Map<string, number>();
  let next = 258;
  let width = 9;
  const codeOf = (text: string): number => (text.length === 1 ? text.charCodeAt(0) : (table.get(text) ?? -1));
  emit(256, width);
  let text = '';
  for (const byte of input) {
    const longer = text + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      text = longer;
      continue;
    }
    emit(codeOf(text), width);
    table.set(longer, next++);
    if (next === 512 || next === 1024 || next === 2048) width++;
    if (next === 4094) {
      emit(256, width);
      table = new Map();
      next = 258;
      width = 9;
    }
    text = longer.slice(-1);
  }
  if (text !== '') emit(codeOf(text), width);
  next++;
  if (next === 512 || next === 1024 || next === 2048) width++;
  emit(257, width);
  emit(0, 7);
  return Uint8Array.from(output);
}
