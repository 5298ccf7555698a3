/** What makes the workbench bearable: ways back, honest results, things in sight, keys for everything. */
import { expect, test } from './fixtures.ts';
import { centreOf, type Workbench } from './pages/workbench.ts';

async function apertureOf(workbench: Workbench): Promise<unknown> {
  const { nodes } = await workbench.design();
  return nodes.find(({ id }) => id === 'pupil')?.params['numericalAperture'];
}

test.describe('a way back', () => {
  test('an example opened by mistake: button, key and menu bring the document back with its history', async ({
    page,
    workbench,
  }) => {
    await workbench.openSettled();
    await workbench.setField('pupil.numericalAperture', '0.41');
    await workbench.openExample('bead-stack');
    await expect(workbench.title).toHaveValue('Bead stack');
    await page.getByTestId('toast-action').click();
    await expect(workbench.title).toHaveValue('Airy disc');
    expect(await apertureOf(workbench)).toBe(0.41);
    // The history came back too.
    await page.keyboard.press('Control+z');
    expect(await apertureOf(workbench)).toBeUndefined();
    await page.keyboard.press('Control+y');
    expect(await apertureOf(workbench)).toBe(0.41);

    await workbench.newDocument();
    await page.keyboard.press('u');
    expect(await apertureOf(workbench)).toBe(0.41);
    // Undo right after opening means the opening.
    await workbench.openExample('sphere-hologram');
    await expect(page.getByTestId('toast-action')).toBeVisible();
    await page.keyboard.press('Control+z');
    expect(await apertureOf(workbench)).toBe(0.41);
    await page.getByTestId('file-menu').click();
    await page.getByTestId('file-back').click();
    await expect(workbench.title).toHaveValue('Sphere hologram');
  });

  test('documents of this browser are listed and open with what was in them', async ({ page, workbench }) => {
    await workbench.openSettled();
    await workbench.setField('pupil.numericalAperture', '0.42');
    // At once: the last edit must not be lost.
    await workbench.newDocument();
    await expect(page.getByTestId('status-saved')).toHaveText(/All changes kept/);
    await page.reload();
    await page.waitForFunction(() => window.__luminode !== undefined);
    await page.getByTestId('file-menu').press('Enter');
    const entry = page.getByTestId('file-recent').filter({ hasText: 'Airy disc' });
    await expect(entry).toBeVisible();
    await entry.press('Enter');
    await expect(workbench.title).toHaveValue('Airy disc');
    expect(await apertureOf(workbench)).toBe(0.42);
  });
});

test('the rings of a spot are seen, and the toolbar says how; holograms stay linear', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await expect(page.getByTestId('dock-scaling')).toHaveText('log scale');
  await expect(workbench.card('camera').getByText('log scale')).toBeVisible();
  await workbench.frame('camera');
  // Pixels of the preview that are clearly not black: the spot alone would fill a hundredth.
  const lit = await workbench
    .card('camera')
    .locator('canvas')
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: new Uint8ClampedArray(),
      };
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 0) + (data[i + 2] ?? 0) > 60) count++;
      return count / (data.length / 4);
    });
  expect(lit).toBeGreaterThan(0.2);
  await page.getByRole('button', { name: 'Colours, Logarithmic' }).click();
  await page.getByRole('menuitemradio', { name: 'Linear' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dock-scaling')).toHaveCount(0);
  for (const id of ['sphere-hologram', 'bead-stack']) {
    await workbench.openExample(id);
    await workbench.frame('camera');
    await expect(page.getByTestId('dock-scaling')).toHaveCount(0);
  }
});

