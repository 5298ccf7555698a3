/**
 * Convolution of one plane by one or more transfer functions, with SIMD: rows forward, then per eight columns the
 * forward transform, the product and the inverse transform while they are in the cache, then rows back. With more
 * transfer functions the spectrum is kept, and only what follows is done for each. ny × nx samples
 * are the middle of my × mx (lengths of the plans); rows that are zero are never transformed, rows and samples
 * that are cropped are never computed; in a window of twice the length, as free space uses, the first and last
 * stages skip their zero and unwanted half as well. The inverse is the forward transform with re and im exchanged before and
 * after: they are exchanged in the product and at the very end.
 */
import { COLUMNS, PLANAR } from './butterflies4';
import {
  columnStages,
  halfOf,
  isHalf,
  joinsLast,
  lengthOf,
  stagesOfHalf,
  storeColumns,
  storeHalf,
} from './columns';
import { gatherAny, gatherRows, scatterAny, scatterRows } from './gather';
import { linesPerTurn } from './fft';
import { give, given, itemsOf, ownPart, run, turnsOf } from './parallel';
import { stagesOf, transformLines } from './stages';

/** Transforms ny rows of nx samples, zero-padded to the plan's length, into rows of frequencies from zero on. */
function rowsForward(
  from: usize,
  ny: usize,
  nx: usize,
  plan: usize,
  spectra: usize,
  spectrumBytes: usize,
  work: usize,
): void {
  const mx = lengthOf(plan);
  const rowBytes = nx << 3;
  const centre = nx >> 1;
  const head = nx - centre;
  const tail = work + ((mx - centre) << 5);
  const other = work + halfOf(plan);
  const half = isHalf(plan, nx);
  for (let y: usize = 0; y < ny; y += 4) {
    const lanes: usize = ny - y < 4 ? ny - y : 4;
    const middle = from + (centre << 3);
    if (half) {
      if (lanes == 4) gatherRows(from, rowBytes, nx, work, false);
      else gatherAny<v128>(from, rowBytes, 8, lanes, nx, work, false);
    } else if (lanes == 4) {
      gatherRows(middle, rowBytes, head, work, false);
      gatherRows(from, rowBytes, centre, tail, false);
    } else {
      gatherAny<v128>(middle, rowBytes, 8, lanes, head, work, false);
      gatherAny<v128>(from, rowBytes, 8, lanes, centre, tail, false);
    }
    let result: usize;
    if (half) {
      result = stagesOfHalf(plan, work, 32, PLANAR, other, work, false, 0);
    } else {
      if (mx > nx) memory.fill(work + (head << 5), 0, (mx - nx) << 5);
      result = transformLines<v128>(plan, work, other);
    }
    if (lanes == 4) scatterRows(result, spectra, spectrumBytes, mx, 1, false);
    else scatterAny<v128>(result, spectra, spectrumBytes, 8, lanes, mx, 1, false);
    from += rowBytes << 2;
    spectra += spectrumBytes << 2;
  }
}

