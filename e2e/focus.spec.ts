/** The keyboard focus: what keys act on, how it is seen, and that it is never lost. */
import type { Locator } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';

test.describe('the focus', () => {
  /** As somebody who goes there with the Tab key: a focus set by a program shows no ring after a click. */
  const focusByKey = async (element: Locator): Promise<void> => {
    const { keyboard } = element.page();
    // A preview that arrives in between adds a stop.
    await expect(async () => {
      await element.focus();
      await keyboard.press('Tab');
      await keyboard.press('Shift+Tab');
      await expect(element).toBeFocused({ timeout: 100 });
    }).toPass();
  };
  const nodeIds = async (workbench: Workbench): Promise<string[]> =>
    (await workbench.design()).nodes.map(({ id }) => id).sort();

  test('decides what keys act on, and has a ring', async ({ page, workbench }) => {
    await workbench.openSettled();
    const { keyboard } = page;
    const wrapper = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
    await workbench.select('camera');
    // From the selected card back to the one before it; buttons inside of the cards are stops too.
    await expect(async () => {
      await keyboard.press('Shift+Tab');
      await expect(wrapper('pupil')).toBeFocused({ timeout: 100 });
    }).toPass();
    const ring = await wrapper('pupil').evaluate((card) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(card);
      return { outlineStyle, outlineWidth: Number.parseFloat(outlineWidth) };
    });
    expect(ring.outlineStyle).toBe('solid');
    expect(ring.outlineWidth).toBeGreaterThanOrEqual(3);
    await keyboard.press('Delete');
    expect(await nodeIds(workbench)).toEqual(['camera', 'source']);
    await expect(page.locator('[data-graph]')).toBeFocused();
    await keyboard.press('Control+z');
    expect(await nodeIds(workbench)).toEqual(['camera', 'pupil', 'source']);

    // A click moves both: what was focused by key before is left alone.
    await focusByKey(wrapper('pupil'));
    await workbench.select('camera');
    await keyboard.press('Delete');
    expect(await nodeIds(workbench)).toEqual(['pupil', 'source']);
    await keyboard.press('Control+z');

    // The copy has selection and focus, so the next key means the copy.
    await workbench.select('camera');
    await focusByKey(wrapper('pupil'));
    await keyboard.press('Control+d');
    await expect(page.locator('.react-flow__node.selected')).toBeFocused();
    await expect(page.locator('.react-flow__node.selected')).toHaveAttribute('aria-label', 'Pupil 2');
    expect(await nodeIds(workbench)).toHaveLength(4);
    await keyboard.press('Delete');
    expect(await nodeIds(workbench)).toEqual(['camera', 'pupil', 'source']);

    const [wire] = (await workbench.design()).edges;
    const edge = page.locator(`.react-flow__edge[data-id="${wire?.id}"]`);
    await workbench.select('camera');
    await focusByKey(edge);
    const halo = edge.locator('.react-flow__edge-interaction');
    await expect(halo).toHaveCSS('stroke-opacity', '0.55');
    await keyboard.press('Delete');
    expect((await workbench.design()).edges.map(({ id }) => id)).not.toContain(wire?.id);
    expect(await nodeIds(workbench)).toHaveLength(3);
  });

  test('is never lost: after inserting, commands and fields', async ({ page, workbench }) => {
    await workbench.openSettled();
    const { keyboard } = page;
    await workbench.clearSelection();
    await keyboard.press('a');
    await keyboard.type('Thin lens');
    await keyboard.press('Enter');
    const added = page.locator('.react-flow__node[aria-label="Thin lens"]');
    await expect(added).toBeFocused();
    await keyboard.press('a');
    await expect(page.getByTestId('insert-search')).toBeFocused();
    await keyboard.press('Escape');
    await expect(added).toBeFocused();

    await page.getByTestId('dock-tab-image').focus();
    await keyboard.press('Control+k');
    await keyboard.type('Fit the view');
    await keyboard.press('Enter');
    await expect(page.getByTestId('dock-tab-image')).toBeFocused();
    await keyboard.press('Control+k');
    await keyboard.type('Add camera');
    await keyboard.press('Enter');
    await expect(page.locator('.react-flow__node.selected')).toBeFocused();
    await expect(page.locator('.react-flow__node.selected')).toHaveAttribute('aria-label', 'Camera 2');

    // The camera is selected, the lens has the ring.
    await focusByKey(added);
    await keyboard.press('m');
    const lens = (await workbench.design()).nodes.find(({ type }) => type === 'thinLens');
    expect(lens?.bypassed).toBe(true);

    await workbench.fitView();
    const field = await workbench.field('pupil.numericalAperture');
    await field.click();
    await keyboard.press('Escape');
    await expect(page.locator('.react-flow__node[data-id="pupil"]')).toBeFocused();
  });
});
