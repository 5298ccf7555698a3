/** Slits, stops, gratings and filters. */
import { type BenchNode, bench } from './bench.ts';
import type { Example, Measured } from './example.ts';
import { firstMinimum, middleRow } from './measures.ts';

/** The value at (column, row) from the middle. */
function valueAt({ data, shape }: Measured, column = 0, row = 0): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return data[(Math.floor(ny / 2) + row) * nx + Math.floor(nx / 2) + column] ?? Number.NaN;
}

const camera = (samples: number, pixelPitch: number) => ({ rows: samples, columns: samples, pixelPitch });

export const youngSlits: Example = {
  id: 'young-slits',
  title: 'Young’s slits',
  summary: 'Change spacing, distance or wavelength and predict the fringes: they are λ L / d apart.',
  topic: 'waves',
  level: 'start',
  design: bench(
    {
      title: 'Young’s slits',
      description:
        'Light of 633 nm passes two slits 0.25 mm apart and falls on a screen 1 m behind. Bright and dark fringes alternate every 2.53 mm. Close the slits together and the fringes spread.',
    },
    { samples: 128, pitch: 25e-6 },
    [
      ['source', 'planeWave', { wavelength: 633e-9 }, 0, 0],
      ['slits', 'aperture', { shape: 'slits', slitWidth: 50e-6, spacing: 250e-6, height: 1.5e-3 }, 1, 0],
      ['space', 'propagator', { distance: 1, window: 'natural' }, 2, 0],
      ['camera', 'camera', camera(128, 197.8125e-6), 3, 0],
    ],
    ['source.out>slits.in', 'slits.out>space.in', 'space.out>camera.in'],
  ),
  proof: {
    statement: 'Fringes λL/d = 2.532 mm apart',
    nodes: ['camera'],
    expected: 2.532e-3,
    // Six pixels from bright to dark: the polynomial finds the minimum to a thirtieth of one.
    tolerance: 12e-6,
    quantity: 'length',
    display: 'mm',
    measure: (seen) => 2 * firstMinimum(middleRow(seen), seen.pitch),
  },
};

const aragoWaist = 0.9e-3;
const stopRadius = 0.4e-3;

export const aragoSpot: Example = {
  id: 'arago-spot',
  title: 'Arago’s spot',
  summary: 'Grow the disc: the middle of its shadow stays as bright as the light at its rim.',
  topic: 'waves',
  level: 'start',
  design: bench(
    {
      title: 'Arago’s spot',
      description:
        'A disc of 0.8 mm stands in a laser beam. In the middle of its shadow is a bright spot: all paths around the rim are equally long. It is as bright as the beam would be there, weakened only as the beam is at the rim.',
    },
    { samples: 192, pitch: 20e-6 },
    [
      ['source', 'gaussianBeam', { wavelength: 633e-9, waist: aragoWaist }, 0, 0],
      ['disc', 'aperture', { shape: 'disc', diameter: 2 * stopRadius, inverse: true }, 1, 0],
      ['shadow', 'propagator', { distance: 0.2 }, 2, 0, 'Behind the disc'],
      ['camera', 'camera', camera(160, 20e-6), 3, 0],
      ['free', 'propagator', { distance: 0.2 }, 2, 1, 'Without the disc'],
    ],
    ['source.out>disc.in', 'disc.out>shadow.in', 'shadow.out>camera.in', 'source.out>free.in'],
  ),
  proof: {
    statement: 'The spot against the free beam: exp(-2 a²/w²)',
    nodes: ['shadow', 'free'],
    // The Fresnel integral on the axis from the rim outwards, in closed form for a Gaussian beam.
    expected: Math.exp((-2 * stopRadius ** 2) / aragoWaist ** 2),
    // 20 samples per radius: the sampled rim differs from a circle by a thousandth of it, in both directions.
    tolerance: 0.015,
    quantity: 'dimensionless',
    display: '',
    measure: (shadow, free) => valueAt(shadow) / valueAt(free),
  },
};

const plateZones = 8;
const plateDiameter = 2 * 0.25e-3 * Math.sqrt(plateZones);

