import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '../maths/quadrature.ts';
import { zernike } from '../maths/zernike.ts';
import {
  evanescentDecay,
  fresnelTransmission,
  type Layers,
  layersPath,
  layersTransmission,
  transmissionScale,
} from './layers.ts';

const MATCHED: Layers = {
  immersionIndex: 1.515,
  designImmersionIndex: 1.515,
  immersionThickness: 150e-6,
  coverIndex: 1.515,
  designCoverIndex: 1.515,
  coverThickness: 170e-6,
  designCoverThickness: 170e-6,
  sampleIndex: 1.515,
  depth: 0,
  focusMove: 0,
};

describe('Fresnel’s coefficients', () => {
  it('reflect 4 % from air into glass of 1.5 and pass 96 %', () => {
    const { s, p } = fresnelTransmission(1, 1.5, 0);
    expect(s[0]).toBeCloseTo(p[0], 15);
    expect(1.5 * s[0] ** 2).toBeCloseTo(0.96, 15);
    expect((s[0] - 1) ** 2).toBeCloseTo(0.04, 15);
  });

  it('pass all p light at Brewster’s angle of 56.30993°', () => {
    const angle = (56.30993 * Math.PI) / 180;
    const { s, p } = fresnelTransmission(1, 1.5, Math.sin(angle) ** 2);
    const flux = (1.5 * Math.sqrt(1 - (Math.sin(angle) / 1.5) ** 2)) / Math.cos(angle);
    // Brewster's angle is rounded to 1e-5 degrees: second order.
    expect(flux * p[0] ** 2).toBeCloseTo(1, 10);
    expect(flux * s[0] ** 2).toBeLessThan(0.86);
  });

  it('from glass into air is real up to the critical angle of 41.81031°, and complex beyond', () => {
    const q = (1.5 * Math.sin((41.81031 * Math.PI) / 180)) ** 2;
    expect(fresnelTransmission(1.5, 1, q - 1e-6).s[1]).toBe(0);
    expect(Math.abs(fresnelTransmission(1.5, 1, q + 1e-6).s[1])).toBeGreaterThan(1e-4);
    // At the critical angle itself the field on the surface is doubled. The angle is rounded to 1e-5 degrees.
    expect(fresnelTransmission(1.5, 1, q).s[0]).toBeCloseTo(2, 2);
  });

  it('conserve energy: what passes and what is reflected make up 1', () => {
    for (const q of [0.1, 0.5, 0.9, 1.3]) {
      const [a, b] = [1.52, 1.33];
      const [ka, kb] = [Math.sqrt(a * a - q), Math.sqrt(b * b - q)];
      const { s, p } = fresnelTransmission(a, b, q);
      const [rs, rp] = [(ka - kb) / (ka + kb), (b * b * ka - a * a * kb) / (b * b * ka + a * a * kb)];
      expect((kb / ka) * s[0] ** 2 + rs ** 2).toBeCloseTo(1, 14);
      expect((kb / ka) * p[0] ** 2 + rp ** 2).toBeCloseTo(1, 14);
    }
  });
});

describe('path through the layers', () => {
  it('is 0 for a source on the glass with everything as designed, at any aperture', () => {
    for (const q of [0, 0.5, 1.9]) expect(layersPath(MATCHED, q)).toBe(0);
  });

  it('in a matched sample is that of distance: depth and focus move add', () => {
    const deep = { ...MATCHED, depth: 3e-6, focusMove: -3e-6 };
    // Rounding of paths of 100 µm.
    for (const q of [0.5, 1.9]) expect(Math.abs(layersPath(deep, q))).toBeLessThan(1e-19);
    const moved = { ...MATCHED, focusMove: 2e-6 };
    expect(layersPath(moved, 1)).toBeCloseTo(2e-6 * (Math.sqrt(1.515 ** 2 - 1) - 1.515), 15);
  });

  it('is the difference of the square roots of Gibson and Lanni', () => {
    const layers = {
      ...MATCHED,
      designImmersionIndex: 1.518,
      coverThickness: 175e-6,
      coverIndex: 1.52,
      sampleIndex: 1.38,
      depth: 4e-6,
      focusMove: 1e-6,
    };
    const plain = (q: number) =>
      4e-6 * Math.sqrt(1.38 ** 2 - q) +
      151e-6 * Math.sqrt(1.515 ** 2 - q) -
      150e-6 * Math.sqrt(1.518 ** 2 - q) +
      175e-6 * Math.sqrt(1.52 ** 2 - q) -
      170e-6 * Math.sqrt(1.515 ** 2 - q);
    // The plain form cancels 300 µm to within its rounding.
    for (const q of [0.3, 1.2, 1.8])
      expect(Math.abs(layersPath(layers, q) - plain(q) + plain(0))).toBeLessThan(1e-18);
  });
});

