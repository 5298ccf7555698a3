/**
 * Centred one-dimensional Fourier transforms of many lines at once. `lanes` lines (four with SIMD) are
 * gathered into a planar work buffer, point p at work + p * 2 * sizeof<V>() as [re of all lines][im of all
 * lines], transformed there by Stockham stages that alternate between two halves of the buffer, and
 * scattered back. The origin shift floor(N/2) is an index rotation in gather and scatter; the inverse
 * transform swaps re and im in both.
 *
 * Plan in memory (32-bit words, written by the host):
 *   0 n | 1 number of stages | 2 address of the inner plan (Bluestein) or 0 | 3 chirp | 4 filter |
 *   5 points of the work buffer | from 8 on, per stage: radix, twiddles, roots of unity.
 */
import { butterflies2, butterflies3, butterflies4, butterflies5, butterfliesAny } from './butterflies';
import { gatherAny, gatherColumns, gatherRows, scatterAny, scatterColumns, scatterRows } from './gather';
import { add, lanesOf, loadSplat, mul, sub } from './vector';

// @ts-ignore: decorator
@inline
const HEADER_BYTES: usize = 32;
// @ts-ignore: decorator
@inline
const STAGE_BYTES: usize = 12;

/** One Stockham stage from x to y: groups of `s` butterflies share their twiddles. */
function stage<V>(x: usize, y: usize, n: usize, s: usize, radix: usize, tw: usize, roots: usize): void {
  const unit: usize = 2 * sizeof<V>();
  const m = n / (radix * s);
  const part = m * s * unit;
  const xStep = s * unit;
  const yStep = xStep * radix;
  const twStep = (radix - 1) << 3;
  if (radix == 4) {
    butterflies4<V>(x, y, part, s, tw, true);
    for (let p: usize = 1; p < m; p++) {
      butterflies4<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, false);
    }
  } else if (radix == 2) {
    butterflies2<V>(x, y, part, s, tw, true);
    for (let p: usize = 1; p < m; p++) {
      butterflies2<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, false);
    }
  } else if (radix == 3) {
    butterflies3<V>(x, y, part, s, tw, true);
    for (let p: usize = 1; p < m; p++) {
      butterflies3<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, false);
    }
  } else if (radix == 5) {
    butterflies5<V>(x, y, part, s, tw, true);
    for (let p: usize = 1; p < m; p++) {
      butterflies5<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, false);
    }
  } else {
    for (let p: usize = 0; p < m; p++) {
      butterfliesAny<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, radix, roots);
    }
  }
}

/** All stages of a plan; returns the address of the half of the work buffer that holds the result. */
function stockham<V>(plan: usize, x: usize, y: usize): usize {
  const n = load<u32>(plan) as usize;
  const stages = load<u32>(plan, 4) as usize;
  let s: usize = 1;
  let entry = plan + HEADER_BYTES;
  for (let i: usize = 0; i < stages; i++, entry += STAGE_BYTES) {
    const radix = load<u32>(entry) as usize;
    stage<V>(x, y, n, s, radix, load<u32>(entry, 4) as usize, load<u32>(entry, 8) as usize);
    s *= radix;
    const swap = x;
    x = y;
    y = swap;
  }
  return x;
}

/** Multiplies `count` points by the complex table; re and im may be exchanged before or after. */
// @ts-ignore: decorator
@inline
function multiplyTable<V>(x: usize, table: usize, count: usize, swapBefore: bool, swapAfter: bool): void {
  const unit: usize = 2 * sizeof<V>();
  for (const end = x + count * unit; x < end; x += unit, table += 8) {
    const re = load<V>(x + (swapBefore ? sizeof<V>() : 0));
    const im = load<V>(x + (swapBefore ? 0 : sizeof<V>()));
    const wr = loadSplat<V>(table);
    const wi = loadSplat<V>(table + 4);
    const realAt: usize = swapAfter ? sizeof<V>() : 0;
    store<V>(x + realAt, sub<V>(mul<V>(re, wr), mul<V>(im, wi)));
    store<V>(x + (sizeof<V>() - realAt), add<V>(mul<V>(re, wi), mul<V>(im, wr)));
  }
}

/** Bluestein: chirp, circular convolution with the inverse chirp at a convenient length, chirp. */
function bluestein<V>(plan: usize, x: usize, y: usize): usize {
  const unit: usize = 2 * sizeof<V>();
  const n = load<u32>(plan) as usize;
  const inner = load<u32>(plan, 8) as usize;
  const chirp = load<u32>(plan, 12) as usize;
  const filter = load<u32>(plan, 16) as usize;
  const m = load<u32>(inner) as usize;
  multiplyTable<V>(x, chirp, n, false, false);
  memory.fill(x + n * unit, 0, (m - n) * unit);
  const spectrum = stockham<V>(inner, x, y);
  multiplyTable<V>(spectrum, filter, m, false, true);
  const result = stockham<V>(inner, spectrum, spectrum == x ? y : x);
  multiplyTable<V>(result, chirp, n, true, false);
  return result;
}

