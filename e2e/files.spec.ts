/** What goes in and comes out as files, and what survives without one. */
import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { decodeImage } from '../src/workers/files/decode.ts';
import { encodePng8 } from '../src/workers/files/encode.ts';
import { expect, test } from './fixtures.ts';
import { Workbench } from './pages/workbench.ts';

/** An F: no mirror image and no turn of it is itself. Row 0 is the top. */
const LETTER = [
  '..........',
  '..######..',
  '..#.......',
  '..#.......',
  '..####....',
  '..#.......',
  '..#.......',
  '..#.......',
  '..#.......',
  '..........',
  '..........',
  '..........',
];
const PIXELS = LETTER.flatMap((row) => [...row].map((pixel) => (pixel === '#' ? 200 : 10)));
const SIZE = { ny: LETTER.length, nx: 10 } as const;

async function exported(page: Page, kind: string): Promise<{ name: string; bytes: Uint8Array }> {
  await page.getByTestId('dock-export').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId(`export-${kind}`).click(),
  ]);
  return contentOf(download);
}

async function contentOf(download: Download): Promise<{ name: string; bytes: Uint8Array }> {
  const path = await download.path();
  return { name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(path)) };
}

test('a letter F keeps its orientation through import, view and export', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.newDocument();
  const png = encodePng8(Uint8Array.from(PIXELS), SIZE.nx, SIZE.ny);
  await workbench.openFiles({ name: 'letter.png', bytes: png });
  await expect(workbench.cards).toHaveCount(1);
  const [node] = (await workbench.design()).nodes;
  if (node === undefined) throw new Error('The image made no node.');
  const frame = await workbench.frame(node.id);
  expect(frame.shape).toEqual([SIZE.ny, SIZE.nx]);
  expect(frame.data).toEqual(PIXELS);

  const npy = await exported(page, 'npy');
  const image = await decodeImage(npy.bytes, npy.name);
  expect(image.shape).toEqual([SIZE.ny, SIZE.nx]);
  expect([...image.data]).toEqual(PIXELS);

  // On screen: the top left quarter of the picture holds more ink than any other.
  const canvas = page.getByTestId('dock-image').locator('canvas');
  const ink = await canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext('2d');
    const pixels = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    let [count, x, y] = [0, 0, 0];
    const bright: [number, number][] = [];
    for (let i = 0; i < pixels.length; i += 4) {
      if ((pixels[i] ?? 0) < 240 || (pixels[i + 1] ?? 0) < 200) continue;
      const column = (i / 4) % width;
      const row = Math.floor(i / 4 / width);
      bright.push([column, row]);
      x += column;
      y += row;
      count++;
    }
    const columns = bright.map(([column]) => column);
    const rows = bright.map(([, row]) => row);
    const middle = {
      x: (Math.min(...columns.slice(0, 50_000)) + Math.max(...columns.slice(0, 50_000))) / 2,
      y: ((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2,
    };
    return { left: x / count < middle.x, top: y / count < middle.y, count };
  });
  expect(ink.count).toBeGreaterThan(100);
  expect({ left: ink.left, top: ink.top }).toEqual({ left: true, top: true });
});

test('every export gives a file that holds the picture', async ({ page, workbench }) => {
  await workbench.openSettled();
  const { data, shape } = await workbench.frame('camera');
  const peak = Math.max(...data);

  const tiff = await exported(page, 'tiff');
  const fromTiff = await decodeImage(tiff.bytes, tiff.name);
  expect(fromTiff.shape).toEqual(shape);
  expect([...fromTiff.data]).toEqual(data);

  const npy = await exported(page, 'npy');
  const fromNpy = await decodeImage(npy.bytes, npy.name);
  expect([...fromNpy.data]).toEqual(data);
  // Both tell what the numbers are.
  for (const { bytes } of [tiff, npy]) {
    const words = new TextDecoder().decode(bytes);
    expect(words).toMatch(/title(?:=|":")Airy disc - Camera/);
    expect(words).toMatch(/unit of values(?:=|":")W/);
  }
  expect(fromTiff.source.pixelSize).toBeCloseTo(50e-9, 12);
  expect(new TextDecoder('latin1').decode(npy.bytes.subarray(0, 512))).toContain('"pitch":5e-8');

  const png = await exported(page, 'png16');
  const fromPng = await decodeImage(png.bytes, png.name);
  expect(fromPng.shape).toEqual(shape);
  expect(fromPng.source.bitDepth).toBe(16);
  const low = Math.min(...data);
  // 16 bits over the whole range: half a step of rounding.
  const step = (peak - low) / 65535;
  const worst = Math.max(...data.map((value, i) => Math.abs(low + step * (fromPng.data[i] ?? 0) - value)));
  expect(worst).toBeLessThan(0.51 * step);

  const csv = await exported(page, 'csv');
  const lines = new TextDecoder().decode(csv.bytes).trim().split(/\r?\n/);
  const rows = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(',').map(Number));
  const numbers = rows.filter((row) => row.length >= shape[1] && row.every(Number.isFinite));
  expect(numbers.length).toBe(shape[0]);
  expect(numbers.flat().map(Math.fround)).toEqual(data);

  const seen = await exported(page, 'png');
  const picture = await decodeImage(seen.bytes, seen.name);
  expect(picture.source.bitDepth).toBe(8);
  expect(new Set(picture.data).size).toBeGreaterThan(20);
  for (const { name } of [tiff, npy, png, csv, seen]) expect(name).toMatch(/^Airy disc - Camera.*\./);
});

