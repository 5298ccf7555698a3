/** What the localisation goal and its curves share: the emitter, the camera around it, the depths. */
import type { ParamValues, QuantityParam, SamplingNote, SimulationGrid } from '../element.ts';
import { moreSamples } from '../fixes.ts';
import type { PortValue } from '../values.ts';
import type { PrecisionSettings } from './precision.ts';

const length = (
  title: string,
  doc: string,
  own: Pick<QuantityParam, 'default' | 'min' | 'max' | 'soft' | 'step'> & Partial<QuantityParam>,
): QuantityParam => ({
  kind: 'quantity',
  quantity: 'length',
  title,
  doc,
  display: 'µm',
  scale: 'linear',
  learnable: false,
  ...own,
});

export const precisionParams = {
  photons: {
    kind: 'quantity',
    quantity: 'photons',
    title: 'Photons',
    doc: 'Photons of the emitter in one image.',
    default: 3500,
    min: 1,
    max: 1e9,
    soft: [100, 1e5],
    display: 'photons',
    scale: 'log',
    learnable: false,
    step: 100,
    prominent: true,
  },
  background: {
    kind: 'quantity',
    quantity: 'photons',
    title: 'Background',
    doc: 'Photons per pixel that come from elsewhere; how many is unknown to who localises.',
    default: 50,
    min: 1e-3,
    max: 1e9,
    soft: [0.1, 500],
    display: 'photons',
    scale: 'log',
    learnable: false,
    step: 1,
    prominent: true,
  },
  depthRange: length('Depth range', 'From the lowest to the highest emitter, around the focal plane.', {
    default: 3e-6,
    min: 0,
    max: 1e-3,
    soft: [0, 10e-6],
    step: 0.1e-6,
    prominent: true,
  }),
  depthOffset: length(
    'Middle depth',
    'Distance of the middle of the range before the focal plane; positive towards the light.',
    { default: 0, min: -1e-3, max: 1e-3, soft: [-5e-6, 5e-6], step: 0.1e-6 },
  ),
  planes: {
    kind: 'integer',
    title: 'Depths',
    doc: 'Number of depths, evenly over the range.',
    default: 13,
    min: 1,
    max: 128,
  },
  pixelPitch: length(
    'Camera pixel',
    'Side of a camera pixel in the object: pixel pitch over magnification.',
    {
      default: 0.16e-6,
      min: 1e-9,
      max: 1e-3,
      soft: [0.02e-6, 0.5e-6],
      step: 0.01e-6,
    },
  ),
  region: {
    kind: 'integer',
    title: 'Region',
    doc: 'Pixels along each side of the square around the emitter that are used.',
    default: 31,
    min: 3,
    max: 128,
  },
  points: {
    kind: 'choice',
    title: 'Light in a pixel',
    doc: 'By the points of Gauss, whose sum over a pixel is right to fourth order and more, or by points in the middles of even parts.',
    default: 'gauss',
    options: [
      { value: 'gauss', title: 'Points of Gauss' },
      { value: 'even', title: 'Even points' },
    ],
  },
  subPixels: {
    kind: 'integer',
    title: 'Points per side',
    doc: 'Points along each side of a pixel whose light is summed.',
    default: 2,
    min: 1,
    max: 8,
  },
  counted: {
    kind: 'choice',
    title: 'Photons are counted',
    doc: 'In the image, whatever was lost before, or in front of the pupil: then masks that absorb cost photons of a bead or a dipole.',
    default: 'image',
    options: [
      { value: 'image', title: 'In the image' },
      { value: 'pupil', title: 'Before the pupil' },
    ],
  },
  known: length(
    'Known beforehand',
    'Standard deviation of what is known of each coordinate without the image: one that the image does not tell counts with it, not as infinite. Far larger than the bounds themselves it changes nothing else.',
    { default: 1e-6, min: 1e-9, max: 1e-3, soft: [0.1e-6, 10e-6], scale: 'log', step: 0.1e-6 },
  ),
} as const;

type Params = ParamValues<typeof precisionParams>;

export function settingsOf(params: Params): PrecisionSettings {
  const { planes } = params;
  const [range, middle] = [params.depthRange.value, params.depthOffset.value];
  return {
    photons: params.photons.value,
    background: params.background.value,
    counted: params.counted === 'pupil' ? 'pupil' : 'image',
    region: {
      pixels: params.region,
      pitch: params.pixelPitch.value,
      subPixels: params.subPixels,
      points: params.points === 'even' ? 'even' : 'gauss',
    },
    depths: Array.from(
      { length: planes },
      (_, i) => middle + (planes > 1 ? (i / (planes - 1) - 0.5) * range : 0),
    ),
    known: params.known.value,
  };
}

/** Images that run into their neighbours of the next period, regions that miss light, points too few for the light. */
export function precisionNotes(
  light: PortValue | undefined,
  params: Params,
  grid: SimulationGrid,
): readonly SamplingNote[] {
  if (light?.kind !== 'pupil') return [];
  const [lambda, na, index] = [
    light.wavelength.value,
    light.numericalAperture.value,
    light.refractiveIndex.value,
  ];
  const { depths, region } = settingsOf(params);
  const farthest = Math.max(...depths.map(Math.abs));
  const blur = (farthest * na) / Math.sqrt(Math.max(1e-4 * index * index, index * index - na * na));
  const half = (region.pixels * region.pitch) / 2;
  const notes: SamplingNote[] = [];
  // A pupil on samples Δρ apart repeats its image every λ/(NA Δρ).
  const needed = Math.ceil((2 * na * (half + blur)) / (2 * lambda)) * 2 + 2;
  if (needed > light.grid.samples) {
    notes.push({
      severity: 'warning',
      message: `At ${micrometres(farthest)} µm from focus the picture reaches ${micrometres(blur)} µm from its middle, and ${light.grid.samples} samples of the pupil repeat it too near: precision comes out wrong.`,
      fix: `Use at least ${needed} samples, a smaller depth range or a smaller region.`,
      ...moreSamples(grid.samples, needed),
    });
  }
  if (half < 0.6 * (lambda / na)) {
    notes.push({
      severity: 'warning',
      message: `The region is ${micrometres(2 * half)} µm wide and misses most of the spot.`,
      fix: 'Use more pixels.',
    });
  }
  const spacing = region.pitch / region.subPixels;
  if (spacing > lambda / (2 * na)) {
    notes.push({
      severity: 'warning',
      message: `Points ${micrometres(spacing)} µm apart do not see the finest fringes of this light, λ/2NA = ${micrometres(lambda / (2 * na))} µm.`,
      fix: `Use ${Math.ceil((region.pitch * 2 * na) / lambda)} points per side of a pixel.`,
    });
  }
  return notes;
}

function micrometres(metres: number): string {
  return `${Number((metres * 1e6).toPrecision(3))}`;
}
