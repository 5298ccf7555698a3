/** Transforms down four or eight neighbouring columns of an interleaved array, with SIMD. */
import { butterflies4, COLUMNS, COLUMNS_SWAPPED, firstOfHalf, lastOfHalf, PLANAR } from './butterflies4';
import { gatherColumns, scatterColumns } from './gather';
import { HEADER_BYTES, STAGE_BYTES, stagesOf, transformLines } from './stages';

/** Samples of a plan. */
// @ts-ignore: decorator
@inline
export function lengthOf(plan: usize): usize {
  return load<u32>(plan) as usize;
}

/** Bytes of one half of the work buffer for four lines. */
// @ts-ignore: decorator
@inline
export function halfOf(plan: usize): usize {
  return (load<u32>(plan, 20) as usize) << 5;
}

// @ts-ignore: decorator
@inline
function stageCount(plan: usize): usize {
  return load<u32>(plan, 4) as usize;
}

/** Whether the first of several stages can read columns. */
// @ts-ignore: decorator
@inline
function joinsFirst(plan: usize): bool {
  return stageCount(plan) > 1 && load<u32>(plan + HEADER_BYTES) == 4;
}

/** Whether the last of several stages can write columns. */
// @ts-ignore: decorator
@inline
export function joinsLast(plan: usize): bool {
  const stages = stageCount(plan);
  return stages > 1 && load<u32>(plan + HEADER_BYTES + (stages - 1) * STAGE_BYTES) == 4;
}

// @ts-ignore: decorator
@inline
function firstStage(plan: usize, from: usize, stepBytes: usize, layout: i32, work: usize, wide: bool, second: usize): void {
  const m = lengthOf(plan) >> 2;
  const part = m * stepBytes;
  const none = f32x4.splat(0);
  let tw = load<u32>(plan + HEADER_BYTES, 4) as usize;
  for (const end = from + part; from < end; from += stepBytes, work += 128, tw += 24) {
    butterflies4<v128>(from, part, layout, work, 32, PLANAR, 1, tw, false, none);
    if (wide) butterflies4<v128>(from + 32, part, layout, work + second, 32, PLANAR, 1, tw, false, none);
  }
}

// @ts-ignore: decorator
@inline
function lastStage(
  plan: usize,
  work: usize,
  to: usize,
  stepBytes: usize,
  layout: i32,
  scale: f32,
  wide: bool,
  second: usize,
): void {
  const s = lengthOf(plan) >> 2;
  const part = s << 5;
  const step = s * stepBytes;
  const factor = f32x4.splat(scale);
  for (const end = work + part; work < end; work += 32, to += stepBytes) {
    butterflies4<v128>(work, part, PLANAR, to, step, layout, 1, 0, true, factor);
    if (wide) butterflies4<v128>(work + second, part, PLANAR, to + 32, step, layout, 1, 0, true, factor);
  }
}

/**
 * All stages, or all but the last, of four (with `wide` eight) columns that hold ny samples `stepBytes` apart,
 * zero-padded to the plan's length; the second four go `second` bytes further in the work buffer. Returns
 * where the result lies, origin first. `inverse` exchanges re and im.
 */
// @ts-ignore: decorator
@inline
export function columnStages(
  plan: usize,
  from: usize,
  ny: usize,
  stepBytes: usize,
  inverse: bool,
  work: usize,
  wide: bool,
  second: usize,
  withLast: bool,
): usize {
  const n = lengthOf(plan);
  const other = work + halfOf(plan);
  const end = stageCount(plan) - (withLast ? 0 : 1);
  if (ny == n && joinsFirst(plan)) {
    if (inverse) firstStage(plan, from, stepBytes, COLUMNS_SWAPPED, work, wide, second);
    else firstStage(plan, from, stepBytes, COLUMNS, work, wide, second);
    if (wide) stagesOf<v128>(plan, work + second, other + second, 1, end);
    return stagesOf<v128>(plan, work, other, 1, end);
  }
  const centre = ny >> 1;
  const head = ny - centre;
  const tail = (n - centre) << 5;
  gatherColumns(from + centre * stepBytes, stepBytes, head, work, inverse, wide, second);
  gatherColumns(from, stepBytes, centre, work + tail, inverse, wide, second);
  const gap = (n - ny) << 5;
  if (gap > 0) {
    memory.fill(work + (head << 5), 0, gap);
    if (wide) memory.fill(work + second + (head << 5), 0, gap);
  }
  if (!withLast) {
    if (wide) stagesOf<v128>(plan, work + second, other + second, 0, end);
    return stagesOf<v128>(plan, work, other, 0, end);
  }
  if (wide) transformLines<v128>(plan, work + second, other + second);
  return transformLines<v128>(plan, work, other);
}

