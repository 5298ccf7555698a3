import { describe, expect, it } from 'vitest';
import { gaussLegendre } from './quadrature.ts';
import {
  degreeToFringe,
  degreeToNoll,
  degreeToOsa,
  fringeToDegree,
  nollToDegree,
  osaToDegree,
  zernike,
  zernikeGradient,
  zernikeMap,
  zernikeName,
  zernikeNorm,
} from './zernike.ts';

const DEGREES = [
  [0, 0],
  [1, 1],
  [1, -1],
  [2, 0],
  [2, -2],
  [2, 2],
  [3, -1],
  [3, 1],
  [3, -3],
  [3, 3],
  [4, 0],
  [4, 2],
  [4, -2],
  [4, 4],
  [4, -4],
] as const;
const OSA = [0, 2, 1, 4, 3, 5, 7, 8, 6, 9, 12, 13, 11, 14, 10];
const FRINGE = [1, 2, 3, 4, 6, 5, 8, 7, 11, 10, 9, 12, 13, 17, 18];

describe('index conventions', () => {
  it('lists the first fifteen terms in the three conventions', () => {
    DEGREES.forEach(([n, m], i) => {
      expect(nollToDegree(i + 1)).toEqual({ n, m });
      expect(degreeToNoll(n, m)).toBe(i + 1);
      expect(degreeToOsa(n, m)).toBe(OSA[i]);
      expect(degreeToFringe(n, m)).toBe(FRINGE[i]);
    });
  });

  it.each([
    [6, 0, 22, 24, 16],
    [8, 0, 37, 40, 25],
    [5, 5, 20, 20, 26],
  ])('(%d, %d) is Noll %d, OSA %d, Fringe %d', (n, m, noll, osa, fringe) => {
    expect([degreeToNoll(n, m), degreeToOsa(n, m), degreeToFringe(n, m)]).toEqual([noll, osa, fringe]);
  });

  it('is one to one in every convention up to index 500', () => {
    for (let j = 1; j <= 500; j++) {
      const noll = nollToDegree(j);
      expect(degreeToNoll(noll.n, noll.m)).toBe(j);
      const osa = osaToDegree(j - 1);
      expect(degreeToOsa(osa.n, osa.m)).toBe(j - 1);
      const fringe = fringeToDegree(j);
      expect(degreeToFringe(fringe.n, fringe.m)).toBe(j);
    }
  });

  it('never gives a negative zero as azimuthal order', () => {
    for (let j = 1; j <= 60; j++) {
      for (const { m } of [nollToDegree(j), osaToDegree(j), fringeToDegree(j)])
        expect(Object.is(m, -0)).toBe(false);
    }
  });

  it('refuses what is no term', () => {
    expect(() => nollToDegree(0)).toThrow(/Noll index/);
    expect(() => osaToDegree(-1)).toThrow(/OSA/);
    expect(() => fringeToDegree(1.5)).toThrow(/Fringe/);
    expect(() => degreeToNoll(2, 1)).toThrow(/n - \|m\| even/);
    expect(() => degreeToOsa(1, 3)).toThrow(/\|m\| <= n/);
  });
});

describe('zernikeName', () => {
  it('uses the common names', () => {
    const names = Array.from({ length: 22 }, (_, i) => {
      const { n, m } = nollToDegree(i + 1);
      return zernikeName(n, m);
    });
    expect(names).toEqual([
      'piston',
      'tilt x',
      'tilt y',
      'defocus',
      'astigmatism 45°',
      'astigmatism 0°',
      'coma y',
      'coma x',
      'trefoil y',
      'trefoil x',
      'spherical',
      '2nd astigmatism 0°',
      '2nd astigmatism 45°',
      'quadrafoil 0°',
      'quadrafoil 22.5°',
      '2nd coma x',
      '2nd coma y',
      '2nd trefoil x',
      '2nd trefoil y',
      'pentafoil x',
      'pentafoil y',
      '2nd spherical',
    ]);
    expect(zernikeName(12, 0)).toBe('5th spherical');
    expect(zernikeName(9, 9)).toBe('9-foil x');
  });

  it('gives no two terms the same name', () => {
    const names = new Set<string>();
    for (let j = 1; j <= 400; j++) {
      const { n, m } = nollToDegree(j);
      names.add(zernikeName(n, m));
    }
    expect(names.size).toBe(400);
  });
});

