/**
 * Steps and time that each method takes on fits of the gallery, on WebAssembly, from where the design stands and without
 * a search: the loss at the end, and the step and the second in which it first was within 1 % (of what there was to gain)
 * of the least that any method reached.
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
const { suitable } = await load('/src/graph/adamOnly.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { examples } = await load('/src/graph/examples/index.ts');
const { createSession } = await load('/src/workers/session.ts');

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
  const results = { machine: machine(), backend: 'wasm', near: NEAR, fits };
  console.log(await writeResults('optimisers.json', scripts, results));
}
