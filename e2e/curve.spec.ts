/** The wanted curve: its points on the plot and the rows of its table are one, and a fit follows them. */
import type { Design } from '../src/graph/document.ts';
import { examples } from '../src/graph/examples/index.ts';
import { serializeDesign } from '../src/graph/serialize.ts';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';

const HALF = 300e-6;

/** A modulator that shapes the profile of light behind it. */
function shaper(): Design {
  const found = examples.find(({ id }) => id === 'paint-the-light')?.design;
  if (found === undefined) throw new Error('No example.');
  const nodes = found.nodes.filter(({ type }) => type !== 'target' && type !== 'loss');
  const profile = [-2 * HALF, -HALF, HALF, 2 * HALF].map((place, i) => ({
    place,
    value: i === 1 || i === 2 ? 1 : 0,
  }));
  const goal = { id: 'goal', type: 'curveGoal', position: { x: 1160, y: 0 }, params: { profile } };
  const edges = found.edges.filter(({ to }) => to.node !== 'loss');
  const wire = { id: 'w', from: { node: 'camera', port: 'out' }, to: { node: 'goal', port: 'in' } };
  const { example: _, ...rest } = found;
  return { ...rest, title: 'Shaper', nodes: [...nodes, goal], edges: [...edges, wire], images: {} };
}

async function rows(
  workbench: Workbench,
  curve = 'profile',
): Promise<readonly { readonly place: number; readonly value: number }[]> {
  const { nodes } = await workbench.design();
  return (nodes.find(({ id }) => id === 'goal')?.params[curve] ?? []) as never;
}

test('points of the wanted curve are dragged, added and removed on its plot; the light follows', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  const bytes = Buffer.from(serializeDesign(shaper()));
  await workbench.openFiles({ name: 'shaper.luminode.json', bytes });
  await workbench.chooseBackend('WebAssembly');
  await workbench.settled();
  await workbench.select('goal');
  const plot = page.getByTestId('curve-goal.profile');
  await expect(plot.getByText('The curve appears')).toHaveCount(0);
  // Each picture is drawn on this ground; without one it would lie on the picture before.
  await expect(plot.locator('canvas')).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
  const before = await rows(workbench);
  await plot.locator('[role=application]').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await rows(workbench))[1]?.value).toBeLessThan(1);
  const moved = await rows(workbench);
  // A hundredth of the axis; the place stays.
  expect(moved[1]?.value).toBeGreaterThan(0.97);
  expect(moved[1]?.place).toBeCloseTo(-HALF, 9);
  // The phase follows, in the same step.
  await expect.poll(async () => Object.keys((await workbench.design()).images).length).toBe(1);
  await page.keyboard.press('Control+z');
  expect(await rows(workbench)).toEqual(before);
  expect(Object.keys((await workbench.design()).images)).toHaveLength(0);

  await page.keyboard.press('t');
  await plot.locator('[role=application]').focus();
  await page.keyboard.press('Insert');
  await expect.poll(async () => (await rows(workbench)).length).toBe(5);
  // Between its neighbours in the table, too.
  expect((await rows(workbench))[2]?.place).toBeCloseTo(0, 9);
  await page.keyboard.press('Delete');
  await expect.poll(async () => (await rows(workbench)).length).toBe(4);

  // However far it is moved, it does not pass the next one.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(async () => (await rows(workbench))[1]?.place).toBeGreaterThan(0.9 * HALF);
  expect((await rows(workbench))[1]?.place).toBeLessThan(HALF);

  // The share of the light in circles has its own curve, with points that are taken in the same way.
  await workbench.chooseOption('goal.kind', 'encircled');
  const circles = page.getByTestId('curve-goal.encircled');
  await expect(circles.getByText('The curve appears')).toHaveCount(0);
  await circles.locator('[role=application]').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await rows(workbench, 'encircled'))[1]?.value).toBeLessThan(0.8);
});
