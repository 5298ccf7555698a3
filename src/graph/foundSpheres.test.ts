import { expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import { severalSpheres } from './examples/severalSpheres.ts';
import { sphereHologram } from './examples/sphereHologram.ts';
import { askingForSpheres, foundSentence, sphereNode, withFoundSpheres } from './foundSpheres.ts';
import { getAt } from './paths.ts';

const sphere = (x: number, score: number) => ({
  x,
  y: -1e-6,
  z: 9e-6,
  radius: 0.4e-6,
  refractiveIndex: 1.5,
  score,
});
const FOUND = { spheres: [sphere(1e-6, 0.97), sphere(-2e-6, 0.9), sphere(3.21e-6, 0.42)] };

const several = severalSpheres.design;

it('asks for place, radius and index, but for what is held while others are learned', () => {
  const node = sphereNode(sphereHologram);
  if (node === undefined) throw new Error('No sphere.');
  const only = { ...sphereHologram, learn: ['sphere.x', 'sphere.radius', 'camera.gain'] };
  expect(askingForSpheres(only, node).learn).toEqual(['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius']);
  const none = { ...sphereHologram, learn: ['interference.scatteredAmplitude'] };
  expect(askingForSpheres(none, node).learn).toEqual([
    ...['x', 'y', 'z', 'radius', 'refractiveIndex'].map((name) => `sphere.${name}`),
    'interference.scatteredAmplitude',
  ]);
});

it('fills a table with all but the faint ones, and learns of each what was learned', () => {
  const node = sphereNode(several);
  if (node === undefined) throw new Error('No spheres.');
  const filled = withFoundSpheres({ ...several, learn: ['spheres.particles.*.x'] }, registry, node, FOUND);
  expect(getAt(filled, registry, 'spheres.particles')).toHaveLength(2);
  expect(getAt(filled, registry, 'spheres.particles.1.x')).toBe(-2e-6);
  expect(filled.learn).toEqual(['spheres.particles.0.x', 'spheres.particles.1.x']);
  expect(foundSentence(node, FOUND)).toBe(
    '2 spheres found, of whose rings the model explains 97 %, 90 %. Too faint to be taken: at x 3.21 µm, y -1 µm (42 %).',
  );
});

it('takes the best for a single sphere and says what the others need', () => {
  const node = sphereNode(sphereHologram);
  if (node === undefined) throw new Error('No sphere.');
  const filled = withFoundSpheres(sphereHologram, registry, node, FOUND);
  expect(getAt(filled, registry, 'sphere.x')).toBe(1e-6);
  expect(filled.learn).toBe(sphereHologram.learn);
  expect(foundSentence(node, FOUND)).toContain(
    '1 sphere found, of whose rings the model explains 97 %. The other 1 of 2',
  );
});

it('leaves the design as it is where nothing is to be taken', () => {
  const node = sphereNode(several);
  if (node === undefined) throw new Error('No spheres.');
  expect(withFoundSpheres(several, registry, node, { spheres: [sphere(0, 0.3)] })).toBe(several);
  expect(foundSentence(node, { spheres: [] })).toContain('No sphere was found');
});
