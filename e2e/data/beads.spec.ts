/** Measured bead stacks, uploaded, cropped and fitted in the page from the example's defaults. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nollToDegree } from '../../src/optics/maths/zernike.ts';
import { expect, test } from '../fixtures.ts';
import type { ImportField } from '../pages/workbench.ts';
import { dataPath } from './folder.ts';

interface Stack {
  readonly file: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Of the file, as the panel wants it: first and last both count. */
  readonly part: Readonly<Partial<Record<ImportField, number>>>;
  readonly largestChiSquare: number;
  /** Radians RMS by Noll index, in the convention of the folder's README. */
  readonly phases: Readonly<Record<number, number>>;
}

const STACKS: readonly Stack[] = [
  {
    file: 'air_na0.85.tif',
    fields: {
      'source.wavelength': '520 nm',
      'source.refractiveIndex': '1',
      'pupil.numericalAperture': '0.85',
      'stack.zStep': '0.3 µm',
      'camera.pixelPitch': '0.13 µm',
      'camera.gain': '2.17',
      'camera.offset': '100',
      'camera.readNoise': '3.5',
    },
    part: { x0: 131 - 45, x1: 131 + 45, y0: 128 - 45, y1: 128 + 45 },
    largestChiSquare: 1.9,
    phases: { 6: -0.15, 8: 0.28, 11: 0.221, 16: 0.067, 22: 0.241 },
  },
  {
    file: 'water_na1.0.tif',
    fields: {
      'source.wavelength': '510 nm',
      'source.refractiveIndex': '1.33',
      'pupil.numericalAperture': '1',
      // Of the file; the panel spreads it over the planes in use.
      'stack.zStep': '0.1 µm',
      'camera.pixelPitch': '0.097 µm',
      'camera.gain': '4.17',
      'camera.offset': '100',
      'camera.readNoise': '4',
    },
    part: { x0: 65 - 55, x1: 65 + 55, y0: 68 - 55, y1: 68 + 55, plane0: 1, every: 4 },
    largestChiSquare: 2.1,
    phases: { 6: -0.11, 9: 0.046, 10: -0.044, 18: -0.033, 22: 0.029 },
  },
];

const TOLERANCE = 0.03;

/**
 * The README's phases in Luminode's convention: the tilt sign is opposite, so modes with odd m change sign. The
 * direction of the stage is not known: reversing z negates the modes with even m and fits equally well.
 */
function expected(phases: Stack['phases'], index: number, reversed: boolean): number {
  const listed = phases[index] ?? Number.NaN;
  const isOdd = nollToDegree(index).m % 2 !== 0;
  return isOdd ? -listed : reversed ? -listed : listed;
}

for (const stack of STACKS) {
  test(`${stack.file} gives the published phases`, async ({ workbench }) => {
    const bytes = new Uint8Array(await readFile(join(dataPath('psf'), stack.file)));
    await workbench.openSettled();
    await workbench.openExample('bead-stack');
    await workbench.settled();
    for (const [path, text] of Object.entries(stack.fields)) await workbench.setField(path, text);
    await workbench.uploadTarget('target', { name: stack.file, bytes });
    await workbench.choosePart('target', stack.part);
    await workbench.runFit(500_000);
    const rows = await workbench.readResults();
    const result = (await workbench.fitState()).result;

    const indices = Object.keys(stack.phases).map(Number);
    const phases = indices.map((index) => {
      const row = rows.get(`pupil.zernike.${index}`);
      expect(row?.unit).toBe('waves');
      return (row?.value ?? Number.NaN) * 2 * Math.PI;
    });
    const errors = [false, true].map((reversed) =>
      Math.max(
        ...indices.map((index, i) => Math.abs((phases[i] ?? 0) - expected(stack.phases, index, reversed))),
      ),
    );
    const list = indices.map((index, i) => `Z${index} ${phases[i]?.toFixed(3)}`).join(', ');
    test.info().annotations.push({
      type: 'fit',
      description: `${list} rad; reduced chi-square ${result?.reducedChiSquare?.toFixed(3)}; ${result?.seconds.toFixed(1)} s`,
    });
    expect(result?.reducedChiSquare).toBeLessThanOrEqual(stack.largestChiSquare);
    expect(Math.min(...errors), list).toBeLessThanOrEqual(TOLERANCE);
  });
}
