/**
 * 2-D complex transforms of the WebAssembly backend against everything else that transforms on a processor: SciPy,
 * FFTW (float32, MEASURE) and PyTorch in Python, pffft, fft.js, jax-js and stock TensorFlow.js in this process, in
 * interleaved rounds. Ratios are medians of the ratios within a round; above 1 the peer takes longer.
 *
 * Run: node bench/transform-peers.mjs [--python <path>] [--rounds 3] [--sizes 128,256,…] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { npmPeers } from './peers.mjs';
import { checkVersions, machine, median, peerProcess, sources, summary, writeResults } from './support.mjs';
import { fftJs, jaxJs, luminode, pffft, tfjsCpu } from './transform-contestants.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    rounds: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '256,512,1024,384,500,1000,1009,128,2048' },
    dry: { type: 'boolean', default: false },
  },
});
const SECONDS = 0.12;
/** One transform of more milliseconds than this at a size: the peer sits out larger ones. */
const PATIENCE = 500;
/** Stock TensorFlow.js does N operations per sample and axis on a processor that it does not use well. */
const LARGEST_STOCK = 128;
const PYTHON_PEERS = ['scipy1', 'fftw1', 'fftw2', 'torch1', 'torch2'];

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');

async function timed(run, seconds) {
  const walls = [];
  const before = process.cpuUsage();
  const end = performance.now() + 1e3 * seconds;
  do {
    const start = performance.now();
    await run();
    walls.push(performance.now() - start);
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return { wall: median(walls), cpu: (user + system) / 1e3 / walls.length };
}

/** name -> maker of { time, release } at a size, null where the peer does not do that size. */
async function contestants() {
  const inProcess = (make) => async (n) => {
    const task = await make(n);
    return task && { time: (seconds) => timed(task.run, seconds), release: task.release };
  };
  const all = { wasm: inProcess(luminode(await createWasmKernels())) };
  const missing = [];
  const npm = npmPeers();
  if (npm === null) missing.push('pffft, fft.js, jax-js, tfjs');
  else {
    for (const [name, create] of Object.entries({ pffft, fftJs, jaxJs, tfjsCpu })) {
      all[name] = inProcess(await create(npm.load));
    }
  }
  const python = await peerProcess('bench/transform-peers.py', options.python).catch(() => null);
  if (python === null) missing.push(...PYTHON_PEERS);
  else {
    await checkVersions(python.versions);
    for (const peer of PYTHON_PEERS) {
      const module = peer.replace(/\d$/, '').replace('fftw', 'pyfftw');
      if (python.versions[module] === null) {
        missing.push(peer);
        continue;
      }
      all[peer] = async (n) => {
        // Plans are made now, and a size that fails says so.
        const { failed } = await python.ask({ peer, n, seconds: 0 });
        if (failed !== undefined) return null;
        return { time: (seconds) => python.ask({ peer, n, seconds }), release: () => undefined };
      };
    }
  }
  return { all, missing, versions: { ...npm?.versions, ...python?.versions }, end: () => python?.close() };
}

const { all, missing, versions, end } = await contestants();
const here = fileURLToPath(import.meta.url);
const others = ['transform-peers.py', 'transform-contestants.mjs', 'peers.mjs', 'support.mjs'];
const scripts = [here, ...others.map((name) => here.replace('transform-peers.mjs', name))];
const retired = new Set();
const sizes = {};
for (const n of options.sizes.split(',').map(Number)) {
  const entries = [];
  for (const [name, make] of Object.entries(all)) {
    if (retired.has(name) || (name === 'tfjsCpu' && n > LARGEST_STOCK)) continue;
    const task = await make(n).catch(() => null);
    if (task === null) continue;
    const first = await task.time(name === 'wasm' ? 2 * SECONDS : 0);
    if (first.wall > PATIENCE) retired.add(name);
    entries.push({ name, task, rounds: [], once: first.wall > 3e3 * SECONDS });
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const { task, rounds, once } of entries) rounds.push(await task.time(once ? 0 : SECONDS));
  }
  const own = entries[0].rounds;
  const ratio = (rounds, key) => Number(median(rounds.map((r, i) => r[key] / own[i][key])).toPrecision(3));
  sizes[n] = Object.fromEntries(
    entries.map(({ name, rounds }) => [
      name,
      { ...summary(rounds), wallOverOurs: ratio(rounds, 'wall'), cpuOverOurs: ratio(rounds, 'cpu') },
    ]),
  );
  for (const { task } of entries) task.release();
  const shown = Object.entries(sizes[n]).map(
    ([name, { wall, cpuOverOurs }]) => `${name} ${wall} (${cpuOverOurs})`,
  );
  console.log(`${n}: ms (processor time over ours) ${shown.join(', ')}`);
  // After every size, so that a run that is ended early leaves what it has.
  const results = { machine: machine(), versions, missing, rounds: Number(options.rounds), sizes };
  if (!options.dry) await writeResults('transforms.json', scripts, results);
}
end();
await close();
process.exit(0);
