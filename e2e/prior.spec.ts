/** What is known of a value before a fit: typed beside it, part of the result, one step to take back. */
import { expect, test } from './fixtures.ts';

test('a prior is typed with the keyboard, weighs in the fit and is told in the results', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  await workbench.clearSelection();
  const field = page.getByTestId('prior-sphere.refractiveIndex');
  await field.focus();
  await page.keyboard.type('1.59 ± nonsense');
  await page.keyboard.press('Enter');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await expect(field).toHaveValue('');
  await field.focus();
  await page.keyboard.type('1.59 ± 0.002');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('1.5900 ± 0.0020');
  expect((await workbench.design()).priors).toEqual({
    'sphere.refractiveIndex': { mean: 1.59, sigma: 0.002 },
  });
  await workbench.runFit();
  const { result } = await workbench.fitState();
  const share = result?.parameters.find(({ path }) => path === 'sphere.refractiveIndex')?.prior?.share ?? 0;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(1);
  await workbench.readResults();
  await expect(page.locator('tr[data-path="sphere.refractiveIndex"]')).toContainText(
    `prior ${Math.round(100 * share)} %`,
  );
  // The fit is one step, the prior another.
  await page.getByTestId('undo').click();
  await page.getByTestId('undo').click();
  expect((await workbench.design()).priors).toBeUndefined();

  // What the image contradicts is no good result, though the fit converged.
  await workbench.clearSelection();
  await field.focus();
  await page.keyboard.type('1.5 ± 0.0005');
  await page.keyboard.press('Enter');
  await workbench.runFit();
  await workbench.showTab('results');
  await expect(page.getByTestId('results-verdict')).toContainText('contradicts what was known before');
});
