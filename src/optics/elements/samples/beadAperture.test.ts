import { expect, it } from 'vitest';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar, parameterScalar } from '../../ops/scalar.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { runChain, weightedSum } from '../../testChain.ts';
import { planeWave } from '../sources/planeWave.ts';
import { bead } from './bead.ts';

const GRID = { samples: 16, pitch: 20e-6 };

/** Of a bead in the middle of focus nothing but its amplitude depends on the aperture. */
it('isotropic light has its exact derivative by the aperture', async () => {
  const ops = new Ops(createFloat64Kernels());
  const sumAt = (aperture: ReturnType<typeof constantScalar>) => {
    const light = runChain(
      ops,
      {
        plane: { spec: planeWave, params: { refractiveIndex: 1.518 }, from: {} },
        bead: { spec: bead, params: { emission: 'isotropic' }, from: { in: 'plane' } },
      },
      GRID,
    )['bead'];
    if (light?.kind !== 'farField') throw new Error('A bead gives a far field.');
    return weightedSum(ops, light.evaluate(ops, pupilGrid(GRID.samples), aperture), 3);
  };
  const scope = ops.open();
  for (const aperture of [0.5, 1.2]) {
    const h = 1e-5;
    const read = await ops.read([-h, h].map((offset) => sumAt(constantScalar(aperture + offset))));
    const [before = Number.NaN, behind = Number.NaN] = read.map((values) => values[0] ?? Number.NaN);
    ops.mode = 'reverse';
    const { gradient } = await ops.gradient(sumAt(parameterScalar(aperture, 0)), 1);
    ops.mode = 'value';
    const wanted = (behind - before) / (2 * h);
    expect(Math.abs(wanted)).toBeGreaterThan(1e-2);
    // The difference leaves h² of its third derivative, and 1e-16 / h of rounding.
    expect(Math.abs((gradient[0] ?? Number.NaN) / wanted - 1)).toBeLessThan(1e-6);
  }
  ops.close(scope);
});
