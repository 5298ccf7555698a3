/** One adapter of copy-rate.mjs: Dawn takes the driver from the environment, so each has a process of its own. */
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

/** 128 MB of samples on a card; a processor's caches are passed with far less. */
const CARD_SAMPLES = 2 ** 24;
const SOFTWARE_SAMPLES = 2 ** 22;
const MILLISECONDS_PER_ROUND = 150;
const WORKGROUP = 256;
/** Groups along x at most; more samples go to y. */
const GROUPS = 32768;

const SHADER = `
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * ${GROUPS * WORKGROUP}u + id.x;
  if (i < arrayLength(&source)) { copied[i] = source[i]; }
}`;

/** Copies `bytes` from one buffer to another with a kernel, `reps` times in one submission. */
function copyTask(device, bytes) {
  const buffers = [0, 1].map(() => device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE }));
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: SHADER }), entryPoint: 'main' },
  });
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const groups = Math.ceil(bytes / 16 / WORKGROUP);
  return {
    run: async (reps) => {
      const encoder = device.createCommandEncoder();
      for (let i = 0; i < reps; i++) {
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(Math.min(groups, GROUPS), Math.ceil(groups / GROUPS));
        pass.end();
      }
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    release: () => {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

async function finished(device, backend) {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await device.queue.onSubmittedWorkDone();
}

function transformTask({ device, backend }, kernels, shape) {
  const count = 2 * shape.reduce((product, n) => product * n, 1);
  const field = kernels.upload(
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.7)),
    shape,
    'complex',
  );
  return {
    run: async (reps) => {
      for (let i = 0; i < reps; i++) kernels.release(kernels.fourier2(field, 'forward'));
      await finished(device, backend);
    },
    release: () => kernels.release(field),
  };
}

async function timed(task, reps) {
  const start = performance.now();
  await task.run(reps);
  return (performance.now() - start) / reps;
}

let [engine, source, kernels] = [null, null, null];
let tasks = {};

/** Compiles, lets plans be tuned, and finds how often a round repeats each. */
async function prepared(all) {
  for (const { task } of Object.values(tasks)) task.release();
  tasks = {};
  for (const [name, task] of Object.entries(all)) {
    for (let i = 0; i < 3; i++) await task.run(1);
    const once = await timed(task, 1);
    tasks[name] = { task, reps: Math.max(1, Math.min(200, Math.round(MILLISECONDS_PER_ROUND / once))) };
  }
}

async function answer({ type, n }) {
  if (type === 'open') {
    engine = await import(pathToFileURL(join(folder, 'luminode', 'entry.mjs')).href);
    source = await engine.acquireDevice({ allowSoftware: true });
    kernels = engine.createWebgpuKernels(source);
    const { vendor, architecture, description, isSoftware } = source.adapter;
    return { adapter: [vendor, architecture, description].filter(Boolean).join(' '), isSoftware };
  }
  if (type === 'prepare') {
    const wanted = source.adapter.isSoftware ? SOFTWARE_SAMPLES : CARD_SAMPLES;
    const limit = source.device.limits.maxStorageBufferBindingSize / 8;
    const batch = Math.max(1, Math.floor(Math.min(wanted, limit) / (n * n)));
    await prepared({
      transform: transformTask(source, kernels, [batch, n, n]),
      copy: copyTask(source.device, 8 * batch * n * n),
    });
    const line = { outer: batch * n, length: n, inner: 1 };
    return { samples: batch * n * n, batch, plan: engine.planId(kernels.fourierPlanner.planFor(line)) };
  }
  const times = {};
  for (const [name, { task, reps }] of Object.entries(tasks)) times[name] = await timed(task, reps);
  return times;
}

process.on('message', (message) => {
  answer(message).then(
    (reply) => process.send(reply),
    (error) => process.send({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
