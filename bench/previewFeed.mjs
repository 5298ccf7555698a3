// @ts-check
/**
 * A stand-in for the engine's worker inside the page, for the benchmark and the test of previews: it answers like the
 * engine and can send frames of previews at the pace of the screen. `installFeed` runs in the page before its scripts,
 * so it must not use anything from outside itself.
 */

/**
 * @typedef {object} Feed
 * @property {(frames: number, size: number, way: 'bytes' | 'tiles') => Promise<FeedReport>} run sends that many frames
 *   of previews of size × size pixels for all nodes of the design
 * @property {() => number} commits of React since the page began
 *
 * @typedef {object} FeedReport
 * @property {number[]} milliseconds of the main thread for each frame: the message, and the drawing that it led to
 * @property {number} commits of React while the frames came
 * @property {number} painted canvases whose pixels are those of the last frame
 * @property {number} seconds that all frames took
 */

export function installFeed() {
  let commits = 0;
  let before = 0;
  let drawing = 0;
  /** @type {any} */
  let worker = null;
  /** @type {any} */
  let shown = null;
  const page = /** @type {any} */ (window);

  // What React tells developers' tools of, in production builds too.
  page.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    renderers: new Map(),
    inject: () => 1,
    onCommitFiberRoot: () => {
      commits++;
    },
    onCommitFiberUnmount: () => {},
    onPostCommitFiberRoot: () => {},
    checkDCE: () => {},
  };
  const realFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    realFrame((time) => {
      const start = performance.now();
      callback(time);
      drawing += performance.now() - start;
    });

  class FakeWorker extends EventTarget {
    constructor() {
      super();
      /** @type {((event: { data: any }) => void) | null} */
      this.onmessage = null;
      /** @type {unknown} */
      this.onerror = null;
      /** @type {unknown} */
      this.onmessageerror = null;
      worker = this;
    }
    terminate() {}
    /** @param {any} message */
    postMessage(message) {
      queueMicrotask(() => {
        const { seq } = message;
        const { type } = message;
        if (type === 'hello') {
          const { version } = message;
          this.say({ type: 'ready', seq, version, backend: 'wasm', reason: 'A stand-in.', adapter: null });
        }
        if (type === 'ping') this.say({ type: 'pong', seq });
        if (type === 'show') {
          shown = message;
          this.say(frameOf(message, 0, []));
        }
      });
    }
    /** @param {any} data */
    say(data) {
      this.onmessage?.({ data });
    }
  }
  page.Worker = new Proxy(window.Worker, {
    construct: (target, [url, options]) =>
      options?.name === 'luminode-engine' ? new FakeWorker() : new target(url, options),
  });

  /** @param {any} message @param {number} index @param {any[]} previews */
  function frameOf(message, index, previews) {
    const ids = message.design.nodes.map((/** @type {{ id: string }} */ { id }) => id);
    return {
      type: 'frame',
      seq: message.seq,
      revision: message.revision,
      views: [],
      previews,
      issues: [],
      // They differ from frame to frame, but not in what is written of them.
      milliseconds: 12.1 + 0.001 * (index % 300),
      nodeMilliseconds: Object.fromEntries(
        ids.map((/** @type {string} */ id) => [id, 2 + 0.01 * (index % 40)]),
      ),
      bytes: 1e6,
      loss: 0.5 + 1e-9 * index,
    };
  }

  /** @param {number} index @param {number} size @param {'bytes' | 'tiles'} way */
  function previewsOf(index, size, way) {
    const requests = shown.previews;
    const all = new Uint32Array(requests.length * size * size);
    requests.forEach((/** @type {unknown} */ _, /** @type {number} */ i) => {
      const colour = 0xff000000 | (((index + 7 * i) % 251) * 0x010101);
      all.fill(colour, i * size * size, (i + 1) * size * size);
    });
    /** @type {ImageBitmap | null} */
    let surface = null;
    if (way === 'tiles') {
      const canvas = new OffscreenCanvas(size, size * requests.length);
      const bytes = new Uint8ClampedArray(all.buffer);
      canvas.getContext('2d')?.putImageData(new ImageData(bytes, size, size * requests.length), 0, 0);
      surface = canvas.transferToImageBitmap();
    }
    return requests.map((/** @type {any} */ { nodeId, layer, mode }, /** @type {number} */ i) => ({
      ...{ nodeId, layer, mode, portType: 'field', shape: [size, size], planes: 1, plane: 0 },
      ...{ scaling: 'linear', number: null, unit: 'W/m²' },
      pixels:
        surface === null
          ? { kind: 'bytes', bytes: new Uint8ClampedArray(all.buffer, 4 * i * size * size, 4 * size * size) }
          : { kind: 'tile', surface, x: 0, y: i * size },
    }));
  }

  const screenFrame = () => new Promise((resolve) => realFrame(resolve));

  /** @type {Feed} */
  const feed = {
    commits: () => commits,
    async run(frames, size, way) {
      const milliseconds = [];
      // The first frame brings the cards' texts.
      worker.say(frameOf(shown, 0, previewsOf(0, size, way)));
      for (let i = 0; i < 30; i++) await screenFrame();
      before = commits;
      const start = performance.now();
      for (let index = 1; index <= frames; index++) {
        const message = frameOf(shown, index, previewsOf(index, size, way));
        drawing = 0;
        const begin = performance.now();
        worker.say(message);
        const received = performance.now() - begin;
        // The callbacks of this screen frame have drawn before that of the next one is called.
        await screenFrame();
        await screenFrame();
        milliseconds.push(received + drawing);
      }
      const seconds = (performance.now() - start) / 1000;
      const canvases = [...document.querySelectorAll('[data-testid="node-preview"] canvas')];
      const painted = canvases.filter((canvas, i) => {
        const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
        const [red, green, blue] = context?.getImageData(size >> 1, size >> 1, 1, 1).data ?? [];
        const expected = shown.previews.map(
          (/** @type {unknown} */ _, /** @type {number} */ k) => (frames + 7 * k) % 251,
        );
        return red === green && green === blue && red === expected[i];
      }).length;
      return { milliseconds, commits: commits - before, painted, seconds };
    },
  };
  page.__feed = feed;
}

/** A design of that many plane waves, in rows. @param {number} count */
export function manySources(count) {
  const nodes = Array.from({ length: count }, (_, i) => ({
    id: `source${i}`,
    type: 'planeWave',
    params: {},
    position: { x: 260 * (i % 6), y: 320 * Math.floor(i / 6) },
  }));
  return {
    format: 'luminode',
    formatVersion: 1,
    title: 'Many previews',
    grid: { samples: 96, pitch: 10e-6 },
    seed: 1,
    nodes,
    edges: [],
    learn: [],
    images: {},
  };
}
