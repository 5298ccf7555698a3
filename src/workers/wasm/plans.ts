/**
 * Plans of one-dimensional Fourier transforms: radices, twiddle factors and Bluestein tables, computed in
 * float64 and stored in float32 in the kernels' memory in the form that assembly/fft.ts reads.
 */
import type { Arena } from './arena.ts';

const HEADER_WORDS = 8;
const STAGE_WORDS = 3;
/** Primes above this go through Bluestein: the direct butterfly costs radix² products. */
const LARGEST_RADIX = 13;
const PLANS_KEPT = 48;

export interface FourierPlan {
  readonly address: number;
  /** Samples of the transform. */
  readonly length: number;
  /** Points per half of the work buffer. */
  readonly points: number;
}

/**
 * Radices of a length in the order of the stages, or null when a prime factor is too large. Fours come first
 * and last where there are two of them: assembly/columns.ts joins those stages with the passes over the array.
 */
export function radicesOf(n: number): number[] | null {
  const fours: number[] = [];
  const others: number[] = [];
  let rest = n;
  for (const radix of [4, 2, 3, 5, 7, 11, LARGEST_RADIX]) {
    while (rest % radix === 0) {
      (radix === 4 ? fours : others).push(radix);
      rest /= radix;
    }
  }
  return rest === 1 ? [...fours.slice(0, 1), ...others, ...fours.slice(1)] : null;
}

/** The smallest convenient length of at least `n` for a circular convolution. */
export function convolutionLength(n: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const odd of [1, 3, 5, 9, 15])
    best = Math.min(best, odd * 2 ** Math.max(1, Math.ceil(Math.log2(n / odd))));
  return best;
}

/** exp(-2πi k/n), interleaved, in float64. */
function turn(k: number, n: number): [number, number] {
  const angle = (-2 * Math.PI * (k % n)) / n;
  return [Math.cos(angle), Math.sin(angle)];
}

/** Plain float64 transform by splitting off one radix at a time; only used to prepare tables. */
function transform64(
  re: Float64Array,
  im: Float64Array,
  radices: readonly number[],
): [Float64Array, Float64Array] {
  const n = re.length;
  const radix = radices[0];
  if (radix === undefined) return [re, im];
  const m = n / radix;
  const parts = Array.from({ length: radix }, (_, j) => {
    const pick = (from: Float64Array) =>
      Float64Array.from({ length: m }, (_unused, i) => from[i * radix + j] ?? 0);
    return transform64(pick(re), pick(im), radices.slice(1));
  });
  const outRe = new Float64Array(n);
  const outIm = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    parts.forEach(([pr, pi], j) => {
      const [c, s] = turn(j * k, n);
      const r = pr[k % m] ?? 0;
      const i = pi[k % m] ?? 0;
      outRe[k] = (outRe[k] ?? 0) + r * c - i * s;
      outIm[k] = (outIm[k] ?? 0) + r * s + i * c;
    });
  }
  return [outRe, outIm];
}

/** Tables of Bluestein's algorithm: chirp exp(-iπk²/n) and the spectrum of its conjugate, divided by m. */
function bluesteinTables(n: number, m: number): { chirp: number[]; filter: number[] } {
  const chirp: number[] = [];
  const re = new Float64Array(m);
  const im = new Float64Array(m);
  for (let k = 0; k < n; k++) {
    // k² modulo 2n keeps the angle exact.
    const [c, s] = turn((k * k) % (2 * n), 2 * n);
    chirp.push(c, s);
    re[k] = c / m;
    im[k] = -s / m;
    if (k > 0) {
      re[m - k] = c / m;
      im[m - k] = -s / m;
    }
  }
  const [fr, fi] = transform64(re, im, radicesOf(m) ?? []);
  return { chirp, filter: Array.from(fr).flatMap((x, i) => [x, fi[i] ?? 0]) };
}

