import { describe, expect, it } from 'vitest';
import { besselJ } from '../bessel.ts';
import { interpolateHermite } from '../hermite.ts';
import { gaussLegendre } from '../quadrature.ts';
import { mieAmplitudes } from './amplitudes.ts';
import { mieCoefficients, mieOrder } from './coefficients.ts';
import { nearFieldAt, nearFieldTable } from './nearField.ts';

const sphere = (x: number, mRe: number, mIm: number) =>
  mieCoefficients([{ sizeParameter: x, mRe, mIm }], mieOrder(x) + 3);

/** Fields of the spectrum of plane waves within an aperture, as an aplanatic objective images them: A, B of x, y. */
function throughObjective(c: ReturnType<typeof sphere>, rho: number, z: number, largest: number) {
  const rule = gaussLegendre(320, 0, largest);
  const { s1, s2 } = mieAmplitudes(c, rule.nodes.map(Math.cos));
  const sums = [0, 0, 0, 0];
  rule.nodes.forEach((theta, i) => {
    const size = (rule.weights[i] ?? 0) * Math.sqrt(Math.cos(theta)) * Math.sin(theta);
    const [cos, sin] = [Math.cos(z * Math.cos(theta)), Math.sin(z * Math.cos(theta))];
    const [ar, ai, br, bi] = [s1[2 * i] ?? 0, s1[2 * i + 1] ?? 0, s2[2 * i] ?? 0, s2[2 * i + 1] ?? 0];
    const add = (at: number, re: number, im: number, bessel: number) => {
      sums[at] = (sums[at] ?? 0) - size * bessel * (re * cos - im * sin);
      sums[at + 1] = (sums[at + 1] ?? 0) - size * bessel * (re * sin + im * cos);
    };
    const argument = rho * Math.sin(theta);
    add(0, (ar + br) / 2, (ai + bi) / 2, besselJ(0, argument));
    // The sign of i^2 in the integral over the azimuth.
    add(2, (br - ar) / 2, (bi - ai) / 2, -besselJ(2, argument));
  });
  return sums;
}

