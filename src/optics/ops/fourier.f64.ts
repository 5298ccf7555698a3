/**
 * Float64 Fourier transforms for the reference backend: mixed radix by recursion on the smallest prime factor,
 * plain DFT for prime lengths. Clarity and accuracy (about 1e-15 relative) count here, not speed.
 */

const tables = new Map<number, Float64Array>();

/** cos and sin of 2πk/n, interleaved, k = 0..n-1. */
function rootsOfUnity(n: number): Float64Array {
  let table = tables.get(n);
  if (table === undefined) {
    table = new Float64Array(2 * n);
    for (let k = 0; k < n; k++) {
      table[2 * k] = Math.cos((2 * Math.PI * k) / n);
      table[2 * k + 1] = Math.sin((2 * Math.PI * k) / n);
    }
    tables.set(n, table);
  }
  return table;
}

function smallestFactor(n: number): number {
  for (const p of [4, 2, 3, 5, 7]) if (n % p === 0) return p;
  for (let p = 11; p * p <= n; p += 2) if (n % p === 0) return p;
  return n;
}

/** Unnormalised transform of `n` interleaved samples at stride `stride` of `source`, sign -1 forward, +1 inverse. */
function transform(
  source: Float64Array,
  offset: number,
  stride: number,
  n: number,
  sign: number,
  out: Float64Array,
  outOffset: number,
): void {
  if (n === 1) {
    out[2 * outOffset] = source[2 * offset] as number;
    out[2 * outOffset + 1] = source[2 * offset + 1] as number;
    return;
  }
  const radix = smallestFactor(n);
  const m = n / radix;
  const parts = new Float64Array(2 * n);
  for (let r = 0; r < radix; r++)
    transform(source, offset + r * stride, stride * radix, m, sign, parts, r * m);
  const roots = rootsOfUnity(n);
  for (let k = 0; k < n; k++) {
    let re = 0;
    let im = 0;
    const inner = k % m;
    for (let r = 0; r < radix; r++) {
      const w = (r * k) % n;
      const c = roots[2 * w] as number;
      const s = sign * (roots[2 * w + 1] as number);
      const a = parts[2 * (r * m + inner)] as number;
      const b = parts[2 * (r * m + inner) + 1] as number;
      re += a * c - b * s;
      im += a * s + b * c;
    }
    out[2 * (outOffset + k)] = re;
    out[2 * (outOffset + k) + 1] = im;
  }
}

/** Centred unitary transform of one line: origin at floor(n/2) in both domains. */
export function centredFourierLine(line: Float64Array, sign: -1 | 1): Float64Array {
  const n = line.length / 2;
  const half = Math.floor(n / 2);
  const rolled = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const from = (i + half) % n;
    rolled[2 * i] = line[2 * from] as number;
    rolled[2 * i + 1] = line[2 * from + 1] as number;
  }
  const spectrum = new Float64Array(2 * n);
  transform(rolled, 0, 1, n, sign, spectrum, 0);
  const out = new Float64Array(2 * n);
  const scale = 1 / Math.sqrt(n);
  for (let i = 0; i < n; i++) {
    const to = (i + half) % n;
    out[2 * to] = (spectrum[2 * i] as number) * scale;
    out[2 * to + 1] = (spectrum[2 * i + 1] as number) * scale;
  }
  return out;
}
