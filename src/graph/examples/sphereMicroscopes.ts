/** The same bead of 1 µm in the microscopes of a laboratory. Numbers that prove them: `bench/microscopes.py`. */
import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { halfMaximum, middleRow } from './measures.ts';
import { pixelAt, sphereBench } from './sphereBench.ts';

const GREEN = 532e-9;
const APERTURE = 1.2;
const BEAD = { z: 0, radius: 0.5e-6, refractiveIndex: 1.59 };
const IN_WATER = { wavelength: GREEN, refractiveIndex: 1.33 };
/** An oil that nearly hides polystyrene: the bead delays light by 0.24 rad and scatters little. */
const IN_OIL = { wavelength: GREEN, refractiveIndex: 1.57 };
const PIXELS = { pixelPitch: 0.1e-6, rows: 64, columns: 64 };
/** The edge of the pupil on 63 samples, and that of a plate on 6: 0.5 % of what is scattered. */
const GRID = { samples: 128, pitch: 1e-6 };

const darkField: Example = {
  id: 'dark-field',
  title: 'Dark field of a bead',
  summary: 'Open and close the stop, make the bead smaller: only what it scatters is seen, on black.',
  topic: 'microscopes',
  level: 'start',
  design: sphereBench(
    {
      title: 'Dark field of a bead',
      description:
        'A stop in the middle of the pupil holds back the light that met nothing; what the bead scatters passes beside it. Half the radius of a small bead is a 64th of the light (r⁶). The light comes along the axis, as a laser’s does: the hollow cone of a condenser is not in this graph.',
    },
    {
      grid: GRID,
      light: IN_WATER,
      sphere: BEAD,
      numericalAperture: APERTURE,
      behind: [
        ['stop', 'pupilStop', { obstruction: 0.2 }, 2, 1, 'Central stop'],
        ['camera', 'camera', PIXELS, 3, 1],
      ],
      wires: ['pupil.out>stop.in', 'stop.out>camera.in'],
    },
  ),
  proof: {
    statement: 'The bead’s middle is 1.418 times as bright as the light on it',
    nodes: ['camera'],
    expected: 1.41819,
    // The edges of stop and pupil on 12.6 and 63 samples.
    tolerance: 0.003,
    quantity: 'dimensionless',
    display: '',
    measure: (camera) => pixelAt(camera, 0, 0),
  },
};

const brightField: Example = {
  id: 'bright-field',
  title: 'Bright field of a bead',
  summary: 'Close the condenser and rings appear; darken its centre until the background is black.',
  topic: 'microscopes',
  level: 'start',
  design: sphereBench(
    {
      title: 'Bright field of a bead',
      description:
        'Light from all directions of a condenser meets the bead; each direction interferes with what it scatters, and the pictures add. Nearly closed (0.01) the condenser gives a hologram, open it gives a sharp and pale bead. Dark centre 95 % with a condenser of 1.25 and an objective of 1.15 is a dark field. Eighteen directions stand for the lamp, and each lamp point is taken as incoherent with all others.',
    },
    {
      grid: { samples: 48, pitch: 0.2e-6 },
      source: 'kohler',
      light: { ...IN_WATER, numericalAperture: 0.6, rings: 2 },
      sphere: BEAD,
      numericalAperture: APERTURE,
      behind: [['camera', 'camera', { ...PIXELS, rows: 40, columns: 40 }, 3, 1]],
      wires: ['pupil.out>camera.in'],
    },
  ),
  proof: {
    statement: 'The bead’s middle is 4.3 % darker than the background',
    nodes: ['camera'],
    expected: 1 - 0.9566356,
    // The pupil's edge on 23 samples; 18 directions for a condenser.
    tolerance: 0.003,
    quantity: 'dimensionless',
    display: '%',
    measure: (camera) => 1 - pixelAt(camera, 0, 0),
  },
};

