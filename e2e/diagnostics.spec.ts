/** Settings → Diagnostics: a measurement in an engine of its own, by the keyboard alone. */
import { expect, test } from './fixtures.ts';

test('a measurement is cancelled, made and copied without touching the document', async ({
  page,
  context,
  workbench,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openSettled();
  const before = await workbench.design();
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('diagnostics');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Diagnostics' });
  await expect(dialog).toContainText(/WebGPU|WebAssembly/);

  await expect(dialog.getByTestId('diagnostics-start')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('progressbar')).toBeVisible();
  // The focus stays where it was pressed.
  await expect(dialog.getByTestId('diagnostics-cancel')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByTestId('diagnostics-start')).toBeFocused();
  await page.keyboard.press('Enter');
  const timings = dialog.getByTestId('diagnostics-timings');
  await expect(timings).toBeVisible({ timeout: 60_000 });
  await expect(dialog).toContainText('Passed');
  await dialog.getByTestId('diagnostics-copy').press('Enter');
  await expect(dialog.getByTestId('diagnostics-copy')).toHaveText('Copied');
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
    page: { version: string };
    engine: { backend: string; rows: { milliseconds: number }[] };
  };
  expect(copied.page.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(copied.engine.rows).toHaveLength(await timings.locator('tbody tr').count());
  for (const { milliseconds } of copied.engine.rows) expect(milliseconds).toBeGreaterThan(0);

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await workbench.design()).toEqual(before);
  await expect(page.getByTestId('undo')).toBeDisabled();
});
