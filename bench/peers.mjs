/**
 * Where the benchmarks find what they compare with: packages of npm in a folder outside the repository, modules of
 * Python, Vulkan drivers. What is missing is named with the command that installs it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

/** Pinned: figures of other versions are other figures. */
const NPM_PEERS = {
  '@echogarden/pffft-wasm': '0.4.2',
  'fft.js': '4.0.4',
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs-core': '4.22.0',
  '@tensorflow/tfjs-backend-cpu': '4.22.0',
};

const DAWN = {
  webgpu: '0.6.2',
  '@tensorflow/tfjs-core': '4.22.0',
  '@tensorflow/tfjs-backend-cpu': '4.22.0',
  '@tensorflow/tfjs-backend-webgpu': '4.22.0',
};

/** A folder with these packages, installed unless that was done before; null without a registry. */
function installed(dependencies) {
  const text = JSON.stringify({ name: 'luminode-bench', private: true, dependencies });
  const id = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `luminode-bench-${id}`);
  const done = join(folder, 'installed');
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), text);
  try {
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    execFileSync('npm', args, { cwd: folder, stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  writeFileSync(done, '');
  return folder;
}

function dawnPackages() {
  const folder = installed(DAWN);
  if (folder === null) throw new Error('The npm package webgpu could not be installed: is there a registry?');
  return folder;
}

/** Dawn for Node: the module's `create` and `globals`, and its version. */
export async function dawn() {
  const from = createRequire(join(dawnPackages(), 'package.json'));
  const { create, globals } = await import(pathToFileURL(from.resolve('webgpu')).href);
  return { create, globals, version: DAWN.webgpu };
}

/** The WebGPU engine as one file beside Dawn, in a folder outside the repository. */
export async function dawnFolder() {
  const folder = dawnPackages();
  const workers = join(dirname(here), 'src', 'workers', 'webgpu');
  const entry = join(folder, 'entry.ts');
  writeFileSync(
    entry,
    `export { acquireDevice } from '${workers}/device.ts';
     export { createWebgpuKernels } from '${workers}/webgpuKernels.ts';
     export { planId } from '${workers}/fourier/plan.ts';`,
  );
  await build({
    root: dirname(here),
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

/**
 * The packages that transform on a processor.
 * @returns {{ versions: Record<string, string>, load: (name: string) => Promise<any> } | null} null without a registry
 */
export function npmPeers() {
  const folder = installed(NPM_PEERS);
  if (folder === null) return null;
  const from = createRequire(join(folder, 'package.json'));
  return {
    versions: NPM_PEERS,
    load: async (name) => {
      // TensorFlow.js ships CommonJS for Node, and its parts must meet in one registry.
      if (name.startsWith('@tensorflow/')) return from(name);
      return import(pathToFileURL(entryOf(folder, name)).href);
    },
  };
}

/** The file behind "package" or "package/part" for `import`, also of packages without CommonJS. */
function entryOf(folder, name) {
  const parts = name.split('/');
  const [owner, rest] = name.startsWith('@')
    ? [parts.slice(0, 2), parts.slice(2)]
    : [parts.slice(0, 1), parts.slice(1)];
  const at = join(folder, 'node_modules', ...owner);
  const { exports, module, main } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
  const entry = exports?.[rest.length > 0 ? `./${rest.join('/')}` : '.'];
  const file =
    typeof entry === 'string' ? entry : (entry?.import?.default ?? entry?.import ?? module ?? main);
  return join(at, file);
}

const INSTALL = {
  numpy: 'pip install -r bench/requirements.txt',
  scipy: 'pip install -r bench/requirements.txt',
  pyfftw: 'pip install -r bench/requirements.txt',
  jax: 'pip install -r bench/requirements.txt',
  torch:
    'pip install -r bench/requirements.txt (on Linux: --extra-index-url https://download.pytorch.org/whl/cpu spares 3 GB)',
  chromatix:
    'pip install "git+https://github.com/chromatix-team/chromatix@51c10db" (Python 3.12; what PyPI has by that name is a stub)',
};

/** Version of each Python module, null where it cannot be imported; null without Python. */
export function pythonPeers(python) {
  try {
    const text = execFileSync(python, [join(here, 'peers.py'), ...Object.keys(INSTALL)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(text.trim().split('\n').at(-1));
  } catch {
    return null;
  }
}

/** Vulkan drivers known to work here, by name; the Mesa one only from version 25, which Dawn asks for. */
const DRIVER_PLACES = [
  ['lavapipe', '/usr/share/vulkan/icd.d', /^lvp_icd.*\.json$/],
  ['swiftshader', '/usr/lib/chromium', /^vk_swiftshader_icd\.json$/],
];

/** @param {readonly string[]} given "name=path" as on the command line */
export function vulkanDrivers(given) {
  if (given.length > 0) return given;
  return DRIVER_PLACES.flatMap(([name, folder, pattern]) => {
    if (!existsSync(folder)) return [];
    const file = readdirSync(folder).find((each) => pattern.test(each));
    return file === undefined ? [] : [`${name}=${join(folder, file)}`];
  });
}

/** A line for each thing that was not found, with the way to get it. */
export function missingPeers({ python, modules, npm, drivers }) {
  const lines = [];
  if (modules === null) {
    lines.push(
      `Python was not found at "${python}": give one with --python <path>. SciPy, FFTW, PyTorch, JAX and Chromatix are left out.`,
    );
  } else {
    for (const [name, version] of Object.entries(modules)) {
      if (version === null) lines.push(`${name} was not found in ${python}: ${INSTALL[name]}`);
    }
  }
  if (npm === null)
    lines.push(
      'The packages of npm could not be installed (no registry?): pffft, fft.js, jax-js and stock TensorFlow.js are left out.',
    );
  if (drivers.length === 0)
    lines.push(
      'No Vulkan driver was found: apt install mesa-vulkan-drivers libvulkan1 (Mesa 25 or later), or --icd name=/path/to/icd.json. WebGPU is left out.',
    );
  return lines;
}
