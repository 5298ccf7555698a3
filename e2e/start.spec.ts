import { expect, test } from './fixtures.ts';

test('a live system is on screen within 3 s of navigation', { tag: '@alone' }, async ({
  page,
  workbench,
}) => {
  const began = Date.now();
  await page.goto('/?test');
  await page.waitForFunction(() => window.__luminode?.frame('camera') != null, undefined, { polling: 'raf' });
  // Both clocks: the page's own since navigation began, and this process's, which includes the way to the page.
  const inPage = await page.evaluate(() => performance.now());
  const elapsed = Date.now() - began;
  const { data, shape } = await workbench.frame('camera');
  expect(shape[0] * shape[1]).toBe(data.length);
  expect(data.every(Number.isFinite)).toBe(true);
  expect(Math.max(...data)).toBeGreaterThan(100 * Math.abs(Math.min(...data)));
  test.info().annotations.push({ type: 'first picture', description: `${inPage.toFixed(0)} ms in the page` });
  expect(inPage).toBeLessThan(3000);
  expect(elapsed).toBeLessThan(3000);
});

test('the page is isolated, names its backend and shows what the example holds', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(workbench.backendChip).toHaveText(/WebGPU|WebAssembly/);
  const threads = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 4));
  await workbench.backendChip.hover();
  await expect(page.getByRole('tooltip')).toContainText(
    new RegExp(`WebGPU on |WebAssembly with ${threads} thread`),
  );
  await expect(workbench.title).toHaveValue('Airy disc');
  await expect(workbench.cards).toHaveCount(3);
  await expect(page.getByTestId('problems-button')).toHaveText('No problems');
  await expect(page).toHaveTitle(/Luminode/);
  // Dark or light as the system likes it, until somebody chooses.
  const theme = page.locator('html');
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(theme).toHaveAttribute('data-theme', 'light');
  await page.getByTestId('settings-menu').click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await expect(theme).toHaveAttribute('data-theme', 'dark');
});

test('without the headers of isolation everything works, on one thread, and the engine says why', async ({
  page,
  workbench,
}) => {
  await page.route('/?test', async (route) => {
    const response = await route.fetch();
    const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-'));
    await route.fulfill({ response, headers: Object.fromEntries(headers) });
  });
  await workbench.openSettled();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  const { data } = await workbench.frame('camera');
  expect(Math.max(...data)).toBeGreaterThan(0);
  await workbench.backendChip.hover();
  await expect(page.getByRole('tooltip')).toContainText(/WebGPU on |the page is not cross-origin isolated/);
});

test.describe('in a small window', () => {
  test.use({ viewport: { width: 1024, height: 640 } });

  test('everything needed is inside the window and works', async ({ page, workbench }) => {
    await workbench.openSettled();
    const ids = [
      'file-menu',
      'examples-menu',
      'run-button',
      'settings-menu',
      'unfold-palette',
      'document-panel',
    ];
    for (const id of [...ids, 'dock-tab-image', 'dock-tab-analysis', 'status-backend', 'status-saved']) {
      const box = await page.getByTestId(id).boundingBox();
      if (box === null) throw new Error(`“${id}” is not on screen.`);
      expect(box.x, id).toBeGreaterThanOrEqual(0);
      expect(box.y, id).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, id).toBeLessThanOrEqual(1024);
      expect(box.y + box.height, id).toBeLessThanOrEqual(640);
    }
    const overflow = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth, scrollHeight];
    });
    // One pixel: the text for screen readers at the end of the page.
    expect(overflow[0]).toBeLessThanOrEqual(1025);
    expect(overflow[1]).toBeLessThanOrEqual(641);
    const before = await workbench.frame('camera');
    await workbench.setField('pupil.numericalAperture', '0.4');
    const after = await workbench.frame('camera');
    expect(Math.max(...after.data)).not.toBe(Math.max(...before.data));
  });

  test('nothing lies on anything: title, way back, bar of the zoom', async ({ page, workbench }) => {
    await workbench.openSettled();
    await workbench.openExample('sphere-hologram');
    const boxOf = async (id: string) => {
      const box = await page.getByTestId(id).boundingBox();
      if (box === null) throw new Error(`“${id}” is not on screen.`);
      return { ...box, right: box.x + box.width, bottom: box.y + box.height };
    };
    expect((await boxOf('offer')).x).toBeGreaterThanOrEqual((await boxOf('dock-tab-analysis')).right);
    await expect(page.getByTestId('toast-action')).toHaveText(/Go back to/);
    await workbench.title.fill('A title that is much too long for the room between the buttons of the bar');
    // The gap of the bar's columns.
    expect((await boxOf('document-title')).x).toBeGreaterThanOrEqual((await boxOf('redo')).right + 8);
    expect((await boxOf('document-title')).right).toBeLessThanOrEqual((await boxOf('run-button')).x - 8);
    await workbench.title.press('Escape');
    const bar = page.locator('[data-zoom-bar]');
    const covered = async (): Promise<number> => {
      const lies = await bar.boundingBox();
      const cards = await workbench.cards.evaluateAll((all) =>
        all.map((card) => card.getBoundingClientRect().toJSON() as DOMRect),
      );
      if (lies === null || cards.length === 0) return -1;
      return cards.filter(
        ({ left, right, top, bottom }) =>
          left < lies.x + lies.width && right > lies.x && top < lies.y + lies.height && bottom > lies.y,
      ).length;
    };
    for (const id of ['sphere-hologram', 'bead-stack', 'airy']) {
      await workbench.openExample(id);
      await expect.poll(covered, id).toBe(0);
    }
  });
});
