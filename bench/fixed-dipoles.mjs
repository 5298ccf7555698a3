/**
 * Where a molecule that does not turn is put by a fit that takes it for one that turns freely: its picture with photon
 * noise, of several tilts and distances before focus.
 *
 *   node bench/fixed-dipoles.mjs [--seeds 4] [--out fixed-dipoles.json]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '4' },
    out: { type: 'string', default: 'fixed-dipoles.json' },
  },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);
const TILTS = [22, 45, 90];
const DISTANCES = [0, 0.2e-6, 0.4e-6];

const { load, close } = await sources();
const { createSession } = await load('/src/workers/session.ts');
const { registry } = await load('/src/graph/catalogue.ts');
const { setAll } = await load('/src/graph/edit.ts');
const { dipoleDesign } = await load('/src/graph/examples/dipoleOrientation.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const session = await createSession('wasm');

/** A molecule that leans along x, seen at a distance before focus and fitted as one that turns freely. */
function takenForTurning(tilt, distance, seed) {
  const design = dipoleDesign((tilt * Math.PI) / 180, 0, 0, seed);
  const { simulated } = design.images;
  const truth = { ...simulated.truth, 'molecule.z': distance };
  // A cone of 90° holds all directions alike.
  const given = setAll(design, registry, { 'molecule.z': distance, 'molecule.coneAngle': Math.PI / 2 });
  return {
    truth,
    design: {
      ...given,
      learn: design.learn.filter((path) => !/polar|azimuth|cone/.test(path)),
      images: { simulated: { ...simulated, truth } },
    },
  };
}

async function tried(tilt, distance, seed) {
  const { design, truth } = takenForTurning(tilt, distance, seed);
  const { parameters, reducedChiSquare } = await session.fit(design, DEFAULT_FIT_OPTIONS);
  const found = Object.fromEntries(parameters.map((parameter) => [parameter.path, parameter]));
  const off = ['molecule.x', 'molecule.y'].map((path) => found[path].value - truth[path]);
  return { off, sigma: found['molecule.x'].sigma, chiSquare: reducedChiSquare };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rows = [];
for (const tilt of TILTS) {
  for (const distance of DISTANCES) {
    const each = [];
    for (const seed of seeds) each.push(await tried(tilt, distance, seed));
    const beside = Math.hypot(...[0, 1].map((axis) => mean(each.map(({ off }) => off[axis]))));
    const told = mean(each.map(({ sigma }) => sigma));
    rows.push({ tilt, distance, beside, told, chiSquare: mean(each.map(({ chiSquare }) => chiSquare)) });
    console.log(rows.at(-1));
  }
}
await writeResults(options.out, [fileURLToPath(import.meta.url)], {
  machine: machine(),
  seeds: seeds.length,
  rows,
});
session.dispose();
await close();