test('saved or sent as a link, and opened again, a design is the same', async ({
  page,
  context,
  workbench,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openSettled();
  await workbench.openExample('bead-stack');
  await workbench.setField('bead.x', '0.123 µm');
  const design = await workbench.design();
  await page.getByTestId('file-menu').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('file-save').click(),
  ]);
  const { name, bytes } = await contentOf(download);
  expect(name).toBe('Bead stack.luminode.json');
  await workbench.newDocument();
  await workbench.openFiles({ name, bytes });
  await expect(workbench.cards).toHaveCount(design.nodes.length);
  expect(await workbench.design()).toEqual(design);
  await expect(page.getByTestId('undo')).toBeDisabled();

  await page.keyboard.press('Control+K');
  await page.keyboard.type('as Python');
  await page.keyboard.press('Enter');
  await expect(workbench.toasts.filter({ hasText: 'The Python script was copied' })).toBeVisible();
  const script = await page.evaluate(() => navigator.clipboard.readText());
  expect(script).toContain('x=1.23e-7,  # Position x, 0.123 µm');

  await page.keyboard.press('Control+Shift+S');
  await expect(workbench.toasts.filter({ hasText: 'The link was copied' })).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  // What is open stays as it is when its own link is opened, and when a link is broken or from the future.
  const follow = (address: string) =>
    page.evaluate((fragment) => {
      location.hash = fragment;
    }, new URL(address).hash);
  await follow(link);
  await expect(workbench.toasts.filter({ hasText: 'is what is open' })).toBeVisible();
  await follow(link.slice(0, -20));
  await expect(workbench.toasts.filter({ hasText: 'cut off on its way' })).toBeVisible();
  await follow(link.replace('/1/', '/7/'));
  await expect(workbench.toasts.filter({ hasText: 'newer Luminode' })).toBeVisible();
  expect(await workbench.design()).toEqual(design);
  // A changed design is neither overwritten nor lost.
  await workbench.setField('bead.x', '0.2 µm');
  const changed = await workbench.design();
  await follow(link);
  await expect.poll(() => workbench.design()).toEqual(design);
  expect(new URL(page.url()).hash).toBe('');
  await page.keyboard.press('u');
  await expect.poll(() => workbench.design()).toEqual(changed);
  await expect(page.getByTestId('status-saved')).toHaveText(/All changes kept/);
  // A page of its own, as at the other end: what this browser had open last is one key away.
  const address = new URL(link);
  await page.goto(`${address.origin}/?test&fresh${address.hash}`);
  await page.waitForFunction(() => window.__luminode !== undefined);
  await expect.poll(() => workbench.design()).toEqual(design);
  await expect(workbench.toasts.filter({ hasText: 'Go back to' })).toBeVisible();
});

test('an edit is there again after a reload and after a crash 500 ms later', { tag: '@alone' }, async ({
  page,
  context,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.setField('pupil.numericalAperture', '0.61');
  await page.waitForTimeout(500);
  await page.reload();
  await page.waitForFunction(() => window.__luminode !== undefined);
  await workbench.settled();
  const apertureOf = async (bench: Workbench): Promise<unknown> =>
    (await bench.design()).nodes.find(({ id }) => id === 'pupil')?.params['numericalAperture'];
  expect(await apertureOf(workbench)).toBe(0.61);

  await workbench.setField('pupil.numericalAperture', '0.62');
  await page.waitForTimeout(500);
  // The renderer dies: no handler of the page runs.
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  const again = new Workbench(await context.newPage());
  await again.openSettled();
  expect(await apertureOf(again)).toBe(0.62);
});
