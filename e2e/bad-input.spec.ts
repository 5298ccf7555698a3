/** Whatever comes in, a sentence says what is wrong and where, and no edit is lost. */
import { chromium, type Page } from '@playwright/test';
import { airy } from '../src/graph/examples/airy.ts';
import { buildPng } from '../src/workers/files/fixtures.ts';
import { expect, test } from './fixtures.ts';
import { type TestFile, Workbench } from './pages/workbench.ts';

const text = (name: string, content: string): TestFile => ({
  name,
  bytes: new TextEncoder().encode(content),
});

/** Opens a design and gives the document some edit that must not get lost. */
async function editedPage(workbench: Workbench) {
  await workbench.openSettled();
  await workbench.setField('pupil.numericalAperture', '0.43');
  await workbench.settled();
  return workbench.design();
}

const wire = (from: string, to: string) => ({
  id: `${from}-${to}`,
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
});

test.describe('files that are refused', () => {
  const cases: readonly [string, TestFile, RegExp][] = [
    [
      'broken JSON',
      text('broken.json', '{"format": "luminode", "nodes": ['),
      /“broken\.json”.*cut off.*again/s,
    ],
    [
      'a newer version',
      text('newer.json', JSON.stringify({ ...airy, formatVersion: 99 })),
      /“newer\.json”.*newer.*/s,
    ],
    ['foreign JSON', text('other.json', '{"a": [1, 2, 3]}'), /“other\.json”.*not.*Luminode/s],
    ['a bomb of brackets', text('deep.json', '['.repeat(200_000)), /“deep\.json” was not opened\. .+/s],
    [
      'hostile keys',
      text('hostile.json', JSON.stringify(airy).replace('"seed"', '"__proto__":{"polluted":1},"seed"')),
      /“hostile\.json” was (not )?opened.*__proto__/s,
    ],
    ['text called TIFF', text('notes.tif', 'These are not pixels.'), /“notes\.tif”.*image/s],
    ['an empty file', text('empty.npy', ''), /“empty\.npy” is empty/],
    [
      'a PNG of 30 000 × 30 000 pixels',
      {
        name: 'huge.png',
        bytes: buildPng({
          width: 30_000,
          height: 30_000,
          bitDepth: 16,
          colourType: 0,
          compressed: new Uint8Array(64),
        }),
      },
      /“huge\.png”.*30.000 . 30.000/s,
    ],
  ];
  test('a sentence says what is wrong with each, and the design stays', async ({ page, workbench }) => {
    const before = await editedPage(workbench);
    for (const [name, file, sentence] of cases) {
      await test.step(name, async () => {
        await workbench.openFiles(file);
        await expect(workbench.toasts.filter({ hasText: sentence })).toBeVisible();
        expect(await workbench.design()).toEqual(before);
        expect(await page.evaluate(() => ({}) as Record<string, unknown>)).toEqual({});
        expect(await page.evaluate(() => 'polluted' in {})).toBe(false);
        await expect(workbench.backendChip).toHaveText(/WebAssembly|WebGPU/);
      });
    }
  });
});

test('a loop in a file is named, and the rest works', async ({ page, workbench }) => {
  await editedPage(workbench);
  const nodes = ['planeWave', 'thinLens', 'propagator', 'camera'].map((type, i) => ({
    id: type,
    type,
    position: { x: 300 * i, y: 0 },
    params: {},
  }));
  const edges = [wire('thinLens', 'propagator'), wire('propagator', 'thinLens'), wire('planeWave', 'camera')];
  const looped = { ...airy, title: 'Looped', nodes, edges };
  await workbench.openFiles(text('loop.json', JSON.stringify(looped)));
  await expect(workbench.title).toHaveValue('Looped');
  await expect(workbench.problems).toContainText(/loop|circle|cycle/i);
  const { data } = await workbench.frame('camera');
  expect(Math.max(...data)).toBeGreaterThan(0);
  await expect(page.getByTestId('problems-button')).toHaveText(/\d problem/);
});

test('a missing wire is named at its node', async ({ page, workbench }) => {
  const before = await editedPage(workbench);
  const edges = before.edges.filter((edge) => edge.to.node !== 'camera');
  await workbench.openFiles(text('unwired.json', JSON.stringify({ ...before, title: 'Unwired', edges })));
  await expect(workbench.title).toHaveValue('Unwired');
  await expect(workbench.card('camera')).toContainText(/wire|connect/i);
  await expect(workbench.problems).toContainText(/wire|connect/i);
  // The problem leads to its node.
  await workbench.problems.getByRole('button').first().click();
  await expect(page.getByTestId('inspector').locator('code', { hasText: 'camera' })).toBeVisible();
});

