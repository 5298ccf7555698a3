/**
 * How fast the page follows a slider on WASM at 128².
 *
 * Method: for every `input` event of the slider the time of the event (`timeStamp`, when the pointer moved) and the
 * revision of the document after it are kept. Every frame that reaches the canvases is dated when it is on screen:
 * the canvases draw in the animation frame after publication, and a message posted in that frame arrives after it
 * was painted. The delay of an event is the time until the first frame of its revision or a later one is on screen.
 */
import { delaysOf, dragHandle, percentile, type Recording, startRecording, stopRecording } from './drag.ts';
import { dragOnEmptyPage, openEmptyPage } from './emptyPage.ts';
import { expect, test } from './fixtures.ts';
import type { Workbench } from './pages/workbench.ts';

/** Drags the slider of a parameter; see `dragHandle`. */
async function dragSlider(
  workbench: Workbench,
  title: string,
  seconds: number,
  reach: readonly [number, number],
): Promise<void> {
  await dragHandle(workbench.page, workbench.slider(title), seconds, reach);
}

/** Milliseconds from pointer to pixel, in the middle and at the 95th percentile, and repaints per second. */
const LIMITS = { median: 60, late: 100, rate: 20 };
/**
 * What the empty page takes on a quiet machine of two cores, which reckons for as long. Where it takes longer, other
 * work or slow cores keep the browser waiting, and Luminode may take longer by the same factor: limits in
 * milliseconds alone would test what else runs. Where it does not, the limits stand as they are.
 */
const QUIET = { median: 32, late: 50 };
/** Many short drags by turns: what else the machine does changes from second to second. */
const ROUNDS = 4;
/** Other work only ever adds to a delay, so the first series within the limits is enough; a slow page passes none. */
const SERIES = 3;
const EMPTY_SECONDS = 0.7;
const SECONDS = 1;

interface Speed {
  readonly seconds: number;
  readonly rate: number;
  readonly median: number;
  readonly late: number;
}

/** Of all drags together: none is left out. */
function speedOf(recordings: readonly Recording[]): Speed {
  const seconds = recordings.reduce(
    (sum, { inputs }) => sum + ((inputs.at(-1)?.[0] ?? 0) - (inputs[0]?.[0] ?? 0)) / 1000,
    0,
  );
  const delays = recordings.flatMap(delaysOf);
  const paints = recordings.reduce((sum, recording) => sum + recording.paints.length, 0);
  return {
    ...{ seconds, rate: paints / seconds },
    ...{ median: percentile(delays, 0.5), late: percentile(delays, 0.95) },
  };
}

/** Drags on the empty page and on Luminode by turns, so that both meet the same machine. */
async function measuredDrags(workbench: Workbench, title: string, reach: readonly [number, number]) {
  const empty = await openEmptyPage(workbench.page.context());
  const [own, machine]: [Recording[], Recording[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    machine.push(await dragOnEmptyPage(empty, EMPTY_SECONDS));
    await workbench.page.bringToFront();
    await dragSlider(workbench, title, 0.2, reach);
    await workbench.settled();
    await startRecording(workbench.page, 'camera', 'input');
    await dragSlider(workbench, title, SECONDS, reach);
    await workbench.settled();
    await workbench.page.waitForTimeout(100);
    own.push(await stopRecording(workbench.page));
  }
  await empty.close();
  return { own: speedOf(own), machine: speedOf(machine) };
}

type Drags = Awaited<ReturnType<typeof measuredDrags>>;

/** What a machine as slow as this one was then allows. */
function limitsOf({ machine }: Drags): Pick<Speed, 'rate' | 'median' | 'late'> {
  const slow = Math.max(1, machine.median / QUIET.median);
  const late = Math.max(slow, machine.late / QUIET.late);
  return { median: LIMITS.median * slow, late: LIMITS.late * late, rate: LIMITS.rate / late };
}

function withinLimits(drags: Drags): boolean {
  const [{ own }, limits] = [drags, limitsOf(drags)];
  return own.median <= limits.median && own.late <= limits.late && own.rate >= limits.rate;
}

for (const { what, node, slider, path, reach } of [
  {
    what: 'the aperture',
    node: 'pupil',
    slider: 'Numerical aperture',
    path: 'pupil.numericalAperture',
    // In air an aperture above 1 has no picture.
    reach: [0.15, 0.55],
  },
  { what: 'a Zernike term', node: 'pupil', slider: /^Z8 .*/, path: 'pupil.zernike.8', reach: [0.1, 0.9] },
] as const) {
  test(`dragging ${what} repaints at 20 per second with pointer to pixel below 100 ms`, {
    tag: '@alone',
  }, async ({ page, workbench }) => {
    await workbench.openSettled();
    await workbench.chooseBackend('WebAssembly');
    await workbench.settled();
    expect((await workbench.design()).grid.samples).toBe(128);
    await workbench.select(node);
    if (path.includes('zernike')) {
      await page.getByTestId('add-term-pupil.zernike').click();
      await page.getByTestId(`add-term-${path}`).click();
    }
    const title =
      typeof slider === 'string'
        ? slider
        : ((await page.getByRole('slider', { name: slider }).getAttribute('aria-label')) ?? '').replace(
            ', slider',
            '',
          );
    // The first drag compiles nothing any more and warms the page's code.
    await dragSlider(workbench, title, 0.5, reach);
    await workbench.settled();
    let drags = await measuredDrags(workbench, title, reach);
    let series = 1;
    for (; series < SERIES && !withinLimits(drags); series++)
      drags = await measuredDrags(workbench, title, reach);
    const { own, machine } = drags;
    const limits = limitsOf(drags);
    test.info().annotations.push({
      type: 'speed',
      description: `series ${series}: ${own.rate.toFixed(1)} repaints per second, pointer to pixel median ${own.median.toFixed(0)} ms, 95th percentile ${own.late.toFixed(0)} ms; of an empty page ${machine.rate.toFixed(1)}, ${machine.median.toFixed(0)} ms, ${machine.late.toFixed(0)} ms`,
    });
    expect(own.seconds).toBeGreaterThan(0.8 * SECONDS * ROUNDS);
    expect(own.median).toBeLessThanOrEqual(limits.median);
    expect(own.late).toBeLessThanOrEqual(limits.late);
    expect(own.rate).toBeGreaterThanOrEqual(limits.rate);

    // The last value is the one shown: a page that starts anew with the same design shows the same numbers.
    const shown = await workbench.frame('camera');
    const design = await workbench.design();
    await workbench.openSettled();
    await page.evaluate((given) => window.__luminode?.setDesign(given), design);
    const fresh = await workbench.frame('camera');
    expect(shown.shape).toEqual(fresh.shape);
    expect(shown.data).toEqual(fresh.data);
    const started = await page.evaluate(() => window.__luminode?.revisions().document);
    expect(started).toBeGreaterThan(0);
    // One drag is one undo entry, and the two drags differ from the example.
    expect(design.nodes.find(({ id }) => id === 'pupil')?.params).not.toEqual({});
  });
}
