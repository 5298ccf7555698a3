import { expect, test } from './fixtures.ts';

test('a map is painted, filled and learned, and what was learned is one undo step', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('three-way-splitter');
  await workbench.select('mask');
  const phase = async () => (await workbench.design()).nodes.find(({ id }) => id === 'mask')?.params['phase'];

  // By keyboard: a value, and all cells get it.
  const value = page.getByTestId('brush-mask.phase');
  await value.click();
  await value.fill('0.5');
  await value.press('Enter');
  await page.getByRole('button', { name: 'Fill' }).click();
  await expect.poll(phase).toBe(0.5);

  await page.getByTestId('map-mask.phase').click();
  await expect.poll(async () => typeof (await phase())).toBe('string');

  await workbench.chooseOption('mask.phase', 'random');
  await expect.poll(async () => typeof (await phase())).toBe('object');
  const images = async () => Object.keys((await workbench.design()).images).length;
  const before = await images();
  await workbench.runFit();
  await expect.poll(async () => typeof (await phase())).toBe('string');
  expect(await images()).toBe(before + 1);
  await page.keyboard.press('Control+z');
  await expect.poll(async () => typeof (await phase())).toBe('object');

  // A map beside numbers has errors: beside it, of the whole wavefront, and of the numbers.
  await workbench.openExample('free-pupil');
  await workbench.runFit();
  await page.getByTestId('dock-tab-results').click();
  await expect(page.getByTestId('results-wavefront')).toContainText(
    /± [\d.]+ nm RMS .* Strehl ratio [\d.]+ ± /,
  );
  await expect(page.locator('[data-path="pupil.zernike.6"]')).toContainText('±');
  await expect(page.getByTestId('results-maps').getByRole('img')).toHaveCount(3);
  const error = page.locator('[data-figure="map.phase:sigma"]');
  await expect(error.getByRole('img')).toHaveAccessibleName(
    /^± of rest of the phase: Phase, 0 to [\d.]+ rad$/,
  );
  const saved = page.waitForEvent('download');
  await error.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'NPY' }).press('Enter');
  expect((await saved).suggestedFilename()).toContain('± of rest of the phase');
  const table = page.waitForEvent('download');
  await page.getByTestId('results-terms').press('Enter');
  expect((await table).suggestedFilename()).toBe('Free pupil from a bead stack - Zernike terms.csv');
});
