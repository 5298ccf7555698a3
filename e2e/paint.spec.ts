/** The brush: a painted target, with a modulator's phase that follows. */
import type { Design } from '../src/graph/document.ts';
import { decodeFloat32 } from '../src/graph/imageData.ts';
import { pixelOnPage } from './drag.ts';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';

const SIDE = 96;

function painting({ nodes, images }: Design): Float32Array {
  const id = nodes.find(({ id }) => id === 'goal')?.params['image'];
  const image = images[String(id)];
  if (image?.kind !== 'measured') throw new Error('Nothing is painted.');
  return decodeFloat32(image.data, image.shape[0] === SIDE ? SIDE * SIDE : Number.NaN);
}

const onPage = (workbench: Workbench, column: number, row: number) =>
  pixelOnPage(workbench.page, SIDE, { column, row });

test('a stroke by mouse and one by keys; the light follows; each is one step to undo', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.openExample('paint-the-light');
  await workbench.chooseBackend('WebAssembly');
  await workbench.settled();
  await page.getByTestId('dock-node').selectOption('camera');
  const start = await workbench.design();
  await page.getByTestId('dock-paint').click();
  await page.getByTestId('brush-clear').click();
  expect(painting(await workbench.design()).every((value) => value === 0)).toBe(true);
  const blank = await workbench.design();

  const [from, to] = [await onPage(workbench, 30, 30), await onPage(workbench, 66, 30)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  // The light comes while the button is still down: the line is a twelfth of the picture.
  await expect(page.getByTestId('status-following')).toBeVisible();
  await expect
    .poll(async () => {
      const wanted = painting(await workbench.design());
      const seen = await page.evaluate(() =>
        Array.from((window.__luminode?.frame('camera') as { data: ArrayLike<number> } | null)?.data ?? []),
      );
      const sum = (weight: (i: number) => number) =>
        seen.reduce((all, value, i) => all + weight(i) * value, 0);
      return sum((i) => ((wanted[i] ?? 0) > 0 ? 1 : 0)) / sum(() => 1);
    })
    .toBeGreaterThan(0.5);
  await page.mouse.up();
  await expect(page.getByTestId('status-following')).toBeHidden();
  const stroke = painting(await workbench.design());
  expect([stroke[30 * SIDE + 48], stroke[40 * SIDE + 48]]).toEqual([1, 0]);
  await page.keyboard.press('Control+z');
  expect(painting(await workbench.design())).toEqual(painting(blank));
  expect((await workbench.design()).nodes).toEqual(blank.nodes);

  // By keys: from the middle, five to the right with the space bar down.
  await page.getByTestId('brush-follow').click();
  await page.getByTestId('dock-image').locator('[role=application]').focus();
  await page.keyboard.press('Escape');
  await page.mouse.move(0, 0);
  await page.keyboard.press(',');
  await page.keyboard.down(' ');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.up(' ');
  const dab = painting(await workbench.design());
  const area = dab.reduce((sum, value) => sum + value, 0);
  // Six pixels across, five along: 6 × 5 + π 9, give or take the ramp of its edge.
  expect(area).toBeGreaterThan(50);
  expect(area).toBeLessThan(66);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  expect(painting(await workbench.design())).toEqual(painting(start));

  // A filled sheet is followed, too, in one step.
  await page.getByTestId('brush-follow').click();
  await page.getByTestId('brush-fill').click();
  const maps = async () => Object.keys((await workbench.design()).images).length;
  const before = Object.keys(start.images).length;
  await expect.poll(maps).toBe(before + 1);
  await page.keyboard.press('Control+z');
  expect(await maps()).toBe(before);
});