test('nonsense typed into a field: a sentence, nothing lost, the value stays', async ({
  page,
  workbench,
}) => {
  const before = await editedPage(workbench);
  const field = await workbench.field('source.wavelength');
  const shown = await field.inputValue();
  const reason = page.getByTestId('inspector').getByRole('alert');
  for (const typed of ['NaN', 'twelve', '5 kg', '3 s', '1e999', '-5 µm', '0', '12 12 nm', '532 Nm']) {
    await test.step(typed, async () => {
      await field.click();
      await field.fill(typed);
      await field.press('Enter');
      // A sentence, not a word.
      await expect(reason).toHaveText(/\w+ \w+ .*\w/s);
      // What was typed is still there to be corrected.
      await expect(field).toHaveValue(typed);
      await expect(field).toHaveAttribute('aria-invalid', 'true');
      expect(await workbench.design()).toEqual(before);
      await field.press('Escape');
      await expect(field).toHaveValue(shown);
      await expect(reason).toBeHidden();
    });
  }
  await field.fill('');
  await field.press('Enter');
  await expect(reason).toHaveText(`Wavelength needs a value; Esc restores ${shown}.`);
  await field.press('Escape');
  expect(await workbench.design()).toEqual(before);
  await workbench.setField('source.wavelength', '0.45 um');
  const { nodes } = await workbench.design();
  expect(nodes.find(({ id }) => id === 'source')?.params['wavelength']).toBeCloseTo(450e-9, 15);
});

/** Keeps what alerts say, also those that are on screen for a moment only. */
async function collectAlerts(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const heard: string[] = [];
    const look = (): void => {
      for (const alert of document.querySelectorAll('[role="alert"]')) heard.push(alert.textContent ?? '');
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    Object.assign(window, { heardAlerts: heard });
  });
  return () => page.evaluate(() => (window as unknown as { heardAlerts: string[] }).heardAlerts.join('\n'));
}

function engineOf(page: Page) {
  const engine = page.workers().find((worker) => /engine/.test(worker.url()));
  if (engine === undefined) throw new Error('The page runs no engine worker.');
  return engine;
}

/** The design computed by a page that starts anew. */
async function freshCamera(workbench: Workbench) {
  const design = await workbench.design();
  await workbench.openSettled();
  await workbench.page.evaluate((given) => window.__luminode?.setDesign(given), design);
  return (await workbench.frame('camera')).data;
}

test('a worker that falls silent is noticed and replaced', async ({ page, workbench }) => {
  await editedPage(workbench);
  const alerts = await collectAlerts(page);
  const replaced = page.waitForEvent('worker', { timeout: 15_000 });
  // Without a word: no error event, no message; only the missing heartbeat tells.
  await engineOf(page).evaluate(() => {
    (globalThis as unknown as { close: () => void }).close();
  });
  await replaced;
  await workbench.settled();
  expect(await alerts()).toMatch(/did not answer.*restarts.*safe/s);
  await expect(page.getByRole('alert').filter({ hasText: /engine/i })).toBeHidden();
  await workbench.setField('pupil.numericalAperture', '0.31');
  const shown = await workbench.frame('camera');
  const { nodes } = await workbench.design();
  expect(nodes.find(({ id }) => id === 'pupil')?.params).toEqual({ numericalAperture: 0.31 });
  expect(shown.data).toEqual(await freshCamera(workbench));
});

test('a worker that fails is replaced, and the edit made meanwhile is shown', async ({
  page,
  workbench,
  complaints,
}) => {
  await editedPage(workbench);
  const alerts = await collectAlerts(page);
  const replaced = page.waitForEvent('worker', { timeout: 15_000 });
  await engineOf(page).evaluate(() => {
    setTimeout(() => {
      throw new Error('planted fault');
    }, 0);
  });
  await workbench.setField('pupil.numericalAperture', '0.32');
  await replaced;
  await workbench.settled();
  expect(await alerts()).toMatch(/planted fault.*restarts.*safe/s);
  const shown = await workbench.frame('camera');
  const { nodes } = await workbench.design();
  expect(nodes.find(({ id }) => id === 'pupil')?.params).toEqual({ numericalAperture: 0.32 });
  expect(shown.data).toEqual(await freshCamera(workbench));
  // The planted fault is all that the console may hold.
  expect(complaints.consoleErrors.filter((text) => !text.includes('planted fault'))).toEqual([]);
  complaints.consoleErrors.length = 0;
});

test('without WebGPU, choosing it says so, and WebAssembly goes on', async ({ baseURL }) => {
  const executablePath = process.env['LUMINODE_BROWSER'];
  if (executablePath === undefined) throw new Error('The configuration names no browser.');
  const browser = await chromium.launch({
    executablePath,
    args: ['--disable-features=WebGPU', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage(baseURL === undefined ? {} : { baseURL });
    const workbench = new Workbench(page);
    await workbench.openSettled();
    await expect(workbench.backendChip).toHaveText(/WebAssembly/);
    await workbench.setField('pupil.numericalAperture', '0.43');
    const before = await workbench.design();
    await workbench.chooseBackend('WebGPU');
    const banner = page.getByRole('alert').filter({ hasText: /WebGPU|graphics/i });
    await expect(banner).toBeVisible();
    await expect(banner).toHaveText(/WebGPU is not available|graphics/i);
    expect(await workbench.design()).toEqual(before);
    await workbench.chooseBackend('WebAssembly');
    await workbench.settled();
    await expect(workbench.backendChip).toHaveText(/WebAssembly/);
    await workbench.setField('pupil.numericalAperture', '0.5');
    expect(Math.max(...(await workbench.frame('camera')).data)).toBeGreaterThan(0);
  } finally {
    await browser.close();
  }
});
