/**
 * How far beside a sphere a fit of its place may start without a search, on the hologram of the lesson and on the same
 * nearer to focus and farther: misfit against place, and where fits end that begin there. Some 20 s of processor time.
 *
 * Run: node bench/basin.mjs
 * Then: LUMINODE_WRITE_DOCS=1 npx vitest run tests/benchmarkPage.test.ts writes table and drawing.
 */
import { fileURLToPath } from 'node:url';
import { machine, sources, writeResults } from './support.mjs';

const DISTANCES = [1.5e-6, 3e-6, 6e-6];
/** Along x, from well inside until one fails. */
const STARTS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5].map((x) => x * 1e-6);
const PLACES = Array.from({ length: 81 }, (_, i) => (i - 40) / 20).map((x) => x * 1e-6);
/** 1 % of noise on 64 by 64 pixels places the sphere to nanometres. */
const FOUND = 10e-9;

const { load, close } = await sources();
const { registry } = await load('/src/graph/catalogue.ts');
const { setAll } = await load('/src/graph/edit.ts');
const { lostPosition } = await load('/src/graph/examples/convergence.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { createSession } = await load('/src/workers/session.ts');
const session = await createSession('wasm');
const rounded = (value, digits) => Number(value.toPrecision(digits));

/** The design of the lesson with its sphere so far before focus, in the measured image and in the model. */
function lessonAt(z) {
  const { simulated } = lostPosition.design.images;
  const images = { simulated: { ...simulated, truth: { ...simulated.truth, 'sphere.z': z } } };
  return { ...setAll(lostPosition.design, registry, { 'sphere.z': z }), images };
}

async function hologram(design, x) {
  const { images } = await session.evaluate(setAll(design, registry, { 'sphere.x': x }));
  return Float64Array.from(images.get('camera').data);
}

/** Root mean square of the difference from the true hologram, without noise, over its mean. */
async function misfits(design) {
  const truth = await hologram(design, 0);
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const found = [];
  for (const x of PLACES) {
    const seen = await hologram(design, x);
    const square = seen.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0) / truth.length;
    found.push([rounded(x, 3), rounded(Math.sqrt(square) / mean, 3)]);
  }
  return found;
}

async function fitFrom(design, x, z) {
  const options = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false };
  const result = await session.fit(setAll(design, registry, { 'sphere.x': x }), options);
  const end = Object.fromEntries(result.parameters.map(({ path, value }) => [path, value]));
  const errors = [end['sphere.x'], end['sphere.y'], end['sphere.z'] - z];
  return {
    start: rounded(x, 3),
    end: rounded(end['sphere.x'], 3),
    reducedChiSquare: rounded(result.reducedChiSquare, 3),
    isFound: errors.every((error) => Math.abs(error) < FOUND),
  };
}

const distances = [];
for (const z of DISTANCES) {
  const design = lessonAt(z);
  const fits = [];
  for (const x of STARTS) {
    fits.push(await fitFrom(design, x, z));
    if (!fits.at(-1).isFound) break;
  }
  distances.push({ z, misfits: await misfits(design), fits });
  console.log(z, fits.at(-2), fits.at(-1));
}
const { rows, columns, pixelPitch } = lostPosition.design.nodes.find(({ id }) => id === 'camera').params;
session.dispose();
await close();
const camera = { rows, columns, pixelPitch };
await writeResults('basin.json', [fileURLToPath(import.meta.url)], { machine: machine(), camera, distances });
