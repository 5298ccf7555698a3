import { describe, expect, it } from 'vitest';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import { type BatchRow, batchColumns, batchSummary } from './batch.ts';
import { createBatchRun } from './batchRun.ts';
import { judge, weakestDirection } from './judge.ts';

function parameter(path: string, value: number, sigma: number | null = 0.1): ParameterResult {
  const display = { value, sigma, unit: 'nm' };
  return { path, title: path, start: 0, value, sigma, unit: 'm', atBound: false, display, pixel: null };
}

function result(change: Partial<FitResult> = {}): FitResult {
  return {
    parameters: [parameter('bead.x', 5), parameter('pupil.zernike.5', 10)],
    loss: { start: 2, end: 1 },
    reducedChiSquare: 1.02,
    iterations: 9,
    seconds: 1,
    backend: 'wasm',
    converged: true,
    warnings: [],
    ...change,
  };
}

describe('the light of a fit', () => {
  it.each([
    ['green', {}],
    ['yellow', { reducedChiSquare: 1.9 }],
    ['yellow', { reducedChiSquare: null }],
    ['yellow', { parameters: [{ ...parameter('bead.z', 1), atBound: true }] }],
    ['red', { reducedChiSquare: 40 }],
    ['red', { converged: false }],
    ['red', { parameters: [parameter('bead.z', 1, null)] }],
  ] as const)('is %s for %j', (light, change) => {
    expect(judge(result(change)).light).toBe(light);
  });

  it('names what the data tell apart worst', () => {
    const paths = ['bead.x', 'pupil.zernike.5'];
    const matrix = [
      [1, -0.93],
      [-0.93, 1],
    ];
    expect(weakestDirection(result({ correlation: { paths, matrix } }))).toBe(
      'Weakest: pupil.zernike.5 and bead.x can change against each other with little effect (correlation −0.93).',
    );
    expect(weakestDirection(result())).toBeNull();
  });
});

describe('several beads', () => {
  const row = (title: string, change: Partial<BatchRow>): BatchRow => ({
    ...{ title, x: 1, y: 2, state: 'done', reason: null, result: null },
    ...change,
  });
  const rows = [
    row('Bead 1', {
      result: result({ parameters: [parameter('bead.x', 5), parameter('pupil.zernike.5', 10)] }),
    }),
    row('Bead 2', { state: 'failed', reason: 'It was dark.' }),
    row('Bead 3', {
      result: result({ parameters: [parameter('bead.x', 7), parameter('pupil.zernike.5', 14)] }),
    }),
  ];

  it('have a mean and a scatter of what is theirs in common', () => {
    // (10 + 14) / 2 and √((2² + 2²) / 1).
    expect(batchSummary(rows)).toEqual([
      expect.objectContaining({ path: 'pupil.zernike.5', mean: 12, deviation: Math.sqrt(8), count: 2 }),
    ]);
  });

  it('keep failures as rows of the table', () => {
    const columns = batchColumns(rows);
    const column = (name: string) => [...(columns.find((each) => each.name === name)?.values ?? [])];
    expect(column('bead')).toEqual(['Bead 1', 'Bead 2', 'Bead 3', 'mean', 'SD']);
    expect(column('state')).toEqual(['done', 'It was dark.', 'done', '', '']);
    expect(column('pupil.zernike.5 (nm)')).toEqual([10, null, 14, 12, Math.sqrt(8)]);
    expect(column('bead.x (nm)').slice(3)).toEqual([null, null]);
  });

  it('leave fits that did not converge out of mean and scatter, and keep them in the table', () => {
    const stopped = row('Bead 4', {
      reason: 'The fit stopped before it settled.',
      result: result({ converged: false, parameters: [parameter('pupil.zernike.5', 900)] }),
    });
    expect(batchSummary([...rows, stopped])).toEqual(batchSummary(rows));
    const columns = batchColumns([...rows, stopped]);
    const column = (name: string) => [...(columns.find((each) => each.name === name)?.values ?? [])];
    expect(column('pupil.zernike.5 (nm)')).toEqual([10, null, 14, 900, 12, Math.sqrt(8)]);
    expect(column('state')[3]).toBe('The fit stopped before it settled.');
  });
});

describe('a batch of fits', () => {
  const waiting = (title: string): BatchRow => ({
    ...{ title, x: 1, y: 2, state: 'waiting', reason: null, result: null },
  });

  /** A session whose fits end when the test says so. */
  function batch() {
    const told: { readonly status: string; readonly rows: readonly BatchRow[] }[] = [];
    const fits: { readonly row: number; readonly end: (change: Partial<BatchRow>) => void }[] = [];
    let stops = 0;
    const run = createBatchRun({
      tell: (status, rows) => told.push({ status, rows }),
      stopFit: () => {
        stops++;
      },
    });
    const fitRow = (row: number) =>
      new Promise<Partial<BatchRow>>((end) => {
        fits.push({ row, end });
      });
    return { told, fits, run, fitRow, stops: () => stops };
  }
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  it('is over when it is stopped, whatever the fit that ran says afterwards', async () => {
    const { told, fits, run, fitRow, stops } = batch();
    const ended = run.run([waiting('Bead 1'), waiting('Bead 2'), waiting('Bead 3')], fitRow);
    await turn();
    fits[0]?.end({ state: 'done', result: result() });
    await turn();
    run.stop();
    expect(stops()).toBe(1);
    fits[1]?.end({ state: 'done', result: result({ converged: false }) });
    expect(await ended).toBeNull();
    await turn();
    expect(fits.map(({ row }) => row)).toEqual([0, 1]);
    expect(told.at(-1)?.status).toBe('done');
    expect(told.at(-1)?.rows.map(({ state, reason }) => reason ?? state)).toEqual([
      'done',
      'It was stopped.',
      'It was stopped.',
    ]);
    run.stop();
    expect(stops()).toBe(1);
  });

  it('waits for the stopped fit of the one before', async () => {
    const { told, fits, run, fitRow } = batch();
    const first = run.run([waiting('Bead 1')], fitRow);
    await turn();
    run.stop();
    const second = run.run([waiting('Bead 2')], fitRow);
    await turn();
    expect(fits).toHaveLength(1);
    fits[0]?.end({ state: 'done', result: result({ converged: false }) });
    await turn();
    fits[1]?.end({ state: 'done', result: result() });
    expect([await first, await second]).toEqual([
      null,
      [expect.objectContaining({ title: 'Bead 2', state: 'done' })],
    ]);
    expect(told.at(-1)).toMatchObject({ status: 'done', rows: [{ title: 'Bead 2' }] });
  });
});
