/**
 * A wavefront with terms to Noll 36 found from seven noisy planes: by Zernike terms alone, by projections, and by a map
 * beside Zernike terms that is held smooth.
 *
 *   node bench/free-pupil.mjs [--seeds 10] [--out free-pupil.json]
 *
 * Times are processor times of all threads.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, median, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    out: { type: 'string', default: 'free-pupil.json' },
  },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

const { load, close } = await sources();
const { createSession } = await load('/src/workers/session.ts');
const { registry } = await load('/src/graph/catalogue.ts');
const { setAll } = await load('/src/graph/edit.ts');
const { freePupilDesign, hiddenTerms, addedPhase, wavefrontError, withoutMap } = await load(
  '/src/graph/examples/freePupil.ts',
);
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { decodeFloat32 } = await load('/src/graph/imageData.ts');
const { zernike } = await load('/src/optics/maths/zernike.ts');
const { fitted } = await load('/src/workers/testDesigns.ts');
const session = await createSession('wasm');

// As the design has them.
const [NAMED, WAVELENGTH, BACKGROUND] = [15, 580e-9, 20];

/** Only Zernike terms up to a Noll index. */
const zernikes = (highest) => (design) => {
  const others = design.learn.filter((path) => !path.startsWith('pupil.zernike') && path !== 'map.phase');
  const terms = Array.from({ length: highest - 4 }, (_, i) => `pupil.zernike.${i + 5}`);
  return { design: { ...withoutMap(design), learn: [...others, ...terms] }, fit: {} };
};

/** Projections turn a map alone: place, brightness and blur are given as they are, background as an offset. */
const projections = (design) => {
  const { truth } = design.images.simulated;
  const names = ['bead.x', 'bead.y', 'bead.z', 'bead.photons', 'camera.blur'];
  const known = Object.fromEntries(names.map((name) => [name, truth[name]]));
  const whole = { 'map.penalty': 'none', 'map.leaveOut': 0 };
  const values = { ...known, 'camera.background': 0, 'camera.offset': 20, ...whole };
  const given = setAll(withoutMap(design), registry, values);
  return {
    design: { ...given, learn: ['map.phase'] },
    fit: { method: 'projection', maxIterations: 60 },
  };
};

const free = (method) => (design) => ({ design, fit: { method, maxIterations: 100 } });

/** A penalty of another weight. */
const weighted = (factor) => (design) => {
  const weight = design.nodes.find(({ id }) => id === 'map').params.penaltyWeight;
  return free('lbfgs')(setAll(design, registry, { 'map.penaltyWeight': factor * weight }));
};

const METHODS = [
  ['Zernike terms to Noll 15', zernikes(15)],
  ['Zernike terms to Noll 22', zernikes(22)],
  ['projections, all else known', projections],
  ['terms to Noll 15 and a smooth map, Adam', free('adam')],
  ['terms to Noll 15 and a smooth map, L-BFGS', free('lbfgs')],
  ['the same with three times the weight of the penalty', weighted(3)],
  ['with a third of it', weighted(1 / 3)],
];

/** Errors over the standard errors that a fit tells: of numbers, of the terms of the whole wavefront, and of cells. */
function shares(design, found, result, hidden) {
  const { truth } = design.images.simulated;
  const trueOf = (path) => hidden[/zernike\.(\d+)$/.exec(path)?.[1]] ?? truth[path] ?? BACKGROUND;
  const numbers = result.parameters.map(({ path, value, sigma }) => (value - trueOf(path)) / sigma);
  const isTold = ({ noll }) => noll > 4 && noll <= 36;
  const terms = result.wavefront.terms
    .filter(isTold)
    .map(({ noll, value, sigma }) => (value - (hidden[noll] ?? 0)) / sigma);
  const [{ cells, sigma }] = result.maps;
  const phase = addedPhase(found);
  const places = [...decodeFloat32(sigma, cells * cells)].flatMap((told, i) => {
    if (Number.isNaN(told)) return [];
    const at = (index) => (2 * index + 1) / cells - 1;
    const [x, y] = [at(i % cells), at(Math.floor(i / cells))];
    const path = Object.entries(hidden)
      .filter(([j]) => j > NAMED)
      .reduce((sum, [j, value]) => sum + value * zernike(Number(j), x, y), 0);
    return [{ error: phase(x, y) - (2 * Math.PI * path) / WAVELENGTH, told }];
  });
  const mean = places.reduce((sum, { error }) => sum + error, 0) / places.length;
  const { rms, rmsSigma } = result.wavefront;
  return { numbers, terms, cells: places.map(({ error, told }) => (error - mean) / told), rms, rmsSigma };
}

function spread(values) {
  const within = (limit) => values.filter((z) => Math.abs(z) <= limit).length / values.length;
  return {
    count: values.length,
    rms: Math.sqrt(values.reduce((sum, z) => sum + z * z, 0) / values.length),
    withinTwo: within(2),
    withinThree: within(3),
  };
}

/** What is told of the fits by L-BFGS, and how far it holds. */
function toldErrors(tries) {
  const all = (kind) => spread(tries.flatMap(({ told }) => told[kind]));
  return { numbers: all('numbers'), terms: all('terms'), cells: all('cells') };
}

async function tried(task) {
  const each = [];
  for (const seed of seeds) {
    const { design, fit } = task(freePupilDesign(seed));
    const since = process.cpuUsage();
    const result = await session.fit(design, { ...DEFAULT_FIT_OPTIONS, ...fit });
    const { user, system } = process.cpuUsage(since);
    const found = fitted(design, result);
    const { loss } = await session.show(setAll(found, registry, { 'map.penaltyWeight': 0 }));
    const error = wavefrontError(found, hiddenTerms(seed));
    const told = result.wavefront === undefined ? null : shares(design, found, result, hiddenTerms(seed));
    each.push({ seed, error, deviance: 2 * loss, processorSeconds: (user + system) / 1e6, told });
    console.log(seed, error.toFixed(4), (2 * loss).toFixed(3), each.at(-1).processorSeconds);
  }
  const middle = (pick) => median(each.map(pick));
  return {
    medianError: middle(({ error }) => error),
    worstError: Math.max(...each.map(({ error }) => error)),
    medianDeviance: middle(({ deviance }) => deviance),
    processorSecondsEach: middle(({ processorSeconds }) => processorSeconds),
    ...(each.every(({ told }) => told !== null) ? { told: toldErrors(each) } : {}),
    each: each.map(({ told, ...rest }) => rest),
  };
}

const methods = [];
for (const [name, task] of METHODS) {
  console.log(name);
  methods.push({ name, ...(await tried(task)) });
}
await writeResults(options.out, [fileURLToPath(import.meta.url)], {
  machine: machine(),
  stacks: seeds.length,
  methods,
});
session.dispose();
await close();
