import type { ElementSpec, QuantityParam, SamplingNote } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { constantScalar, type Scalar } from '../../ops/scalar.ts';
import { apodisation, LARGEST_SQUARED_SINE } from '../../pupil/apodisation.ts';
import type { PupilFunction } from '../../pupil/pupilMaps.ts';
import { referencePlaces, referenceThrough } from '../../pupil/reference.ts';
import { direction } from '../../quantityFamily.ts';
import { amplitudeMap, softEdge } from '../../sampledGrid.ts';
import type { Pupil } from '../../values.ts';

/** A length in units of the pupil's radius. */
function share(title: string, doc: string, options: Partial<QuantityParam>): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: 0,
    min: 0,
    max: 2,
    soft: [0, 0.9],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.02,
    ...options,
  };
}

interface Shape {
  readonly obstruction: number;
  readonly clearRadius: number;
  readonly ellipticity: number;
  readonly decentreX: number;
  readonly decentreY: number;
  readonly arms: number;
  readonly armWidth: number;
  readonly rotation: number;
}

/** Share of a cell that the stop leaves open, at (x, y) in units of the pupil's radius. */
function openShare(shape: Shape, radius: number): (x: number, y: number) => number {
  const { obstruction, armWidth, rotation } = shape;
  const [a, b] = [shape.clearRadius, shape.clearRadius * shape.ellipticity];
  const directions = Array.from({ length: shape.arms }, (_, arm) => {
    const angle = rotation + (2 * Math.PI * arm) / shape.arms;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });
  // An obstruction smaller than a cell covers no more than its own area of it.
  const most = Math.min(1, obstruction * radius);
  return (x, y) => {
    const [u, v] = [x - shape.decentreX, y - shape.decentreY];
    const form = Math.hypot(u / a, v / b);
    const slope = Math.hypot(u / (a * a), v / (b * b)) / Math.max(form, 1e-12);
    const [toStop, toDisc] = [form < 1e-6 ? a : (1 - form) / slope, 1 - Math.hypot(x, y)];
    // The disc's own edge weighs the light already: only what the stop takes beyond it counts.
    let open = 1;
    if (toStop < toDisc - 1e-9)
      open = Math.min(1, softEdge(toStop * radius) / Math.max(1e-9, softEdge(toDisc * radius)));
    open *= 1 - most * softEdge((obstruction - Math.hypot(u, v)) * radius);
    for (const [c, s] of directions) {
      const across = v * c - u * s;
      const arm = softEdge((across + armWidth / 2) * radius) - softEdge((across - armWidth / 2) * radius);
      open *= 1 - arm * softEdge((u * c + v * s) * radius);
    }
    return open;
  };
}

/** A dark disc in the middle stops the light that no sample scattered. */
function stoppedNotes(
  light: Pupil,
  { obstruction, decentreX, decentreY }: Readonly<Record<'obstruction' | 'decentreX' | 'decentreY', Scalar>>,
): readonly SamplingNote[] {
  const furthest = Math.max(...referencePlaces(light)) + Math.hypot(decentreX.value, decentreY.value);
  // Of no waves the furthest is minus infinity.
  if (!Number.isFinite(furthest) || obstruction.value <= furthest) return [];
  return [
    {
      severity: 'info',
      message: 'The obstruction stops the direct light: a dark field, in which only scattered light is seen.',
      fix: 'Set the obstruction to 0 for a hologram.',
    },
  ];
}