/** Twiddles of one stage: for each p < m, exp(-2πi p k / (m·radix)) for k = 1..radix-1. */
function stageTwiddles(radix: number, m: number): number[] {
  const table: number[] = [];
  for (let p = 0; p < m; p++) for (let k = 1; k < radix; k++) table.push(...turn(p * k, m * radix));
  return table;
}

/** Cache of plans; the least recently used plan goes when there are too many. */
export class PlanCache {
  private readonly memory: WebAssembly.Memory;
  private readonly arena: Arena;
  private readonly plans = new Map<number, FourierPlan>();

  constructor(memory: WebAssembly.Memory, arena: Arena) {
    this.memory = memory;
    this.arena = arena;
  }

  plan(n: number): FourierPlan {
    const known = this.plans.get(n);
    if (known !== undefined) {
      this.plans.delete(n);
      this.plans.set(n, known);
      return known;
    }
    const plan = this.build(n);
    this.plans.set(n, plan);
    for (const [length, oldest] of this.plans) {
      if (this.plans.size <= PLANS_KEPT) break;
      this.arena.release(oldest.address);
      this.plans.delete(length);
    }
    return plan;
  }

  private build(n: number): FourierPlan {
    const radices = radicesOf(n);
    const image = new PlanImage();
    if (radices !== null) {
      image.stockham(n, radices);
      return { address: this.store(image), length: n, points: n };
    }
    const m = convolutionLength(2 * n - 1);
    const header = image.header(n, 0);
    const { chirp, filter } = bluesteinTables(n, m);
    image.pointAt(header + 3, image.table(chirp));
    image.pointAt(header + 4, image.table(filter));
    image.setWord(header + 5, m);
    image.pointAt(header + 2, image.stockham(m, radicesOf(m) ?? []));
    return { address: this.store(image), length: n, points: m };
  }

  private store(image: PlanImage): number {
    const address = this.arena.allocate(image.bytes());
    image.write(this.memory.buffer, address);
    return address;
  }
}

/** The words of a plan before its address is known. */
class PlanImage {
  private readonly words: { value: number; kind: 'integer' | 'real' | 'pointer' }[] = [];

  header(n: number, stages: number): number {
    const at = this.words.length;
    for (let i = 0; i < HEADER_WORDS + STAGE_WORDS * stages; i++)
      this.words.push({ value: 0, kind: 'integer' });
    this.setWord(at, n);
    this.setWord(at + 1, stages);
    this.setWord(at + 5, n);
    return at;
  }

  stockham(n: number, radices: readonly number[]): number {
    const at = this.header(n, radices.length);
    let rest = n;
    radices.forEach((radix, stage) => {
      const entry = at + HEADER_WORDS + STAGE_WORDS * stage;
      this.setWord(entry, radix);
      this.pointAt(entry + 1, this.table(stageTwiddles(radix, rest / radix)));
      this.pointAt(entry + 2, this.table(Array.from({ length: radix }, (_, k) => turn(k, radix)).flat()));
      rest /= radix;
    });
    return at;
  }

  table(values: readonly number[]): number {
    const at = this.words.length;
    for (const value of values) this.words.push({ value, kind: 'real' });
    return at;
  }

  setWord(at: number, value: number): void {
    this.words[at] = { value, kind: 'integer' };
  }

  /** Word `at` will hold the address of word `target`. */
  pointAt(at: number, target: number): void {
    this.words[at] = { value: target, kind: 'pointer' };
  }

  bytes(): number {
    return this.words.length * 4;
  }

  write(buffer: ArrayBufferLike, address: number): void {
    const integers = new Uint32Array(buffer, address, this.words.length);
    const reals = new Float32Array(buffer, address, this.words.length);
    this.words.forEach(({ value, kind }, index) => {
      if (kind === 'real') reals[index] = value;
      else integers[index] = kind === 'pointer' ? address + 4 * value : value;
    });
  }
}
