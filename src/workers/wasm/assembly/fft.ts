/**
 * Centred one-dimensional Fourier transforms of many lines at once, gathered into the work buffer of stages.ts
 * and scattered back. The origin shift floor(N/2) is an index rotation in gather and scatter; the inverse
 * transform swaps re and im in both.
 */
import { columnGroup } from './columns';
import { gatherAny, gatherRows, scatterAny, scatterRows } from './gather';
import { transformLines } from './stages';
import { lanesOf } from './vector';

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
