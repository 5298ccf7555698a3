import { describe, expect, it } from 'vitest';
import { stagePreference } from './stagePreference.ts';

const of = (reducedChiSquare: number, freedom: number) => ({
  ...{ reducedChiSquare, freedom, loss: { start: 9, end: reducedChiSquare } },
  errorSource: { noise: 'given', factor: 1 } as const,
});

describe('the direction of the stage', () => {
  it('is told by the χ² of all pixels: the same change of the reduced one is noise on few and clear on many', () => {
    expect(stagePreference(of(1, 1000), of(1.004, 1000))?.better).toBeNull();
    expect(stagePreference(of(1, 100_000), of(1.004, 100_000))?.better).toBe('fitted');
    expect(stagePreference(of(1.004, 100_000), of(1, 100_000))?.better).toBe('other');
    expect(stagePreference(of(1, 100_000), of(1.004, 100_000))?.difference).toBeCloseTo(400, 9);
    // Half a percent of 1000 pixels are less than 9.
    expect(stagePreference(of(1, 1000), of(1.0085, 1000))?.better).toBeNull();
    expect(stagePreference(of(1, 1000), of(1.0095, 1000))?.better).toBe('fitted');
  });

  it('is told by less where the model misses more than noise', () => {
    expect(stagePreference(of(4, 1000), of(4.03, 1000))?.difference).toBeCloseTo(7.5, 9);
    expect(stagePreference(of(4, 1000), of(4.03, 1000))?.better).toBeNull();
    // A noise that was given too large makes no difference larger.
    expect(stagePreference(of(0.5, 1000), of(0.505, 1000))?.better).toBeNull();
  });

  it('is told by what both leave over where the noise is not given', () => {
    const unknown = (end: number) => ({
      ...{ reducedChiSquare: 1, freedom: 1000, loss: { start: 9, end } },
      errorSource: { noise: 'residual', factor: 1 } as const,
    });
    expect(stagePreference(unknown(2e-4), unknown(2.02e-4))?.difference).toBeCloseTo(10, 9);
    expect(stagePreference(unknown(2e-4), unknown(2.02e-4))?.better).toBe('fitted');
  });

  it('is not told without numbers to compare', () => {
    expect(stagePreference({ ...of(1, 9), reducedChiSquare: null }, of(1, 9))).toBeNull();
  });
});
