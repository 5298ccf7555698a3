/** Errors before a fit and by simulated images, as the panel tells them. */

import { registry } from '../src/graph/catalogue.ts';
import { setAll } from '../src/graph/edit.ts';
import { beadStack } from '../src/graph/examples/beadStack.ts';
import { serializeDesign } from '../src/graph/serialize.ts';
import { expect, test } from './fixtures.ts';

/** Two planes, no target. */
const { edges, nodes } = beadStack;
const isCompared = (id: string) => id === 'target' || id === 'loss';
const DESIGN = setAll(
  {
    ...beadStack,
    nodes: nodes.filter(({ id }) => !isCompared(id)),
    edges: edges.filter(({ to }) => !isCompared(to.node)),
    images: {},
    learn: ['bead.x', 'bead.z', 'bead.photons', 'camera.background', 'pupil.zernike.4'],
  },
  registry,
  { 'stack.planes': 2, 'camera.rows': 32, 'camera.columns': 32 },
);

test('the panel tells expected errors, twins, and how simulated images scatter', async ({
  page,
  workbench,
}) => {
  await workbench.openSettled();
  await workbench.openFiles({
    name: 'two-planes.json',
    bytes: new TextEncoder().encode(serializeDesign(DESIGN)),
  });
  await workbench.settled();
  await page.getByTestId('expected-errors-ask').click();
  const table = page.getByTestId('expected-errors-table');
  await expect(table.locator('[data-path="bead.x"]')).toContainText(/±|\(\d/);
  await expect(page.getByTestId('expected-errors')).toContainText('fix Z4 at 0');
  await page.getByTestId('refit-ask').click();
  const ratio = page.getByTestId('refit-table').locator('[data-path="bead.x"] td').first();
  // Five standard errors of a standard deviation from 20 numbers.
  await expect(ratio).toHaveText(/^\d\.\d\d ± /);
  expect(Math.abs(Number((await ratio.textContent())?.slice(0, 4)) - 1)).toBeLessThan(5 * 0.16);
});
