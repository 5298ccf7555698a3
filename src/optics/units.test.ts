import { describe, expect, it } from 'vitest';
import {
  DISPLAY_UNITS,
  formatNumber,
  type ParsedQuantity,
  parseQuantity,
  type Quantity,
  SI_UNIT,
  unitFactor,
} from './units.ts';

const value = (parsed: ParsedQuantity) => (parsed.ok ? parsed.value : parsed.reason);

describe('parseQuantity', () => {
  it.each<[string, Quantity, string, number]>([
    ['532nm', 'length', 'm', 532e-9],
    ['0.53 um', 'length', 'm', 0.53e-6],
    ['0.53 µm', 'length', 'm', 0.53e-6],
    // Two different letters look the same: micro sign and Greek mu.
    ['0.53 μm', 'length', 'm', 0.53e-6],
    [' -1.5e-3mm ', 'length', 'm', -1.5e-6],
    ['.5', 'length', 'm', 0.5],
    ['5.', 'length', '', 5],
    ['20', 'length', 'nm', 20e-9],
    ['2e-7', 'length', '', 2e-7],
    ['180deg', 'angle', 'rad', Math.PI],
    ['90°', 'angle', 'rad', Math.PI / 2],
    ['3 mrad', 'angle', 'deg', 3e-3],
    ['12 %', 'dimensionless', '', 0.12],
    ['1.59', 'dimensionless', '', 1.59],
    ['100 photons', 'photons', '', 100],
    ['3 ADU', 'counts', '', 3],
    ['2 px', 'pixels', 'px', 2],
  ])('reads “%s” as a %s', (text, quantity, bareUnit, expected) => {
    const parsed = value(parseQuantity(text, quantity, bareUnit));
    // One multiplication by a decimal factor.
    expect(Math.abs(Number(parsed) / expected - 1)).toBeLessThan(1e-15);
  });

  it('reads waves where the wavelength is known', () => {
    const context = { wavelength: 500e-9 };
    for (const text of ['0.05waves', '0.05 wave', '0.05lambda', '0.05 λ']) {
      expect(value(parseQuantity(text, 'length', 'm', context))).toBeCloseTo(25e-9, 20);
    }
    expect(parseQuantity('0.05waves', 'length', 'm').ok).toBe(false);
    expect(parseQuantity('1 waves', 'angle', 'rad', context).ok).toBe(false);
  });

  it.each<[string, Quantity, RegExp]>([
    ['abc', 'length', /“abc” is not a number/],
    ['', 'length', /not a number/],
    ['1e999', 'length', /too large/],
    ['NaN', 'length', /not a number/],
    ['Infinity', 'length', /not a number/],
    ['3 deg', 'length', /“deg” is not a unit.*nm.*waves/],
    ['3 nm', 'angle', /“nm” is not a unit.*mrad/],
    ['1,5 mm', 'length', /not a unit/],
    ['3 toString', 'length', /not a unit/],
  ])('refuses “%s” in a sentence', (text, quantity, reason) => {
    expect(value(parseQuantity(text, quantity, ''))).toMatch(reason);
  });
});

describe('units', () => {
  it('have their SI unit among them, with the factor 1', () => {
    for (const [quantity, unit] of Object.entries(SI_UNIT) as [Quantity, string][]) {
      expect(unitFactor(unit, quantity)).toBe(1);
      for (const factor of Object.values(DISPLAY_UNITS[quantity])) expect(factor).toBeGreaterThan(0);
    }
  });
});

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [1.5, '1.5'],
    [-0.1234567, '-0.12346'],
    [123456.7, '123460'],
    [5e-5, '5e-5'],
    [1.23456789e-9, '1.2346e-9'],
    [2e6, '2e+6'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('writes %d as %s', (number, text) => {
    expect(formatNumber(number)).toBe(text);
  });

  it('reads back as the same number to the digits shown', () => {
    for (const number of [Math.PI, 6.62607015e-34, 299792458, -1.5e-7]) {
      expect(Math.abs(Number(formatNumber(number, 6)) / number - 1)).toBeLessThan(1e-5);
    }
  });
});
