/** A measured target that lies otherwise than the model: found, dragged, and moved by keys. */
import { SeededRandom } from '../src/optics/maths/random.ts';
import { AS_IT_IS, registered } from '../src/optics/maths/registration.ts';
import { pixelOnPage } from './drag.ts';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';
import { npyFile } from './twins.ts';

async function registration(workbench: Workbench) {
  const { nodes } = await workbench.design();
  const { image: _, ...params } = nodes.find(({ id }) => id === 'goal')?.params ?? {};
  return params;
}

test('a mirrored, turned and shifted picture is found back, then moved by mouse and keys', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.openExample('paint-the-light');
  await workbench.chooseBackend('WebAssembly');
  await workbench.settled();
  const { data, shape } = await workbench.frame('camera');
  const moved = registered(
    { shape, data: Float64Array.from(data), mask: null },
    { ...AS_IT_IS, flip: 'x', turn: '90', shiftX: 3, shiftY: -2 },
  );
  const file = npyFile('otherwise.npy', { shape, data: Float32Array.from(moved.data) });
  await workbench.uploadTarget('goal', file);
  await page.getByTestId('import-goal.register').click();
  // The way back of a mirror and a turn is the same mirror and turn; the shift goes back through both.
  await expect.poll(() => registration(workbench)).toMatchObject({ flip: 'x', turn: '90' });
  const found = await registration(workbench);
  const [foundX, foundY] = [Number(found['shiftX']), Number(found['shiftY'])];
  // Interpolated pixels tell their place to a thirtieth of one (src/optics/analysis/alignment.test.ts).
  expect(Math.hypot(foundX + 2, foundY - 3)).toBeLessThan(0.03);
  await expect(
    workbench.toasts.filter({ hasText: 'The target fits best flipped left to right' }),
  ).toBeVisible();

  await page.getByTestId('dock-node').selectOption('camera');
  await page.getByTestId('dock-register').click();
  const picture = page.getByTestId('dock-image');
  await picture.locator('[role=application]').focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('.');
  const byKeys = await registration(workbench);
  expect(Number(byKeys['shiftX'])).toBeCloseTo(foundX + 10, 2);
  expect(Number(byKeys['shiftY'])).toBeCloseTo(foundY - 0.1, 2);
  expect(Number((await registration(workbench))['angle'])).toBeCloseTo(Math.PI / 360, 9);
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
  expect(await registration(workbench)).toEqual(found);

  const from = await pixelOnPage(page, 96, { column: 47.5, row: 47.5 });
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 6 * from.zoom, from.y, { steps: 4 });
  await page.mouse.up();
  const dragged = await registration(workbench);
  expect(Number(dragged['shiftX'])).toBeCloseTo(4, 0);
  expect(Number(dragged['shiftY'])).toBeCloseTo(foundY, 2);
  await page.keyboard.press('Control+z');
  expect(await registration(workbench)).toEqual(found);

  // A picture that has nothing in common with the model: its best place means nothing, and is not taken unasked.
  const random = new SeededRandom(1);
  const noise = { shape, data: Float32Array.from(data, () => random.uniform()) };
  await workbench.uploadTarget('goal', npyFile('noise.npy', noise));
  const kept = await registration(workbench);
  await page.getByTestId('import-goal.register').click();
  const weak = page.getByTestId('import-goal.weak');
  await expect(weak).toContainText('was left where it is');
  expect(await registration(workbench)).toEqual(kept);
  await weak.getByRole('button').click();
  await expect(weak).toHaveCount(0);
  expect(await registration(workbench)).not.toEqual(kept);
});
