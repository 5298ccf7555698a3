import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const CAMERA = (samples: number, pixelPitch: number) => ({ rows: samples, columns: samples, pixelPitch });

/** The value in the middle, floor(N/2). */
function middle({ data, shape }: Measured): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return data[Math.floor(ny / 2) * nx + Math.floor(nx / 2)] ?? Number.NaN;
}

/** Cosine of the angle between two pictures seen as lists of numbers: 1 where they are alike. */
function likeness(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i] ?? 0, b[i] ?? 0];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  return ab / Math.sqrt(aa * bb);
}

export const breakTheSampling: Example = {
  id: 'break-the-sampling',
  title: 'Break the sampling',
  summary: 'Push the distance over 40.4 mm and back: one method breaks below, the automatic one never.',
  topic: 'sampling',
  level: 'course',
  design: bench(
    {
      title: 'Break the sampling',
      description:
        'Two ways through the same 20 mm. A single transform samples its phase too coarsely below the critical distance N·pitch²/λ = 40.4 mm: the aperture appears in overlapping copies, and a warning says so. The automatic choice takes the angular spectrum there. Set both distances to 60 mm: they agree.',
    },
    { samples: 256, pitch: 10e-6 },
    [
      ['source', 'planeWave', { wavelength: 633e-9 }, 0, 0],
      ['stop', 'aperture', { diameter: 0.8e-3 }, 1, 0],
      ['careless', 'propagator', { distance: 0.02, method: 'fresnelSingle' }, 2, 0, 'Wrong method'],
      ['broken', 'camera', CAMERA(256, 10e-6), 3, 0, 'Broken picture'],
      ['careful', 'propagator', { distance: 0.02 }, 2, 1, 'Right method'],
      ['right', 'camera', CAMERA(256, 10e-6), 3, 1, 'Right picture'],
      [
        'limit',
        'propagator',
        { distance: 0.1, method: 'fresnelSingle', window: 'natural' },
        1,
        1,
        'Natural window',
      ],
    ],
    [
      'source.out>stop.in',
      'stop.out>careless.in',
      'stop.out>careful.in',
      'stop.out>limit.in',
      'careless.out>broken.in',
      'careful.out>right.in',
    ],
  ),
  proof: {
    statement: 'A single transform’s pitch λz/(N·pitch) is the light’s own at 40.4 mm',
    nodes: ['limit', 'stop'],
    expected: (256 * 10e-6 ** 2) / 633e-9,
    // Pitches are float64 numbers of the host.
    tolerance: 1e-12,
    quantity: 'length',
    display: 'mm',
    measure: (limit, stop) => (0.1 * stop.pitch) / limit.pitch,
  },
};

const TALBOT_ROWS = 151;
const TALBOT_STEP = 0.1e-3;

/** Distance at which a row is most like the first, beyond the half distance, of the parabola through three rows. */
function selfImage({ data, shape }: Measured): number {
  const columns = shape[1] ?? 1;
  const row = (i: number) => Array.from({ length: columns }, (_, j) => data[i * columns + j] ?? 0);
  const first = row(0);
  const alike = Array.from({ length: TALBOT_ROWS }, (_, i) => (i < 75 ? 0 : likeness(first, row(i))));
  const best = alike.indexOf(Math.max(...alike));
  const [a, b, c] = [alike[best - 1] ?? 0, alike[best] ?? 0, alike[best + 1] ?? 0];
  return (best + (a - c) / (2 * (a - 2 * b + c))) * TALBOT_STEP;
}

export const talbotCarpet: Example = {
  id: 'talbot-carpet',
  title: 'Talbot carpet',
  summary: 'See a grating image itself without a lens, after 10.0 mm; change its period.',
  topic: 'waves',
  level: 'course',
  design: bench(
    {
      title: 'Talbot carpet',
      description:
        'Light of 500 nm behind a grating of 50 µm, seen from the side. After 2d²/λ = 10.0 mm the grating appears again, half-way shifted by half a period, between them with two and three times as many lines. The window is a whole number of periods, so no padding is needed.',
    },
    { samples: 240, pitch: 2.5e-6 },
    [
      ['source', 'planeWave', { wavelength: 500e-9 }, 0, 0],
      ['grating', 'grating', { period: 50e-6 }, 1, 0],
      ['carpet', 'carpet', { depth: (TALBOT_ROWS - 1) * TALBOT_STEP, rows: TALBOT_ROWS, padding: '1' }, 2, 0],
      ['half', 'propagator', { distance: 5e-3, padding: '1' }, 2, 1],
      ['shifted', 'camera', CAMERA(240, 2.5e-6), 3, 1],
    ],
    ['source.out>grating.in', 'grating.out>carpet.in', 'grating.out>half.in', 'half.out>shifted.in'],
  ),
  proof: {
    statement: 'The grating images itself after 2d²/λ',
    nodes: ['carpet'],
    expected: 10e-3,
    // A third of the distance between rows.
    tolerance: 0.03e-3,
    quantity: 'length',
    display: 'mm',
    measure: selfImage,
  },
};

