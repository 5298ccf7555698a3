/** The engine in a headless browser, for WebGPU, which Node does not have. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Design } from '../graph/document.ts';
import { decodeFloat32 } from '../graph/imageData.ts';
import { serializeDesign } from '../graph/serialize.ts';
import type { EngineAnswer, EngineImages } from '../workers/enginePage.ts';
import type { FitProgress, FitResult } from '../workers/protocol.ts';
import { Browser, type EventHandler } from './devtools.ts';
import type { Engine } from './engineTypes.ts';
import { findBrowser } from './findBrowser.ts';
import { Failure, type Io, sentenceOf } from './io.ts';
import { PACKAGE_ROOT } from './packageRoot.ts';
import { servePage } from './pageServer.ts';

/** From the start of the browser until the page is loaded; a first start on a slow disk takes tens of seconds. */
const START_MILLISECONDS = 60_000;

/** @throws Failure with a sentence when there is no build, no browser or no WebGPU adapter */
export async function openBrowserEngine(io: Io): Promise<Engine> {
  const folder = join(PACKAGE_ROOT, 'dist', 'app');
  if (!existsSync(join(folder, 'engine.html')))
    throw new Failure('The page that computes with WebGPU has not been built: run npm run build once.');
  const program = findBrowser(PACKAGE_ROOT, process.env);
  io.stderr(`Starting ${program.path} …\n`);
  const server = await servePage(folder);
  const listeners = new Set<EventHandler>();
  const browser = await Browser.launch(program.path, program.args, (method, params) => {
    for (const listener of listeners) listener(method, params);
  });
  const dispose = async (): Promise<void> => {
    await browser.close();
    server.close();
  };
  try {
    const page = await openPage(browser, listeners, `${server.address}/engine.html`);
    const { reason } = await page.call<{ reason: string }>('open', 'webgpu');
    return createEngine(page, listeners, reason, dispose);
  } catch (error) {
    await dispose();
    throw error instanceof Failure ? error : new Failure(sentenceOf(error));
  }
}

interface Page {
  /** Calls a method of `window.luminodeEngine` with texts; its answer is JSON. */
  readonly call: <T>(method: string, ...texts: string[]) => Promise<T>;
}

async function openPage(browser: Browser, listeners: Set<EventHandler>, url: string): Promise<Page> {
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  for (const domain of ['Page.enable', 'Runtime.enable', 'Inspector.enable'])
    await browser.send(domain, {}, session);
  await browser.send('Runtime.addBinding', { name: 'luminodeProgress' }, session);
  await new Promise<void>((settle, fail) => {
    const late = setTimeout(
      () => fail(new Failure('The browser did not load the page in time: try again, or use --backend wasm.')),
      START_MILLISECONDS,
    );
    const listener: EventHandler = (method) => {
      if (method !== 'Page.loadEventFired') return;
      clearTimeout(late);
      listeners.delete(listener);
      settle();
    };
    listeners.add(listener);
    browser.send('Page.navigate', { url }, session).catch((error: unknown) => {
      clearTimeout(late);
      fail(error);
    });
  });
  return {
    call: async <T>(method: string, ...texts: string[]) => {
      const expression = `luminodeEngine.${method}(${texts.map((text) => JSON.stringify(text)).join(', ')})`;
      const answer = await browser.send(
        'Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true },
        session,
      );
      return readAnswer<T>(answer);
    },
  };
}

/** What the page promised: `{ok: true, value}` or `{ok: false, error}`; anything else is a fault of the page. */
function readAnswer<T>(evaluated: Readonly<Record<string, unknown>>): T {
  const { result } = evaluated;
  const text = typeof result === 'object' && result !== null && 'value' in result ? result.value : null;
  if (typeof text !== 'string') {
    const detail = JSON.stringify(evaluated['exceptionDetails'] ?? {}).slice(0, 300);
    throw new Failure(`The page that computes did not answer: rebuild it with npm run build. ${detail}`);
  }
  const answer = JSON.parse(text) as EngineAnswer<T>;
  if (!answer.ok) throw new Failure(answer.error);
  return answer.value;
}

function createEngine(
  page: Page,
  listeners: Set<EventHandler>,
  reason: string,
  dispose: () => Promise<void>,
): Engine {
  return {
    backend: 'webgpu',
    reason,
    evaluate: async (design: Design, nodes: readonly string[]) => {
      const { issues, images, readings } = await page.call<EngineImages>(
        'evaluate',
        serializeDesign(design),
        'webgpu',
        JSON.stringify(nodes),
      );
      const decoded = images.map(({ id, data, ...image }) => {
        const length = image.shape.reduce((product, n) => product * n, 1);
        return [id, { ...image, data: decodeFloat32(data, length) }] as const;
      });
      return { issues, images: new Map(decoded), readings: new Map(readings) };
    },
    fit: async (design, options, onProgress) => {
      const listener: EventHandler = (method, params) => {
        if (method === 'Runtime.bindingCalled' && typeof params['payload'] === 'string')
          onProgress(JSON.parse(params['payload']) as FitProgress);
      };
      listeners.add(listener);
      try {
        return await page.call<FitResult>('fit', serializeDesign(design), JSON.stringify(options), 'webgpu');
      } finally {
        listeners.delete(listener);
      }
    },
    track: null,
    localise: null,
    expectedErrors: null,
    simulateRefit: null,
    findSpheres: null,
    dispose,
  };
}
