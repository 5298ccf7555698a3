/**
 * Two tables. Fits: steps and time that each method takes on fits of the gallery, on WebAssembly, from where the design stands and without
 * a search: the loss at the end, and the step and the second in which it first was within 1 % (of what there was to gain)
 * of the least that any method reached. Designs: what every ready system that learns a map or has a goal
 * reaches in as many steps as the page takes, by the methods that could be its default.
 *
 * Run: node bench/optimisers.mjs [--dry: print only] [--only sphere-hologram]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: { dry: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const { load, close } = await sources();
const { registry } = await load('/src/graph/catalogue.ts');
const { onlyAdam, suitable } = await load('/src/graph/adamOnly.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { examples } = await load('/src/graph/examples/index.ts');
const { createSession } = await load('/src/workers/session.ts');
const { shownNodes } = await load('/src/workers/galleryProof.ts');
const { fitted } = await load('/src/workers/testDesigns.ts');

/** A few numbers, three dozen numbers with photon noise, and the cells of a hologram. */
const FITS = [
  { id: 'sphere-hologram', steps: 150 },
  { id: 'bead-stack', steps: 150 },
  { id: 'letter-hologram', steps: 100 },
].filter(({ id }) => options.only === undefined || options.only === id);
const METHODS = ['levenbergMarquardt', 'gaussNewton', 'lbfgs', 'adam', 'momentum'];
/** Of what there is to gain. */
const NEAR = 0.01;

const session = await createSession('wasm');
const fits = [];
for (const { id, steps } of FITS) {
  const design = examples.find((example) => example.id === id)?.design;
  if (design === undefined) throw new Error(`There is no example ${id}.`);
  const runs = [];
  for (const method of METHODS) {
    const asked = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: steps };
    if (suitable(asked, design, registry).method !== method) continue;
    const began = performance.now();
    const curve = [];
    const result = await session.fit(design, asked, async ({ iteration, loss }) => {
      curve.push({ iteration, loss, seconds: (performance.now() - began) / 1000 });
      return true;
    });
    const { ending, iterations, seconds, loss } = result;
    runs.push({ method, ending, iterations, seconds, start: loss.start, end: loss.end, curve });
    console.log(id, method, ending, iterations, `${seconds.toFixed(1)} s`, loss.start, '->', loss.end);
  }
  const least = Math.min(...runs.map(({ end }) => end));
  fits.push({
    id,
    unknowns: design.learn.length,
    runs: runs.map(({ curve, ...run }) => {
      const near = least + NEAR * (run.start - least);
      const reached = curve.find(({ loss }) => loss <= near) ?? null;
      return {
        ...run,
        near: reached === null ? null : { step: reached.iteration, seconds: reached.seconds },
      };
    }),
  });
}

/** What could be the default where Levenberg and Marquardt cannot go. */
const CANDIDATES = [
  { name: 'Adam, 0.3', method: 'adam', learningRate: 0.3 },
  { name: 'Adam, 1', method: 'adam', learningRate: 1 },
  { name: 'L-BFGS', method: 'lbfgs' },
];

async function goalAt(design, { goal, proof }) {
  const nodes = goal?.nodes ?? proof.nodes;
  const { measured } = await shownNodes(design, nodes, (each, wanted) => session.show(each, wanted));
  return goal === undefined ? proof.measure(...measured) : goal.measure(design, ...measured);
}

const designs = [];
for (const example of examples) {
  const { id, design, goal } = example;
  if (options.only !== undefined && options.only !== id) continue;
  if (design.learn.length === 0 || onlyAdam(design, registry) === null) continue;
  const runs = [];
  for (const { name, ...how } of CANDIDATES) {
    const result = await session.fit(design, { ...DEFAULT_FIT_OPTIONS, coarseSearch: false, ...how });
    const { ending, iterations, seconds, loss } = result;
    const reached = await goalAt(fitted(design, result), example);
    runs.push({ name, ending, iterations, seconds, start: loss.start, end: loss.end, reached });
    console.log(id, name, ending, iterations, `${seconds.toFixed(1)} s`, loss.start, '->', loss.end, reached);
  }
  const { method, learningRate } = suitable(DEFAULT_FIT_OPTIONS, design, registry);
  const standard = CANDIDATES.findIndex(
    (each) => each.method === method && (each.learningRate ?? learningRate) === learningRate,
  );
  // Of a ready system without a goal the proof: the larger the better where it is a share.
  const bound = goal?.bound ?? 'atLeast';
  const display = (goal ?? example.proof).display;
  designs.push({ id, learned: onlyAdam(design, registry), bound, display, standard, runs });
}
session.dispose();
await close();

console.table(
  fits.flatMap(({ id, runs }) =>
    runs.map(({ method, ending, iterations, end, near }) => ({
      id,
      method,
      ending,
      iterations,
      end: end.toPrecision(4),
      nearStep: near?.step ?? '–',
      nearSeconds: near === null ? '–' : near.seconds.toFixed(2),
    })),
  ),
);
if (!options.dry) {
  const here = fileURLToPath(import.meta.url);
  const scripts = [here, here.replace('optimisers.mjs', 'support.mjs')];
  const results = { machine: machine(), backend: 'wasm', near: NEAR, fits, designs };
  console.log(await writeResults('optimisers.json', scripts, results));
}
