import { expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, stage } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { pupil } from '../pupils/pupil.ts';
import { mieSphere } from '../samples/mieSphere.ts';
import { planeWave } from '../sources/planeWave.ts';
import { interference } from './interference.ts';
import { mirror } from './mirror.ts';

const LIGHT = { wavelength: 532e-9, refractiveIndex: 1.33 };
const GRID = { samples: 32, pitch: 1e-6 };
const PERIOD = 532e-9 / 1.33;

/** A sphere’s hologram whose reference has come by a mirror. */
function hologram(arm: Record<string, Setting>, lit: 'source' | 'arm' = 'source'): Chain {
  return {
    source: stage(planeWave, LIGHT),
    arm: stage(mirror, arm, 'source'),
    sphere: stage(mieSphere, { z: 2e-6, radius: 0.3e-6 }, lit),
    sum: stage(interference, {}, { scattered: 'sphere', reference: 'arm' }),
    pupil: stage(pupil, { numericalAperture: 1.1 }, 'sum'),
    camera: stage(camera, { rows: 2, columns: 21, pixelPitch: 0.1e-6 }, 'pupil'),
  };
}

it('a mirror delays the reference of a sphere: four steps of a quarter period give its field', async () => {
  const steps: Float64Array[] = [];
  for (const quarter of [0.4, 1.4, 2.4, 3.4]) {
    steps.push((await evaluate(hologram({ pathLength: (quarter * PERIOD) / 4 }), GRID)).data);
  }
  // Along the row of the sphere all light has the polarisation of the reference.
  let brightest = 0;
  for (let i = 21; i < 42; i++) {
    const [a = 0, b = 0, c = 0, d = 0] = steps.map((image) => image[i]);
    // |1 + E|² + |1 - E|² = 2 + 2 |E|² from either pair, and 4 E = (I0 - Iπ) + i (Iπ/2 - I3π/2).
    expect(a + c).toBeCloseTo(b + d, 10);
    const square = ((a - c) ** 2 + (b - d) ** 2) / 16;
    expect(square).toBeCloseTo((a + c) / 2 - 1, 10);
    brightest = Math.max(brightest, square);
  }
  expect(brightest).toBeGreaterThan(0.01);
});

it('a mirror in light that goes to sphere and reference alike changes nothing', async () => {
  const [plain, delayed] = [
    await evaluate(hologram({ pathLength: 0.13 * PERIOD }, 'arm'), GRID),
    await evaluate(hologram({ pathLength: 0.31 * PERIOD }, 'arm'), GRID),
  ];
  expect(distance(delayed.data, plain.data)).toBeLessThan(1e-12);
  const turned = (await evaluate(hologram({ tiltX: 0.2 }, 'arm'), GRID)).data;
  const tilted: Chain = { ...hologram({}, 'source'), source: stage(planeWave, { ...LIGHT, tiltX: 0.2 }) };
  expect(distance(turned, (await evaluate(tilted, GRID)).data)).toBeLessThan(1e-12);
});
