/**
 * Unitary two-dimensional Fourier transforms as a list of Stockham passes through global memory.
 *
 * Each pass handles one radix of one axis: a thread loads the samples of one butterfly, turns them, and
 * stores them in the self-sorting order, so that no pass needs a barrier or a bit reversal. Centring is an
 * index shift in the first load and the last store, the inverse conjugates there, and the unitary factor is
 * part of the last store. Lengths with a prime factor above 7 are chirp-z (Bluestein) convolutions.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../optics/ops/kernels.ts';
import { butterfly, RADICES } from './butterfly.ts';
import { type ProgramSpec, runProgram, type WebgpuArray } from './program.ts';

/** Uploads an interleaved complex table that stays on the device. */
export type UploadTable = (interleaved: Float32Array) => Tensor;

/** The radices of a length that has only factors up to 7, largest first; null for other lengths. */
export function planRadices(length: number): readonly number[] | null {
  const radices: number[] = [];
  let rest = length;
  for (const radix of RADICES) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  return rest === 1 ? radices : null;
}

/** exp(-2πi·j/N) for j = 0 … N-1, interleaved; angles reduced to an octant in integers before sin and cos. */
export function twiddleTable(length: number): Float64Array {
  const table = new Float64Array(2 * length);
  for (let j = 0; j < length; j++) {
    // Nearest multiple of a quarter turn, and what is left of it, both exact.
    const quarter = Math.round((4 * j) / length);
    const angle = (2 * Math.PI * (j - (quarter * length) / 4)) / length;
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    const [x, y] = [
      [c, -s],
      [-s, -c],
      [-c, s],
      [s, c],
    ][quarter % 4] as [number, number];
    table[2 * j] = x;
    table[2 * j + 1] = y;
  }
  return table;
}

/** exp(-πi·n²/N) for n = 0 … N-1, with n² reduced modulo 2N in integers. */
function chirpTable(length: number): Float64Array {
  const turns = twiddleTable(2 * length);
  const table = new Float64Array(2 * length);
  for (let n = 0; n < length; n++) {
    const j = (n * n) % (2 * length);
    table[2 * n] = turns[2 * j] ?? 0;
    table[2 * n + 1] = turns[2 * j + 1] ?? 0;
  }
  return table;
}

/** Radix-2 transform on the host in float64, in place; the length is a power of two. */
export function hostTransform(data: Float64Array): void {
  const n = data.length / 2;
  const turns = twiddleTable(n);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      for (const part of [0, 1]) {
        const swap = data[2 * i + part] ?? 0;
        data[2 * i + part] = data[2 * j + part] ?? 0;
        data[2 * j + part] = swap;
      }
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < size / 2; k++) {
        const a = 2 * (start + k);
        const b = a + size;
        const t = 2 * k * (n / size);
        const [wr, wi] = [turns[t] ?? 0, turns[t + 1] ?? 0];
        const [br, bi] = [data[b] ?? 0, data[b + 1] ?? 0];
        const [x, y] = [br * wr - bi * wi, br * wi + bi * wr];
        data[b] = (data[a] ?? 0) - x;
        data[b + 1] = (data[a + 1] ?? 0) - y;
        data[a] = (data[a] ?? 0) + x;
        data[a + 1] = (data[a + 1] ?? 0) + y;
      }
    }
  }
}

/** Spectrum of the Bluestein filter exp(+πi·n²/N), periodic over `padded` samples, divided by `padded`. */
function filterSpectrum(chirp: Float64Array, padded: number): Float64Array {
  const length = chirp.length / 2;
  const filter = new Float64Array(2 * padded);
  for (let n = 0; n < length; n++) {
    for (const at of n === 0 ? [0] : [n, padded - n]) {
      filter[2 * at] = (chirp[2 * n] ?? 0) / padded;
      filter[2 * at + 1] = -(chirp[2 * n + 1] ?? 0) / padded;
    }
  }
  hostTransform(filter);
  return filter;
}

interface BluesteinTables {
  readonly padded: number;
  readonly chirp: Tensor;
  readonly filter: Tensor;
}

/** The device tables of one device; they stay until `dispose`. */
export class FourierTables {
  private readonly upload: UploadTable;
  private readonly twiddles = new Map<number, Tensor>();
  private readonly bluesteins = new Map<number, BluesteinTables>();

  constructor(upload: UploadTable) {
    this.upload = upload;
  }

  twiddle(length: number): Tensor {
    const known = this.twiddles.get(length);
    if (known) return known;
    const tensor = this.upload(Float32Array.from(twiddleTable(length)));
    this.twiddles.set(length, tensor);
    return tensor;
  }

  bluestein(length: number): BluesteinTables {
    const known = this.bluesteins.get(length);
    if (known) return known;
    const padded = 2 ** Math.ceil(Math.log2(2 * length - 1));
    const chirp = chirpTable(length);
    const tables: BluesteinTables = {
      padded,
      chirp: this.upload(Float32Array.from(chirp)),
      filter: this.upload(Float32Array.from(filterSpectrum(chirp, padded))),
    };
    this.bluesteins.set(length, tables);
    return tables;
  }

