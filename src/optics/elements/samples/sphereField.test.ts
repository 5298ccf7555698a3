import { describe, expect, it } from 'vitest';
import { mieCoefficients, mieOrder } from '../../maths/mie/coefficients.ts';
import { nearFieldAt } from '../../maths/mie/nearField.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { type Chain, runChain, type Setting } from '../../testChain.ts';
import { evaluate, stage } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { interference } from '../interferometers/interference.ts';
import { pupil } from '../pupils/pupil.ts';
import { planeWave } from '../sources/planeWave.ts';
import { mieSphere } from './mieSphere.ts';
import { sphereField } from './sphereField.ts';

type Settings = Record<string, Setting>;

const WAVELENGTH = 447e-9;
const MEDIUM = 1.34;
/** Size parameter 14. */
const SPHERE = { radius: (14 * WAVELENGTH) / (2 * Math.PI * MEDIUM), refractiveIndex: 1.59 };

const source = (settings: Settings = {}) =>
  stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: MEDIUM, ...settings });

/** Irradiance of the field on n × n samples over that of the plane wave, and each component's share. */
async function seen(sphere: Settings, n: number, pitch: number, light: Settings = {}) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const chain: Chain = {
    source: source(light),
    sphere: stage(sphereField, { ...SPHERE, components: 'all', ...sphere }, 'source'),
  };
  const found = runChain(ops, chain, { samples: n, pitch });
  if (found['sphere']?.kind !== 'field' || found['source']?.kind !== 'field') throw new Error('Fields.');
  const [field = [], plane = []] = await ops.read([found['sphere'].samples, found['source'].samples]);
  ops.close(scope);
  const unit = (plane[0] ?? 0) ** 2 + (plane[1] ?? 0) ** 2;
  const components = [0, 1, 2].map((c) =>
    Float64Array.from({ length: n * n }, (_, i) => {
      const at = 2 * (c * n * n + i);
      return ((field[at] ?? 0) ** 2 + (field[at + 1] ?? 0) ** 2) / unit;
    }),
  );
  return {
    components,
    total: components[0]?.map((_, i) => components.reduce((sum, c) => sum + (c[i] ?? 0), 0)),
  };
}

describe('the exact field of a sphere', () => {
  it('is the hologram of the objective’s route at NA 1.2, 10 µm away, but for what no objective sees', async () => {
    const [n, pitch] = [40, 0.2e-6];
    const where = { x: 0.7e-6, y: -1.1e-6, z: 10e-6 };
    const { components } = await seen(where, n, pitch, { polarizationAngle: 0.6 });
    const chain: Chain = {
      source: source({ polarizationAngle: 0.6 }),
      sphere: stage(mieSphere, { ...SPHERE, ...where }, 'source'),
      interference: stage(interference, {}, { scattered: 'sphere', reference: 'source' }),
      pupil: stage(pupil, { numericalAperture: 1.2 }, 'interference'),
      camera: stage(camera, { rows: n, columns: n, pixelPitch: pitch }, 'pupil'),
    };
    const { data } = await evaluate(chain, { samples: 200, pitch: 1e-6 });
    let [off, signal] = [0, 0];
    data.forEach((value, i) => {
      const exact = (components[0]?.[i] ?? 0) + (components[1]?.[i] ?? 0);
      off += (value - exact) ** 2 / data.length;
      signal += (exact - 1) ** 2 / data.length;
    });
    expect(Math.sqrt(signal)).toBeGreaterThan(0.1);
    // Of the field 0.006 at most (`maths/mie/nearField.test.ts`), twice that of its square.
    expect(Math.sqrt(off)).toBeLessThan(0.012);
  });

  it('keeps only what is scattered where that is asked for: |E|² falls as 1/z² and follows the polarisation', async () => {
    const far = { radius: 30e-9, shown: 'scattered' };
    const [near, away] = [
      await seen({ ...far, z: 20e-6 }, 5, 4e-6),
      await seen({ ...far, z: 40e-6 }, 5, 8e-6),
    ];
    // A dipole along x: dark along its axis. At the same angles, twice as far: a quarter.
    near.total?.forEach((value, i) => {
      expect(value / (away.total?.[i] ?? 0)).toBeCloseTo(4, 3);
    });
    const [right, below] = [near.total?.[2 * 5 + 4] ?? 0, near.total?.[4 * 5 + 2] ?? 0];
    // sin² of the angle to x: (20² / (20² + 8²)) against 1; the sphere's size adds (ka)² = 0.3 of a percent of it each.
    expect(right / below).toBeCloseTo(400 / 464, 1);
    expect(Math.max(...(near.components[1] ?? []))).toBeLessThan(0.02 * below);
  });

  it.each([12.03e-6, -12.03e-6])(
    'on the axis %d m behind it is the series itself beside the incident wave',
    async (z) => {
      const k = (2 * Math.PI * MEDIUM) / WAVELENGTH;
      const layer = { sizeParameter: 14, mRe: 1.59 / MEDIUM, mIm: 0 };
      const [re = 0, im = 0] = nearFieldAt([mieCoefficients([layer], mieOrder(14) + 3)], 0, k * z);
      // The incident wave has the phase k z there.
      const expected = (re + Math.cos(k * z)) ** 2 + (im + Math.sin(k * z)) ** 2;
      const { total } = await seen({ z }, 4, 1e-7);
      // Cubics between the nodes of the table.
      expect(Math.abs((total?.[2 * 4 + 2] ?? 0) - expected)).toBeLessThan(1e-6);
      expect(Math.abs(expected - 1)).toBeGreaterThan(1e-3);
    },
  );

  it('refuses a plane through the sphere, and says where rings are too fine', async () => {
    await expect(seen({ z: 0.5e-6 }, 8, 1e-7)).rejects.toThrow(/cuts through the sphere/);
    const chain = { source: source(), other: stage(sphereField, {}, 'source') };
    const ops = new Ops(createFloat64Kernels());
    ops.open();
    const light = runChain(ops, chain, { samples: 128, pitch: 1e-6 })['source'];
    const params = Object.fromEntries(
      Object.entries(sphereField.params).map(([name, param]) => {
        const value = 'default' in param ? param.default : 0;
        return [name, typeof value === 'number' ? { value, partials: new Map(), isAffine: true } : value];
      }),
    );
    const [note] =
      sphereField.sampling?.({ in: light }, params as never, { samples: 128, pitch: 1e-6 }) ?? [];
    expect(note?.message).toMatch(/finer than two samples/);
    // λ / (2 n sin θ) with tan θ = 64/20.
    expect(note?.fix).toContain('0.175 µm');
  });
});
