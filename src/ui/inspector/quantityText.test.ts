import { beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../../graph/examples/index.ts';
import { documentStore, registry } from '../stores/app.ts';
import { fieldUnit, type NumericParam, readValue, simpleForm, unitsOf, valueText } from './quantityText.ts';

const WAVELENGTH = 532e-9;

function spec(type: string, param: string): NumericParam {
  const found = registry.get(type)?.params[param];
  if (found?.kind !== 'quantity' && found?.kind !== 'zernike')
    throw new Error(`${type}.${param} is not numeric.`);
  return found;
}

beforeAll(() => {
  const airy = examples.find((example) => example.id === 'airy');
  if (airy === undefined) throw new Error('There is no airy example.');
  documentStore.getState().open(airy.design);
});

describe('typed values', () => {
  it.each([
    ['lambda/4', '0.25 waves'],
    ['-λ / 2', '-0.5 waves'],
    ['2*lambda', '2 waves'],
    ['lambda', '1 waves'],
    ['lambda/0', 'lambda/0'],
    ['0.53um', '0.53um'],
  ])('reads %s as %s', (typed, plain) => {
    expect(simpleForm(typed)).toBe(plain);
  });

  it('takes a bare number in the unit shown and any other unit as written', () => {
    const nm = { symbol: 'nm', factor: 1e-9 };
    const read = (text: string): number => {
      const result = readValue('source.wavelength', text, nm);
      if (!result.ok) throw new Error(result.reason);
      return result.value;
    };
    // One rounding of the product number x factor.
    expect(read('600') / 600e-9).toBeCloseTo(1, 14);
    expect(read('0.53um') / 530e-9).toBeCloseTo(1, 14);
  });

  it('reads wavefronts in waves, nanometres and radians', () => {
    const path = 'pupil.zernike.8';
    const waves = { symbol: 'waves', factor: WAVELENGTH };
    const radians = { symbol: 'rad', factor: WAVELENGTH / (2 * Math.PI) };
    for (const [text, unit] of [
      ['lambda/4', waves],
      ['0.25', waves],
      ['133 nm', radians],
      [String(Math.PI / 2), radians],
    ] as const) {
      const result = readValue(path, text, unit);
      expect(result.ok ? result.value / 133e-9 : result.reason).toBeCloseTo(1, 12);
    }
  });

  it('says what is wrong', () => {
    const result = readValue('pupil.numericalAperture', '3 banana', { symbol: '', factor: 1 });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('banana') });
  });
});

describe('units of a field', () => {
  it('offers waves, nm, µm and rad for wavefronts, and no waves for a wavelength', () => {
    expect(unitsOf(spec('pupil', 'zernike'), 'zernike', 'pupil').map(({ symbol }) => symbol)).toEqual([
      'waves',
      'nm',
      'µm',
      'rad',
    ]);
    const symbols = unitsOf(spec('planeWave', 'wavelength'), 'wavelength', 'source').map(
      ({ symbol }) => symbol,
    );
    expect(symbols).not.toContain('waves');
    expect(new Set(symbols).size).toBe(symbols.length);
    expect(symbols).not.toContain('um');
  });

  it('converts what is shown when another unit is chosen', () => {
    const wavelength = spec('planeWave', 'wavelength');
    const shown = (chosen: string | undefined): string =>
      valueText(WAVELENGTH, fieldUnit(wavelength, 'wavelength', 'source', chosen));
    expect(shown(undefined)).toBe('532');
    expect(shown('µm')).toBe('0.532');
    expect(shown('furlong')).toBe('532');
  });
});
