/** One adapter of webgpu-propagation.mjs: Dawn takes the driver from the environment, so each has a process of its own. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder] = process.argv.slice(2);
const from = createRequire(join(folder, 'package.json'));
const { create, globals } = await import(pathToFileURL(from.resolve('webgpu')).href);
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { userAgent: 'node', gpu: create([]) },
});
// TensorFlow.js asks for Node's modules by this name.
globalThis.require = createRequire(import.meta.url);

const MILLISECONDS_PER_SAMPLE = 60;

const { acquireDevice, createWebgpuKernels } = await import(
  pathToFileURL(join(folder, 'luminode', 'entry.mjs')).href
);
const source = await acquireDevice();
const kernels = createWebgpuKernels(source);
let tasks = null;

function samples(count) {
  let state = 12345;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/** The filter by the single kernels. */
function unfused(u, transfer, n, padding) {
  const made = [];
  const keep = (array) => {
    made.push(array);
    return array;
  };
  const padded = padding === 1 ? u : keep(kernels.resize(u, n, n));
  const product = keep(kernels.multiply(keep(kernels.fourier2(padded, 'forward')), transfer));
  const back = kernels.fourier2(product, 'inverse');
  const result = padding === 1 ? back : kernels.resize(keep(back), n / padding, n / padding);
  for (const array of made) kernels.release(array);
  return result;
}

async function settled() {
  source.backend.ensureCommandEncoderReady();
  source.backend.endComputePassEncoder();
  source.backend.submitQueue();
  await source.device.queue.onSubmittedWorkDone();
}

async function timed(task, reps) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < reps; i++) kernels.release(task());
  await settled();
  const wall = (performance.now() - start) / reps;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1e3 / reps };
}

async function prepare({ n, padding }) {
  for (const array of tasks?.arrays ?? []) kernels.release(array);
  const m = n / padding;
  const u = kernels.upload(samples(2 * m * m), [m, m], 'complex');
  const transfer = kernels.upload(samples(2 * n * n), [n, n], 'complex');
  tasks = {
    arrays: [u, transfer],
    fused: () => kernels.filter2(u, transfer),
    unfused: () => unfused(u, transfer, n, padding),
  };
  const results = [tasks.fused(), tasks.unfused()];
  const [a, b] = await kernels.readMany(results);
  for (const array of results) kernels.release(array);
  let [error, power] = [0, 0];
  b.forEach((value, i) => {
    error += (a[i] - value) ** 2;
    power += value ** 2;
  });
  const { wall } = await timed(tasks.unfused, 1);
  tasks.reps = Math.max(1, Math.round(MILLISECONDS_PER_SAMPLE / wall));
  return { difference: Math.sqrt(error / power) };
}

async function answer(message) {
  if (message.type === 'open') return { adapter: source.adapter.description || source.adapter.vendor };
  if (message.type === 'prepare') return prepare(message);
  return { fused: await timed(tasks.fused, tasks.reps), unfused: await timed(tasks.unfused, tasks.reps) };
}

process.on('message', (message) => {
  answer(message).then(
    (reply) => process.send(reply),
    (error) => process.send({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
