/** New elements beside a selected one and in wires, quantities on cards, and fixes: by mouse and by keyboard. */
import type { Page } from '@playwright/test';
import { bench } from '../src/graph/examples/bench.ts';
import { expect, test } from './fixtures.ts';
import { paletteDrag, type Workbench } from './pages/workbench.ts';

async function wiresOf(workbench: Workbench): Promise<string[]> {
  const { edges } = await workbench.design();
  return edges.map(({ from, to }) => `${from.node} → ${to.node}`).sort();
}

async function insertByKey(page: Page, name: string): Promise<void> {
  await page.keyboard.press('a');
  await expect(page.getByTestId('insert-palette')).toBeVisible();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('insert-palette')).toBeHidden();
}

async function expectApart(workbench: Workbench): Promise<void> {
  const boxes = await workbench.cards.evaluateAll((cards) =>
    cards.map((card) => card.getBoundingClientRect().toJSON() as DOMRect),
  );
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1))
      expect(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top).toBe(true);
  }
}

test('a chain grows to the right by keys, wired; a wire takes an element in; each is one undo step', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.newDocument();
  for (const name of ['Gaussian beam', 'Thin lens', 'Camera']) await insertByKey(page, name);
  expect(await wiresOf(workbench)).toEqual(['gaussianBeam → thinLens', 'thinLens → camera']);
  const xs = (await workbench.design()).nodes.map(({ position }) => position.x);
  expect(xs).toEqual([...xs].sort((a, b) => a - b));
  // The camera came with the pixels of the grid, in the same step.
  const { grid, nodes } = await workbench.design();
  expect(nodes.find(({ id }) => id === 'camera')?.params).toMatchObject({
    pixelPitch: grid.pitch,
    columns: grid.samples,
    rows: grid.samples,
  });
  await expectApart(workbench);
  await page.getByTestId('undo').click();
  await expect(workbench.cards).toHaveCount(2);
  expect(await wiresOf(workbench)).toEqual(['gaussianBeam → thinLens']);
  await page.getByTestId('redo').click();

  // Into a wire that has the focus.
  await workbench.fitView();
  const wire = (await workbench.design()).edges.find(({ to }) => to.node === 'camera');
  await page.locator(`.react-flow__edge[data-id="${wire?.id}"]`).focus();
  await page.keyboard.press('Enter');
  await insertByKey(page, 'Free space');
  const through = ['gaussianBeam → thinLens', 'propagator → camera', 'thinLens → propagator'];
  expect(await wiresOf(workbench)).toEqual(through);
  await expectApart(workbench);
  await page.getByTestId('undo').click();
  await expect(workbench.cards).toHaveCount(3);
  expect(await wiresOf(workbench)).toEqual(['gaussianBeam → thinLens', 'thinLens → camera']);

  // By mouse: a click in the palette, with a card selected that has a wire behind it.
  await workbench.select('gaussianBeam');
  await page.getByTestId('palette-item-linearPolariser').click();
  expect(await wiresOf(workbench)).toEqual([
    'gaussianBeam → linearPolariser',
    'linearPolariser → thinLens',
    'thinLens → camera',
  ]);
  await expectApart(workbench);
});

test('an element dropped on a wire goes into it', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.clearSelection();
  const canvas = await page.locator('[data-graph]').boundingBox();
  const wire = (await workbench.design()).edges.find(({ to }) => to.node === 'pupil');
  const lamp = await page.getByTestId(`lamp-${wire?.id}`).boundingBox();
  if (canvas === null || lamp === null) throw new Error('The wire is not on screen.');
  await paletteDrag(workbench, 'thinLens', {
    x: (lamp.x + lamp.width / 2 - canvas.x) / canvas.width,
    y: (lamp.y + lamp.height / 2 - canvas.y) / canvas.height,
  });
  await expect(workbench.cards).toHaveCount(4);
  expect(await wiresOf(workbench)).toEqual(['pupil → camera', 'source → thinLens', 'thinLens → pupil']);
  await expectApart(workbench);
});

test('a click on a picture selects; its button and V change the quantity; a double click opens it', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  const picture = workbench.card('pupil').getByTestId('node-preview');
  const mode = workbench.card('pupil').getByTestId('preview-mode');
  await expect(mode).toHaveText('Phase');
  await picture.click();
  await expect(page.getByTestId('inspector').locator('code')).toHaveText('pupil');
  await expect(mode).toHaveText('Phase');
  await expect(page.getByLabel('Node shown')).not.toHaveValue('pupil');
  await page.keyboard.press('v');
  await expect(mode).toHaveText('Amplitude');
  await mode.click();
  await expect(mode).toHaveText('Intensity');
  await picture.dblclick();
  await expect(mode).toHaveText('Intensity');
  await expect(page.getByTestId('dock').locator('select').first()).toHaveValue('pupil');
});

test('two cameras have two names everywhere, and no id is read out', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.select('camera');
  await page.keyboard.press('Control+d');
  await expect(workbench.cards).toHaveCount(4);
  await expect(workbench.card('camera2').locator('header')).toContainText('Camera 2');
  await expect(page.locator('.react-flow__node[data-id="camera2"]')).toHaveAttribute(
    'aria-label',
    'Camera 2',
  );
  const options = page.getByTestId('dock').locator('select').first().locator('option');
  await expect(options.filter({ hasText: /^Camera 2$/ })).toHaveCount(1);
  await expect(workbench.problems).toContainText('Camera 2 has no input');
});

const coarse = bench(
  { title: 'Coarse', description: '' },
  { samples: 64, pitch: 100e-6 },
  [
    ['source', 'gaussianBeam', { waist: 1e-3 }, 0, 0],
    ['lens', 'thinLens', { focalLength: 0.8 }, 1, 0],
  ],
  ['source.out>lens.in'],
);

test('a fix is done from the card by one click, and by one key', async ({ page, workbench }) => {
  await workbench.openSettled();
  expect(await page.evaluate((design) => window.__luminode?.setDesign(design), coarse)).toBe(true);
  await workbench.settled();
  const before = await workbench.design();
  const fix = workbench.card('lens').getByTestId('card-fix');
  await fix.click();
  await expect.poll(async () => (await workbench.design()).grid).not.toEqual(before.grid);
  await page.getByTestId('undo').click();
  await workbench.settled();
  await expect(fix).toBeVisible();
  await page.locator('.react-flow__node[data-id="lens"]').focus();
  await page.keyboard.press('x');
  await expect.poll(async () => (await workbench.design()).grid).not.toEqual(before.grid);
});
