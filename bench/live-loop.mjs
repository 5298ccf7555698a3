/**
 * The product's own live loop in Node on WebAssembly: a design with a camera of N × N pixels is fitted by Adam
 * through `Session.fit`, once without pictures and once through the worker's message loop with the pictures of two
 * nodes at display rate. Steps per second, and where the time of a step goes.
 *
 * Run: node bench/live-loop.mjs [--sizes 256] [--rounds 5] [--seconds 2] [--threads 2] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clockedKernels } from './clock.mjs';
import { machine, median, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1.5' },
    threads: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
});
const MILLISECONDS = 1e3 * Number(options.seconds);
const WARM_UP = 30;

const { load, close } = await sources();
const { openWasmBackend } = await load('/src/workers/wasm/wasmKernels.ts');
const { threadsHere } = await load('/src/workers/wasm/threads.ts');
const { Session } = await load('/src/workers/session.ts');
const { EngineLoop } = await load('/src/workers/engineLoop.ts');
const { PROTOCOL_VERSION } = await load('/src/workers/protocol.ts');
const { TIMED_DESIGNS } = await load('/src/workers/diagnostics/designs.ts');

const FIT = { method: 'adam', coarseSearch: false, maxIterations: 1_000_000, learningRate: 0.3 };
const rounded = (x) => Number(x.toPrecision(4));

function newSession(kernels) {
  return new Session({
    name: 'wasm',
    kernels,
    painter: null,
    threads: 1,
    reason: '',
    adapter: null,
    lost: new Promise(() => undefined),
    dispose: () => undefined,
  });
}

/** Counts steps between a warm-up and the end of the time; `onWarm` and `onEnd` are called there. */
function stopwatch(onWarm, onEnd = () => undefined) {
  let [steps, start, cpu] = [0, 0, { user: 0, system: 0 }];
  return {
    /** @returns {boolean} whether to go on */
    step: () => {
      steps++;
      if (steps === WARM_UP) {
        onWarm();
        cpu = process.cpuUsage();
        start = performance.now();
      }
      return steps < WARM_UP || performance.now() - start < MILLISECONDS;
    },
    report: () => {
      onEnd();
      const counted = steps - WARM_UP;
      const { user, system } = process.cpuUsage(cpu);
      return {
        stepsPerSecond: (1e3 * counted) / (performance.now() - start),
        cpuMilliseconds: (user + system) / 1e3 / counted,
        steps: counted,
      };
    },
  };
}

/** Session.fit, with nobody looking. */
async function withoutPictures(kernels, design, clock = { reset: () => undefined, stop: () => undefined }) {
  const watch = stopwatch(clock.reset, clock.stop);
  let report = null;
  const losses = [];
  await newSession(kernels).fit(design, FIT, async ({ loss }) => {
    losses.push(loss);
    const goOn = watch.step();
    // What follows (error bars, warnings) is not part of a step.
    if (!goOn) report = watch.report();
    return goOn;
  });
  return { ...report, losses };
}

/** The worker's loop with messages, as the page drives it: pictures of the camera and of the element before it. */
async function withPictures(kernels, design) {
  const nodes = design.nodes.map(({ id }) => id);
  const previews = [nodes[nodes.indexOf('camera') - 1], 'camera'].map((nodeId) => ({
    nodeId,
    mode: 'intensity',
    plane: 0,
    maxSize: 256,
    layer: 'output',
    style: { colormap: 'viridis', scaling: 'auto', clip: 0, locked: null, signed: false },
  }));
  const session = newSession(kernels);
  const watch = stopwatch(() => undefined);
  let [report, pictures] = [null, 0];
  const fitted = session.fit.bind(session);
  // The clock stands between the loop and the session: it sees every step, not only those that are posted.
  session.fit = (d, o, onStep) =>
    fitted(d, o, async (progress, look) => {
      const goOn = await onStep(progress, look);
      if (report === null && !watch.step()) {
        report = watch.report();
        loop.receive({ type: 'stopFit', seq: 0 });
      }
      return goOn;
    });
  const loop = new EngineLoop({
    open: async () => session,
    isDeviceFault: () => false,
    post: (message) => {
      if (message.type === 'fitProgress') pictures += message.previews.length;
      if (message.type === 'failed') throw new Error(message.message);
      if (message.type === 'fitDone') finish();
    },
  });
  let finish = () => undefined;
  const finished = new Promise((settle) => {
    finish = settle;
  });
  loop.receive({ type: 'hello', seq: 1, version: PROTOCOL_VERSION, backend: 'wasm' });
  loop.receive({ type: 'fit', seq: 2, revision: 1, design, options: FIT, views: [], previews });
  await finished;
  return { ...report, pictures };
}

