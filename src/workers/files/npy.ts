import {
  checkSize,
  damaged,
  describeShape,
  LARGEST_EXACT_FLOAT32_INTEGER,
  type SampleFormat,
  type ScientificImage,
  type StoredFrames,
  saturationLevelOf,
  truncated,
  unsupported,
} from './image.ts';
import { sampleReader } from './samples.ts';

interface NpyHeader {
  sampleFormat: SampleFormat;
  bitDepth: number;
  littleEndian: boolean;
  fortranOrder: boolean;
  shape: number[];
  dataOffset: number;
}

const KINDS: Record<string, SampleFormat> = { b: 'uint', u: 'uint', i: 'int', f: 'float' };
const LARGEST_HEADER = 1 << 20;
const SAVE_ARRAY = 'Save the array as numbers, for instance with numpy.save(name, array.astype("float32")).';

function headerText(bytes: Uint8Array): { text: string; dataOffset: number } {
  const version = bytes[6];
  if (version === undefined) throw truncated('its NPY header is not complete');
  if (version < 1 || version > 3) {
    throw unsupported(`is an NPY file of version ${version}; versions 1 to 3 can be read.`, SAVE_ARRAY);
  }
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw truncated('its NPY header is not complete');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LARGEST_HEADER) throw damaged(`its NPY header claims a length of ${length} bytes`);
  if (start + length > bytes.length) throw truncated('its NPY header is not complete');
  const text = new TextDecoder('utf-8').decode(bytes.subarray(start, start + length));
  return { text, dataOffset: start + length };
}

/** Type code of numpy ("<f4", "|b1") to a sample format; the sentences say what else was found. */
function parseType(type: string): Pick<NpyHeader, 'sampleFormat' | 'bitDepth' | 'littleEndian'> {
  const [, order = '', kind = '', size = ''] = /^([<>|=]?)([a-zA-Z?])(\d*)/.exec(type) ?? [];
  const byteCount = kind === '?' ? 1 : Number(size);
  if (kind === 'c') {
    throw unsupported(
      'holds complex numbers, and an image has real ones.',
      'Save the intensity (numpy.abs(field) ** 2) or the phase (numpy.angle(field)) and try again.',
    );
  }
  const sampleFormat = KINDS[kind === '?' ? 'b' : kind];
  const sizes = sampleFormat === 'float' ? [2, 4, 8] : kind === 'b' || kind === '?' ? [1] : [1, 2, 4, 8];
  if (sampleFormat === undefined || !sizes.includes(byteCount)) {
    throw unsupported(`holds elements of type “${type}”, which are not numbers of an image.`, SAVE_ARRAY);
  }
  const bitDepth = kind === 'b' || kind === '?' ? 1 : 8 * byteCount;
  return { sampleFormat, bitDepth, littleEndian: order !== '>' };
}

function readHeader(bytes: Uint8Array): NpyHeader {
  const { text, dataOffset } = headerText(bytes);
  const type = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(text)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const axes = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (type === undefined && /['"]descr['"]\s*:\s*\[/.test(text)) {
    throw unsupported('holds a table of records, not an image.', SAVE_ARRAY);
  }
  if (type === undefined || order === undefined || axes === undefined) {
    throw damaged('its NPY header does not name type, order and shape');
  }
  const shape = axes
    .split(',')
    .map((axis) => axis.replace('L', '').trim())
    .filter((axis) => axis !== '')
    .map(Number);
  return { ...parseType(type), fortranOrder: order === 'True', shape, dataOffset };
}

interface Layout {
  /** Shape of the image, [ny, nx] or [planes, ny, nx]. */
  shape: number[];
  /** Samples per pixel on a last axis; 1 when there is no such axis. */
  channels: number;
}

/** Axes of length 1 in front are dropped; a last axis of 3 or 4 behind two long axes is colour. */
function layoutOf(shape: readonly number[], notes: string[]): Layout {
  let axes = [...shape];
  while (axes.length > 3 && axes[0] === 1) axes = axes.slice(1);
  if (axes.length < shape.length)
    notes.push(`Array of shape ${describeShape(shape)}: axes of length 1 dropped.`);
  const [first = 0, second = 0, third = 0] = axes;
  if (axes.length === 3 && (third === 3 || third === 4) && first > 4 && second > 4) {
    notes.push('Colour image: mean of R, G and B was taken.');
    if (third === 4) notes.push('Transparency was ignored.');
    return { shape: [first, second], channels: third };
  }
  if (axes.length === 2 || axes.length === 3) return { shape: axes, channels: 1 };
  const found = shape.length === 0 ? 'a single number' : `an array with ${shape.length} axes`;
  throw unsupported(
    `holds ${found}${shape.length === 0 ? '' : ` (${describeShape(shape)})`}, and an image has 2 or 3.`,
    'Save one image of shape (rows, columns) or one stack of shape (planes, rows, columns).',
  );
}

/** Where the element with the C-order number `i` of `shape` lies in a Fortran-ordered file. */
function fortranIndex(i: number, shape: readonly number[]): number {
  let rest = i;
  let index = 0;
  let total = shape.reduce((product, length) => product * length, 1);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    total /= length;
    index += (rest % length) * total;
    rest = Math.floor(rest / length);
  }
  return index;
}

