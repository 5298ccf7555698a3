import { describe, expect, it } from 'vitest';
import type { ErrorSource, FitResult, ParameterResult } from '../../workers/protocol.ts';
import { batchReportPage } from '../report/batchReport.ts';
import { type BatchRow, batchColumns, batchParameters, batchPoints, batchSummary } from './batch.ts';
import { createBatchRun } from './batchRun.ts';
import { judge, weakestDirection } from './judge.ts';
import { wavefrontLine, wavefrontSummary, wavefrontText } from './wavefront.ts';
import { precisionOf } from './widths.ts';

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

  it('says what errors do not hold where the model misses something', () => {
    const missed = /errors below hold the scatter that is left over, not shifts/;
    expect(judge(result({ reducedChiSquare: 1.66 })).reason).toMatch(missed);
    expect(judge(result({ reducedChiSquare: 1.4 })).reason).not.toMatch(missed);
  });

  it('allows more of what is no count: holograms lie on fringes of their instrument', () => {
    const poor = result({ reducedChiSquare: 13 });
    expect([judge(poor).light, judge(poor, true).light]).toEqual(['yellow', 'red']);
  });

  it('goes by the loss where a free map leaves no errors', () => {
    const maps = [{ path: 'restOfPhase.phase', title: 'Phase', cells: 20, data: '' }];
    const ended = (end: number) =>
      result({
        ...{ reducedChiSquare: null, loss: { start: 0.8, end }, parameters: [parameter('bead.z', 1, null)] },
        maps,
      });
    // Half the deviance of counts is 0.5 where only noise is left.
    expect(judge(ended(0.52), true)).toMatchObject({ light: 'green' });
    expect(judge(ended(0.52), true).reason).toContain('fell from 0.8 to 0.52');
    expect(judge(ended(1.2), true).light).toBe('yellow');
    expect(judge(ended(0.52)).light).toBe('yellow');
  });

  it('names what the data tell apart worst', () => {
    const paths = ['bead.x', 'pupil.zernike.5'];
    const matrix = [
      [1, -0.93],
      [-0.93, 1],
    ];
    expect(weakestDirection(result({ correlation: { paths, matrix } }))).toBe(
      'Least certain together: pupil.zernike.5 and bead.x. Moved against each other they change the picture little (correlation −0.93); hold one of them if it is known.',
    );
    expect(weakestDirection(result())).toBeNull();
  });

  it('names a mix of several values, and how uncertain it is where that is much', () => {
    // A common part, against the third value: the largest eigenvalue is 1 + 2 · common.
    const paths = ['bead.z', 'pupil.zernike.4', 'pupil.zernike.11', 'bead.x', 'bead.y'];
    const words = (common: number, size: number) => {
      const signs = [1, 1, -1, size > 4 ? 1 : 0, 0].slice(0, size);
      const matrix = signs.map((a, i) => signs.map((b, k) => (i === k ? 1 : a * b * common)));
      return weakestDirection(result({ correlation: { paths: paths.slice(0, size), matrix } })) ?? '';
    };
    const few = words(2 / 3, 4);
    const mixed = /^Least certain together: (.*?)\. Moved together/.exec(few)?.[1]?.split(/, | and /) ?? [];
    expect(mixed.toSorted()).toEqual(['bead.z', 'pupil.zernike.11', 'pupil.zernike.4']);
    expect(few).not.toContain('times');
    // Four values that hang together wholly: √(1 + 3).
    expect(words(1, 5)).toContain('2 times less certain');
  });
});

describe('the wavefront of a fit', () => {
  const waves = 500e-9;
  const paths = ['pupil.zernike.5', 'pupil.zernike.11'];
  const terms = [
    { ...parameter('pupil.zernike.5', 30e-9), sigma: 2e-9 },
    { ...parameter('pupil.zernike.11', -40e-9), sigma: 1e-9 },
    parameter('pupil.zernike.2', 900e-9),
    parameter('bead.z', 1),
  ];

  it('has the terms’ squares together, and Maréchal’s Strehl ratio', () => {
    const summary = wavefrontSummary(result({ parameters: terms }), waves);
    // 3, 4, 5; exp(−(2π · 50/500)²) = exp(−0.394784).
    expect(summary?.rms).toBeCloseTo(50e-9, 15);
    expect(summary?.strehl).toBeCloseTo(0.673825, 6);
    // √((30 · 2)² + (40 · 1)²) / 50; dS = 2 (2π/λ)² · rms · S · dσ.
    expect((summary?.sigma ?? 0) * 1e9).toBeCloseTo(Math.hypot(60, 40) / 50, 9);
    expect(summary?.strehlSigma).toBeCloseTo(
      2 * (0.1 * 2 * Math.PI) ** 2 * 0.673825 * (Math.hypot(60, 40) / 2500),
      5,
    );
    expect(summary === null ? '' : wavefrontText(summary, waves)).toBe(
      'Wavefront 50.0 ± 1.4 nm RMS (λ/10), Strehl ratio 0.674 ± 0.015; of 2 Zernike terms, without tip, tilt and defocus.',
    );
  });

  it('knows errors that hang together, and held terms', () => {
    const matrix = [
      [1, 0.5],
      [0.5, 1],
    ];
    const held = [{ ...parameter('pupil.zernike.6', 120e-9), display: { value: 120, unit: 'nm' } }];
    const summary = wavefrontSummary(
      result({ parameters: terms, correlation: { paths, matrix }, held }),
      waves,
    );
    expect((summary?.rms ?? 0) * 1e9).toBeCloseTo(130, 9);
    // aᵀCa = 60² + 40² − 2 · 0.5 · 60 · 40.
    expect((summary?.sigma ?? 0) * 1e9).toBeCloseTo(Math.sqrt(3600 + 1600 - 2400) / 130, 9);
    expect(summary).toMatchObject({ fitted: 2, held: 1, hasDefocus: false });
  });

  it('is that of terms and map together where a map was learned', () => {
    const wavefront = {
      ...{ wavelength: 500e-9, side: 1, radius: 1, path: '', terms: [] },
      ...{ rms: 50e-9, rmsSigma: 1e-9, strehl: 0.674, strehlSigma: 0.015 },
    };
    expect(wavefrontLine(result({ parameters: terms, wavefront }), waves)).toBe(
      'Wavefront 50.0 ± 1.0 nm RMS (λ/10), Strehl ratio 0.674 ± 0.015; terms and map together, without tip, tilt and defocus.',
    );
    expect(wavefrontLine(result({ parameters: terms }), waves)).toContain('of 2 Zernike terms');
    expect(wavefrontLine(result({ parameters: terms }), null)).toBeNull();
  });

  it('is not told of other fits', () => {
    expect(wavefrontSummary(result({ parameters: [parameter('bead.x', 1)] }), waves)).toBeNull();
    const two = [parameter('a.zernike.5', 1), parameter('b.zernike.5', 1)];
    expect(wavefrontSummary(result({ parameters: two }), waves)).toBeNull();
  });
});

