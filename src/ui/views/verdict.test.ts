import { describe, expect, it } from 'vitest';
import { describeChiSquare, describeVerdict, sortedWarnings } from './verdict.ts';

describe('reduced chi-square', () => {
  it('is put into words', () => {
    expect(describeChiSquare(1.02)).toMatch(/^near 1/);
    expect(describeChiSquare(3)).toMatch(/^above 1/);
    expect(describeChiSquare(0.5)).toMatch(/^below 1/);
    expect(describeChiSquare(null)).toMatch(/^unknown/);
  });
});

describe('what stands above the values', () => {
  it('is a verdict that does not praise a fit which misses much', () => {
    expect(describeVerdict({ converged: true, reducedChiSquare: 1.1 }).tone).toBe('good');
    expect(describeVerdict({ converged: true, reducedChiSquare: null }).tone).toBe('good');
    expect(describeVerdict({ converged: false, reducedChiSquare: 1 })).toMatchObject({ tone: 'warning' });
    const missing = describeVerdict({ converged: true, reducedChiSquare: 22.09 });
    expect(missing).toEqual({
      text: 'Converged, but the model misses 4.7× the noise: the errors are too small.',
      tone: 'warning',
    });
  });

  it('are warnings by weight, with the harmless one last', () => {
    const harmless = 'The noise is not given, so errors are scaled.';
    const unknown = 'A sentence of a later version.';
    const limit = '“Sphere: radius” ended on its limit: widen it.';
    const correlated = '“a” and “b” are strongly correlated (0.990): trust their combination.';
    const apart = 'The data cannot tell “a”, “b” apart: fix one of them.';
    const chi = 'χ² is 22 per degree of freedom: the model misses more.';
    expect(sortedWarnings([harmless, correlated, unknown, limit, chi, apart])).toEqual([
      chi,
      apart,
      unknown,
      limit,
      correlated,
      harmless,
    ]);
  });
});
