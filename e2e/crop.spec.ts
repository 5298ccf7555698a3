/** The part of an uploaded image that is used, and the background that divides it: what the command line does too. */
import { readFile } from 'node:fs/promises';
import type { Design } from '../src/graph/document.ts';
import { beadStack } from '../src/graph/examples/beadStack.ts';
import { sphereHologram } from '../src/graph/examples/sphereHologram.ts';
import { decodeFloat32 } from '../src/graph/imageData.ts';
import { expect, test } from './fixtures.ts';
import { crop, npyFile, simulate, type Twin, tiffFile } from './twins.ts';

const [ROWS, COLUMNS] = [96, 110];
const WINDOW = { y0: 12, y1: 84, x0: 20, x1: 100 };

function targetOf(design: Design): { readonly shape: readonly number[]; readonly data: Float32Array } {
  const image = design.images['target'];
  if (image?.kind !== 'measured') throw new Error('The target has no measured image.');
  const size = image.shape.reduce((product, n) => product * n, 1);
  return { shape: image.shape, data: decodeFloat32(image.data, size) };
}

function paramOf(design: Design, path: string): unknown {
  const [nodeId = '', name = ''] = path.split('.');
  return design.nodes.find(({ id }) => id === nodeId)?.params[name];
}

function cameraOf(design: Design): readonly unknown[] {
  return [paramOf(design, 'camera.rows'), paramOf(design, 'camera.columns')];
}

let hologram: Twin;
let vignetting: Twin;
let uneven: Twin;
test.beforeAll(async () => {
  hologram = await simulate(
    sphereHologram,
    { 'sphere.x': 0.4e-6, 'camera.rows': ROWS, 'camera.columns': COLUMNS, 'camera.readNoise': 0.02 },
    4,
  );
  const data = Float32Array.from(hologram.data, (_, i) => {
    const [y, x] = [Math.floor(i / COLUMNS), i % COLUMNS];
    return 900 * Math.exp(-((x - 60) ** 2 + (y - 40) ** 2) / 9000);
  });
  vignetting = { shape: hologram.shape, data };
  const lit = hologram.data.map((value, i) => value * (data[i] ?? Number.NaN));
  uneven = { shape: hologram.shape, data: lit };
});

test('a hologram is cropped with the keyboard and divided by its background', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  await workbench.uploadTarget('target', npyFile('uneven.npy', uneven));
  const uploaded = await workbench.design();
  expect(targetOf(uploaded).shape).toEqual([ROWS, COLUMNS]);

  // The fields follow one another; Tab puts each entry to use.
  const first = await workbench.importField('target', 'x0');
  await first.focus();
  for (const text of [WINDOW.x0, WINDOW.x1 - 1, WINDOW.y0, WINDOW.y1 - 1]) {
    await page.keyboard.type(String(text));
    await page.keyboard.press('Tab');
  }
  await workbench.uploadBackground('target', tiffFile('empty.tif', vignetting));
  const divided = await workbench.design();
  const [ny, nx] = [WINDOW.y1 - WINDOW.y0, WINDOW.x1 - WINDOW.x0];
  expect(targetOf(divided).shape).toEqual([ny, nx]);
  expect(cameraOf(divided)).toEqual([ny, nx]);
  expect((await workbench.frame('camera')).shape).toEqual([ny, nx]);
  // Product, quotient and both factors are rounded to float32: four times 6e-8.
  const wanted = crop(hologram, WINDOW).data;
  const worst = targetOf(divided).data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value / (wanted[i] ?? Number.NaN) - 1)),
    0,
  );
  expect(worst).toBeLessThan(2.4e-7);

  // One step for the background and one for each entry.
  for (let step = 0; step < 5; step++) await page.keyboard.press('Control+z');
  await expect.poll(async () => cameraOf(await workbench.design())).toEqual([ROWS, COLUMNS]);
  expect(await workbench.design()).toEqual(uploaded);
  await expect(first).toHaveValue('0');
  await expect(page.getByTestId('import-target.background')).toContainText('None');
  for (let step = 0; step < 5; step++) await page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => cameraOf(await workbench.design())).toEqual([ny, nx]);
  expect(await workbench.design()).toEqual(divided);
  await expect(first).toHaveValue(String(WINDOW.x0));
  await expect(page.getByTestId('import-target.background')).toContainText('empty.tif');

  await page.getByTestId('import-target.removeBackground').press('Enter');
  await page.getByTestId('import-target.whole').press('Enter');
  await expect.poll(async () => targetOf(await workbench.design()).shape).toEqual([ROWS, COLUMNS]);
  expect(targetOf(await workbench.design()).data).toEqual(uneven.data);
});

