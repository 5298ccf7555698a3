/**
 * The ring that is dragged while the optics follow. Delay of a move: from its event (`timeStamp`) to the first picture on
 * screen that has followed this place of the ring, or a later one, by at least a step.
 */
import type { Design } from '../src/graph/document.ts';
import { delaysOf, percentile, pixelOnPage, type Recording, startRecording, stopRecording } from './drag.ts';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';
import { shareOfACore } from './processor.ts';

const PITCH = 0.2e-6;
const PIXELS = 128;

interface Place {
  readonly x: number;
  readonly y: number;
}

async function ring(workbench: Workbench): Promise<Place> {
  const { nodes } = await workbench.design();
  const goal = nodes.find(({ id }) => id === 'goal');
  const [spot] = (goal?.params['spots'] ?? []) as unknown as readonly Place[];
  if (spot === undefined) throw new Error('There is no ring.');
  return spot;
}

async function terms(workbench: Workbench): Promise<Readonly<Record<string, number>>> {
  const { nodes } = await workbench.design();
  return nodes.find(({ id }) => id === 'pupil')?.params['zernike'] as Readonly<Record<string, number>>;
}

/** Place of the ring (metres) on the page: pixel N/2 is at the origin. */
const onPage = (workbench: Workbench, { x, y }: Place) =>
  pixelOnPage(workbench.page, PIXELS, { column: x / PITCH + PIXELS / 2, row: y / PITCH + PIXELS / 2 });

/** Middle of the brightest pixel and its neighbours, metres. */
async function light(workbench: Workbench): Promise<Place> {
  const { data } = await workbench.frame('camera');
  const most = data.reduce((best, value, i) => (value > (data[best] ?? 0) ? i : best), 0);
  let [sum, x, y] = [0, 0, 0];
  for (let dy = -3; dy <= 3; dy++) {
    for (let dx = -3; dx <= 3; dx++) {
      const value = data[most + dy * PIXELS + dx] ?? 0;
      sum += value;
      x += value * ((most % PIXELS) + dx);
      y += value * (Math.floor(most / PIXELS) + dy);
    }
  }
  return { x: (x / sum - PIXELS / 2) * PITCH, y: (y / sum - PIXELS / 2) * PITCH };
}

const between = (a: Place, b: Place): number => Math.hypot(a.x - b.x, a.y - b.y);

async function opened(workbench: Workbench): Promise<void> {
  await workbench.open();
  await workbench.openExample('drag-the-ring');
  await workbench.chooseBackend('WebAssembly');
  await workbench.settled();
}

