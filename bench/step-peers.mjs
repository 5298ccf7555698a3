/**
 * One step of optimising a phase mask pixel by pixel (phase → field → FFT → transfer function → inverse FFT →
 * intensity → loss → gradient → Adam) for one and five planes on WebAssembly, against JAX (jit) and PyTorch, all in
 * float32 on one and two threads, in interleaved rounds. Ours composes the backend's kernels as `Ops` does in reverse
 * mode. The losses of the first steps must agree. Where other programs use the cores as well, processor times and the
 * least of many steps ("least") tell more than the clock.
 *
 * Run: PYTHON=<python with bench/requirements.txt> node bench/step-peers.mjs
 *   [--rounds 5] [--sizes 128,256,512,1024] [--planes 1,5] [--peers jax,torch] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkVersions, machine, median, peerProcess, sources, summary, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '128,256,512,1024' },
    planes: { type: 'string', default: '1,5' },
    peers: { type: 'string', default: 'jax,torch' },
    dry: { type: 'boolean', default: false },
  },
});
const SECONDS = 0.2;
const RATES = { learningRate: 0.05, decaySteps: null, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const THREADS = [1, 2];

const { load, close } = await sources();
const { openWasmBackend } = await load('/src/workers/wasm/wasmKernels.ts');
const { filter2 } = await load('/src/optics/ops/kernels.ts');
const { startAdam, releaseAdam } = await load('/src/optics/ops/adam.ts');

/** The same numbers as in step-peers.py. */
class Task {
  constructor(kernels, n, planes) {
    this.kernels = kernels;
    this.shape = [planes, n, n];
    const size = n * n;
    const phase = Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin(0.37 * i));
    const bounds = {
      lower: new Float32Array(size).fill(-1e30),
      upper: new Float32Array(size).fill(1e30),
    };
    this.state = startAdam(kernels, phase, [n, n], bounds, 1);
    const transfer = new Float32Array(2 * planes * size);
    const target = new Float32Array(planes * size);
    for (let p = 0; p < planes; p++) {
      for (let i = 0; i < size; i++) {
        const [y, x] = [Math.floor(i / n) - (n >> 1), (i % n) - (n >> 1)];
        const angle = (-Math.PI * (0.5 + 0.25 * p) * (x * x + y * y)) / n;
        transfer[2 * (p * size + i)] = Math.cos(angle);
        transfer[2 * (p * size + i) + 1] = Math.sin(angle);
        target[p * size + i] = 1 + Math.cos(0.11 * i + p);
      }
    }
    this.transfer = kernels.upload(transfer, this.shape, 'complex');
    this.target = kernels.upload(target, this.shape, 'real');
  }

  async step() {
    const { kernels, shape, state } = this;
    const [planes, ny, nx] = shape;
    const made = [];
    const keep = (array) => {
      made.push(array);
      return array;
    };
    const light = keep(kernels.phasor(state.parameters));
    const field = keep(filter2(kernels, light, this.transfer));
    const residual = keep(kernels.subtract(keep(kernels.absSquared(field)), this.target));
    const squares = keep(kernels.multiply(residual, residual));
    const loss = keep(kernels.scale(keep(kernels.sum(squares, [0, 1, 2])), 1 / (planes * ny * nx)));
    const weighted = keep(kernels.multiply(residual, field));
    const back = keep(filter2(kernels, weighted, this.transfer, true));
    const together = keep(kernels.sum(back, [0]));
    const slope = keep(kernels.imaginaryInner(light, together));
    kernels.adam(state, loss, keep(kernels.scale(slope, 4 / (planes * ny * nx))), RATES);
    const [read] = await kernels.readMany([loss]);
    for (const array of made) kernels.release(array);
    return read[0];
  }

  release() {
    releaseAdam(this.kernels, this.state);
    this.kernels.release(this.transfer);
    this.kernels.release(this.target);
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
  return { wall: median(walls), least: Math.min(...walls), cpu: (user + system) / 1e3 / walls.length };
}

