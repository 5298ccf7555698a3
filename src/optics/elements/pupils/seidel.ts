import { alongAxis, axesWith, lengthOf, withAxes } from '../../axes.ts';
import type { ElementSpec, ParamValues, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { ElementProblem } from '../../problem.ts';
import { complexPupilMaps } from '../../pupil/pupilMaps.ts';
import { referenceThroughSamples } from '../../pupil/reference.ts';
import { formatNumber } from '../../units.ts';

function coefficient(title: string, doc: string, value: number): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'length',
    title,
    doc,
    default: value,
    min: -1e-3,
    max: 1e-3,
    soft: [-1.5e-6, 1.5e-6],
    display: 'µm',
    scale: 'linear',
    learnable: true,
    step: 0.05e-6,
  };
}

function fieldCoordinate(title: string, doc: string, value: number): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: value,
    min: -4,
    max: 4,
    soft: [-1, 1],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.05,
    prominent: true,
  };
}

const params = {
  hx: fieldCoordinate('Field x', 'Place in the field along x; 1 is the edge of the field.', 0.7),
  hy: fieldCoordinate(
    'Field y',
    'Place in the field along y (down the rows); 1 is the edge of the field.',
    0,
  ),
  w040: coefficient(
    'Spherical W040',
    'Optical path at the pupil’s edge, the same all over the field: ρ⁴.',
    0,
  ),
  w131: coefficient(
    'Coma W131',
    'Optical path at the edges of pupil and field: h ρ³ cos φ. Positive points the tail to the field’s edge.',
    0.5e-6,
  ),
  w222: coefficient('Astigmatism W222', 'Optical path at the edges of pupil and field: h² ρ² cos² φ.', 0),
  w220: coefficient('Field curvature W220', 'Optical path at the edges of pupil and field: h² ρ².', 0),
  w311: coefficient(
    'Distortion W311',
    'Optical path at the edges of pupil and field: h³ ρ cos φ. Positive moves the image outwards.',
    0,
  ),
  points: {
    kind: 'integer',
    title: 'Field points',
    doc: 'With more than one, points from one edge of the field through its centre to the other are shown side by side.',
    default: 1,
    min: 1,
    max: 25,
  },
  spacing: {
    kind: 'quantity',
    quantity: 'length',
    title: 'Spacing',
    doc: 'Distance in the picture between neighbouring field points (where they are drawn, not how far they are apart).',
    default: 10e-6,
    min: 0,
    max: 1,
    soft: [0, 50e-6],
    display: 'µm',
    scale: 'linear',
    learnable: false,
    step: 0.1e-6,
  },
} as const;

type Params = ParamValues<typeof params>;

/** Places in the field, as shares of (hx, hy), and where each is drawn along it, in spacings. */
function fieldPoints(points: number): readonly { share: number; place: number }[] {
  if (points === 1) return [{ share: 1, place: 0 }];
  return Array.from({ length: points }, (_, i) => ({
    share: (2 * i) / (points - 1) - 1,
    place: i - (points - 1) / 2,
  }));
}

/** Unit vector from the centre of the field to the point; along x in the centre itself. */
function fieldDirection(hx: number, hy: number): readonly [number, number] {
  const h = Math.hypot(hx, hy);
  return h === 0 ? [1, 0] : [hx / h, hy / h];
}

/** Largest slope of the path over the disc and all field points, metres per radius. */
function steepest(p: Params): number {
  const h = Math.hypot(p.hx.value, p.hy.value);
  const [sphere, coma, astigmatism, curvature, distortion] = [p.w040, p.w131, p.w222, p.w220, p.w311].map(
    ({ value }) => Math.abs(value),
  ) as [number, number, number, number, number];
  return 4 * sphere + 3 * coma * h + 2 * (astigmatism + curvature) * h * h + distortion * h ** 3;
}

