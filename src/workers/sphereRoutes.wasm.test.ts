/** The two exact routes to the light of a sphere, through the elements as designs use them, on WASM. */
import { expect, it } from 'vitest';
import { pupil } from '../optics/elements/pupils/pupil.ts';
import { mieSphere } from '../optics/elements/samples/mieSphere.ts';
import { sphereField } from '../optics/elements/samples/sphereField.ts';
import { planeWave } from '../optics/elements/sources/planeWave.ts';
import { Ops } from '../optics/ops/ops.ts';
import { constantScalar } from '../optics/ops/scalar.ts';
import { zoomTransform } from '../optics/pupil/zoomTransform.ts';
import { runChain } from '../optics/testChain.ts';
import { stage } from '../optics/testSupport.ts';
import { sphereAmplitudeMisses } from './sphereRoutes.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const LIGHT = { wavelength: 447e-9, refractiveIndex: 1.34 };
const [APERTURE, PITCH, SIDE] = [1.2, 0.1e-6, 200];
/** Size parameter 14. */
const RADIUS = (14 * LIGHT.wavelength) / (2 * Math.PI * LIGHT.refractiveIndex);

/** RMS over the window of how far Ex and Ey behind the objective are from the exact field, in reference waves. */
async function difference(z: number, samples: number): Promise<number> {
  const ops = new Ops(await createWasmKernels());
  const scope = ops.open();
  const sphere = { radius: RADIUS, refractiveIndex: 1.59, z };
  const source = stage(planeWave, LIGHT);
  const seen = runChain(
    ops,
    {
      source,
      sphere: stage(mieSphere, sphere, 'source'),
      pupil: stage(pupil, { numericalAperture: APERTURE }, 'sphere'),
    },
    { samples, pitch: PITCH },
  )['pupil'];
  const { source: wave, exact } = runChain(
    ops,
    { source, exact: stage(sphereField, { ...sphere, shown: 'scattered' }, 'source') },
    { samples: SIDE, pitch: PITCH },
  );
  if (seen?.kind !== 'pupil' || wave?.kind !== 'field' || exact?.kind !== 'field') throw new Error('Light.');
  const cutoff = APERTURE / LIGHT.wavelength;
  const { radius } = seen.grid;
  const steps = { step: constantScalar(cutoff * PITCH), spacing: 1 / radius, sign: -1 } as const;
  const image = zoomTransform(ops, seen.samples, { ...steps, rows: SIDE, columns: SIDE });
  const [found = [], field = [], plane = []] = await ops.read([image, exact.samples, wave.samples]);
  ops.close(scope);
  const unit = Math.hypot(plane[0] ?? 0, plane[1] ?? 0);
  let sum = 0;
  for (let i = 0; i < found.length; i++) {
    sum += (((found[i] ?? Number.NaN) * cutoff) / radius ** 2 - (field[i] ?? 0) / unit) ** 2;
  }
  return Math.sqrt(sum) / SIDE;
}

it.each([
  // Samples across the pupil: what defocus turns its edge by less than π per sample.
  [5, 0.012, 150],
  [10, 0.006, 200],
  [20, 0.003, 320],
  [50, 0.0015, 720],
])(
  '%d µm behind a sphere the objective’s field is the exact one to %d of the reference wave',
  async (z, allowed, samples) => {
    // NA 1.2 in 1.34, size parameter 14, 20 µm at 0.1 µm. The objective lacks the waves beyond its edge, the near ones, and
    // has the factors of an aplanatic one: 0.0100, 0.0049, 0.0023, 0.0005 measured.
    expect(await difference(z * 1e-6, samples)).toBeLessThan(allowed);
  },
);

it('the amplitudes of spheres of all sizes are float64’s but for the rounding of float32', async () => {
  // 1e-4 is promised. The phase of 10 µm of defocus, up to 100 rad, is rounded to float32: 4e-6.
  for (const [size, miss] of await sphereAmplitudeMisses(await createWasmKernels())) {
    expect(miss, `size parameter ${size}`).toBeLessThan(1e-5);
  }
});
