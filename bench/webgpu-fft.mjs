/**
 * Times the 2-D Fourier transforms of the WebGPU backend against others, in Node on Dawn, and writes
 * bench/results/webgpu-fft.json. Contestants run in processes of their own and take turns in short rounds, so that
 * whatever else the machine does meets all of them alike; ratios are medians of the ratios within a round.
 *
 * node bench/webgpu-fft.mjs [--icd lavapipe=/path/lvp_icd.json --icd swiftshader=/path/vk_swiftshader_icd.json]
 *   [--peers folder] [--sizes 256,512,1024] [--rounds 9] [--only a,b] [--out file]
 *
 * --icd     Vulkan driver manifests, one adapter each; without any the machine's own driver is used. lavapipe must
 *           come from Mesa 25 or later (Dawn refuses older ones). Needs libvulkan.so.1 on LD_LIBRARY_PATH.
 * --peers   folder with checkouts named webgpufft and tfjs-fast-fft, for machines without access to GitHub
 */
import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

const PACKAGES = {
  webgpu: '0.6.2',
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs-core': '4.22.0',
  '@tensorflow/tfjs-backend-webgpu': '4.22.0',
  '@tensorflow/tfjs-backend-cpu': '4.22.0',
};
/** Not on npm. */
const REPOSITORIES = {
  webgpufft: ['https://github.com/MaximEremenko/WebGPU-FFT', 'fa45c93f524a69a96c9f55acfad865226bfccd29'],
  'tfjs-fast-fft': ['https://github.com/georg95/tfjs-fast-fft', '6336eca6182d2b48918030e2291bd2bc3bf59764'],
};
const CONTESTANTS = [
  'luminode',
  'luminode workgroup',
  'webgpufft',
  'jax-js',
  'jax-js compiled',
  'tfjs-fast-fft',
  'tfjs',
];
/** A contestant that does not answer for so long is left out. */
const PATIENCE = 120_000;
/** Rounds of one size beyond the third are given up after so many milliseconds. */
const LONGEST_SIZE = 60_000;
/** Stock TensorFlow.js needs N² operations per sample; beyond this side nobody wants to wait. */
const LARGEST_STOCK = 512;

const { values } = parseArgs({
  options: {
    icd: { type: 'string', multiple: true, default: [] },
    peers: { type: 'string' },
    sizes: { type: 'string', default: '256,512,1024' },
    rounds: { type: 'string', default: '9' },
    only: { type: 'string' },
    out: { type: 'string', default: join(here, 'results', 'webgpu-fft.json') },
  },
});
const sizes = values.sizes.split(',').map(Number);
const rounds = Number(values.rounds);
const contestants = values.only ? values.only.split(',') : CONTESTANTS;

/** Everything the children import, in one folder outside the repository. */
async function assemble() {
  const folder = mkdtempSync(join(tmpdir(), 'webgpu-fft-'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'webgpu-fft-bench', private: true, dependencies: PACKAGES }),
  );
  const options = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'],
    options,
  );
  for (const [name, [url, commit]] of Object.entries(REPOSITORIES)) {
    const target = join(folder, name);
    const local = values.peers && join(resolve(values.peers), name);
    if (local && existsSync(local)) cpSync(local, target, { recursive: true });
    else {
      execFileSync('git', ['clone', '--quiet', url, target], options);
      execFileSync('git', ['-C', target, 'checkout', '--quiet', commit], options);
    }
  }
  const entry = join(folder, 'entry.ts');
  const workers = join(root, 'src', 'workers', 'webgpu');
  writeFileSync(
    entry,
    `export { acquireDevice } from '${workers}/device.ts';
     export { createWebgpuKernels } from '${workers}/webgpuKernels.ts';
     export { planId } from '${workers}/fourier/plan.ts';`,
  );
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: join(folder, 'luminode'),
      emptyOutDir: true,
      minify: false,
      rollupOptions: { output: { entryFileNames: 'entry.mjs' } },
    },
  });
  return folder;
}

class Child {
  constructor(name, folder, icd) {
    this.name = name;
    const env = icd ? { ...process.env, VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd } : process.env;
    this.process = fork(join(here, 'webgpu-fft-child.mjs'), [name, folder], { env, silent: true });
    let errors = '';
    this.process.stderr.on('data', (text) => {
      errors = (errors + text).slice(-2000);
    });
    this.ready = this.next().catch(() => Promise.reject(new Error(`${name} did not start: ${errors}`)));
  }

