import type { ElementSpec, HostImage, QuantityParam, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerPitch, setValue } from '../../fixes.ts';
import { PHANTOM_OPTIONS, type PhantomName, phantom } from '../../maths/phantoms.ts';
import { SeededRandom } from '../../maths/random.ts';
import { resample } from '../../maths/resample.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { formatNumber } from '../../units.ts';
import {
  emittedField,
  polarizationAngle,
  power,
  refractiveIndex,
  wavelength,
  windowNotes,
} from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

/** What the picture is, apart from how light carries it. */
interface Picture {
  readonly picture: string;
  readonly image: HostImage | null;
  readonly width: Scalar;
  readonly pixelPitch: Scalar;
  readonly seed: number;
}

/** Values of the picture on the grid, brightest 1, and a key of everything they depend on. */
function pictureOnGrid(given: Picture, n: number, pitch: number): { key: string; make: () => Float64Array } {
  const { picture, image, seed } = given;
  if (picture !== 'image') {
    const width = given.width.value;
    return {
      key: `${picture}:${seed}:${width}:${n}:${pitch}`,
      make: () => {
        const shape = phantom(picture as PhantomName, seed);
        const centre = Math.floor(n / 2);
        return Float64Array.from({ length: n * n }, (_, i) => {
          const [x, y] = [
            (((i % n) - centre) * pitch) / width,
            ((Math.floor(i / n) - centre) * pitch) / width,
          ];
          const inside = Math.abs(x) <= 0.5 && Math.abs(y) <= 0.5;
          return inside ? shape(x, y, pitch / width) : 0;
        });
      },
    };
  }
  if (image === null) {
    throw new ElementProblem(
      'No image has been chosen.',
      'Drop an image on the page, choose one in the inspector, or take a built-in picture.',
    );
  }
  const [ny = 1, nx = 1] = image.shape.slice(-2);
  const from = given.pixelPitch.value;
  return {
    key: `image:${image.key}:${from}:${n}:${pitch}`,
    make: () => {
      const values = resample(image.data.subarray(0, ny * nx), [ny, nx], from, n, pitch).map((v) =>
        Math.max(0, v),
      );
      const brightest = values.reduce((most, value) => Math.max(most, value), 0);
      return values.map((value) => (brightest > 0 ? value / brightest : 0));
    },
  };
}

/** Amplitudes (real and not negative) of unit power on the grid. */
function normalised(values: Float64Array, pitch: number): Float64Array {
  const sum = values.reduce((total, value) => total + value * value, 0);
  if (sum === 0) {
    throw new ElementProblem(
      'The picture is dark wherever the grid samples it.',
      'Make it larger, or the grid finer.',
    );
  }
  const scale = 1 / (Math.sqrt(sum) * pitch);
  return values.map((value) => value * scale);
}

/** The picture as light of unit power: [n, n], or [draws, n, n] with random phases. */
function unitLight(
  ops: Ops,
  params: Picture & { readonly use: string; readonly phaseDepth: Scalar; readonly draws: number },
  n: number,
  pitch: number,
): Complex {
  const { use, draws, seed } = params;
  const { key, make } = pictureOnGrid(params, n, pitch);
  const held = (name: string, values: () => Float64Array) =>
    ops.hostMap([], [n, n], 'real', () => ({ value: values(), partials: [] }), `imageSource:${name}:${key}`);
  if (use === 'phase') {
    const even = 1 / (n * pitch);
    return ops.scale(ops.phasor(ops.scaleBy(held('raw', make), params.phaseDepth)), even);
  }
  const root = use === 'amplitude' ? (x: number) => x : Math.sqrt;
  const amplitude = held(use === 'amplitude' ? 'amplitude' : 'root', () =>
    normalised(make().map(root), pitch),
  );
  if (use !== 'emitters') return ops.toComplex(amplitude);
  const phases = ops.hostMap(
    [],
    [draws, n, n],
    'complex',
    () => {
      const random = new SeededRandom(seed);
      const value = new Float64Array(2 * draws * n * n);
      for (let i = 0; i < value.length; i += 2) {
        const angle = 2 * Math.PI * random.uniform();
        value[i] = Math.cos(angle) / Math.sqrt(draws);
        value[i + 1] = Math.sin(angle) / Math.sqrt(draws);
      }
      return { value, partials: [] };
    },
    `imageSource:phases:${seed}`,
  );
  return ops.multiply(amplitude, phases);
}

const size = (title: string, doc: string, when: 'image' | 'phantom', initial: number): QuantityParam => ({
  kind: 'quantity',
  quantity: 'length',
  title,
  doc,
  default: initial,
  min: 1e-10,
  max: 10,
  soft: [initial / 20, initial * 5],
  display: 'µm',
  scale: 'log',
  learnable: false,
  step: initial / 100,
  prominent: true,
  when: { param: 'picture', is: when === 'image' ? ['image'] : PHANTOM_OPTIONS.map(({ value }) => value) },
});

