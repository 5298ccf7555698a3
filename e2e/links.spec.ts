/** Values that follow others: typed with =, completed, refused in words, dragged along, unlinked. */

import { registry } from '../src/graph/catalogue.ts';
import { getAt } from '../src/graph/paths.ts';
import { expect, test } from './fixtures.ts';

test('a second lens follows the first; a drag of one moves both, and is one step to undo', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.openExample('abbe-porter');
  const at = async (path: string) => Number(getAt(await workbench.design(), registry, path));
  const field = await workbench.field('lens2.focalLength');

  await field.click();
  await page.keyboard.type('=lens1.focalLength + 5');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('a length cannot be added to a number');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('=2*first');
  await expect(page.getByRole('listbox', { name: 'Names' }).getByRole('option').first()).toContainText(
    'lens1.focalLength',
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(field).toHaveValue('=2*lens1.focalLength');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('200');
  expect((await workbench.design()).links).toEqual({ 'lens2.focalLength': '2*lens1.focalLength' });
  await expect(page.getByTestId('chain-lens2.focalLength')).toBeVisible();
  await expect(page.getByTestId('card-chain-lens2.focalLength')).toBeVisible();
  await expect(page.getByTestId('learn-lens2.focalLength')).toBeHidden();

  const first = await workbench.field('lens1.focalLength');
  const box = await first.boundingBox();
  if (box === null) throw new Error('There is no field.');
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 50, box.y + 10, { steps: 3 });
  await page.mouse.up();
  const dragged = await at('lens1.focalLength');
  expect(dragged).toBeGreaterThan(0.11);
  expect(await at('lens2.focalLength')).toBe(2 * dragged);
  await expect(page.getByTestId('card-field-lens2.focalLength')).not.toHaveValue('200');
  await page.keyboard.press('ControlOrMeta+z');
  expect([await at('lens1.focalLength'), await at('lens2.focalLength')]).toEqual([0.1, 0.2]);

  await workbench.field('lens2.focalLength');
  await page.getByTestId('chain-lens2.focalLength').click();
  await page.getByRole('menuitem', { name: /Unlink/ }).click();
  await expect(page.getByTestId('chain-lens2.focalLength')).toBeHidden();
  expect((await workbench.design()).links).toBeUndefined();
  expect(await at('lens2.focalLength')).toBe(0.2);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(page.getByTestId('chain-lens2.focalLength')).toBeVisible();
});