test.describe('in a common small window', () => {
  test.use({ viewport: { width: 1280, height: 720 } });

  test('elements added by key are in sight, cover nothing, and tidy rows them up', async ({
    page,
    workbench,
  }) => {
    await workbench.openSettled();
    await workbench.newDocument();
    const canvas = await page.locator('[data-graph]').boundingBox();
    if (canvas === null) throw new Error('The canvas is not on screen.');
    const names = ['Gaussian beam', 'Thin lens', 'Free space', 'Camera', 'Pupil'];
    for (const name of names) {
      // Beside a selected card it would be wired to it.
      await page.keyboard.press('Escape');
      await page.keyboard.press('a');
      await expect(page.getByTestId('insert-palette')).toBeVisible();
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
      const card = page.locator('.react-flow__node.selected');
      await expect(card).toHaveAttribute('aria-label', name);
      await expect
        .poll(async () => {
          const box = await card.boundingBox();
          return (
            box !== null &&
            box.x >= canvas.x &&
            box.y >= canvas.y &&
            box.x + box.width <= canvas.x + canvas.width &&
            box.y + box.height <= canvas.y + canvas.height
          );
        })
        .toBe(true);
    }
    const expectApart = async (): Promise<void> => {
      const boxes = await workbench.cards.evaluateAll((cards) =>
        cards.map((card) => card.getBoundingClientRect().toJSON() as DOMRect),
      );
      expect(boxes).toHaveLength(names.length);
      for (const [i, a] of boxes.entries()) {
        for (const b of boxes.slice(i + 1)) {
          const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
          expect(apart).toBe(true);
        }
      }
    };
    await expectApart();
    await workbench.tidy();
    await expectApart();
    // Five cards without a wire: rows, not one pile.
    const tops = new Set((await workbench.design()).nodes.map(({ position }) => position.y));
    expect(tops.size).toBeLessThanOrEqual(2);
  });

  test('the way back stands beside the tabs, waits for the pointer, and can be closed', async ({
    page,
    workbench,
  }) => {
    await page.clock.install();
    await workbench.openSettled();
    await workbench.openExample('sphere-hologram');
    const offer = page.getByTestId('offer');
    const box = await offer.boundingBox();
    const dock = await page.getByTestId('dock').boundingBox();
    if (box === null || dock === null) throw new Error('The message is not on screen.');
    expect(box.y).toBeGreaterThan(dock.y);
    expect(box.x).toBeGreaterThan(dock.x + dock.width / 2);
    expect(box.x + box.width).toBeLessThanOrEqual(dock.x + dock.width);
    // In the line of the tabs: no picture, field or table is covered.
    const tab = await page.getByTestId('dock-tab-analysis').boundingBox();
    expect(box.y + box.height).toBeLessThanOrEqual((tab?.y ?? 0) + (tab?.height ?? 0));
    expect(box.x).toBeGreaterThan((tab?.x ?? 0) + (tab?.width ?? 0));
    const action = page.getByTestId('toast-action');
    await action.hover();
    // Longer than an offer stays by itself.
    await page.clock.fastForward(11_000);
    await expect(action).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(action).toHaveCount(0);
  });
});

test('a wire of the wrong type says so in readable letters, before and after it is let go', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.dragWire({ node: 'camera', port: 'out' }, { node: 'pupil', port: 'in' }, false);
  const reason = page.getByTestId('connection-reason');
  await expect(reason).toHaveText(/Pupil.* takes .*, but Camera.* gives an image/);
  await expect(reason).not.toHaveText(/loop/);
  // The letters keep their size at every zoom.
  const height = await reason.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return (range.getClientRects()[1] ?? range.getBoundingClientRect()).height;
  });
  expect(height).toBeGreaterThan(11);
  await page.mouse.up();
  await expect(workbench.toasts).toContainText(/gives an image/);
});

test('without a camera the page notes that nothing is detected', async ({ page, workbench }) => {
  await workbench.openSettled();
  await expect(page.getByTestId('problems-button')).toHaveText('No problems');
  await workbench.clearSelection();
  await page.locator('.react-flow__node[data-id="camera"]').focus();
  await page.keyboard.press('Delete');
  await expect(workbench.cards).toHaveCount(2);
  const button = page.getByTestId('problems-button');
  await expect(button).toHaveText('1 note');
  await button.click();
  await expect(workbench.problems).toContainText('Nothing is detected');
  await expect(workbench.problems).toContainText('Add a camera');
  await page.keyboard.press('Control+z');
  await expect(button).toHaveText('No problems');
});

