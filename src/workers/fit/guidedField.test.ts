/** Beads picked in one stack of a field, fitted together as the guided path does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { findBeads } from '../../graph/guided/beads.ts';
import { fieldDesign, fieldProblem } from '../../graph/guided/fieldDesign.ts';
import { designFor } from '../../graph/guided/kinds.ts';
import { rungsOf } from '../../graph/guided/ladder.ts';
import { type GivenPixels, givenPixels } from '../../graph/guided/pixels.ts';
import { withRung } from '../../graph/guided/rungs.ts';
import { estimateStart, unlearned } from '../../graph/startEstimates.ts';
import { createSession, type Session } from '../session.ts';
import { errorsOf } from './testErrors.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

const [PLANES, STEP, PITCH, SIDE] = [11, 0.3e-6, 0.12e-6, 49];
const [NY, NX] = [150, 200];
/** Coma along x that grows with x, and astigmatism that grows with y. */
const GROWTH = { 'field.alongX.8': 30e-9, 'field.alongY.6': -25e-9 };
const EVEN = { 'pupil.zernike.6': 12e-9, 'pupil.zernike.11': -18e-9 };
/** Columns, rows and distances before focus. */
const BEADS = [
  [30.3, 30.2, 0.2e-6],
  [168.4, 28.8, -0.25e-6],
  [31.2, 120.9, 0.1e-6],
  [170.1, 119.7, -0.1e-6],
] as const;

const base = (() => {
  const design = designFor('beadStack', 'Mine');
  if (design === null) throw new Error('There is a design for this kind.');
  const size = { 'camera.rows': SIDE, 'camera.columns': SIDE, 'camera.pixelPitch': PITCH };
  return setAll(design, registry, { ...size, 'stack.planes': PLANES, 'stack.zStep': STEP });
})();

/** A stack of the whole field, each bead with the aberrations of its place. */
async function field(): Promise<GivenPixels> {
  const data = new Float32Array(PLANES * NY * NX).fill(20);
  for (const [index, [x, y, z]] of BEADS.entries()) {
    const [column, row] = [Math.round(x), Math.round(y)];
    const [fieldX, fieldY] = [(x - NX / 2) / (NX / 2), (y - NY / 2) / (NX / 2)];
    const own = setAll({ ...base, learn: [], seed: index + 1 }, registry, {
      ...{ 'bead.x': (x - column) * PITCH, 'bead.y': (y - row) * PITCH, 'bead.z': z, 'bead.photons': 20000 },
      ...{ 'camera.background': 20, 'camera.blur': 0.7, 'camera.noise': true },
      ...{
        'pupil.zernike.8': GROWTH['field.alongX.8'] * fieldX,
        'pupil.zernike.11': EVEN['pupil.zernike.11'],
      },
      'pupil.zernike.6': EVEN['pupil.zernike.6'] + GROWTH['field.alongY.6'] * fieldY,
    });
    const seen = (await session.evaluate(own)).images.get('camera');
    if (seen === undefined) throw new Error('The camera has no image.');
    for (let i = 0; i < PLANES * SIDE * SIDE; i++) {
      const plane = Math.floor(i / SIDE ** 2);
      const [v, u] = [Math.floor(i / SIDE) % SIDE, i % SIDE];
      data[(plane * NY + row - 24 + v) * NX + column - 24 + u] = seen.data[i] as number;
    }
  }
  return givenPixels([PLANES, NY, NX], data, null);
}

it('tells how coma and astigmatism grow over the field, from beads found in one stack', async () => {
  const pixels = await field();
  const beads = findBeads(pixels, { width: 3, half: 20 }).filter(({ fault }) => fault === null);
  expect(beads).toHaveLength(BEADS.length);
  const optics = {
    ...{ numericalAperture: 1.1, wavelength: 580e-9, refractiveIndex: 1.33 },
    ...{ pitch: PITCH, blur: 0.6, step: STEP },
  };
  const joint = fieldDesign(base, registry, { pixels, name: 'field.tif', beads, optics });
  const rung = rungsOf('beadField', joint).find(({ id }) => id === 'linear');
  const start: Design = rung === undefined ? joint : withRung(joint, registry, rung);
  const result = await session.fit(estimateStart(start, registry, unlearned(start)), DEFAULT_FIT_OPTIONS);
  expect(result.converged).toBe(true);
  const grown = ['alongX', 'alongY'].flatMap((set) => [5, 6, 7, 8].map((noll) => `field.${set}.${noll}`));
  const truth = { ...Object.fromEntries(grown.map((path) => [path, 0])), ...GROWTH, ...EVEN };
  const { pulls, sigmas } = errorsOf(result, truth);
  // Ten normal errors: one beyond four of their size in 1600 draws.
  expect(pulls.filter((pull) => !(Math.abs(pull) < 4))).toEqual([]);
  // Wide errors would hide anything: those hidden are 25 nm and more.
  expect(Math.max(...sigmas)).toBeLessThan(2e-9);
  // 20 pictures of some 2000 pixels.
  expect(Math.abs((result.reducedChiSquare ?? 0) - 1)).toBeLessThan(0.06);
});

it('says what is missing where beads or planes are too few', () => {
  const few = givenPixels([3, 20, 20], new Float32Array(1200), null);
  expect(fieldProblem({ pixels: few, beads: [] })).toContain('needs 5 planes');
  const deep = givenPixels([9, 20, 20], new Float32Array(3600), null);
  expect(fieldProblem({ pixels: deep, beads: [{ x: 5, y: 5, plane: 4 }] })).toContain('at least 3 beads');
});
