/** A movie from the file to the diffusion coefficient. */
import { sphereHologram } from '../src/graph/examples/sphereHologram.ts';
import { expect, test } from './fixtures.ts';
import { asPayload } from './pages/workbench.ts';
import { simulate, tiffFile } from './twins.ts';

const FRAMES = 10;
const X = Array.from({ length: FRAMES }, (_, k) => 0.4e-6 + 0.05e-6 * k);

test('a TIFF of many pages is followed as a movie', async ({ page, workbench }) => {
  const camera = { 'camera.rows': 64, 'camera.columns': 64, 'camera.readNoise': 0.02 };
  const seen = [];
  for (const [k, x] of X.entries()) {
    seen.push(await simulate(sphereHologram, { ...camera, 'sphere.x': x, 'sphere.z': 11e-6 }, k + 1));
  }
  const data = new Float32Array(seen.flatMap((frame) => [...frame.data]));
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.settled();
  await workbench.select('target');
  const file = tiffFile('movie.tif', { data, shape: [FRAMES, 64, 64] });
  await page.getByTestId('upload-target.image').setInputFiles(asPayload(file));
  await page.getByTestId('movie-follow').click();
  await expect(page.getByTestId('track-status')).toContainText('10 frames');
  await workbench.settled();
  await page.getByTestId('track-start').click();
  await expect(page.getByTestId('track-status')).toContainText('10 of 10 frames followed', {
    timeout: 120_000,
  });
  await page.getByTestId('track-table').click();
  const rows = page.getByRole('row');
  const xs = await page.locator('[data-testid="track-table"] tbody tr td:nth-child(3)').allTextContents();
  expect(await rows.count()).toBeGreaterThanOrEqual(FRAMES + 1);
  // A few nanometres of noise and of what the mean as background does.
  xs.forEach((text, k) => {
    expect(Math.abs(Number(text.replaceAll('−', '-')) - (X[k] ?? 0))).toBeLessThan(0.03e-6);
  });
  await page.getByTestId('track-displacement').click();
  await page.getByTestId('track-interval').fill('10');
  await expect(page.getByTestId('track-motion')).toContainText('D across the light');
  await page.getByTestId('track-frames').click();
  await page.getByTestId('track-frame').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('residual-target')).toBeVisible();
});
