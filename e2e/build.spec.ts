/** From the empty canvas to a focus, with nothing but the palette, wires and fields. */
import { expect, test } from './fixtures.ts';
import { paletteDrag, type Workbench } from './pages/workbench.ts';

const FOCAL_LENGTH = '50 mm';

async function setNumbers(workbench: Workbench, sourceWaist: string): Promise<void> {
  await workbench.chooseOption('grid.samples', '128');
  await workbench.setField('grid.pitch', '10 µm');
  await workbench.setField('gaussianBeam.waist', sourceWaist);
  await workbench.setField('thinLens.focalLength', FOCAL_LENGTH);
  await workbench.setField('propagator.distance', FOCAL_LENGTH);
  await workbench.setField('camera.pixelPitch', '10 µm');
  // A camera that was wired as it was dropped came with the pixels of the grid as it was then.
  await workbench.setField('camera.columns', '128');
  await workbench.setField('camera.rows', '128');
}

/** Column and row of the brightest pixel, and the share of the energy within `radius` pixels of the middle. */
function focusOf(data: readonly number[], [ny, nx]: readonly [number, number], radius: number) {
  const peak = data.indexOf(Math.max(...data));
  const middle = { x: Math.floor(nx / 2), y: Math.floor(ny / 2) };
  let [total, near] = [0, 0];
  data.forEach((value, i) => {
    total += value;
    if (Math.hypot((i % nx) - middle.x, Math.floor(i / nx) - middle.y) <= radius) near += value;
  });
  return { x: peak % nx, y: Math.floor(peak / nx), share: near / total };
}

async function expectFocus(workbench: Workbench): Promise<void> {
  const { data, shape } = await workbench.frame('camera');
  const focused = focusOf(data, shape, 3);
  expect([focused.x, focused.y]).toEqual([64, 64]);
  await workbench.select('thinLens');
  await workbench.page.keyboard.press('m');
  const without = await workbench.frame('camera');
  const plain = focusOf(without.data, without.shape, 3);
  await workbench.page.keyboard.press('m');
  await workbench.settled();
  // A waist of 250 µm becomes λf/(πw) = 34 µm: 3.4 pixels at 1/e², so 3 pixels hold 1 − exp(−2·(3/3.4)²) = 0.79.
  // Without the lens they hold 1 − exp(−2·(30/250)²) = 0.03.
  expect(focused.share).toBeGreaterThan(0.7);
  expect(plain.share).toBeLessThan(0.06);
}

const CHAIN = [
  [
    { node: 'gaussianBeam', port: 'out' },
    { node: 'thinLens', port: 'in' },
  ],
  [
    { node: 'thinLens', port: 'out' },
    { node: 'propagator', port: 'in' },
  ],
  [
    { node: 'propagator', port: 'out' },
    { node: 'camera', port: 'in' },
  ],
] as const;

async function expectChain(workbench: Workbench): Promise<void> {
  const { edges } = await workbench.design();
  const wires = edges.map(({ from, to }) => `${from.node}.${from.port} → ${to.node}.${to.port}`);
  expect(wires.sort()).toEqual(
    CHAIN.map(([from, to]) => `${from.node}.${from.port} → ${to.node}.${to.port}`).sort(),
  );
}

test('by mouse: drag elements in, drag wires, see a focus', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.newDocument();
  // Two rows of two: cards are about 240 × 300 at full size and must not cover each other's ports.
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await workbench.viewStill();
  const columns = [0.06, 0.29, 0.52, 0.75];
  for (const [i, type] of ['gaussianBeam', 'thinLens', 'propagator', 'camera'].entries()) {
    await paletteDrag(workbench, type, { x: columns[i] ?? 0, y: 0.12 });
  }
  await expect(workbench.cards).toHaveCount(4);
  await workbench.fitView();
  for (const [from, to] of CHAIN) await workbench.dragWire(from, to);
  await expectChain(workbench);
  await setNumbers(workbench, '250 µm');
  await expectFocus(workbench);
  await expect(page.getByTestId('problems-button')).toHaveText('No problems');
});

