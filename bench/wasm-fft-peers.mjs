/**
 * The WebAssembly 2-D Fourier transform against SciPy (pocketfft, complex64, one worker) and FFTW (float32,
 * MEASURE, one thread), in interleaved rounds of one run, with processor time beside wall time. Ours is the
 * centred unitary transform (origin at floor(N/2)); the peers do the plain one. Errors are against the float64
 * reference, relative to the norm.
 *
 * Run: PYTHON=<python with bench/requirements.txt> FFTW_LIBRARY=<libfftw3f.so.3> node bench/wasm-fft-peers.mjs
 *   [--rounds 9] [--sizes 256,512,1024,2048,…] [--dry: print only]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkVersions, machine, measured, peerProcess, sources, summary, writeResults } from './support.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    sizes: { type: 'string', default: '256,512,1024,2048,343,384,448,509,720,1000,1021' },
    dry: { type: 'boolean', default: false },
  },
});
const SECONDS = 0.25;

const { load, close } = await sources();
const { createWasmKernels } = await load('/src/workers/wasm/wasmKernels.ts');
const { createFloat64Kernels } = await load('/src/optics/ops/kernels.f64.ts');
const kernels = await createWasmKernels();
const peers = await peerProcess('bench/wasm-fft-peers.py');
await checkVersions(peers.versions);

function wasmTask(n) {
  const data = Float32Array.from({ length: 2 * n * n }, () => 2 * Math.random() - 1);
  const field = kernels.upload(data, [n, n], 'complex');
  return {
    run: () => kernels.release(kernels.fourier2(field, 'forward')),
    release: () => kernels.release(field),
  };
}

async function errorAt(n) {
  const data = Float32Array.from({ length: 2 * n * n }, () => 2 * Math.random() - 1);
  const transformed = async (backend) => {
    const field = backend.upload(data, [n, n], 'complex');
    const spectrum = backend.fourier2(field, 'forward');
    const [read] = await backend.readMany([spectrum]);
    backend.release(field);
    backend.release(spectrum);
    return read;
  };
  const [ours, exact] = [await transformed(kernels), await transformed(createFloat64Kernels())];
  const square = (sum, x) => sum + x * x;
  const difference = exact.map((x, i) => x - ours[i]);
  return Number(Math.sqrt(difference.reduce(square, 0) / exact.reduce(square, 0)).toPrecision(2));
}

const sizes = {};
for (const n of options.sizes.split(',').map(Number)) {
  const task = wasmTask(n);
  const rounds = { wasm: [], scipy: [], fftw: [] };
  // The engine's optimising compiler needs some calls, FFTW its plan.
  measured(task.run, SECONDS);
  for (const peer of ['scipy', 'fftw']) await peers.ask({ peer, n, seconds: 0 });
  for (let round = 0; round < Number(options.rounds); round++) {
    rounds.wasm.push(measured(task.run, SECONDS));
    for (const peer of ['scipy', 'fftw']) rounds[peer].push(await peers.ask({ peer, n, seconds: SECONDS }));
  }
  task.release();
  const times = Object.fromEntries(Object.entries(rounds).map(([name, list]) => [name, summary(list)]));
  const ratio = (peer) => Number((times.wasm.cpu / times[peer].cpu).toFixed(3));
  const wallRatio = (peer) => Number((times.wasm.wall / times[peer].wall).toFixed(3));
  const error = await errorAt(n);
  sizes[n] = {
    milliseconds: times,
    relativeError: error,
    cpuRatioToScipy: ratio('scipy'),
    cpuRatioToFftw: ratio('fftw'),
    wallRatioToScipy: wallRatio('scipy'),
    wallRatioToFftw: wallRatio('fftw'),
  };
  const shown = Object.entries(times).map(([name, t]) => `${name} ${t.wall}/${t.cpu}/${t.bestWall}`);
  console.log(
    `${n}: wall/cpu/best ${shown.join(', ')} ms; cpu ratio ${ratio('scipy')} ${ratio('fftw')}, wall ratio ${wallRatio('scipy')} ${wallRatio('fftw')}, error ${error}`,
  );
}
peers.close();
await close();
if (!options.dry) {
  const here = fileURLToPath(import.meta.url);
  const scripts = [here, here.replace(/\.mjs$/, '.py'), here.replace('wasm-fft-peers', 'support')];
  const results = { machine: machine(), versions: peers.versions, rounds: Number(options.rounds), sizes };
  console.log(await writeResults('wasm-fft.json', scripts, results));
}
