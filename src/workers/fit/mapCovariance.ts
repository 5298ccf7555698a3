/**
 * Covariance of cells of maps beside numbers from the curvature of both together. Cells are held by their penalty where
 * the data say nothing of them, and by a hair's breadth more, so that what nothing holds is finite and can be told.
 */
import { symmetricInverse } from '../../optics/maths/linearAlgebra.ts';
import { type Uncertainty, uncertainty } from './uncertainty.ts';

/** A linear function of numbers and cells, by its derivatives. */
export interface Functional {
  readonly numbers: ArrayLike<number>;
  readonly cells: ArrayLike<number>;
}

/** A change of all that was learned. */
export interface Moved {
  readonly numbers: Float64Array;
  readonly cells: Float64Array;
}

/** Of the mean curvature of a cell: what every cell is held by. Rounding of float32 derivatives lies far below. */
const HELD = 1e-6;

export interface JointCurvature {
  /** Of cells, row-major: data and penalty. */
  readonly cells: Float64Array;
  readonly cellCount: number;
  /** Of the data: [cells, numbers]. */
  readonly cross: Float64Array;
  /** Of numbers, row-major, data alone. */
  readonly numbers: Float64Array;
  readonly numberCount: number;
}

/** The cells' own covariance, and what they leave of the numbers' information. */
export class CellInverse {
  /** What each cell was held by beside data and penalty. */
  readonly held: number;
  /** Curvature of the numbers with the cells left free. */
  readonly left: Float64Array;
  readonly cellCount: number;
  readonly numberCount: number;
  /** Inverse of the cells' curvature, the numbers fixed. */
  readonly inverse: Float64Array;
  /** [cells, numbers]: how far cells go with numbers. */
  readonly along: Float64Array;

  private constructor(
    { cellCount, numberCount, cross, numbers }: JointCurvature,
    inverse: Float64Array,
    held: number,
  ) {
    this.cellCount = cellCount;
    this.numberCount = numberCount;
    this.held = held;
    this.inverse = inverse;
    this.along = new Float64Array(cellCount * numberCount);
    this.left = numbers.slice();
    for (let j = 0; j < numberCount; j++) {
      const column = Float64Array.from({ length: cellCount }, (_, k) => cross[k * numberCount + j] as number);
      const moved = timesSymmetric(inverse, column);
      for (let i = 0; i < numberCount; i++) {
        let sum = 0;
        for (let k = 0; k < cellCount; k++)
          sum += (cross[k * numberCount + i] as number) * (moved[k] as number);
        this.left[i * numberCount + j] = (this.left[i * numberCount + j] as number) - sum;
      }
      for (let k = 0; k < cellCount; k++) this.along[k * numberCount + j] = moved[k] as number;
    }
  }

  /** Null where the curvature is not that of a minimum. */
  static of(curvature: JointCurvature): CellInverse | null {
    const { cells, cellCount } = curvature;
    let trace = 0;
    for (let k = 0; k < cellCount; k++) trace += cells[k * (cellCount + 1)] as number;
    const held = (HELD * trace) / Math.max(1, cellCount);
    const whole = cells.slice();
    for (let k = 0; k < cellCount; k++)
      whole[k * (cellCount + 1)] = (whole[k * (cellCount + 1)] as number) + held;
    const inverted = symmetricInverse(whole, cellCount);
    return inverted.ok ? new CellInverse(curvature, inverted.inverse, held) : null;
  }
}

export class MapCovariance {
  /** Of the numbers, with the cells left free. */
  readonly numbers: Uncertainty;
  private readonly cells: CellInverse;
  private readonly factor: number;
  /** [numbers, numbers]; 0 for what is not determined. */
  private readonly ofNumbers: Float64Array;

  /**
   * @param left curvature of the numbers with the cells left free, priors included
   * @param variance factor on the inverse: 1 where the curvature is that of the negative logarithm of a probability
   */
  constructor(cells: CellInverse, left: Float64Array, variance: number) {
    const { numberCount } = cells;
    this.cells = cells;
    this.factor = variance;
    this.numbers = uncertainty(left, numberCount, variance);
    const { sigma, correlation } = this.numbers;
    this.ofNumbers = correlation.map(
      (r, at) => r * (sigma[Math.floor(at / numberCount)] ?? 0) * (sigma[at % numberCount] ?? 0),
    );
  }

  /** How far numbers and cells are from the minimum by the cells' slope of the merit, to first order. */
  moved(slope: Float64Array): Moved {
    const { along, inverse, numberCount } = this.cells;
    const right = Float64Array.from({ length: numberCount }, (_, j) =>
      slope.reduce((sum, g, k) => sum - g * (along[k * numberCount + j] as number), 0),
    );
    const numbers = right.map((_, i) =>
      right.reduce(
        (sum, r, j) => sum + (r * (this.ofNumbers[i * numberCount + j] as number)) / this.factor,
        0,
      ),
    );
    const cells = timesSymmetric(inverse, slope).map((x, k) =>
      numbers.reduce((rest, moved, j) => rest - (along[k * numberCount + j] as number) * moved, x),
    );
    return { numbers, cells };
  }

  /** Of a linear function; null where it depends on a number that is not determined. */
  variance({ numbers, cells }: Functional): number | null {
    const { numberCount, cellCount, along, inverse } = this.cells;
    const rest = Float64Array.from({ length: numberCount }, (_, j) => numbers[j] ?? 0);
    if (rest.some((f, j) => f !== 0 && this.numbers.sigma[j] === null)) return null;
    const lit: number[] = [];
    for (let k = 0; k < cellCount; k++) if (cells[k] !== 0) lit.push(k);
    let own = 0;
    for (const k of lit) {
      const factor = cells[k] as number;
      for (let j = 0; j < numberCount; j++)
        rest[j] = (rest[j] as number) - factor * (along[k * numberCount + j] as number);
      let sum = 0;
      for (const i of lit) sum += (inverse[k * cellCount + i] as number) * (cells[i] as number);
      own += factor * sum;
    }
    let shared = 0;
    for (let i = 0; i < numberCount; i++) {
      for (let j = 0; j < numberCount; j++)
        shared += (rest[i] as number) * (rest[j] as number) * (this.ofNumbers[i * numberCount + j] as number);
    }
    return Math.max(0, this.factor * own + shared);
  }
}

/** Standard errors by noise and by what a penalty holds back, which moves everything at once. */
export class HeldErrors {
  readonly held: Moved;
  private readonly covariance: MapCovariance;

  /** @param held how far from where the data alone would have it */
  constructor(covariance: MapCovariance, held: Moved) {
    this.covariance = covariance;
    this.held = held;
  }

  /** Of a linear function; null where it depends on a number that is not determined. */
  sigma(f: Functional): number | null {
    const variance = this.covariance.variance(f);
    if (variance === null) return null;
    const sum = (factors: ArrayLike<number>, moved: Float64Array) =>
      moved.reduce((total, x, i) => total + x * (factors[i] ?? 0), 0);
    return Math.hypot(Math.sqrt(variance), sum(f.numbers, this.held.numbers) + sum(f.cells, this.held.cells));
  }
}

/** A symmetric matrix times a vector. */
function timesSymmetric(matrix: Float64Array, vector: Float64Array): Float64Array {
  const count = vector.length;
  const out = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const factor = vector[k] as number;
    for (let i = 0; i < count; i++) out[i] = (out[i] as number) + factor * (matrix[k * count + i] as number);
  }
  return out;
}