/**
 * From the work buffer, times `scale`, to the middle ny samples of four (with `wide` eight) columns; does the
 * last stage where `columnStages` left it out (then ny is the plan's length).
 */
// @ts-ignore: decorator
@inline
export function storeColumns(
  plan: usize,
  work: usize,
  to: usize,
  ny: usize,
  stepBytes: usize,
  scale: f32,
  inverse: bool,
  wide: bool,
  second: usize,
  withLast: bool,
): void {
  if (withLast) {
    if (inverse) lastStage(plan, work, to, stepBytes, COLUMNS_SWAPPED, scale, wide, second);
    else lastStage(plan, work, to, stepBytes, COLUMNS, scale, wide, second);
    return;
  }
  const centre = ny >> 1;
  const head = ny - centre;
  const tail = (lengthOf(plan) - centre) << 5;
  scatterColumns(work, to + centre * stepBytes, stepBytes, head, scale, inverse, wide, second);
  scatterColumns(work + tail, to, stepBytes, centre, scale, inverse, wide, second);
}

/**
 * Whether `held` samples in the middle of a plan's length are half of it, the rest zero (or not wanted), so that
 * the first (or last) stage only has half its inputs (or outputs).
 */
// @ts-ignore: decorator
@inline
export function isHalf(plan: usize, held: usize): bool {
  return held << 1 == lengthOf(plan) && joinsFirst(plan) && joinsLast(plan);
}

/** All stages of lines of which only the middle half, n/2 samples `stepBytes` apart from `from` on, is not zero. */
// @ts-ignore: decorator
@inline
export function stagesOfHalf(
  plan: usize,
  from: usize,
  stepBytes: usize,
  layout: i32,
  work: usize,
  other: usize,
  wide: bool,
  second: usize,
): usize {
  const part = (lengthOf(plan) >> 2) * stepBytes;
  let tw = load<u32>(plan + HEADER_BYTES, 4) as usize;
  let to = work;
  for (const end = from + part; from < end; from += stepBytes, to += 128, tw += 24) {
    firstOfHalf(from + part, from, layout, to, tw);
    if (wide) firstOfHalf(from + part + 32, from + 32, layout, to + second, tw);
  }
  if (wide) stagesOf<v128>(plan, work + second, other + second, 1, stageCount(plan));
  return stagesOf<v128>(plan, work, other, 1, stageCount(plan));
}

/** The last stage for the middle half of the samples, which go to `to`, `stepBytes` apart. */
// @ts-ignore: decorator
@inline
export function storeHalf(
  plan: usize,
  work: usize,
  to: usize,
  stepBytes: usize,
  layout: i32,
  scale: f32,
  wide: bool,
  second: usize,
): void {
  const s = lengthOf(plan) >> 2;
  const part = s << 5;
  const middle = s * stepBytes;
  const factor = f32x4.splat(scale);
  for (const end = work + part; work < end; work += 32, to += stepBytes) {
    lastOfHalf(work, part, to + middle, to, layout, factor);
    if (wide) lastOfHalf(work + second, part, to + middle + 32, to + 32, layout, factor);
  }
}

/** Transforms four or eight neighbouring columns. */
export function columnGroup(
  from: usize,
  to: usize,
  plan: usize,
  work: usize,
  stepBytes: usize,
  scale: f32,
  inverse: bool,
  wide: bool,
): void {
  const n = lengthOf(plan);
  const second = halfOf(plan) << 1;
  const joined = joinsLast(plan);
  const result = columnStages(plan, from, n, stepBytes, inverse, work, wide, second, !joined);
  storeColumns(plan, result, to, n, stepBytes, scale, inverse, wide, second, joined);
}
