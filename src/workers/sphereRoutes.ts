/** What tests compare of a sphere's light, on any backend. */
import { mieSphere } from '../optics/elements/samples/mieSphere.ts';
import { planeWave } from '../optics/elements/sources/planeWave.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { Ops } from '../optics/ops/ops.ts';
import { constantScalar } from '../optics/ops/scalar.ts';
import { pupilGrid } from '../optics/pupil/pupilGrid.ts';
import { runChain } from '../optics/testChain.ts';

const LIGHT = { wavelength: 447e-9, refractiveIndex: 1.34 };
/** Of the lower bound of what a sphere may be to the size of a 7 µm bead. */
const SIZES = [0.05, 1, 14, 60, 130];

async function amplitudes(kernels: Kernels, size: number): Promise<ArrayLike<number>> {
  const radius = (size * LIGHT.wavelength) / (2 * Math.PI * LIGHT.refractiveIndex);
  const ops = new Ops(kernels);
  const scope = ops.open();
  const { sphere } = runChain(
    ops,
    {
      source: { spec: planeWave, params: LIGHT, from: {} },
      sphere: {
        spec: mieSphere,
        params: { radius, refractiveIndex: 1.59, extinctionCoefficient: 0.002 },
        from: { in: 'source' },
      },
    },
    { samples: 64, pitch: 1e-6 },
  );
  if (sphere?.kind !== 'farField') throw new Error('A sphere gives a far field.');
  const [read = []] = await ops.read([sphere.evaluate(ops, pupilGrid(64), constantScalar(1.2))]);
  ops.close(scope);
  return read;
}

/** By size parameter, how far a sphere's pupil is from float64's, RMS over its RMS. */
export async function sphereAmplitudeMisses(kernels: Kernels): Promise<ReadonlyMap<number, number>> {
  const misses = new Map<number, number>();
  for (const size of SIZES) {
    const found = await amplitudes(kernels, size);
    const exact = await amplitudes(createFloat64Kernels(), size);
    let [off, whole] = [0, 0];
    for (let i = 0; i < exact.length; i++) {
      off += ((found[i] ?? Number.NaN) - (exact[i] ?? 0)) ** 2;
      whole += (exact[i] ?? 0) ** 2;
    }
    misses.set(size, Math.sqrt(off / whole));
  }
  return misses;
}
