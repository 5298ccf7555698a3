/**
 * Several real functions ("channels") of one variable on a uniform grid, with exact slopes at the nodes.
 * `data` has shape [intervals + 1, channels, 2]: the value and the slope times the step.
 */
export interface HermiteTable {
  readonly start: number;
  readonly step: number;
  readonly intervals: number;
  readonly channels: number;
  readonly data: Float64Array;
}

/** An empty table over [start, start + intervals * step]; the caller fills `data`. */
export function createHermiteTable(
  start: number,
  step: number,
  intervals: number,
  channels: number,
): HermiteTable {
  return { start, step, intervals, channels, data: new Float64Array((intervals + 1) * channels * 2) };
}

/**
 * Cubic Hermite interpolation of all channels at `position`, written to `out` from `offset` on. Allocates
 * nothing. Error: step^4 / 384 times the fourth derivative. Outside the range the end cubics continue.
 */
export function interpolateHermite(
  table: HermiteTable,
  position: number,
  out: Float64Array | Float32Array,
  offset: number,
): void {
  const { data, channels, intervals } = table;
  const scaled = (position - table.start) / table.step;
  const node = Math.min(Math.max(Math.floor(scaled), 0), intervals - 1);
  const t = scaled - node;
  const rest = 1 - t;
  const valueLeft = rest * rest * (1 + 2 * t);
  const slopeLeft = rest * rest * t;
  const valueRight = t * t * (1 + 2 * rest);
  const slopeRight = -t * t * rest;
  let left = node * channels * 2;
  let right = left + channels * 2;
  for (let channel = 0; channel < channels; channel++) {
    out[offset + channel] =
      valueLeft * (data[left] ?? 0) +
      slopeLeft * (data[left + 1] ?? 0) +
      valueRight * (data[right] ?? 0) +
      slopeRight * (data[right + 1] ?? 0);
    left += 2;
    right += 2;
  }
}

/**
 * Derivative of the interpolant with respect to the position, all channels, written to `out` from `offset`.
 * It is the exact derivative of what `interpolateHermite` returns; as an estimate of the function's own
 * derivative its error is of order step^3.
 */
export function interpolateHermiteSlope(
  table: HermiteTable,
  position: number,
  out: Float64Array | Float32Array,
  offset: number,
): void {
  const { data, channels, intervals } = table;
  const scaled = (position - table.start) / table.step;
  const node = Math.min(Math.max(Math.floor(scaled), 0), intervals - 1);
  const t = scaled - node;
  const rest = 1 - t;
  const perStep = 1 / table.step;
  const valueRight = 6 * t * rest * perStep;
  const slopeLeft = rest * (1 - 3 * t) * perStep;
  const slopeRight = t * (3 * t - 2) * perStep;
  let left = node * channels * 2;
  let right = left + channels * 2;
  for (let channel = 0; channel < channels; channel++) {
    out[offset + channel] =
      valueRight * ((data[right] ?? 0) - (data[left] ?? 0)) +
      slopeLeft * (data[left + 1] ?? 0) +
      slopeRight * (data[right + 1] ?? 0);
    left += 2;
    right += 2;
  }
}