const phaseContrast: Example = {
  id: 'bead-phase-contrast',
  title: 'Phase contrast of a bead',
  summary: 'Turn the ring’s phase to 0 and the bead in its oil is nearly gone; −90° makes it dark.',
  topic: 'microscopes',
  level: 'start',
  design: sphereBench(
    {
      title: 'Phase contrast of a bead',
      description:
        'A bead in an oil of nearly its own index only delays light, by 0.24 rad, which no camera sees. Light comes from an annulus of the condenser; the ring in the pupil, where that light passes, delays it by a quarter wave and lets half of its amplitude through: delay φ becomes brightness, about 2φ/½. The ring also takes some of the scattered light, which makes the halo. Six directions stand for the annulus.',
    },
    {
      grid: { samples: 64, pitch: 0.2e-6 },
      source: 'kohler',
      light: { ...IN_OIL, numericalAperture: 0.5, innerShare: 0.9, rings: 1 },
      sphere: BEAD,
      numericalAperture: APERTURE,
      behind: [
        [
          'plate',
          'phasePlate',
          { transmission: 0.5, innerRadius: 0.32, outerRadius: 0.48 },
          2,
          1,
          'Phase ring',
        ],
        ['camera', 'camera', PIXELS, 3, 1],
      ],
      wires: ['pupil.out>plate.in', 'plate.out>camera.in'],
    },
  ),
  proof: {
    statement: 'The bead’s middle is 1.766 times as bright as the background',
    nodes: ['camera'],
    expected: 1.766346,
    // The ring is four samples of the pupil wide.
    tolerance: 0.01,
    quantity: 'dimensionless',
    display: '',
    measure: (camera) => pixelAt(camera, 0, 0) / 0.5 ** 2,
  },
};

const dic: Example = {
  id: 'dic',
  title: 'DIC of a bead',
  summary: 'Turn the shear and the bias: the slope of an invisible bead’s delay looks like a relief.',
  topic: 'microscopes',
  level: 'course',
  design: sphereBench(
    {
      title: 'DIC of a bead',
      description:
        'Two images, 0.2 µm apart, interfere with opposite signs and a quarter wave of bias: where the delay rises along the shear the bead is bright, where it falls it is dark. With bias 0 the field is dark and both edges shine. Both images are seen in one polarisation, and the light comes along the axis instead of through a wide condenser.',
    },
    {
      grid: GRID,
      light: IN_OIL,
      sphere: BEAD,
      numericalAperture: APERTURE,
      behind: [
        ['prism', 'nomarski', { shear: 0.2e-6, direction: Math.PI / 4 }, 2, 1],
        ['camera', 'camera', PIXELS, 3, 1],
      ],
      wires: ['pupil.out>prism.in', 'prism.out>camera.in'],
    },
  ),
  proof: {
    statement: 'Across the bead the relief falls by 13.7 % of the light',
    nodes: ['camera'],
    expected: 0.136904,
    // The pupil's edge on 63 samples.
    tolerance: 0.0005,
    quantity: 'dimensionless',
    display: '%',
    measure: (camera) => pixelAt(camera, -3, -3) - pixelAt(camera, 3, 3),
  },
};

const oneBead: Example = {
  id: 'one-bead',
  title: 'One bead, four microscopes',
  summary: 'Change the bead or its oil and compare: bright field, dark field, phase contrast, DIC.',
  topic: 'microscopes',
  level: 'start',
  design: sphereBench(
    {
      title: 'One bead, four microscopes',
      description:
        'The same light of the same bead, seen four ways behind one pupil: as it is, without the direct light, with the direct light delayed, and as two sheared images. Set the source’s medium index to 1.33, water, and look again. In all four the light comes along the axis, so there are rings that a condenser would wash out.',
    },
    {
      grid: GRID,
      light: IN_OIL,
      sphere: BEAD,
      numericalAperture: APERTURE,
      behind: [
        ['stop', 'pupilStop', { obstruction: 0.2 }, 4, 0, 'Central stop'],
        ['dark', 'camera', PIXELS, 5, 0, 'Dark field'],
        ['plate', 'phasePlate', { transmission: 0.5, outerRadius: 0.1 }, 4, 1],
        ['phase', 'camera', PIXELS, 5, 1, 'Phase contrast'],
        ['bright', 'camera', PIXELS, 3, 1, 'Bright field'],
        ['prism', 'nomarski', { shear: 0.2e-6, direction: Math.PI / 4 }, 1, 1],
        ['relief', 'camera', PIXELS, 2, 1, 'DIC'],
      ],
      wires: [
        'pupil.out>stop.in',
        'stop.out>dark.in',
        'pupil.out>plate.in',
        'plate.out>phase.in',
        'pupil.out>bright.in',
        'pupil.out>prism.in',
        'prism.out>relief.in',
      ],
    },
  ),
  proof: {
    statement: 'In bright field its middle is 0.6 % darker than the background',
    nodes: ['bright'],
    expected: 1 - 0.9940396,
    // The pupil's edge on 63 samples.
    tolerance: 5e-4,
    quantity: 'dimensionless',
    display: '%',
    measure: (bright) => 1 - pixelAt(bright, 0, 0),
  },
};