export const gaborHologram: Example = {
  id: 'gabor-hologram',
  title: 'Gabor’s hologram and back',
  summary: 'Look at a dark letter 5 mm away, where it is all fringes, and go back to it.',
  topic: 'waves',
  level: 'course',
  design: bench(
    {
      title: 'Gabor’s hologram and back',
      description:
        'A beam meets a dark letter. 5 mm further on the light around it and the light that passed have spread and interfere: Gabor’s in-line hologram, on pixels ten times as large, which the scalable angular spectrum makes by itself. The same method goes back, to the letter and its fine pixels.',
    },
    { samples: 128, pitch: 1e-6 },
    [
      ['source', 'gaussianBeam', { wavelength: 500e-9, waist: 25e-6 }, 0, 0],
      ['letter', 'thinObject', { shape: 'letterF', size: 40e-6, opticalPath: 0, transmittance: 0 }, 1, 0],
      [
        'hologram',
        'propagator',
        { distance: 5e-3, method: 'scalableAngularSpectrum', window: 'natural' },
        2,
        0,
        'To the hologram',
      ],
      [
        'back',
        'propagator',
        { distance: -5e-3, method: 'scalableAngularSpectrum', window: 'natural' },
        3,
        0,
        'And back',
      ],
      ['camera', 'camera', CAMERA(128, 9.765625e-6), 3, 1],
    ],
    ['source.out>letter.in', 'letter.out>hologram.in', 'hologram.out>back.in', 'hologram.out>camera.in'],
  ),
  proof: {
    statement: 'Pixels of λz/(2N·pitch), from which the letter comes back',
    nodes: ['hologram', 'letter', 'back'],
    expected: 9.765625e-6,
    // Pitches are float64 numbers of the host.
    tolerance: 1e-15,
    quantity: 'length',
    display: 'µm',
    // The hologram’s window ends where light of 7 degrees goes: the letter’s edges lose a little.
    measure: (hologram, letter, back) =>
      likeness(letter.data, back.data) > 0.98 && Math.abs(back.pitch / letter.pitch - 1) < 1e-9
        ? hologram.pitch
        : Number.NaN,
  },
};

const RADIUS = 0.4e-3;
const WAVELENGTH = 633e-9;
const withZones = (zones: number) => RADIUS ** 2 / (zones * WAVELENGTH);

export const fresnelZones: Example = {
  id: 'fresnel-zones',
  title: 'Fresnel’s zones',
  summary:
    'Go along the axis behind a round hole: it is dark at 2, 4, 6 zones and four times as bright at 1, 3, 5.',
  topic: 'waves',
  level: 'course',
  design: bench(
    {
      title: 'Fresnel’s zones',
      description:
        'Behind a hole of radius a the middle sees N = a²/(λz) of Fresnel’s zones: its brightness is 4 sin²(πN/2) times that of the light without a hole. The carpet goes from six zones to one. Set the distance to 126.4 mm: two zones, and the middle is dark.',
    },
    { samples: 256, pitch: 5e-6 },
    [
      ['source', 'planeWave', { wavelength: WAVELENGTH }, 0, 0],
      ['hole', 'aperture', { diameter: 2 * RADIUS }, 1, 0],
      ['space', 'propagator', { distance: withZones(3) }, 2, 0],
      ['camera', 'camera', CAMERA(256, 5e-6), 3, 0],
      ['carpet', 'carpet', { start: withZones(6), depth: withZones(1) - withZones(6), rows: 128 }, 2, 1],
    ],
    ['source.out>hole.in', 'hole.out>space.in', 'space.out>camera.in', 'hole.out>carpet.in'],
  ),
  proof: {
    statement: 'Three zones: the middle is four times as bright as without the hole',
    nodes: ['space', 'source'],
    expected: 4,
    // The rim on 80 samples per radius, and the band limit.
    tolerance: 0.05,
    quantity: 'dimensionless',
    display: '',
    measure: (space, source) => middle(space) / middle(source),
  },
};

const SQUARE = { distance: 100e-6 };
const MICROSCOPIC = (40 / 129) * 1e-6;

