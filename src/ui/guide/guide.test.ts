import { describe, expect, it } from 'vitest';
import type { FitResult, ParameterResult } from '../../workers/protocol.ts';
import { type BatchRow, batchColumns, batchSummary } from './batch.ts';
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
});
