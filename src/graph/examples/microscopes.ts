import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const sum = ({ data, pitch }: Measured): number =>
  Array.from(data).reduce((total, value) => total + value, 0) * pitch ** 2;

/** Fact: ±1 orders of a grating of half-wave bars hold 2 (2/π)² of the light, its zeroth order none. */
const FIRST_ORDERS = 8 / Math.PI ** 2;

export const coherentMicroscope: Example = {
  id: 'coherent-microscope',
  title: 'A phase object in a microscope',
  summary:
    'Open and close the stop: clear bars of half a wave show up once some of their light is held back.',
  topic: 'fourier',
  level: 'course',
  design: bench(
    {
      title: 'A phase object in a microscope',
      description:
        'Bars that only delay light by half a wave, between two lenses that share a focal plane. In that plane the light is sorted by direction: none in the middle, 40.5 % in each first order. The stop passes those two, which interfere as fringes of half the period. Open it: the bars become invisible but for their edges. Choose the Siemens star as shape.',
    },
    { samples: 128, pitch: 1e-6 },
    [
      ['source', 'planeWave', {}, 0, 0],
      ['object', 'thinObject', { shape: 'bars', opticalPath: 266e-9 }, 1, 0],
      ['lens', 'fourierLens', { focalLength: 10e-3 }, 2, 0, 'Objective'],
      ['stop', 'aperture', { diameter: 1.2e-3 }, 3, 0],
      ['tube', 'fourierLens', { focalLength: 10e-3 }, 2, 1, 'Tube lens'],
      ['camera', 'camera', { pixelPitch: 1e-6 }, 3, 1],
    ],
    [
      'source.out>object.in',
      'object.out>lens.in',
      'lens.out>stop.in',
      'stop.out>tube.in',
      'tube.out>camera.in',
    ],
  ),
  proof: {
    statement: 'The two first orders hold 8/π² of the light',
    nodes: ['stop', 'source'],
    expected: FIRST_ORDERS,
    // Edges one sample wide in bars of eight: the phase between them takes 0.5 % of the light elsewhere.
    tolerance: 0.008,
    quantity: 'dimensionless',
    display: '%',
    measure: (stop, source) => sum(stop) / sum(source),
  },
};

/** (2/π)(acos ν - ν √(1 - ν²)) at ν = 1/4 of the cut-off. */
const QUARTER_CUTOFF = (2 / Math.PI) * (Math.acos(0.25) - 0.25 * Math.sqrt(1 - 0.25 ** 2));
const APERTURE = 0.8;
const GREEN = 532e-9;
const SPOKES = 16;
/** Where the spokes are as fine as a quarter of the cut-off 2 NA/λ. */
const RADIUS = (SPOKES * GREEN) / (Math.PI * APERTURE);

/** Contrast of the spokes around a circle: their first harmonic over the mean, in a ring with soft edges. */
function spokeContrast({ data, shape, pitch }: Measured, radius: number): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const half = 4 * pitch;
  let [mean, wave] = [0, 0];
  for (let i = 0; i < ny * nx; i++) {
    const y = (Math.floor(i / nx) - Math.floor(ny / 2)) * pitch;
    const x = ((i % nx) - Math.floor(nx / 2)) * pitch;
    const off = Math.hypot(x, y) - radius;
    if (Math.abs(off) >= half) continue;
    const weight = 1 + Math.cos((Math.PI * off) / half);
    mean += weight * (data[i] ?? 0);
    wave += 2 * weight * (data[i] ?? 0) * Math.cos(SPOKES * Math.atan2(y, x));
  }
  return wave / mean;
}

