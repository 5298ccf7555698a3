/**
 * Bounded decompressors. Libraries grow their output for as long as the stream asks for it, so a
 * small file can ask for gigabytes; these stop at the number of bytes that the image's header needs.
 */
import { damaged, truncated } from './image.ts';

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;

/** Deflate turns at most 258 bytes into one bit pair, which bounds what a stream can become. */
export const LARGEST_DEFLATE_RATIO = 1032;

/** Output that grows as it is filled and never past `limit`. */
class BoundedOutput {
  bytes: Uint8Array;
  length = 0;
  readonly limit: number;

  constructor(limit: number, inputLength: number) {
    this.limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, Math.max(4096, 4 * inputLength)));
  }

  /** Makes room for `more` bytes or for all that the limit leaves. */
  reserve(more: number): void {
    const wanted = Math.min(this.limit, this.length + more);
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(this.limit, Math.max(wanted, 2 * this.bytes.length)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  push(byte: number): void {
    if (this.length === this.limit) return;
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  result(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

interface HuffmanTable {
  /** symbol * 16 + code length at each `bits`-wide prefix; 0 where no code starts so. */
  entries: Uint16Array;
  bits: number;
}

/** Lookup table of a canonical Huffman code (RFC 1951, 3.2.2), indexed by bits as they arrive. */
function huffmanTable(lengths: Uint8Array): HuffmanTable {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const next = new Uint32Array(16);
  let code = 0;
  let bits = 1;
  for (let length = 1; length < 16; length++) {
    code = (code + (counts[length - 1] ?? 0)) << 1;
    next[length] = code;
    if ((counts[length] ?? 0) > 0) bits = length;
    if (code + (counts[length] ?? 0) > 1 << length) throw damaged('its compressed data make no sense');
  }
  const entries = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const forward = next[length] ?? 0;
    next[length] = forward + 1;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((forward >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < entries.length; at += 1 << length) entries[at] = (symbol << 4) | length;
  }
  return { entries, bits };
}

function fixedTables(): { literals: HuffmanTable; distances: HuffmanTable } {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256);
  lengths.fill(7, 256, 280);
  return { literals: huffmanTable(lengths), distances: huffmanTable(new Uint8Array(30).fill(5)) };
}

/** Bits of a deflate stream, least significant first. */
class BitReader {
  readonly input: Uint8Array;
  position: number;
  hold = 0;
  held = 0;

  constructor(input: Uint8Array, position: number) {
    this.input = input;
    this.position = position;
  }

  /** Next `count` (<= 16) bits. */
  take(count: number): number {
    while (this.held < count) {
      if (this.position >= this.input.length) throw truncated('its compressed data end too early');
      this.hold |= (this.input[this.position++] ?? 0) << this.held;
      this.held += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  symbol(table: HuffmanTable): number {
    // The last code may be shorter than the table is wide: zeros stand in for what lies past the end.
    while (this.held < table.bits) {
      this.hold |= (this.input[this.position++] ?? 0) << this.held;
      this.held += 8;
    }
    const entry = table.entries[this.hold & ((1 << table.bits) - 1)] ?? 0;
    if (entry === 0) throw damaged('its compressed data make no sense');
    const length = entry & 15;
    this.hold >>>= length;
    this.held -= length;
    if (this.position - (this.held >> 3) > this.input.length) {
      throw truncated('its compressed data end too early');
    }
    return entry >> 4;
  }

  /** Drops the rest of the current byte and returns `count` whole bytes, fewer at the end of the input. */
  takeBytes(count: number): Uint8Array {
    this.position -= this.held >> 3;
    this.hold = 0;
    this.held = 0;
    const bytes = this.input.subarray(this.position, this.position + count);
    this.position += bytes.length;
    return bytes;
  }
}

function readDynamicTables(reader: BitReader): { literals: HuffmanTable; distances: HuffmanTable } {
  const literalCount = reader.take(5) + 257;
  const distanceCount = reader.take(5) + 1;
  const codeLengthCount = reader.take(4) + 4;
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < codeLengthCount; i++) codeLengths[CODE_LENGTH_ORDER[i] ?? 0] = reader.take(3);
  const codeLengthTable = huffmanTable(codeLengths);
  const lengths = new Uint8Array(literalCount + distanceCount);
  let at = 0;
  while (at < lengths.length) {
    const symbol = reader.symbol(codeLengthTable);
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    let value = 0;
    let repeat: number;
    if (symbol === 16) {
      if (at === 0) throw damaged('its compressed data make no sense');
      value = lengths[at - 1] ?? 0;
      repeat = 3 + reader.take(2);
    } else {
      repeat = symbol === 17 ? 3 + reader.take(3) : 11 + reader.take(7);
    }
    if (at + repeat > lengths.length) throw damaged('its compressed data make no sense');
    lengths.fill(value, at, at + repeat);
    at += repeat;
  }
  return {
    literals: huffmanTable(lengths.subarray(0, literalCount)),
    distances: huffmanTable(lengths.subarray(literalCount)),
  };
}

function inflateBlock(
  reader: BitReader,
  output: BoundedOutput,
  literals: HuffmanTable,
  distances: HuffmanTable,
): void {
  while (output.length < output.limit) {
    const symbol = reader.symbol(literals);
    if (symbol < END_OF_BLOCK) {
      output.push(symbol);
      continue;
    }
    if (symbol === END_OF_BLOCK) return;
    const lengthBase = LENGTH_BASE[symbol - 257];
    if (lengthBase === undefined) throw damaged('its compressed data make no sense');
    const length = lengthBase + reader.take(LENGTH_EXTRA[symbol - 257] ?? 0);
    const distanceSymbol = reader.symbol(distances);
    const distanceBase = DISTANCE_BASE[distanceSymbol];
    if (distanceBase === undefined) throw damaged('its compressed data make no sense');
    const distance = distanceBase + reader.take(DISTANCE_EXTRA[distanceSymbol] ?? 0);
    if (distance > output.length) throw damaged('its compressed data make no sense');
    output.reserve(length);
    const bytes = output.bytes;
    const end = Math.min(output.length + length, output.limit);
    // Byte by byte: source and target may overlap, which is how runs are written.
    for (let at = output.length; at < end; at++) bytes[at] = bytes[at - distance] ?? 0;
    output.length = end;
  }
}

/**
 * Inflates a zlib stream (RFC 1950 and 1951) to at most `limit` bytes and stops there.
 * The result is shorter than `limit` when the stream ends before it; checksums are left to the container.
 */
export function inflateZlib(input: Uint8Array, limit: number): Uint8Array {
  if (input.length < 2) throw truncated('its compressed data end too early');
  const method = input[0] ?? 0;
  const flags = input[1] ?? 0;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) {
    throw damaged('its compressed data do not start as they should');
  }
  const reader = new BitReader(input, 2);
  const output = new BoundedOutput(limit, input.length);
  let last = false;
  while (!last && output.length < limit) {
    last = reader.take(1) === 1;
    const type = reader.take(2);
    if (type === 0) {
      const header = reader.takeBytes(4);
      if (header.length < 4) throw truncated('its compressed data end too early');
      const length = (header[0] ?? 0) + 256 * (header[1] ?? 0);
      if (length !== (~((header[2] ?? 0) + 256 * (header[3] ?? 0)) & 0xffff)) {
        throw damaged('its compressed data make no sense');
      }
      const stored = reader.takeBytes(length);
      output.reserve(stored.length);
      const kept = stored.subarray(0, limit - output.length);
      output.bytes.set(kept, output.length);
      output.length += kept.length;
      if (stored.length < length && output.length < limit) {
        throw truncated('its compressed data end too early');
      }
    } else if (type === 3) {
      throw damaged('its compressed data make no sense');
    } else {
      const { literals, distances } = type === 1 ? fixedTables() : readDynamicTables(reader);
      inflateBlock(reader, output, literals, distances);
    }
  }
  return output.result();
}

const LZW_CLEAR = 256;
const LZW_END = 257;
const LZW_TABLE_SIZE = 4096;

/** One 12-bit code stands for at most 4096 bytes. */
export const LARGEST_LZW_RATIO = 2731;

/** Unpacks TIFF's LZW (TIFF 6.0, section 13: most significant bit first, early change) up to `limit` bytes. */
export function unpackLzw(input: Uint8Array, limit: number): Uint8Array {
  const output = new BoundedOutput(limit, input.length);
  // An entry is a stretch of the output already written: where it starts and how long it is.
  const starts = new Uint32Array(LZW_TABLE_SIZE);
  const lengths = new Uint32Array(LZW_TABLE_SIZE);
  let size = 258;
  let width = 9;
  let previousStart = -1;
  let previousLength = 0;
  let hold = 0;
  let held = 0;
  let position = 0;
  while (output.length < limit) {
    while (held < width && position < input.length) {
      hold = ((hold << 8) | (input[position++] ?? 0)) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    const code = (hold >> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === LZW_END) break;
    if (code === LZW_CLEAR) {
      size = 258;
      width = 9;
      previousStart = -1;
      continue;
    }
    const start = output.length;
    if (code < 256) {
      output.push(code);
    } else if (code < size || (code === size && previousStart >= 0)) {
      const fresh = code === size;
      const from = fresh ? previousStart : (starts[code] ?? 0);
      const length = fresh ? previousLength + 1 : (lengths[code] ?? 0);
      for (let i = 0; i < length; i++) output.push(output.bytes[from + i] ?? 0);
    } else {
      throw damaged('its LZW data make no sense');
    }
    if (previousStart >= 0 && size < LZW_TABLE_SIZE) {
      // The entry is the previous string and the first byte of this one, which follow one another.
      starts[size] = previousStart;
      lengths[size] = previousLength + 1;
      size++;
    }
    previousStart = start;
    previousLength = output.length - start;
    if (size >= (1 << width) - 1 && width < 12) width++;
  }
  return output.result();
}

/** One PackBits pair stands for at most 128 bytes. */
export const LARGEST_PACKBITS_RATIO = 64;

/** Unpacks PackBits (TIFF 6.0, section 9) up to `limit` bytes. */
export function unpackPackBits(input: Uint8Array, limit: number): Uint8Array {
  const output = new BoundedOutput(limit, input.length);
  let position = 0;
  while (position < input.length && output.length < limit) {
    const header = input[position++] ?? 0;
    if (header === 128) continue;
    if (header > 128) {
      if (position >= input.length) break;
      const byte = input[position++] ?? 0;
      for (let i = 0; i < 257 - header; i++) output.push(byte);
    } else {
      for (let i = 0; i <= header && position < input.length; i++) output.push(input[position++] ?? 0);
    }
  }
  return output.result();
}