test('keys: skip link, one stop for the elements, folded panels, layouts', async ({ page, workbench }) => {
  await workbench.openSettled();
  const { keyboard } = page;
  await keyboard.press('Tab');
  await expect(page.getByTestId('skip-to-graph')).toBeFocused();
  await keyboard.press('Enter');
  await expect(page.locator('.react-flow__node').first()).toBeFocused();

  await page.getByTestId('palette-search').focus();
  await keyboard.press('Tab');
  await expect(page.getByTestId('palette-item-planeWave')).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(page.getByTestId('palette-item-gaussianBeam')).toBeFocused();
  await expect(page.getByRole('tooltip')).toContainText('Gaussian beam');
  await keyboard.press('End');
  await expect(page.locator('[data-testid^="palette-item-"]').last()).toBeFocused();
  await keyboard.press('Tab');
  const inPalette = await page.evaluate(() => document.activeElement?.closest('nav') !== null);
  expect(inPalette).toBe(false);

  const width = async (): Promise<number> => (await page.locator('[data-graph]').boundingBox())?.width ?? 0;
  const open = await width();
  await keyboard.press('[');
  await keyboard.press(']');
  await expect(page.getByTestId('inspector')).toHaveCount(0);
  await expect(page.getByTestId('palette-search')).toHaveCount(0);
  await expect.poll(width).toBeGreaterThan(open + 400);
  // Folded, the elements are still there, and named.
  await expect(page.getByRole('button', { name: 'Thin lens', exact: true })).toBeVisible();
  await page.getByTestId('unfold-inspector').click();
  await page.getByTestId('unfold-palette').click();
  await expect(page.getByTestId('inspector')).toBeVisible();
  await expect(page.getByTestId('palette-search')).toBeVisible();

  const dockHeight = async (): Promise<number> => (await page.getByTestId('dock').boundingBox())?.height ?? 0;
  await workbench.clearSelection();
  await keyboard.press('3');
  await expect.poll(dockHeight).toBeGreaterThan(550);
  await keyboard.press('2');
  await expect(page.getByTestId('dock-tab-residual')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByTestId('inspector')).toBeVisible();
  await keyboard.press('1');
  await expect(page.getByTestId('palette-search')).toBeVisible();
  await expect.poll(dockHeight).toBeLessThan(450);
});

test('the sheet of all keys is seen as a whole', async ({ page, workbench }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await workbench.open();
  await page.getByTestId('shortcuts-button').click();
  await expect(page.getByTestId('shortcut-sheet')).toBeVisible();
  const hidden = await page
    .getByRole('dialog')
    .evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight);
  expect(hidden).toBe(0);
});