export const zonePlateFoci: Example = {
  id: 'zone-plate',
  title: 'Zone plate',
  summary: 'Find the foci: at 125 mm, and again at a third and a fifth of it.',
  topic: 'masks',
  level: 'course',
  design: bench(
    {
      title: 'Zone plate',
      description:
        'Rings that let every second Fresnel zone pass focus light of 500 nm at r₁²/λ = 125 mm: the open zones add up, twice the light for each. A third as far away the next focus follows (lower branch).',
    },
    { samples: 192, pitch: 10e-6 },
    [
      ['source', 'planeWave', { wavelength: 500e-9 }, 0, 0],
      [
        'plate',
        'zonePlate',
        { given: 'firstRadius', firstRadius: 0.25e-3, diameter: plateDiameter, designWavelength: 500e-9 },
        1,
        0,
      ],
      ['focus', 'propagator', { distance: 0.125 }, 2, 0, 'First focus'],
      ['camera', 'camera', camera(96, 10e-6), 3, 0],
      ['third', 'propagator', { distance: 0.125 / 3 }, 2, 1, 'Third focus'],
    ],
    ['source.out>plate.in', 'plate.out>focus.in', 'focus.out>camera.in', 'plate.out>third.in'],
  ),
  proof: {
    statement: 'Eight zones focus to 8² times the light',
    nodes: ['focus', 'source'],
    expected: plateZones ** 2,
    // The outermost ring is 4.4 samples wide, which blurs its edges: 1 % of the amplitude.
    tolerance: 2,
    quantity: 'dimensionless',
    display: '',
    measure: (focus, source) => valueAt(focus) / valueAt(source),
  },
};

/** Two lenses of 100 mm, two focal lengths apart, with a filter between. */
function fourF(object: BenchNode, filter: BenchNode[2], source: BenchNode[2] = {}) {
  const nodes: readonly BenchNode[] = [
    ['source', 'planeWave', source, 0, 0],
    object,
    ['lens1', 'fourierLens', { focalLength: 0.1 }, 2, 0, 'First lens'],
    ['filter', 'fourierFilter', filter, 0, 1],
    ['lens2', 'fourierLens', { focalLength: 0.1 }, 1, 1, 'Second lens'],
    ['camera', 'camera', camera(128, 10e-6), 2, 1],
  ];
  const wires = [
    'source.out>object.in',
    'object.out>lens1.in',
    'lens1.out>filter.in',
    'filter.out>lens2.in',
    'lens2.out>camera.in',
  ];
  return { nodes, wires };
}

const porter = fourF(['object', 'grating', { profile: 'binaryAmplitude', period: 160e-6 }, 1, 0], {
  kind: 'highPass',
  radius: 60e-6,
});

export const abbePorter: Example = {
  id: 'abbe-porter',
  title: 'Abbe and Porter: filtering a grating',
  summary: 'Block the straight light: bars and gaps become equally bright, with a dark line at each edge.',
  topic: 'fourier',
  level: 'course',
  design: bench(
    {
      title: 'Abbe and Porter: filtering a grating',
      description:
        'A grating of equal bars and gaps is imaged through its own Fourier plane. A dot there takes the straight light away: what is left is ±½, so all is equally bright at ¼, and only the edges are dark. Widen the dot, or let a slit pass.',
    },
    { samples: 128, pitch: 10e-6 },
    porter.nodes,
    porter.wires,
  ),
  proof: {
    statement: 'Bars and gaps are both ¼ as bright as the light',
    nodes: ['lens2', 'source'],
    expected: 0.25,
    // Rounding of two transforms; the grating fits the window eight times, its mean is ½ exactly.
    tolerance: 1e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (image, source) => {
      const [bar, gap] = [valueAt(image, 0), valueAt(image, 8)];
      return (Math.abs(bar - 0.25) > Math.abs(gap - 0.25) ? bar : gap) / valueAt(source);
    },
  },
};

const contrast = fourF(['object', 'grating', { profile: 'binaryPhase', height: 0.1, period: 160e-6 }, 1, 0], {
  kind: 'phaseDot',
  radius: 60e-6,
  phase: Math.PI / 2,
});

export const phaseContrast: Example = {
  id: 'phase-contrast',
  title: 'Phase contrast',
  summary:
    'Turn the dot’s phase from 0 to π/2 and see what cannot be seen: 0.1 rad become 20 % of brightness.',
  topic: 'fourier',
  level: 'course',
  design: bench(
    {
      title: 'Phase contrast',
      description:
        'Clear ridges that delay light by 0.1 rad are invisible. A dot in the Fourier plane turns the straight light by a quarter wave: now delay becomes brightness, 2 φ of it (Zernike). With phase −π/2 it is inverted; a darker dot gives more contrast.',
    },
    { samples: 128, pitch: 10e-6 },
    contrast.nodes,
    contrast.wires,
  ),
  proof: {
    statement: 'Ridges of 0.1 rad are 2 sin 0.1 = 0.1997 brighter',
    nodes: ['lens2'],
    expected: 2 * Math.sin(0.1),
    // Rounding of float32 against a difference of a fifth.
    tolerance: 1e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (image) => {
      const [ridge, groove] = [valueAt(image, 0), valueAt(image, 8)];
      return (ridge - groove) / ((ridge + groove) / 2);
    },
  },
};

const vortexRadius = 18 * 20e-6;

