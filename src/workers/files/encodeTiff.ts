export interface TiffOptions {
  /** Distance of neighbouring pixels in metres. */
  pitch?: number;
  /** Distance of neighbouring planes in metres. */
  planeSpacing?: number;
  /** Told in the description, a line each. */
  facts?: { readonly [name: string]: string | number };
}

const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;
const LARGEST_TIFF_BYTES = 2 ** 32 - 1;
const MICROMETRE = 1e-6;

const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const RATIONAL = 5;

interface Entry {
  tag: number;
  type: number;
  count: number;
  /** The value, or the offset of the values where they do not fit into four bytes. */
  value: number;
}

/** Numerator and denominator (each below 2^32) whose quotient is `value` to about 1e-9. */
function rational(value: number): [numerator: number, denominator: number] {
  const scale = 2 ** 31;
  if (value >= 1) {
    const denominator = Math.max(1, Math.floor(scale / value));
    return [Math.min(2 ** 32 - 1, Math.round(value * denominator)), denominator];
  }
  const numerator = Math.max(1, Math.floor(scale * value));
  return [numerator, Math.min(2 ** 32 - 1, Math.round(numerator / value))];
}

/** Lines that ImageJ reads: number of planes, display range, and the unit of the resolution. */
function description(data: Float32Array, planes: number, options: TiffOptions): string {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  const lines = ['ImageJ=1.54f'];
  if (planes > 1) lines.push(`images=${planes}`, `slices=${planes}`, 'loop=false');
  if (options.pitch !== undefined) lines.push('unit=um');
  if (planes > 1 && options.planeSpacing !== undefined) {
    lines.push(`spacing=${Math.abs(options.planeSpacing) / MICROMETRE}`);
  }
  if (largest >= smallest) lines.push(`min=${smallest}`, `max=${largest}`);
  for (const [name, value] of Object.entries(options.facts ?? {}))
    lines.push(`${name}=${String(value).replace(/\p{Cc}/gu, ' ')}`);
  return `${lines.join('\n')}\n\0`;
}

function checkOptions({ facts: _, ...lengths }: TiffOptions): void {
  for (const [name, value] of Object.entries(lengths)) {
    if (!Number.isFinite(value) || value === 0 || (name === 'pitch' && value < 0)) {
      throw new RangeError(`encodeTiffFloat32: ${name} is ${value}, and it has to be a length in metres.`);
    }
  }
}

/** Values of all pages that lie outside their directories, in the order of the file. */
interface Layout {
  text: Uint8Array;
  textOffset: number;
  resolutionOffset: number;
  dataOffset: number;
  firstDirectory: number;
}

function entriesOf(
  page: number,
  planes: number,
  ny: number,
  nx: number,
  layout: Layout,
  hasPitch: boolean,
): Entry[] {
  const planeBytes = 4 * ny * nx;
  const entry = (tag: number, type: number, value: number, count = 1): Entry => ({ tag, type, count, value });
  return [
    entry(254, LONG, planes > 1 ? 2 : 0), // one page of several
    entry(256, LONG, nx),
    entry(257, LONG, ny),
    entry(258, SHORT, 32),
    entry(259, SHORT, 1), // not compressed
    entry(262, SHORT, 1), // zero is black
    ...(page === 0 ? [entry(270, ASCII, layout.textOffset, layout.text.length)] : []),
    entry(273, LONG, layout.dataOffset + page * planeBytes),
    entry(277, SHORT, 1),
    entry(278, LONG, ny),
    entry(279, LONG, planeBytes),
    ...(hasPitch
      ? [entry(282, RATIONAL, layout.resolutionOffset), entry(283, RATIONAL, layout.resolutionOffset)]
      : []),
    entry(296, SHORT, 1), // the unit stands in the description: TIFF itself knows inch and centimetre only
    entry(339, SHORT, 3), // floating point
  ];
}

/**
 * Uncompressed little-endian float32 TIFF of an image [ny, nx] or stack [planes, ny, nx], one page per
 * plane, with the planes' pixels one after the other as ImageJ expects. With `pitch` the file carries
 * pixels per micrometre. Format: TIFF 6.0; description: ImageJ's own header.
 */
export function encodeTiffFloat32(
  data: Float32Array,
  shape: readonly number[],
  options: TiffOptions = {},
): Uint8Array {
  const [planes, ny, nx] = shape.length === 2 ? [1, ...shape] : shape;
  if (planes === undefined || ny === undefined || nx === undefined || shape.length > 3) {
    throw new RangeError(
      `encodeTiffFloat32: the shape ${shape.join(' x ')} is neither an image nor a stack.`,
    );
  }
  if (planes * ny * nx !== data.length || data.length === 0) {
    throw new RangeError(
      `encodeTiffFloat32: ${data.length} values do not fill the shape ${shape.join(' x ')}.`,
    );
  }
  checkOptions(options);
  const text = new TextEncoder().encode(description(data, planes, options));
  const resolutionOffset = Math.ceil((HEADER_BYTES + text.length) / 8) * 8;
  const dataOffset = resolutionOffset + 8;
  const firstDirectory = dataOffset + 4 * data.length;
  const layout = { text, textOffset: HEADER_BYTES, resolutionOffset, dataOffset, firstDirectory };
  const directories = Array.from({ length: planes }, (_, page) =>
    entriesOf(page, planes, ny, nx, layout, options.pitch !== undefined),
  );
  const directoryBytes = directories.map((entries) => 2 + ENTRY_BYTES * entries.length + 4);
  const total = firstDirectory + directoryBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (total > LARGEST_TIFF_BYTES) throw new RangeError('encodeTiffFloat32: a TIFF file ends at 4 GB.');

  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, firstDirectory, true);
  bytes.set(text, layout.textOffset);
  if (options.pitch !== undefined) {
    const [numerator, denominator] = rational(MICROMETRE / options.pitch);
    view.setUint32(resolutionOffset, numerator, true);
    view.setUint32(resolutionOffset + 4, denominator, true);
  }
  for (let i = 0; i < data.length; i++) view.setFloat32(dataOffset + 4 * i, data[i] ?? 0, true);
  let at = firstDirectory;
  directories.forEach((entries, page) => {
    view.setUint16(at, entries.length, true);
    entries.forEach(({ tag, type, count, value }, i) => {
      const start = at + 2 + ENTRY_BYTES * i;
      view.setUint16(start, tag, true);
      view.setUint16(start + 2, type, true);
      view.setUint32(start + 4, count, true);
      if (type === SHORT) view.setUint16(start + 8, value, true);
      else view.setUint32(start + 8, value, true);
    });
    const next = page + 1 < planes ? at + (directoryBytes[page] ?? 0) : 0;
    view.setUint32(at + 2 + ENTRY_BYTES * entries.length, next, true);
    at += directoryBytes[page] ?? 0;
  });
  return bytes;
}
