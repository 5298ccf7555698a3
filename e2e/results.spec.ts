/** What a person sees of a fit: its buttons, its results and how long they hold, the way back to before it. */
import { expect, test } from './fixtures.ts';
import { centreOf } from './pages/workbench.ts';

test('results: a mark until seen, stale after an undo, fresh after a redo, there after a reload', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  // In place of the loss the results would come by themselves.
  await workbench.showTab('residual');
  await workbench.runFit();
  await expect(page.getByTestId('announcement')).toHaveText(/The fit ended after \d+ iterations, reduced χ²/);
  const tab = page.getByTestId('dock-tab-results');
  await expect(tab.getByRole('img', { name: 'new result' })).toBeVisible();
  const rows = await workbench.readResults();
  await expect(tab.getByRole('img', { name: 'new result' })).toHaveCount(0);
  const stale = page.getByTestId('results-stale');
  await expect(stale).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(stale).toHaveText(/belong to other values/);
  await page.keyboard.press('Control+y');
  await expect(stale).toHaveCount(0);
  await workbench.setField('sphere.radius', '0.6 µm');
  await expect(stale).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(stale).toHaveCount(0);

  await expect(page.getByTestId('status-saved')).toHaveText(/All changes kept/);
  await page.reload();
  await page.waitForFunction(() => window.__luminode !== undefined);
  expect(await workbench.readResults()).toEqual(rows);
  await expect(stale).toHaveCount(0);
  await workbench.setField('sphere.radius', '0.6 µm');
  await expect(page.getByTestId('status-saved')).toHaveText(/All changes kept/);
  await page.reload();
  await page.waitForFunction(() => window.__luminode !== undefined);
  expect(await workbench.readResults()).toEqual(rows);
  await expect(stale).toBeVisible();

  // With the table in front, no message lies over it.
  await workbench.settled();
  await workbench.runFit();
  await expect(stale).toHaveCount(0);
  await expect(page.getByTestId('toasts')).toHaveText('');
});

test('buttons of the fit tell what they do, also while they rest', async ({ page, workbench }) => {
  await workbench.openSettled();
  const hintOf = async (testId: string): Promise<void> => {
    const { x, y } = await centreOf(page.getByTestId(testId));
    await page.mouse.move(x, 300);
    await page.mouse.move(x, y, { steps: 6 });
  };
  for (const [testId, text] of [
    ['run-button', /Nothing is learnable yet/],
    ['step-button', /One step of the fit/],
    ['stop-button', /Stop the fit/],
    ['reset-button', /No fit has run yet: there is nothing to reset to/],
  ] as const) {
    await hintOf(testId);
    await expect(page.getByRole('tooltip')).toHaveText(text);
  }
  await workbench.openExample('bead-stack');
  await workbench.settled();
  // The quick method may be over before the pointer has come to the button.
  await workbench.chooseOption('fit.method', 'adam');
  await workbench.setField('fit.maxIterations', '5000');
  await workbench.runButton.click();
  await hintOf('pause-button');
  await expect(page.getByRole('tooltip')).toHaveText(/Pause the fit/);
  await expect(page.getByTestId('run-progress')).toHaveText(/^(Starting…|Search|Iteration)/);
  await expect(page.getByTestId('dock-tab-loss')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByTestId('status-pace')).toHaveText(/steps\/s/);
  await page.getByTestId('stop-button').click();
  await expect.poll(async () => (await workbench.fitState()).status).toBe('idle');
});

test('a reset after a reload goes back to what the kept fit started from, and is one undo step', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  const reset = page.getByTestId('reset-button');
  await expect(reset).toBeDisabled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  await workbench.runFit();
  const starts = (await workbench.fitState()).result?.parameters ?? [];
  const radius = starts.find(({ path }) => path === 'sphere.radius');
  expect(radius).toBeDefined();
  // In place of the loss, the results come by themselves.
  await expect(page.getByTestId('dock-tab-results')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByTestId('results-verdict')).toHaveText('The fit converged.');
  await expect(page.getByTestId('status-saved')).toHaveText(/All changes kept/);
  await page.reload();
  await page.waitForFunction(() => window.__luminode !== undefined);
  await workbench.settled();
  await expect(reset).toBeEnabled();
  await reset.click();
  const current = async (): Promise<unknown> =>
    (await workbench.design()).nodes.find(({ id }) => id === 'sphere')?.params['radius'];
  expect(await current()).toBe(radius?.start);
  await reset.click();
  await page.keyboard.press('Control+z');
  expect(await current()).toBe(radius?.value);
  await expect(page.getByTestId('undo')).toBeDisabled();
});