test('a ring is dragged and the light follows, one step to undo; Escape takes all back; keys do the same', async ({
  page,
  workbench,
}) => {
  await opened(workbench);
  const [start, startTerms] = [await ring(workbench), await terms(workbench)];
  const from = await onPage(workbench, start);
  const following = page.getByTestId('status-following');

  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 20 * from.zoom, from.y + 10 * from.zoom, { steps: 5 });
  await expect(following).toBeVisible();
  // While the pointer holds the ring, the light comes.
  await expect.poll(async () => between(await light(workbench), await ring(workbench))).toBeLessThan(PITCH);
  await page.keyboard.press('Escape');
  await expect(following).toBeHidden();
  await page.mouse.up();
  expect(await ring(workbench)).toEqual(start);
  expect(await terms(workbench)).toEqual(startTerms);
  await workbench.settled();
  // Out of focus its brightest pixels are some way off its middle, but not where the ring was.
  expect(between(await light(workbench), { x: 0, y: 0 })).toBeLessThan(6 * PITCH);

  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 60 * from.zoom, from.y + 30 * from.zoom, { steps: 8 });
  await page.mouse.up();
  await expect(page.getByTestId('announcement')).toContainText(/The light is within .* of where you want it/);
  const [there, found] = [await ring(workbench), await terms(workbench)];
  expect(there.x / PITCH).toBeCloseTo(start.x / PITCH - 60, 0);
  // Tilts of x NA/2 in metres RMS, to a tenth of a pixel.
  expect(Math.abs((found['2'] ?? 0) - (there.x * 0.5) / 2)).toBeLessThan(0.025 * PITCH);
  expect(Math.abs((found['3'] ?? 0) - (there.y * 0.5) / 2)).toBeLessThan(0.025 * PITCH);
  await workbench.settled();
  expect(between(await light(workbench), there)).toBeLessThan(0.2 * PITCH);
  // One step for the ring and its optics.
  await page.keyboard.press('Control+z');
  expect(await ring(workbench)).toEqual(start);
  expect(await terms(workbench)).toEqual(startTerms);

  await page.getByTestId('dock-image').locator('[role=application]').focus();
  // The ring is still the chosen one.
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('ArrowUp');
  const byKeys = await ring(workbench);
  expect(byKeys.x / PITCH).toBeCloseTo(start.x / PITCH - 20, 6);
  expect(byKeys.y / PITCH).toBeCloseTo(start.y / PITCH - 1, 6);
  await expect.poll(async () => (await terms(workbench))['2'] ?? 0).toBeCloseTo((byKeys.x * 0.5) / 2, 8);

  // Switched off, the ring moves alone.
  await page.keyboard.press('t');
  const held = await terms(workbench);
  await page.keyboard.press('ArrowRight');
  await workbench.settled();
  await expect(following).toBeHidden();
  expect(await terms(workbench)).toEqual(held);
  await page.keyboard.press('t');

  // Outside the picture it stands at the rim, where a key takes it in; its place is spoken and the light follows.
  await page.evaluate(() => {
    const design = structuredClone(window.__luminode?.design()) as Design;
    for (const { id, params } of design.nodes)
      if (id === 'goal') Object.assign(params, { spots: [{ x: 40e-6, y: 0 }] });
    window.__luminode?.setDesign(design);
  });
  await workbench.settled();
  const picture = () => workbench.card('camera').locator('canvas').screenshot();
  const unmoved = await picture();
  const spoken = page.getByTestId('dock-image').locator('[aria-live=polite]');
  await page.getByTestId('dock-image').locator('[role=application]').focus();
  // It may still be the chosen one.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(spoken).toContainText(/x 40\sµm, y 0\sµm, outside the picture/);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(spoken).toContainText(/x 10.6\sµm, y 0\sµm/);
  await expect.poll(async () => (await terms(workbench))['2'] ?? 0).toBeCloseTo((53 * PITCH * 0.5) / 2, 8);
  await expect(following).toBeHidden();
  // B shows what was there before.
  expect((await picture()).equals(unmoved)).toBe(false);
  await page.keyboard.down('b');
  await expect.poll(async () => (await picture()).equals(unmoved)).toBe(true);
  await page.keyboard.up('b');

  // A run brings the light to it, and tells how far each term may be off.
  await workbench.runFit();
  await workbench.readResults();
  const tilt = page.locator('tr[data-path="pupil.zernike.2"] [data-column="tolerance"]');
  await expect(tilt).toHaveText(/^± \d/);
  await expect(page.getByTestId('results-tolerance')).toContainText('each value alone');

  // Light that is slow is drafted on half its grid while the ring is held, and refined when it is let go.
  await page.evaluate(() => {
    const design = structuredClone(window.__luminode?.design()) as Design;
    // From the middle: nearer to the rim a step too long takes the light out of the picture, where none tells the way back.
    for (const { id, params } of design.nodes) {
      if (id === 'goal') Object.assign(params, { spots: [{ x: 0, y: 0 }] });
      if (id === 'pupil')
        Object.assign(params, { zernike: { ...(params['zernike'] as object), 2: 0, 3: 0 } });
    }
    window.__luminode?.setDesign({ ...design, grid: { samples: 1536, pitch: 0.8e-6 } });
  });
  await workbench.showTab('image');
  await workbench.settled();
  // Where the guesses of a drag are right after a slope or two, the light is never found to be slow: another drag, then.
  let drags = 0;
  await expect(async () => {
    await page.mouse.up();
    await expect(following).toBeHidden();
    const slow = await onPage(workbench, await ring(workbench));
    await page.mouse.move(slow.x, slow.y);
    await page.mouse.down();
    const side = drags++ % 2 === 0 ? -1 : 1;
    await page.mouse.move(slow.x + side * 30 * slow.zoom, slow.y + side * 7 * slow.zoom, { steps: 3 });
    await expect(page.getByTestId('status-following-draft')).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 60_000 });
  await page.mouse.up();
  await expect(following).toBeHidden();
  const refined = await ring(workbench);
  expect(Math.abs(((await terms(workbench))['2'] ?? 0) - (refined.x * 0.5) / 2)).toBeLessThan(0.025 * PITCH);
});

