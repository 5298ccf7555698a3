/** Luminode against other programs' spheres: the answers that bench/mie-peers.mjs has kept. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mieCoefficients } from '../optics/maths/mie/coefficients.ts';
import { mieEfficiencies } from '../optics/maths/mie/efficiencies.ts';
import { PLACE_CHANNELS, SphereField } from '../optics/maths/mie/insideField.ts';
import { layerOf, type PeerHologram, type PeerSphere, peerHologram } from './miePeers.ts';

interface Answer {
  readonly coefficients: Readonly<Record<string, Record<'a' | 'b', readonly number[]>>>;
  readonly efficiencies?: Readonly<Record<string, readonly number[]>>;
  readonly holograms?: Readonly<Record<string, { readonly values: readonly number[] }>>;
  readonly field?: readonly number[];
  readonly missingPower?: { readonly absorbing: number };
}

interface Stored {
  readonly scriptsSha256: string;
  readonly request: {
    readonly coefficients: Readonly<Record<string, PeerSphere>>;
    readonly holograms: Readonly<Record<string, PeerHologram>>;
    readonly field: { readonly case: PeerSphere; readonly places: readonly (readonly number[])[] };
    readonly power: { readonly absorbing: PeerSphere };
  };
  readonly peers: Readonly<Record<'deeptrack' | 'holopy' | 'miepython' | 'pylorenzmie', Answer>>;
}

const bench = join(dirname(fileURLToPath(import.meta.url)), '../../bench');
const file = (name: string) => readFileSync(join(bench, name), 'utf8');
const { scriptsSha256, request, peers } = JSON.parse(file('results/mie-peers.json')) as Stored;
const ours = (each: PeerSphere) => mieCoefficients([layerOf(each)], each.order);

it('the kept answers are those of the scripts', () => {
  const hash = createHash('sha256').update(file('mie-peers.mjs')).update(file('mie-peers.py'));
  expect(hash.digest('hex')).toBe(scriptsSha256);
});

/** Largest difference of a coefficient over the largest coefficient. */
function miss(peer: keyof Stored['peers'], name: string): number {
  const sphere = request.coefficients[name];
  const theirs = peers[peer].coefficients[name];
  if (sphere === undefined || theirs === undefined) throw new Error(`${peer} was not asked for ${name}.`);
  const found = ours(sphere);
  let [worst, largest] = [0, 0];
  for (const family of ['a', 'b'] as const) {
    expect(theirs[family].length).toBe(2 * sphere.order);
    theirs[family].forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - (found[family][i] ?? Number.NaN)));
      largest = Math.max(largest, Math.abs(value));
    });
  }
  return worst / largest;
}

describe('Mie coefficients', () => {
  it.each([
    // Ratios downward, as ours.
    ['holopy', 2e-14],
    // The bead of 5 µm, of which the other three lines say where the difference is.
    ['miepython', 1e-12],
    // Bessel functions of half order of a library.
    ['deeptrack', 1e-12],
  ] as const)('are those of %s to %d', (peer, allowed) => {
    const names = Object.keys(request.coefficients);
    expect(names.length).toBe(9);
    for (const name of names) expect(miss(peer, name), name).toBeLessThan(allowed);
  });

  it('of pylorenzmie are off where its downward recurrence starts too low: the larger or denser, the more', () => {
    // Without steps above the order the start leaves an error that persists to the first order; two other programs and
    // arithmetic of 70 digits say the same. Published of its version 1.3: 3e-5, 3e-3, 3e-2, 0.91; 1.0 for the dense one.
    const [low, small, medium, large, huge, dense] = [
      ...['1 µm, 1.42', '1 µm, 1.59', '2 µm, 1.59', '3 µm, 1.59', '5 µm, 1.59', '1 µm, 2.4'],
    ].map((name) => miss('pylorenzmie', name)) as [number, number, number, number, number, number];
    expect(low).toBeLessThan(3e-5);
    expect(small).toBeLessThan(1e-4);
    expect(medium).toBeGreaterThan(1e-3);
    expect(large).toBeGreaterThan(1e-2);
    expect(huge).toBeGreaterThan(0.5);
    expect(dense).toBeGreaterThan(0.5);
  });

  it('give the efficiencies of miepython', () => {
    for (const [name, sphere] of Object.entries(request.coefficients)) {
      const { qExt, qSca, qBack, g } = mieEfficiencies(ours(sphere));
      const [theirExt = 0, theirSca = 0, theirBack = 0, theirG = 0] =
        peers.miepython.efficiencies?.[name] ?? [];
      expect(Math.abs(qExt / theirExt - 1)).toBeLessThan(2e-14);
      expect(Math.abs(qSca / theirSca - 1)).toBeLessThan(2e-14);
      expect(Math.abs(g - theirG)).toBeLessThan(1e-14);
      // Back-scatter is a sum of terms that cancel; of small spheres the last orders count.
      expect(Math.abs(qBack / theirBack - 1)).toBeLessThan(1e-8);
    }
  });
});

describe('holograms', () => {
  it.each([
    // Ex and Ey are seen, or all three components: so they say.
    ['holopy', 2],
    ['pylorenzmie', 3],
  ] as const)('of %s are the exact field’s with %d components', (peer, components) => {
    for (const [name, each] of Object.entries(request.holograms)) {
      const { values = [] } = peers[peer].holograms?.[name] ?? {};
      const found = peerHologram(each, components);
      expect(found.length).toBe(values.length);
      const rms = Math.sqrt(
        found.reduce((sum, value, i) => sum + (value - (values[i] ?? Number.NaN)) ** 2, 0) / found.length,
      );
      // Nine digits are kept; pylorenzmie's coefficients of these beads are off by 1e-6.
      expect(rms, name).toBeLessThan(peer === 'holopy' ? 1e-8 : 2e-6);
    }
  });
});

it('the field in a bead and behind it is miepython’s', () => {
  const { case: sphere, places } = request.field;
  const k = (2 * Math.PI * sphere.medium) / sphere.wavelength;
  const field = new SphereField([layerOf(sphere)], 4 * k);
  const place = new Float64Array(PLACE_CHANNELS);
  places.forEach(([x = 0, y = 0, z = 0], i) => {
    const rho = Math.hypot(x, y);
    const layer = field.layerAt(k * Math.hypot(rho, z));
    field.at(k * rho, k * z, layer, place, 0);
    const [c, s] = [x / rho, y / rho];
    const light = layer === 1 ? [Math.cos(k * z), Math.sin(k * z)] : [0, 0];
    let power = 0;
    for (let part = 0; part < 2; part++) {
      const [a = 0, b = 0, w = 0] = [place[part], place[2 + part], place[4 + part]];
      power += (a + (light[part] ?? 0) + b * (c * c - s * s)) ** 2 + (2 * b * c * s) ** 2 + (w * c) ** 2;
    }
    // Cubics between radii.
    expect(power / (peers.miepython.field?.[i] ?? 0)).toBeCloseTo(1, 5);
  });
});

it('an absorbing bead adds power to DeepTrack’s picture; by the optical theorem it takes C_ext', () => {
  const sphere = request.power.absorbing;
  const extinction = mieEfficiencies(ours(sphere)).qExt * Math.PI * sphere.radius ** 2;
  const missing = peers.deeptrack.missingPower?.absorbing ?? Number.NaN;
  // Published of its version of 2025: +1.47; the sign of the scattered wave is turned round.
  expect(missing / extinction).toBeLessThan(-1.2);
  expect(missing / extinction).toBeGreaterThan(-1.7);
});