/** Transforms ny rows of frequencies and writes the middle nx samples with re and im exchanged, times `scale`. */
function rowsBack(
  spectra: usize,
  spectrumBytes: usize,
  ny: usize,
  nx: usize,
  plan: usize,
  to: usize,
  work: usize,
  scale: f32,
): void {
  const mx = lengthOf(plan);
  const rowBytes = nx << 3;
  const centre = nx >> 1;
  const head = nx - centre;
  const other = work + halfOf(plan);
  const half = isHalf(plan, nx);
  for (let y: usize = 0; y < ny; y += 4) {
    const lanes: usize = ny - y < 4 ? ny - y : 4;
    if (lanes == 4) gatherRows(spectra, spectrumBytes, mx, work, false);
    else gatherAny<v128>(spectra, spectrumBytes, 8, lanes, mx, work, false);
    if (half) {
      const end = (load<u32>(plan, 4) as usize) - 1;
      const before = stagesOf<v128>(plan, work, other, 0, end);
      const samples = before == work ? other : work;
      storeHalf(plan, before, samples, 32, PLANAR, 1, false, 0);
      if (lanes == 4) scatterRows(samples, to, rowBytes, nx, scale, true);
      else scatterAny<v128>(samples, to, rowBytes, 8, lanes, nx, scale, true);
      to += rowBytes << 2;
      spectra += spectrumBytes << 2;
      continue;
    }
    const result = transformLines<v128>(plan, work, other);
    const tail = result + ((mx - centre) << 5);
    const middle = to + (centre << 3);
    if (lanes == 4) {
      scatterRows(result, middle, rowBytes, head, scale, true);
      scatterRows(tail, to, rowBytes, centre, scale, true);
    } else {
      scatterAny<v128>(result, middle, rowBytes, 8, lanes, head, scale, true);
      scatterAny<v128>(tail, to, rowBytes, 8, lanes, centre, scale, true);
    }
    to += rowBytes << 2;
    spectra += spectrumBytes << 2;
  }
}

/** Multiplies `count` points by four columns of the transfer function and exchanges re and im: work → to. */
// @ts-ignore: decorator
@inline
function multiplyTransfer(
  work: usize,
  to: usize,
  count: usize,
  transfer: usize,
  rowBytes: usize,
  isComplex: bool,
  sign: v128,
): void {
  for (const end = work + (count << 5); work < end; work += 32, to += 32, transfer += rowBytes) {
    const re = v128.load(work);
    const im = v128.load(work, 16);
    const p = v128.load(transfer);
    if (isComplex) {
      const q = v128.load(transfer, 16);
      const hr = i32x4.shuffle(p, q, 0, 2, 4, 6);
      const hi = v128.xor(sign, i32x4.shuffle(p, q, 1, 3, 5, 7));
      v128.store(to, f32x4.add(f32x4.mul(re, hi), f32x4.mul(im, hr)));
      v128.store(to, f32x4.sub(f32x4.mul(re, hr), f32x4.mul(im, hi)), 16);
    } else {
      v128.store(to, f32x4.mul(im, p));
      v128.store(to, f32x4.mul(re, p), 16);
    }
  }
}

/**
 * The product for four columns whose spectrum lies in the work buffer, put into `product`, and the stages back, all
 * or but the last, between `product` and `other`.
 */
// @ts-ignore: decorator
@inline
function multiplyAndBack(
  plan: usize,
  spectrum: usize,
  product: usize,
  other: usize,
  transfer: usize,
  rowBytes: usize,
  isComplex: bool,
  sign: v128,
  withLast: bool,
): usize {
  const my = lengthOf(plan);
  const centre = my >> 1;
  const head = my - centre;
  multiplyTransfer(spectrum, product, head, transfer + centre * rowBytes, rowBytes, isComplex, sign);
  const tail = head << 5;
  multiplyTransfer(spectrum + tail, product + tail, centre, transfer, rowBytes, isComplex, sign);
  if (withLast) return transformLines<v128>(plan, product, other);
  return stagesOf<v128>(plan, product, other, 0, (load<u32>(plan, 4) as usize) - 1);
}

/** Spectra of some rows of the plane. */
function rowsForwardTurn(turn: usize): void {
  const ny = given<usize>(2);
  const nx = given<usize>(3);
  const rowPlan = given<usize>(4);
  const spectrumBytes = given<usize>(8);
  const perTurn = linesPerTurn(lengthOf(rowPlan));
  const first = turn * perTurn;
  const from = given<usize>(0) + first * (nx << 3);
  const spectra = given<usize>(7) + first * spectrumBytes;
  const work = ownPart(given<usize>(9), given<usize>(10));
  rowsForward(from, itemsOf(turn, perTurn, ny), nx, rowPlan, spectra, spectrumBytes, work);
}

