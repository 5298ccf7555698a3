import { describe, expect, it } from 'vitest';
import { ALL_MATERIAL_OPTIONS, complexIndexNotes, complexIndexOf } from './metals.ts';
import { constantScalar, parameterScalar } from './ops/scalar.ts';

const at = (id: string, nanometres: number) => {
  const { refractiveIndex, extinctionCoefficient } = complexIndexOf(id, constantScalar(nanometres * 1e-9));
  return [refractiveIndex.value, extinctionCoefficient.value] as const;
};

describe('the indices of metals', () => {
  // Johnson and Christy's table, last digit printed; between its lines (532 and 632.8 nm) straight lines as
  // refractiveindex.info draws them, which differ from a smooth curve by the table's own errors of 0.03.
  it.each([
    ['gold', 520.9, 0.62, 2.081, 1e-9],
    ['gold', 187.9, 1.28, 1.188, 1e-9],
    ['gold', 1937, 0.92, 13.78, 1e-9],
    ['gold', 532, 0.54386, 2.2309, 0.03],
    ['gold', 632.8, 0.18377, 3.4313, 0.03],
    ['silver', 397.4, 0.05, 2.07, 1e-9],
    ['silver', 532, 0.054007, 3.429, 0.03],
  ])('of %s at %d nm is %d + %di', (id, nanometres, n, k, tolerance) => {
    const [re, im] = at(id, nanometres);
    expect(Math.abs(re - n)).toBeLessThan(tolerance);
    expect(Math.abs(im - k)).toBeLessThan(tolerance);
  });

  it('have derivatives by the wavelength, also where pieces of the curve meet', () => {
    for (const l of [410e-9, 548.6e-9, 1.5e-6]) {
      const { refractiveIndex, extinctionCoefficient } = complexIndexOf('gold', parameterScalar(l, 0));
      const h = 1e-4 * l;
      [refractiveIndex, extinctionCoefficient].forEach((scalar, part) => {
        const difference =
          ((at('gold', (l + h) * 1e9)[part] ?? 0) - (at('gold', (l - h) * 1e9)[part] ?? 0)) / (2 * h);
        // Second order, where two cubics meet first order in the step: 1e-4 of a slope that changes by itself.
        expect(Math.abs((scalar.partials.get(0) ?? 0) / difference - 1)).toBeLessThan(3e-3);
      });
    }
  });

  it('stay at the end of the table beyond it, which is said', () => {
    expect(at('silver', 3000)).toEqual(at('silver', 1937));
    expect(complexIndexOf('silver', parameterScalar(3e-6, 0)).refractiveIndex.partials.get(0)).toBe(0);
    expect(complexIndexNotes('silver', 3e-6)[0]?.message).toMatch(/1937 nm/);
    expect(complexIndexNotes('gold', 532e-9)).toEqual([]);
    expect(complexIndexNotes('nBk7', 200e-9)).toHaveLength(1);
  });

  it('stand beside those of transparent materials, which absorb nothing', () => {
    expect(ALL_MATERIAL_OPTIONS.map(({ value }) => value)).toContain('polystyrene');
    expect(at('water', 589)[1]).toBe(0);
  });
});
