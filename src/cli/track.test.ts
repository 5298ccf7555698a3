import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serializeDesign } from '../graph/serialize.ts';
import { encodeNpy, encodeTiffFloat32 } from '../workers/files/encode.ts';
import { createSession } from '../workers/session.ts';
import { simulateMovie } from '../workers/tracking/simulateMovie.ts';
import { BEAD } from '../workers/tracking/testMovies.ts';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

const TRUTH = Array.from({ length: 12 }, (_, k) => ({ 'bead.x': 20e-9 * k - 0.1e-6, 'bead.y': 0.05e-6 }));

it('a folder of frames becomes a table with errors; a damaged file costs one row', {
  timeout: 60_000,
}, async () => {
  const folder = await makeFolder();
  const movie = await simulateMovie(await createSession('f64'), BEAD, TRUTH, null);
  await mkdir(join(folder, 'frames'));
  for (const [k, frame] of movie.frames.entries()) {
    const bytes = k === 5 ? new Uint8Array([1, 2, 3]) : encodeNpy(frame, [16, 16]);
    await writeFile(join(folder, 'frames', `f${k + 1}.npy`), bytes);
  }
  await writeFile(join(folder, 'frames', 'notes.txt'), 'not a frame');
  await writeFile(join(folder, 'bead.json'), serializeDesign(BEAD));
  const words = ['track', 'bead.json', '--movie', 'frames', '--frame-interval', '10ms', '--csv', 'out/t.csv'];
  const learn = ['--learn', 'bead.x,bead.y,bead.photons.*', '--backend', 'f64'];
  const physics = ['--temperature', '293', '--viscosity', '0.001'];
  const outcome = await luminode([...words, ...learn, ...physics], folder);
  expect(outcome.stderr).toContain('frame 5 of 0:12: unreadable');
  expect(outcome.code).toBe(0);
  const json = jsonOf(outcome);
  expect(json).toMatchObject({ frames: 12, good: 11, bad: [{ frame: 5, status: 'unreadable' }] });
  const [particle] = json['particles'] as {
    id: string;
    axes: { x: { drift: number; driftError: number } };
  }[];
  expect(particle?.id).toBe('bead');
  // A steady run of 20 nm in 10 ms: 2 µm/s, within four standard errors.
  const { drift = 0, driftError = 0 } = particle?.axes.x ?? {};
  expect(Math.abs(drift - 2e-6)).toBeLessThan(4 * driftError + 0.02e-6);
  const [head = '', ...rows] = (await readFile(join(folder, 'out', 't.csv'), 'utf8')).trim().split('\r\n');
  expect(head.split(',').slice(0, 7)).toEqual([
    'frame',
    'time (s)',
    'particle',
    'x (m)',
    'x standard error (m)',
    'y (m)',
    'y standard error (m)',
  ]);
  expect(rows).toHaveLength(12);
  expect(rows[5]).toMatch(/^5,0.05,bead,,,,,/);
  const cells = rows[8]?.split(',').map(Number) ?? [];
  // Five standard errors of one value.
  expect(Math.abs((cells[3] ?? 0) - (TRUTH[8]?.['bead.x'] ?? 0))).toBeLessThan(5 * (cells[4] ?? 0));
});

it('says what is wrong with the words and the movie', async () => {
  const folder = await makeFolder();
  const stack = encodeTiffFloat32(new Float32Array(3 * 4 * 4), [3, 4, 4]);
  await writeFile(join(folder, 'movie.tif'), stack);
  const track = (...words: string[]) => luminode(['track', '--example', 'sphere-hologram', ...words], folder);
  expect((await track()).stderr).toContain('Name the movie: --movie FILE');
  expect((await track('--movie', 'no.tif')).stderr).toContain(
    '“no.tif” cannot be read: there is no such file.',
  );
  const apart = await track('--movie', 'movie.tif', '--frames', '5:9');
  expect(apart.stderr).toContain('5:9 leaves none of the 3 frames');
  expect((await track('--movie', 'movie.tif', '--frame-interval', '0')).stderr).toContain('must be above 0');
});