export const seidel: ElementSpec = defineElement({
  type: 'seidel',
  version: 1,
  category: 'pupils',
  title: 'Seidel aberrations',
  summary:
    'The five aberrations of a lens with round surfaces, and how they grow towards the edge of the field.',
  keywords: ['coma', 'astigmatism', 'spherical', 'field curvature', 'distortion', 'third order', 'off-axis'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params,
  power: 'keeps',
  linearIn: 'in',
  equation: 'W = W040 ρ⁴ + W131 h ρ³ cos φ + W222 h² ρ² cos² φ + W220 h² ρ² + W311 h³ ρ cos φ',
  references: ['Welford, Aberrations of Optical Systems', 'Hopkins, Wave Theory of Aberrations'],
  sampling: (inputs, p) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    // Turns from sample to sample; half a turn is the limit.
    const turns = steepest(p) / light.wavelength.value / light.grid.radius;
    if (turns < 0.5) return [];
    return [
      {
        severity: 'warning',
        message: `The aberrations change by ${formatNumber(turns, 2)} waves from sample to sample at the pupil’s edge: the picture repeats into itself.`,
        fix: `Use at least ${Math.ceil(4 * turns * light.grid.radius) + 2} grid samples or smaller aberrations.`,
        ...moreSamples(light.grid.samples, 4 * turns * light.grid.radius + 2),
      },
    ];
  },
  forward: (inputs, p, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const { points } = p;
    if (points > 1 && (lengthOf(light, 'mode') > 1 || light.reference !== null)) {
      throw new ElementProblem(
        'This light cannot be repeated for several field points: it has several modes or a reference wave.',
        'Use one field point.',
      );
    }
    const places = fieldPoints(points);
    const axes = points > 1 ? axesWith(light.axes, 'mode') : light.axes;
    const weight = 1 / Math.sqrt(points);
    const phasors = complexPupilMaps(ops, {
      name: `seidel:${points}`,
      grid: light.grid,
      axes: [points],
      args: [
        { scalar: light.wavelength, scale: 1e-3 * light.wavelength.value },
        { scalar: light.numericalAperture, scale: 1e-3 },
        { scalar: p.spacing, scale: 0.02e-6 },
        { scalar: p.hx, scale: 0.02 },
        { scalar: p.hy, scale: 0.02 },
        ...[p.w040, p.w131, p.w222, p.w220, p.w311].map((scalar) => ({ scalar, scale: 0.02e-6 })),
      ],
      prepare: (values) => {
        const [wavelength = 1, aperture = 1, spacing = 0, hx = 0, hy = 0, ...w] = values;
        const [w040 = 0, w131 = 0, w222 = 0, w220 = 0, w311 = 0] = w;
        const [ux, uy] = fieldDirection(hx, hy);
        return (x, y, out) => {
          const r2 = x * x + y * y;
          places.forEach(({ share, place }, i) => {
            // h ρ cos φ, without dividing by h.
            const t = share * (x * hx + y * hy);
            const h2 = share * share * (hx * hx + hy * hy);
            const path = w040 * r2 * r2 + w131 * t * r2 + w222 * t * t + w220 * h2 * r2 + w311 * h2 * t;
            const shift = aperture * place * spacing * (x * ux + y * uy);
            const phase = (2 * Math.PI * (path + shift)) / wavelength;
            out[2 * i] = weight * Math.cos(phase);
            out[2 * i + 1] = weight * Math.sin(phase);
          });
        };
      },
    });
    const n = light.grid.samples;
    const shape = points > 1 ? alongAxis(axes, 'mode', points).slice(0, -2) : [];
    const lateral = light.place.lateral + ((points - 1) / 2) * p.spacing.value;
    return {
      out: {
        ...light,
        axes,
        samples: ops.multiply(ops.reshape(phasors, [...shape, n, n]), withAxes(ops, light, axes)),
        reference: points > 1 ? null : referenceThroughSamples(ops, light, ops.reshape(phasors, [n, n])),
        place: { ...light.place, lateral },
      },
    };
  },
});