export const vortexDoughnut: Example = {
  id: 'vortex-doughnut',
  title: 'Vortex doughnut',
  summary: 'Change the charge: the dark core grows, since the phase winds more often about the axis.',
  topic: 'masks',
  level: 'start',
  design: bench(
    {
      title: 'Vortex doughnut',
      description:
        'A spiral phase plate in front of a lens makes a ring of light with a perfectly dark middle, as used to deplete fluorescence in STED microscopes. For charge 1 the ring’s radius is 0.390 λ/NA.',
    },
    { samples: 192, pitch: 20e-6 },
    [
      ['source', 'planeWave', {}, 0, 0],
      ['stop', 'aperture', { diameter: 2 * vortexRadius }, 1, 0],
      ['spiral', 'spiralPhase', { charge: 1 }, 2, 0],
      ['lens', 'fourierLens', { focalLength: 0.1 }, 3, 0],
      ['camera', 'camera', camera(64, 13.8541667e-6), 4, 0],
    ],
    ['source.out>stop.in', 'stop.out>spiral.in', 'spiral.out>lens.in', 'lens.out>camera.in'],
  ),
  proof: {
    statement: 'Ring radius 0.390 λ/NA',
    nodes: ['lens'],
    expected: (0.39 * 532e-9 * 0.1) / vortexRadius,
    // The ring is 4.2 samples in radius, and known to three digits.
    tolerance: 0.6e-6,
    quantity: 'length',
    display: 'µm',
    measure: (seen) =>
      firstMinimum(
        middleRow(seen).map((value) => -value),
        seen.pitch,
      ),
  },
};

export const besselBeam: Example = {
  id: 'bessel-beam',
  title: 'Axicon and Bessel beam',
  summary: 'Move along the beam: the thin core stays as it is over centimetres.',
  topic: 'beams',
  level: 'course',
  design: bench(
    {
      title: 'Axicon and Bessel beam',
      description:
        'A cone bends all light by 5 mrad towards the axis. Where it crosses, a core of constant width appears with rings around it, J₀². Its first dark ring has the radius 0.383 λ/sin β = 40.7 µm, at any distance within the crossing.',
    },
    { samples: 192, pitch: 8e-6 },
    [
      ['source', 'gaussianBeam', { waist: 0.36e-3 }, 0, 0],
      ['axicon', 'axicon', { angle: 5e-3 }, 1, 0],
      ['space', 'propagator', { distance: 0.033 }, 2, 0],
      ['camera', 'camera', camera(128, 8e-6), 3, 0],
    ],
    ['source.out>axicon.in', 'axicon.out>space.in', 'space.out>camera.in'],
  ),
  proof: {
    statement: 'First dark ring at 0.3827 λ/sin β = 40.72 µm',
    nodes: ['space'],
    expected: (2.404826 * 532e-9) / (2 * Math.PI * Math.sin(5e-3)),
    // The polynomial through five samples, 8 µm apart, finds the minimum to a tenth of one; the Gaussian's slope
    // across the cone moves it by less.
    tolerance: 1e-6,
    quantity: 'length',
    display: 'µm',
    measure: (seen) => firstMinimum(middleRow(seen), seen.pitch),
  },
};

export const gratingOrders: Example = {
  id: 'grating-orders',
  title: 'Orders of a phase grating',
  summary: 'Change the modulation: the orders follow Bessel functions, 33.9 % at best in a first one.',
  topic: 'masks',
  level: 'course',
  design: bench(
    {
      title: 'Orders of a phase grating',
      description:
        'A wave of phase a·cos splits light into orders of power J_m(a)². At a = 1.841 the first orders are brightest. Choose bars, steps or a blaze and see which light goes where.',
    },
    { samples: 128, pitch: 10e-6 },
    [
      ['source', 'planeWave', {}, 0, 0],
      ['grating', 'grating', { profile: 'sinePhase', modulation: 1.841184, period: 160e-6 }, 1, 0],
      ['lens', 'fourierLens', { focalLength: 0.1 }, 2, 0],
      ['camera', 'camera', camera(128, 41.5625e-6), 3, 0],
    ],
    ['source.out>grating.in', 'grating.out>lens.in', 'lens.out>camera.in'],
  ),
  proof: {
    statement: 'A first order takes J₁(1.841)² = 33.86 %',
    nodes: ['lens'],
    expected: 0.33857,
    // Rounding of a transform; the grating fits the window 8 times, so an order is one sample.
    tolerance: 1e-4,
    quantity: 'dimensionless',
    display: '%',
    measure: (seen) => {
      const all = Array.from(seen.data).reduce((sum, value) => sum + value, 0);
      return valueAt(seen, 8) / all;
    },
  },
};