/** Kernel by kernel, and what is left for the host: element maps, graph, Adam. */
async function profile(kernelsBelow, design) {
  const clock = clockedKernels(kernelsBelow);
  const { steps, stepsPerSecond } = await withoutPictures(clock.kernels, design, clock);
  const kernels = Object.fromEntries(
    clock
      .rows()
      .map(({ name, milliseconds, calls }) => [
        name,
        { milliseconds: rounded(milliseconds / steps), calls: rounded(calls / steps) },
      ]),
  );
  const inKernels = clock.rows().reduce((sum, { milliseconds }) => sum + milliseconds, 0) / steps;
  const step = 1e3 / stepsPerSecond;
  return {
    stepMilliseconds: rounded(step),
    inKernels: rounded(inKernels),
    onHost: rounded(step - inKernels),
    kernels,
  };
}

const { count } = threadsHere();
const threads = options.threads === undefined ? count : Number(options.threads);
/** A backend of its own for every run, as on a page that was just opened. */
async function onFreshBackend(run, count = threads) {
  const backend = await openWasmBackend({ threads: count });
  try {
    return await run(backend.kernels);
  } finally {
    backend.dispose();
  }
}

const here = fileURLToPath(import.meta.url);
const scripts = [here, here.replace('live-loop', 'clock'), here.replace('live-loop', 'support')];
const results = {};
for (const n of options.sizes.split(',').map(Number)) {
  for (const { id, title, make } of TIMED_DESIGNS) {
    const design = make(n);
    const rounds = { withoutPictures: [], withPictures: [], oneThread: [] };
    for (let round = 0; round < Number(options.rounds); round++) {
      rounds.withoutPictures.push(await onFreshBackend((kernels) => withoutPictures(kernels, design)));
      rounds.withPictures.push(await onFreshBackend((kernels) => withPictures(kernels, design)));
      rounds.oneThread.push(await onFreshBackend((kernels) => withoutPictures(kernels, design), 1));
    }
    const losses = rounds.withoutPictures[0].losses;
    // A loop that does not descend measures nothing.
    if (!(losses.at(-1) < 0.98 * losses[0]))
      throw new Error(`${id} does not fit: ${losses[0]} → ${losses.at(-1)}.`);
    const of = (list, key) => rounded(median(list.map((r) => r[key])));
    const entry = {
      title,
      stepsPerSecond: of(rounds.withoutPictures, 'stepsPerSecond'),
      bestStepsPerSecond: rounded(Math.max(...rounds.withoutPictures.map((r) => r.stepsPerSecond))),
      // Where others use the cores, too, the processor time of one thread is what can be compared.
      oneThread: {
        stepsPerSecond: of(rounds.oneThread, 'stepsPerSecond'),
        cpuMilliseconds: of(rounds.oneThread, 'cpuMilliseconds'),
      },
      withPictures: {
        stepsPerSecond: of(rounds.withPictures, 'stepsPerSecond'),
        bestStepsPerSecond: rounded(Math.max(...rounds.withPictures.map((r) => r.stepsPerSecond))),
        picturesPerSecond: rounded(
          median(rounds.withPictures.map((r) => (r.pictures * r.stepsPerSecond) / r.steps)),
        ),
      },
      profile: await onFreshBackend((kernels) => profile(kernels, design)),
    };
    results[n] = { ...results[n], [id]: entry };
    console.log(
      `${n} ${id}: ${entry.stepsPerSecond} steps/s (best ${entry.bestStepsPerSecond}), with pictures ` +
        `${entry.withPictures.stepsPerSecond} (${entry.withPictures.picturesPerSecond} pictures/s); a step takes ` +
        `${entry.oneThread.cpuMilliseconds} ms of processor time on one thread, with clocks on the kernels ` +
        `${entry.profile.stepMilliseconds} ms, ${entry.profile.inKernels} of it in kernels`,
    );
    for (const [name, { milliseconds, calls }] of Object.entries(entry.profile.kernels).slice(0, 8)) {
      console.log(`  ${name.padEnd(16)} ${milliseconds} ms in ${calls} calls`);
    }
  }
  // After every size, so that a run that is ended early leaves what it has.
  const report = { machine: machine(), threads, rounds: Number(options.rounds), sizes: results };
  if (!options.dry) await writeResults('live-loop.json', scripts, report);
}
await close();
