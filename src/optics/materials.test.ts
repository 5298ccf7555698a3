import { describe, expect, it } from 'vitest';
import { indexOf, materialNotes, materialParam } from './materials.ts';
import { constantScalar, parameterScalar } from './ops/scalar.ts';
import { ElementProblem } from './problem.ts';

const at = (id: string, nanometres: number) => indexOf(id, constantScalar(nanometres * 1e-9)).value;

/** Fraunhofer lines d (helium), F and C (hydrogen), nanometres. */
const [D, F, C] = [587.5618, 486.1327, 656.2725];

describe('the catalogue of materials', () => {
  // Index and Abbe number as the makers state them (glasses: data sheets; others: handbooks, fewer digits).
  it.each([
    ['nBk7', 1.5168, 64.17, 5e-6, 0.01],
    ['fusedSilica', 1.45846, 67.82, 5e-6, 0.03],
    ['f2', 1.62004, 36.37, 5e-6, 0.01],
    ['nSf11', 1.78472, 25.68, 5e-6, 0.01],
    ['sf11', 1.78472, 25.76, 5e-6, 0.01],
    ['caF2', 1.43384, 95.0, 3e-5, 0.3],
    ['mgF2', 1.37776, 106.2, 5e-5, 0.4],
    ['sapphire', 1.7682, 72.2, 1e-4, 0.3],
    ['water', 1.33336, 55.8, 1e-4, 0.5],
  ])('%s has index %d and Abbe number %d', (id, index, abbe, indexError, abbeError) => {
    expect(Math.abs(at(id, D) - index)).toBeLessThan(indexError);
    expect(Math.abs((at(id, D) - 1) / (at(id, F) - at(id, C)) - abbe)).toBeLessThan(abbeError);
  });

  // Measured at 486.1, 587.6, 632.8 and 1052 nm to ±0.001, the last digit printed (Sultanova et al., 2009).
  it.each([
    ['pmma', [1.497, 1.491, 1.489, 1.481]],
    ['polystyrene', [1.606, 1.592, 1.587, 1.572]],
    ['polycarbonate', [1.599, 1.585, 1.58, 1.565]],
  ] as const)('%s has the measured indices', (id, indices) => {
    [486.1, 587.6, 632.8, 1052].forEach((nm, i) => {
      expect(Math.abs(at(id, nm) - (indices[i] ?? 0))).toBeLessThan(1.5e-3);
    });
  });

  it('holds no material without such a check', () => {
    expect(materialParam('').options.length).toBe(9 + 3);
  });

  it('gives N-BK7 at 500 nm and at the d line, and fused silica, as published', () => {
    // The published 1.52142148 lies 7e-6 off the maker's formula, which all the other numbers here obey.
    expect(Math.abs(at('nBk7', 500) - 1.52142148)).toBeLessThan(1e-5);
    // The older power series of the same glass, n² = a0 + a1 λ² + a2 λ⁻² + …, agrees with the maker's: 3e-7.
    const series = 2.271176 - 9.700709e-3 / 4 + 0.0110971 * 4 + 4.622809e-5 * 16 + 1.616105e-5 * 64;
    expect(Math.abs(at('nBk7', 500) - Math.sqrt(series - 8.285043e-7 * 256))).toBeLessThan(4e-7);
    // Digits of the published numbers.
    expect(Math.abs(at('nBk7', D) - 1.51680003)).toBeLessThan(1e-8);
    expect(Math.abs(at('fusedSilica', 587.725) - 1.45846)).toBeLessThan(1e-5);
  });

  it('bends light in a prism of 3° 53′ as known', () => {
    const apex = ((3 + 53 / 60) * Math.PI) / 180;
    // Light meets the first face at a right angle: sin(apex + deviation) = n sin(apex).
    const deviation = (nm: number) => ((Math.asin(at('nBk7', nm) * Math.sin(apex)) - apex) * 180) / Math.PI;
    for (const [nm, degrees] of [
      [650, 2.003906],
      [700, 1.998225],
      [750, 1.993436],
    ] as const) {
      // Digits of the published numbers.
      expect(Math.abs(deviation(nm) - degrees)).toBeLessThan(1e-6);
    }
    // Least deviation, where light passes symmetrically: 2 asin(n sin(apex/2)) - apex, at 750 nm.
    const least = 2 * Math.asin(at('nBk7', 750) * Math.sin(apex / 2)) - apex;
    expect(Math.abs(least - 0.03471596)).toBeLessThan(1e-8);
  });

  it.each(materialParam('').options)('gives the slope of $title by wavelength', ({ value }) => {
    const l = 633e-9;
    const h = 1e-3 * l;
    const n = (offset: number) => indexOf(value, constantScalar(l + offset)).value;
    const difference = (8 * (n(h) - n(-h)) - (n(2 * h) - n(-2 * h))) / (12 * h);
    const slope = indexOf(value, parameterScalar(l, 0)).partials.get(0) ?? Number.NaN;
    // Rounding of n over 12 h is 1e-14 / 1e-9 of slopes near 1e4.
    expect(Math.abs(slope / difference - 1)).toBeLessThan(1e-8);
    expect(slope).toBeLessThan(0);
  });

  it('says where its formula ends and refuses where there is no index', () => {
    expect(materialNotes('nBk7', 532e-9)).toEqual([]);
    expect(materialNotes('nBk7', 200e-9)[0]?.message).toMatch(/300 to 2500 nm/);
    expect(materialNotes('polystyrene', 2e-6)).toHaveLength(1);
    expect(() => indexOf('polystyrene', constantScalar(135e-9))).toThrow(ElementProblem);
  });
});
