import type { Design } from '../src/graph/document.ts';
import { bench } from '../src/graph/examples/bench.ts';
import { expect, test } from './fixtures.ts';

/** A splitter that reflects nothing: its outputs look different. */
const split: Design = bench(
  { title: 'Split', description: '' },
  { samples: 64, pitch: 20e-6 },
  [
    ['source', 'gaussianBeam', { waist: 200e-6 }, 0, 0],
    ['splitter', 'beamSplitter', { reflectance: 0 }, 1, 0],
    ['mirror', 'mirror', {}, 2, 0],
  ],
  ['source.out>splitter.in', 'splitter.reflected>mirror.in'],
);

test('the card of an element with two outputs shows the one that is chosen', async ({ page, workbench }) => {
  await workbench.openSettled();
  expect(await page.evaluate((design) => window.__luminode?.setDesign(design), split)).toBe(true);
  const card = page.getByTestId('node-splitter');
  const picture = card.getByTestId('node-preview');
  const choice = card.getByRole('group', { name: 'Output shown' });
  const transmitted = choice.getByRole('button', { name: 'Transmitted' });
  const reflected = choice.getByRole('button', { name: 'Reflected' });
  await expect(transmitted).toHaveAttribute('aria-pressed', 'true');
  await expect(picture.locator('canvas')).toBeVisible();
  await workbench.settled();
  const bright = await picture.screenshot();
  await reflected.click();
  await expect(reflected).toHaveAttribute('aria-pressed', 'true');
  await expect(async () => expect(await picture.screenshot()).not.toEqual(bright)).toPass();
  // The second output feeds what is wired to it, and nothing is wrong with the design.
  await expect(page.getByTestId('node-mirror').locator('canvas')).toBeVisible();
});