export const incoherentMicroscope: Example = {
  id: 'incoherent-microscope',
  title: 'A fluorescence microscope with noise',
  summary: 'Change aperture, aberrations and photons: where do the spokes of the star end?',
  topic: 'imaging',
  level: 'start',
  design: bench(
    {
      title: 'A fluorescence microscope with noise',
      description:
        'A glowing Siemens star through an objective onto a noisy camera. Spokes finer than λ/(2 NA) vanish; where they are four times as wide, 68.5 % of their contrast is left. Give the pupil coma (Z8) or defocus (Z4), or take photons away.',
    },
    { samples: 80, pitch: 20e-6 },
    [
      ['source', 'planeWave', { wavelength: GREEN }, 0, 0],
      ['pupil', 'pupil', { numericalAperture: APERTURE }, 1, 0],
      ['star', 'incoherentObject', { photons: 2e6, pixelPitch: 0.15e-6, rows: 96, columns: 96 }, 2, 0],
      [
        'camera',
        'camera',
        { pixelPitch: 0.15e-6, rows: 96, columns: 96, offset: 100, readNoise: 2, noise: true },
        3,
        0,
      ],
    ],
    ['source.out>pupil.in', 'pupil.out>star.in', 'star.out>camera.in'],
  ),
  proof: {
    statement: 'At a quarter of the cut-off 68.5 % of the spokes’ contrast is left',
    nodes: ['star'],
    expected: QUARTER_CUTOFF,
    // Sixteen spokes fan out across a spot; edges one sample wide take 1 % of their contrast.
    tolerance: 0.01,
    quantity: 'dimensionless',
    display: '%',
    // Spokes as bright as dark have a first harmonic of 4/π.
    measure: (star) => (spokeContrast(star, RADIUS) * Math.PI) / 4,
  },
};

const LENGTH = 20e-6;
const BALL_RADIUS = 0.4 * LENGTH;
const DIFFERENCE = 0.03;
const WINDOW = 96 * 0.4e-6;

/**
 * |mean of the field|² behind a soft ball: by van de Hulst's anomalous diffraction, 1 - 2 π R² K/A with
 * K(w) = 1/2 + e^-w/w + (e^-w - 1)/w², w = -iρ and ρ = 4π R Δn/λ the phase along its diameter.
 */
function directLight(): number {
  const rho = (4 * Math.PI * BALL_RADIUS * DIFFERENCE) / GREEN;
  const [c, s] = [Math.cos(rho), Math.sin(rho)];
  // e^{iρ}/(-iρ) = i e^{iρ}/ρ and (e^{iρ} - 1)/(-ρ²).
  const re = 0.5 - s / rho - (c - 1) / rho ** 2;
  const im = c / rho - s / rho ** 2;
  const share = (2 * Math.PI * BALL_RADIUS ** 2) / WINDOW ** 2;
  return (1 - share * re) ** 2 + (share * im) ** 2;
}

/** The sample in the middle, where light that goes straight on arrives. */
const middle = ({ data, shape }: Measured): number => {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return data[Math.floor(ny / 2) * nx + Math.floor(nx / 2)] ?? 0;
};

export const thickSample: Example = {
  id: 'thick-sample',
  title: 'Light through a thick sample',
  summary: 'Choose a cell, many balls or your own stack: slice by slice the sample bends the light.',
  topic: 'samples',
  level: 'research',
  design: bench(
    {
      title: 'Light through a thick sample',
      description:
        'A soft ball of 16 µm in water bends light on its way through. What still goes straight on, in the middle of the focal plane, is what van de Hulst’s formula for soft spheres says. Choose another shape, more slices or another plane to look at.',
    },
    { samples: 96, pitch: 0.4e-6 },
    [
      ['source', 'planeWave', { wavelength: GREEN, refractiveIndex: 1.33 }, 0, 0],
      [
        'sample',
        'multislice',
        {
          shape: 'ball',
          thickness: LENGTH,
          size: LENGTH,
          indexDifference: DIFFERENCE,
          slices: 10,
          plane: 'back',
        },
        1,
        0,
        'Ball',
      ],
      ['camera', 'camera', { pixelPitch: 0.4e-6, rows: 96, columns: 96 }, 2, 0],
      ['focus', 'fourierLens', { focalLength: 10e-3 }, 2, 1, 'Focus behind the ball'],
      [
        'empty',
        'multislice',
        { thickness: LENGTH, indexDifference: 0, slices: 10, plane: 'back' },
        0,
        1,
        'Empty sample',
      ],
      ['straight', 'fourierLens', { focalLength: 10e-3 }, 1, 1, 'Focus without it'],
    ],
    [
      'source.out>sample.in',
      'sample.out>camera.in',
      'sample.out>focus.in',
      'source.out>empty.in',
      'empty.out>straight.in',
    ],
  ),
  proof: {
    statement: 'Light that goes straight on, after van de Hulst',
    nodes: ['focus', 'straight'],
    expected: directLight(),
    // His formula is good to Δn/n, 2 % of the 30 % that the ball takes; ten discs stand for the ball.
    tolerance: 0.015,
    quantity: 'dimensionless',
    display: '%',
    measure: (focus, straight) => middle(focus) / middle(straight),
  },
};
