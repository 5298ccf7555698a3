/**
 * What a hand on a slider waits for on this machine with a page of little, fixed work: the handle asks a worker, the
 * worker reckons and answers, a small picture is drawn. What this takes beyond what it takes on a quiet machine is
 * the machine's, not Luminode's. It reckons for about as long as Luminode does, since a busy machine is quick with
 * those who want nothing of it.
 */
import type { BrowserContext, Page } from '@playwright/test';
import type { Recording } from './drag.ts';
import { dragHandle } from './drag.ts';

declare global {
  interface Window {
    __empty?: { inputs: [number, number][]; paints: [number, number][] };
  }
}

const MARKUP = `<!doctype html><title>Empty</title>
<input type="range" min="0" max="1000" style="width: 280px; margin: 40px"><br><canvas width="256" height="256"></canvas>`;

/** Square roots per event in the page, per picture in the page, and per picture in the worker: some milliseconds. */
const WORK = { event: 600_000, picture: 400_000, worker: 500_000 };

/** Runs in the page. */
function follow(work: typeof WORK): void {
  const reckon = (count: number): number => {
    let x = 2;
    for (let k = 0; k < count; k++) x = Math.sqrt(x + k);
    return x;
  };
  const source = `const reckon = ${reckon.toString()};
    onmessage = ({ data }) => { const [shown] = [data, reckon(${work.worker})]; postMessage(shown); }`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  const context = document.querySelector('canvas')?.getContext('2d');
  const recording: NonNullable<Window['__empty']> = { inputs: [], paints: [] };
  let newest = 0;
  let inFlight = 0;
  const send = (): void => {
    inFlight = newest;
    worker.postMessage(newest);
  };
  worker.onmessage = ({ data }: MessageEvent<number>) => {
    if (newest > data) send();
    else inFlight = 0;
    requestAnimationFrame(() => {
      reckon(work.picture);
      if (context != null) {
        context.fillStyle = `hsl(${data % 360} 80% 50%)`;
        context.fillRect(0, 0, 256, 256);
      }
      const channel = new MessageChannel();
      channel.port1.onmessage = () => recording.paints.push([performance.now(), data]);
      channel.port2.postMessage(null);
    });
  };
  document.querySelector('input')?.addEventListener('input', (event) => {
    newest += 1;
    reckon(work.event);
    recording.inputs.push([event.timeStamp, newest]);
    if (inFlight === 0) send();
  });
  window.__empty = recording;
}

/** A page that was behind another draws its first frames late. */
const WARM_UP_SECONDS = 0.2;

export async function openEmptyPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.setContent(MARKUP);
  await page.evaluate(follow, WORK);
  return page;
}

/** Drags its slider for some seconds. */
export async function dragOnEmptyPage(page: Page, seconds: number): Promise<Recording> {
  await page.bringToFront();
  await dragHandle(page, page.getByRole('slider'), WARM_UP_SECONDS, [0.1, 0.9]);
  await page.waitForTimeout(100);
  await page.evaluate(() => {
    window.__empty?.inputs.splice(0);
    window.__empty?.paints.splice(0);
  });
  await dragHandle(page, page.getByRole('slider'), seconds, [0.1, 0.9]);
  await page.waitForTimeout(100);
  return page.evaluate(() => window.__empty ?? { inputs: [], paints: [] });
}
