import { encode } from 'fast-png';

export { encodeTiffFloat32, type TiffOptions } from './encodeTiff.ts';

function checkLength(what: string, found: number, shape: readonly number[]): void {
  const wanted = shape.reduce((product, length) => product * length, 1);
  if (found !== wanted) {
    throw new RangeError(`${what}: ${found} values do not fill the shape ${shape.join(' x ')}.`);
  }
}

/**
 * NPY file (version 1, C order, little-endian '<f4' or '<f8') with its header padded to 64 bytes.
 * @param data values in row-major order.
 * @param shape any number of axes; their product is `data.length`.
 * @param facts told in a comment behind the header's dictionary, as JSON: the format has no place of its own for them,
 *   and NumPy reads the header as an expression of Python.
 */
export function encodeNpy(
  data: Float32Array | Float64Array,
  shape: readonly number[],
  facts: { readonly [name: string]: string | number } = {},
): Uint8Array {
  checkLength('encodeNpy', data.length, shape);
  const size = data.BYTES_PER_ELEMENT;
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const told = Object.keys(facts).length === 0 ? '' : `  # ${asciiJson(facts)}`;
  const dictionary = `{'descr': '<f${size}', 'fortran_order': False, 'shape': (${axes}), }${told}`;
  const headerLength = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const text = `${dictionary.padEnd(headerLength - 11)}\n`;
  const bytes = new Uint8Array(headerLength + size * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), 10);
  // DataView makes the byte order explicit; typed arrays have that of the machine.
  for (let i = 0; i < data.length; i++) {
    const at = headerLength + i * size;
    if (size === 4) view.setFloat32(at, data[i] ?? 0, true);
    else view.setFloat64(at, data[i] ?? 0, true);
  }
  return bytes;
}

/** JSON in one line, without letters beyond those of the format. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** 8-bit PNG from grey (1 byte per pixel), RGB (3) or RGBA (4) samples; which one follows from the length. */
export function encodePng8(
  pixels: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): Uint8Array {
  const channels = pixels.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new RangeError(
      `encodePng8: ${pixels.length} bytes are not 1, 3 or 4 per pixel of ${width} x ${height}.`,
    );
  }
  return encode({ width, height, data: pixels, depth: 8, channels });
}

export interface Png16 {
  bytes: Uint8Array;
  /** value = offset + step * stored, with stored from 0 to 65535; also written into the file's comment. */
  scale: { offset: number; step: number };
  /** Pixels that were NaN or infinite and are stored as 0. */
  nonFinitePixels: number;
}

/** 16-bit grey PNG of `data` [ny, nx], scaled so that its smallest value is 0 and its largest 65535. */
export function encodePng16(data: Float32Array | Float64Array, width: number, height: number): Png16 {
  checkLength('encodePng16', data.length, [height, width]);
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  let nonFinitePixels = 0;
  for (const value of data) {
    if (!Number.isFinite(value)) {
      nonFinitePixels++;
      continue;
    }
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  const offset = Number.isFinite(smallest) ? smallest : 0;
  // An image of one value has no range: everything is stored as 0 and a step of 0 gives it back exactly.
  const step = largest > smallest ? largest / 65535 - smallest / 65535 : 0;
  const stored = new Uint16Array(data.length);
  data.forEach((value, i) => {
    if (step > 0 && Number.isFinite(value)) {
      stored[i] = Math.min(65535, Math.max(0, Math.round(value / step - offset / step)));
    }
  });
  const text = { Comment: `value = offset + step * stored; offset = ${offset}; step = ${step}` };
  const bytes = encode({ width, height, data: stored, depth: 16, channels: 1, text });
  return { bytes, scale: { offset, step }, nonFinitePixels };
}

export type CsvCell = string | number | null;

export interface CsvColumn {
  name: string;
  values: readonly CsvCell[] | Float32Array | Float64Array;
}

/** Shortest decimal number that reads back as the same 32-bit float. */
function shortestFloat32(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

/** Spreadsheets run text that starts like a formula; an apostrophe in front makes it text again. */
function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function cell(value: CsvCell, single: boolean): string {
  if (value === null) return '';
  if (typeof value === 'string') return textCell(value);
  return single && Number.isFinite(value) ? shortestFloat32(value) : String(value);
}

/**
 * CSV text (RFC 4180, comma, CRLF) with one header line. Numbers stay numbers, negative ones too; text
 * that starts with = + - @ is escaped. Shorter columns are filled with empty cells.
 */
export function encodeCsv(columns: readonly CsvColumn[]): string {
  const rows = columns.reduce((longest, { values }) => Math.max(longest, values.length), 0);
  const lines = [columns.map(({ name }) => textCell(name)).join(',')];
  for (let row = 0; row < rows; row++) {
    lines.push(
      columns.map(({ values }) => cell(values[row] ?? null, values instanceof Float32Array)).join(','),
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** CSV text of a matrix [ny, nx] without a header, one line per row of the image. */
export function encodeCsvMatrix(
  data: Float32Array | Float64Array,
  shape: readonly [rows: number, columns: number],
): string {
  checkLength('encodeCsvMatrix', data.length, shape);
  const [rows, columns] = shape;
  const single = data instanceof Float32Array;
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns), (value) => cell(value, single)).join(','),
  );
  return `${lines.join('\r\n')}\r\n`;
}