interface NpyNumbers {
  readonly header: NpyHeader;
  readonly layout: Layout;
  readonly notes: string[];
  /** The value of a pixel, by its number in the order of the image. */
  readonly pixel: (i: number) => number;
}

/** @param whole whether all planes are read at once */
function numbersOf(bytes: Uint8Array, whole: boolean): NpyNumbers {
  const header = readHeader(bytes);
  const notes: string[] = [];
  const layout = layoutOf(header.shape, notes);
  const { shape, channels } = layout;
  const sampleBytes = Math.ceil(header.bitDepth / 8);
  checkSize(whole || shape.includes(0) ? shape : shape.slice(-2), channels * sampleBytes);
  const samples = header.shape.reduce((product, length) => product * length, 1);
  const present = bytes.length - header.dataOffset;
  if (present < samples * sampleBytes) {
    throw truncated(`it holds ${present} of the ${samples * sampleBytes} bytes that its pixels need`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.dataOffset, samples * sampleBytes);
  const bits = header.bitDepth === 1 ? 8 : header.bitDepth;
  const sample = sampleReader(view, header.sampleFormat, bits, header.littleEndian);
  const at = header.fortranOrder ? (i: number) => sample(fortranIndex(i, header.shape)) : sample;
  const pixel = (i: number) =>
    channels === 1 ? at(i) : (at(i * channels) + at(i * channels + 1) + at(i * channels + 2)) / 3;
  return { header, layout, notes, pixel };
}

/** The planes of an NPY file one by one: only what is asked for is unpacked. */
export function openNpy(bytes: Uint8Array): StoredFrames {
  const { header, layout, notes, pixel } = numbersOf(bytes, false);
  const [ny = 1, nx = 1] = layout.shape.slice(-2);
  return {
    count: layout.shape.length === 3 ? (layout.shape[0] ?? 0) : 1,
    shape: [ny, nx],
    saturationLevel: saturationLevelOf(header.sampleFormat, header.bitDepth),
    notes,
    read: (index) => Float32Array.from({ length: ny * nx }, (_, i) => pixel(index * ny * nx + i)),
  };
}

/** Reads an NPY file (versions 1 to 3; real and boolean numbers, both byte orders, C and Fortran order). */
export function decodeNpy(bytes: Uint8Array): ScientificImage {
  const { header, layout, notes, pixel } = numbersOf(bytes, true);
  const { shape, channels } = layout;
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  let rounded = false;
  for (let i = 0; i < data.length; i++) {
    const value = pixel(i);
    if (header.sampleFormat !== 'float' && Math.abs(value) > LARGEST_EXACT_FLOAT32_INTEGER) rounded = true;
    data[i] = value;
  }
  if (rounded) notes.push('Integers above 16 777 216 were rounded to 32-bit floats.');
  return {
    shape,
    data,
    source: {
      format: 'npy',
      bitDepth: header.bitDepth,
      sampleFormat: header.sampleFormat,
      channels,
      saturationLevel: saturationLevelOf(header.sampleFormat, header.bitDepth),
      notes,
    },
  };
}
