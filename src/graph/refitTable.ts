/** How fitted values of simulated images scatter, and their table for files. */
import type { TableColumn } from './trajectories.ts';

/** Of one value over the fits; SI. Null where there are fewer than two fits. */
export interface RefitParameter {
  readonly path: string;
  readonly title: string;
  readonly unit: string;
  /** The true value, and its bound, in the unit that is shown. */
  readonly display: { readonly value: number; readonly sigma: number | null; readonly unit: string };
  readonly value: number;
  /** Standard error that is expected; null where the image does not tell the value. */
  readonly bound: number | null;
  /** Standard deviation of the fitted values. */
  readonly scatter: number | null;
  /** Scatter over bound, and the relative statistical error that so few fits leave it. */
  readonly ratio: number | null;
  readonly ratioError: number | null;
  /** Mean of the fitted values less the true one. */
  readonly bias: number | null;
  readonly biasError: number | null;
}

/** A row for each value, SI. */
export function refitColumns(parameters: readonly RefitParameter[]): TableColumn[] {
  const column = (pick: (each: RefitParameter) => number | null) => parameters.map(pick);
  return [
    { name: 'path', values: parameters.map(({ path }) => path) },
    { name: 'unit', values: parameters.map(({ unit }) => unit) },
    { name: 'true value', values: column(({ value }) => value) },
    { name: 'bound', values: column(({ bound }) => bound) },
    { name: 'scatter', values: column(({ scatter }) => scatter) },
    { name: 'scatter over bound', values: column(({ ratio }) => ratio) },
    { name: 'its relative error', values: column(({ ratioError }) => ratioError) },
    { name: 'bias', values: column(({ bias }) => bias) },
    { name: 'error of the bias', values: column(({ biasError }) => biasError) },
  ];
}