export const whichPropagator: Example = {
  id: 'which-propagator',
  title: 'Which propagator?',
  summary: 'The same square hole by four methods: see what is alike, read why the automatic one chose.',
  topic: 'sampling',
  level: 'research',
  design: bench(
    {
      title: 'Which propagator?',
      description:
        'A hole of 40 µm in water, 100 µm away: ten Fresnel zones. The angular spectrum is exact; Fresnel’s transfer function and single transform are paraxial and agree with each other and with the Fresnel integrals; the scalable angular spectrum has the window that fits. Change the distance and see who warns.',
    },
    { samples: 160, pitch: MICROSCOPIC },
    [
      ['source', 'planeWave', { wavelength: 532e-9, refractiveIndex: 1.33 }, 0, 0],
      ['hole', 'aperture', { shape: 'rectangle', width: 40e-6, height: 40e-6 }, 1, 0],
      ['automatic', 'propagator', SQUARE, 2, 0, 'Automatic'],
      ['transfer', 'propagator', { ...SQUARE, method: 'fresnelTransfer' }, 3, 0, 'Fresnel transfer'],
      ['single', 'propagator', { ...SQUARE, method: 'fresnelSingle' }, 2, 1, 'Single transform'],
      [
        'scalable',
        'propagator',
        { ...SQUARE, method: 'scalableAngularSpectrum', window: 'natural' },
        3,
        1,
        'Scalable spectrum',
      ],
    ],
    [
      'source.out>hole.in',
      'hole.out>automatic.in',
      'hole.out>transfer.in',
      'hole.out>single.in',
      'hole.out>scalable.in',
    ],
  ),
  proof: {
    statement: 'In the middle Fresnel’s integrals give (2C² + 2S²)² of the light, w = √20',
    nodes: ['single', 'transfer', 'source'],
    // C(√20) = 0.5463, S(√20) = 0.4473 of the integrals of cos and sin(πt²/2).
    expected: 0.7492927923,
    // Alias of the sampled hole, whose replicas lie 129 µm away.
    tolerance: 0.01,
    quantity: 'dimensionless',
    display: '%',
    measure: (single, transfer, source) => {
      const [a, b] = [middle(single) / middle(source), middle(transfer) / middle(source)];
      return Math.abs(a - b) < 0.01 ? a : Number.NaN;
    },
  },
};

const TILT = (20 * Math.PI) / 180;

/** Where the light brighter than a tenth of its peak is on the average along x, metres from the middle. */
function centroid({ data, shape, pitch }: Measured): number {
  const [, nx = 1] = shape.slice(-2);
  const peak = Array.from(data).reduce((most, value) => Math.max(most, value), 0);
  let [sum, moment] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    if (value < peak / 10) continue;
    sum += value;
    moment += value * ((i % nx) - Math.floor(nx / 2));
  }
  return (moment / sum) * pitch;
}

export const steepLight: Example = {
  id: 'steep-light',
  title: 'Steep light, right and wrong',
  summary: 'Light tilted by 20°: the scalable angular spectrum finds it at z·tan θ, Fresnel at z·sin θ.',
  topic: 'sampling',
  level: 'research',
  design: bench(
    {
      title: 'Steep light, right and wrong',
      description:
        'A hole of 30 µm sends light along 20°. One millimetre on it must be at z·tan θ = 372.7 µm. The scalable angular spectrum, with a window that grows by itself, finds it there; Fresnel’s integral takes the sine for the tangent and misses by 6 %. Its warning says by how much.',
    },
    { samples: 256, pitch: 0.3e-6 },
    [
      ['source', 'planeWave', { wavelength: 532e-9, tiltX: TILT, polarizationAngle: Math.PI / 2 }, 0, 0],
      ['hole', 'aperture', { diameter: 30e-6 }, 1, 0],
      [
        'right',
        'propagator',
        { distance: 1024e-6, method: 'scalableAngularSpectrum', window: 'natural' },
        2,
        0,
        'Exact',
      ],
      [
        'wrong',
        'propagator',
        { distance: 1024e-6, method: 'fresnelSingle', window: 'natural' },
        2,
        1,
        'By Fresnel',
      ],
    ],
    ['source.out>hole.in', 'hole.out>right.in', 'hole.out>wrong.in'],
  ),
  proof: {
    statement: 'Light at z·tan 20°, where Fresnel’s integral has it at z·sin 20°',
    nodes: ['right', 'wrong'],
    expected: 1024e-6 * Math.tan(TILT),
    // The spot is wider on its far side: 0.3 % of the distance.
    tolerance: 1.2e-6,
    quantity: 'length',
    display: 'µm',
    measure: (right, wrong) =>
      Math.abs(centroid(wrong) / (1024e-6 * Math.sin(TILT)) - 1) < 0.01 ? centroid(right) : Number.NaN,
  },
};