  dispose(): void {
    for (const tensor of this.twiddles.values()) tensor.dispose();
    for (const { chirp, filter } of this.bluesteins.values()) {
      chirp.dispose();
      filter.dispose();
    }
    this.twiddles.clear();
    this.bluesteins.clear();
  }
}

/** An array seen as [outer, length, inner]; the transform runs over the middle axis. */
interface Line {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** What happens at the ends of a list of passes. */
interface Ends {
  /** Index shift of the first load and the last store: floor(N/2) when centred, else 0. */
  readonly shiftIn: number;
  readonly shiftOut: number;
  /** -1 conjugates at that end. */
  readonly signIn: 1 | -1;
  readonly signOut: 1 | -1;
  readonly scale: number;
}

function passSpec(radix: number, first: boolean, rows: boolean): ProgramSpec {
  return {
    kernel: 'LuminodeFourierPass',
    key: `${radix}:${first ? 'first' : 'later'}:${rows ? 'rows' : 'columns'}`,
    inputs: first ? { a: 'complex' } : { a: 'complex', w: 'complex' },
    output: 'complex',
    code: () => passCode(radix, first, rows),
  };
}

function passCode(radix: number, first: boolean, rows: boolean): string {
  const lanes = Array.from({ length: radix }, (_, lane) => lane);
  const network = butterfly(lanes.map((lane) => `v${lane}`));
  const inner = rows ? '' : ' * uniforms.inner';
  const turned = (lane: number) =>
    first || lane === 0 ? `load(base, t${lane})` : `turn(load(base, t${lane}), w[${lane}u * step])`;
  return `
    fn load(base : u32, n : u32) -> vec2<f32> {
      var s = n + uniforms.shiftIn;
      s = select(s, s - uniforms.size, s >= uniforms.size);
      let value = a[base + s${inner}];
      return vec2<f32>(value.x, uniforms.signIn * value.y);
    }
    fn store(base : u32, k : u32, value : vec2<f32>) {
      var s = k + uniforms.shiftOut;
      s = select(s, s - uniforms.size, s >= uniforms.size);
      result[base + s${inner}] = vec2<f32>(uniforms.scaleX * value.x, uniforms.scaleY * value.y);
    }
    fn turn(v : vec2<f32>, w : vec2<f32>) -> vec2<f32> {
      return vec2<f32>(v.x * w.x - v.y * w.y, v.x * w.y + v.y * w.x);
    }
    fn compute(g : u32) {
      let butterflies = uniforms.size / ${radix}u;
      ${rows ? 'let line = g;' : 'let line = g / uniforms.inner;'}
      let outer = line / butterflies;
      let t0 = line - outer * butterflies;
      let base = outer * uniforms.size${rows ? '' : ' * uniforms.inner + (g - line * uniforms.inner)'};
      ${first ? 'let k = 0u;' : 'let k = t0 % uniforms.done; let step = k * uniforms.stride;'}
      ${lanes
        .slice(1)
        .map((lane) => `let t${lane} = t0 + ${lane}u * butterflies;`)
        .join('\n')}
      ${lanes.map((lane) => `let v${lane} = ${turned(lane)};`).join('\n')}
      ${network.code}
      let start = (t0 - k) * ${radix}u + k;
      ${network.outputs.map((name, lane) => `store(base, start + ${lane}u * uniforms.done, ${name});`).join('\n')}
    }`;
}

/** Runs the passes of one axis and returns a new tensor; `input` is kept. */
function transformLine(input: Tensor, line: Line, ends: Ends, tables: FourierTables): Tensor {
  const radices = planRadices(line.length);
  if (!radices) return bluesteinLine(input, line, ends, tables);
  const shape = [line.outer, line.length, line.inner];
  let current = input;
  let done = 1;
  // A length of 1 has no radix; one trivial pass still applies the ends.
  (radices.length > 0 ? radices : [1]).forEach((radix, pass, list) => {
    const [first, last] = [pass === 0, pass === list.length - 1];
    const spec = passSpec(radix, first, line.inner === 1);
    const operands = first ? { a: current } : { a: current, w: tables.twiddle(line.length) };
    const scale = last ? ends.scale : 1;
    const next = runProgram(spec, operands, shape, sizeOf(shape) / radix, [
      { name: 'size', type: 'u32', value: [line.length] },
      { name: 'inner', type: 'u32', value: [line.inner] },
      { name: 'done', type: 'u32', value: [done] },
      { name: 'stride', type: 'u32', value: [line.length / (done * radix)] },
      { name: 'shiftIn', type: 'u32', value: [first ? ends.shiftIn : 0] },
      { name: 'shiftOut', type: 'u32', value: [last ? ends.shiftOut : 0] },
      { name: 'signIn', type: 'f32', value: [first ? ends.signIn : 1] },
      { name: 'scaleX', type: 'f32', value: [scale] },
      { name: 'scaleY', type: 'f32', value: [last ? ends.signOut * scale : 1] },
    ]);
    if (current !== input) current.dispose();
    current = next;
    done *= radix;
  });
  return current;
}

const CHIRP_SPEC: ProgramSpec = {
  kernel: 'LuminodeChirp',
  key: '',
  inputs: { a: 'complex', table: 'complex' },
  output: 'complex',
  isLight: true,
  code: () => `
    fn compute(g : u32) {
      let line = g / uniforms.inner;
      let i = g - line * uniforms.inner;
      let outer = line / uniforms.size;
      let m = line - outer * uniforms.size;
      var s = m + uniforms.shiftIn;
      s = select(s, s - uniforms.used, s >= uniforms.used);
      var value = vec2<f32>(0.0);
      if (m < uniforms.used) {
        let v = a[(outer * uniforms.oldSize + s) * uniforms.inner + i];
        let c = table[m];
        let y = uniforms.signIn * v.y;
        value = vec2<f32>(uniforms.scaleX * (v.x * c.x - y * c.y), uniforms.scaleY * (v.x * c.y + y * c.x));
      }
      var k = m + uniforms.shiftOut;
      k = select(k, k - uniforms.size, k >= uniforms.size);
      result[(outer * uniforms.size + k) * uniforms.inner + i] = value;
    }`,
};

/** Multiplies each line by a table of `used` samples, while padding or cropping it to `size` samples. */
function chirpLine(
  input: Tensor,
  table: Tensor,
  line: Line,
  lengths: { readonly oldSize: number; readonly used: number },
  ends: Ends,
): Tensor {
  const shape = [line.outer, line.length, line.inner];
  return runProgram(CHIRP_SPEC, { a: input, table }, shape, sizeOf(shape), [
    { name: 'size', type: 'u32', value: [line.length] },
    { name: 'oldSize', type: 'u32', value: [lengths.oldSize] },
    { name: 'used', type: 'u32', value: [lengths.used] },
    { name: 'inner', type: 'u32', value: [line.inner] },
    { name: 'shiftIn', type: 'u32', value: [ends.shiftIn] },
    { name: 'shiftOut', type: 'u32', value: [ends.shiftOut] },
    { name: 'signIn', type: 'f32', value: [ends.signIn] },
    { name: 'scaleX', type: 'f32', value: [ends.scale] },
    { name: 'scaleY', type: 'f32', value: [ends.signOut * ends.scale] },
  ]);
}

const PLAIN: Ends = { shiftIn: 0, shiftOut: 0, signIn: 1, signOut: 1, scale: 1 };

/** Chirp, convolve by two padded transforms, chirp: nk = (n² + k² - (k-n)²)/2. */
function bluesteinLine(input: Tensor, line: Line, ends: Ends, tables: FourierTables): Tensor {
  const { padded, chirp, filter } = tables.bluestein(line.length);
  const wide: Line = { ...line, length: padded };
  const used = line.length;
  const start = { ...PLAIN, shiftIn: ends.shiftIn, signIn: ends.signIn };
  const chirped = chirpLine(input, chirp, wide, { oldSize: used, used }, start);
  const spectrum = transformLine(chirped, wide, PLAIN, tables);
  chirped.dispose();
  const filtered = chirpLine(spectrum, filter, wide, { oldSize: padded, used: padded }, PLAIN);
  spectrum.dispose();
  // The inverse transform is the forward one between two conjugations.
  const back = transformLine(filtered, wide, { ...PLAIN, signIn: -1, signOut: -1 }, tables);
  filtered.dispose();
  const finish = { ...ends, shiftIn: 0, signIn: 1 } as const;
  const result = chirpLine(back, chirp, line, { oldSize: padded, used }, finish);
  back.dispose();
  return result;
}

/** Unitary centred transform over the last two axes; see `Kernels.fourier2`. */
export function fourier2(
  u: WebgpuArray,
  direction: 'forward' | 'inverse',
  tables: FourierTables,
): WebgpuArray {
  const [ny = 1, nx = 1] = u.shape.slice(-2);
  const planes = sizeOf(u.shape) / (ny * nx);
  const sign = direction === 'forward' ? 1 : -1;
  const centred = (length: number, signIn: 1 | -1, signOut: 1 | -1): Ends => ({
    shiftIn: Math.floor(length / 2),
    shiftOut: Math.floor(length / 2),
    signIn,
    signOut,
    scale: 1 / Math.sqrt(length),
  });
  const rows = transformLine(
    u.tensor,
    { outer: planes * ny, length: nx, inner: 1 },
    centred(nx, sign, 1),
    tables,
  );
  const tensor = transformLine(rows, { outer: planes, length: ny, inner: nx }, centred(ny, 1, sign), tables);
  rows.dispose();
  return { shape: u.shape, dtype: 'complex', tensor };
}