describe('the near field', () => {
  it.each([
    [14, 1.19, 0, 0.3],
    [3, 0.3, 2.5, 1.2],
    [5, 1.5, 0.1, 2.6],
  ])('far away is that of the amplitudes, x = %d, m = %d + %di at %d rad', (x, re, im, theta) => {
    const c = sphere(x, re, im);
    const r = 1e7;
    const [aRe = 0, aIm = 0, bRe = 0, bIm = 0, wRe = 0, wIm = 0] = nearFieldAt(
      [c],
      r * Math.sin(theta),
      r * Math.cos(theta),
    );
    const { s1, s2 } = mieAmplitudes(c, Float64Array.of(Math.cos(theta)));
    // E_theta = exp(ir)/(-ir) S2 along x: U = E_theta cos theta, W = -E_theta sin theta; P has S1 instead.
    const [cos, sin] = [Math.cos(r) / r, Math.sin(r) / r];
    const wave = (s: Float64Array) => [
      -sin * (s[0] ?? 0) - cos * (s[1] ?? 0),
      cos * (s[0] ?? 0) - sin * (s[1] ?? 0),
    ];
    const [polar, across] = [wave(s2), wave(s1)];
    const size = Math.hypot(...polar, ...across);
    // The first term left out is n^2/2r = 2e-5 of it.
    [aRe + bRe, aIm + bIm].forEach((value, i) => {
      expect(Math.abs(value - Math.cos(theta) * (polar[i] ?? 0))).toBeLessThan(5e-5 * size);
    });
    [aRe - bRe, aIm - bIm].forEach((value, i) => {
      expect(Math.abs(value - (across[i] ?? 0))).toBeLessThan(5e-5 * size);
    });
    [wRe, wIm].forEach((value, i) => {
      expect(Math.abs(value + Math.sin(theta) * (polar[i] ?? 0))).toBeLessThan(5e-5 * size);
    });
  });

  it('has no divergence and obeys the wave equation', () => {
    const c = sphere(6, 1.3, 0.05);
    // Cartesian field at (x, y, z): E_x = A + B cos 2 phi and so on.
    const field = (x: number, y: number, z: number) => {
      const rho = Math.hypot(x, y);
      const [aRe = 0, aIm = 0, bRe = 0, bIm = 0, wRe = 0, wIm = 0] = nearFieldAt([c], rho, z);
      const [cos, sin] = [x / rho, y / rho];
      const [c2, s2] = [cos * cos - sin * sin, 2 * cos * sin];
      return [aRe + bRe * c2, aIm + bIm * c2, bRe * s2, bIm * s2, wRe * cos, wIm * cos];
    };
    const at = [4, -3, 6.5] as const;
    const h = 1e-2;
    const shifted = (axis: number, by: number) =>
      field(...(at.map((value, i) => (i === axis ? value + by : value)) as [number, number, number]));
    const here = field(...at);
    const size = Math.hypot(...here);
    for (let part = 0; part < 2; part++) {
      let divergence = 0;
      for (let axis = 0; axis < 3; axis++) {
        const e = (by: number) => shifted(axis, by)[2 * axis + part] ?? 0;
        divergence += (8 * (e(h) - e(-h)) - (e(2 * h) - e(-2 * h))) / (12 * h);
      }
      // Fourth-order differences of waves of unit wavenumber: h⁴/30.
      expect(Math.abs(divergence)).toBeLessThan(1e-8 * size);
      for (let component = 0; component < 3; component++) {
        const e = (axis: number, by: number) => shifted(axis, by)[2 * component + part] ?? 0;
        let laplacian = 0;
        for (let axis = 0; axis < 3; axis++) {
          const [near, far] = [e(axis, h) + e(axis, -h), e(axis, 2 * h) + e(axis, -2 * h)];
          laplacian += (16 * near - far - 30 * (here[2 * component + part] ?? 0)) / (12 * h * h);
        }
        expect(Math.abs(laplacian + (here[2 * component + part] ?? 0))).toBeLessThan(1e-7 * size);
      }
    }
  });

  it('of an almost perfect conductor is normal to its surface together with the incident wave', () => {
    const c = sphere(3, 0, 4000);
    for (const theta of [0.4, 1.3, 2.2]) {
      const [rho, z] = [3 * Math.sin(theta), 3 * Math.cos(theta)];
      const [aRe = 0, aIm = 0, bRe = 0, bIm = 0, wRe = 0, wIm = 0] = nearFieldAt([c], rho, z);
      const incident = [Math.cos(z), Math.sin(z)];
      [
        [aRe, bRe, wRe],
        [aIm, bIm, wIm],
      ].forEach(([a = 0, b = 0, w = 0], part) => {
        const along = (a + b + (incident[part] ?? 0)) * Math.cos(theta) - w * Math.sin(theta);
        const across = a - b + (incident[part] ?? 0);
        // The field reaches 1/4000 of a wavelength into the metal.
        expect(Math.abs(along)).toBeLessThan(2e-3);
        expect(Math.abs(across)).toBeLessThan(2e-3);
      });
    }
  });

  it.each([
    [5, 0.012],
    [10, 0.006],
    [20, 0.003],
    [50, 0.0015],
  ])('at %d µm is the pupil’s to %d of the reference wave', (distance, allowed) => {
    // Size parameter 14 in a medium of 1.34, 447 nm, seen with NA 1.2, over a disc of 20 µm. The pupil lacks the waves
    // beyond its edge, the near ones, and has the factors of an aplanatic objective.
    const c = sphere(14, 1.59 / 1.34, 0);
    const k = (2 * Math.PI * 1.34) / 0.447;
    let [sum, area] = [0, 0];
    for (let i = 0; i < 40; i++) {
      const rho = k * (0.25 * i + 0.125);
      const exact = nearFieldAt([c], rho, k * distance);
      const imaged = throughObjective(c, rho, k * distance, Math.asin(1.2 / 1.34));
      // |E_x|² and |E_y|² of the difference, averaged over the azimuth: |A|² + |B|².
      const off = imaged.reduce((total, value, part) => total + (value - (exact[part] ?? 0)) ** 2, 0);
      sum += off * rho;
      area += rho;
    }
    expect(Math.sqrt(sum / area)).toBeLessThan(allowed);
  });

  it.each([
    [14, 1.19, 0, 40, 500],
    [14, 1.19, 0, 14.5, 300],
    [2, 0.2, 3, -6, 80],
    [60, 1.1, 0.01, 200, 400],
  ])('comes out of a table, x = %d, m = %d + %di at z = %d', (x, re, im, z, largest) => {
    const c = sphere(x, re, im);
    const { table, scale, byZ } = nearFieldTable([c, c.bySize[0] ?? c], z, x, largest, true);
    const out = new Float64Array(table.channels);
    let [worst, worstByZ, size, sizeByZ] = [0, 0, 0, 0];
    for (let i = 0; i <= 300; i++) {
      const rho = (largest * i) / 300;
      interpolateHermite(table, Math.asinh(rho / scale), out, 0);
      const without = (at: number) => {
        const r = Math.hypot(rho, at);
        const [cos, sin] = [Math.cos(r), -Math.sin(r)];
        const found = nearFieldAt([c], rho, at);
        return found.map((value, k) =>
          k % 2 === 0 ? value * cos - (found[k + 1] ?? 0) * sin : value * cos + (found[k - 1] ?? 0) * sin,
        );
      };
      const h = 1e-4;
      const [above, below] = [without(z + h), without(z - h)];
      without(z).forEach((value, k) => {
        worst = Math.max(worst, Math.abs(value - (out[k] ?? 0)));
        size = Math.max(size, Math.abs(value));
        const slope = ((above[k] ?? 0) - (below[k] ?? 0)) / (2 * h);
        worstByZ = Math.max(worstByZ, Math.abs(slope - (out[(byZ ?? 0) + k] ?? 0)));
        sizeByZ = Math.max(sizeByZ, Math.abs(slope));
      });
    }
    // Cubics between nodes.
    expect(worst / size).toBeLessThan(1e-7);
    // The same, and the test's own differences: 1e-8 and rounding over the step.
    expect(worstByZ / sizeByZ).toBeLessThan(1e-6);
  });
});
