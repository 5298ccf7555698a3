/**
 * Holograms of a sphere by every route, against the exact field: the table of docs/sphere-routes.md, between its marks.
 *
 * Run: node bench/sphere-routes.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sources } from './support.mjs';

const PAGE = join(dirname(fileURLToPath(import.meta.url)), '../docs/sphere-routes.md');
const [START, END] = ['<!-- measured by bench/sphere-routes.mjs -->', '<!-- end -->'];
const LIGHT = { wavelength: 532e-9, refractiveIndex: 1.33 };
const [APERTURE, PITCH, COMPARED, INDEX] = [0.9, 0.1e-6, 64, 1.45];
const WINDOWS = [64, 128, 256, 512];

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { runChain } = await load('/src/optics/testChain.ts');
const { elements } = await load('/src/optics/elements/index.ts');
const kernels = await createWasmKernels();
const stage = (type, params, from = {}) => ({
  spec: elements.find((spec) => spec.type === type),
  params,
  from: typeof from === 'string' ? { in: from } : from,
});

/** The middle of a picture. */
function middle(values, n) {
  const out = [];
  const rim = n / 2 - COMPARED / 2;
  for (let row = rim; row < rim + COMPARED; row++) {
    for (let column = rim; column < rim + COMPARED; column++) out.push(values[row * n + column]);
  }
  return out;
}

/** Hologram on a plane of n samples, over the plane wave's irradiance. */
async function onPlane(sphere, n, choice) {
  const ops = new Ops(kernels);
  const scope = ops.open();
  const { source, field } = runChain(
    ops,
    { source: stage('planeWave', LIGHT), field: stage('sphereField', { ...sphere, ...choice }, 'source') },
    { samples: n, pitch: PITCH },
  );
  const [seen, wave] = await ops.read([field.samples, source.samples]);
  ops.close(scope);
  ops.clearConstants();
  const unit = wave[0] ** 2 + wave[1] ** 2;
  const image = Float64Array.from({ length: n * n }, (_, i) => {
    const [x, y] = [2 * i, 2 * (n * n + i)];
    return (seen[x] ** 2 + seen[x + 1] ** 2 + seen[y] ** 2 + seen[y + 1] ** 2) / unit;
  });
  return middle(image, n);
}

async function throughObjective(sphere) {
  const ops = new Ops(kernels);
  const scope = ops.open();
  const chain = {
    source: stage('planeWave', LIGHT),
    sphere: stage('mieSphere', sphere, 'source'),
    sum: stage('interference', {}, { scattered: 'sphere', reference: 'source' }),
    pupil: stage('pupil', { numericalAperture: APERTURE }, 'sum'),
    camera: stage('camera', { rows: COMPARED, columns: COMPARED, pixelPitch: PITCH }, 'pupil'),
  };
  const { camera } = runChain(ops, chain, { samples: 256, pitch: PITCH });
  const [image] = await ops.read([camera.samples]);
  ops.close(scope);
  ops.clearConstants();
  return Array.from(image);
}

const rms = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const number = (x) => (x < 0.0995 ? x.toPrecision(1) : x.toPrecision(2));
const rows = [];
for (const radius of [0.5e-6, 1e-6]) {
  for (const z of [5e-6, 10e-6, 20e-6]) {
    const sphere = { radius, z, refractiveIndex: INDEX };
    const exact = await onPlane(sphere, COMPARED, {});
    const signal = rms(exact.map((value) => value - 1));
    const miss = (found) => number(rms(found.map((value, i) => value - exact[i])) / signal);
    const cells = [
      `${radius * 1e6} µm`,
      `${z * 1e6} µm`,
      signal.toPrecision(2),
      miss(await throughObjective(sphere)),
    ];
    for (const assembly of ['hybrid', 'geometric']) {
      for (const n of WINDOWS) cells.push(miss(await onPlane(sphere, n, { assembly, aperture: APERTURE })));
    }
    rows.push(cells);
    console.log(cells.join(' '));
  }
}
await close();
const windows = (name) => WINDOWS.map((n) => `${name}, ${n}`);
const head = ['radius', 'distance', 'signal', 'objective', ...windows('hybrid'), ...windows('geometric')];
const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const page = readFileSync(PAGE, 'utf8');
const [before, after] = [page.split(START)[0], page.split(END)[1]];
writeFileSync(PAGE, `${before}${START}\n\n${table}\n\n${END}${after}`);