/** Some rows of the result from what the columns left. */
function rowsBackTurn(turn: usize): void {
  const ny = given<usize>(2);
  const nx = given<usize>(3);
  const rowPlan = given<usize>(4);
  const spectrumBytes = given<usize>(8);
  const perTurn = linesPerTurn(lengthOf(rowPlan));
  const first = turn * perTurn;
  const spectra = given<usize>(7) + first * spectrumBytes;
  const to = given<usize>(1) + first * (nx << 3);
  const work = ownPart(given<usize>(9), given<usize>(10));
  rowsBack(spectra, spectrumBytes, itemsOf(turn, perTurn, ny), nx, rowPlan, to, work, 1);
}

/** Eight columns forward into the work buffer; where the first four lie, the second four are `second` bytes on. */
// @ts-ignore: decorator
@inline
function columnsForward(plan: usize, at: usize, ny: usize, spectrumBytes: usize, work: usize, second: usize): usize {
  return isHalf(plan, ny)
    ? stagesOfHalf(plan, at, spectrumBytes, COLUMNS, work, work + halfOf(plan), true, second)
    : columnStages(plan, at, ny, spectrumBytes, false, work, true, second, true);
}

/**
 * The spectrum of eight columns from `column` on, of which the first and second four lie at `spectrum` and `next`,
 * times the transfer function and back into the rows. `product` and `other` are work buffers; `product` may be
 * `spectrum`.
 */
function columnsBack(column: usize, spectrum: usize, next: usize, product: usize, other: usize, second: usize): void {
  const ny = given<usize>(2);
  const plan = given<usize>(5);
  const mx = lengthOf(given<usize>(4));
  const flags = given<u32>(11);
  const isComplex = (flags & 1) != 0;
  const transfer = given<usize>(6);
  const spectrumBytes = given<usize>(8);
  const scale = given<f32>(12);
  const half = isHalf(plan, ny);
  const joined = half || (ny == lengthOf(plan) && joinsLast(plan));
  const shift: usize = isComplex ? 3 : 2;
  const rowBytes = mx << shift;
  // Rows of spectra begin at frequency zero, those of the transfer function have it at floor(mx/2).
  const middle = mx >> 1;
  const sign = i32x4.splat((flags & 2) != 0 ? i32.MIN_VALUE : 0);
  const fourth = column + 4;
  const h0 = transfer + ((column < middle ? column + middle : column - middle) << shift);
  const h1 = transfer + ((fourth < middle ? fourth + middle : fourth - middle) << shift);
  const result = multiplyAndBack(plan, spectrum, product, other, h0, rowBytes, isComplex, sign, !joined);
  multiplyAndBack(plan, next, product + second, other + second, h1, rowBytes, isComplex, sign, !joined);
  const to = given<usize>(7) + (column << 3);
  if (half) storeHalf(plan, result, to, spectrumBytes, COLUMNS, scale, true, second);
  else storeColumns(plan, result, to, ny, spectrumBytes, scale, false, true, second, joined);
}

/** Columns of the spectra forward, times the transfer function, and back to where they were. */
function filterColumnsTurn(turn: usize): void {
  const plan = given<usize>(5);
  const work = ownPart(given<usize>(9), given<usize>(10));
  const perTurn = linesPerTurn(lengthOf(plan));
  const bufferBytes = halfOf(plan);
  const second = bufferBytes << 1;
  const end = turn * perTurn + itemsOf(turn, perTurn, lengthOf(given<usize>(4)));
  for (let column = turn * perTurn; column < end; column += 8) {
    const at = given<usize>(7) + (column << 3);
    const spectrum = columnsForward(plan, at, given<usize>(2), given<usize>(8), work, second);
    const other = spectrum == work ? work + bufferBytes : work;
    columnsBack(column, spectrum, spectrum + second, spectrum, other, second);
  }
}