export const imageSource: ElementSpec = defineElement({
  type: 'imageSource',
  version: 1,
  category: 'sources',
  title: 'Picture as light',
  summary:
    'A picture, built in or your own, as the brightness, amplitude or phase of light, or as points that shine on their own.',
  keywords: [
    'image',
    'object',
    'phantom',
    'star target',
    'USAF',
    'slide',
    'hologram',
    'incoherent',
    'source',
  ],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power: { ...power, doc: 'Power of all the light on the grid.' },
    picture: {
      kind: 'choice',
      title: 'Picture',
      doc: 'A built-in test picture, or an image of your own.',
      default: 'siemensStar',
      options: [...PHANTOM_OPTIONS, { value: 'image', title: 'Own image' }],
      prominent: true,
    },
    image: {
      kind: 'image',
      title: 'Image',
      doc: 'PNG, TIFF or NPY; of a stack the first page. Darker than zero counts as dark.',
      when: { param: 'picture', is: ['image'] },
    },
    pixelPitch: size(
      'Pixel of the image',
      'Distance between the image’s pixels in the light; between them it is interpolated, finer ones are averaged.',
      'image',
      10e-6,
    ),
    width: size('Width', 'Width and height of the picture; dark outside.', 'phantom', 2e-3),
    use: {
      kind: 'choice',
      title: 'Becomes',
      doc: 'What the picture’s values stand for: irradiance, amplitude or phase of coherent light, or the brightness of independent emitters.',
      default: 'brightness',
      options: [
        { value: 'brightness', title: 'Brightness' },
        { value: 'amplitude', title: 'Amplitude' },
        { value: 'phase', title: 'Phase' },
        { value: 'emitters', title: 'Independent emitters' },
      ],
      prominent: true,
    },
    phaseDepth: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Phase of the brightest',
      doc: 'Phase where the picture is brightest (0 where it is dark); longer path is positive.',
      default: Math.PI / 2,
      min: -1e4,
      max: 1e4,
      soft: [-2 * Math.PI, 2 * Math.PI],
      display: 'rad',
      scale: 'linear',
      learnable: true,
      step: 0.05,
      when: { param: 'use', is: ['phase'] },
    },
    draws: {
      kind: 'integer',
      title: 'Draws',
      doc: 'Independent emitters are this many draws of random phases, whose irradiances add; the grain that is left is 1/sqrt(draws).',
      default: 16,
      min: 1,
      max: 256,
      when: { param: 'use', is: ['emitters'] },
    },
    seed: {
      kind: 'integer',
      title: 'Seed',
      doc: 'Places random beads, filaments and cells, and draws the emitters’ phases; the same seed gives the same light.',
      default: 1,
      min: 0,
      max: 1000000,
    },
  },
  power: 'creates',
  // A picture of phase stands in light that is even over the window.
  followsWindow: ({ use }) => (use === 'phase' ? 'shape' : null),
  linearIn: null,
  equation:
    'u = sqrt(P) a, Σ a² Δx² = 1,  a² ∝ picture (brightness), a ∝ picture (amplitude), or a = exp(i φ picture) (phase)',
  references: ['Goodman, Statistical Optics: incoherent light as an average over random phases'],
  sampling: (_inputs, params, grid) => {
    const notes: SamplingNote[] = [];
    const [ny = 1, nx = 1] = params.image?.shape.slice(-2) ?? [];
    const width =
      params.picture === 'image' ? Math.max(nx, ny) * params.pixelPitch.value : params.width.value;
    if (params.use !== 'phase' && (params.picture !== 'image' || params.image !== null)) {
      notes.push(...windowNotes(width / 2, 'The picture', grid));
    }
    if (params.picture === 'image' && params.pixelPitch.value < 0.5 * grid.pitch) {
      notes.push({
        severity: 'warning',
        message: `The image’s pixels of ${formatNumber(params.pixelPitch.value * 1e6, 3)} µm are finer than the grid’s samples of ${formatNumber(grid.pitch * 1e6, 3)} µm: details are averaged away.`,
        fix: 'Use a finer grid pitch or larger pixels of the image.',
        ...finerPitch(grid, 2 * params.pixelPitch.value),
      });
    }
    if (params.use === 'emitters' && params.draws < 8) {
      notes.push({
        severity: 'warning',
        message: `${params.draws} draws of random phases leave a grain of ${formatNumber(100 / Math.sqrt(params.draws), 2)} %.`,
        fix: 'Use more draws.',
        apply: setValue('draws', 16, 'Use 16 draws'),
      });
    }
    return notes;
  },
  forward: (_inputs, params, { ops, grid }) => {
    const unit = unitLight(ops, params, grid.samples, grid.pitch);
    const axes = params.use === 'emitters' ? (['mode'] as const) : [];
    return { out: emittedField(ops, unit, axes, params, grid) };
  },
});
