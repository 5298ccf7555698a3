/** Dragging the handle of a slider, and how late its picture is. */
import type { Locator, Page } from '@playwright/test';
import { centreOf } from './pages/workbench.ts';

export interface Recording {
  /** Milliseconds and revision of every input event. */
  readonly inputs: readonly (readonly [number, number])[];
  /** Milliseconds at which a frame was on screen, and its revision. */
  readonly paints: readonly (readonly [number, number])[];
}

/**
 * Drags the handle of a slider back and forth for some seconds and lets go. Moves are sent at the pace of a mouse
 * without waiting for the page, so that a slow page gets behind as it would under a hand.
 * @param reach part of the slider's travel to cover
 */
export async function dragHandle(
  page: Page,
  slider: Locator,
  seconds: number,
  reach: readonly [number, number],
): Promise<void> {
  const box = await slider.boundingBox();
  if (box === null) throw new Error('The slider is not on screen.');
  const { y } = await centreOf(slider);
  const share = await slider.evaluate((element) => (element as HTMLInputElement).valueAsNumber / 1000);
  await page.mouse.move(box.x + 8 + share * (box.width - 16), y);
  await page.mouse.down();
  const session = await page.context().newCDPSession(page);
  const sent: Promise<unknown>[] = [];
  const began = performance.now();
  for (let i = 0; performance.now() - began < seconds * 1000; i++) {
    const travel = reach[0] + (reach[1] - reach[0]) * (0.5 - 0.5 * Math.cos(i / 15));
    const move = {
      type: 'mouseMoved',
      x: box.x + travel * box.width,
      y,
      button: 'left',
      buttons: 1,
    } as const;
    sent.push(session.send('Input.dispatchMouseEvent', move));
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await Promise.all(sent);
  await session.detach();
  await page.mouse.move(box.x + (0.7 * reach[0] + 0.3 * reach[1]) * box.width, y);
  await page.mouse.up();
}

/** Milliseconds from every event to the first frame of its revision or a later one. */
export function delaysOf({ inputs, paints }: Recording): number[] {
  return inputs.map(([time, revision]) => {
    const seen = paints.find(([, shown]) => shown >= revision);
    // An event that was never followed by its picture has waited for ever.
    return seen === undefined ? Number.POSITIVE_INFINITY : seen[0] - time;
  });
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
