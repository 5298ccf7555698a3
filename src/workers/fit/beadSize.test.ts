import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { truthOf } from '../../graph/examples/truth.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { createSession, type Session } from '../session.ts';
import { areOfToldSize, errorsOf } from './testErrors.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

const TERMS: Readonly<Record<string, number>> = {
  'pupil.zernike.5': 30e-9,
  'pupil.zernike.6': -45e-9,
  'pupil.zernike.8': 40e-9,
  'pupil.zernike.11': 35e-9,
  'pupil.zernike.12': 10e-9,
  'pupil.zernike.13': -8e-9,
  'pupil.zernike.22': -15e-9,
};
const DIAMETER = 0.2e-6;
const [PITCH, BLUR, BACKGROUND] = [0.12e-6, 0.4, 20];

/** Five planes of a bead of 200 nm and 40 000 photons. */
function stackOfBead(): Design {
  const values = {
    'stack.planes': 5,
    'camera.rows': 26,
    'camera.columns': 26,
    'camera.pixelPitch': PITCH,
    'camera.blur': BLUR,
    'bead.photons': 40_000,
    'bead.z': 0.1e-6,
  };
  const design = setAll({ ...beadStack, grid: { samples: 32, pitch: 1e-6 } }, registry, values);
  const truth = truthOf(design.nodes, { ...values, ...TERMS, 'bead.diameter': DIAMETER });
  const learn = ['bead.x', 'bead.y', 'bead.z', 'bead.photons', 'camera.background', ...Object.keys(TERMS)];
  const image = { kind: 'simulated', name: 'Bead', camera: 'camera', truth, noise: true, seed: 3 } as const;
  return { ...design, learn, images: { simulated: image } };
}

async function fittedTo(design: Design, truth: Readonly<Record<string, number>>) {
  const result = await session.fit(design, DEFAULT_FIT_OPTIONS);
  const { pulls, square } = errorsOf(result, truth);
  return {
    largest: Math.max(...pulls.map(Math.abs)),
    isOfToldSize: areOfToldSize(square, pulls.length),
    blur: result.parameters.find(({ path }) => path === 'camera.blur')?.value ?? Number.NaN,
    chiSquare: result.reducedChiSquare ?? Number.NaN,
  };
}

it('finds aberrations behind a bead of 200 nm, whose size is given or comes out as blur', async () => {
  const stack = stackOfBead();
  const background = { 'camera.background': BACKGROUND };
  const given = setAll(stack, registry, { 'bead.diameter': DIAMETER });
  const known = await fittedTo(given, { ...TERMS, ...background });
  // Eight normal errors: one beyond 3.5 sigma in 268 seeds; χ² of 3380 counts scatters by 0.024.
  expect(known.largest).toBeLessThan(3.5);
  expect(known.isOfToldSize).toBe(true);
  expect(Math.abs(known.chiSquare - 1)).toBeLessThan(0.08);
  const ignored = await fittedTo(stack, background);
  expect(ignored.chiSquare).toBeGreaterThan(1.2);
  expect(ignored.largest).toBeGreaterThan(3);
  const blurred = await fittedTo({ ...stack, learn: [...stack.learn, 'camera.blur'] }, TERMS);
  expect(blurred.largest).toBeLessThan(3.5);
  expect(blurred.isOfToldSize).toBe(true);
  // The variance of a ball along each axis is R²/5: 44.7 nm. Fourth moments and noise move it by two per cent.
  const own = PITCH * Math.sqrt(blurred.blur ** 2 - BLUR ** 2);
  expect(Math.abs(own / (DIAMETER / 2 / Math.sqrt(5)) - 1)).toBeLessThan(0.05);
});
