/** A page that is reloaded in the middle of a fit goes on with it, and ends where it would have ended. */
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';

/** Steps by hand before the reload. */
const STEPS = 3;

async function prepare(workbench: Workbench): Promise<void> {
  await workbench.chooseOption('fit.method', 'lbfgs');
  await workbench.setField('fit.maxIterations', '8');
  await workbench.page.getByTestId('field-fit.coarseSearch').click();
}

/** Step of the fit that the browser keeps; -1 where it keeps none. */
async function keptStep(workbench: Workbench): Promise<number> {
  return workbench.page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const request = indexedDB.open('luminode');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const all = request.result.transaction('snapshots').objectStore('snapshots').getAll();
          all.onerror = () => reject(all.error);
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result[0]?.iteration ?? -1);
          };
        };
      }),
  );
}

async function values(workbench: Workbench): Promise<readonly number[]> {
  const { result } = await workbench.fitState();
  return result?.parameters.map(({ value }) => value) ?? [];
}

test('a reload in the middle of a fit: it goes on from its step and ends where it would have', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  await prepare(workbench);
  for (let step = 1; step <= STEPS; step++) {
    await page.getByTestId('step-button').click();
    await expect.poll(async () => (await workbench.fitState()).iteration).toBe(step);
  }
  await expect.poll(() => keptStep(workbench)).toBe(STEPS);
  await page.reload();
  await page.waitForFunction(() => window.__luminode !== undefined);
  await workbench.settled();
  const offer = page.getByRole('button', { name: `Go on with the fit (step ${STEPS})` });
  await expect(offer.first()).toBeVisible();
  await page.keyboard.press('Shift+G');
  await workbench.fitEnded();
  expect((await workbench.fitState()).result?.iterations).toBe(8);
  await expect(page.getByTestId('dock-tab-results')).toHaveAttribute('aria-selected', 'true');
  const interrupted = await values(workbench);
  expect(await keptStep(workbench)).toBe(-1);

  await page.getByTestId('reset-button').click();
  await workbench.settled();
  // The settings came back with the fit.
  await workbench.runFit();
  expect((await workbench.fitState()).result?.iterations).toBe(8);
  const whole = await values(workbench);
  expect(whole).toHaveLength(interrupted.length);
  // The same steps on the same backend; 1e-6 is what is promised.
  whole.forEach((value, i) => {
    expect(Math.abs((interrupted[i] ?? 0) / value - 1)).toBeLessThan(1e-6);
  });
});