const peers = {};
let versions = {};
for (const name of options.peers.split(',').filter((peer) => peer !== '')) {
  for (const threads of THREADS) {
    const environment = { PEER: name, THREADS: String(threads) };
    const peer = await peerProcess('bench/step-peers.py', process.env.PYTHON, environment).catch(() => null);
    versions = { ...versions, ...peer?.versions };
    if (!peer?.versions[name]) {
      console.log(`${name} was not found and is left out; set PYTHON to one with bench/requirements.txt.`);
      peer?.close();
      break;
    }
    await checkVersions(peer.versions);
    peers[`${name}${threads}`] = peer;
  }
}
const backends = {};
for (const threads of THREADS) backends[`wasm${threads}`] = await openWasmBackend({ threads });

async function compare(n, planes) {
  const tasks = {};
  const rounds = {};
  let expected;
  for (const [name, backend] of Object.entries(backends)) {
    const task = new Task(backend.kernels, n, planes);
    const losses = [];
    for (let i = 0; i < 4; i++) losses.push(await task.step());
    expected ??= losses;
    // Threads share out the work and change no bit of it.
    if (losses.some((loss, i) => loss !== expected[i]))
      throw new Error(`${name} gives other losses at ${n}.`);
    await measuredSteps(task, SECONDS);
    tasks[name] = task;
    rounds[name] = [];
  }
  for (const [name, peer] of Object.entries(peers)) {
    const { losses } = await peer.ask({ n, planes, seconds: SECONDS });
    // Both in float32: sums, transforms and Adam's quotients of small gradients round differently.
    if (losses.some((loss, i) => !(Math.abs(loss / expected[i] - 1) < 1e-4))) {
      throw new Error(`At ${n} the losses differ: ours ${expected.join()}, ${name} ${losses.join()}.`);
    }
    rounds[name] = [];
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, task] of Object.entries(tasks)) rounds[name].push(await measuredSteps(task, SECONDS));
    for (const [name, peer] of Object.entries(peers)) {
      rounds[name].push(await peer.ask({ n, planes, seconds: SECONDS }));
    }
  }
  for (const task of Object.values(tasks)) task.release();
  // Where other programs use the cores too, the least of many steps is what the machine can do.
  const times = Object.fromEntries(
    Object.entries(rounds).map(([name, list]) => {
      const least = Number(Math.min(...list.map((round) => round.least)).toPrecision(4));
      return [name, { ...summary(list), least }];
    }),
  );
  const ratios = {};
  for (const peer of Object.keys(peers)) {
    const ours = `wasm${peer.at(-1)}`;
    const ratio = (kind) => Number((times[ours][kind] / times[peer][kind]).toFixed(3));
    ratios[`${ours}/${peer}`] = { wall: ratio('wall'), cpu: ratio('cpu'), least: ratio('least') };
  }
  const shown = Object.entries(times).map(([name, t]) => `${name} ${t.wall}/${t.cpu}/${t.least}`);
  console.log(`${n} x ${planes}: wall/cpu/least ${shown.join(', ')} ms`);
  const text = Object.entries(ratios).map(([name, r]) => `${name} ${r.wall}/${r.cpu}/${r.least}`);
  console.log(`  ratios ${text.join(', ')}`);
  return { milliseconds: times, ratios };
}

/** The engine compiles WebAssembly a second time while it runs, which takes seconds of processor time. */
async function warmUp(kernels, planes) {
  const task = new Task(kernels, 128, planes);
  const before = process.cpuUsage();
  let used = 0;
  while (used < 2e6) {
    await task.step();
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
  task.release();
}

const shapes = options.planes.split(',').map(Number);
for (const { kernels } of Object.values(backends)) for (const planes of shapes) await warmUp(kernels, planes);
const here = fileURLToPath(import.meta.url);
const scripts = [here, here.replace(/\.mjs$/, '.py'), here.replace('step-peers', 'support')];
const sizes = {};
for (const n of options.sizes.split(',').map(Number)) {
  for (const planes of shapes) {
    sizes[`${n} x ${n}, ${planes} plane${planes === 1 ? '' : 's'}`] = await compare(n, planes);
    // After every size, so that a run that is ended early leaves what it has.
    const results = { machine: machine(), versions, rounds: Number(options.rounds), sizes };
    if (!options.dry) await writeResults('step-peers.json', scripts, results);
  }
}
for (const peer of Object.values(peers)) peer.close();
for (const backend of Object.values(backends)) backend.dispose();
await close();
