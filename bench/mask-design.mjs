/**
 * Designs masks for localisation on WASM, under the conditions of the optimum that is known (8.024 nm): from random
 * starts in Zernike terms by several methods, then cell by cell from the best of these and from random cells.
 *
 *   node bench/mask-design.mjs [--seeds 3] [--out mask-design.json]
 *
 * Each mask is also judged with three points of Gauss per side of a pixel instead of two even ones, which see more of a
 * spot than a pixel does: that is how precise it really is. Times are processor times of all threads.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: { seeds: { type: 'string', default: '3' }, out: { type: 'string', default: 'mask-design.json' } },
});

const { load, close } = await sources();
const { createSession } = await load('/src/workers/session.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { fitted } = await load('/src/workers/testDesigns.ts');
const { shownNodes } = await load('/src/workers/galleryProof.ts');
const { freeMaskByDesign, randomWavefront, RADIAN, tetrapodByDesign } = await load(
  '/src/graph/examples/maskDesign.ts',
);
const session = await createSession('wasm');

const withParams = (design, id, params) => ({
  ...design,
  nodes: design.nodes.map((node) =>
    node.id === id ? { ...node, params: { ...node.params, ...params } } : node,
  ),
});

/** The objective in nm, with some of its parameters changed. */
async function precisionOf(design, params = {}) {
  const changed = withParams(design, 'precision', params);
  const { measured } = await shownNodes(changed, ['precision'], (each, wanted) => session.show(each, wanted));
  return measured[0].data[0];
}

const FINE = { points: 'gauss', subPixels: 3 };

async function judged(design) {
  const [mean, fine, x, z] = [
    await precisionOf(design),
    await precisionOf(design, FINE),
    await precisionOf(design, { ...FINE, coordinates: 'xy' }),
    await precisionOf(design, { ...FINE, coordinates: 'z' }),
  ];
  return { mean, fine, lateral: x, axial: z };
}

async function descended(name, design, fit) {
  const since = process.cpuUsage();
  const result = await session.fit(design, { ...DEFAULT_FIT_OPTIONS, ...fit });
  const { user, system } = process.cpuUsage(since);
  const found = fitted(design, result);
  const row = {
    name,
    start: result.loss.start,
    ...(await judged(found)),
    steps: result.iterations,
    processorSeconds: (user + system) / 1e6,
  };
  console.log(
    `${name}: ${row.start.toFixed(2)} to ${row.mean.toFixed(3)} nm (fine ${row.fine.toFixed(3)}) in ${row.steps} steps, ${row.processorSeconds.toFixed(1)} s`,
  );
  return { row, found };
}

const LEAST_TERM = 0.02;
/** Noll index and radians RMS of the terms that matter. */
const termsOf = ({ nodes }) =>
  Object.entries(nodes.find(({ id }) => id === 'pupil').params.zernike)
    .map(([j, metres]) => [Number(j), Number((metres / RADIAN).toFixed(3))])
    .filter(([, radians]) => Math.abs(radians) > LEAST_TERM);

const METHODS = {
  'Adam, learning rate 0.3': { method: 'adam' },
  'Adam as the page has it, rate 1': { method: 'adam', learningRate: 1 },
  'Adam, rate 1, more steps': { method: 'adam', learningRate: 1, maxIterations: 200 },
  'L-BFGS': { method: 'lbfgs', maxIterations: 120 },
};

const wavefront = (zernike) => withParams(tetrapodByDesign.design, 'pupil', { zernike });
const zernike = [];
let best = null;
for (const [method, fit] of Object.entries(METHODS)) {
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    const { row, found } = await descended(`${method}, start ${seed}`, wavefront(randomWavefront(seed)), fit);
    zernike.push({ method, seed, ...row, terms: termsOf(found) });
    if (best === null || row.mean < best.mean) best = { mean: row.mean, found };
  }
}
const polished = await descended('the best, by L-BFGS', best.found, { method: 'lbfgs', maxIterations: 120 });
const known = wavefront({ 6: 1.068 * RADIAN, 12: -1.21 * RADIAN });
const fixed = {
  known: await judged(known),
  none: await judged(wavefront({})),
  astigmatic: await judged(wavefront({ 6: RADIAN })),
};

const FREE = { method: 'lbfgs', maxIterations: 150 };
const bestZernike = polished.found.nodes.find(({ id }) => id === 'pupil').params.zernike;
const free = [];
const freeFrom = async (name, zernikeTerms, phase, fit = FREE) => {
  const start = withParams(withParams(freeMaskByDesign.design, 'pupil', { zernike: zernikeTerms }), 'mask', {
    phase,
  });
  free.push((await descended(name, start, fit)).row);
};
await freeFrom('from the tetrapod that is known', { 6: 1.068 * RADIAN, 12: -1.21 * RADIAN }, 0);
await freeFrom('from the best Zernike mask', bestZernike, 0);
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  await freeFrom(
    `from random cells within ±0.2 rad, start ${seed}`,
    {},
    { low: -0.2, high: 0.2, seed },
    { method: 'adam', learningRate: 0.3, maxIterations: 300 },
  );
}

const results = {
  machine: machine(),
  known: 8.024,
  fixed,
  zernike,
  polished: { ...polished.row, terms: termsOf(polished.found) },
  free,
};
await writeResults(options.out, [fileURLToPath(import.meta.url)], results);
await close();
process.exit(0);
