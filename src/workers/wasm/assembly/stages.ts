/**
 * One-dimensional Fourier transforms in a planar work buffer: point p of `lanes` lines (four with SIMD) lies at
 * p * 2 * sizeof<V>() as [re of all lines][im of all lines]. Stockham stages alternate between two halves of
 * the buffer; lengths with large primes go through Bluestein's convolution.
 *
 * Plan in memory (32-bit words, written by the host):
 *   0 n | 1 number of stages | 2 address of the inner plan (Bluestein) or 0 | 3 chirp | 4 filter |
 *   5 points of the work buffer | from 8 on, per stage: radix, twiddles, roots of unity.
 */
import { butterflies2, butterflies3, butterflies5, butterflies7, butterfliesAny } from './butterflies';
import { butterflies4, PLANAR } from './butterflies4';
import { add, loadSplat, mul, splat, sub } from './vector';

// @ts-ignore: decorator
@inline
export const HEADER_BYTES: usize = 32;
// @ts-ignore: decorator
@inline
export const STAGE_BYTES: usize = 12;

/** One Stockham stage from x to y: groups of `s` butterflies share their twiddles. */
function stage<V>(x: usize, y: usize, n: usize, s: usize, radix: usize, tw: usize, roots: usize): void {
  const unit: usize = 2 * sizeof<V>();
  const m = n / (radix * s);
  const part = m * s * unit;
  const xStep = s * unit;
  const yStep = xStep * radix;
  const twStep = (radix - 1) << 3;
  const none = splat<V>(0);
  if (radix == 4) {
    butterflies4<V>(x, part, PLANAR, y, xStep, PLANAR, s, tw, true, none);
    for (let p: usize = 1; p < m; p++) {
      const to = y + p * yStep;
      butterflies4<V>(x + p * xStep, part, PLANAR, to, xStep, PLANAR, s, tw + p * twStep, false, none);
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
  } else if (radix == 7) {
    butterflies7<V>(x, y, part, s, tw, true);
    for (let p: usize = 1; p < m; p++) {
      butterflies7<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, false);
    }
  } else {
    for (let p: usize = 0; p < m; p++) {
      butterfliesAny<V>(x + p * xStep, y + p * yStep, part, s, tw + p * twStep, radix, roots);
    }
  }
}

/** Stages [first, end) of a plan; returns the address of the half of the work buffer that holds the result. */
export function stagesOf<V>(plan: usize, x: usize, y: usize, first: usize, end: usize): usize {
  const n = load<u32>(plan) as usize;
  let s: usize = 1;
  let entry = plan + HEADER_BYTES;
  for (let i: usize = 0; i < end; i++, entry += STAGE_BYTES) {
    const radix = load<u32>(entry) as usize;
    if (i >= first) {
      stage<V>(x, y, n, s, radix, load<u32>(entry, 4) as usize, load<u32>(entry, 8) as usize);
      const swap = x;
      x = y;
      y = swap;
    }
    s *= radix;
  }
  return x;
}

// @ts-ignore: decorator
@inline
function stockham<V>(plan: usize, x: usize, y: usize): usize {
  return stagesOf<V>(plan, x, y, 0, load<u32>(plan, 4) as usize);
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
export function transformLines<V>(plan: usize, x: usize, y: usize): usize {
  return load<u32>(plan, 8) == 0 ? stockham<V>(plan, x, y) : bluestein<V>(plan, x, y);
}
