/** Spheres on the picture that they make: dragged, added, taken back, and the same in the inspector's table. */
import { pixelOnPage } from './drag.ts';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';

const NODE = 'spheres';

interface Row {
  readonly x: number;
  readonly y: number;
}

async function rows(workbench: Workbench): Promise<readonly Row[]> {
  const { nodes } = await workbench.design();
  return nodes.find(({ id }) => id === NODE)?.params['particles'] as unknown as readonly Row[];
}

/** Place of a sphere of the picture (112 pixels of 0.1 µm) on the page: pixel 56 is at the origin. */
const onPage = (workbench: Workbench, { x, y }: Row) =>
  pixelOnPage(workbench.page, 112, { column: x / 0.1e-6 + 56, row: y / 0.1e-6 + 56 });

test('spheres are dragged on their hologram, added and taken back; the table follows', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.openExample('several-spheres');
  await workbench.settled();
  const before = await rows(workbench);
  const [first] = before;
  if (first === undefined) throw new Error('There are no spheres.');
  const frame = await workbench.frame('camera');

  const from = await onPage(workbench, first);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 5 * from.zoom, from.y, { steps: 3 });
  await page.mouse.move(from.x + 10 * from.zoom, from.y - 4 * from.zoom, { steps: 3 });
  await page.mouse.up();
  const after = await rows(workbench);
  // Ten pixels to the right and four up, to the pixel of the screen.
  expect(((after[0]?.x ?? 0) - first.x) / 0.1e-6).toBeCloseTo(10, 0);
  expect(((after[0]?.y ?? 0) - first.y) / 0.1e-6).toBeCloseTo(-4, 0);
  expect(after.slice(1)).toEqual(before.slice(1));
  await workbench.settled();
  const moved = await workbench.frame('camera');
  const change = moved.data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (frame.data[i] ?? 0))),
    0,
  );
  expect(change).toBeGreaterThan(0.3);

  // The table shows the same number, in micrometres.
  await workbench.card(NODE).click({ position: { x: 60, y: 14 } });
  const field = page.getByTestId('field-spheres.particles.0.x');
  await expect(field).toHaveValue(/^-?[\d.]+$/);
  expect(Number(await field.inputValue())).toBeCloseTo((after[0]?.x ?? 0) * 1e6, 2);

  // One undo entry for the whole drag.
  await page.getByTestId('dock-image').locator('[role=application]').focus();
  await page.keyboard.press('Control+z');
  expect(await rows(workbench)).toEqual(before);

  const empty = await onPage(workbench, { x: 3.5e-6, y: 4.5e-6 });
  await page.mouse.dblclick(empty.x, empty.y);
  await expect.poll(async () => (await rows(workbench)).length).toBe(4);
  await page.keyboard.press('Delete');
  await expect.poll(async () => (await rows(workbench)).length).toBe(3);
});

test('“Find spheres” fills a table that has too few rows, as one undo step, and says how many', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.chooseBackend('WebAssembly');
  await workbench.openExample('overlapping-spheres');
  await workbench.settled();
  await workbench.select(NODE);
  await page.getByTestId(`row-${NODE}.particles.1`).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect.poll(async () => (await rows(workbench)).length).toBe(1);
  const before = await rows(workbench);

  await page.getByTestId('find-spheres').click();
  const said = page.getByTestId('find-spheres-result');
  // Two in an image with noise of 1 %; where they are is tested beside the search.
  await expect(said).toContainText(
    /^2 spheres found, of whose rings the model explains (9\d|100) %, (9\d|100) %\.$/,
    {
      timeout: 60_000,
    },
  );
  const found = await rows(workbench);
  expect(found).toHaveLength(2);
  // True places; they are found to a few nanometres, and a pixel is 100 nm.
  for (const [x, y] of [
    [-0.9e-6, -0.35e-6],
    [0.95e-6, 0.4e-6],
  ] as const)
    expect(Math.min(...found.map((row) => Math.hypot(row.x - x, row.y - y)))).toBeLessThan(0.05e-6);
  const { learn } = await workbench.design();
  expect(learn.filter((path) => path.startsWith(`${NODE}.`))).toHaveLength(10);
  await workbench.settled();
  await test.info().attach('found', { body: await page.screenshot(), contentType: 'image/png' });

  await page.getByTestId('dock-image').locator('[role=application]').focus();
  await page.keyboard.press('Control+z');
  expect(await rows(workbench)).toEqual(before);
});

/** Milliseconds from a move of the pointer to the picture with it, median of a series; a free machine takes about half. */
const LATEST = 100;
const SERIES = 3;

declare global {
  interface Window {
    __delays?: number[];
  }
}

/** Each move waits for its picture, as the eye of who drags does; the page then has nothing to catch up with. */
async function delaysOfDrag(workbench: Workbench, from: { x: number; y: number }): Promise<number[]> {
  const { page } = workbench;
  await page.evaluate(() => {
    window.__delays = [];
  });
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let i = 1; i <= 20; i++) {
    await page.mouse.move(from.x + 20 * Math.sin(i / 3), from.y + 10 * Math.sin(i / 4));
    await page.waitForFunction((count) => (window.__delays?.length ?? 0) >= count, i);
  }
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await workbench.settled();
  return page.evaluate(() => window.__delays ?? []);
}

test('the hologram follows a dragged sphere within 100 ms', { tag: '@alone' }, async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.chooseBackend('WebAssembly');
  await workbench.openExample('several-spheres');
  await workbench.settled();
  const [first] = await rows(workbench);
  if (first === undefined) throw new Error('There are no spheres.');
  const from = await onPage(workbench, first);
  await page.evaluate(() => {
    const hook = window.__luminode;
    if (hook === undefined) throw new Error('The page has no test hook.');
    let moved: { time: number; revision: number } | null = null;
    // While it is captured, the event has not changed the document yet.
    const onMove = ({ buttons, timeStamp }: PointerEvent): void => {
      if (buttons !== 0) moved ??= { time: timeStamp, revision: hook.revisions().document };
    };
    // Moves are heard as early as the browser tells them, where it does.
    for (const type of ['pointerrawupdate', 'pointermove'] as const)
      window.addEventListener(type, onMove as EventListener, true);
    // The canvas draws in the frame after publication; a message posted in it arrives when it was painted.
    hook.onFrame('camera', () =>
      requestAnimationFrame(() => {
        const { shown } = hook.revisions();
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
          if (moved === null || shown <= moved.revision) return;
          window.__delays?.push(performance.now() - moved.time);
          moved = null;
        };
        channel.port2.postMessage(null);
      }),
    );
  });
  let best = Number.POSITIVE_INFINITY;
  for (let series = 0; series < SERIES && best > LATEST; series++) {
    const delays = (await delaysOfDrag(workbench, from)).toSorted((a, b) => a - b);
    best = Math.min(best, delays[Math.floor(delays.length / 2)] ?? Number.POSITIVE_INFINITY);
  }
  test.info().annotations.push({ type: 'speed', description: `median ${best.toFixed(0)} ms` });
  expect(best).toBeLessThanOrEqual(LATEST);
  // Escape took every drag back.
  expect((await rows(workbench))[0]).toEqual(first);
});