const iscat: Example = {
  id: 'iscat',
  title: 'iSCAT of a gold particle',
  summary:
    'Halve the radius: light scattered falls 64 times, the contrast against the reflection only 8 times.',
  topic: 'microscopes',
  level: 'research',
  design: sphereBench(
    {
      title: 'iSCAT of a gold particle',
      description:
        'A particle of 40 nm on a cover glass, seen from the side that the light comes from: what it scatters back interferes with the 0.4 % that the glass reflects. The contrast, 2 |s/r| cos φ, grows with the radius as r³ and turns with the height as 4π n z/λ: move the particle away from the glass (more negative distance) and it turns bright. What the particle scatters onto the glass and back is left out, and so is the glass in the pupil.',
    },
    {
      grid: GRID,
      light: IN_WATER,
      sphere: { z: -20e-9, radius: 20e-9, material: 'gold', collects: 'backward' },
      numericalAperture: APERTURE,
      behind: [['camera', 'camera', { ...PIXELS, pixelPitch: 50e-9 }, 3, 1]],
      wires: ['pupil.out>camera.in'],
    },
  ),
  proof: {
    statement: 'The particle’s middle is 79.8 % darker than the reflection',
    nodes: ['camera'],
    expected: 1 - 0.202252,
    // The pupil's edge on 63 samples.
    tolerance: 0.003,
    quantity: 'dimensionless',
    display: '%',
    measure: (camera) => 1 - pixelAt(camera, 0, 0),
  },
};

const OFF_AXIS = { samples: 96, pitch: 0.1e-6 };
/** Across the polarisation; 26 fringes over the picture, three times as fine as what the objective passes. */
const STEEP = { tiltY: Math.asin((26 * GREEN) / (OFF_AXIS.samples * OFF_AXIS.pitch * 1.57)) };
/** Through the circle of 94 samples in the grid: an irradiance of 1. */
const UNIT_POWER = Math.PI * ((OFF_AXIS.samples / 2 - 1) * OFF_AXIS.pitch) ** 2;