// @ts-ignore: decorator
@inline
function transformLines<V>(plan: usize, x: usize, y: usize): usize {
  return load<u32>(plan, 8) == 0 ? stockham<V>(plan, x, y) : bluestein<V>(plan, x, y);
}

/** Transforms four or eight neighbouring columns. */
// @ts-ignore: decorator
@inline
function columnGroup(
  from: usize,
  to: usize,
  plan: usize,
  work: usize,
  stepBytes: usize,
  scale: f32,
  inverse: bool,
  wide: bool,
): void {
  const n = load<u32>(plan) as usize;
  const half = (load<u32>(plan, 20) as usize) * 32;
  const second = 2 * half;
  const centre = n >> 1;
  const head = n - centre;
  const middle = centre * stepBytes;
  gatherColumns(from + middle, stepBytes, head, work, inverse, wide, second);
  gatherColumns(from, stepBytes, centre, work + head * 32, inverse, wide, second);
  const result = transformLines<v128>(plan, work, work + half);
  if (wide) transformLines<v128>(plan, work + second, work + second + half);
  scatterColumns(result, to + middle, stepBytes, head, scale, inverse, wide, second);
  scatterColumns(result + head * 32, to, stepBytes, centre, scale, inverse, wide, second);
}

/** Transforms `lanes` lines that start at `from`, `lineBytes` apart, samples `stepBytes` apart. */
function lineGroup<V>(
  from: usize,
  to: usize,
  plan: usize,
  work: usize,
  lanes: usize,
  lineBytes: usize,
  stepBytes: usize,
  scale: f32,
  inverse: bool,
): void {
  const unit: usize = 2 * sizeof<V>();
  const n = load<u32>(plan) as usize;
  const other = work + (load<u32>(plan, 20) as usize) * unit;
  // Work index i holds sample i + floor(n/2) modulo n, on both sides of the transform.
  const centre = n >> 1;
  const head = n - centre;
  const middle = centre * stepBytes;
  if (isVector<V>() && lanes == 4 && stepBytes == 8) {
    gatherRows(from + middle, lineBytes, head, work, inverse);
    gatherRows(from, lineBytes, centre, work + head * unit, inverse);
    const result = transformLines<V>(plan, work, other);
    scatterRows(result, to + middle, lineBytes, head, scale, inverse);
    scatterRows(result + head * unit, to, lineBytes, centre, scale, inverse);
  } else {
    gatherAny<V>(from + middle, lineBytes, stepBytes, lanes, head, work, inverse);
    gatherAny<V>(from, lineBytes, stepBytes, lanes, centre, work + head * unit, inverse);
    const result = transformLines<V>(plan, work, other);
    scatterAny<V>(result, to + middle, lineBytes, stepBytes, lanes, head, scale, inverse);
    scatterAny<V>(result + head * unit, to, lineBytes, stepBytes, lanes, centre, scale, inverse);
  }
}

function lineGroups<V>(
  from: usize,
  to: usize,
  plan: usize,
  work: usize,
  lines: usize,
  lineBytes: usize,
  stepBytes: usize,
  scale: f32,
  inverse: bool,
): void {
  let line: usize = 0;
  if (isVector<V>() && lineBytes == 8 && stepBytes != 8) {
    for (; line + 8 <= lines; line += 8) {
      columnGroup(from + line * 8, to + line * 8, plan, work, stepBytes, scale, inverse, true);
    }
    for (; line + 4 <= lines; line += 4) {
      columnGroup(from + line * 8, to + line * 8, plan, work, stepBytes, scale, inverse, false);
    }
  }
  for (; line < lines; line += lanesOf<V>()) {
    const left = lines - line;
    const lanes = left < lanesOf<V>() ? left : lanesOf<V>();
    const offset = line * lineBytes;
    lineGroup<V>(from + offset, to + offset, plan, work, lanes, lineBytes, stepBytes, scale, inverse);
  }
}

/**
 * Centred transform of `lines` lines of complex float32, from → to (which may be the same place), times
 * `scale`. Lines start `lineBytes` apart and their samples lie `stepBytes` apart in both arrays.
 */
export function fourierLines(
  from: usize,
  to: usize,
  plan: usize,
  work: usize,
  lines: usize,
  lineBytes: usize,
  stepBytes: usize,
  scale: f32,
  inverse: bool,
): void {
  if (ASC_FEATURE_SIMD) {
    lineGroups<v128>(from, to, plan, work, lines, lineBytes, stepBytes, scale, inverse);
  } else {
    lineGroups<f32>(from, to, plan, work, lines, lineBytes, stepBytes, scale, inverse);
  }
}
