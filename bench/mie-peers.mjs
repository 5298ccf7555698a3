/**
 * Spheres by other programs (DeepTrack2, HoloPy, pylorenzmie, miepython) beside ours: Mie coefficients, holograms, the
 * field behind a bead, the power that an absorbing bead takes, and the time for the same fit. Their answers are kept in
 * bench/results/mie-peers.json, which src/workers/miePeers.test.ts holds Luminode to; docs/mie-peers.md is written from
 * them (tests/benchmarkPage.test.ts).
 *
 * Run: PYTHON=<python with bench/mie-peers-requirements.txt> PYTHON_HOLOPY=<one with HoloPy> node bench/mie-peers.mjs
 *   [--ours: measure ours again, keep the answers of the others]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, sources, writeResults } from './support.mjs';

const here = fileURLToPath(import.meta.url);
const root = join(dirname(here), '..');
const { values: options } = parseArgs({ options: { ours: { type: 'boolean', default: false } } });

const { load, close } = await sources();
const { mieCoefficients, mieOrder } = await load('/src/optics/maths/mie/coefficients.ts');
const { mieEfficiencies } = await load('/src/optics/maths/mie/efficiencies.ts');
const { layerOf, peerHologram } = await load('/src/workers/miePeers.ts');
const { SeededRandom } = await load('/src/optics/maths/random.ts');

/** Micrometres. */
const sphere = (wavelength, medium, radius, index, extinction = 0) => {
  const order = mieOrder((2 * Math.PI * medium * radius) / wavelength);
  return { wavelength, medium, radius, index, extinction, order };
};
const coefficients = Object.fromEntries(
  [
    [0.25, 1.59],
    [1, 1.59],
    [2, 1.59],
    [3, 1.59],
    [5, 1.59],
    [1, 2.4],
    [1, 1.42],
    [0.5, 1.5, 0.5],
    [0.5, 0.27, 2.95],
  ].map((matter) => {
    const [radius, index, extinction = 0] = matter;
    const of = extinction === 0 ? `${index}` : `${index} + ${extinction}i`;
    return [`${radius} µm, ${of}`, sphere(0.447, 1.34, ...matter)];
  }),
);
/** The two measured holograms of the tests, as their owners describe them; every so many pixels are kept. */
const holograms = {
  'hologram-a': {
    ...sphere(0.447, 1.34, 1.065, 1.542),
    ...{ x: 153.03 * 0.048, y: 152.29 * 0.048, z: 159.2 * 0.048, alpha: 1 },
    ...{ rows: 307, columns: 307, pitch: 0.048, every: 12 },
  },
  'hologram-b': {
    ...sphere(0.658, 1.33, 0.6484, 1.582),
    ...{ x: 5.792, y: 5.534, z: 14.15, alpha: 1 },
    ...{ rows: 100, columns: 100, pitch: 0.1151, every: 4 },
  },
};
const field = {
  case: sphere(0.52, 1.33, 1.5, 1.6),
  // Beside the axis behind it (on the axis itself miepython is off by 4e-4), in it, beside it.
  places: [
    ...[0, 0.25, 0.5, 0.75, 1, 1.5, 2].map((behind) => [1e-4, 0, 1.501 + behind]),
    ...[
      [0.2, 0.3, 0.5],
      [-0.7, 0.1, -1],
      [0.01, -0.02, 1.4],
      [1.6, 0.3, 0.1],
      [-0.4, -1.55, -0.8],
    ],
  ],
};
const power = {
  absorbing: { ...sphere(0.532, 1.33, 0.5, 1.5, 0.5), columns: 256, pitch: 0.1, aperture: 1.2 },
};
const fitted = holograms['hologram-b'];
const random = new SeededRandom(5);
const image = Array.from(peerHologram({ ...fitted, every: 1 }, 2), (value) =>
  Number((value + 0.01 * random.normal()).toFixed(6)),
);
const moved = { x: 0.2, y: -0.2, z: 1, radius: 0.05, index: -0.02 };
const start = Object.fromEntries(Object.entries(moved).map(([name, by]) => [name, fitted[name] + by]));
const request = { coefficients, holograms, field, power, fit: { case: fitted, start, image } };

