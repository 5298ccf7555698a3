/**
 * Designs whose fit is timed, in the page (Settings → Diagnostics) and in Node (bench/live-loop.mjs): light, an
 * element with learnable values, a camera of N × N pixels, a comparison with a simulated target.
 */
import type { Design, DesignNode } from '../../graph/document.ts';

export interface TimedDesign {
  readonly id: string;
  /** What a step of it does. */
  readonly title: string;
  readonly make: (samples: number) => Design;
}

const PITCH = 4e-6;
const TERMS = Array.from({ length: 11 }, (_, i) => i + 4);

function design(
  title: string,
  samples: number,
  pitch: number,
  chain: readonly Omit<DesignNode, 'position'>[],
  learn: readonly string[],
  truth: Readonly<Record<string, number>>,
): Design {
  const ends: readonly Omit<DesignNode, 'position'>[] = [
    {
      id: 'camera',
      type: 'camera',
      params: { pixelPitch: pitch, rows: samples, columns: samples },
    },
    { id: 'target', type: 'target', params: { image: 'simulated' } },
    { id: 'loss', type: 'loss', params: {} },
  ];
  const nodes = [...chain, ...ends].map((node, i) => ({ ...node, position: { x: 290 * i, y: 80 } }));
  const along = [...chain.map(({ id }) => id), 'camera'];
  const wires = along.slice(1).map((to, i): [string, string, string] => [along[i] ?? '', to, 'in']);
  wires.push(['camera', 'loss', 'model'], ['target', 'loss', 'target']);
  const given = nodes.flatMap(({ id, params }) =>
    Object.entries(params).flatMap(([name, value]) =>
      typeof value === 'number' ? [[`${id}.${name}`, value] as const] : [],
    ),
  );
  return {
    format: 'luminode',
    formatVersion: 1,
    title,
    grid: { samples, pitch: PITCH },
    seed: 1,
    nodes,
    edges: wires.map(([from, to, port]) => ({
      id: `${from}-${to}`,
      from: { node: from, port: 'out' },
      to: { node: to, port },
    })),
    learn,
    images: {
      simulated: {
        kind: 'simulated',
        name: 'truth',
        camera: 'camera',
        truth: { ...Object.fromEntries(given), ...truth },
        noise: false,
        seed: 1,
      },
    },
  };
}

/** Eleven aberrations of a pupil: combination of modes, phase, matrix Fourier transform, and back. */
function zernikes(samples: number): Design {
  return design(
    'Eleven Zernike terms',
    samples,
    100e-9,
    [
      { id: 'source', type: 'planeWave', params: {} },
      { id: 'pupil', type: 'pupil', params: { numericalAperture: 0.5 } },
    ],
    TERMS.map((j) => `pupil.zernike.${j}`),
    Object.fromEntries(TERMS.map((j) => [`pupil.zernike.${j}`, 12e-9 * Math.sin(j)])),
  );
}

const WAIST = 60 * PITCH;

/** A lens before free space: a phase with derivatives, padded transform, transfer function, inverse, and back. */
function lens(samples: number): Design {
  return design(
    'Focal length before free space',
    samples,
    PITCH,
    [
      { id: 'source', type: 'gaussianBeam', params: { waist: (WAIST * samples) / 256 } },
      { id: 'lens', type: 'thinLens', params: { focalLength: 0.12 } },
      { id: 'space', type: 'propagator', params: { distance: 0.02 } },
    ],
    ['lens.focalLength'],
    { 'lens.focalLength': 0.1 },
  );
}

/** A distance to be found: the transfer function itself changes in every step. */
function distance(samples: number): Design {
  return design(
    'Distance of free space',
    samples,
    PITCH,
    [
      { id: 'source', type: 'gaussianBeam', params: { waist: (WAIST * samples) / 256 } },
      { id: 'lens', type: 'thinLens', params: { focalLength: 0.1 } },
      { id: 'space', type: 'propagator', params: { distance: 0.02 } },
    ],
    ['space.distance'],
    { 'space.distance': 0.024 },
  );
}

export const TIMED_DESIGNS: readonly TimedDesign[] = [
  { id: 'zernikes', title: 'eleven Zernike terms of a pupil', make: zernikes },
  { id: 'lens', title: 'a lens before free space', make: lens },
  { id: 'distance', title: 'the distance of free space', make: distance },
];
