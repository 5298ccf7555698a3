import type { ElementSpec, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { constantScalar, type Scalar } from '../../ops/scalar.ts';
import { objectPlace, positionPhasor } from '../../pupil/pupilGrid.ts';
import type { PupilGrid } from '../../values.ts';
import { waveMap } from '../../waveMap.ts';
import { lightOf, position, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

type Vector = readonly [number, number, number];

/** Moments along x, y and z: a molecule that turns freely while it shines is all three, independently. */
const AXES: readonly Vector[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/**
 * Pupil amplitude [modes, 2, N, N] of dipoles behind an aplanatic objective, for one photon radiated into all
 * directions: sqrt(3/8π) (NA/n) / sqrt(cos θ) [(p·e_θ) e_r + (p·e_φ) e_φ]. Pupil point ρ holds the light that went
 * towards -ρ, since it adds exp(-2πi ρ·x NA/λ) to an image that is not turned.
 */
function dipoleAmplitude(
  ops: Ops,
  grid: PupilGrid,
  index: Scalar,
  aperture: Scalar,
  angles: { readonly polar: Scalar; readonly azimuth: Scalar } | null,
): Complex {
  const n = grid.samples;
  const limit = 1 + 1.5 / grid.radius;
  const modes = angles === null ? 3 : 1;
  const weight = Math.sqrt(3 / (8 * Math.PI * modes));
  const args = [
    { scalar: index, scale: 0.1 },
    { scalar: aperture, scale: 0.1 },
    ...(angles === null
      ? []
      : [
          { scalar: angles.polar, scale: 1 },
          { scalar: angles.azimuth, scale: 1 },
        ]),
  ];
  const name = angles === null ? 'dipole:rotating' : 'dipole:fixed';
  const flat = waveMap(
    ops,
    name,
    [2 * modes, n, n],
    1 / grid.radius,
    args,
    ([m = 1, na = 0, polar = 0, azimuth = 0]) => {
      const a = na / m;
      const moment: Vector = [
        Math.sin(polar) * Math.cos(azimuth),
        Math.sin(polar) * Math.sin(azimuth),
        Math.cos(polar),
      ];
      return (x, y, out, mode) => {
        const rho = Math.hypot(x, y);
        out.re = 0;
        out.im = 0;
        out.phase = 0;
        if (rho > limit) return;
        const [px, py, pz] = angles === null ? (AXES[Math.floor(mode / 2)] ?? moment) : moment;
        const sine = Math.min(0.9995, rho * a);
        const cosine = Math.sqrt(1 - sine * sine);
        const [c, s] = rho === 0 ? [1, 0] : [-x / rho, -y / rho];
        const meridional = (px * c + py * s) * cosine - pz * sine;
        const azimuthal = py * c - px * s;
        const component = mode % 2 === 0 ? meridional * c - azimuthal * s : meridional * s + azimuthal * c;
        out.re = (weight * a * component) / Math.sqrt(cosine);
      };
    },
  );
  return ops.reshape(flat, angles === null ? [3, 2, n, n] : [2, n, n]);
}

const angle = (
  title: string,
  doc: string,
  settings: Pick<QuantityParam, 'default' | 'soft'>,
): QuantityParam => ({
  kind: 'quantity',
  quantity: 'angle',
  title,
  doc,
  min: -2 * Math.PI,
  max: 2 * Math.PI,
  display: 'deg',
  scale: 'linear',
  learnable: true,
  step: 0.05,
  prominent: true,
  when: { param: 'motion', is: ['fixed'] },
  ...settings,
});

export const dipole: ElementSpec = defineElement({
  type: 'dipole',
  version: 1,
  category: 'sources',
  title: 'Dipole emitter',
  summary: 'A single molecule: its orientation shapes the image, exactly for any aperture.',
  keywords: ['molecule', 'fluorescent', 'orientation', 'emitter', 'polarisation', 'psf', 'source'],
  inputs: {},
  outputs: { out: { type: 'farField', title: 'Emitted light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    motion: {
      kind: 'choice',
      title: 'Motion',
      doc: 'Fixed in one orientation, or turning freely while it shines (then three crossed dipoles shine independently).',
      default: 'fixed',
      options: [
        { value: 'fixed', title: 'Fixed' },
        { value: 'rotating', title: 'Rotates freely' },
      ],
    },
    polar: angle(
      'Polar angle',
      'Angle of the dipole from the optical axis (0 along the light, 90° across).',
      {
        default: Math.PI / 2,
        soft: [0, Math.PI],
      },
    ),
    azimuth: angle('Azimuth', 'Direction of the dipole across the axis, from +x towards +y.', {
      default: 0,
      soft: [-Math.PI, Math.PI],
    }),
    photons: {
      kind: 'quantity',
      quantity: 'photons',
      title: 'Photons',
      doc: 'Photons radiated into all directions, in each plane of a stack; the objective collects its share.',
      default: 10000,
      min: 0,
      max: 1e12,
      soft: [100, 1e6],
      display: 'photons',
      scale: 'log',
      learnable: true,
      step: 500,
      perPlane: true,
    },
    x: position('Position x', 'Lateral position from the centre of the image, +x right.', 'lateralX', {
      step: 0.02e-6,
    }),
    y: position('Position y', 'Lateral position from the centre, +y down the rows.', 'lateralY', {
      step: 0.02e-6,
    }),
    z: position(
      'Distance before focus',
      'Distance before the focal plane of the middle plane; positive.',
      'axial',
      {
        soft: [-5e-6, 5e-6],
        min: -1e-3,
        max: 1e-3,
      },
    ),
  },
  power: 'creates',
  linearIn: null,
  equation: 'P = sqrt(3/8π) NA/n [(p·e_θ) e_r + (p·e_φ) e_φ] / sqrt(cos θ), scaled to the photons radiated',
  references: [
    'Novotny and Hecht, Principles of Nano-Optics: dipole emission and its collection',
    'Backer and Moerner, J. Phys. Chem. B 118, 8313 (2014)',
  ],
  forward: (_inputs, params, context) => {
    const angles = params.motion === 'rotating' ? null : { polar: params.polar, azimuth: params.azimuth };
    return {
      out: {
        kind: 'farField',
        components: 2,
        ...(angles === null ? { modes: AXES.length } : {}),
        reference: null,
        unit: 'photons',
        perPlane: (planes) => context.perPlane('photons', planes),
        place: objectPlace(params),
        ...lightOf({ ...params, polarizationAngle: constantScalar(0) }),
        evaluate: (ops, grid, numericalAperture) =>
          ops.multiply(
            positionPhasor(ops, grid, params, numericalAperture, params),
            dipoleAmplitude(ops, grid, params.refractiveIndex, numericalAperture, angles),
          ),
      },
    };
  },
});