const offAxis: Example = {
  id: 'off-axis-bead',
  title: 'Off-axis hologram of a bead',
  summary: 'Fringes bend where the bead delays light: one side band of them gives the phase, in radians.',
  topic: 'microscopes',
  level: 'course',
  design: bench(
    {
      title: 'Off-axis hologram of a bead',
      description:
        'The bead’s light and the light beside it pass the objective; a tilted wave goes straight to the camera and makes fringes. The demodulation moves one side band to the middle: look at its phase. Adding a wave that is a quarter period late turns phase φ into brightness, 1 + t² + 2t sin φ. The tilt is given as seen in the sample, and the waves are as wide as the picture.',
    },
    OFF_AXIS,
    [
      ['source', 'planeWave', { ...IN_OIL, power: UNIT_POWER }, 0, 0],
      ['sphere', 'mieSphere', BEAD, 1, 0],
      ['direct', 'interference', {}, 2, 0, 'Direct light'],
      ['fringes', 'interference', { route: 'camera' }, 3, 0, 'Tilted reference'],
      ['pupil', 'pupil', { numericalAperture: 0.5 }, 4, 0],
      ['tilted', 'mirror', STEEP, 0, 1, 'Tilted wave'],
      ['quarter', 'mirror', { pathLength: GREEN / (4 * 1.57) }, 1, 1, 'Quarter period'],
      ['brightness', 'interference', {}, 2, 1, 'Phase as brightness'],
      ['demodulation', 'demodulation', { bandRadius: 1.15e6 }, 3, 1],
      ['camera', 'camera', { pixelPitch: OFF_AXIS.pitch, rows: 96, columns: 96 }, 4, 1],
    ],
    [
      'source.out>sphere.in',
      'sphere.out>direct.scattered',
      'source.out>direct.reference',
      'direct.out>fringes.scattered',
      'tilted.out>fringes.reference',
      'fringes.out>pupil.in',
      'pupil.out>camera.in',
      'camera.out>demodulation.in',
      'tilted.out>demodulation.reference',
      'source.out>quarter.in',
      'source.out>tilted.in',
      'demodulation.out>brightness.scattered',
      'quarter.out>brightness.reference',
    ],
  ),
  proof: {
    statement: 'Through the bead’s middle light is 0.221 rad late',
    nodes: ['brightness', 'demodulation'],
    expected: 0.220793,
    // The pupil's edge on 47 samples, and the band's soft edge.
    tolerance: 0.002,
    quantity: 'angle',
    display: 'rad',
    measure: (brightness, demodulation) => {
      const square = pixelAt(demodulation, 0, 0);
      return Math.asin((pixelAt(brightness, 0, 0) - 1 - square) / (2 * Math.sqrt(square)));
    },
  },
};

const EMISSION = 560e-9;
/** Of 2 J1(x)/x squared, in units of λ/NA. */
const HALF_WIDTH = 0.514497;

const fluorescence: Example = {
  id: 'bead-fluorescence',
  title: 'Fluorescence of the beads',
  summary: 'A dyed bead of 1 µm and one of 100 nm: the small one shows the microscope, not itself.',
  topic: 'microscopes',
  level: 'start',
  design: bench(
    {
      title: 'Fluorescence of the beads',
      description:
        'The bead of 1 µm glows all through; every point of it is blurred by the microscope and all add up, without interference. A bead of 100 nm is a point: its picture is 0.514 λ/NA wide, whatever its size. Rings of a hologram are not seen, since each molecule interferes only with itself. The light is taken as unpolarised and unbent by the bead.',
    },
    { samples: 96, pitch: 1e-6 },
    [
      ['source', 'planeWave', { wavelength: EMISSION, refractiveIndex: 1.33 }, 0, 0, 'Emission light'],
      ['pupil', 'pupil', { numericalAperture: APERTURE }, 1, 0, 'Objective'],
      [
        'bead',
        'incoherentVolume',
        { shape: 'ball', size: 1.25e-6, thickness: 1.25e-6, slices: 5, photons: 1e5, ...PIXELS },
        2,
        0,
        'Dyed bead',
      ],
      ['camera', 'camera', { ...PIXELS, offset: 100, readNoise: 2, noise: true }, 3, 0, 'Noisy camera'],
      ['small', 'bead', { photons: 1e4 }, 0, 1, 'Bead of 100 nm'],
      ['smallPupil', 'pupil', { numericalAperture: APERTURE }, 1, 1, 'Same objective'],
      ['close', 'camera', { pixelPitch: 20e-9, rows: 64, columns: 64 }, 2, 1, 'Camera with 20 nm pixels'],
    ],
    [
      'source.out>pupil.in',
      'pupil.out>bead.in',
      'bead.out>camera.in',
      'source.out>small.in',
      'small.out>smallPupil.in',
      'smallPupil.out>close.in',
    ],
  ),
  proof: {
    statement: 'The small bead’s picture is 0.514 λ/NA wide',
    nodes: ['close'],
    expected: (HALF_WIDTH * EMISSION) / APERTURE,
    // Straight lines between pixels of a twelfth of the width.
    tolerance: 1.5e-9,
    quantity: 'length',
    display: 'nm',
    measure: (close) => 2 * halfMaximum(middleRow(close)) * close.pitch,
  },
};

export const sphereMicroscopes: readonly Example[] = [
  oneBead,
  brightField,
  darkField,
  phaseContrast,
  dic,
  offAxis,
  iscat,
  fluorescence,
];
