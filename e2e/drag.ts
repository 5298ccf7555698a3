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

declare global {
  interface Window {
    __recording?: { inputs: [number, number][]; paints: [number, number][]; stop: () => void };
  }
}

/**
 * Notes every event that changes the document, and when its pictures of a node are on screen: the canvases draw in the
 * animation frame after publication, and a message posted in that frame arrives after it was painted.
 */
export async function startRecording(
  page: Page,
  nodeId: string,
  event: 'input' | 'pointermove',
): Promise<void> {
  const asked = { nodeId, event };
  await page.evaluate(({ nodeId: id, event: type }) => {
    const hook = window.__luminode;
    if (hook === undefined) throw new Error('The page has no test hook.');
    const inputs: [number, number][] = [];
    const paints: [number, number][] = [];
    // In the bubbling phase of the window the change has been made.
    const onInput = ({ timeStamp }: Event): void => {
      const { document } = hook.revisions();
      if (document > (inputs.at(-1)?.[1] ?? -1)) inputs.push([timeStamp, document]);
    };
    window.addEventListener(type, onInput);
    let waiting = false;
    const end = hook.onFrame(id, () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        const { shown } = hook.revisions();
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
          waiting = false;
          paints.push([performance.now(), shown]);
        };
        channel.port2.postMessage(null);
      });
    });
    const stop = (): void => {
      end();
      window.removeEventListener(type, onInput);
    };
    window.__recording = { inputs, paints, stop };
  }, asked);
}

export async function stopRecording(page: Page): Promise<Recording> {
  return page.evaluate(() => {
    window.__recording?.stop();
    const { inputs = [], paints = [] } = window.__recording ?? {};
    return { inputs, paints };
  });
}

/**
 * Middle of a pixel on the page, with the page's pixels per pixel: of a square picture in the dock, as large as it fits.
 * @param side of the picture, in pixels; columns and rows need not be whole
 */
export async function pixelOnPage(
  page: Page,
  side: number,
  { column, row }: { readonly column: number; readonly row: number },
): Promise<{ readonly x: number; readonly y: number; readonly zoom: number }> {
  const box = await page.getByTestId('dock-image').locator('canvas').boundingBox();
  if (box === null) throw new Error('There is no picture.');
  // The margins around the picture, and the colour bar on its right.
  const [width, height] = [box.width - 16 - 84, box.height - 16];
  const zoom = Math.min(width, height) / side;
  const at = (index: number): number => (index - (side - 1) / 2) * zoom;
  return { x: box.x + 8 + width / 2 + at(column), y: box.y + 8 + height / 2 + at(row), zoom };
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
