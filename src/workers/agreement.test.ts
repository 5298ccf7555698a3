/**
 * Luminode against other optics programs: the images that bench/agreement.mjs asked them for. Where the difference is
 * theirs, the tolerance says so and a third method shows it elsewhere.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Design, DesignNode } from '../graph/document.ts';
import { GraphRunner } from '../graph/execute.ts';
import { Ops } from '../optics/ops/ops.ts';
import { showOn } from './gallery.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

type Numbers = Readonly<Record<string, number>>;
type System = Readonly<Record<string, unknown>> & { readonly peer: string };

const bench = join(dirname(fileURLToPath(import.meta.url)), '../../bench');
const read = (name: string) => readFileSync(join(bench, name), 'utf8');
const systems = JSON.parse(read('agreement-systems.json')) as Readonly<Record<string, System>>;
const { hash, answers } = JSON.parse(read('results/agreement.json')) as {
  readonly hash: string;
  readonly answers: Readonly<Record<string, { readonly shape: readonly number[]; readonly image: string }>>;
};

type Part = Pick<DesignNode, 'id' | 'type' | 'params'>;

/** A chain of elements, each fed by the one before. */
function chain(grid: Design['grid'], ...parts: readonly Part[]): Design {
  return {
    ...{
      format: 'luminode',
      formatVersion: 1,
      title: '',
      description: '',
      grid,
      seed: 1,
      learn: [],
      images: {},
    },
    nodes: parts.map((part) => ({ ...part, position: { x: 0, y: 0 } })),
    edges: parts.slice(1).map((part, i) => {
      const before = parts[i]?.id ?? '';
      return { id: part.id, from: { node: before, port: 'out' }, to: { node: part.id, port: 'in' } };
    }),
  } as Design;
}

/** A pupil and a camera in its focus. */
function focus(system: System, source: Part['params'] = {}): Design {
  const s = system as unknown as Numbers;
  const { wavelength = 0, numericalAperture = 0, pixels = 0, pitch = 0 } = s;
  const zernike = (system['noll'] ?? {}) as Numbers;
  return chain(
    { samples: 512, pitch: 1e-5 },
    { id: 'source', type: 'planeWave', params: { wavelength, ...source } },
    { id: 'pupil', type: 'pupil', params: { numericalAperture, zernike } },
    { id: 'seen', type: 'camera', params: { pixelPitch: pitch, rows: pixels, columns: pixels } },
  );
}

/** A Gaussian waist on the grid of the system, and what it meets. */
function beam(system: System, ...parts: readonly Part[]): Design {
  const { samples = 0, pitch = 0, wavelength = 0, waist = 0, x = 0, y = 0 } = system as unknown as Numbers;
  const source = { id: 'source', type: 'gaussianBeam', params: { wavelength, waist, x, y } };
  return chain({ samples, pitch }, source, ...parts);
}

const part = (id: string, type: string, params: Numbers): Part => ({ id, type, params });

/** A plane wave through an aperture as wide as the pupil, which then has its obstruction and arms. */
function telescope(system: System, n: Numbers): Design {
  const { wavelength = 0, numericalAperture = 0, pixels = 0, pitch = 0 } = n;
  const samples = 512;
  const diameter = samples - 2;
  const shape = {
    ...{ shape: 'spider', diameter: 2 * diameter * 1e-6, arms: system['arms'] as number },
    innerDiameter: (n['obstruction'] ?? 0) * diameter * 1e-6,
    armWidth: (n['armWidth'] ?? 0) * diameter * 1e-6,
  };
  return chain(
    { samples, pitch: 1e-6 },
    { id: 'source', type: 'planeWave', params: { wavelength } },
    { id: 'aperture', type: 'aperture', params: shape },
    { id: 'pupil', type: 'pupil', params: { numericalAperture } },
    { id: 'seen', type: 'camera', params: { pixelPitch: pitch, rows: pixels, columns: pixels } },
  );
}

function polarimeter(system: System, { polariser = 0, plate = 0, analyser = 0 }: Numbers): Design {
  return beam(
    system,
    part('polariser', 'linearPolariser', { angle: polariser }),
    part('plate', 'wavePlate', { angle: plate }),
    part('seen', 'linearPolariser', { angle: analyser }),
  );
}

const freeSpace = (s: System, { distance = 0 }: Numbers) => beam(s, part('seen', 'propagator', { distance }));
const throughSpace =
  (method: string, window: string, padding: string) =>
  (s: System, { distance = 0 }: Numbers): Design =>
    beam(s, { id: 'seen', type: 'propagator', params: { distance, method, window, padding } });
const lens = (s: System, { distance = 0, focalLength = 0 }: Numbers) =>
  beam(s, part('lens', 'thinLens', { focalLength }), part('seen', 'propagator', { distance }));

