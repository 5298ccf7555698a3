/**
 * Measured bead stacks, fitted through the command line. Where they come from, what their owners found and what
 * counts as agreement is written in the README beside the data (folder LUMINODE_DATA).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type Fitted, image, number, Results, set } from './measured.ts';

const results = new Results();
afterAll(() => results.keep('measured-beads.json'));

/** Published phases in rad RMS; their Fourier sign is the opposite of ours, so odd orders m change sign. */
function expectPhases(
  fit: Fitted,
  wavelength: number,
  published: readonly (readonly [number, number])[],
): void {
  const ours = published.map(([noll]) => (2 * Math.PI * number(fit, `pupil.zernike.${noll}`)) / wavelength);
  const odd = new Set([7, 8, 9, 10, 16, 17, 18, 19, 20, 21]);
  // Reversing z negates every even term with the same image: both answers are right.
  const worst = [1, -1].map((direction) =>
    Math.max(
      ...published.map(([noll, phase], i) => {
        const expected = odd.has(noll) ? -phase : direction * phase;
        return Math.abs((ours[i] ?? Number.NaN) - expected);
      }),
    ),
  );
  expect(Math.min(...worst), `phases ${ours.map((p) => p.toFixed(3)).join(', ')} rad`).toBeLessThan(0.03);
}

describe('bead stacks', () => {
  it('air, NA 0.85 (pyotf)', async () => {
    const fit = await results.fitted('bead stack, air', [
      '--example',
      'bead-stack',
      '--target',
      `target=${image('psf/air_na0.85.tif')}`,
      '--crop',
      '83:174,86:177',
      ...['source.wavelength=520nm', 'source.refractiveIndex=1', 'pupil.numericalAperture=0.85'].flatMap(set),
      ...['camera.pixelPitch=130nm', 'stack.zStep=300nm'].flatMap(set),
      ...['camera.gain=2.17', 'camera.offset=100', 'camera.readNoise=3.5'].flatMap(set),
    ]);
    expect(fit.reducedChiSquare).toBeLessThanOrEqual(1.9);
    expectPhases(fit, 520e-9, [
      [6, -0.15],
      [8, 0.28],
      [11, 0.221],
      [16, 0.067],
      [22, 0.241],
    ]);
  });

  it('water, NA 1.0 (AOViFT)', async () => {
    const fit = await results.fitted('bead stack, water', [
      '--example',
      'bead-stack',
      '--target',
      `target=${image('psf/water_na1.0.tif')}`,
      '--crop',
      '13:124,10:121',
      '--planes',
      '1:101:4',
      ...['source.wavelength=510nm', 'source.refractiveIndex=1.33', 'pupil.numericalAperture=1.0'].flatMap(
        set,
      ),
      ...['camera.pixelPitch=97nm', 'stack.zStep=400nm'].flatMap(set),
      ...['camera.gain=4.17', 'camera.offset=100', 'camera.readNoise=4'].flatMap(set),
    ]);
    expect(fit.reducedChiSquare).toBeLessThanOrEqual(2.1);
    expectPhases(fit, 510e-9, [
      [6, -0.11],
      [9, 0.046],
      [10, -0.044],
      [18, -0.033],
      [22, 0.029],
    ]);
  });
});
