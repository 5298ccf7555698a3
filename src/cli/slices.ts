/** Slices as in Python: `a:b`, `:b`, `a:`, negative numbers from the end, ends beyond the image cut off. */
import { Failure, UsageError } from './io.ts';

export interface Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number;
}

/** Half-open range with 0 <= start < stop <= length. */
export interface Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

const BOUND = /^\s*([+-]?\d{1,9})?\s*$/;

/** @throws UsageError naming the option */
export function parseSlice(option: string, text: string, form: string, withStep: boolean): Slice {
  const parts = text.split(':');
  const wrong = () => new UsageError(`${option} takes ${form}, not “${text.slice(0, 60)}”.`);
  if (parts.length < 2 || parts.length > (withStep ? 3 : 2)) throw wrong();
  const bounds = parts.map((part) => {
    const match = BOUND.exec(part);
    if (match === null) throw wrong();
    return match[1] === undefined ? null : Number(match[1]);
  });
  const step = bounds[2] ?? 1;
  if (step < 1) throw new UsageError(`The step of ${option} must be 1 or more, not ${step}.`);
  return { start: bounds[0] ?? null, stop: bounds[1] ?? null, step };
}

/** Both slices of `y0:y1,x0:x1`. */
export function parseCrop(text: string): { readonly rows: Slice; readonly columns: Slice } {
  const parts = text.split(',');
  const [rows, columns] = parts;
  const form = 'y0:y1,x0:x1 (rows, then columns)';
  if (rows === undefined || columns === undefined || parts.length > 2)
    throw new UsageError(`--crop takes ${form}, not “${text.slice(0, 60)}”.`);
  return {
    rows: parseSlice('--crop', rows, form, false),
    columns: parseSlice('--crop', columns, form, false),
  };
}

/**
 * The part of `length` items that a slice takes.
 * @param what names the items in the sentence when none is left, such as `rows`
 */
export function resolveSlice(slice: Slice, length: number, what: string): Range {
  const bound = (value: number | null, open: number): number => {
    if (value === null) return open;
    return Math.min(length, Math.max(0, value < 0 ? value + length : value));
  };
  const start = bound(slice.start, 0);
  const stop = bound(slice.stop, length);
  if (stop > start) return { start, stop, step: slice.step };
  const shown = `${slice.start ?? ''}:${slice.stop ?? ''}`;
  throw new Failure(`${shown} leaves none of the ${length} ${what} of the image.`);
}