/** Columns of the spectra forward, kept four by four. */
function keepColumnsTurn(turn: usize): void {
  const plan = given<usize>(5);
  const work = ownPart(given<usize>(9), given<usize>(10));
  const perTurn = linesPerTurn(lengthOf(plan));
  const second = halfOf(plan) << 1;
  const fourBytes = lengthOf(plan) << 5;
  const end = turn * perTurn + itemsOf(turn, perTurn, lengthOf(given<usize>(4)));
  for (let column = turn * perTurn; column < end; column += 8) {
    const at = given<usize>(7) + (column << 3);
    const spectrum = columnsForward(plan, at, given<usize>(2), given<usize>(8), work, second);
    const kept = given<usize>(13) + (column >> 2) * fourBytes;
    memory.copy(kept, spectrum, fourBytes);
    memory.copy(kept + fourBytes, spectrum + second, fourBytes);
  }
}

/** Kept columns times a transfer function, and back. */
function keptColumnsTurn(turn: usize): void {
  const plan = given<usize>(5);
  const work = ownPart(given<usize>(9), given<usize>(10));
  const perTurn = linesPerTurn(lengthOf(plan));
  const bufferBytes = halfOf(plan);
  const fourBytes = lengthOf(plan) << 5;
  const end = turn * perTurn + itemsOf(turn, perTurn, lengthOf(given<usize>(4)));
  for (let column = turn * perTurn; column < end; column += 8) {
    const kept = given<usize>(13) + (column >> 2) * fourBytes;
    columnsBack(column, kept, kept + fourBytes, work, work + bufferBytes, bufferBytes << 1);
  }
}

/** Whether this build has filterPlanes (1) or not (0). */
export function hasFilter(): i32 {
  return ASC_FEATURE_SIMD ? 1 : 0;
}

/**
 * Pads ny × nx samples with zeros to the plans' lengths, transforms, multiplies by each of `count` centred transfer
 * functions (or their conjugates), transforms back, crops and multiplies by `scale`: one plane at `from` → `count`
 * planes at `to`. The length of rowPlan is a multiple of eight; `spectra` holds ny rows of that many complex numbers
 * `spectrumBytes` apart, `work` for each thread `workBytes`: four halves of the longer plan. With several transfer
 * functions `kept` holds a complex number for each sample of them.
 */
export function filterPlanes(
  from: usize,
  to: usize,
  ny: usize,
  nx: usize,
  rowPlan: usize,
  columnPlan: usize,
  transfer: usize,
  count: usize,
  isComplex: bool,
  conjugate: bool,
  spectra: usize,
  spectrumBytes: usize,
  work: usize,
  workBytes: usize,
  kept: usize,
  scale: f32,
): void {
  if (ASC_FEATURE_SIMD) {
    give<usize>(0, from);
    give<usize>(1, to);
    give<usize>(2, ny);
    give<usize>(3, nx);
    give<usize>(4, rowPlan);
    give<usize>(5, columnPlan);
    give<usize>(6, transfer);
    give<usize>(7, spectra);
    give<usize>(8, spectrumBytes);
    give<usize>(9, work);
    give<usize>(10, workBytes);
    give<u32>(11, (isComplex ? 1 : 0) | (conjugate ? 2 : 0));
    give<f32>(12, scale);
    give<usize>(13, kept);
    const mx = lengthOf(rowPlan);
    const rowTurns = turnsOf(ny, linesPerTurn(mx));
    const columnTurns = turnsOf(mx, linesPerTurn(lengthOf(columnPlan)));
    const transferBytes = (mx * lengthOf(columnPlan)) << (isComplex ? 3 : 2);
    run(rowsForwardTurn, rowTurns);
    if (count > 1) run(keepColumnsTurn, columnTurns);
    for (let plane: usize = 0; plane < count; plane++) {
      give<usize>(1, to + plane * ((ny * nx) << 3));
      give<usize>(6, transfer + plane * transferBytes);
      run(count > 1 ? keptColumnsTurn : filterColumnsTurn, columnTurns);
      run(rowsBackTurn, rowTurns);
    }
  }
}