test('by keyboard alone: insert, wire, type, see a focus', async ({ page, workbench }) => {
  await workbench.openSettled();
  const { keyboard } = page;
  const command = async (name: string): Promise<void> => {
    await keyboard.press('Control+k');
    await expect(page.getByTestId('command-palette')).toBeVisible();
    await keyboard.type(name);
    await keyboard.press('Enter');
    await expect(page.getByTestId('command-palette')).toBeHidden();
  };
  await command('New document');
  await expect(workbench.cards).toHaveCount(0);
  for (const name of ['Gaussian beam', 'Thin lens', 'Free space', 'Camera']) {
    // Beside a selected element it would be wired to it.
    await keyboard.press('Escape');
    await keyboard.press('a');
    await expect(page.getByTestId('insert-palette')).toBeVisible();
    await keyboard.type(name);
    await keyboard.press('Enter');
    await expect(page.getByTestId('insert-palette')).toBeHidden();
  }
  await expect(workbench.cards).toHaveCount(4);
  await keyboard.press('f');
  // The element added last is selected; each wire is drawn backwards from the input of the selected element or
  // forwards from the focused one. Tab reaches cards in the order in which they were added.
  const focusCard = async (nodeId: string): Promise<void> => {
    const isThere = (): Promise<boolean> =>
      page.evaluate((id) => document.activeElement?.getAttribute('data-id') === id, nodeId);
    for (let presses = 0; presses < 120 && !(await isThere()); presses++) await keyboard.press('Tab');
    expect(await isThere(), `Tab reaches the card of ${nodeId}`).toBe(true);
  };
  for (const [from, to] of CHAIN) {
    await focusCard(from.node);
    await keyboard.press('Enter');
    await keyboard.press('c');
    const help = page.getByTestId('wire-help');
    await expect(help).toBeVisible();
    const titles: Record<string, string> = {
      thinLens: 'Thin lens',
      propagator: 'Free space',
      camera: 'Camera',
    };
    const wanted = help.locator('strong', { hasText: `${titles[to.node]}, input` });
    for (let presses = 0; presses < 6 && !(await wanted.isVisible()); presses++)
      await keyboard.press('ArrowRight');
    await expect(wanted).toBeVisible();
    await keyboard.press('Enter');
    await expect(help).toBeHidden();
  }
  await expectChain(workbench);
  // Fields are reached by Tab from the page's start; values are typed over.
  const typeInto = async (testId: string, text: string): Promise<void> => {
    const isThere = (): Promise<boolean> =>
      page.evaluate((id) => (document.activeElement as HTMLElement | null)?.dataset['testid'] === id, testId);
    for (let presses = 0; presses < 200 && !(await isThere()); presses++) await keyboard.press('Tab');
    expect(await isThere(), `Tab reaches ${testId}`).toBe(true);
    await keyboard.press('Control+a');
    await keyboard.type(text);
    await keyboard.press('Enter');
  };
  await typeInto('card-field-gaussianBeam.waist', '250 µm');
  await typeInto('card-field-thinLens.focalLength', FOCAL_LENGTH);
  await typeInto('card-field-propagator.distance', FOCAL_LENGTH);
  await typeInto('card-field-camera.pixelPitch', '10 µm');
  await keyboard.press('Escape');
  await typeInto('field-grid.pitch', '10 µm');
  await keyboard.press('Shift+Tab');
  await expect(page.getByTestId('field-grid.samples')).toBeFocused();
  await keyboard.type('128');
  await expect.poll(async () => (await workbench.design()).grid.samples).toBe(128);
  await expectFocus(workbench);
});

