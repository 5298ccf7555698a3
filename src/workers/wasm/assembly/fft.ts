/**
 * Centred one-dimensional Fourier transforms of many lines at once, gathered into the work buffer of stages.ts
 * and scattered back. The origin shift floor(N/2) is an index rotation in gather and scatter; the inverse
 * transform swaps re and im in both.
 */
import { columnGroup } from './columns';
import { gatherAny, gatherRows, scatterAny, scatterRows } from './gather';
import { give, given, itemsOf, ownPart, run, turnsOf } from './parallel';
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
function fourierLines(
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

/** Planes that fit together into this are transformed at once by one thread: a part of the second-level cache. */
// @ts-ignore: decorator
@inline
const CACHED_BYTES: usize = 131072;
/** Bytes of the lines of one turn, at least; whole groups of eight lines, one cache line of columns. */
// @ts-ignore: decorator
@inline
const TURN_BYTES: usize = 16384;

/** Lines per turn of a pass over lines of so many samples. */
// @ts-ignore: decorator
@inline
export function linesPerTurn(samples: usize): usize {
  const lines = (TURN_BYTES >> 3) / samples & ~7;
  return lines < 8 ? 8 : lines;
}

/**
 * Centred unitary transform of `count` planes of complex float32, from → to. `work` holds `workBytes` for each
 * thread: two halves of eight lines of the longer plan.
 */
export function fourierPlanes(
  from: usize,
  to: usize,
  rowPlan: usize,
  columnPlan: usize,
  count: usize,
  work: usize,
  workBytes: usize,
  scale: f32,
  inverse: bool,
): void {
  const nx = load<u32>(rowPlan) as usize;
  const ny = load<u32>(columnPlan) as usize;
  const planeBytes = (ny * nx) << 3;
  give<usize>(0, from);
  give<usize>(1, to);
  give<usize>(2, rowPlan);
  give<usize>(3, columnPlan);
  give<usize>(4, work);
  give<usize>(5, workBytes);
  give<f32>(6, scale);
  give<u32>(7, inverse ? 1 : 0);
  give<usize>(8, count);
  if (count > 1 && planeBytes <= CACHED_BYTES >> 1) {
    const perTurn = TURN_BYTES / planeBytes;
    give<usize>(9, perTurn > 1 ? perTurn : 1);
    run(planesTurn, turnsOf(count, given<usize>(9)));
    return;
  }
  for (let plane: usize = 0; plane < count; plane++, from += planeBytes, to += planeBytes) {
    give<usize>(0, from);
    give<usize>(1, to);
    run(rowsTurn, turnsOf(ny, linesPerTurn(nx)));
    if (ny > 1) run(columnsTurn, turnsOf(nx, linesPerTurn(ny)));
  }
}

function rowsTurn(turn: usize): void {
  const rowPlan = given<usize>(2);
  const nx = load<u32>(rowPlan) as usize;
  const ny = load<u32>(given<usize>(3)) as usize;
  const perTurn = linesPerTurn(nx);
  const at = turn * perTurn * (nx << 3);
  const work = ownPart(given<usize>(4), given<usize>(5));
  // A single row is transformed in this pass alone.
  const scale: f32 = ny == 1 ? given<f32>(6) : 1;
  const lines = itemsOf(turn, perTurn, ny);
  fourierLines(given<usize>(0) + at, given<usize>(1) + at, rowPlan, work, lines, nx << 3, 8, scale, given<u32>(7) != 0);
}

function columnsTurn(turn: usize): void {
  const columnPlan = given<usize>(3);
  const nx = load<u32>(given<usize>(2)) as usize;
  const perTurn = linesPerTurn(load<u32>(columnPlan) as usize);
  const at = given<usize>(1) + ((turn * perTurn) << 3);
  const work = ownPart(given<usize>(4), given<usize>(5));
  const lines = itemsOf(turn, perTurn, nx);
  fourierLines(at, at, columnPlan, work, lines, 8, nx << 3, given<f32>(6), given<u32>(7) != 0);
}

/** Both passes over some planes, which stay in this thread's cache in between. */
function planesTurn(turn: usize): void {
  const rowPlan = given<usize>(2);
  const columnPlan = given<usize>(3);
  const nx = load<u32>(rowPlan) as usize;
  const ny = load<u32>(columnPlan) as usize;
  const perTurn = given<usize>(9);
  const planes = itemsOf(turn, perTurn, given<usize>(8));
  const planeBytes = (ny * nx) << 3;
  const from = given<usize>(0) + turn * perTurn * planeBytes;
  const to = given<usize>(1) + turn * perTurn * planeBytes;
  const work = ownPart(given<usize>(4), given<usize>(5));
  const scale = given<f32>(6);
  const inverse = given<u32>(7) != 0;
  fourierLines(from, to, rowPlan, work, planes * ny, nx << 3, 8, ny == 1 ? scale : 1, inverse);
  if (ny == 1) return;
  for (let at = to; at < to + planes * planeBytes; at += planeBytes) {
    fourierLines(at, at, columnPlan, work, nx, 8, nx << 3, scale, inverse);
  }
}
