/**
 * Two spheres whose rings overlap: simulated holograms at five separations with two seeds each, 1 % of noise, cut off
 * at 255 counts, found and fitted without a start. Solved: every value within five standard errors or the floor.
 *
 * Run: node bench/overlap.mjs [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({ options: { dry: { type: 'boolean', default: false } } });
const { load, close } = await sources();
const { registry } = await load('/src/graph/catalogue.ts');
const { DEFAULT_FIT_OPTIONS } = await load('/src/graph/fitOptions.ts');
const { withFoundSpheres } = await load('/src/graph/foundSpheres.ts');
const { prepareForImage } = await load('/src/graph/prepare.ts');
const { hologramTwin } = await load('/src/graph/testTwins.ts');
const { overlappingSpheres } = await load('/src/graph/examples/overlappingSpheres.ts');
const { createSession } = await load('/src/workers/session.ts');

/** From nearly touching (radii add up to 1.15 µm) to apart by more than the first dark ring. */
const SEPARATIONS = [1.5, 2, 3, 4.5, 7];
const PIXELS = 112;
const PITCH = 0.1e-6;
const COLUMNS = ['x', 'y', 'z', 'radius', 'refractiveIndex'];
/** Of a value where its standard error is smaller: models of 1e-5 and starts of a fit do not tell more. */
const FLOORS = { x: 2e-9, y: 2e-9, z: 20e-9, radius: 2e-9, refractiveIndex: 1e-3 };

const session = await createSession('wasm');
const cases = [];
for (const separation of SEPARATIONS) {
  for (const seed of [1, 2]) {
    const angle = seed === 1 ? 0.4 : 1.9;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)].map((part) => (part * separation * 1e-6) / 2);
    const truth = [
      { x: 0.13e-6 - dx, y: -0.08e-6 - dy, z: 10e-6, radius: 0.5e-6, refractiveIndex: 1.59 },
      {
        x: 0.13e-6 + dx,
        y: -0.08e-6 + dy,
        z: seed === 1 ? 11.5e-6 : 8.5e-6,
        radius: 0.65e-6,
        refractiveIndex: 1.5,
      },
    ];
    const counts = hologramTwin(
      truth.map((sphere) => ({
        ...sphere,
        x: sphere.x / PITCH + PIXELS / 2,
        y: sphere.y / PITCH + PIXELS / 2,
      })),
      {
        optics: { wavelength: 532e-9, mediumIndex: 1.33, numericalAperture: 1.1 },
        pitch: PITCH,
        ny: PIXELS,
        nx: PIXELS,
        noise: 0.01,
        seed: 100 * separation + seed,
        counts: seed === 1 ? 130 : 150,
      },
    );
    const image = {
      name: 'twin',
      shape: [PIXELS, PIXELS],
      data: Float32Array.from(counts),
      saturationLevel: 255,
    };
    const { design } = prepareForImage(overlappingSpheres.design, registry, {
      targetNode: 'target',
      image,
      background: null,
      crop: null,
      planes: null,
      keep: new Set(),
    });
    const node = design.nodes.find(({ id }) => id === 'spheres');
    const began = performance.now();
    // Detection says how many there are.
    const found = await session.findSpheres(design, 'spheres');
    const searched = performance.now();
    const filled = withFoundSpheres(design, registry, node, found);
    const result = await session.fit(filled, DEFAULT_FIT_OPTIONS);
    const ended = performance.now();
    const at = (row, column) =>
      result.parameters.find(({ path }) => path === `spheres.particles.${row}.${column}`);
    const rows = found.spheres.map((_, row) => row);
    const worst = truth.map((sphere) => {
      const misses = rows.map((row) =>
        Math.max(
          ...COLUMNS.map((column) => {
            const { value = Number.NaN, sigma = null } = at(row, column) ?? {};
            return Math.abs(value - sphere[column]) / Math.max(5 * (sigma ?? 0), FLOORS[column]);
          }),
        ),
      );
      return Math.min(...misses);
    });
    const solved = found.spheres.length === 2 && worst.every((miss) => miss <= 1);
    const clipped = counts.filter((value) => value >= 255).length;
    const each = {
      separationMicrometres: separation,
      seed,
      clippedPixels: clipped,
      found: found.spheres.length,
      worstOfAllowed: worst.map((miss) => Number(miss.toPrecision(3))),
      solved,
      searchSeconds: Number(((searched - began) / 1000).toFixed(2)),
      fitSeconds: Number(((ended - searched) / 1000).toFixed(2)),
      iterations: result.iterations,
    };
    cases.push(each);
    console.log(JSON.stringify(each));
  }
}
session.dispose();
await close();
const solved = cases.filter((each) => each.solved).length;
console.log(`${solved} of ${cases.length} solved`);
if (!options.dry) {
  const here = fileURLToPath(import.meta.url);
  const scripts = [here, here.replace('overlap.mjs', 'support.mjs')];
  const results = { machine: machine(), backend: 'wasm', floors: FLOORS, solved, of: cases.length, cases };
  console.log(await writeResults('overlap.json', scripts, results));
}
