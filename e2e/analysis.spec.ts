/** Numbers of a design: analysis nodes, what is on a wire, fixes at one click and the check with larger grids. */
import { expect, test } from './fixtures.ts';

test('tells numbers, what is on a wire, how to fix the sampling, and whether it has converged', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('mtf-bench');
  await workbench.settled();

  // The contrast of a perfect round pupil at half its cut-off is 0.3910; 4e-3 for its sampling.
  const card = page.getByTestId('readouts-analysis');
  await expect(card).toContainText(/MTF x\s*0\.39/);
  await page.getByTestId('analysis-plot').dblclick();
  await expect(page.getByTestId('readings-table').getByRole('row')).toHaveCount(7);
  await expect(page.getByTestId('analysis-chart').locator('.main-svg').first()).toBeVisible();

  await test.step('wires', async () => {
    const lamp = page.getByTestId('lamp-pupil-camera');
    await expect(lamp).toHaveAttribute('data-level', 'good');
    await lamp.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByTestId('wire-panel');
    await expect(panel).toContainText('Light in a pupil');
    await expect(panel).toContainText('532\u202fnm');
    await expect(page.getByTestId('wire-health')).toContainText('Well sampled');
  });

  await test.step('fixes', async () => {
    await workbench.clearSelection();
    await page.getByTestId('field-grid.samples').selectOption('32');
    await page.getByTestId('issue-fix').first().click();
    await expect.poll(async () => (await workbench.design()).grid.samples).toBeGreaterThanOrEqual(128);
    await page.keyboard.press('Control+z');
    expect((await workbench.design()).grid.samples).toBe(32);
    await page.keyboard.press('Control+z');
    expect((await workbench.design()).grid.samples).toBe(128);
  });

  await test.step('convergence', async () => {
    await workbench.select('camera');
    await page.getByTestId('convergence-check').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('convergence-verdict')).toContainText(/onverged/);
    await expect(page.getByTestId('convergence')).toContainText('256 samples');
  });
});