test('a window made smaller shows the whole graph again, unless the view was moved', async ({
  page,
  workbench,
}) => {
  const outside = async (): Promise<number> =>
    workbench.cards.evaluateAll((cards) => {
      const graph = document.querySelector('[data-graph]')?.getBoundingClientRect() ?? new DOMRect();
      return cards.filter((card) => {
        const { left, right, top, bottom } = card.getBoundingClientRect();
        return left < graph.left || right > graph.right || top < graph.top || bottom > graph.bottom;
      }).length;
    });
  await page.setViewportSize({ width: 1440, height: 900 });
  await workbench.openSettled();
  await workbench.openExample('bead-stack');
  await workbench.settled();
  await expect.poll(outside).toBe(0);
  const dockHeight = async (): Promise<number> => (await page.getByTestId('dock').boundingBox())?.height ?? 0;
  // A chart beside numbers gets the height that it is useless without.
  await page.setViewportSize({ width: 1280, height: 800 });
  await workbench.showTab('analysis');
  await expect.poll(dockHeight).toBeGreaterThan(400);
  await workbench.showTab('image');
  await expect.poll(dockHeight).toBeLessThan(330);
  await page.setViewportSize({ width: 1024, height: 640 });
  await expect.poll(outside).toBe(0);
  // The elements fold, and the views leave the graph most of the height, but for those that need it.
  await expect(page.getByTestId('unfold-palette')).toBeVisible();
  await expect.poll(dockHeight).toBeLessThan(240);
  await workbench.showTab('residual');
  await expect.poll(dockHeight).toBeGreaterThan(320);
  const picture = page.getByTestId('residual-target').locator('canvas');
  await expect.poll(async () => (await picture.boundingBox())?.height ?? 0).toBeGreaterThan(200);
  await workbench.showTab('image');
  await expect.poll(dockHeight).toBeLessThan(240);
  // From the side: the bead's image is longer along z than along x, and the keys move the sections.
  await page.getByTestId('dock-section').click();
  await expect.poll(dockHeight).toBeGreaterThan(320);
  const sections = page.getByTestId('dock-sections');
  await expect(sections).toContainText('x–z at y =');
  await page.getByTestId('dock-image').locator('[role=application]').focus();
  await page.keyboard.press('ArrowDown');
  await expect(sections).toContainText('y = 100');
  await expect(page.getByTestId('section-x').locator('figcaption')).toContainText('48 × 25 pixels');
  await page.getByTestId('dock-section').click();
  await expect(sections).toHaveCount(0);
  await expect.poll(outside).toBe(0);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(outside).toBeGreaterThan(0);
  await page.setViewportSize({ width: 1000, height: 620 });
  await page.waitForTimeout(600);
  expect(await outside()).toBeGreaterThan(0);
});

test('the problem list does not move the page; two pictures have two names', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.clearSelection();
  await page.locator('.react-flow__node[data-id="camera"]').focus();
  await page.keyboard.press('Delete');
  await page.getByTestId('problems-button').click();
  await expect(workbench.problems).toBeVisible();
  // The list is scrolled to 50 ms after the click.
  await page.waitForTimeout(200);
  expect(await page.evaluate(() => document.documentElement.scrollTop + document.body.scrollTop)).toBe(0);
  await page.keyboard.press('Control+z');
  await workbench.frame('camera');
  const names: string[] = [];
  for (const testId of ['export-png', 'export-png-plain']) {
    await page.getByTestId('dock-export').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(testId).click()]);
    names.push(download.suggestedFilename());
  }
  expect(names).toEqual(['Airy disc - Camera.png', 'Airy disc - Camera - picture only.png']);
});

test('what waits for a failing element says so, and keeps no old picture', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.frame('camera');
  const waiting = workbench.card('camera').getByRole('img', { name: 'This element waits for' });
  await expect(waiting).toHaveCount(0);
  // Without its wire the pupil has no light to shape.
  const wire = (await workbench.design()).edges.find(({ to }) => to.node === 'pupil');
  await page.locator(`.react-flow__edge[data-id="${wire?.id}"]`).focus();
  await page.keyboard.press('Delete');
  await workbench.settled();
  await expect(workbench.card('camera').getByRole('img', { name: 'waits for “Pupil”' })).toBeVisible();
  await expect(page.getByTestId('dock-image')).toContainText('No picture: “Pupil” has an error.');
});

test('scrubbing with Ctrl gives round numbers', async ({ page, workbench }) => {
  await workbench.openSettled();
  const field = await workbench.field('pupil.numericalAperture');
  const { x, y } = await centreOf(field);
  await page.keyboard.down('Control');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 37, y, { steps: 8 });
  await page.mouse.up();
  await page.keyboard.up('Control');
  const aperture = Number(await apertureOf(workbench));
  expect(aperture).toBeLessThan(0.5);
  // Steps of 0.05 (five arrow steps of the range 0 to 1.5); float64 leaves 1e-16 of the division.
  expect(Math.abs(aperture / 0.05 - Math.round(aperture / 0.05))).toBeLessThan(1e-9);
});
