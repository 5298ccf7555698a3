/** Index arithmetic that turns shapes into the few numbers that the kernels take. */
import { broadcastShape, broadcastStrides, sizeOf } from '../../optics/ops/kernels.ts';

/** One axis outside the row of a binary operation; strides in elements. */
export interface OuterAxis {
  readonly length: number;
  readonly aStride: number;
  readonly bStride: number;
}

/** A broadcast operation as rows of `n` elements; steps are 0 for an operand repeated along the row. */
export interface BinaryLayout {
  readonly shape: readonly number[];
  readonly n: number;
  readonly aStep: number;
  readonly bStep: number;
  /** Outermost first. */
  readonly outer: readonly OuterAxis[];
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis]);
}

/** Joins axes that both operands run through (or repeat) evenly, so that most operations are one long row. */
export function binaryLayout(a: readonly number[], b: readonly number[]): BinaryLayout {
  if (sameShape(a, b)) return { shape: a, n: sizeOf(a), aStep: 1, bStep: 1, outer: [] };
  const shape = broadcastShape(a, b);
  const aStrides = broadcastStrides(a, shape);
  const bStrides = broadcastStrides(b, shape);
  const axes: OuterAxis[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    if (length === 1) continue;
    const aStride = aStrides[axis] ?? 0;
    const bStride = bStrides[axis] ?? 0;
    const inner = axes[0];
    if (
      inner !== undefined &&
      aStride === inner.aStride * inner.length &&
      bStride === inner.bStride * inner.length
    ) {
      axes[0] = { length: length * inner.length, aStride: inner.aStride, bStride: inner.bStride };
    } else {
      axes.unshift({ length, aStride, bStride });
    }
  }
  const row = axes.pop() ?? { length: 1, aStride: 1, bStride: 1 };
  return { shape, n: row.length, aStep: row.aStride, bStep: row.bStride, outer: axes };
}

/** A sum over one run of neighbouring axes: [outer, length, inner] elements. */
export interface SumStep {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Steps, last axes first, that sum `shape` over `axes`. */
export function sumSteps(shape: readonly number[], axes: readonly number[]): SumStep[] {
  const steps: SumStep[] = [];
  let inner = 1;
  let length = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] ?? 1;
    if (n === 1) continue;
    if (axes.includes(axis)) {
      length *= n;
    } else {
      if (length > 1) steps.push({ outer: sizeOf(shape.slice(0, axis + 1)), length, inner });
      length = 1;
      inner *= n;
    }
  }
  if (length > 1) steps.push({ outer: 1, length, inner });
  return steps;
}

/** Offsets, in whole matrices, of both operands of a batched product, in row-major order of the batch. */
export function batchOffsets(
  a: readonly number[],
  b: readonly number[],
): { shape: number[]; pairs: [number, number][] } {
  const shape = broadcastShape(a, b);
  const aStrides = broadcastStrides(a, shape);
  const bStrides = broadcastStrides(b, shape);
  let pairs: [number, number][] = [[0, 0]];
  shape.forEach((length, axis) => {
    const aStride = aStrides[axis] ?? 0;
    const bStride = bStrides[axis] ?? 0;
    pairs = pairs.flatMap(([i, j]) =>
      Array.from({ length }, (_, k): [number, number] => [i + k * aStride, j + k * bStride]),
    );
  });
  return { shape, pairs };
}

/** Neighbouring pairs of a batch with the same left operand and successive right ones. */
export interface SharedRun {
  /** Left operand and first right operand, in whole matrices. */
  readonly a: number;
  readonly b: number;
  /** Which pair comes first, and how many there are. */
  readonly first: number;
  readonly count: number;
}

/** Cuts a batch into runs of at most `most` pairs that share their left operand. */
export function sharedRuns(
  pairs: readonly (readonly [number, number])[],
  most: number = Number.POSITIVE_INFINITY,
): SharedRun[] {
  const runs: { a: number; b: number; first: number; count: number }[] = [];
  pairs.forEach(([a, b], index) => {
    const run = runs[runs.length - 1];
    if (run !== undefined && run.a === a && run.b + run.count === b && run.count < most) run.count++;
    else runs.push({ a, b, first: index, count: 1 });
  });
  return runs;
}