test('a wire that does not fit is refused, with the reason', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  const before = await workbench.design();
  await workbench.dragWire({ node: 'target', port: 'out' }, { node: 'pupil', port: 'in' }, false);
  // Beside the cursor, while the wire still hangs on it.
  await expect(page.getByTestId('connection-reason')).toContainText(/image/i);
  await page.mouse.up();
  expect((await workbench.design()).edges).toEqual(before.edges);
  // A loop: the camera's picture cannot come from what it feeds. The output of the pupil goes back to its own input.
  await workbench.dragWire(
    { node: 'interference', port: 'out' },
    { node: 'interference', port: 'scattered' },
  );
  expect((await workbench.design()).edges).toEqual(before.edges);
});

test('undo and redo walk the whole way back and forth', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.clearSelection();
  const documents = [await workbench.design()];
  const remember = async (): Promise<void> => {
    documents.push(await workbench.design());
  };
  await workbench.setField('pupil.numericalAperture', '0.7');
  await remember();
  await workbench.setField('source.wavelength', '633 nm');
  await remember();
  await page.getByTestId('palette-item-target').click();
  await remember();
  // Delete belongs to the graph, and the focus is still on the palette.
  await page.locator('.react-flow__node[data-id="target"]').focus();
  await page.keyboard.press('Delete');
  await expect(workbench.cards).toHaveCount(3);
  await remember();
  await workbench.select('pupil');
  await page.keyboard.press('Control+d');
  await remember();
  await workbench.title.fill('Another name');
  await workbench.title.press('Enter');
  await remember();
  const undo = page.getByTestId('undo');
  const redo = page.getByTestId('redo');
  for (let i = documents.length - 2; i >= 0; i--) {
    await undo.click();
    expect(await workbench.design(), `after undo to ${i}`).toEqual(documents[i]);
  }
  await expect(undo).toBeDisabled();
  for (let i = 1; i < documents.length; i++) {
    await redo.click();
    expect(await workbench.design(), `after redo to ${i}`).toEqual(documents[i]);
  }
  await expect(redo).toBeDisabled();
});

test('copy, paste, duplicate, delete and join the wires', async ({ page, context, workbench }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openSettled();
  await workbench.setField('pupil.numericalAperture', '0.6');
  await workbench.select('pupil');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+v');
  await expect(workbench.cards).toHaveCount(4);
  await workbench.select('pupil');
  await page.keyboard.press('Control+d');
  await expect(workbench.cards).toHaveCount(5);
  const { nodes } = await workbench.design();
  const pupils = nodes.filter(({ type }) => type === 'pupil');
  expect(pupils.map(({ params }) => params['numericalAperture'])).toEqual([0.6, 0.6, 0.6]);
  expect(new Set(pupils.map(({ id }) => id)).size).toBe(3);
  // The copies are selected one after the other and go again.
  await page.keyboard.press('Delete');
  await expect(workbench.cards).toHaveCount(4);
  await page.getByTestId('undo').click();
  await expect(workbench.cards).toHaveCount(5);
});

test('deleting with Ctrl joins the wires around the gap', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.newDocument();
  const place = { x: 0, y: 0 };
  const nodes = ['gaussianBeam', 'thinLens', 'propagator', 'camera'].map((type, i) => ({
    id: type,
    type,
    position: { ...place, x: 300 * i },
    params: {},
  }));
  const edges = CHAIN.map(([from, to]) => ({ id: `${from.node}-${to.node}`, from, to }));
  const design = { ...(await workbench.design()), nodes, edges };
  expect(await page.evaluate((given) => window.__luminode?.setDesign(given), design)).toBe(true);
  await workbench.settled();
  await workbench.fitView();
  await workbench.select('thinLens');
  await page.keyboard.press('Control+Delete');
  await expect(workbench.cards).toHaveCount(3);
  const joined = (await workbench.design()).edges.map(({ from, to }) => `${from.node} → ${to.node}`);
  expect(joined.sort()).toEqual(['gaussianBeam → propagator', 'propagator → camera']);
  await workbench.select('propagator');
  await page.keyboard.press('Delete');
  await expect(workbench.cards).toHaveCount(2);
  expect((await workbench.design()).edges).toEqual([]);
});
