/**
 * One contestant of bench/webgpu-fft.mjs in a process of its own (TensorFlow.js is one per process, and so is the
 * time that a software adapter takes from the processor). Answers the messages `prepare` and `round`.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [contestant, folder] = process.argv.slice(2);
const from = createRequire(join(folder, 'package.json'));
const importFrom = (name) => import(pathToFileURL(from.resolve(name)).href);

const { create, globals } = await importFrom('webgpu');
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { userAgent: 'node', gpu: create([]) },
});
// TensorFlow.js asks for Node's modules by this name.
globalThis.require = createRequire(import.meta.url);

/** The same numbers for every contestant; without symmetry. */
function samples(n) {
  let state = 12345;
  return Float32Array.from({ length: 2 * n * n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/** Radix-2 transform in float64 of n numbers at `start` with stride `step`. */
function hostLine(re, im, start, step, n) {
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const [p, q] = [start + i * step, start + j * step];
      [re[p], re[q], im[p], im[q]] = [re[q], re[p], im[q], im[p]];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const [c, s] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let block = k; block < n; block += size) {
        const [a, b] = [start + block * step, start + (block + size / 2) * step];
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        [re[b], im[b], re[a], im[a]] = [re[a] - x, im[a] - y, re[a] + x, im[a] + y];
      }
    }
  }
}

/** Relative L2 error of an unshifted spectrum, interleaved, up to a constant factor. */
function errorOf(spectrum, n) {
  const data = samples(n);
  const re = Float64Array.from({ length: n * n }, (_, i) => data[2 * i]);
  const im = Float64Array.from({ length: n * n }, (_, i) => data[2 * i + 1]);
  for (let y = 0; y < n; y++) hostLine(re, im, y * n, 1, n);
  for (let x = 0; x < n; x++) hostLine(re, im, x, n, n);
  let [dot, power] = [0, 0];
  for (let i = 0; i < n * n; i++) {
    dot += re[i] * spectrum[2 * i] + im[i] * spectrum[2 * i + 1];
    power += spectrum[2 * i] ** 2 + spectrum[2 * i + 1] ** 2;
  }
  const factor = dot / power;
  let [error, total] = [0, 0];
  for (let i = 0; i < n * n; i++) {
    error += (factor * spectrum[2 * i] - re[i]) ** 2 + (factor * spectrum[2 * i + 1] - im[i]) ** 2;
    total += re[i] ** 2 + im[i] ** 2;
  }
  return Math.sqrt(error / total);
}

/** Moves the origin between sample 0 and sample n/2, for even n. */
function recentred(data, n) {
  const out = new Float32Array(data.length);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const to = ((y + n / 2) % n) * n + ((x + n / 2) % n);
      out[2 * to] = data[2 * (y * n + x)];
      out[2 * to + 1] = data[2 * (y * n + x) + 1];
    }
  }
  return out;
}

async function rawDevice() {
  const adapter = await navigator.gpu.requestAdapter();
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeInvocationsPerWorkgroup } = adapter.limits;
  const { maxComputeWorkgroupStorageSize, maxComputeWorkgroupSizeX } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxBufferSize,
      maxStorageBufferBindingSize,
      maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupSizeX,
    },
  });
  return { adapter, device };
}

