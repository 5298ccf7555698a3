/** The same fit at several places of one image: one row each, whatever becomes of it, and what they say together. */
import type { CsvColumn } from '../../workers/filesClient.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { commonOf, type WidthsOfSpot, widthColumns } from './widths.ts';

export interface BatchRow {
  /** “Bead 3” */
  readonly title: string;
  /** Column and row in the file, pixels. */
  readonly x: number;
  readonly y: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** Why there is no result, or how a fit ended that did not converge; a sentence. */
  readonly reason: string | null;
  readonly result: FitResult | null;
  /** Of the picture, whatever becomes of the fit. */
  readonly widths: WidthsOfSpot;
}

export interface BatchValue {
  readonly path: string;
  readonly title: string;
  readonly unit: string;
  /** Of all fits that converged, in the display unit. */
  readonly mean: number;
  /** Sample standard deviation; null of one row. */
  readonly deviation: number | null;
  readonly count: number;
}

/** Values that belong to the place or to one plane differ from bead to bead by nature: they are not averaged. */
const OWN = /\.(x|y|z|photons|background)(\.\d+)?$/;

/** Whether the values of a row are worth averaging: those of a stopped fit are wherever it was stopped. */
export function isGood({ result }: BatchRow): boolean {
  return result?.converged === true;
}

/** Mean and scatter of what the rows have in common. */
export function batchSummary(rows: readonly BatchRow[]): BatchValue[] {
  const results = rows.filter(isGood).flatMap(({ result }) => (result === null ? [] : [result]));
  const paths = [...new Set(results.flatMap(({ parameters }) => parameters.map(({ path }) => path)))];
  return paths
    .filter((path) => !OWN.test(path))
    .flatMap((path) => {
      const found = results.flatMap(({ parameters }) => parameters.find((each) => each.path === path) ?? []);
      const [first] = found;
      if (first === undefined) return [];
      const values = found.map(({ display }) => display.value);
      const common = commonOf(values);
      const { title, display } = first;
      return common === null ? [] : [{ path, title, unit: display.unit, ...common }];
    });
}

export const AGAINST = ['bead', 'column', 'row'] as const;
/** What a parameter is drawn against: the order of the beads, or their place in the file. */
export type Against = (typeof AGAINST)[number];

export interface BatchPoint {
  readonly title: string;
  readonly at: number;
  /** In the display unit; of a fit that did not converge it counts for nothing. */
  readonly value: number;
  readonly sigma: number | null;
  readonly good: boolean;
}

/** One parameter of all rows that have it. */
export function batchPoints(rows: readonly BatchRow[], path: string, against: Against): BatchPoint[] {
  return rows.flatMap((row, index) => {
    const found = row.result?.parameters.find((each) => each.path === path);
    if (found === undefined) return [];
    const at = against === 'bead' ? index + 1 : against === 'column' ? row.x : row.y;
    const { value, sigma } = found.display;
    return [{ title: row.title, at, value, sigma, good: isGood(row) }];
  });
}

/** Parameters that a chart can show: those that were fitted in any row, planes of a stack left out. */
export function batchParameters(
  rows: readonly BatchRow[],
): readonly { readonly path: string; readonly title: string; readonly unit: string }[] {
  const all = rows.flatMap(({ result }) => result?.parameters ?? []);
  const first = new Map(all.toReversed().map((each) => [each.path, each]));
  return [...first.values()]
    .toReversed()
    .filter(({ path }) => !/\.\d+$/.test(path) || path.includes('.zernike.'))
    .map(({ path, title, display }) => ({ path, title, unit: display.unit }));
}

/** The table for spreadsheets: one line per place, then mean and standard deviation. */
export function batchColumns(rows: readonly BatchRow[]): readonly CsvColumn[] {
  const results = rows.flatMap(({ result }) => (result === null ? [] : [result]));
  const summary = new Map(batchSummary(rows).map((value) => [value.path, value]));
  const paths = [...new Set(results.flatMap(({ parameters }) => parameters.map(({ path }) => path)))];
  const plain = (name: string, values: readonly (string | number | null)[]): CsvColumn => ({
    name,
    values: [...values, '', ''],
  });
  const titles: CsvColumn = { name: 'bead', values: [...rows.map(({ title }) => title), 'mean', 'SD'] };
  const fixed = [
    plain(
      'column',
      rows.map(({ x }) => x),
    ),
    plain(
      'row',
      rows.map(({ y }) => y),
    ),
    plain(
      'state',
      rows.map(({ state, reason }) => reason ?? state),
    ),
    plain(
      'reduced chi-square',
      rows.map(({ result }) => result?.reducedChiSquare ?? null),
    ),
  ];
  const fitted = paths.flatMap((path): readonly CsvColumn[] => {
    const of = (row: BatchRow) => row.result?.parameters.find((each) => each.path === path);
    const unit = results.flatMap(({ parameters }) => parameters.find((each) => each.path === path) ?? [])[0]
      ?.display.unit;
    const named = unit === undefined || unit === '' ? path : `${path} (${unit})`;
    const { mean = null, deviation = null } = summary.get(path) ?? {};
    return [
      { name: named, values: [...rows.map((row) => of(row)?.display.value ?? null), mean, deviation] },
      plain(
        `${named} standard error`,
        rows.map((row) => of(row)?.display.sigma ?? null),
      ),
    ];
  });
  return [titles, ...fixed, ...widthColumns(rows.map(({ widths }) => widths)), ...fitted];
}

/** All rows with their results, readable by scripts. */
export function batchJson(rows: readonly BatchRow[], design: string): string {
  const summary = batchSummary(rows);
  return `${JSON.stringify({ format: 'luminode-batch', formatVersion: 1, design, rows, summary }, null, 2)}\n`;
}