const SECONDS = 1.5;
const ROUNDS = 2;
/** Other work only ever adds to a delay, so the first series within the limits is enough; a slow page passes none. */
const SERIES = 3;

/** Takes the ring round a circle, at the pace of a mouse and without waiting for the page; returns steps per second. */
async function dragAround(workbench: Workbench, seconds: number): Promise<number> {
  const { page } = workbench;
  const from = await onPage(workbench, await ring(workbench));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const session = await page.context().newCDPSession(page);
  const sent: Promise<unknown>[] = [];
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    const angle = (2 * Math.PI * (performance.now() - began)) / 2000;
    const x = from.x + 25 * from.zoom * (Math.cos(angle) - 1);
    const y = from.y + 25 * from.zoom * Math.sin(angle);
    sent.push(
      session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y, button: 'left', buttons: 1 }),
    );
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await Promise.all(sent);
  await session.detach();
  const pace = await page.getByTestId('status-following-pace').textContent();
  await page.mouse.up();
  return Number(/[\d.]+/.exec(pace ?? '')?.[0] ?? 0);
}

/** Milliseconds from pointer to pixel in the middle, and steps per second. */
const LIMITS = { median: 60, steps: 20 };

interface Series {
  readonly steps: number;
  readonly pictures: number;
  readonly delays: readonly number[];
  /** What a process that always has something to do got of a core meanwhile. */
  readonly share: number;
}

async function measuredDrags(workbench: Workbench): Promise<Series> {
  const [recordings, shares, paces]: [Recording[], number[], number[]] = [[], [shareOfACore()], []];
  for (let round = 0; round < ROUNDS; round++) {
    await startRecording(workbench.page, 'camera', 'pointermove');
    paces.push(await dragAround(workbench, SECONDS));
    await expect(workbench.page.getByTestId('status-following')).toBeHidden();
    recordings.push(await stopRecording(workbench.page));
    shares.push(shareOfACore());
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const pictures = recordings.reduce((sum, { paints }) => sum + paints.length, 0) / (ROUNDS * SECONDS);
  return { steps: mean(paces), pictures, delays: recordings.flatMap(delaysOf), share: mean(shares) };
}

/** What such a share of a core allows: the page, its engine and the browser wait for their turns one after the other. */
function limitsOf({ share }: Series): typeof LIMITS {
  return { median: LIMITS.median * (1 + 2 * (1 / share - 1)), steps: LIMITS.steps * share };
}

function withinLimits(series: Series): boolean {
  const { median, steps } = limitsOf(series);
  return percentile(series.delays, 0.5) <= median && series.steps >= steps;
}

test('the optics follow the ring at 20 steps per second with pointer to pixel below 60 ms', {
  tag: '@alone',
}, async ({ page, workbench }) => {
  await opened(workbench);
  await dragAround(workbench, 0.5);
  await expect(page.getByTestId('status-following')).toBeHidden();
  let series = await measuredDrags(workbench);
  let count = 1;
  for (; count < SERIES && !withinLimits(series); count++) series = await measuredDrags(workbench);
  const { delays, pictures, share, steps } = series;
  const [median, late] = [percentile(delays, 0.5), percentile(delays, 0.95)];
  test.info().annotations.push({
    type: 'speed',
    description: `series ${count}: ${steps.toFixed(0)} steps and ${pictures.toFixed(1)} pictures per second, pointer to pixel median ${median.toFixed(0)} ms, 95th percentile ${late.toFixed(0)} ms, with ${(100 * share).toFixed(0)} % of a core`,
  });
  expect(delays.length).toBeGreaterThan(10);
  expect(median).toBeLessThanOrEqual(limitsOf(series).median);
  expect(steps).toBeGreaterThanOrEqual(limitsOf(series).steps);
  // It has come all the way round with the ring.
  expect(between(await light(workbench), await ring(workbench))).toBeLessThan(0.2 * PITCH);
});
