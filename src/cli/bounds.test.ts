import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serializeDesign } from '../graph/serialize.ts';
import { smallStack } from '../workers/testDesigns.ts';
import { jsonOf, luminode, makeFolder } from './testSupport.ts';

const { images, edges, nodes, ...rest } = smallStack({ learn: ['bead.x', 'bead.photons'] });
const isCompared = (id: string) => id === 'target' || id === 'loss';
/** A camera and no target. */
const DESIGN = {
  ...{ ...rest, images: {} },
  nodes: nodes.filter(({ id }) => !isCompared(id)),
  edges: edges.filter(({ to }) => !isCompared(to.node)),
};

it('prints expected errors without a target, and writes them as a table', async () => {
  expect(Object.keys(images)).toEqual(['simulated']);
  const folder = await makeFolder();
  await writeFile(join(folder, 'design.json'), serializeDesign(DESIGN));
  const words = ['bounds', 'design.json', '--backend', 'wasm'];
  const one = await luminode([...words, '--csv', 'table.csv'], folder);
  const four = await luminode(
    [...words, '--set', 'bead.photons=24000', '--set', 'camera.background=80'],
    folder,
  );
  expect([one.code, four.code]).toEqual([0, 0]);
  const sigmaOf = (outcome: typeof one, path: string): number => {
    const found = jsonOf(outcome)['parameters'] as Record<string, { sigma: number }>;
    return found[path]?.sigma ?? Number.NaN;
  };
  // Four times the light everywhere: half the error of places, twice that of photons; float32 derivatives.
  expect(sigmaOf(four, 'bead.x') / sigmaOf(one, 'bead.x')).toBeCloseTo(0.5, 4);
  expect(sigmaOf(four, 'bead.photons') / sigmaOf(one, 'bead.photons')).toBeCloseTo(2, 4);
  const [head = '', x = '', photons = ''] = (await readFile(join(folder, 'table.csv'), 'utf8')).split('\r\n');
  expect(head).toBe('path,unit,value,expected error');
  expect(x).toMatch(/^bead\.x,µm,0,0\.00\d+$/);
  expect(photons).toMatch(/^bead\.photons,[^,]*,6000,\d/);
});

it('tries the errors out on simulated images', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'design.json'), serializeDesign(DESIGN));
  const words = [
    'simulate-refit',
    'design.json',
    '--images',
    '4',
    '--fix',
    'bead.photons',
    '--csv',
    'table.csv',
  ];
  const outcome = await luminode([...words, '--backend', 'wasm'], folder);
  const found = { images: 4, settled: 4, parameters: { 'bead.x': { value: 0, unit: 'm' } } };
  expect(jsonOf(outcome)).toMatchObject(found);
  // Four values leave a standard deviation a relative error of 1/√6.
  expect(await readFile(join(folder, 'table.csv'), 'utf8')).toMatch(
    /^path,unit,true value,bound,scatter,.*\r\nbead\.x,m,0,[\d.e-]+,[\d.e-]+,[0-2]\.\d+,0\.408\d*,/,
  );
});

it('says what is missing', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'design.json'), serializeDesign({ ...DESIGN, learn: [] }));
  expect(await luminode(['bounds', 'design.json'], folder)).toMatchObject({ code: 1 });
  expect(await luminode(['bounds', 'design.json', '--noise', '-1'], folder)).toMatchObject({ code: 2 });
});
