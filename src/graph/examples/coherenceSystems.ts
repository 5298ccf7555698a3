import { besselJ1 } from '../../optics/maths/bessel.ts';
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { middleRow } from './measures.ts';

const CENTRE = 550e-9;
const BAND = 240e-9;
const LINES = 7;
const APERTURE = 0.5;
/** First dark ring at the central wavelength, which 16 pixels reach. */
const RING = ((3.8317059702 / (2 * Math.PI)) * CENTRE) / APERTURE;

/** What an even band leaves of the dark ring: mean of λ⁻² [2 J1(x λ0/λ) / (x λ0/λ)]² over that of λ⁻². */
function filledRing(): number {
  let [dark, peak] = [0, 0];
  for (let i = 0; i < LINES; i++) {
    const wavelength = CENTRE + BAND * ((i + 0.5) / LINES - 0.5);
    const x = (3.8317059702 * CENTRE) / wavelength;
    dark += ((2 * besselJ1(x)) / x / wavelength) ** 2;
    peak += wavelength ** -2;
  }
  return dark / peak;
}

export const spectralAiry: Example = {
  id: 'spectral-airy',
  title: 'Airy disc in white light',
  summary: 'Widen the band: every colour has rings of its own, and the dark ones fill.',
  topic: 'imaging',
  level: 'course',
  design: bench(
    {
      title: 'Airy disc in white light',
      description:
        'Seven wavelengths from 447 to 653 nm through one lens. Each makes its own Airy pattern; the camera adds them, and the dark ring of the middle one is no longer dark. Set the bandwidth to zero and it is.',
    },
    { samples: 96, pitch: 20e-6 },
    [
      [
        'source',
        'planeWave',
        { wavelength: CENTRE, spectrum: 'flat', bandwidth: BAND, spectralLines: LINES },
        0,
        0,
      ],
      ['pupil', 'pupil', { numericalAperture: APERTURE }, 1, 0],
      ['camera', 'camera', { pixelPitch: RING / 16, rows: 96, columns: 96 }, 2, 0],
    ],
    ['source.out>pupil.in', 'pupil.out>camera.in'],
  ),
  proof: {
    statement: 'The ring that was dark keeps 0.85 % of the peak',
    nodes: ['camera'],
    expected: filledRing(),
    // Edge of a pupil of 47 samples: 1e-3 of the ring's position, 2e-5 of the peak.
    tolerance: 5e-5,
    quantity: 'dimensionless',
    display: '%',
    measure: (camera) => {
      const row = middleRow(camera);
      return (row[16] ?? Number.NaN) / (row[0] ?? Number.NaN);
    },
  },
};

const LAMP = 1e-3;
const LAMP_DISTANCE = 0.4;
const SPACING = 120e-6;
const YOUNG_WAVELENGTH = 500e-9;
/** 2 J1(v)/v between the slits, v = π size spacing / λ z. */
const V = (Math.PI * LAMP * SPACING) / (YOUNG_WAVELENGTH * LAMP_DISTANCE);

/** (max - min)/(max + min) of the middle fringe and its dark neighbour, in the sum over the rows. */
function visibility({ data, shape }: Measured): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const line = Array.from({ length: Math.ceil(nx / 2) }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < ny; y++) sum += data[y * nx + Math.floor(nx / 2) + x] ?? 0;
    return sum;
  });
  let low = 1;
  while ((line[low + 1] ?? Number.POSITIVE_INFINITY) < (line[low] ?? 0)) low++;
  const [high, dark] = [line[0] ?? 0, line[low] ?? 0];
  return (high - dark) / (high + dark);
}

