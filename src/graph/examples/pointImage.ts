/** The image of a star, analysed: benches for the MTF and for encircled energy. */
import { encircledEnergy, radiusHolding } from '../../optics/analysis/encircledEnergy.ts';
import type { HostPlane } from '../../optics/analysis/hostPlane.ts';
import { transferAlong } from '../../optics/analysis/transferFunction.ts';
import type { Design, ParamData } from '../document.ts';
import type { Example, Measured } from './example.ts';

const WAVELENGTH = 532e-9;
const APERTURE = 0.5;
const UNIT = WAVELENGTH / APERTURE;
/** First dark ring of an Airy disc in λ/NA. */
const FIRST_RING = 0.6098349456;

interface Bench {
  readonly title: string;
  readonly description: string;
  readonly samples: number;
  /** Pixels per λ/NA. */
  readonly finest: number;
  readonly analysis: { readonly type: string; readonly params: Readonly<Record<string, ParamData>> };
}

/** The camera sees exactly one period of the sampled pupil's image, so that none of its light is missing. */
function bench({ title, description, samples, finest, analysis }: Bench): Design {
  const pixels = finest * ((samples - 2) / 2);
  return {
    format: 'luminode',
    formatVersion: 1,
    title,
    description,
    grid: { samples, pitch: 20e-6 },
    seed: 1,
    nodes: [
      { id: 'source', type: 'planeWave', position: { x: 0, y: 80 }, params: { wavelength: WAVELENGTH } },
      {
        id: 'pupil',
        type: 'pupil',
        position: { x: 290, y: 80 },
        params: { numericalAperture: APERTURE },
      },
      {
        id: 'camera',
        type: 'camera',
        position: { x: 580, y: 80 },
        params: { pixelPitch: UNIT / finest, rows: pixels, columns: pixels },
      },
      { id: 'analysis', type: analysis.type, position: { x: 870, y: 80 }, params: analysis.params },
    ],
    edges: [
      { id: 'source-pupil', from: { node: 'source', port: 'out' }, to: { node: 'pupil', port: 'in' } },
      { id: 'pupil-camera', from: { node: 'pupil', port: 'out' }, to: { node: 'camera', port: 'in' } },
      { id: 'camera-analysis', from: { node: 'camera', port: 'out' }, to: { node: 'analysis', port: 'in' } },
    ],
    learn: [],
    images: {},
  };
}

function planeOf({ data, shape, pitch }: Measured): HostPlane {
  const [rows = 1, columns = 1] = shape;
  return { data: Float64Array.from(data), rows, columns, pitch, unit: 'relative', wavelength: WAVELENGTH };
}

const CENTRE = { x: 0, y: 0 };

export const mtfBench: Example = {
  id: 'mtf-bench',
  title: 'MTF bench',
  summary: 'Read the contrast of fine detail from the image of a star, and lose it with an aberration.',
  topic: 'imaging',
  level: 'course',
  design: bench({
    title: 'MTF bench',
    description:
      'The transform of a point’s image is the contrast of gratings: 0.391 at half the cut-off for a perfect round pupil. Add aberrations to the pupil and watch the curve fall below its limit.',
    samples: 128,
    finest: 4,
    analysis: { type: 'transferFunction', params: { numericalAperture: APERTURE } },
  }),
  proof: {
    statement: 'Contrast at half the cut-off is 0.391',
    nodes: ['camera'],
    expected: 0.3910022,
    // Edge weights multiply the amplitude of a disc of 63 samples, which then is wider by 0.4 / 63 of half a rim.
    tolerance: 4e-3,
    quantity: 'dimensionless',
    display: '',
    measure: (camera) =>
      transferAlong(planeOf(camera), 'x', Float64Array.of(1 / UNIT)).modulus[0] ?? Number.NaN,
  },
};

export const encircledEnergyBench: Example = {
  id: 'encircled-energy',
  title: 'Encircled energy',
  summary: 'See how much of a star’s light lies inside its first dark ring.',
  topic: 'imaging',
  level: 'course',
  design: bench({
    title: 'Encircled energy',
    description:
      'The first dark ring of an Airy disc encloses 83.8 % of its light. Change the aperture of the pupil or add aberrations and watch the energy move outwards.',
    samples: 128,
    finest: 6,
    analysis: { type: 'encircledEnergy', params: { radius: FIRST_RING * UNIT } },
  }),
  proof: {
    statement: '83.8 % of the light inside the first dark ring',
    nodes: ['camera'],
    expected: 0.837785,
    // A pupil of radius 63 lacks 0.4/63 of its power, all in far rings: 5e-3 of 0.84; pixels of λ/6NA as rings: 3e-3.
    tolerance: 8e-3,
    quantity: 'dimensionless',
    display: '%',
    measure: (camera) => shareInside(encircledEnergy(planeOf(camera), CENTRE), FIRST_RING * UNIT),
  },
};

/** By bisection, so that it rests on the same interpolation as the radii do. */
function shareInside(curve: ReturnType<typeof encircledEnergy>, radius: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if ((radiusHolding(curve, middle) ?? Number.POSITIVE_INFINITY) < radius) low = middle;
    else high = middle;
  }
  return low;
}
