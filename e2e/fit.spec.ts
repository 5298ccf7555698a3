/** Fits of the two examples with a simulated target: what a person sees of them, and whether the numbers are right. */
import type { Design } from '../src/graph/document.ts';
import { beadStack } from '../src/graph/examples/beadStack.ts';
import { sphereHologram } from '../src/graph/examples/sphereHologram.ts';
import { expect, test } from './fixtures.ts';
import { type ResultRow, UNITS, type Workbench } from './pages/workbench.ts';

function inSi(row: ResultRow, wavelength: number): { value: number; sigma: number } {
  const factor = row.unit === 'waves' ? wavelength : UNITS[row.unit];
  if (factor === undefined) throw new Error(`The table has the unknown unit “${row.unit}”.`);
  return { value: row.value * factor, sigma: row.sigma * factor };
}

function truthOf(design: Design): Readonly<Record<string, unknown>> {
  const image = design.images['simulated'];
  if (image?.kind !== 'simulated') throw new Error('The example has no simulated target.');
  return image.truth;
}

async function expectUndoOnce(workbench: Workbench, start: unknown, fitted: unknown): Promise<void> {
  await workbench.page.getByTestId('undo').click();
  expect((await workbench.design()).nodes).toEqual(start);
  await workbench.page.getByTestId('redo').click();
  expect((await workbench.design()).nodes).toEqual(fitted);
}

test('sphere-hologram: loss falls, table within 4 sigma of the truth, one undo entry', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  const start = (await workbench.design()).nodes;
  const before = await workbench.frame('camera');
  await workbench.runFit();
  const { history, result } = await workbench.fitState();
  expect(history.length).toBeGreaterThan(2);
  expect(result?.loss.end).toBeLessThan(0.5 * (result?.loss.start ?? 0));
  expect(result?.converged).toBe(true);
  // 96² pixels with the noise of the truth: the reduced chi-square scatters by sqrt(2 / 9216) = 0.015.
  expect(result?.reducedChiSquare).toBeGreaterThan(0.9);
  expect(result?.reducedChiSquare).toBeLessThan(1.1);

  const rows = await workbench.readResults();
  expect([...rows.keys()].sort()).toEqual([...sphereHologram.learn].sort());
  const truth = truthOf(sphereHologram);
  for (const [path, row] of rows) {
    const { value, sigma } = inSi(row, 532e-9);
    const wanted = Number(truth[path]);
    expect(sigma, `${path} has an error bar`).toBeGreaterThan(0);
    // Half a unit in the table's last digit comes on top of the noise; sigma has two digits, so 5 % of it.
    expect(Math.abs(value - wanted), `${path}: ${value} ± ${sigma}, truth ${wanted}`).toBeLessThan(
      4.1 * sigma,
    );
    expect(row.note).toBe('');
  }
  await expect(page.getByTestId('results-held')).toHaveText(
    'Held: wavelength 532 nm, medium index 1.33, numerical aperture 1.2, pixel pitch 0.1 µm',
  );
  const correlation = page.getByTestId('results-correlation');
  await correlation.locator('[data-cell="1-0"]').focus();
  for (const key of ['Down', 'Down', 'Down', 'Right', 'Right', 'Right'])
    await page.keyboard.press(`Arrow${key}`);
  // Both say how much the sphere scatters.
  const pair = /Sphere: Radius and Sphere: Index: −(0\.[5-9]\d)$/;
  await expect(page.getByTestId('results-correlation-pair')).toHaveText(pair);
  await expect(correlation.locator(':focus')).toHaveAccessibleName(pair);
  await expect(correlation.locator(':focus')).toHaveText(
    (result?.correlation?.matrix[4]?.[3] ?? 0).toFixed(2).replace('-', '−'),
  );
  // What is only read out must not make the dock scroll.
  const dock = page.getByRole('tabpanel', { name: 'Results' });
  expect(await dock.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBeLessThan(
    2,
  );

  await workbench.showTab('loss');
  await expect(page.getByRole('tabpanel', { name: 'Loss' })).toContainText(/loss/i);
  const fitted = (await workbench.design()).nodes;
  expect(fitted).not.toEqual(start);
  // While the button is held the pictures are those of before the fit.
  await workbench.showTab('image');
  await workbench.settled();
  const picture = (): Promise<string> =>
    page
      .getByTestId('dock-image')
      .locator('canvas')
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const beforeButton = page.getByTestId('before-button');
  await beforeButton.hover();
  await page.waitForTimeout(200);
  const fittedPicture = await picture();
  await page.mouse.down();
  await expect(beforeButton).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(picture).not.toBe(fittedPicture);
  expect((await workbench.design()).nodes).toEqual(fitted);
  await page.mouse.up();
  await expect(beforeButton).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(picture).toBe(fittedPicture);
  await expectUndoOnce(workbench, start, fitted);

  await page.getByTestId('reset-button').click();
  expect((await workbench.design()).nodes).toEqual(start);
  const after = await workbench.frame('camera');
  // The same values give the same picture: nothing of the fit is left in the engine.
  expect(after.data).toEqual(before.data);
});