export const wideLamp: Example = {
  id: 'wide-lamp',
  title: 'Young’s slits and a wide lamp',
  summary: 'Make the lamp wider and the fringes fade, vanish and come back reversed.',
  topic: 'coherence',
  level: 'course',
  design: bench(
    {
      title: 'Young’s slits and a wide lamp',
      description:
        'Two slits 120 µm apart, lit by a lamp of 1 mm at 400 mm: its points shine independently, and each makes fringes a little aside. What is left of them is the degree of coherence 2 J1(v)/v of van Cittert and Zernike.',
    },
    { samples: 64, pitch: 4e-6 },
    [
      [
        'lamp',
        'extendedSource',
        { wavelength: YOUNG_WAVELENGTH, size: LAMP, distance: LAMP_DISTANCE, rings: 2, power: 1e6 },
        0,
        0,
      ],
      [
        'slits',
        'aperture',
        { shape: 'slits', slits: 2, spacing: SPACING, slitWidth: 12e-6, height: 200e-6 },
        1,
        0,
      ],
      ['lens', 'fourierLens', { focalLength: 0.05 }, 2, 0],
      ['camera', 'camera', { pixelPitch: 13e-6, rows: 64, columns: 64 }, 3, 0],
    ],
    ['lamp.out>slits.in', 'slits.out>lens.in', 'lens.out>camera.in'],
  ),
  proof: {
    statement: 'Visibility of the fringes is 2 J1(v)/v, v = π size · spacing / λz',
    nodes: ['camera'],
    expected: (2 * besselJ1(V)) / V,
    // The envelope of the slits at the first dark fringe, sinc²(12/240), and rows that the camera does not see: 1 %.
    tolerance: 0.01,
    quantity: 'dimensionless',
    display: '%',
    measure: visibility,
  },
};

const MICROSCOPE_WAVELENGTH = 500e-9;
const MICROSCOPE_APERTURE = 0.5;
const PERIOD = 0.8e-6;
const FOCAL_LENGTH = 4e-3;

/**
 * Contrast of a grating (1 + cos)/2 in amplitude beyond the coherent limit, with a condenser as wide as the objective.
 * A is the share of the condenser's disc from which a first order still enters the pupil (overlap of discs λ/(p NA)
 * apart); orders 1/2 and 1/4: mean 1/4 + A/8, fundamental A/2.
 */
function abbeContrast(): number {
  const half = MICROSCOPE_WAVELENGTH / (2 * PERIOD * MICROSCOPE_APERTURE);
  const overlap = (2 / Math.PI) * (Math.acos(half) - half * Math.sqrt(1 - half * half));
  return overlap / 2 / (1 / 4 + overlap / 8);
}

export const condenser: Example = {
  id: 'condenser',
  title: 'The condenser’s share of resolution',
  summary: 'Close the condenser and fine bars vanish; open it and they are back.',
  topic: 'coherence',
  level: 'course',
  design: bench(
    {
      title: 'The condenser’s share of resolution',
      description:
        'A grating of 0.8 µm is beyond an objective of NA 0.5 in straight light (λ/NA = 1 µm): its first orders miss the pupil. A condenser as wide as the objective sends light in at an angle, one order passes beside the straight light, and the bars appear. Close the condenser and they go.',
    },
    { samples: 64, pitch: 0.2e-6 },
    [
      [
        'condenser',
        'kohler',
        { wavelength: MICROSCOPE_WAVELENGTH, numericalAperture: MICROSCOPE_APERTURE, rings: 5 },
        0,
        0,
      ],
      ['grating', 'grating', { profile: 'sineAmplitude', period: PERIOD, contrast: 1 }, 1, 0],
      ['objective', 'fourierLens', { focalLength: FOCAL_LENGTH }, 2, 0, 'Objective'],
      [
        'pupil',
        'aperture',
        { shape: 'disc', diameter: 2 * FOCAL_LENGTH * MICROSCOPE_APERTURE, softness: 0 },
        0,
        1,
      ],
      ['tube', 'fourierLens', { focalLength: FOCAL_LENGTH }, 1, 1, 'Tube lens'],
      ['camera', 'camera', { pixelPitch: 0.2e-6, rows: 48, columns: 48 }, 2, 1],
    ],
    [
      'condenser.out>grating.in',
      'grating.out>objective.in',
      'objective.out>pupil.in',
      'pupil.out>tube.in',
      'tube.out>camera.in',
    ],
  ),
  proof: {
    statement: 'Contrast 46 % beyond the coherent limit, by Abbe’s overlap of discs',
    nodes: ['camera'],
    expected: abbeContrast(),
    // 90 directions count a share of 26 % to half a point each way.
    tolerance: 0.01,
    quantity: 'dimensionless',
    display: '%',
    measure: (camera) => {
      // Four pixels per period: bright bars at even multiples of two, dark between; 8 periods around the middle.
      const row = middleRow(camera);
      let [bright, dark] = [0, 0];
      for (let i = 0; i < 8; i += 4) {
        bright += row[i] ?? 0;
        dark += row[i + 2] ?? 0;
      }
      return Math.abs(bright - dark) / (bright + dark);
    },
  },
};