describe('zernike', () => {
  const points = [
    [0, 0],
    [0.3, -0.2],
    [-0.7, 0.5],
    [0, 1],
    [-1, 0],
    [0.6, 0.8],
  ] as const;

  it('equals the explicit polynomials', () => {
    for (const [x, y] of points) {
      const r = Math.hypot(x, y);
      const theta = Math.atan2(y, x);
      // Rounding of polynomials of size up to 5.
      expect(zernike(2, x, y)).toBeCloseTo(2 * x, 14);
      expect(zernike(3, x, y)).toBeCloseTo(2 * y, 14);
      expect(zernike(4, x, y)).toBeCloseTo(Math.sqrt(3) * (2 * r * r - 1), 13);
      expect(zernike(5, x, y)).toBeCloseTo(Math.sqrt(6) * r * r * Math.sin(2 * theta), 13);
      expect(zernike(8, x, y)).toBeCloseTo(Math.sqrt(8) * (3 * r ** 3 - 2 * r) * Math.cos(theta), 13);
      expect(zernike(11, x, y)).toBeCloseTo(Math.sqrt(5) * (6 * r ** 4 - 6 * r * r + 1), 13);
      expect(zernike(13, x, y)).toBeCloseTo(
        Math.sqrt(10) * (4 * r ** 4 - 3 * r * r) * Math.sin(2 * theta),
        13,
      );
      expect(zernike(20, x, y)).toBeCloseTo(Math.sqrt(12) * r ** 5 * Math.cos(5 * theta), 13);
      expect(zernike(22, x, y)).toBeCloseTo(Math.sqrt(7) * (20 * r ** 6 - 30 * r ** 4 + 12 * r * r - 1), 13);
    }
  });

  it('equals the closed forms of the first ten terms in ANSI order', () => {
    const forms: readonly ((r: number, t: number) => number)[] = [
      () => 1,
      (r, t) => 2 * r * Math.sin(t),
      (r, t) => 2 * r * Math.cos(t),
      (r, t) => Math.sqrt(6) * r * r * Math.sin(2 * t),
      (r) => Math.sqrt(3) * (2 * r * r - 1),
      (r, t) => Math.sqrt(6) * r * r * Math.cos(2 * t),
      (r, t) => Math.sqrt(8) * r ** 3 * Math.sin(3 * t),
      (r, t) => Math.sqrt(8) * (3 * r ** 3 - 2 * r) * Math.sin(t),
      (r, t) => Math.sqrt(8) * (3 * r ** 3 - 2 * r) * Math.cos(t),
      (r, t) => Math.sqrt(8) * r ** 3 * Math.cos(3 * t),
    ];
    forms.forEach((form, j) => {
      const { n, m } = osaToDegree(j);
      for (const [x, y] of points) {
        expect(zernike(degreeToNoll(n, m), x, y)).toBeCloseTo(form(Math.hypot(x, y), Math.atan2(y, x)), 13);
      }
    });
    // Peak to valley of defocus.
    expect(zernike(4, 1, 0) - zernike(4, 0, 0)).toBeCloseTo(2 * Math.sqrt(3), 14);
  });

  it('agrees with the sum of factorials for high terms', () => {
    const factorial = (k: number) => Array.from({ length: k }, (_, i) => i + 1).reduce((p, v) => p * v, 1);
    for (const [n, m] of [
      [9, 3],
      [10, -4],
      [12, 2],
      [11, -7],
    ] as const) {
      const order = Math.abs(m);
      const [x, y] = [0.43, -0.61];
      const r = Math.hypot(x, y);
      let radial = 0;
      for (let k = 0; k <= (n - order) / 2; k++) {
        const bottom = factorial(k) * factorial((n + order) / 2 - k) * factorial((n - order) / 2 - k);
        radial += (((-1) ** k * factorial(n - k)) / bottom) * r ** (n - 2 * k);
      }
      const theta = Math.atan2(y, x);
      const expected =
        zernikeNorm(n, m) * radial * (m < 0 ? Math.sin(order * theta) : Math.cos(order * theta));
      // The explicit sum has terms of up to 4e4, so it is the one that is only good to 1e-11.
      expect(zernike(degreeToNoll(n, m), x, y)).toBeCloseTo(expected, 10);
    }
  });

  it('is orthonormal over the disc', () => {
    // Exact for polynomials: degree <= 30 in r with 20 nodes, trigonometric degree <= 20 with 48 angles.
    const rule = gaussLegendre(20, 0, 1);
    const count = 66;
    const gram = new Float64Array(count * count);
    rule.nodes.forEach((r, i) => {
      for (let a = 0; a < 48; a++) {
        const theta = (2 * Math.PI * a) / 48;
        const values = Array.from({ length: count }, (_, j) =>
          zernike(j + 1, r * Math.cos(theta), r * Math.sin(theta)),
        );
        const weight = (2 * r * (rule.weights[i] ?? 0)) / 48;
        values.forEach((p, j) => {
          values.forEach((q, k) => {
            gram[j * count + k] = (gram[j * count + k] ?? 0) + weight * p * q;
          });
        });
      }
    });
    // Rounding of sums of 960 terms of size 10.
    for (let j = 0; j < count; j++) {
      for (let k = 0; k < count; k++) expect(gram[j * count + k]).toBeCloseTo(j === k ? 1 : 0, 12);
    }
  });

  it.each([
    [1, 1, 4],
    [2, 0, 3.464102],
    [2, 2, 4.898979],
    [3, 1, 5.656854],
    [4, 0, 3.354102],
    [6, 0, 5.291503],
  ])('(%d, %d) has a peak-to-valley of %d RMS', (n, m, expected) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i <= 2000; i++) {
      for (let a = 0; a < 8; a++) {
        const theta = (Math.PI * a) / 4;
        const value = zernike(degreeToNoll(n, m), (i / 2000) * Math.cos(theta), (i / 2000) * Math.sin(theta));
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    // Sampling of a smooth extremum at 1/2000: 1e-6 of it.
    expect(high - low).toBeCloseTo(expected, 5);
  });

  it('has the RMS of unit-amplitude terms as inverse norms', () => {
    expect(1 / zernikeNorm(2, 0)).toBeCloseTo(1 / Math.sqrt(3), 15);
    expect(1 / zernikeNorm(2, -2)).toBeCloseTo(1 / Math.sqrt(6), 15);
    expect(1 / zernikeNorm(3, 1)).toBeCloseTo(1 / Math.sqrt(8), 15);
    expect(1 / zernikeNorm(4, 0)).toBeCloseTo(1 / Math.sqrt(5), 15);
    expect(1 / zernikeNorm(6, 0)).toBeCloseTo(1 / Math.sqrt(7), 15);
  });

  it('has an RMS of 1 within 2e-2 over the pixels of a disc of 128, up to Noll 200', () => {
    const places = Float64Array.from({ length: 128 }, (_, i) => (i - 63.5) / 64);
    for (let j = 8; j <= 200; j += 8) {
      let [count, square] = [0, 0];
      zernikeMap(j, places, places).forEach((value, i) => {
        if (Math.hypot(places[i % 128] ?? 0, places[Math.floor(i / 128)] ?? 0) > 1) return;
        count++;
        square += value * value;
      });
      // The staircase of the edge, where terms of high azimuthal order are.
      expect(Math.abs(Math.sqrt(square / count) - 1)).toBeLessThan(2e-2);
    }
  });

  it('stays at its norm on the edge for high degree, where explicit sums lose all digits', () => {
    // Z(60, 0) at r = 1 is sqrt(61); the recurrence of 30 steps loses a few digits at most.
    expect(zernike(degreeToNoll(60, 0), 0.6, 0.8)).toBeCloseTo(Math.sqrt(61), 10);
    expect(Math.abs(zernike(degreeToNoll(60, 0), 0.3, 0.4))).toBeLessThan(Math.sqrt(61));
  });
});

describe('zernikeGradient', () => {
  it('agrees with central differences for the first 45 terms and is finite at the centre', () => {
    const h = 1e-5;
    for (let j = 1; j <= 45; j++) {
      for (const [x, y] of [
        [0, 0],
        [0.4, -0.3],
        [-0.2, 0.9],
      ] as const) {
        const exact = zernikeGradient(j, x, y);
        expect(exact.value).toBe(zernike(j, x, y));
        // h^2/6 times a third derivative of at most 1e4, and rounding 1e-15/h.
        expect(exact.dx).toBeCloseTo((zernike(j, x + h, y) - zernike(j, x - h, y)) / (2 * h), 6);
        expect(exact.dy).toBeCloseTo((zernike(j, x, y + h) - zernike(j, x, y - h)) / (2 * h), 6);
      }
    }
  });
});

describe('zernikeMap', () => {
  it('puts y down the rows and x along the columns', () => {
    const map = zernikeMap(7, Float64Array.of(-0.5, 0, 0.5), Float64Array.of(-0.1, 0.9));
    expect(map.length).toBe(6);
    expect(map[3 + 2]).toBe(zernike(7, 0.5, 0.9));
    expect(map[1]).toBe(zernike(7, 0, -0.1));
  });
});