const NO_WIDTHS = { x: null, y: null, z: null };

describe('what is known of a place', () => {
  const fitted = (errorSource: ErrorSource) =>
    precisionOf(result({ parameters: [parameter('bead.x', 5)], errorSource }), 'x');

  it('is its error, and the bound without what the model misses', () => {
    const { error } = fitted({ noise: 'given', factor: 1 });
    expect(error).toBe(parameter('bead.x', 5).sigma);
    expect(fitted({ noise: 'given', factor: 2 }).bound).toBe((error ?? 0) / 2);
  });

  it('has no bound where the error holds more than the noise', () => {
    const { error } = fitted({ noise: 'given', factor: 1 });
    for (const more of [{ isMixed: true }, { withPenalty: true }] as const)
      expect(fitted({ noise: 'given', factor: 1, ...more })).toEqual({ error, bound: null });
    expect(fitted({ noise: 'given', factor: 1, withPenalty: false }).bound).toBe(error);
  });

  it('has no bound where nobody gives the noise', () => {
    expect(fitted({ noise: 'residual', factor: 1 }).bound).toBeNull();
  });
});

describe('several beads', () => {
  const row = (title: string, change: Partial<BatchRow>): BatchRow => ({
    ...{ title, x: 1, y: 2, state: 'done', reason: null, result: null, widths: NO_WIDTHS },
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

  it('have widths with mean and scatter, whatever became of their fits', () => {
    const wide = (nm: number) => ({ fwhm: nm * 1e-9, error: 1e-9 });
    const measured = rows.map((each, k) => ({ ...each, widths: { ...NO_WIDTHS, x: wide(300 + 20 * k) } }));
    const columns = batchColumns(measured);
    const column = (name: string) =>
      columns.find((each) => each.name === name)?.values.map((value) => Number(Number(value).toFixed(6)));
    // 300, 320, 340.
    expect(column('FWHM x (nm)')).toEqual([300, 320, 340, 320, 20]);
    expect(column('Gaussian sigma x (nm)')?.[0]).toBeCloseTo(300 / 2.354820045, 6);
    expect(columns.some(({ name }) => name.startsWith('FWHM z'))).toBe(false);
    const report = { title: 'T', rows: measured, conditions: '', version: '1', date: 'now' };
    expect(batchReportPage(report)).toContain('320.0 ± 1.0');
  });

  it('are drawn against their order or their place', () => {
    expect(batchParameters(rows).map(({ path }) => path)).toEqual(['bead.x', 'pupil.zernike.5']);
    const placed = rows.map((each, k) => ({ ...each, x: 10 * k, y: 50 - k }));
    const drawn = (against: 'bead' | 'column' | 'row') =>
      batchPoints(placed, 'pupil.zernike.5', against).map(({ at, value }) => [at, value]);
    expect(drawn('bead')).toEqual([
      [1, 10],
      [3, 14],
    ]);
    expect(drawn('column').map(([at]) => at)).toEqual([0, 20]);
    expect(drawn('row').map(([at]) => at)).toEqual([50, 48]);
  });

  it('have a report with every row, failures too, and names as text', () => {
    const report = { title: '<i>T', rows, conditions: '<p>C</p>', version: '1', date: 'now' };
    const page = batchReportPage(report);
    expect(page.match(/<th scope="row">Bead/g)).toHaveLength(3);
    expect(page).toContain('It was dark.');
    expect(page).toContain('12 ± 2.8');
    expect(page).toContain('2 of 3 converged');
    expect(page).not.toContain('<i>T');
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
    ...{ title, x: 1, y: 2, state: 'waiting', reason: null, result: null, widths: NO_WIDTHS },
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
