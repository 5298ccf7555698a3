/**
 * How exact the WebAssembly backend is, against the float64 reference: transforms and their round trip (relative to
 * the norm), the adjoint dot test of the padded filter, and gradients of whole designs.
 *
 * Run: node bench/precision.mjs [--sizes 256,1024,2048,384,1009] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '256,1024,2048,384,1009' },
    dry: { type: 'boolean', default: false },
  },
});
const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { createFloat64Kernels } = await load('/src/optics/ops/kernels.f64.ts');
const { filter2 } = await load('/src/optics/ops/kernels.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { registry } = await load('/src/graph/catalogue.ts');
const { compile } = await load('/src/graph/compile.ts');
const { expandLearnables } = await load('/src/graph/learnables.ts');
const { GraphRunner } = await load('/src/graph/execute.ts');
const { HostImages } = await load('/src/workers/hostImages.ts');
const { FitProblem } = await load('/src/workers/fit/fitProblem.ts');
const { TIMED_DESIGNS } = await load('/src/workers/diagnostics/designs.ts');

/** Numbers without symmetry, the same in every run. */
function noise(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function relative(actual, expected) {
  let [error, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Number(Math.sqrt(error / norm).toPrecision(3));
}

const wasm = await createWasmKernels();
const exact = createFloat64Kernels();

async function transformErrors(n) {
  const data = noise(2 * n * n, 7);
  const read = async (kernels, array) => (await kernels.readMany([array]))[0];
  const spectra = [wasm, exact].map((kernels) => {
    const field = kernels.upload(data, [n, n], 'complex');
    const spectrum = kernels.fourier2(field, 'forward');
    kernels.release(field);
    return spectrum;
  });
  const back = wasm.fourier2(spectra[0], 'inverse');
  const result = {
    transform: relative(await read(wasm, spectra[0]), await read(exact, spectra[1])),
    roundTrip: relative(await read(wasm, back), data),
  };
  for (const array of [spectra[0], back]) wasm.release(array);
  exact.release(spectra[1]);
  return result;
}

/** |<A x, y> - <x, A* y>| / (|A x| |y|), with A the filter padded to twice the side. */
async function adjointError(n) {
  const [x, y] = [noise(2 * n * n, 3), noise(2 * n * n, 5)];
  const h = noise(8 * n * n, 9);
  const [u, v] = [x, y].map((data) => wasm.upload(data, [n, n], 'complex'));
  const transfer = wasm.upload(h, [2 * n, 2 * n], 'complex');
  const [forward, backward] = [filter2(wasm, u, transfer), filter2(wasm, v, transfer, true)];
  const [ax, ay] = await wasm.readMany([forward, backward]);
  for (const array of [u, v, transfer, forward, backward]) wasm.release(array);
  const inner = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const norm = (a) => Math.sqrt(inner(a, a));
  return Number((Math.abs(inner(ax, y) - inner(x, ay)) / (norm(ax) * norm(y))).toPrecision(3));
}

async function gradientOf(kernels, design) {
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  const runner = new GraphRunner(ops, images.get);
  await images.resolve(design);
  const plan = compile(design, registry);
  const learnables = expandLearnables(design, registry, plan.planes);
  const problem = await FitProblem.create(runner, plan, learnables);
  const { gradient } = await problem.lossGradient(new Float64Array(learnables.length).fill(0.1));
  return gradient;
}

const transforms = {};
for (const n of options.sizes.split(',').map(Number)) {
  transforms[n] = await transformErrors(n);
  console.log(`${n}: transform ${transforms[n].transform}, round trip ${transforms[n].roundTrip}`);
}
const adjoint = {};
for (const n of [64, 101, 256]) adjoint[n] = await adjointError(n);
console.log('adjoint dot test', adjoint);
const gradients = {};
for (const { id, make } of TIMED_DESIGNS) {
  const design = make(128);
  gradients[id] = relative(await gradientOf(wasm, design), await gradientOf(exact, design));
}
console.log('gradients', gradients);
await close();
if (!options.dry) {
  const here = fileURLToPath(import.meta.url);
  const scripts = [here, here.replace('precision', 'support')];
  const results = { machine: machine(), backend: 'wasm', transforms, adjoint, gradients };
  console.log(await writeResults('precision.json', scripts, results));
}
