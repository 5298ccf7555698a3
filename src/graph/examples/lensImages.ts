/** Images and foci of lenses. */
import { bench } from './bench.ts';
import type { Example, Measured } from './example.ts';

const camera = (samples: number, pixelPitch: number) => ({ rows: samples, columns: samples, pixelPitch });

/** Mean position along x, weighted by brightness, metres. */
function centroidX({ data, shape, pitch }: Measured): number {
  const nx = shape.at(-1) ?? 1;
  let [sum, moment] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    sum += data[i] ?? 0;
    moment += ((i % nx) - Math.floor(nx / 2)) * (data[i] ?? 0);
  }
  return (moment / sum) * pitch;
}

const largest = ({ data }: Measured) => Array.from(data).reduce((most, value) => Math.max(most, value), 0);

export const lensImage: Example = {
  id: 'lens-image',
  title: 'A lens makes an image',
  summary: 'Move the screen: sharp at 3 f for an object at 1.5 f, twice as large and upside down.',
  topic: 'imaging',
  level: 'start',
  design: bench(
    {
      title: 'A lens makes an image',
      description:
        'A hole off the axis stands 150 mm before a lens of 100 mm. The lens equation puts its image 300 mm behind, on the other side of the axis and twice as large.',
    },
    { samples: 128, pitch: 10e-6 },
    [
      ['source', 'planeWave', {}, 0, 0],
      ['object', 'aperture', { shape: 'polygon', sides: 3, diameter: 0.3e-3, x: 0.2e-3 }, 1, 0],
      ['lens', 'lensSystem', { before: 0.15, focalLength: 0.1, behind: 0.3 }, 2, 0],
      ['camera', 'camera', camera(128, 20e-6), 3, 0],
    ],
    ['source.out>object.in', 'object.out>lens.in', 'lens.out>camera.in'],
  ),
  proof: {
    statement: 'Magnification s′/s = -2',
    nodes: ['lens', 'object'],
    expected: -2,
    // Exact where B is 0; the wrapped last row and column are dark. Rounding of two transforms.
    tolerance: 1e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (image, object) => centroidX(image) / centroidX(object),
  },
};

const stop = 4e-3;
/** Indices of N-BK7 at 587.6 and 486.1 nm (Schott). */
const [yellow, blue] = [1.516797, 1.522378];
const radius = 51.68e-3;
/** Optical path between the blue wave and the screen's sphere at the rim, in waves. */
const waves = (((stop * stop) / 8) * (blue - yellow)) / radius / 486.1e-9;

export const achromat: Example = {
  id: 'achromat',
  title: 'Achromat against singlet',
  summary: 'Change the wavelength: the singlet’s spot blurs away from yellow, the doublet’s stays sharp.',
  topic: 'aberrations',
  level: 'course',
  design: bench(
    {
      title: 'Achromat against singlet',
      description:
        'A plano-convex lens of crown glass and a cemented doublet of crown and flint, both of 100 mm, stand with their screens in the yellow focus. The light is blue, 486 nm: the singlet focuses it 1 mm before the screen and loses half of the peak; the doublet brings it to nearly the same focus as yellow.',
    },
    { samples: 192, pitch: 25e-6 },
    [
      ['source', 'planeWave', { wavelength: 486.1e-9 }, 0, 0],
      [
        'singlet',
        'glassLens',
        { kind: 'thick', radius1: radius, radius2: 0, thickness1: 0, planes: 'focus', diameter: stop },
        1,
        0,
        'Singlet',
      ],
      ['camera', 'camera', camera(48, 4e-6), 2, 0, 'Behind the singlet'],
      [
        'doublet',
        'glassLens',
        {
          kind: 'doublet',
          radius1: 44.78e-3,
          radius2: -44.78e-3,
          radius3: -0.813,
          thickness1: 4e-3,
          thickness2: 2e-3,
          planes: 'focus',
          diameter: stop,
        },
        1,
        1,
        'Doublet',
      ],
      ['camera2', 'camera', camera(48, 4e-6), 2, 1, 'Behind the doublet'],
      [
        'focused',
        'glassLens',
        {
          kind: 'thick',
          radius1: radius,
          radius2: 0,
          thickness1: 0,
          planes: 'focus',
          designWavelength: 486.1e-9,
          diameter: stop,
        },
        0,
        1,
        'Singlet for blue',
      ],
    ],
    [
      'source.out>singlet.in',
      'singlet.out>camera.in',
      'source.out>doublet.in',
      'doublet.out>camera2.in',
      'source.out>focused.in',
    ],
  ),
  proof: {
    statement: 'The singlet’s blue peak falls to sinc²(W), W from the glass’s dispersion',
    nodes: ['singlet', 'focused'],
    expected: (Math.sin(Math.PI * waves) / (Math.PI * waves)) ** 2,
    // The screen is 1 % further away, which dims the peak by 2 %; 80 samples per radius of the stop.
    tolerance: 0.02,
    quantity: 'dimensionless',
    display: '',
    measure: (singlet, focused) => largest(singlet) / largest(focused),
  },
};

const relayBench = bench(
  {
    title: 'A relay that stays sharp',
    description:
      'Two lenses relay the picture: the object stands one focal length before the first, the screen one behind the second, and between them lie both. These distances, the second focal length and the camera’s pixels are linked to the first focal length: drag it, and all follow. Whatever it is, the picture is sharp, upside down and twice as large. Change the 2 in =2*relay.focalLength for another magnification.',
  },
  { samples: 128, pitch: 10e-6 },
  [
    ['source', 'planeWave', {}, 0, 0],
    ['object', 'aperture', { shape: 'polygon', sides: 3, diameter: 0.3e-3, x: 0.2e-3 }, 1, 0],
    [
      'relay',
      'lensSystem',
      { kind: 'two', before: 0.05, focalLength: 0.05, separation: 0.05 + 0.1, behind: 0.1 },
      ...([2, 0] as const),
    ],
    ['camera', 'camera', camera(128, 20e-6), 3, 0],
  ],
  ['source.out>object.in', 'object.out>relay.in', 'relay.out>camera.in'],
);

export const linkedRelay: Example = {
  id: 'linked-relay',
  title: 'A relay that stays sharp',
  summary:
    'Drag the first focal length: the second, all distances and the pixels follow it by their formulas.',
  topic: 'imaging',
  level: 'start',
  design: {
    ...relayBench,
    links: {
      'camera.pixelPitch': 'grid.pitch*relay.focalLength2/relay.focalLength',
      'relay.before': 'relay.focalLength',
      'relay.behind': 'relay.focalLength2',
      'relay.focalLength2': '2*relay.focalLength',
      'relay.separation': 'relay.focalLength + relay.focalLength2',
    },
  },
  proof: {
    statement: 'Magnification -f₂/f₁ = -2',
    nodes: ['relay', 'object'],
    expected: -2,
    // Exact where B is 0; the wrapped last row and column are dark. Rounding of two transforms.
    tolerance: 1e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (image, object) => centroidX(image) / centroidX(object),
  },
};
