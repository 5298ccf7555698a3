/**
 * One step of optimising a phase mask pixel by pixel (phase → field → FFT → transfer function → inverse FFT →
 * intensity → loss → gradient → Adam) on WebAssembly against JAX (jit, float32) on one and two threads, in
 * interleaved rounds. Ours composes the backend's kernels as `Ops` does in reverse mode; Adam runs on the host,
 * as in the engine. The losses of the first steps must agree.
 *
 * Run: PYTHON=<python with bench/requirements.txt> node bench/step-peers.mjs [--rounds 5] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  checkVersions,
  machine,
  measured,
  median,
  peerProcess,
  sources,
  summary,
  writeResults,
} from './support.mjs';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, dry: { type: 'boolean', default: false } },
});
const SECONDS = 0.4;
const RATE = 0.05;

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { filter2 } = await load('/src/optics/ops/kernels.ts');
const kernels = await createWasmKernels();

/** The same numbers as in step-peers.py. */
class Task {
  constructor(n) {
    this.n = n;
    const size = n * n;
    this.phase = Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin(0.37 * i));
    this.first = new Float32Array(size);
    this.second = new Float32Array(size);
    this.count = 0;
    const transfer = new Float64Array(2 * size);
    for (let i = 0; i < size; i++) {
      const [y, x] = [Math.floor(i / n) - (n >> 1), (i % n) - (n >> 1)];
      const angle = (-Math.PI * 0.5 * (x * x + y * y)) / n;
      transfer.set([Math.cos(angle), Math.sin(angle)], 2 * i);
    }
    this.transfer = kernels.upload(transfer, [n, n], 'complex');
    const target = Float64Array.from({ length: size }, (_, i) => 1 + Math.cos(0.11 * i));
    this.target = kernels.upload(target, [n, n], 'real');
  }

  async step() {
    const { n } = this;
    const phase = kernels.upload(this.phase, [n, n], 'real');
    const light = kernels.phasor(phase);
    const field = filter2(kernels, light, this.transfer);
    const intensity = kernels.absSquared(field);
    const residual = kernels.subtract(intensity, this.target);
    const squares = kernels.multiply(residual, residual);
    const total = kernels.sum(squares, [0, 1]);
    const weighted = kernels.multiply(residual, field);
    const back = filter2(kernels, weighted, this.transfer, true);
    const slope = kernels.imaginaryInner(light, back);
    const gradient = kernels.scale(slope, 4 / (n * n));
    const [sum, g] = await kernels.readMany([total, gradient]);
    const made = [phase, light, field, intensity, residual, squares, total, weighted, back, slope, gradient];
    for (const array of made) kernels.release(array);
    this.gradient = g;
    this.adam(g);
    return sum[0] / (n * n);
  }

  /** The update of the phase alone, on the host. */
  update() {
    this.adam(this.gradient);
  }

  adam(g) {
    const { phase, first, second } = this;
    this.count++;
    const [a, b] = [1 / (1 - 0.9 ** this.count), 1 / (1 - 0.999 ** this.count)];
    for (let i = 0; i < g.length; i++) {
      first[i] = 0.9 * first[i] + 0.1 * g[i];
      second[i] = 0.999 * second[i] + 0.001 * g[i] * g[i];
      phase[i] -= (RATE * a * first[i]) / (Math.sqrt(b * second[i]) + 1e-8);
    }
  }
}

async function measuredSteps(task, seconds) {
  const walls = [];
  const before = process.cpuUsage();
  const end = performance.now() + 1e3 * seconds;
  while (walls.length < 3 || performance.now() < end) {
    const start = performance.now();
    await task.step();
    walls.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { wall: median(walls), cpu: (user + system) / 1e3 / walls.length };
}

const peers = {};
for (const threads of ['1', '2']) {
  peers[`jax${threads}`] = await peerProcess('bench/step-peers.py', process.env.PYTHON, { THREADS: threads });
}
await checkVersions(peers.jax1.versions);
const sizes = {};
for (const n of [128, 256, 512]) {
  const task = new Task(n);
  const losses = [];
  for (let i = 0; i < 4; i++) losses.push(await task.step());
  await measuredSteps(task, SECONDS);
  const rounds = { wasm: [], jax1: [], jax2: [] };
  for (const [name, peer] of Object.entries(peers)) {
    const { losses: theirs } = await peer.ask({ n, seconds: SECONDS });
    // Both in float32: sums, transforms and Adam's quotients of small gradients round differently.
    if (losses.some((loss, i) => !(Math.abs(loss / theirs[i] - 1) < 1e-4))) {
      throw new Error(`At ${n} the losses differ: ours ${losses.join()}, ${name} ${theirs.join()}.`);
    }
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    rounds.wasm.push(await measuredSteps(task, SECONDS));
    for (const [name, peer] of Object.entries(peers)) {
      rounds[name].push(await peer.ask({ n, seconds: SECONDS }));
    }
  }
  const updates = Array.from({ length: 5 }, () => measured(() => task.update(), SECONDS / 4));
  const times = Object.fromEntries(Object.entries(rounds).map(([name, list]) => [name, summary(list)]));
  times.hostAdam = summary(updates);
  sizes[n] = { milliseconds: times, cpuRatioToJax1: Number((times.wasm.cpu / times.jax1.cpu).toFixed(3)) };
  const shown = Object.entries(times).map(([name, t]) => `${name} ${t.wall}/${t.cpu}/${t.bestWall}`);
  console.log(`${n}: wall/cpu/best ${shown.join(', ')} ms; cpu ratio to jax1 ${sizes[n].cpuRatioToJax1}`);
}
const versions = peers.jax1.versions;
for (const peer of Object.values(peers)) peer.close();
await close();
if (!options.dry) {
  const here = fileURLToPath(import.meta.url);
  const scripts = [here, here.replace(/\.mjs$/, '.py'), here.replace('step-peers', 'support')];
  const results = { machine: machine(), versions, rounds: Number(options.rounds), sizes };
  console.log(await writeResults('step-peers.json', scripts, results));
}
