/**
 * Emitters of an astigmatic and of a tetrapod image of a point, at random places and depths over ±600 nm, 3500 photons
 * and 10 background electrons per pixel: root mean square of errors over their Cramér-Rao bounds, and emitters per
 * second of one thread by window and by what computes; pairs whose images overlap. Images come from the pupil itself,
 * fits from the spline through it.
 *
 * Run: node bench/localisation.mjs [--emitters 5000] [--pairs 300] [--dry: print only]
 *      [--before FILE: pairs as another version found them, to stand beside]
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { overlaps } from './localisation-overlap.mjs';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    emitters: { type: 'string', default: '5000' },
    pairs: { type: 'string', default: '300' },
    before: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
});
const { load, close } = await sources();
const { registry } = await load('/src/graph/catalogue.ts');
const { setAll } = await load('/src/graph/edit.ts');
const { tetrapod } = await load('/src/graph/examples/psfEngineering.ts');
const { Localiser } = await load('/src/optics/localisation/localise.ts');
const { FrameLocaliser } = await load('/src/optics/localisation/localiseFrame.ts');
const { splineKernel } = await load('/src/optics/localisation/localiseKernel.ts');
const { psfSpline } = await load('/src/optics/localisation/psfSpline.ts');
const { SeededRandom } = await load('/src/optics/maths/random.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { openBackend } = await load('/src/workers/backends.ts');
const { PointImages } = await load('/src/workers/localising/pointImages.ts');
const { wasmEmitterKernel } = await load('/src/workers/localising/wasmKernel.ts');

const RADIAN = 670e-9 / (2 * Math.PI);
const DESIGNS = { astigmatic: { 6: 1 }, tetrapod: { 6: 1.068, 12: -1.21 } };
const [PHOTONS, BACKGROUND, RANGE] = [3500, 10, 600e-9];
const [Z_START, Z_STEP, PLANES] = [-1e-6, 0.1e-6, 21];
const LARGEST = 17;
const PIXELS = LARGEST + 16;

const emitters = Number(options.emitters);
/** Pixels of a frame with a pair, and of its windows' points. */
const [FRAME, WINDOW] = [41, 17];
const backend = await openBackend('wasm');
const before =
  options.before === undefined ? await recordedBefore() : JSON.parse(await readFile(options.before, 'utf8'));
const results = {
  machine: machine(),
  emitters,
  photons: PHOTONS,
  background: BACKGROUND,
  before,
  designs: {},
};
for (const [name, terms] of Object.entries(DESIGNS)) results.designs[name] = await measured(terms);
backend.dispose();
await close();
process.stdout.write(`${JSON.stringify({ ...results, machine: undefined }, null, 2)}\n`);
if (!options.dry) await writeResults('localisation.json', [fileURLToPath(import.meta.url)], results);

async function measured(terms) {
  const design = setAll({ ...tetrapod.design, grid: { samples: 64, pitch: 1e-6 } }, registry, {
    'mask.strength': 0,
    ...Object.fromEntries(
      Object.entries(terms).map(([j, radians]) => [`pupil.zernike.${j}`, radians * RADIAN]),
    ),
  });
  const points = new PointImages(new Ops(backend.kernels), design, PIXELS, () => null);
  let began = performance.now();
  const samples = await points.samples(2, Z_START, Z_STEP, PLANES);
  const splineMilliseconds = performance.now() - began;
  const spline = psfSpline(samples);
  const random = new SeededRandom(11);
  const shots = [];
  for (let k = 0; k < emitters; k++) {
    const truth = [random.uniform() - 0.5, random.uniform() - 0.5, RANGE * (2 * random.uniform() - 1)];
    const image = await points.at(truth[0] * points.pitch, truth[1] * points.pitch, truth[2]);
    const seen = Float64Array.from(image, (share) => random.poisson(PHOTONS * share + BACKGROUND));
    shots.push({ truth, seen });
  }
  const speeds = {};
  let precision = null;
  for (const side of [13, 15, 17]) {
    const windows = shots.map(({ seen }) => cut(seen, side));
    for (const [what, open] of [
      ['javascript', async () => splineKernel(spline, side)],
      ['wasm', () => wasmEmitterKernel(spline, side)],
    ]) {
      const localiser = new Localiser(await open());
      const some = what === 'wasm' ? windows : windows.slice(0, 400);
      // Code that has not run yet is slow.
      for (const window of some.slice(0, 300)) localiser.fit(window);
      const { user, system } = process.cpuUsage();
      began = performance.now();
      const fits = some.map((window) => localiser.fit(window));
      const used = process.cpuUsage();
      const milliseconds = performance.now() - began;
      const processor = (used.user + used.system - user - system) / 1000;
      speeds[`${what}${side}`] = {
        perSecond: (1000 * fits.length) / milliseconds,
        perProcessorSecond: (1000 * fits.length) / processor,
      };
      if (side === LARGEST && what === 'wasm') precision = precisionOf(fits, points.pitch);
    }
  }
  points.release();
  const frames = new PointImages(new Ops(backend.kernels), design, FRAME, () => null);
  const localiser = new FrameLocaliser(await wasmEmitterKernel(spline, WINDOW));
  const counts = { pairs: Number(options.pairs), singles: emitters };
  const pairs = await overlaps(frames, localiser, SeededRandom, counts);
  frames.release();
  return { splineMilliseconds, precision, speeds, pairs };

  function precisionOf(fits, pitch) {
    const units = [pitch, pitch, Z_STEP];
    const middle = Math.floor(LARGEST / 2);
    const axes = ['x', 'y', 'z'].map((axis, a) => {
      const errors = fits.map((fit, k) => {
        const { truth } = shots[k];
        const true_ = a < 2 ? truth[a] + middle : (truth[2] - Z_START) / Z_STEP;
        return { off: fit.values[a] - true_, bound: fit.errors[a] };
      });
      const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;
      return [
        axis,
        {
          overBound: Math.sqrt(mean(errors.map(({ off, bound }) => (off / bound) ** 2))),
          biasOverBound: mean(errors.map(({ off, bound }) => off / bound)),
          rms: units[a] * Math.sqrt(mean(errors.map(({ off }) => off ** 2))),
          bound: units[a] * Math.sqrt(mean(errors.map(({ bound }) => bound ** 2))),
        },
      ];
    });
    const statuses = {};
    for (const { status } of fits) statuses[status] = (statuses[status] ?? 0) + 1;
    return { ...Object.fromEntries(axes), statuses };
  }
}

/** The last record's; null where there is none. */
async function recordedBefore() {
  const file = new URL('./results/localisation.json', import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')).before ?? null;
}

/** The window around the middle pixel. */
function cut(image, side) {
  const margin = Math.floor(PIXELS / 2) - Math.floor(side / 2);
  return Float64Array.from(
    { length: side * side },
    (_, i) => image[(Math.floor(i / side) + margin) * PIXELS + (i % side) + margin],
  );
}
