/**
 * What a step costs the host on WebGPU: CPU time of this process per step, on Dawn's null adapter, which takes every
 * command and computes nothing. The step: phase of 256² parameters -> field -> transfer function -> intensity -> loss
 * -> gradient -> Adam, and the gradient step of a bead fit, each
 *   - through TensorFlow.js, launch by launch ("eager"),
 *   - as a prepared step, where the host still computes the samples that it alone can compute,
 *   - as a recorded loop, 16 steps per submission (the first kind only).
 * Writes bench/results/compiled-step.json.
 *
 * Run: node bench/compiled-step.mjs [--rounds 7] [--dry]
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dawn } from './peers.mjs';
import { machine, median, sources, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, dry: { type: 'boolean', default: false } },
});
const N = 256;
const STEPS = 32;

const { create, globals, version } = await dawn();
Object.assign(globalThis, globals);
const gpu = create(['backend=null']);
Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { userAgent: 'node', gpu } });
// TensorFlow.js asks for Node's modules by this name.
globalThis.require = createRequire(import.meta.url);

const { load, close } = await sources();
const { acquireDevice } = await load('/src/workers/webgpu/device.ts');
const { createWebgpuKernels } = await load('/src/workers/webgpu/webgpuKernels.ts');
const { withSteps } = await load('/src/workers/webgpu/compiled/stepKernels.ts');
const { startAdam } = await load('/src/optics/ops/adam.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { registry } = await load('/src/graph/catalogue.ts');
const { compile } = await load('/src/graph/compile.ts');
const { expandLearnables } = await load('/src/graph/learnables.ts');
const { GraphRunner } = await load('/src/graph/execute.ts');
const { beadStack } = await load('/src/graph/examples/beadStack.ts');
const { truthOf } = await load('/src/graph/examples/truth.ts');
const { setAll } = await load('/src/graph/edit.ts');
const { HostImages } = await load('/src/workers/hostImages.ts');
const { FitProblem } = await load('/src/workers/fit/fitProblem.ts');

const source = await acquireDevice();
const eager = createWebgpuKernels(source);
const prepared = withSteps(eager, source);
const RATES = { learningRate: 0.02, decaySteps: null, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** One step of the phase of a hologram, all on the device. */
function phaseStep(kernels) {
  const ops = new Ops(kernels);
  const zeros = new Float64Array(N * N);
  const ones = new Float64Array(N * N).fill(1);
  const bounds = { lower: ones.map((x) => -9 * x), upper: ones.map((x) => 9 * x) };
  const state = startAdam(kernels, zeros, [N, N], bounds, 64);
  const complexZeros = new Float64Array(2 * N * N);
  return () => {
    const scope = ops.open();
    ops.mode = 'reverse';
    const phase = ops.variable(state.parameters);
    const transfer = ops.constant('transfer', [N, N], 'complex', () => complexZeros);
    const data = ops.constant('data', [N, N], 'real', () => zeros);
    const intensity = ops.absSquared(ops.filter2(ops.phasor(phase), transfer));
    const residual = ops.subtract(intensity, data);
    const loss = ops.sum(ops.multiply(residual, residual), [0, 1]);
    const { loss: total, gradient } = ops.descent(loss, phase);
    kernels.adam(state, total, gradient, RATES);
    ops.close(scope);
  };
}

/** The gradient of a bead stack of one plane with a pupil of 256². */
async function beadProblem(kernels) {
  const values = { 'stack.planes': 1, 'camera.rows': 64, 'camera.columns': 64 };
  const sized = setAll({ ...beadStack, grid: { ...beadStack.grid, samples: N } }, registry, values);
  const { simulated } = beadStack.images;
  const target = { ...simulated, truth: truthOf(sized.nodes, values) };
  const design = { ...sized, images: { simulated: target } };
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const plan = compile(design, registry);
  const runner = new GraphRunner(ops, images.get);
  return FitProblem.create(runner, plan, expandLearnables(design, registry, plan.planes));
}

/** CPU time per step in milliseconds. */
async function cpuPerStep(run) {
  await source.device.queue.onSubmittedWorkDone();
  const before = process.cpuUsage();
  await run();
  await source.device.queue.onSubmittedWorkDone();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3 / STEPS;
}

const eagerPhase = phaseStep(eager);
const loop = prepared.record(phaseStep(prepared));
const problems = { eager: await beadProblem(eager), prepared: await beadProblem(prepared) };
const count = problems.eager.parameters.length;
let flip = 0;
const gradients = async (problem) => {
  for (let i = 0; i < STEPS; i++) {
    flip = 1 - flip;
    await problem.lossGradient(new Float64Array(count).fill(0.01 * flip));
  }
};
const contestants = {
  phaseEager: async () => {
    for (let i = 0; i < STEPS; i++) eagerPhase();
    eager.flush();
  },
  phaseLoop: async () => {
    for (let i = 0; i < STEPS; i += 16) await loop.repeat(16);
  },
  beadEager: () => gradients(problems.eager),
  beadPrepared: () => gradients(problems.prepared),
};
const rounds = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (const run of Object.values(contestants)) await run();
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, run] of Object.entries(contestants)) rounds[name].push(await cpuPerStep(run));
}
const faults = source.faults();
if (faults.uncaptured.length > 0) throw new Error(faults.uncaptured[0]);
const round = (x) => Number(x.toPrecision(3));
const milliseconds = Object.fromEntries(
  Object.entries(rounds).map(([name, list]) => [name, round(median(list))]),
);
const ratio = (slow, quick) => round(median(rounds[slow].map((x, i) => x / rounds[quick][i])));
const results = {
  machine: machine(),
  what: `CPU milliseconds of this process per step at ${N} x ${N}, 1 plane, on Dawn's null adapter`,
  versions: { webgpu: version, tfjs: '4.22.0' },
  milliseconds,
  eagerOverLoop: ratio('phaseEager', 'phaseLoop'),
  eagerOverPrepared: ratio('beadEager', 'beadPrepared'),
};
console.log(results);
await close();
if (!options.dry) {
  const here = fileURLToPath(import.meta.url);
  await writeResults(
    'compiled-step.json',
    [here, join(here, '../peers.mjs'), join(here, '../support.mjs')],
    results,
  );
}
process.exit(0);
