/**
 * What live previews cost the page: a stand-in for the engine sends frames of thirty previews to the built app in
 * Chromium, and the time of the main thread for each frame (the message and the drawing that follows) is taken; also
 * how often React rendered. And what they cost the worker: making the same previews from large arrays on WebAssembly,
 * beside reading those arrays in full.
 *
 * Run: node bench/previews.mjs [--frames 120] [--dry: print only]
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { browserSetup } from '../scripts/browser.mjs';
import { serve } from '../scripts/serve.mjs';
import { installFeed, manySources } from './previewFeed.mjs';
import { machine, median, sources, summary, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: { frames: { type: 'string', default: '120' }, dry: { type: 'boolean', default: false } },
});
const NODES = 30;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const rounded = (x) => Number(x.toPrecision(4));

async function onPage() {
  spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale', 'wasm', 'app'], {
    stdio: 'inherit',
  });
  const { url, close } = await serve({});
  const { executablePath, adapter, args } = await browserSetup();
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(installFeed);
    await page.goto(`${url}/?test`);
    await page.waitForFunction(() => window.__luminode?.isSettled() === true);
    await page.evaluate((design) => window.__luminode.setDesign(design), manySources(NODES));
    await page
      .getByTestId('node-preview')
      .nth(NODES - 1)
      .waitFor();
    const cases = {};
    for (const size of [96, 256]) {
      for (const way of ['bytes', 'tiles']) {
        const report = await page.evaluate(
          (given) => window.__feed.run(...given),
          [Number(options.frames), size, way],
        );
        const sorted = report.milliseconds.sort((a, b) => a - b);
        cases[`${size} ${way}`] = {
          milliseconds: rounded(median(sorted)),
          ninetieth: rounded(sorted[Math.floor(0.9 * sorted.length)]),
          painted: report.painted,
          commits: report.commits,
        };
      }
    }
    return { browser: browser.version(), adapter, cases };
  } finally {
    await browser.close();
    await close();
  }
}

/** Milliseconds of `Session.show` where nothing is to be computed, with thirty pictures, small or in full. */
async function inWorker() {
  const { load, close } = await sources();
  const { createSession } = await load('/src/workers/session.ts');
  const session = await createSession('wasm');
  const style = { colormap: 'inferno', scaling: 'auto', clip: 0, locked: null, signed: false };
  const cases = {};
  for (const samples of [256, 512]) {
    const design = { ...manySources(NODES), grid: { samples, pitch: 10e-6 } };
    const views = design.nodes.map(({ id }) => ({
      nodeId: id,
      mode: 'intensity',
      plane: 0,
      layer: 'output',
    }));
    const previews = views.map((view) => ({ ...view, maxSize: 96, style }));
    const times = { previews: [], views: [] };
    await session.show(design, {});
    for (let round = 0; round < 15; round++) {
      for (const [name, wanted] of Object.entries({ previews: { previews }, views: { views } })) {
        const [start, before] = [performance.now(), process.cpuUsage()];
        await session.show(design, wanted);
        const { user, system } = process.cpuUsage(before);
        times[name].push({ wall: performance.now() - start, cpu: (user + system) / 1e3 });
      }
    }
    cases[samples] = { previews: summary(times.previews), full: summary(times.views) };
  }
  session.dispose();
  await close();
  return cases;
}

const page = await onPage();
const worker = await inWorker();
console.table(page.cases);
console.log(JSON.stringify(worker, null, 2));
if (!options.dry) {
  const scripts = [fileURLToPath(import.meta.url), join(root, 'bench/previewFeed.mjs')];
  const about = { nodes: NODES, frames: Number(options.frames) };
  console.log(await writeResults('previews.json', scripts, { machine: machine(), ...about, page, worker }));
}
process.exit(0);
