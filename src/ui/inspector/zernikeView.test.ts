import { describe, expect, it } from 'vitest';
import { edgeValue, indexIn, sizedUnit, termsInOrder } from './zernikeView.ts';

describe('orders of Zernike terms', () => {
  it('number spherical aberration 11, 12 and 9', () => {
    expect([indexIn('noll', 11), indexIn('osa', 11), indexIn('fringe', 11)]).toEqual([11, 12, 9]);
  });

  it('offer terms in their own sequence, without piston and within what the document can hold', () => {
    // Fringe: tilts, defocus, astigmatism 0° and 45°, coma x and y, spherical.
    expect(termsInOrder('fringe', 9, 120)).toEqual([2, 3, 4, 6, 5, 8, 7, 11]);
    expect(termsInOrder('osa', 6, 120)).toEqual([3, 2, 5, 4, 6]);
    expect(termsInOrder('noll', 5, 4)).toEqual([2, 3, 4]);
    for (const order of ['noll', 'osa', 'fringe'] as const) {
      const terms = termsInOrder(order, 37, 120);
      expect(terms.map((term) => indexIn(order, term))).toEqual(
        [...terms.keys()].map((i) => i + (order === 'osa' ? 1 : 2)),
      );
    }
  });
});

describe('sizes of Zernike terms', () => {
  it('as peaks are the value at the edge: √5 times the RMS of spherical aberration, √3 of defocus', () => {
    expect(edgeValue(11)).toBeCloseTo(Math.sqrt(5), 15);
    const nm = { symbol: 'nm', factor: 1e-9 };
    const shown = 10e-9 / sizedUnit(nm, 'peak', 4).factor;
    expect(shown).toBeCloseTo(10 * Math.sqrt(3), 12);
    expect(sizedUnit(nm, 'rms', 4)).toEqual(nm);
  });
});