test('an impossible window is refused in words and can be completed or dropped', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  await workbench.uploadTarget('target', npyFile('hologram.npy', hologram));
  await workbench.choosePart('target', { x1: 49 });
  const before = await workbench.design();
  const problem = page.getByTestId('import-target.problem');
  const [first, last] = [
    await workbench.importField('target', 'x0'),
    await workbench.importField('target', 'x1'),
  ];
  await last.fill('110');
  await last.press('Enter');
  await expect(problem).toHaveText('“hologram.npy” has 110 columns: give a whole number from 0 to 109.');
  await expect(last).toHaveAttribute('aria-invalid', 'true');
  await last.press('Escape');
  await expect(last).toHaveValue('49');
  await expect(problem).toHaveCount(0);
  expect(await workbench.design()).toEqual(before);

  // A window to the right of the one in use: the first column waits for the last.
  await first.fill('60');
  await first.press('Tab');
  await expect(problem).toHaveText('The last column must come after the first, 60.');
  expect(await workbench.design()).toEqual(before);
  await expect(last).toBeFocused();
  await page.keyboard.type('99');
  await page.keyboard.press('Enter');
  await expect(problem).toHaveCount(0);
  expect(cameraOf(await workbench.design())).toEqual([ROWS, 40]);
  await page.keyboard.press('Control+z');

  await page.getByTestId('upload-target.background').setInputFiles({
    name: 'small.npy',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(npyFile('small.npy', { shape: [2, 2], data: new Float32Array(4).fill(1) }).bytes),
  });
  await expect(page.getByTestId('import-target.backgroundProblem')).toContainText('2 × 2');
});

test('every other plane of a stack is used, and a saved design keeps only that', async ({
  page,
  workbench,
}) => {
  const values = { 'camera.rows': 40, 'camera.columns': 44, 'stack.planes': 7, 'stack.zStep': 0.2e-6 };
  const beads = await simulate(beadStack, values, 6);
  await workbench.openSettled();
  await workbench.openExample('bead-stack');
  await workbench.settled();
  await workbench.setField('stack.zStep', '0.2 µm');
  await workbench.uploadTarget('target', tiffFile('beads.tif', beads));
  await workbench.choosePart('target', { plane0: 1, every: 2, y0: 2, y1: 37 });
  const design = await workbench.design();
  expect(targetOf(design).shape).toEqual([3, 36, 44]);
  expect(targetOf(design).data).toEqual(crop(beads, { y0: 2, y1: 38, x0: 0, x1: 44 }, [1, 3, 5]).data);
  expect(paramOf(design, 'stack.planes')).toBe(3);
  expect(paramOf(design, 'stack.zStep')).toBe(0.4e-6);
  await expect(workbench.toasts.filter({ hasText: '0.2 µm to 0.4 µm' })).toBeVisible();
  // Beads are not divided by a background.
  await expect(page.getByTestId('upload-target.background')).toHaveCount(0);

  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const bytes = await readFile(await (await download).path());
  await workbench.newDocument();
  await workbench.openFiles({ name: 'saved.luminode.json', bytes });
  await workbench.select('target');
  await expect(page.getByTestId('import-target.source')).toContainText('upload it again');
  await expect(await workbench.importField('target', 'plane1')).toHaveValue('2');
  await workbench.choosePart('target', { plane0: 1 });
  expect(targetOf(await workbench.design()).shape).toEqual([2, 36, 44]);
});
