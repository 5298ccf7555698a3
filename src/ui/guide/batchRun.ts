/** Fits of several places, one after the other, that can be stopped at any time. React-free. */
import type { BatchRow } from './batch.ts';

export interface BatchRunParts {
  /** The rows, whenever one of them has changed. */
  readonly tell: (status: 'running' | 'done', rows: readonly BatchRow[]) => void;
  /** Makes the fit that runs end early. */
  readonly stopFit: () => void;
}

/** What becomes of one row; never rejects. */
export type FitRow = (index: number) => Promise<Partial<BatchRow>>;

export interface BatchRun {
  /** The rows at the end; null where it was stopped. */
  readonly run: (rows: readonly BatchRow[], fitRow: FitRow) => Promise<readonly BatchRow[] | null>;
  /** Ends it at once: the fit that runs is stopped, rows that are done stay. Nothing where none runs. */
  readonly stop: () => void;
}

export function createBatchRun({ tell, stopFit }: BatchRunParts): BatchRun {
  /** The rows of the batch that runs: whoever comes back to find others there is out of date. */
  let current: { rows: readonly BatchRow[] } | null = null;
  /** A fit that was stopped takes a moment to end; the next batch waits for it. */
  let lastFit: Promise<unknown> = Promise.resolve();

  return {
    async run(rows, fitRow) {
      const own = { rows };
      current = own;
      const note = (index: number, change: Partial<BatchRow>): void => {
        own.rows = own.rows.map((row, at) => (at === index ? { ...row, ...change } : row));
        tell('running', own.rows);
      };
      tell('running', rows);
      for (const index of rows.keys()) {
        await lastFit;
        if (current !== own) return null;
        note(index, { state: 'running' });
        const fitting = fitRow(index);
        lastFit = fitting;
        const change = await fitting;
        if (current !== own) return null;
        note(index, change);
      }
      current = null;
      tell('done', own.rows);
      return own.rows;
    },
    stop() {
      if (current === null) return;
      const { rows } = current;
      current = null;
      const stopped = { state: 'failed', reason: 'It was stopped.' } as const;
      tell(
        'done',
        rows.map((row) => (row.result === null && row.reason === null ? { ...row, ...stopped } : row)),
      );
      stopFit();
    },
  };
}
