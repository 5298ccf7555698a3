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

it('takes a dark image in place of the offset, and counts places of a part from the corner of the whole frame', async () => {
  const folder = await makeFolder();
  // Offsets of columns differ from the design's 100 by up to 40, which only the dark image knows.
  const offset = (i: number) => 100 + 20 * ((i % SIDE) % 3);
  const movie = (await frames(1)).map((counts, i) => counts - 100 + offset(i));
  const dark = Float32Array.from({ length: SIDE * SIDE }, (_, i) => offset(i));
  await writeFile(join(folder, 'movie.npy'), encodeNpy(movie, [1, SIDE, SIDE]));
  await writeFile(join(folder, 'dark.npy'), encodeNpy(dark, [SIDE, SIDE]));
  await writeFile(join(folder, 'design.json'), serializeDesign(DESIGN));
  const words = ['localise', 'design.json', '--movie', 'movie.npy', '--csv', 'table.csv', '--depth', '600nm'];
  const part = ['--dark', 'dark.npy', '--crop', '20:48,8:48', '--backend', 'wasm'];
  const outcome = await luminode([...words, ...part], folder);
  expect(jsonOf(outcome)).toMatchObject({ emitters: 1, good: 1 });
  const [, row = ''] = (await readFile(join(folder, 'table.csv'), 'utf8')).trim().split('\r\n');
  const found = row.split(',').map(Number);
  const [, , { x, y, z }] = TRUTH;
  [(x + 24.5) * 100, (y + 24.5) * 100, z * 1e9, PHOTONS, BACKGROUND].forEach((value, a) => {
    // Five standard errors.
    expect(Math.abs((found[2 + a] ?? 0) - value)).toBeLessThan(5 * (found[7 + a] ?? 0));
  });
});

it('takes what was measured of each pixel, and says which map does not fit', async () => {
  const folder = await makeFolder();
  // The design says 2 counts per electron on 100 without read noise.
  const gain = Float32Array.from({ length: SIDE * SIDE }, (_, i) => 1.5 + 0.5 * ((i % SIDE) % 3));
  const offset = gain.map((_, i) => 80 + 20 * (Math.floor(i / SIDE) % 3));
  const variance = gain.map((_, i) => (i % 37 === 0 ? 900 : 1));
  const random = new SeededRandom(4);
  const movie = (await frames(1)).map((counts, i) => {
    const electrons = (counts - 100) / 2;
    return (offset[i] ?? 0) + (gain[i] ?? 1) * electrons + Math.sqrt(variance[i] ?? 0) * random.normal();
  });
  const images = { movie, gain, offset, variance, dull: gain.map((g, i) => (i === 5 ? 0 : g)) };
  for (const [name, data] of Object.entries(images)) {
    await writeFile(join(folder, `${name}.npy`), encodeNpy(data, [SIDE, SIDE]));
  }
  await writeFile(join(folder, 'small.npy'), encodeNpy(new Float32Array(9), [3, 3]));
  await writeFile(join(folder, 'hole.npy'), encodeNpy(variance.with(99, Number.NaN), [SIDE, SIDE]));
  await writeFile(join(folder, 'design.json'), serializeDesign(DESIGN));
  const words = ['localise', 'design.json', '--movie', 'movie.npy', '--depth', '600nm', '--backend', 'wasm'];
  const maps = ['--gain-map', 'gain.npy', '--offset-map', 'offset.npy', '--variance-map', 'variance.npy'];
  const outcome = await luminode([...words, ...maps, '--csv', 'table.csv'], folder);
  expect(jsonOf(outcome)).toMatchObject({ emitters: 3, good: 3 });
  const [, ...rows] = (await readFile(join(folder, 'table.csv'), 'utf8')).trim().split('\r\n');
  const table = rows.map((row) => row.split(',').map(Number));
  for (const { x, y, z } of TRUTH) {
    const at = [(x + 24.5) * 100, (y + 24.5) * 100, z * 1e9, PHOTONS, BACKGROUND];
    const near = table.filter(
      (row) => Math.hypot((row[2] ?? 0) - (at[0] ?? 0), (row[3] ?? 0) - (at[1] ?? 0)) < 100,
    );
    expect(near).toHaveLength(1);
    at.forEach((value, a) => {
      // Five standard errors.
      expect(Math.abs((near[0]?.[2 + a] ?? 0) - value)).toBeLessThan(5 * (near[0]?.[7 + a] ?? 0));
    });
  }
  for (const [given, sentence] of [
    [['--gain-map', 'small.npy'], 'The gain map has 3 × 3 pixels, the movie 48 × 48.'],
    [['--gain-map', 'dull.npy'], 'row 0, column 5, is 0. Counts per electron are above 0'],
    [['--variance-map', 'hole.npy'], 'row 2, column 3, is no number. A variance is not below 0'],
  ] as const) {
    const refused = await luminode([...words, ...given], folder);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(sentence);
  }
  const both = await luminode([...words, '--dark', 'offset.npy', '--offset-map', 'offset.npy'], folder);
  expect(both.code).toBe(2);
});

it('says that more than the light is taken off, and that a point is wider than the windows it chooses', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'movie.npy'), encodeNpy(await frames(1), [1, SIDE, SIDE]));
  await writeFile(join(folder, 'design.json'), serializeDesign(DESIGN));
  const words = ['localise', 'design.json', '--movie', 'movie.npy', '--backend', 'wasm'];
  const dim = await luminode(
    [...words, '--set', 'camera.offset=200', '--window', '9', '--depth', '100nm'],
    folder,
  );
  expect(jsonOf(dim)['notes']).toEqual([expect.stringContaining('More than the light is taken off')]);
  expect(dim.stderr).toContain('Look at the offset of the design’s camera');
  const wide = await luminode([...words, '--depth', '1.2um'], folder);
  expect(jsonOf(wide)).toMatchObject({ window: 25, notes: [expect.stringContaining('more than 25 pixels')] });
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
