import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '../quadrature.ts';
import type { MieLayer } from './coefficients.ts';
import { mieCoefficients } from './coefficients.ts';
import { mieEfficiencies } from './efficiencies.ts';
import { fieldOrder, PLACE_CHANNELS, SphereField } from './insideField.ts';
import { nearFieldAt } from './nearField.ts';

const layer = (sizeParameter: number, mRe: number, mIm = 0): MieLayer => ({ sizeParameter, mRe, mIm });

/** Whole field of light along x at a place in the layer it is said to be of: Ex, Ey, Ez as [re, im]. */
function fieldAt(field: SphereField, of: number, outside: number, [x, y, z]: readonly number[]): number[] {
  const place = new Float64Array(PLACE_CHANNELS);
  const rho = Math.hypot(x ?? 0, y ?? 0);
  field.at(rho, z ?? 0, of, place, 0);
  const [c, s] = rho > 0 ? [(x ?? 0) / rho, (y ?? 0) / rho] : [1, 0];
  const [c2, s2] = [c * c - s * s, 2 * c * s];
  const [aRe = 0, aIm = 0, bRe = 0, bIm = 0, wRe = 0, wIm = 0] = place;
  const out = [aRe + bRe * c2, aIm + bIm * c2, bRe * s2, bIm * s2, wRe * c, wIm * c];
  if (of === outside) {
    out[0] = (out[0] ?? 0) + Math.cos(z ?? 0);
    out[1] = (out[1] ?? 0) + Math.sin(z ?? 0);
  }
  return out;
}

const CASES: readonly (readonly [string, readonly MieLayer[]])[] = [
  ['glass', [layer(14, 1.59 / 1.34)]],
  ['gold, small', [layer(0.4, 0.4, 2.6)]],
  ['soot', [layer(6, 1.6, 0.5)]],
  ['a bubble', [layer(8, 0.75)]],
  ['a coated bead', [layer(5, 1.2), layer(6, 1.1, 0.02)]],
  ['a hollow metal shell', [layer(2, 1), layer(2.3, 0.3, 2.5), layer(3, 1.15)]],
  ['a shell that amplifies', [layer(4, 1.2), layer(6, 1.3, -0.05)]],
];

describe('the field in a sphere', () => {
  it.each(CASES)('of %s goes on through every surface: along it E, across it ε E', (_, layers) => {
    const outer = layers.at(-1)?.sizeParameter ?? 1;
    const field = new SphereField(layers, 2 * outer);
    layers.forEach(({ sizeParameter: r, mRe, mIm }, of) => {
      const next = layers[of + 1] ?? layer(1, 1);
      const epsilon = (m: MieLayer) => [m.mRe ** 2 - m.mIm ** 2, 2 * m.mRe * m.mIm] as const;
      const [inside, outside] = [epsilon({ sizeParameter: r, mRe, mIm }), epsilon(next)];
      for (const [theta, phi] of [
        [0.3, 0.7],
        [1.4, 2.5],
        [2.8, -1.1],
      ] as const) {
        const [st, ct, sp, cp] = [Math.sin(theta), Math.cos(theta), Math.sin(phi), Math.cos(phi)];
        const at = [r * st * cp, r * st * sp, r * ct];
        const within = fieldAt(field, of, layers.length, at);
        const beyond = fieldAt(field, of + 1, layers.length, at);
        const dot = (e: readonly number[], u: readonly number[], part: number) =>
          u.reduce((sum, each, i) => sum + each * (e[2 * i + part] ?? 0), 0);
        const size = Math.hypot(...within, ...beyond);
        for (let part = 0; part < 2; part++) {
          for (const along of [
            [ct * cp, ct * sp, -st],
            [-sp, cp, 0],
          ]) {
            // Orders left out at the surface and rounding: 1e-8.
            expect(Math.abs(dot(within, along, part) - dot(beyond, along, part))).toBeLessThan(1e-7 * size);
          }
          const across = [st * cp, st * sp, ct];
          const turned = ([re, im]: readonly [number, number], e: readonly number[]) =>
            part === 0
              ? re * dot(e, across, 0) - im * dot(e, across, 1)
              : re * dot(e, across, 1) + im * dot(e, across, 0);
          const most = Math.max(Math.hypot(...inside), Math.hypot(...outside));
          expect(Math.abs(turned(inside, within) - turned(outside, beyond))).toBeLessThan(1e-7 * size * most);
        }
      }
    });
  });

  it('outside is the series on planes', () => {
    const layers = [layer(5, 1.2), layer(6, 1.1, 0.02)];
    const field = new SphereField(layers, 40);
    const c = mieCoefficients(layers, fieldOrder(6));
    const found = new Float64Array(6);
    for (const [rho, z] of [
      [0, 6.2],
      [4, 5],
      [30, -12],
    ] as const) {
      field.at(rho, z, 2, found, 0);
      nearFieldAt([c], rho, z).forEach((value, i) => {
        expect(Math.abs(value - (found[i] ?? 9))).toBeLessThan(1e-6);
      });
    }
  });

  it('of a sphere far smaller than the wave is that of a ball in a steady field', () => {
    // 3 / (ε + 2) times the field far away, along it (electrostatics).
    const [mRe, mIm] = [0.4, 2.6];
    const field = new SphereField([layer(0.003, mRe, mIm)], 0.02);
    const [eRe, eIm] = [mRe ** 2 - mIm ** 2 + 2, 2 * mRe * mIm];
    const scale = 3 / (eRe ** 2 + eIm ** 2);
    const [re = 0, im = 0] = fieldAt(field, 0, 1, [0.001, 0.0005, 0.0015]);
    // The next terms are of the order x.
    expect(re).toBeCloseTo(eRe * scale, 2);
    expect(im).toBeCloseTo(-eIm * scale, 2);
  });

  it.each([
    [6, 1.6, 0.5],
    [0.4, 0.4, 2.6],
  ])(
    'x = %d, m = %d + %di is absorbed where the field is: Q = ∫ 2 Re m Im m |E|² dV / π x²',
    (x, mRe, mIm) => {
      const field = new SphereField([layer(x, mRe, mIm)], 2 * x);
      const radii = gaussLegendre(60, 0, x);
      const angles = gaussLegendre(48, -1, 1);
      const place = new Float64Array(PLACE_CHANNELS);
      let total = 0;
      radii.nodes.forEach((r, i) => {
        angles.nodes.forEach((mu, k) => {
          field.at(r * Math.sqrt(1 - mu * mu), r * mu, 0, place, 0);
          // Over the azimuth |Ex|² + |Ey|² + |Ez|² are 2π (|A|² + |B|²) + π |W|².
          const weights = [2, 2, 2, 2, 1, 1];
          const power = place.reduce((sum, value, c) => sum + (weights[c] ?? 0) * Math.PI * value ** 2, 0);
          total += (radii.weights[i] ?? 0) * (angles.weights[k] ?? 0) * r * r * power;
        });
      });
      const { qExt, qSca } = mieEfficiencies(mieCoefficients([layer(x, mRe, mIm)], fieldOrder(x)));
      // Cubics between radii, and the sums.
      expect((2 * mRe * mIm * total) / (Math.PI * x * x) / (qExt - qSca)).toBeCloseTo(1, 5);
    },
  );
});
