import { describe, expect, it } from 'vitest';
import { constantScalar } from '../ops/scalar.ts';
import type { ScatteringSphere } from './sphere.ts';
import { sphereNumbers } from './sphereNumbers.ts';

const WAVELENGTH = 500e-9;
const MEDIUM = 1.25;

/** Layers of given size parameters and relative indices. */
function sphereOf(...layers: (readonly [x: number, re: number, im: number])[]): ScatteringSphere {
  return {
    wavelength: constantScalar(WAVELENGTH),
    mediumIndex: constantScalar(MEDIUM),
    polarizationAngle: constantScalar(0),
    layers: layers.map(([x, re, im]) => ({
      radius: constantScalar((x * WAVELENGTH) / (2 * Math.PI * MEDIUM)),
      refractiveIndex: constantScalar(re * MEDIUM),
      extinctionCoefficient: constantScalar(im * MEDIUM),
    })),
  };
}

const scan = { by: 'radius', at: () => sphereOf([2, 1.5, 0]), from: 1e-7, to: 3e-7, isCut: false } as const;

function numbers(sphere: ScatteringSphere): (start: string) => number {
  const { readouts } = sphereNumbers(sphere, scan);
  return (start) => readouts.find(({ title }) => title.startsWith(start))?.value ?? Number.NaN;
}

describe('the numbers of a sphere', () => {
  it.each([
    // MIEV0 “old 1”, Du 2004 i, and a metal shell by 200-digit arithmetic: Q extinction, scattering, back, g.
    [[[10, 1.5, 0]], 2.8819989521, 2.8819989521, 1.6950635834, 0.7429128986],
    [[[100, 1.5, 1]], 2.0975017556, 1.2836970494, 0.1724214394, 0.8502519977],
    [
      [
        [1, 1.45, 0],
        [1.2, 0.2, 3],
      ],
      3.3710288754,
      1.5091183505,
      1.1020551254,
      0.2706181181,
    ],
  ] as [[number, number, number][], number, number, number, number][])(
    'of layers %j are those published',
    (layers, extinction, scattering, back, g) => {
      const of = numbers(sphereOf(...layers));
      // Ten digits given; the wavelength and medium are multiplied in and divided out again.
      expect(of('Q extinction')).toBeCloseTo(extinction, 9);
      expect(of('Q scattering')).toBeCloseTo(scattering, 9);
      expect(of('Q absorption')).toBeCloseTo(extinction - scattering, 9);
      expect(of('Q back')).toBeCloseTo(back, 9);
      expect(of('Asymmetry')).toBeCloseTo(g, 9);
      expect(of('Q radiation')).toBeCloseTo(extinction - g * scattering, 9);
      const area = Math.PI * (((layers.at(-1)?.[0] ?? 0) * 0.5) / (2 * Math.PI * MEDIUM)) ** 2;
      expect(of('C extinction')).toBeCloseTo(extinction * area, 8);
      // 1 mW/µm² is 1e9 W/m²; force = irradiance · area · n / c.
      const force = (1e9 * (extinction - g * scattering) * area * 1e-12 * MEDIUM) / 299792458;
      expect(of('Push') / (force * 1e12)).toBeCloseTo(1, 8);
      expect(of('Optical theorem')).toBeCloseTo(1, 11);
      // Simpson's rule with half a degree: at x = 100 lobes of 1.8° are 4 steps wide.
      expect(Math.abs(of('Scattered in all') - 1)).toBeLessThan((layers.at(-1)?.[0] ?? 0) > 50 ? 0.02 : 1e-6);
    },
  );

  it('of a bead in water are those that HoloPy holds itself to', () => {
    const of = numbers({
      wavelength: constantScalar(658e-9),
      mediumIndex: constantScalar(1.33),
      polarizationAngle: constantScalar(0),
      layers: [
        {
          radius: constantScalar(0.85e-6),
          refractiveIndex: constantScalar(1.59),
          extinctionCoefficient: constantScalar(1e-4),
        },
      ],
    });
    // Half of the last digit.
    expect(Math.abs(of('Q scattering') - 3.6647)).toBeLessThan(5e-5);
    // HoloPy's is 0.0030019, 3e-7 off 70-digit arithmetic: it tests five decimals.
    expect(of('Q absorption')).toBeCloseTo(0.003002209928, 11);
    expect(Math.abs(of('Q extinction') - 3.6677)).toBeLessThan(5e-5);
    expect(Math.abs(of('Asymmetry') - 0.92701)).toBeLessThan(5e-6);
  });

  it('are drawn around the sphere, equal on both sides, with the peak forward', () => {
    const [around, byAngle, resonances] = sphereNumbers(sphereOf([10, 1.5, 0]), scan).charts;
    expect(around?.isPlane).toBe(true);
    const [line] = around?.lines ?? [];
    expect(line?.x[0]).toBeCloseTo(5, 12);
    expect([...(line?.y ?? [])].reduce((sum, y) => sum + y, 0)).toBeCloseTo(0, 9);
    const [across] = byAngle?.lines ?? [];
    // |S(0)|² from the optical theorem alone is a lower bound.
    expect(across?.y[0]).toBeGreaterThan(2 * Math.log10((2.8819989521 * 100) / 4));
    expect(resonances?.lines.map(({ title }) => title)).toEqual(['Extinction', 'Scattering', 'Back-scatter']);
    expect(resonances?.x.title).toBe('Radius');
  });

  it('scan over radii passes the number known at one of them', () => {
    const at = (radius: number) => ({
      ...sphereOf([1, 1.5, 0]),
      layers: sphereOf([1, 1.5, 0]).layers.map((layer) => ({ ...layer, radius: constantScalar(radius) })),
    });
    const toX = (x: number) => (x * WAVELENGTH) / (2 * Math.PI * MEDIUM);
    const { charts } = sphereNumbers(at(toX(1)), {
      by: 'radius',
      at,
      from: toX(9),
      to: toX(11),
      isCut: false,
    });
    const [extinction] = charts[2]?.lines ?? [];
    // The middle one of 201 points is x = 10: MIEV0 “old 1”.
    expect(extinction?.x[100]).toBeCloseTo(toX(10), 15);
    expect(extinction?.y[100]).toBeCloseTo(2.8819989521, 9);
  });
});