  next() {
    return new Promise((settle, fail) => {
      const onExit = () => fail(new Error(`${this.name} ended early.`));
      const timer = setTimeout(() => {
        fail(new Error(`${this.name} does not answer.`));
        this.process.kill('SIGKILL');
      }, PATIENCE);
      this.process.once('exit', onExit);
      this.process.once('message', (message) => {
        clearTimeout(timer);
        this.process.off('exit', onExit);
        if (message.failed) fail(new Error(`${this.name}: ${message.failed}`));
        else settle(message);
      });
    });
  }

  ask(message) {
    const reply = this.next();
    this.process.send(message);
    return reply;
  }

  get isAlive() {
    return this.process.connected;
  }

  end() {
    if (this.isAlive) this.process.disconnect();
  }
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

const rounded = (value) => Number(value.toPrecision(4));

async function runSize(children, n) {
  const entries = [];
  for (const child of children) {
    if (!child.isAlive || (child.name === 'tfjs' && n > LARGEST_STOCK)) continue;
    try {
      const { firstMilliseconds, plan, error } = await child.ask({ type: 'prepare', n });
      const { wall } = await child.ask({ type: 'round', reps: 1 });
      const reps = Math.max(1, Math.min(20, Math.round(100 / wall)));
      entries.push({ child, reps, firstMilliseconds, plan, error, samples: [] });
      console.error(
        `  ${n} ${child.name}: first ${firstMilliseconds.toFixed(0)} ms, error ${error.toExponential(1)}`,
      );
    } catch (error) {
      console.error(`  ${n} ${child.name} failed: ${error.message}`);
    }
  }
  const deadline = Date.now() + LONGEST_SIZE;
  for (let round = 0; round < rounds && (round < 3 || Date.now() < deadline); round++) {
    for (const entry of entries) {
      // Seconds per transform: two rounds say enough of the stock kernels.
      if (entry.child.name === 'tfjs' && round > 1) continue;
      entry.samples.push(await entry.child.ask({ type: 'round', reps: entry.reps }));
    }
  }
  const own = entries[0];
  const results = {};
  for (const { child, samples, firstMilliseconds, plan, error } of entries) {
    const ratio = (what) =>
      rounded(median(samples.map((sample, round) => sample[what] / own.samples[round][what])));
    results[child.name] = {
      wallMilliseconds: rounded(median(samples.map(({ wall }) => wall))),
      bestWallMilliseconds: rounded(Math.min(...samples.map(({ wall }) => wall))),
      cpuMilliseconds: rounded(median(samples.map(({ cpu }) => cpu))),
      wallOverLuminode: ratio('wall'),
      cpuOverLuminode: ratio('cpu'),
      firstMilliseconds: rounded(firstMilliseconds),
      rounds: samples.length,
      relativeError: Number(error.toExponential(2)),
      ...(plan ? { plan } : {}),
    };
  }
  return results;
}

const hash = (...files) => {
  const all = createHash('sha256');
  for (const file of files) all.update(readFileSync(file));
  return all.digest('hex');
};

mkdirSync(dirname(values.out), { recursive: true });
const folder = await assemble();
const report = {
  what: '2-D complex forward transform, milliseconds per transform; ratios are medians within interleaved rounds',
  date: new Date().toISOString(),
  scriptSha256: hash(join(here, 'webgpu-fft.mjs'), join(here, 'webgpu-fft-child.mjs')),
  engineSha256: hash(join(folder, 'luminode', 'entry.mjs')),
  versions: {
    node: process.version,
    ...PACKAGES,
    ...Object.fromEntries(Object.entries(REPOSITORIES).map(([name, [, commit]]) => [name, commit])),
  },
  processor: cpus()[0]?.model,
  cores: cpus().length,
  rounds,
  adapters: {},
};
const adapters = values.icd.length > 0 ? values.icd.map((pair) => pair.split('=')) : [['default', null]];
for (const [adapter, icd] of adapters) {
  console.error(adapter);
  const children = [];
  for (const name of contestants) {
    const child = new Child(name, folder, icd);
    try {
      await child.ready;
      children.push(child);
    } catch (error) {
      console.error(`  ${error.message}`);
    }
  }
  report.adapters[adapter] = {};
  for (const n of sizes) {
    const loadBefore = loadavg()[0];
    report.adapters[adapter][n] = { loadBefore, ...(await runSize(children, n)) };
    // After every size, so that an interrupted run leaves what it has.
    writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
  }
  for (const child of children) child.end();
}
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify(report.adapters, null, 2));
process.exit(0);
