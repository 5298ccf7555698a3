import { describe, expect, it } from 'vitest';
import { airyShareInBox } from '../analysis/airyBox.ts';
import { camera } from '../elements/detection/camera.ts';
import { pictureStrehlGoal } from '../elements/fit/pictureStrehlGoal.ts';
import { strehlGoal } from '../elements/fit/strehlGoal.ts';
import { pupil } from '../elements/pupils/pupil.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { besselJ1 } from '../maths/bessel.ts';
import { gaussLegendre } from '../maths/quadrature.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { type Chain, runChain, type Setting } from '../testChain.ts';
import { stage } from '../testSupport.ts';

const [LAMBDA, NA] = [532e-9, 0.2];
/** λ/5NA. */
const PITCH = LAMBDA / (5 * NA);

interface Variant {
  readonly seen?: Readonly<Record<string, Setting>>;
  readonly goal?: Readonly<Record<string, Setting>>;
  readonly ideal?: boolean;
}

/** Strehl ratios of the picture of a point, by the picture and by the pupil. */
async function ratios(
  zernike: Readonly<Record<string, number>>,
  { seen = {}, goal = {}, ideal = false }: Variant = {},
) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const size = { rows: 64, columns: 67, pixelPitch: PITCH, ...seen };
  const chain: Chain = {
    wave: stage(planeWave, { wavelength: LAMBDA }),
    pupil: stage(pupil, { numericalAperture: NA, zernike }, 'wave'),
    camera: stage(camera, size, 'pupil'),
    perfectPupil: stage(pupil, { numericalAperture: NA }, 'wave'),
    perfect: stage(camera, size, 'perfectPupil'),
    byPupil: stage(strehlGoal, {}, 'pupil'),
    byPicture: {
      spec: pictureStrehlGoal,
      params: { numericalAperture: NA, wavelength: LAMBDA, ...goal },
      from: { in: 'camera', ...(ideal ? { ideal: 'perfect' } : {}) },
    },
  };
  const results = runChain(ops, chain, { samples: 64, pitch: 1e-6 });
  const readings = ['byPicture', 'byPupil'].map((name) => {
    const found = results[name];
    if (found?.kind !== 'scalar' || found.readings?.[0] === undefined)
      throw new Error('A goal has a reading.');
    return found.readings[0].samples;
  });
  const [picture, own] = await ops.read(readings);
  ops.close(scope);
  return { byPicture: picture?.[0] ?? Number.NaN, byPupil: own?.[0] ?? Number.NaN };
}

it('a rectangle holds as much of an Airy disc as its integral says', () => {
  const side = (length: number) => gaussLegendre(40, -length / 2, length / 2);
  const [x, y] = [side(5), side(9)];
  let sum = 0;
  x.nodes.forEach((a, i) => {
    y.nodes.forEach((b, k) => {
      const v = Math.hypot(a, b);
      const amplitude = v === 0 ? 1 : (2 * besselJ1(v)) / v;
      sum += ((x.weights[i] ?? 0) * (y.weights[k] ?? 0) * amplitude ** 2) / (4 * Math.PI);
    });
  });
  // Both rules are exact to rounding for so smooth a function.
  expect(airyShareInBox(5, 9)).toBeCloseTo(sum, 12);
  expect(airyShareInBox(1e6, 1e6)).toBeCloseTo(1, 5);
});

describe('the Strehl ratio of a picture', () => {
  /** The disc of 62 samples that the picture is made from; what an error throws beyond the picture is less. */
  const DISC = 3e-3;

  it.each([
    ['is 1 without errors', {}, false],
    ['is 1 without errors, on pixels with an area', {}, true],
    ['is the pupil’s with defocus', { 4: 40e-9 }, false],
    ['is the pupil’s with spherical aberration', { 11: 30e-9 }, false],
    ['is the pupil’s with astigmatism', { 6: 45e-9 }, false],
  ])('%s', async (_, zernike, isWhole) => {
    const area = { seen: { pixelResponse: 'average' }, goal: { pixelResponse: 'average' } };
    const { byPicture, byPupil } = await ratios(zernike, isWhole ? area : {});
    expect(Math.abs(byPicture - byPupil)).toBeLessThan(DISC);
  });

  it('does not depend on where between the pixels the spot lies', async () => {
    const straight = await ratios({ 11: 50e-9 });
    const shifted = await ratios({ 2: 61e-9, 3: 23e-9, 11: 50e-9 });
    // Rings cut off by the edge of the picture: the peak moves by a pixel of 64 and with it a share of 1/64 of 3 %.
    expect(Math.abs(shifted.byPicture - straight.byPicture)).toBeLessThan(1e-3);
    // The light on the axis is no measure here: the pupil’s ratio takes tilt for an error.
    expect(shifted.byPupil).toBeLessThan(0.8 * straight.byPupil);
  });

  it('is that over a perfect picture where one is connected, whatever the aperture says', async () => {
    const wrong = { numericalAperture: 0.5 };
    const { byPicture } = await ratios({}, { ideal: true, goal: wrong });
    expect(byPicture).toBeCloseTo(1, 12);
    const aberrant = await ratios({ 4: 40e-9 }, { ideal: true, goal: wrong });
    // Both pictures have the same disc: what is left is the light beyond the edge, 1 % of 1 - S.
    expect(Math.abs(aberrant.byPicture - aberrant.byPupil)).toBeLessThan(3e-3);
  });

  it('takes an even background for light unless it is told to take it away', async () => {
    const grey = { background: 2e-4 };
    const lit = await ratios({ 4: 40e-9 }, { seen: grey });
    const taken = await ratios({ 4: 40e-9 }, { seen: grey, goal: { background: true } });
    const without = await ratios({ 4: 40e-9 });
    expect(lit.byPicture).toBeLessThan(0.9 * without.byPicture);
    // Rings at the edge count as background: their mean there, 1e-5 of the light per pixel, times all pixels.
    expect(Math.abs(taken.byPicture / without.byPicture - 1)).toBeLessThan(0.03);
  });
});
