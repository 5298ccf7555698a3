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

test('charts follow the design, and go with the reason when it has an error', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.showTab('analysis');
  await page.getByRole('toolbar', { name: 'Chart' }).getByRole('button', { name: 'Heatmap' }).click();
  const chart = page.getByTestId('analysis-chart');
  const heatmap = chart.locator('.heatmaplayer image');
  await expect(heatmap).toBeVisible();
  const middleOfChart = (): Promise<readonly number[]> =>
    chart.evaluate((element) => {
      const { z } = (element as unknown as { data: readonly [{ z: readonly Float32Array[] }] }).data[0];
      return Array.from(z[Math.floor(z.length / 2)] ?? []);
    });
  const before = await middleOfChart();

  // A wider spot: without a further click the chart is that of the new picture.
  await workbench.setField('pupil.numericalAperture', '0.2');
  const { data, shape } = await workbench.frame('camera');
  const start = Math.floor(shape[0] / 2) * shape[1];
  const middle = data.slice(start, start + shape[1]);
  expect(middle).not.toEqual(before);
  await expect.poll(middleOfChart).toEqual(middle);

  const wire = (await workbench.design()).edges.find(({ to }) => to.node === 'pupil');
  await page.locator(`.react-flow__edge[data-id="${wire?.id}"]`).focus();
  await page.keyboard.press('Delete');
  await expect(heatmap).toHaveCount(0);
  const dock = page.getByTestId('dock');
  await expect(dock.getByText('No picture: “Pupil” has an error.')).toBeVisible();
  await workbench.showTab('profile');
  await expect(page.getByTestId('dock-profile')).toContainText('No picture: “Pupil” has an error.');
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('dock-profile')).not.toContainText('No picture');
});
