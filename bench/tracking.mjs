/**
 * A sphere followed through a simulated movie of 200² pixels on WebAssembly, five values in each frame: processor time
 * of a warm-started fit, fits per second, and how many frames lie within three standard errors of the truth; once with
 * results that stand on all pixels and once on some. Everything that a frame takes is in it but reading its file.
 *
 * Run: node bench/tracking.mjs [--frames 40] [--side 200] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
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
const range = { start: 0, stop: frames, step: 1 };
const results = { machine: machine(), side, frames };
for (const pixels of ['all', 'some']) results[pixels] = await followed(pixels);
session.dispose();
await close();

process.stdout.write(`${JSON.stringify({ ...results, machine: undefined }, null, 2)}\n`);
if (!options.dry) await writeResults('tracking.json', [fileURLToPath(import.meta.url)], results);

async function followed(pixels) {
  const seen = [];
  const processor = [];
  let last = process.cpuUsage();
  await session.track(
    design,
    { frames: range, background: 'none', medianFrames: null, maxIterations: 30, pixels },
    movie,
    (fit) => {
      seen.push(fit);
      const { user, system } = process.cpuUsage(last);
      processor.push((user + system) / 1000);
      last = process.cpuUsage();
    },
  );
  const within = seen.filter(({ frame, values, errors }) =>
    Object.entries(truth[frame]).every(([path, value]) => Math.abs(values[path] - value) < 3 * errors[path]),
  );
  // The first frame is searched like any image, and code that has not run yet is slow.
  const warm = seen.map(({ status }, k) => k > frames / 4 && status === 'good');
  const milliseconds = median(seen.flatMap((fit, k) => (warm[k] ? [fit.milliseconds] : [])));
  return {
    followed: seen.filter(({ status }) => status === 'good').length,
    within3: within.length / seen.length,
    errorOfX: seen.at(-1).errors['sphere.x'],
    processorMilliseconds: median(processor.filter((_, k) => warm[k])),
    milliseconds,
    fitsPerSecond: 1000 / milliseconds,
  };
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
