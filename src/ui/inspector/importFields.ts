/** What is typed into the fields of a target's window and planes, and the part of the image that it means. */
import type { Crop, ImportSummary, PlaneRange } from '../stores/targetImports.ts';

/** First and last both count, unlike in `Crop` and `PlaneRange`. */
export type PartField = 'x0' | 'x1' | 'y0' | 'y1' | 'plane0' | 'plane1' | 'every';
export type PartDraft = Readonly<Partial<Record<PartField, string>>>;

export type PartRead =
  /** Null stands for all of it. */
  | { readonly ok: true; readonly crop: Crop | null; readonly planes: PlaneRange | null }
  | { readonly ok: false; readonly field: PartField; readonly reason: string };

/** The part in use, as the fields show it. */
export function partTexts({ crop, chosen }: ImportSummary): Readonly<Record<PartField, string>> {
  return {
    x0: String(crop.x0),
    x1: String(crop.x1 - 1),
    y0: String(crop.y0),
    y1: String(crop.y1 - 1),
    plane0: String(chosen.start),
    plane1: String(chosen.stop - 1),
    every: String(chosen.step),
  };
}

type Refusal = Extract<PartRead, { ok: false }>;
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Reads all fields: what is typed, and what is in use where nothing is. */
export function readPart(summary: ImportSummary, draft: PartDraft): PartRead {
  const texts = { ...partTexts(summary), ...draft };
  const { rows, columns, planes, name } = summary;
  const whole = (field: PartField, low: number, high: number, reason: string): number | Refusal => {
    const text = texts[field].trim();
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= low && value <= high ? value : { ok: false, field, reason };
  };
  const range = (ends: readonly [PartField, PartField], count: number, one: string, least: number) => {
    const reason = `“${name}” has ${count} ${one}s: give a whole number from 0 to ${count - 1}.`;
    const first = whole(ends[0], 0, count - 1, reason);
    const last = whole(ends[1], 0, count - 1, reason);
    if (typeof first !== 'number') return first;
    if (typeof last !== 'number') return last;
    if (last - first + 1 >= least) return { first, last };
    const rule = least > 1 ? `come after the first, ${first}` : `not come before the first, ${first}`;
    return refuse(draft[ends[1]] === undefined ? ends[0] : ends[1], `The last ${one} must ${rule}.`);
  };
  const x = range(['x0', 'x1'], columns, 'column', 2);
  if ('reason' in x) return x;
  const y = range(['y0', 'y1'], rows, 'row', 2);
  if ('reason' in y) return y;
  const z = range(['plane0', 'plane1'], planes, 'plane', 1);
  if ('reason' in z) return z;
  const every = whole('every', 1, planes, `Give a whole number from 1, for every plane, to ${planes}.`);
  if (typeof every !== 'number') return every;
  const all = (r: Range, count: number) => r.first === 0 && r.last === count - 1;
  return {
    ok: true,
    crop:
      all(x, columns) && all(y, rows) ? null : { y0: y.first, y1: y.last + 1, x0: x.first, x1: x.last + 1 },
    planes: all(z, planes) && every === 1 ? null : { start: z.first, stop: z.last + 1, step: every },
  };
}

function refuse(field: PartField, reason: string): Refusal {
  return { ok: false, field, reason };
}
