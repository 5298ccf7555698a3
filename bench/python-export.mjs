/**
 * Runs the Python scripts that Luminode writes and compares their images with our own in double precision: all systems
 * of the gallery that scripts cover, and variants that reach the other branches of the library.
 *
 * Run: node bench/python-export.mjs --python <a Python with bench/python-export-requirements.txt>
 * Writes bench/results/python-export.json, which carries the hash of all that scripts are made of.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesUnder } from '../scripts/freshness.mjs';
import { VARIANTS } from './python-export-variants.mjs';
import { machine, sources, writeResults } from './support.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const { values: options } = parseArgs({
  options: { python: { type: 'string', default: process.env.PYTHON ?? 'python3' }, only: { type: 'string' } },
});

const { load, close } = await sources();
const { registry } = await load('/src/graph/catalogue.ts');
const { examples } = await load('/src/graph/examples/index.ts');
const { compile } = await load('/src/graph/compile.ts');
const { setAt } = await load('/src/graph/paths.ts');
const { GraphRunner, NO_OVERRIDES } = await load('/src/graph/execute.ts');
const { pythonScript } = await load('/src/graph/python/script.ts');
const { createFloat64Kernels } = await load('/src/optics/ops/kernels.f64.ts');
const { Ops } = await load('/src/optics/ops/ops.ts');
const { HostImages } = await load('/src/workers/hostImages.ts');

/** Mean images of the cameras, by id. */
async function ours(design) {
  const ops = new Ops(createFloat64Kernels());
  const images = new HostImages(ops, registry);
  const held = Object.entries(design.images).filter(([, { kind }]) => kind === 'measured');
  await images.resolve({ ...design, images: Object.fromEntries(held) });
  const runner = new GraphRunner(ops, images.get);
  const ids = design.nodes.filter(({ type }) => type === 'camera').map(({ id }) => id);
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value', new Set(ids));
  const made = {};
  for (const id of ids) {
    const problem = results.get(id)?.issues.find(({ severity }) => severity === 'error');
    if (problem !== undefined) throw new Error(problem.message);
    [made[id]] = await ops.read([results.get(id).outputs.out.samples]);
  }
  return made;
}

/** What the script writes, by camera. */
async function theirs(text, ids) {
  const folder = mkdtempSync(join(tmpdir(), 'luminode-python-'));
  try {
    writeFileSync(join(folder, 'script.py'), text);
    // NPY in double precision is read by hand: our own reader gives float32.
    execFileSync(options.python, [join(folder, 'script.py'), folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return Object.fromEntries(ids.map((id) => [id, doubles(readFileSync(join(folder, `${id}.npy`)))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function doubles(bytes) {
  const header = bytes.readUInt16LE(8);
  if (!bytes.toString('latin1', 10, 10 + header).includes("'<f8'")) throw new Error('not float64');
  const data = bytes.subarray(10 + header);
  return new Float64Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
}

/** Largest difference over the largest value. */
function deviation(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} numbers, not ${b.length}`);
  let [peak, worst] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    peak = Math.max(peak, Math.abs(a[i]));
    const off = Math.abs(a[i] - b[i]);
    if (!(off <= worst)) worst = off;
  }
  return worst / peak;
}

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const systems = [
  ...examples.map(({ id, design }) => ({ name: id, design })),
  ...VARIANTS.map(({ name, example, values, elements, bypassed }) => {
    const { design } = examples.find(({ id }) => id === example);
    const nodes = design.nodes.map((node) => {
      const [type, params] = elements[node.id] ?? [node.type, node.params];
      return { ...node, type, params, ...(bypassed.includes(node.id) ? { bypassed: true } : {}) };
    });
    const { 'grid.samples': samples, 'grid.pitch': pitch, ...own } = values;
    const grid = { samples: samples ?? design.grid.samples, pitch: pitch ?? design.grid.pitch };
    const set = (changed, [path, value]) => setAt(changed, registry, path, value);
    return { name, design: Object.entries(own).reduce(set, { ...design, grid, nodes }) };
  }),
].filter(({ name }) => options.only === undefined || name.includes(options.only));

const rows = [];
const refused = {};
for (const { name, design } of systems) {
  const script = pythonScript({ design, registry, version });
  if (!script.ok) {
    refused[name] = script.reason;
    continue;
  }
  const mine = await ours(design);
  if (process.env.KEEP_SCRIPT !== undefined) writeFileSync(process.env.KEEP_SCRIPT, script.text);
  const image = await theirs(script.text, Object.keys(mine));
  // Images of spheres are splines of profiles on both sides, good to 1e-6 of the background; all else is rounding.
  const tolerance = /hologram_light/.test(script.text) ? 2e-6 : 1e-9;
  const cameras = Object.entries(mine).map(([id, data]) => ({ id, deviation: deviation(data, image[id]) }));
  rows.push({ name, lines: script.text.split('\n').length, tolerance, cameras });
  const worst = Math.max(...cameras.map((camera) => camera.deviation));
  console.log(
    `${worst <= tolerance ? 'ok  ' : 'FAIL'} ${name}: ${cameras.map((c) => c.deviation.toExponential(1)).join(', ')}`,
  );
}
await close();
for (const [name, reason] of Object.entries(refused)) console.log(`none ${name}: ${reason}`);

const failed = rows.filter(({ tolerance, cameras }) =>
  cameras.some((camera) => !(camera.deviation <= tolerance)),
);
if (failed.length > 0) {
  console.error(`${failed.length} scripts give other images.`);
  process.exitCode = 1;
} else if (options.only === undefined) {
  const versions = execFileSync(options.python, [
    '-c',
    'import sys, json, numpy, scipy; print(json.dumps({"python": sys.version.split()[0], "numpy": numpy.__version__, "scipy": scipy.__version__}))',
  ]);
  const pinned = readFileSync(join(here, 'python-export-requirements.txt'), 'utf8');
  const found = JSON.parse(versions.toString());
  for (const [, name, wanted] of pinned.matchAll(/^(\w+)==(\S+)$/gm))
    if (found[name] !== wanted) throw new Error(`${name} is ${found[name]}, but ${wanted} is pinned.`);
  const scripts = [
    'bench/python-export.mjs',
    'bench/python-export-variants.mjs',
    ...filesUnder('src/graph/python'),
  ]
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => join(root, path));
  await writeResults('python-export.json', scripts, {
    machine: machine(),
    versions: found,
    systems: rows,
    refused,
  });
}