test('pause, step, resume and stop', async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  const start = (await workbench.design()).nodes;
  const step = page.getByTestId('step-button');
  const status = async (): Promise<string> => (await workbench.fitState()).status;
  const samples = async (): Promise<number> => (await workbench.fitState()).history.length;
  await step.click();
  await expect.poll(status).toBe('paused');
  // The coarse search comes first; the step ends when there is a loss to show.
  await expect.poll(samples).toBeGreaterThan(0);
  // On a busy machine the last messages of the step come late; a fit that was not paused would come to its end.
  let first = -1;
  await expect
    .poll(
      async () => {
        const [before, now] = [first, await samples()];
        first = now;
        return now === before;
      },
      { intervals: [600], message: 'a paused fit stands still' },
    )
    .toBe(true);
  expect(await status()).toBe('paused');
  await step.click();
  await expect.poll(samples).toBeGreaterThan(first);
  await expect(page.getByTestId('status-fit')).toBeVisible();
  await expect(workbench.runButton).toHaveText(/Resume/);
  await workbench.runButton.click();
  await expect(page.getByTestId('pause-button').or(workbench.runButton)).toBeVisible();
  await expect.poll(status, { timeout: 60_000 }).toBe('idle');
  expect((await workbench.fitState()).result?.converged).toBe(true);
  const fitted = (await workbench.design()).nodes;
  await expectUndoOnce(workbench, start, fitted);

  // Reset during a fit: the start values come back and stay.
  await page.getByTestId('reset-button').click();
  await workbench.runButton.click();
  await page.getByTestId('reset-button').click();
  await expect.poll(status).toBe('idle');
  expect((await workbench.design()).nodes).toEqual(start);
});

test('bead-stack: Zernike terms that start at zero move to the truth', async ({ workbench }) => {
  await workbench.openSettled();
  await workbench.openExample('bead-stack');
  await workbench.settled();
  const { nodes } = await workbench.design();
  expect(nodes.find(({ id }) => id === 'pupil')?.params['zernike']).toBeUndefined();
  await workbench.runFit();
  const rows = await workbench.readResults();
  const truth = truthOf(beadStack);
  const errors: string[] = [];
  for (let index = 5; index <= 22; index++) {
    const path = `pupil.zernike.${index}`;
    const row = rows.get(path);
    if (row === undefined) throw new Error(`${path} is not in the table.`);
    const { value, sigma } = inSi(row, 580e-9);
    const wanted = Number(truth[path] ?? 0);
    expect(sigma).toBeGreaterThan(0);
    if (!(Math.abs(value - wanted) < 4.1 * sigma))
      errors.push(`${path}: ${value} ± ${sigma}, truth ${wanted}`);
    // A term of 20 nm and more stands far outside its error.
    if (Math.abs(wanted) > 20e-9) expect(Math.abs(value), path).toBeGreaterThan(15e-9);
  }
  expect(errors).toEqual([]);
});
