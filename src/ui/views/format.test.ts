import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatValue,
  formatValueAndError,
  formatWithUnit,
  linearTicks,
  logTicks,
  niceBelow,
  roundByError,
  scaledUnit,
  tickTexts,
} from './format.ts';

describe('nice lengths', () => {
  it('are 1, 2 or 5 times a power of ten, at most the limit and more than two fifths of it', () => {
    expect([niceBelow(1), niceBelow(1.9), niceBelow(2), niceBelow(4.99), niceBelow(9.9)]).toEqual([
      1, 1, 2, 2, 5,
    ]);
    expect(niceBelow(5e-6)).toBe(5e-6);
    expect(niceBelow(1e-3)).toBe(1e-3);
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e9, noNaN: true }), (limit) => {
        const length = niceBelow(limit);
        expect(length).toBeLessThanOrEqual(limit * (1 + 1e-8));
        expect(length).toBeGreaterThan(0.39 * limit);
        expect(['1', '2', '5']).toContain(length.toExponential()[0]);
        expect(length.toExponential()).toMatch(/^\de/);
      }),
    );
  });
});

describe('ticks', () => {
  it('are round, inside the range and about as many as asked for', () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(-1.3, 1.3, 4)).toEqual([-1, 0, 1]);
    expect(linearTicks(0, 0, 5)).toEqual([]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, span) => {
          const ticks = linearTicks(low, low + span, 5);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(7);
        },
      ),
    );
  });

  it('are powers of ten on a long logarithmic axis and have 2 and 5 on a short one', () => {
    expect(logTicks(1e-6, 1, 4)).toEqual([1e-6, 1e-4, 1e-2, 1]);
    expect(logTicks(1, 100, 8)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    expect(logTicks(3, 4, 5).length).toBeGreaterThanOrEqual(3);
    expect(logTicks(0, 4, 5)).toEqual([]);
  });
});

describe('labels of ticks', () => {
  it('differ however narrow the range, and have the decimals of their step', () => {
    expect(tickTexts([0, 5, 10])).toEqual({ labels: ['0', '5', '10'], offset: null });
    expect(tickTexts([-0.5, 0, 0.5, 1]).labels).toEqual(['−0.5', '0.0', '0.5', '1.0']);
    expect(tickTexts([0.9999, 1, 1.0001]).labels).toEqual(['0.9999', '1.0000', '1.0001']);
    expect(tickTexts([1, 1.25, 1.5]).labels).toEqual(['1.00', '1.25', '1.50']);
    expect(tickTexts([1, 1 + 1e-8, 1 + 2e-8])).toEqual({ labels: ['0', '+1e−8', '+2e−8'], offset: '1' });
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (low, span) => {
          // Ticks have twelve figures: steps of 1e-4 of 1e5 are well within.
          const { labels } = tickTexts(linearTicks(low, low + span, 5));
          expect(new Set(labels).size).toBe(labels.length);
        },
      ),
    );
  });
});

describe('units', () => {
  it('take a prefix where the unit has one and a power of ten where it has none', () => {
    expect(scaledUnit(2.3e-6, 'm')).toEqual({ factor: 1e-6, label: 'µm' });
    expect(scaledUnit(1e-3, 'm').label).toBe('mm');
    expect(scaledUnit(4200, 'W/m²')).toEqual({ factor: 1e3, label: 'kW/m²' });
    expect(scaledUnit(2.5e7, 'photons')).toEqual({ factor: 1e6, label: '10⁶ photons' });
    expect(scaledUnit(1e-4, 'relative').label).toBe('10⁻⁶ relative');
    expect(scaledUnit(65_535, 'counts').label).toBe('counts');
    expect(scaledUnit(0, 'counts')).toEqual({ factor: 1, label: 'counts' });
  });

  it('stand behind the number', () => {
    expect(formatWithUnit(-4.5e-7, 'm')).toBe('−450\u202fnm');
    expect(formatWithUnit(0.123456, '')).toBe('0.1235');
    expect(formatWithUnit(Number.NaN, 'counts')).toBe('not a number');
    expect(formatValue(-0.00001234)).toBe('−1.234e−5');
    expect(formatValue(3)).toBe('3');
  });
});

describe('value and standard error', () => {
  it('end at the second significant figure of the error', () => {
    expect(formatValueAndError(1.590612, 0.00123)).toBe('1.5906 ± 0.0012');
    expect(formatValueAndError(-3.2, 0.154)).toBe('−3.20 ± 0.15');
    expect(formatValueAndError(123_456, 1234)).toBe('123500 ± 1200');
    expect(formatValueAndError(10, 0.0996)).toBe('10.00 ± 0.10');
    expect(formatValueAndError(10, 9.96)).toBe('10 ± 10');
    expect(formatValueAndError(0, 2.5e-9)).toBe('0.0000000000 ± 0.0000000025');
  });

  it('never show a negative zero', () => {
    expect(roundByError(-0.001, 0.5)).toEqual({ value: '0.00', sigma: '0.50' });
  });

  it('say that an error is unknown', () => {
    expect(formatValueAndError(1.23456789, null)).toBe('1.2346 ± unknown');
    expect(roundByError(2, Number.NaN).sigma).toBeNull();
    expect(roundByError(2, 0).sigma).toBeNull();
  });

  it('stay within rounding of the numbers they stand for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-9, max: 1e5, noNaN: true }),
        (value, sigma) => {
          const rounded = roundByError(value, sigma);
          // Two figures of the error: at most half of 1/10 of it.
          expect(Math.abs(Number(rounded.value) - value)).toBeLessThanOrEqual(
            0.0501 * sigma + 1e-12 * Math.abs(value),
          );
          expect(Math.abs(Number(rounded.sigma) - sigma)).toBeLessThanOrEqual(0.0501 * sigma);
        },
      ),
    );
  });
});
