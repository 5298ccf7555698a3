import { describe, expect, it } from 'vitest';
import { sphereField } from '../elements/samples/sphereField.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { mieAmplitudes } from '../maths/mie/amplitudes.ts';
import { mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { runChain, type Setting } from '../testChain.ts';
import { stage } from '../testSupport.ts';

const LIGHT = { wavelength: 532e-9, refractiveIndex: 1.33 };
const K = (2 * Math.PI * LIGHT.refractiveIndex) / LIGHT.wavelength;
const SPHERE = { radius: 0.5e-6, refractiveIndex: 1.45, aperture: 0.9, shown: 'scattered' };
const PITCH = 0.1e-6;

/** Ex and Ey that are scattered, over the plane wave: [re, im] by sample, one after the other. */
async function scattered(n: number, settings: Record<string, Setting>): Promise<Float64Array> {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const { source, field } = runChain(
    ops,
    { source: stage(planeWave, LIGHT), field: stage(sphereField, { ...SPHERE, ...settings }, 'source') },
    { samples: n, pitch: PITCH },
  );
  if (source?.kind !== 'field' || field?.kind !== 'field') throw new Error('Fields.');
  const [seen = [], wave = []] = await ops.read([field.samples, source.samples]);
  ops.close(scope);
  const [c = 1, s = 0] = wave;
  const out = new Float64Array(seen.length);
  for (let i = 0; i < out.length; i += 2) {
    const [re, im] = [seen[i] ?? 0, seen[i + 1] ?? 0];
    out[i] = (re * c + im * s) / (c * c + s * s);
    out[i + 1] = (im * c - re * s) / (c * c + s * s);
  }
  return out;
}

/** RMS of Ex in the middle 48 × 48 samples, of the difference of two windows where there are two. */
function size(field: Float64Array, n: number, other?: Float64Array, m = n): number {
  let sum = 0;
  for (let row = -24; row < 24; row++) {
    for (let column = -24; column < 24; column++) {
      const i = 2 * ((row + n / 2) * n + column + n / 2);
      const k = 2 * ((row + m / 2) * m + column + m / 2);
      for (let part = 0; part < 2; part++) sum += ((field[i + part] ?? 0) - (other?.[k + part] ?? 0)) ** 2;
    }
  }
  return Math.sqrt(sum) / 48;
}

describe('DeepTrack’s assemblies', () => {
  it('as a spectrum are the exact field but for what the cone cuts off', async () => {
    const place = { x: 0.4e-6, y: -0.3e-6, z: 6e-6 };
    const exact = await scattered(128, place);
    const hybrid = await scattered(128, { ...place, assembly: 'hybrid' });
    // Light beyond NA 0.9 and the other polarisation; with the sign turned round it would be 2.
    expect(size(exact, 128, hybrid) / size(exact, 128)).toBeLessThan(0.08);
  });

  it('obey the optical theorem: ∫ E dA = -(2π/k²) S(0)', async () => {
    const x = K * SPHERE.radius;
    const layer = { sizeParameter: x, mRe: SPHERE.refractiveIndex / LIGHT.refractiveIndex, mIm: 0 };
    const { s1 } = mieAmplitudes(mieCoefficients([layer], mieOrder(x) + 3), Float64Array.of(1));
    const field = await scattered(48, { z: 6e-6, assembly: 'hybrid' });
    for (let part = 0; part < 2; part++) {
      let sum = 0;
      for (let i = 0; i < 48 * 48; i++) sum += (field[2 * i + part] ?? 0) * PITCH ** 2;
      // The table of amplitudes: 1e-9.
      expect(sum / ((-2 * Math.PI) / K ** 2)).toBeCloseTo(s1[part] ?? Number.NaN, 6);
    }
  });

  it('from a far wave err by what its plane is too near: half as much in a window twice as wide', async () => {
    const exact = await scattered(64, { z: 6e-6 });
    const errors = [];
    for (const n of [64, 128]) {
      const geometric = await scattered(n, { z: 6e-6, assembly: 'geometric' });
      errors.push(size(exact, 64, geometric, n) / size(exact, 64));
    }
    const [narrow = 9, wide = 9] = errors;
    // size²/2kR of a plane at 3.1 and 6.3 µm, and the cut of the cone that does not shrink.
    expect(narrow).toBeLessThan(0.6);
    expect(wide).toBeLessThan(narrow / 1.5);
  });

  it('say what they cannot do', async () => {
    await expect(scattered(16, { z: -6e-6, assembly: 'hybrid' })).rejects.toThrow(/only light that goes on/);
    await expect(scattered(16, { aperture: 1.32, assembly: 'geometric' })).rejects.toThrow(/horizon/);
  });
});