export const pupilStop: ElementSpec = defineElement({
  type: 'pupilStop',
  version: 1,
  category: 'pupils',
  title: 'Pupil stop',
  summary: 'Shapes a pupil: central obstruction, spider, smaller or decentred opening, soft illumination.',
  keywords: [
    'annular',
    'obstruction',
    'spider',
    'telescope',
    'vignetting',
    'apodisation',
    'fill factor',
    'ellipse',
  ],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params: {
    obstruction: share(
      'Obstruction',
      'Radius of the dark disc in the middle as a share of the pupil’s radius.',
      {
        default: 0.33,
        max: 0.99,
        prominent: true,
      },
    ),
    arms: {
      kind: 'integer',
      title: 'Spider arms',
      doc: 'Dark arms that hold the obstruction, evenly spaced.',
      default: 0,
      min: 0,
      max: 12,
      prominent: true,
    },
    armWidth: share('Arm width', 'Width of an arm as a share of the pupil’s radius.', {
      default: 0.03,
      max: 1,
      soft: [0, 0.2],
    }),
    rotation: direction('Arm direction', 'Direction of the first arm, from +x towards +y.'),
    clearRadius: share(
      'Clear radius',
      'Half width of the opening along x as a share of the pupil’s radius.',
      {
        default: 1,
        min: 0.01,
        soft: [0.3, 1],
      },
    ),
    ellipticity: share('Ellipticity', 'Height of the opening over its width; 1 is round.', {
      default: 1,
      min: 0.01,
      max: 10,
      soft: [0.3, 1],
    }),
    decentreX: share(
      'Decentre x',
      'Shift of opening, obstruction and arms to +x in units of the pupil’s radius.',
      {
        min: -2,
        soft: [-0.5, 0.5],
      },
    ),
    decentreY: share(
      'Decentre y',
      'Shift of opening, obstruction and arms to +y in units of the pupil’s radius.',
      {
        min: -2,
        soft: [-0.5, 0.5],
      },
    ),
    illumination: {
      kind: 'choice',
      title: 'Illumination',
      doc: 'Even; a Gaussian beam that fills the pupil more or less; or the rise of an aplanatic lens to its edge (1/√cos θ, keeps an even pupil’s power).',
      default: 'even',
      options: [
        { value: 'even', title: 'Even' },
        { value: 'gaussian', title: 'Gaussian' },
        { value: 'aplanatic', title: 'Aplanatic' },
      ],
    },
    fill: {
      ...share(
        'Fill',
        'Radius at which a Gaussian beam’s amplitude is 1/e, in units of the pupil’s radius.',
        {
          default: 1,
          min: 0.01,
          max: 100,
          soft: [0.3, 3],
        },
      ),
      when: { param: 'illumination', is: ['gaussian'] },
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'P(ρ) → P(ρ) · opening(ρ) · exp(-ρ²/w²)',
  references: [
    'Goodman, Introduction to Fourier Optics: apodisation',
    'Suiter, Star Testing Astronomical Telescopes',
  ],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    const width = params.armWidth.value * light.grid.radius;
    if (params.arms === 0 || width === 0 || width >= 1) return stoppedNotes(light, params);
    return [
      ...stoppedNotes(light, params),
      {
        severity: 'warning',
        message: `An arm is ${width.toFixed(2)} samples wide: it is a wider, half transparent line instead.`,
        fix: `Use at least ${Math.ceil(2 / params.armWidth.value) + 2} grid samples or wider arms.`,
        ...moreSamples(light.grid.samples, 2 / params.armWidth.value + 2),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const { radius, samples } = light.grid;
    const { arms, illumination } = params;
    const lengths = [
      'obstruction',
      'clearRadius',
      'ellipticity',
      'decentreX',
      'decentreY',
      'armWidth',
    ] as const;
    const name = `pupilStop:${arms}:${illumination}`;
    const args = [
      // Edges are one cell wide: a small step stays on one of them.
      ...lengths.map((length) => ({ scalar: params[length], scale: 0.1 / radius })),
      { scalar: params.rotation, scale: 0.1 / radius },
      { scalar: params.fill, scale: 0.1 },
      { scalar: light.numericalAperture, scale: 0.01 },
      { scalar: light.refractiveIndex, scale: 0.01 },
    ];
    const openingOf = (values: readonly number[]) => {
      const [obstruction = 0, clearRadius = 1, ellipticity = 1, decentreX = 0, decentreY = 0] = values;
      const [armWidth = 0, rotation = 0, fill = 1, aperture = 1, index = 1] = values.slice(5);
      const shape = { obstruction, clearRadius, ellipticity, decentreX, decentreY, arms, armWidth, rotation };
      const open = openShare(shape, radius);
      const sine = aperture / index;
      const rise = apodisation(illumination, sine);
      return (x: number, y: number) => {
        const square = x * x + y * y;
        const lit = illumination === 'gaussian' ? Math.exp(-square / (fill * fill)) : 1;
        return open(x, y) * lit * rise(Math.sqrt(1 - Math.min(LARGEST_SQUARED_SINE, square * sine * sine)));
      };
    };
    const opening = amplitudeMap(ops, name, samples, constantScalar(1 / radius), args, openingOf);
    const prepare = (values: readonly number[]): PupilFunction => {
      const transmission = openingOf(values);
      return (x, y, at) => {
        at[0] = transmission(x, y);
        at[1] = 0;
      };
    };
    const reference = referenceThrough(ops, light, { name, args, prepare });
    return { out: { ...light, samples: ops.multiply(opening, light.samples), reference } };
  },
});
