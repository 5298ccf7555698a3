/**
 * Fits of single spheres' holograms on WASM: how many of a hundred starts from the basins of convergence find back, and
 * how many frames of a movie are fitted each second when each begins where the last one ended.
 *
 *   node bench/sphere-fits.mjs [--seeds 100] [--frames 60] [--out sphere-fits.json]
 *
 * Times are wall times and processor times (of all threads); the latter are disturbed less by what else runs.
 */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, median, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    frames: { type: 'string', default: '60' },
    out: { type: 'string', default: 'sphere-fits.json' },
  },
});

const { load, close } = await sources();
const { createSession } = await load('/src/workers/session.ts');
const { basin, findsSphere, FITTED } = await load('/src/workers/fit/testBasins.ts');
const { encodeFloat32 } = await load('/src/graph/imageData.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { SeededRandom } = await load('/src/optics/maths/random.ts');
const session = await createSession('wasm');

const processorSeconds = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

async function convergence(seeds) {
  const missed = [];
  const seconds = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const since = process.cpuUsage();
    const { isFound, errors, iterations } = await findsSphere(session, basin(seed));
    seconds.push(processorSeconds(since));
    if (!isFound) missed.push({ seed, iterations, errors });
  }
  const found = seeds - missed.length;
  console.log(
    `${found} of ${seeds} starts found the sphere; ${median(seconds).toFixed(2)} s of processor time`,
  );
  return { starts: seeds, found, processorSecondsEach: median(seconds), missed };
}

const withParams = (design, values) => ({
  ...design,
  nodes: design.nodes.map((node) => {
    const own = Object.entries(values).filter(([path]) => path.startsWith(`${node.id}.`));
    return {
      ...node,
      params: { ...node.params, ...Object.fromEntries(own.map(([path, v]) => [path.split('.')[1], v])) },
    };
  }),
});

/** A sphere that diffuses 0.1 µm per frame along each axis, 200 × 200 pixels, 2 % noise. */
async function movie(count, pixels) {
  const random = new SeededRandom(5);
  const { design, truth: first } = basin(7);
  const frame = withParams(design, { 'camera.rows': 200, 'camera.columns': 200, 'camera.readNoise': 0.02 });
  let truth = first;
  let values = first;
  const times = { wall: [], processor: [], steps: [], error: [] };
  for (let i = 0; i < count + WARM_UP; i++) {
    truth = { ...truth };
    for (const path of FITTED.slice(0, 3)) truth[path] += 0.1e-6 * random.normal();
    const seen = withParams(frame, { ...truth, 'camera.noise': true });
    const { images } = await session.evaluate({ ...seen, seed: i + 1 });
    const { data, shape } = images.get('camera');
    const measured = {
      kind: 'measured',
      name: 'Frame',
      shape,
      data: encodeFloat32(Float32Array.from(data)),
      saturationLevel: null,
    };
    const asked = { ...withParams(frame, values), images: { simulated: measured } };
    const since = process.cpuUsage();
    const began = performance.now();
    const result = await session.fit(asked, {
      ...DEFAULT_FIT_OPTIONS,
      coarseSearch: false,
      ...(pixels === 'some' ? { pixels } : {}),
    });
    const wall = (performance.now() - began) / 1000;
    values = Object.fromEntries(result.parameters.map(({ path, value }) => [path, value]));
    if (i < WARM_UP) continue;
    times.wall.push(wall);
    times.processor.push(processorSeconds(since));
    times.steps.push(result.iterations);
    times.error.push(Math.max(...FITTED.slice(0, 3).map((path) => Math.abs(values[path] - truth[path]))));
  }
  const found = {
    pixels,
    frames: count,
    fitsPerSecond: 1 / median(times.wall),
    fitsPerProcessorSecond: 1 / median(times.processor),
    steps: median(times.steps),
    medianPositionError: median(times.error),
    worstPositionError: Math.max(...times.error),
  };
  console.log(JSON.stringify(found));
  return found;
}

const WARM_UP = 10;

const results = {
  movie: [await movie(Number(options.frames), 'some'), await movie(Number(options.frames), 'all')],
  convergence: await convergence(Number(options.seeds)),
};
await writeResults(options.out, [fileURLToPath(import.meta.url)], { machine: machine(), ...results });
session.dispose();
await close();
