import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { registry } from '../graph/catalogue.ts';
import { setAll } from '../graph/edit.ts';
import { tetrapod } from '../graph/examples/psfEngineering.ts';
import { serializeDesign } from '../graph/serialize.ts';
import { SeededRandom } from '../optics/maths/random.ts';
import { Ops } from '../optics/ops/ops.ts';
import { openBackend } from '../workers/backends.ts';
import { encodeNpy } from '../workers/files/encode.ts';
import { PointImages } from '../workers/localising/pointImages.ts';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

/** Astigmatism of one radian, a camera of 2 counts per electron on an offset of 100. */
const DESIGN = setAll({ ...tetrapod.design, grid: { samples: 64, pitch: 1e-6 } }, registry, {
  'mask.strength': 0,
  'pupil.zernike.6': 670e-9 / (2 * Math.PI),
  'camera.gain': 2,
  'camera.offset': 100,
  'camera.background': 10,
});
const [SIDE, PHOTONS, BACKGROUND] = [48, 3500, 10];
/** Whole and broken pixels from the frame's middle one, and depths. */
const TRUTH = [
  { x: -10.3, y: -9.2, z: -0.4e-6 },
  { x: 9.6, y: -8.7, z: 0.1e-6 },
  { x: 0.4, y: 10.1, z: 0.5e-6 },
] as const;

async function frames(count: number): Promise<Float32Array> {
  const backend = await openBackend('wasm');
  const points = new PointImages(new Ops(backend.kernels), DESIGN, SIDE, () => null);
  const mean = new Float64Array(SIDE * SIDE).fill(BACKGROUND);
  for (const { x, y, z } of TRUTH) {
    // In quanta of the noise, which are electrons here.
    const image = await points.at(x * points.pitch, y * points.pitch, z);
    image.forEach((share, i) => {
      mean[i] = (mean[i] ?? 0) + PHOTONS * share;
    });
  }
  points.release();
  backend.dispose();
  const random = new SeededRandom(2);
  return Float32Array.from(
    { length: count * SIDE * SIDE },
    (_, i) => 100 + 2 * random.poisson(mean[i % mean.length] ?? 0),
  );
}

it('a movie becomes a table of emitters with errors, from the corner of the frame', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'movie.npy'), encodeNpy(await frames(2), [2, SIDE, SIDE]));
  await writeFile(join(folder, 'design.json'), serializeDesign(DESIGN));
  const words = ['localise', 'design.json', '--movie', 'movie.npy', '--csv', 'table.csv', '--depth', '600nm'];
  const outcome = await luminode([...words, '--backend', 'wasm'], folder);
  expect(outcome.code).toBe(0);
  expect(jsonOf(outcome)).toMatchObject({ frames: 2, emitters: 6, good: 6, pitch: 1e-7, samplesPerPixel: 2 });
  const [head = '', ...rows] = (await readFile(join(folder, 'table.csv'), 'utf8')).trim().split('\r\n');
  expect(head).toMatch(/^id,frame,x \[nm\],y \[nm\],z \[nm\],intensity \[photon\],offset \[photon\],/);
  expect(rows).toHaveLength(6);
  const table = rows.map((row) => row.split(',').map(Number));
  for (const { x, y, z } of TRUTH) {
    // The middle pixel is the 25th; its middle lies half a pixel further from the corner than its edge.
    const at = [(x + 24.5) * 100, (y + 24.5) * 100, z * 1e9, PHOTONS, BACKGROUND];
    const near = table.filter(
      ([, , px = 0, py = 0]) => Math.hypot(px - (at[0] ?? 0), py - (at[1] ?? 0)) < 100,
    );
    expect(near.map(([, frame]) => frame)).toEqual([1, 2]);
    for (const row of near) {
      at.forEach((value, a) => {
        // Five standard errors of one value.
        expect(Math.abs((row[2 + a] ?? 0) - value)).toBeLessThan(5 * (row[7 + a] ?? 0));
      });
    }
  }
});

it('says what a design or the words lack', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'movie.npy'), encodeNpy(new Float32Array(32 * 32), [1, 32, 32]));
  const noMovie = await luminode(['localise', '--example', 'tetrapod'], folder);
  expect(noMovie).toMatchObject({ code: 2 });
  const noPoint = await luminode(['localise', '--example', 'airy', '--movie', 'movie.npy'], folder);
  expect(noPoint).toMatchObject({ code: 1 });
  expect(noPoint.stdout).toContain('no point of light');
});
