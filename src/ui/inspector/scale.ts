/** Between a parameter's value and the travel of its slider or scrub; all values SI. */
import type { QuantityParam } from '../../optics/element.ts';

export interface SoftRange {
  readonly soft: readonly [number, number];
  readonly scale: 'linear' | 'log';
  readonly min: number;
  readonly max: number;
}

/** A log scale needs a range that stays above zero. */
function isLog({ scale, soft }: SoftRange): boolean {
  return scale === 'log' && soft[0] > 0 && soft[1] > 0;
}

export function clampValue(value: number, { min, max }: Pick<SoftRange, 'min' | 'max'>): number {
  return Math.min(max, Math.max(min, value));
}

/** Place of a value on the slider, 0..1; values outside the soft range stop at its ends. */
export function toTravel(value: number, range: SoftRange): number {
  const [low, high] = range.soft;
  const travel =
    isLog(range) && value > 0 ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, Number.isFinite(travel) ? travel : 0));
}

/** Value at a place of the slider, 0..1. */
export function fromTravel(travel: number, range: SoftRange): number {
  const [low, high] = range.soft;
  return isLog(range) ? low * (high / low) ** travel : low + (high - low) * travel;
}

/**
 * The value after a scrub by a share of the slider's travel. Starts from any legal value, also outside the
 * soft range.
 */
export function scrubbed(start: number, share: number, range: SoftRange): number {
  const [low, high] = range.soft;
  const moved = isLog(range) && start > 0 ? start * (high / low) ** share : start + (high - low) * share;
  return clampValue(moved, range);
}

/** Rounds to a readable number of steps: `resolution` is the smallest share of the range that matters. */
export function roundToShare(value: number, resolution: number, range: SoftRange, factor: number): number {
  const [low, high] = range.soft;
  const quantum = isLog(range) && value !== 0 ? Math.abs(value) * resolution * 4 : (high - low) * resolution;
  const shown = value / factor;
  const step = 10 ** Math.floor(Math.log10(Math.abs(quantum / factor)));
  if (!Number.isFinite(step) || step === 0) return value;
  const decimals = Math.min(15, Math.max(0, -Math.floor(Math.log10(step))));
  return Number((Math.round(shown / step) * step).toFixed(decimals)) * factor;
}

/** Step of the arrow keys: 1 % of a linear range, or 1 % of the value on a log scale, as 1, 2 or 5 x 10^n. */
export function arrowStep(value: number, range: SoftRange, factor: number): number {
  const [low, high] = range.soft;
  const raw = (isLog(range) && value !== 0 ? Math.abs(value) : high - low) / 100 / factor;
  const decade = 10 ** Math.floor(Math.log10(raw));
  const leading = raw / decade;
  const nice = leading < 1.5 ? 1 : leading < 3.5 ? 2 : leading < 7.5 ? 5 : 10;
  return Number((nice * decade).toPrecision(3)) * factor;
}

export function softRangeOf(spec: QuantityParam): SoftRange {
  return { soft: spec.soft, scale: spec.scale, min: spec.min, max: spec.max };
}
