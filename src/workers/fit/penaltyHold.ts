/** What the penalty of maps holds: how many cells it leaves to the data, and how far it keeps everything from these. */
import type { PenaltyCurvature } from '../../optics/mapPenalty.ts';
import type { CellInverse, JointCurvature, MapCovariance, Moved } from './mapCovariance.ts';

/**
 * The data's curvature and the penalty's in parts.
 * @param curvature of the data by numbers, then cells
 */
export function jointCurvature(
  curvature: Float64Array,
  numberCount: number,
  count: number,
  terms: readonly PenaltyCurvature[],
): JointCurvature {
  const cellCount = count - numberCount;
  const block = (row: number, column: number, width: number, height: number) =>
    Float64Array.from(
      { length: width * height },
      (_, i) => curvature[(row + Math.floor(i / width)) * count + column + (i % width)] as number,
    );
  const cells = block(numberCount, numberCount, cellCount, cellCount);
  for (const { weight, cells: own } of terms) {
    for (const [i, one] of own.entries()) {
      for (const [j, other] of own.entries()) {
        const at = one * cellCount + other;
        cells[at] = (cells[at] as number) + (i === j ? weight : -weight);
      }
    }
  }
  const cross = block(numberCount, 0, numberCount, cellCount);
  return { cells, cellCount, cross, numbers: block(0, 0, numberCount, numberCount), numberCount };
}

/** Rounds in which what the penalty takes is given back: each finds most of what the one before has left. */
const ROUNDS = 8;

/**
 * How far the penalty holds everything from where the data alone would have it. What it took from the cells that are
 * found is less than what it took from the true ones, so it is given back and taken again (iterated Tikhonov
 * regularisation; Engl, Hanke and Neubauer, Regularization of Inverse Problems (1996), 5.1); what is mostly noise needs
 * more rounds and stays away.
 */
export function heldBack(
  covariance: MapCovariance,
  terms: readonly PenaltyCurvature[],
  at: Float64Array,
): Moved {
  let held = covariance.moved(slopeOf(terms, at));
  for (let round = 1; round < ROUNDS; round++) {
    const { cells } = held;
    held = covariance.moved(
      slopeOf(
        terms,
        at.map((x, k) => x + (cells[k] as number)),
      ),
    );
  }
  return held;
}

/** Slope of the penalty by the cells. */
function slopeOf(terms: readonly PenaltyCurvature[], at: Float64Array): Float64Array {
  const slope = new Float64Array(at.length);
  for (const { weight, cells: own } of terms) {
    const value = own.reduce<number>((sum, cell, i) => sum + (i === 0 ? 1 : -1) * (at[cell] as number), 0);
    for (const [i, cell] of own.entries())
      slope[cell] = (slope[cell] as number) + (i === 0 ? weight : -weight) * value;
  }
  return slope;
}

/** How many of the cells the data have told: tr(JᵀWJ H⁻¹), what penalty and hold have not. */
export function toldCells(
  covariance: MapCovariance,
  { cellCount, held }: CellInverse,
  terms: readonly PenaltyCurvature[],
): number {
  const unit = (own: readonly number[]) => {
    const cells = new Float64Array(cellCount);
    own.forEach((cell, i) => {
      cells[cell] = i === 0 ? 1 : -1;
    });
    return covariance.variance({ numbers: [], cells }) ?? 0;
  };
  let told = cellCount;
  for (const { weight, cells } of terms) told -= weight * unit(cells);
  for (let cell = 0; cell < cellCount; cell++) told -= held * unit([cell]);
  return Math.max(0, told);
}