/** Our model of each system, and the largest difference that is allowed, of the peak. */
const models: Readonly<Record<string, readonly [(s: System, n: Numbers) => Design, number]>> = {
  // Both are pupils with areas of edge cells, 512 samples wide: second order, some 1e-6 for an even pupil.
  airy: [(s) => focus(s), 5e-6],
  spectrum: [
    (s, { bandwidth = 0, lines = 0 }) => focus(s, { spectrum: 'flat', bandwidth, spectralLines: lines }),
    5e-6,
  ],
  // With a wavefront that is taken at the middle of each edge cell: 3.7e-5 at 384 samples, 1.1e-5 at 512.
  aberrations: [(s) => focus(s), 2e-5],
  // POPPY itself changes by 3.4e-4 from 1024 to 2048 samples; HCIPY, on the same system, is 20 times nearer.
  starTest: [(s) => focus(s), 1e-3],
  starTestByHcipy: [(s) => focus(s), 5e-5],
  // prysm counts whole cells of the edge: it changes by 1.1e-4 from 1024 to 2048 samples.
  coma: [(s) => focus(s), 2e-4],
  comaByHcipy: [(s) => focus(s), 2e-5],
  // Chromatix forms k z = 2.4e5 in single precision, which leaves 1e-2 rad of it; prysm does not.
  freeSpace: [freeSpace, 5e-4],
  freeSpaceByPrysm: [freeSpace, 5e-6],
  lens: [lens, 5e-4],
  // prysm's angular spectrum is Fresnel's: π λ³ z f⁴ / 4 is 1e-4 rad for the steepest rays of this lens.
  lensByPrysm: [lens, 1e-4],
  // One transform, without large phases: the rounding of single precision.
  fourierPlane: [(s, { focalLength = 0 }) => beam(s, part('seen', 'fourierLens', { focalLength })), 1e-6],
  relay: [
    (s, { focalLength = 0 }) =>
      beam(s, part('first', 'fourierLens', { focalLength }), part('seen', 'fourierLens', { focalLength })),
    1e-6,
  ],
  beam: [freeSpace, 5e-6],
  // HCIPy does not pad: what leaves the window comes in on the other side. prysm pads, as we do.
  diffraction: [freeSpace, 1e-4],
  diffractionByPrysm: [freeSpace, 5e-6],
  // Phases up to 1e3 rad in single precision.
  fresnelTransfer: [throughSpace('fresnelTransfer', 'same', '2'), 1e-4],
  singleTransform: [throughSpace('fresnelSingle', 'natural', '1'), 1e-4],
  // Chromatix is 3.4e-2 from the closed form of this beam too, which we meet up to its paraxial angles (8 mrad).
  scalable: [throughSpace('scalableAngularSpectrum', 'natural', '2'), 5e-2],
  scalableByFormula: [throughSpace('scalableAngularSpectrum', 'natural', '2'), 3e-4],
  telescope: [telescope, 1e-4],
  polarimeter: [polarimeter, 1e-6],
};

describe('agreement with other programs', () => {
  it('is with the answers of the scripts as they are', () => {
    const sources = createHash('sha256').update(read('agreement.py')).update(read('agreement-systems.json'));
    expect(hash).toBe(sources.digest('hex'));
    expect(Object.keys(models).sort()).toEqual(Object.keys(answers).sort());
  });

  it.each(Object.entries(models))('of the system %s', async (name, [design, tolerance]) => {
    const system = systems[name];
    const answer = answers[name];
    if (system === undefined || answer === undefined) throw new Error('The system is not described.');
    const expected = new Float32Array(Uint8Array.from(Buffer.from(answer.image, 'base64')).buffer);
    const ops = new Ops(await createWasmKernels());
    const show = showOn(ops, new GraphRunner(ops, () => null));
    const requests = ['seen', 'source'].map(
      (nodeId) => ({ nodeId, plane: 0, mode: 'intensity', layer: 'output' }) as const,
    );
    const { views } = await show(design(system, system as unknown as Numbers), {
      views: requests,
      previews: [],
    });
    const [view, source] = views;
    if (view === undefined || source === undefined) throw new Error('Nothing is seen.');
    const [rows = 0, columns = 0] = answer.shape;
    const [ny, nx] = view.shape;
    const [top, left] = [
      Math.floor(ny / 2) - Math.floor(rows / 2),
      Math.floor(nx / 2) - Math.floor(columns / 2),
    ];
    const scaled = name === 'polarimeter' ? source : view;
    const peak = scaled.data.reduce((largest, value) => Math.max(largest, value), 0);
    let worst = 0;
    expected.forEach((value, i) => {
      const at = (top + Math.floor(i / columns)) * nx + left + (i % columns);
      worst = Math.max(worst, Math.abs((view.data[at] ?? Number.NaN) / peak - value));
    });
    expect(worst).toBeLessThan(tolerance);
  });
});