describe('depth in a sample of another index', () => {
  // psf.md Z9, per µm of depth at λ = 500 nm: refocus that takes Z4 away, and what is left of Z11 and Z22 (rad RMS).
  it.each([
    [1.2, 1.33, 1.36, -0.042679, 0.022045, 0.008434],
    [1.4, 1.515, 1.47, 0.072544, -0.063472, -0.031297],
  ])(
    'at NA %d, from n = %d into %d, asks for a refocus of %d and leaves %d of Z11, %d of Z22',
    (aperture, n, ns, move, z11, z22) => {
      const rule = gaussLegendre(200, 0, 1);
      const project = (noll: number, layers: Layers) => {
        let sum = 0;
        rule.nodes.forEach((square, i) => {
          const phase = ((2 * Math.PI) / 500e-9) * layersPath(layers, square * aperture ** 2);
          sum += (rule.weights[i] ?? 0) * phase * zernike(noll, Math.sqrt(square), 0);
        });
        return sum;
      };
      const base = { ...MATCHED, immersionIndex: n, designImmersionIndex: n, sampleIndex: ns };
      const deep = { ...base, depth: 1e-6 };
      const oneMove = project(4, { ...base, focusMove: 1e-6 });
      const needed = -project(4, deep) / oneMove;
      // The table counts the move beyond the depth itself, that is from where a matched sample would be sharp.
      expect(Math.abs(-1 - needed - move)).toBeLessThan(1e-4);
      const refocused = { ...deep, focusMove: needed * 1e-6 };
      expect(Math.abs(project(11, refocused) - z11)).toBeLessThan(1e-4);
      expect(Math.abs(project(22, refocused) - z22)).toBeLessThan(1e-4);
    },
  );
});

describe('evanescent waves', () => {
  it('decay by exp(-k0 d √(q - ns²)) beyond the critical angle only', () => {
    const water = { ...MATCHED, sampleIndex: 1.33, depth: 100e-9 };
    expect(evanescentDecay(water, 1.7)).toBe(0);
    expect(evanescentDecay(water, 1.4 ** 2)).toBeCloseTo(-100e-9 * Math.sqrt(1.4 ** 2 - 1.33 ** 2), 20);
  });
});

/**
 * Power that an objective of the aperture collects from an isotropic dipole in water a distance z (in wavelengths)
 * above glass, over the whole power of the dipole in water: ∫ (|ts|² + |tp|² (|cos|² + |sin|²)) weighted by Weyl's
 * 1/kz, from the sample into the glass. By reciprocity |t into glass|² kg/ks² is |t into the sample|²/kg.
 */
function collected(aperture: number, z: number): { all: number; supercritical: number } {
  const [water, glass] = [1.33, 1.518];
  const layers: Layers = {
    ...MATCHED,
    immersionIndex: glass,
    coverIndex: glass,
    sampleIndex: water,
    depth: z,
  };
  let [all, supercritical] = [0, 0];
  const rule = gaussLegendre(80, 0, 1);
  const critical = water ** 2;
  const panels = aperture > water ? [0, aperture ** 2] : [0];
  for (const [index, other] of panels.entries()) {
    const from = aperture > water ? critical : aperture ** 2;
    rule.nodes.forEach((node, i) => {
      const q = from + (other - from) * node * node;
      const dq = 2 * (rule.weights[i] ?? 0) * node * Math.abs(other - from);
      const { s, p } = layersTransmission(layers, q);
      const sine2 = q / water ** 2;
      const turned = Math.abs(1 - sine2) + sine2;
      const square = s[0] ** 2 + s[1] ** 2 + (p[0] ** 2 + p[1] ** 2) * turned;
      const decay = Math.exp(4 * Math.PI * evanescentDecay(layers, q));
      // Flux into glass ∝ kz,glass · |amplitude|² with amplitude ∝ t / kz,glass, against 8 n²/3 · ... in water.
      const flux = (square * decay) / Math.sqrt(glass ** 2 - q);
      all += dq * flux;
      if (index === 1) supercritical += dq * flux;
    });
  }
  // In water everywhere the same integral over both half-spaces is 2 ∫ 2/kz dq = 8 n: the whole power.
  const whole = 8 * water;
  return { all: all / whole, supercritical: supercritical / all };
}

describe('an isotropic dipole in water on glass', () => {
  // psf.md V9, by independent integration.
  it.each([
    [1.2, 0.281446],
    [1.4, 0.64069],
    [1.45, 0.758498],
    [1.49, 0.828101],
  ])('sends into NA %d a share of %d of its power in water', (aperture, expected) => {
    expect(Math.abs(collected(aperture, 0).all - expected)).toBeLessThan(1e-5);
  });

  // V10: in wavelengths from the glass.
  it.each([
    [0, 0.422872],
    [0.1, 0.319465],
    [0.25, 0.203524],
    [0.5, 0.098222],
  ])('%d λ from the glass sends %d of what NA 1.45 collects beyond the critical angle', (z, expected) => {
    expect(Math.abs(collected(1.45, z).supercritical - expected)).toBeLessThan(1e-4);
  });
});

describe('scale of the transmission', () => {
  it('is 1 where nothing changes, and the root mean square over the pupil else', () => {
    expect(transmissionScale(MATCHED, 1.4)).toBeCloseTo(1, 14);
    const water = { ...MATCHED, sampleIndex: 1.33 };
    let sum = 0;
    const steps = 40000;
    for (let i = 0; i < steps; i++) {
      const { s, p } = layersTransmission(water, ((i + 0.5) / steps) * 1.4 ** 2);
      sum += (s[0] ** 2 + s[1] ** 2 + p[0] ** 2 + p[1] ** 2) / 2 / steps;
    }
    // Midpoints at a root singularity: 1/steps.
    expect(transmissionScale(water, 1.4)).toBeCloseTo(Math.sqrt(sum), 4);
  });
});