/** Each gives, for a size, a function that runs the transform `reps` times and one that reads the spectrum. */
const contestants = {
  luminode: async (policy) => {
    const { acquireDevice, createWebgpuKernels, planId } = await import(
      pathToFileURL(join(folder, 'luminode', 'entry.mjs')).href
    );
    const source = await acquireDevice();
    const kernels = createWebgpuKernels(source);
    if (policy) kernels.fourierPlanner.policy = policy;
    return async (n) => {
      const field = kernels.upload(recentred(samples(n), n), [n, n], 'complex');
      const lines = [
        { outer: n, length: n, inner: 1 },
        { outer: 1, length: n, inner: n },
      ];
      return {
        plan: lines.map((line) => planId(kernels.fourierPlanner.planFor(line))),
        run: async (reps) => {
          for (let i = 0; i < reps; i++) kernels.release(kernels.fourier2(field, 'forward'));
          source.backend.ensureCommandEncoderReady();
          source.backend.endComputePassEncoder();
          source.backend.submitQueue();
          await source.device.queue.onSubmittedWorkDone();
        },
        read: async () => {
          const result = kernels.fourier2(field, 'forward');
          const [values] = await kernels.readMany([result]);
          kernels.release(result);
          return recentred(values, n);
        },
      };
    };
  },
  webgpufft: async () => {
    const { createPlan, uploadComplex, downloadComplex } = await import(
      pathToFileURL(join(folder, 'webgpufft', 'src', 'index.js')).href
    );
    const { device } = await rawDevice();
    return async (n) => {
      const plan = createPlan(device, {
        type: 'c2c',
        shape: [n, n],
        direction: 'forward',
        batch: 1,
        normalize: 'none',
        layout: { interleavedComplex: true },
        precision: 'f32',
      });
      const input = uploadComplex(device, samples(n));
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const output = device.createBuffer({ size: 8 * n * n, usage });
      const run = async (reps) => {
        for (let i = 0; i < reps; i++) {
          const encoder = device.createCommandEncoder();
          plan.exec(encoder, { input, output });
          device.queue.submit([encoder.finish()]);
        }
        await device.queue.onSubmittedWorkDone();
      };
      return {
        run,
        read: async () => {
          await run(1);
          return downloadComplex(device, output, n * n);
        },
      };
    };
  },
  'jax-js': async (isCompiled) => {
    const jax = await importFrom('@jax-js/jax');
    await jax.init('webgpu');
    jax.defaultDevice('webgpu');
    const np = jax.numpy;
    return async (n) => {
      const data = samples(n);
      const part = (offset) =>
        np.array(Float32Array.from({ length: n * n }, (_, i) => data[2 * i + offset])).reshape([n, n]);
      const [real, imag] = [part(0), part(1)];
      await jax.blockUntilReady([real.ref, imag.ref]);
      const transform = isCompiled ? jax.jit((x) => np.fft.fft2(x)) : (x) => np.fft.fft2(x);
      const once = () => transform({ real: real.ref, imag: imag.ref });
      const dispose = (pair) => {
        pair.real.dispose();
        pair.imag.dispose();
      };
      return {
        run: async (reps) => {
          for (let i = 1; i < reps; i++) dispose(once());
          const last = once();
          await jax.blockUntilReady([last.real.ref, last.imag.ref]);
          dispose(last);
        },
        read: async () => {
          const { real: x, imag: y } = once();
          const [re, im] = [await x.data(), await y.data()];
          return Float32Array.from({ length: 2 * n * n }, (_, i) => (i % 2 ? im : re)[i >> 1]);
        },
      };
    };
  },
  tfjs: async (isFast) => {
    const tf = from('@tensorflow/tfjs-core');
    const { WebGPUBackend } = from('@tensorflow/tfjs-backend-webgpu');
    const { adapter, device } = await rawDevice();
    const backend = new WebGPUBackend(device, adapter.info);
    tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => backend);
    await tf.setBackend('webgpu');
    if (isFast) {
      // The script also overrides the WebGL kernels, which are not there.
      for (const kernelName of ['FFT', 'IFFT'])
        tf.registerKernel({ kernelName, backendName: 'webgl', kernelFunc: () => null });
      globalThis.tf = { ...tf, signal: { ...tf.signal } };
      await import(pathToFileURL(join(folder, 'tfjs-fast-fft', 'fft.js')).href);
    }
    return async (n) => {
      const data = samples(n);
      const part = (offset) =>
        tf.tensor2d(
          Float32Array.from({ length: n * n }, (_, i) => data[2 * i + offset]),
          [n, n],
        );
      const field = tf.complex(part(0), part(1));
      // The transpose of the spectrum, as there is no two-dimensional transform and nobody needs it turned back.
      const once = () => tf.tidy(() => tf.fft(tf.transpose(tf.fft(field))));
      return {
        run: async (reps) => {
          for (let i = 0; i < reps; i++) once().dispose();
          backend.ensureCommandEncoderReady();
          backend.endComputePassEncoder();
          backend.submitQueue();
          await device.queue.onSubmittedWorkDone();
        },
        read: async () => {
          const spectrum = tf.transpose(once());
          const [re, im] = [await tf.real(spectrum).data(), await tf.imag(spectrum).data()];
          return Float32Array.from({ length: 2 * n * n }, (_, i) => (i % 2 ? im : re)[i >> 1]);
        },
      };
    };
  },
};

const make = {
  luminode: () => contestants.luminode(),
  'luminode workgroup': () => contestants.luminode('workgroup'),
  'luminode barrierFree': () => contestants.luminode('barrierFree'),
  webgpufft: () => contestants.webgpufft(),
  'jax-js': () => contestants['jax-js'](false),
  'jax-js compiled': () => contestants['jax-js'](true),
  'tfjs-fast-fft': () => contestants.tfjs(true),
  tfjs: () => contestants.tfjs(false),
};

const prepare = await make[contestant]();
let current = null;

async function answer(message) {
  if (message.type === 'prepare') {
    const start = performance.now();
    current = await prepare(message.n);
    await current.run(1);
    const firstMilliseconds = performance.now() - start;
    return { firstMilliseconds, plan: current.plan, error: errorOf(await current.read(), message.n) };
  }
  const cpu = process.cpuUsage();
  const start = performance.now();
  await current.run(message.reps);
  const wall = (performance.now() - start) / message.reps;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 / message.reps };
}

process.on('message', (message) => {
  answer(message).then(
    (reply) => process.send(reply),
    (error) => process.send({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
