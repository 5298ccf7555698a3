import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

it('finds the sphere of an example, says where and writes a design that holds it', async () => {
  const folder = await makeFolder();
  const words = ['find', '--example', 'sphere-hologram', '--out', 'found.json'];
  const outcome = await luminode(words, folder);
  expect(outcome.code).toBe(0);
  expect(outcome.stderr).toMatch(/1 sphere found, of whose rings the model explains (9\d|100) %/);
  const { node, spheres } = jsonOf(outcome) as {
    node: string;
    spheres: readonly { x: number; z: number; radius: number; pixel: { x: number } }[];
  };
  expect(node).toBe('sphere');
  expect(spheres).toHaveLength(1);
  const [sphere] = spheres;
  // The example's truth; 2 % of noise on some thousand pixels moves a start by a few nanometres and hundredths.
  expect(Math.abs((sphere?.x ?? 0) - 0.55e-6)).toBeLessThan(0.03e-6);
  expect(Math.abs((sphere?.z ?? 0) - 12.5e-6)).toBeLessThan(0.2e-6);
  expect(Math.abs((sphere?.radius ?? 0) - 0.75e-6)).toBeLessThan(0.03e-6);
  // Pixels of 0.1 µm, the middle is pixel 48.
  expect(sphere?.pixel.x).toBeCloseTo(48 + (sphere?.x ?? 0) / 0.1e-6, 6);
  expect(await readFile(join(folder, 'found.json'), 'utf8')).toContain(`${sphere?.radius}`);
});

it('says what a design without spheres lacks', async () => {
  const outcome = await luminode(['find', '--example', 'airy']);
  expect(outcome.code).toBe(1);
  expect(jsonOf(outcome)['error']).toContain('add a “Sphere” or “Spheres”');
});
