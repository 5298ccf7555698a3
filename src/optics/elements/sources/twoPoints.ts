import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { cosine, sine } from '../../jones.ts';
import type { Complex } from '../../ops/ops.ts';
import {
  addScalars,
  constantScalar,
  mapScalar,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from '../../ops/scalar.ts';
import { positionPhasor } from '../../pupil/pupilGrid.ts';
import { direction } from '../../quantityFamily.ts';
import { photonsParam } from './emitterParams.ts';
import { lightOf, position, refractiveIndex, rootOf, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

export const twoPoints: ElementSpec = defineElement({
  type: 'twoPoints',
  version: 1,
  category: 'sources',
  title: 'Two points',
  summary:
    'Two point sources close together, as two stars or as coherent twins: what an aperture can tell apart.',
  keywords: ['resolution', 'Rayleigh', 'Sparrow', 'double star', 'coherence', 'twins', 'source'],
  inputs: {},
  outputs: { out: { type: 'farField', title: 'Light of both' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    separation: position('Separation', 'Distance between the points.', null, {
      default: 0.65e-6,
      min: 0,
      soft: [0, 3e-6],
      step: 0.02e-6,
      prominent: true,
    }),
    coherence: {
      kind: 'choice',
      title: 'Coherence',
      doc: 'Independent points (two stars) add their brightness; coherent ones add their fields; in between with a degree of coherence.',
      default: 'incoherent',
      options: [
        { value: 'incoherent', title: 'Independent' },
        { value: 'coherent', title: 'Coherent' },
        { value: 'partial', title: 'Partly coherent' },
      ],
      prominent: true,
    },
    phase: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Phase',
      doc: 'How far the second point runs ahead of the first (a longer path is positive).',
      default: 0,
      min: -1e3,
      max: 1e3,
      soft: [-Math.PI, Math.PI],
      display: 'deg',
      scale: 'linear',
      learnable: true,
      step: 0.05,
      prominent: true,
      when: { param: 'coherence', is: ['coherent', 'partial'] },
    },
    degree: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Degree of coherence',
      doc: 'Visibility of the fringes that the two would make: 0 for independent points, 1 for coherent ones.',
      default: 0.5,
      min: 0,
      max: 1,
      soft: [0.02, 0.98],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.02,
      when: { param: 'coherence', is: ['partial'] },
    },
    photons: photonsParam('Photons of the first point alone that pass the full pupil.'),
    ratio: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Brightness ratio',
      doc: 'Brightness of the second point against the first.',
      default: 1,
      min: 1e-6,
      max: 1e6,
      soft: [0.01, 100],
      display: '',
      scale: 'log',
      learnable: true,
      step: 0.05,
    },
    orientation: direction(
      'Orientation',
      'Direction from the first to the second point, from +x towards +y.',
      { step: 0.02 },
    ),
    x: position('Middle x', 'Lateral position of the middle between them, +x right.', 'lateralX', {
      step: 0.02e-6,
    }),
    y: position('Middle y', 'Lateral position of the middle, +y down the rows.', 'lateralY', {
      step: 0.02e-6,
    }),
    z: position('Distance before focus', 'Distance of both before the focal plane; positive.', 'axial', {
      soft: [-5e-6, 5e-6],
      min: -1,
      max: 1,
    }),
  },
  power: 'creates',
  linearIn: null,
  equation:
    'mutual coherence of the points: [[1, γ exp(-iφ)], [γ exp(iφ), 1]], by two coherent modes (1, ±exp(iφ)) of shares (1 ± γ)/2',
  references: [
    'Goodman, Introduction to Fourier Optics: two-point resolution in coherent and incoherent light',
  ],
  forward: (_inputs, params) => {
    const { coherence, phase, photons, ratio, separation } = params;
    const half = multiplyScalars(separation, 0.5);
    const [dx, dy] = [cosine, sine].map((f) => multiplyScalars(half, f(params.orientation))) as [
      Scalar,
      Scalar,
    ];
    const first = { x: subtractScalars(params.x, dx), y: subtractScalars(params.y, dy), z: params.z };
    const second = { x: addScalars(params.x, dx), y: addScalars(params.y, dy), z: params.z };
    const isCoherent = coherence === 'coherent';
    const degree = coherence === 'partial' ? params.degree : constantScalar(0);
    // Shares of the two coherent modes; independent points are better taken as they are.
    const share = (sign: 1 | -1) =>
      mapScalar(
        degree,
        (g) => Math.sqrt((1 + sign * g) / 2),
        (g) => (0.25 * sign) / Math.sqrt(Math.max(1e-300, (1 + sign * g) / 2)),
      );
    const one = constantScalar(1);
    const zero = constantScalar(0);
    const factors: { a: Scalar; b: Scalar }[] =
      coherence === 'partial'
        ? ([1, -1] as const).map((sign) => ({ a: share(sign), b: multiplyScalars(share(sign), sign) }))
        : isCoherent
          ? [{ a: one, b: one }]
          : [
              { a: one, b: zero },
              { a: zero, b: one },
            ];
    const amplitude = rootOf(multiplyScalars(photons, 1 / Math.PI));
    const other = multiplyScalars(amplitude, rootOf(ratio));
    const turn = { cosine: cosine(phase), sine: sine(phase) };
    const modes = factors.length;
    return {
      out: {
        kind: 'farField',
        components: 1,
        ...(modes > 1 ? { modes } : {}),
        reference: null,
        unit: 'photons',
        perPlane: null,
        place: {
          lateral: Math.max(...[first, second].flatMap(({ x, y }) => [Math.abs(x.value), Math.abs(y.value)])),
          distances: [params.z.value],
        },
        ...lightOf({ ...params, polarizationAngle: constantScalar(0) }),
        evaluate: (ops, grid, numericalAperture) => {
          const shape = [modes, 1, 1, 1];
          const real = (values: readonly Scalar[]): Complex => ops.toComplex(ops.fromScalars(values, shape));
          const i = ops.constant('twoPoints:i', [1], 'complex', () => Float64Array.of(0, 1));
          const at = (place: typeof first) => positionPhasor(ops, grid, params, numericalAperture, place);
          const a = real(factors.map((factor) => multiplyScalars(factor.a, amplitude)));
          const scaled = factors.map((factor) => multiplyScalars(factor.b, other));
          const b =
            coherence === 'incoherent'
              ? real(scaled)
              : ops.add(
                  real(scaled.map((each) => multiplyScalars(each, turn.cosine))),
                  ops.multiply(i, real(scaled.map((each) => multiplyScalars(each, turn.sine)))),
                );
          const sum = ops.add(ops.multiply(a, at(first)), ops.multiply(b, at(second)));
          return modes > 1 ? sum : ops.reshape(sum, [1, grid.samples, grid.samples]);
        },
      },
    };
  },
});
