/** What thirty live previews cost the page, with a stand-in for the engine that sends frames as fast as the screen. */
import { type Feed, installFeed, manySources } from '../bench/previewFeed.mjs';
import { expect, test } from './fixtures.ts';

declare global {
  interface Window {
    __feed?: Feed;
  }
}

const NODES = 30;
const FRAMES = 60;

/** Milliseconds of one screen frame at 60 Hz. */
const BUDGET = 16;

test('thirty previews at the pace of the screen do not touch React', { tag: '@alone' }, async ({
  page,
  workbench,
}) => {
  await page.addInitScript(installFeed);
  await workbench.openSettled();
  const commits = () => page.evaluate(() => window.__feed?.commits() ?? 0);
  const before = await commits();
  await page.evaluate((design) => window.__luminode?.setDesign(design), manySources(NODES));
  await expect(page.getByTestId('node-preview')).toHaveCount(NODES);
  // The count counts: other cards are on screen.
  expect(await commits()).toBeGreaterThan(before);
  // The new design is put away half a second later, and the status bar says so: a commit of its own.
  await expect(page.getByText('All changes kept in this browser')).toBeVisible();
  await page.waitForTimeout(100);
  for (const way of ['bytes', 'tiles'] as const) {
    const report = await page.evaluate(([frames, how]) => window.__feed?.run(frames, 96, how), [
      FRAMES,
      way,
    ] as const);
    expect(report).toMatchObject({ painted: NODES, commits: 0 });
    const sorted = report?.milliseconds.sort((a, b) => a - b) ?? [];
    expect(sorted[FRAMES / 2]).toBeLessThan(BUDGET);
  }
});