function ask(peer, python) {
  const output = execFileSync(python, [join(root, 'bench/mie-peers.py'), peer], {
    input: JSON.stringify(request),
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return JSON.parse(output.toString());
}

/** Ours, by the command line: as a user gets it, on WASM. */
function ourFit() {
  const folder = mkdtempSync(join(tmpdir(), 'mie-peers-'));
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${fitted.rows}, ${fitted.columns}), }`;
  const padded = `${header.padEnd(117)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(padded.length, 0)}${padded}`, 'latin1');
  const file = join(folder, 'hologram.npy');
  writeFileSync(file, Buffer.concat([head, Buffer.from(Float64Array.from(image).buffer)]));
  const middle = (name) => (start[name] - 50 * fitted.pitch) * 1e-6;
  const settings = {
    'source.wavelength': fitted.wavelength * 1e-6,
    'source.refractiveIndex': fitted.medium,
    'source.polarizationAngle': 0,
    'pupil.numericalAperture': 1.3,
    'camera.pixelPitch': fitted.pitch * 1e-6,
    'camera.rows': fitted.rows,
    'camera.columns': fitted.columns,
    'sphere.x': middle('x'),
    'sphere.y': middle('y'),
    'sphere.z': start.z * 1e-6,
    'sphere.radius': start.radius * 1e-6,
    'sphere.refractiveIndex': start.index,
  };
  const args = ['scripts/luminode.mjs', 'fit', '--example', 'sphere-hologram', '--target', `target=${file}`];
  for (const [name, value] of Object.entries(settings)) args.push('--set', `${name}=${value}`);
  const { parameters, seconds } = JSON.parse(
    execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
  );
  const value = (name) => parameters[`sphere.${name}`].value;
  const found = {
    x: value('x') * 1e6 + 50 * fitted.pitch,
    y: value('y') * 1e6 + 50 * fitted.pitch,
    z: value('z') * 1e6,
    radius: value('radius') * 1e6,
    index: value('refractiveIndex'),
  };
  return { seconds, found };
}

const stored = options.ours
  ? JSON.parse(readFileSync(join(root, 'bench/results/mie-peers.json'), 'utf8')).peers
  : null;
const peers = stored ?? {};
if (stored === null) {
  const text = readFileSync(join(root, 'bench/mie-peers-requirements.txt'), 'utf8');
  for (const [, peer, version] of text.matchAll(/^(\w+)==(\S+)$/gm)) {
    const python = (peer === 'holopy' ? process.env.PYTHON_HOLOPY : process.env.PYTHON) ?? 'python3';
    try {
      peers[peer] = ask(peer, python);
    } catch {
      console.log(`${peer} was not found, or fails, and is left out.`);
      continue;
    }
    if (peers[peer].version !== version)
      throw new Error(`${peer} is ${peers[peer].version}; ${version} is pinned.`);
  }
}
const rounds = Array.from({ length: 3 }, ourFit);
const ours = rounds.reduce((best, each) => (each.seconds < best.seconds ? each : best));
/** How far the answers of a peer are from ours: largest coefficient error over the largest coefficient, RMS of holograms. */
function differences(peer) {
  const coefficient = ([name, theirs]) => {
    const { a, b } = mieCoefficients([layerOf(coefficients[name])], coefficients[name].order);
    const largest = Math.max(...[...a, ...b].map(Math.abs));
    const off = Math.max(
      ...[a, b].flatMap((list, i) => Array.from(list, (v, k) => Math.abs(v - theirs['ab'[i]][k]))),
    );
    return [name, off / largest];
  };
  const hologram = ([name, { values }]) => {
    const of = (components) => {
      const found = peerHologram(holograms[name], components);
      return Math.sqrt(found.reduce((sum, v, i) => sum + (v - values[i]) ** 2, 0) / found.length);
    };
    return [name, Math.min(of(2), of(3))];
  };
  return {
    coefficients: Object.fromEntries(Object.entries(peer.coefficients).map(coefficient)),
    holograms: Object.fromEntries(Object.entries(peer.holograms ?? {}).map(hologram)),
  };
}

for (const peer of Object.values(peers)) peer.differences = differences(peer);
const absorbing = layerOf(power.absorbing);
const { qExt } = mieEfficiencies(mieCoefficients([absorbing], power.absorbing.order));
const extinction = qExt * Math.PI * power.absorbing.radius ** 2;
const { image: _, ...fit } = request.fit;
const scripts = [here, here.replace(/\.mjs$/, '.py')];
const shown = { ...request, fit };
await writeResults('mie-peers.json', scripts, {
  machine: machine(),
  request: shown,
  peers,
  ours: { fit: ours, extinction },
});
for (const [name, { fits = {} }] of Object.entries(peers)) console.log(name, JSON.stringify(fits));
console.log('ours', JSON.stringify(ours));
await close();
