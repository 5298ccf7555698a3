/**
 * A sphere followed through a simulated movie of 200² pixels on WebAssembly: fits per second, warm-started, and how
 * many frames lie within three standard errors of the truth.
 *
 * Run: node bench/tracking.mjs [--frames 40] [--side 200] [--dry: print only]
 */
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '40' },
    side: { type: 'string', default: '200' },
    dry: { type: 'boolean', default: false },
  },
});
const { load, close } = await sources();
const { registry } = await load('/src/graph/catalogue.ts');
const { setAll } = await load('/src/graph/edit.ts');
const { sphereHologram } = await load('/src/graph/examples/sphereHologram.ts');
const { createSession } = await load('/src/workers/session.ts');
const { brownianWalk, simulateMovie } = await load('/src/workers/tracking/simulateMovie.ts');

const [frames, side] = [Number(options.frames), Number(options.side)];
const learn = ['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius', 'sphere.refractiveIndex'];
const design = {
  ...setAll({ ...sphereHologram, grid: { samples: 256, pitch: 1e-6 } }, registry, {
    'camera.rows': side,
    'camera.columns': side,
    'sphere.radius': 0.75e-6,
    'sphere.refractiveIndex': 1.59,
    'interference.scatteredAmplitude': 1,
  }),
  learn,
};
// A sphere of 0.75 µm in water at 20 °C, 100 frames a second.
const truth = brownianWalk({ 'sphere.x': 0, 'sphere.y': 0, 'sphere.z': 12e-6 }, frames, {
  diffusion: 0.286e-12,
  interval: 0.01,
  seed: 3,
});
const session = await createSession('wasm');
const movie = await simulateMovie(session, design, truth, 0.02);
const seen = [];
const range = { start: 0, stop: frames, step: 1 };
await session.track(
  design,
  { frames: range, background: 'none', medianFrames: null, maxIterations: 30 },
  movie,
  (fit) => seen.push(fit),
);
session.dispose();
await close();

const followed = seen.slice(1).filter(({ status }) => status === 'good');
const times = followed.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
const within = seen.filter(({ frame, values, errors }) =>
  Object.entries(truth[frame]).every(([path, value]) => Math.abs(values[path] - value) < 3 * errors[path]),
);
const median = times[times.length >> 1];
const results = {
  machine: machine(),
  side,
  frames,
  followed: followed.length + 1,
  within3: within.length / seen.length,
  milliseconds: median,
  fitsPerSecond: 1000 / median,
};
process.stdout.write(`${JSON.stringify({ ...results, machine: undefined }, null, 2)}\n`);
if (!options.dry) await writeResults('tracking', results);
