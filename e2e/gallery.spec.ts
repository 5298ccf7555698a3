import { examples } from '../src/graph/examples/index.ts';
import { expect, test } from './fixtures.ts';

test('the gallery runs every system and shows that its number holds', async ({ page, workbench }) => {
  await workbench.openSettled();
  await page.keyboard.press('e');
  const gallery = page.getByTestId('gallery');
  await expect(gallery).toBeVisible();
  const proofs = examples.filter(({ proof }) => proof !== null).length;
  await expect(gallery.locator('[data-proof="holds"]')).toHaveCount(proofs, { timeout: 60_000 });
  await expect(gallery.locator('[data-proof="fails"]')).toHaveCount(0);

  await page.getByTestId('gallery-search').fill('airy disc');
  await expect(gallery.getByTestId('example-airy')).toBeVisible();
  await expect(gallery.getByTestId('example-bead-stack')).toHaveCount(0);

  // By keyboard: from the search to the first card, and in.
  await page.getByTestId('gallery-search').fill('bead');
  await gallery.getByTestId('example-bead-stack').focus();
  await page.keyboard.press('Enter');
  await expect(workbench.title).toHaveValue('Bead stack');
});
