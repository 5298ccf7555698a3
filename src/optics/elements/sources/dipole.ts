import type { ElementSpec, QuantityParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { constantScalar, type Scalar } from '../../ops/scalar.ts';
import { objectPlace, positionPhasor } from '../../pupil/pupilGrid.ts';
import { direction } from '../../quantityFamily.ts';
import type { PupilGrid } from '../../values.ts';
import { waveMap } from '../../waveMap.ts';
import { emitterPlace, photonsParam } from './emitterParams.ts';
import { lightOf, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

type Vector = readonly [number, number, number];

/** Moments along x, y and z: a molecule that turns freely while it shines is all three, independently. */
const AXES: readonly Vector[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** How a molecule moves while it shines. */
type Motion =
  | { readonly kind: 'rotating' }
  | { readonly kind: 'fixed' | 'wobbling'; readonly args: readonly Scalar[] };

/**
 * Independent moments whose mean square is that of a dipole: one where it is fixed; along its axis and across where it
 * wobbles evenly in a cone of half-angle α, with ⟨cos²⟩ = (1 + cos α + cos² α)/3 along the axis and half of the rest
 * along each direction across.
 */
function momentsOf(
  kind: Motion['kind'],
  [polar = 0, azimuth = 0, cone = 0]: readonly number[],
): readonly Vector[] {
  if (kind === 'rotating') return AXES;
  const [ct, st, cp, sp] = [Math.cos(polar), Math.sin(polar), Math.cos(azimuth), Math.sin(azimuth)];
  const along: Vector = [st * cp, st * sp, ct];
  if (kind === 'fixed') return [along];
  const c = Math.cos(cone);
  const axial = Math.sqrt(1 + c + c * c);
  // sqrt((1 - cos²)/2), in a form that is smooth at α = 0.
  const lateral = Math.sin(cone / 2) * Math.sqrt(2 + c);
  const times = ([x, y, z]: Vector, factor: number): Vector => [factor * x, factor * y, factor * z];
  // The weight of three modes holds the factor 1/3 of their squares.
  return [times(along, axial), times([ct * cp, ct * sp, -st], lateral), times([-sp, cp, 0], lateral)];
}

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
  motion: Motion,
): Complex {
  const n = grid.samples;
  const limit = 1 + 1.5 / grid.radius;
  const modes = motion.kind === 'fixed' ? 1 : 3;
  const weight = Math.sqrt(3 / (8 * Math.PI * modes));
  const args = [
    { scalar: index, scale: 0.1 },
    { scalar: aperture, scale: 0.1 },
    ...(motion.kind === 'rotating' ? [] : motion.args.map((scalar) => ({ scalar, scale: 1 }))),
  ];
  const flat = waveMap(
    ops,
    `dipole:${motion.kind}`,
    [2 * modes, n, n],
    1 / grid.radius,
    args,
    ([m = 1, na = 0, ...turns]) => {
      const a = na / m;
      const moments = momentsOf(motion.kind, turns);
      return (x, y, out, mode) => {
        const rho = Math.hypot(x, y);
        out.re = 0;
        out.im = 0;
        out.phase = 0;
        if (rho > limit) return;
        const [px, py, pz] = moments[Math.floor(mode / 2)] ?? [0, 0, 0];
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
  return ops.reshape(flat, modes > 1 ? [modes, 2, n, n] : [2, n, n]);
}

function motionOf(params: {
  readonly motion: string;
  readonly polar: Scalar;
  readonly azimuth: Scalar;
  readonly coneAngle: Scalar;
}): Motion {
  const { motion, polar, azimuth, coneAngle } = params;
  if (motion === 'rotating') return { kind: motion };
  if (motion === 'wobbling') return { kind: motion, args: [polar, azimuth, coneAngle] };
  return { kind: 'fixed', args: [polar, azimuth] };
}

const angle = (title: string, doc: string, own: Pick<QuantityParam, 'default' | 'soft'>): QuantityParam =>
  direction(title, doc, {
    prominent: true,
    when: { param: 'motion', is: ['fixed', 'wobbling'] },
    ...own,
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
      doc: 'Fixed in one orientation, wobbling evenly within a cone around it, or turning freely while it shines; what moves shines as three crossed dipoles that do not interfere.',
      default: 'fixed',
      options: [
        { value: 'fixed', title: 'Fixed' },
        { value: 'wobbling', title: 'Wobbles in a cone' },
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
    azimuth: {
      ...angle('Azimuth', 'Direction of the dipole across the axis, from +x towards +y.', {
        default: 0,
        soft: [-Math.PI, Math.PI],
      }),
      role: 'azimuth',
    },
    coneAngle: {
      ...angle(
        'Cone',
        'Half-angle of the cone that the dipole fills evenly while it shines: 0 is fixed, 90° turns freely.',
        { default: 0.5, soft: [0, Math.PI / 2] },
      ),
      min: 0,
      max: Math.PI / 2,
      when: { param: 'motion', is: ['wobbling'] },
    },
    photons: photonsParam(
      'Photons radiated into all directions, in each plane of a stack; the objective collects its share.',
      { perPlane: true },
    ),
    ...emitterPlace,
  },
  power: 'creates',
  linearIn: null,
  equation: 'P = sqrt(3/8π) NA/n [(p·e_θ) e_r + (p·e_φ) e_φ] / sqrt(cos θ), scaled to the photons radiated',
  references: [
    'Novotny and Hecht, Principles of Nano-Optics: dipole emission and its collection',
    'Backer and Moerner, J. Phys. Chem. B 118, 8313 (2014)',
    'Zhang and Lew, Phys. Rev. Lett. 122, 198301 (2019): second moments of a dipole that wobbles in a cone',
  ],
  forward: (_inputs, params, context) => {
    const motion = motionOf(params);
    return {
      out: {
        kind: 'farField',
        components: 2,
        ...(motion.kind === 'fixed' ? {} : { modes: AXES.length }),
        reference: null,
        unit: 'photons',
        perPlane: (planes) => context.perPlane('photons', planes),
        place: objectPlace(params),
        ...lightOf({ ...params, polarizationAngle: constantScalar(0) }),
        evaluate: (ops, grid, numericalAperture) =>
          ops.multiply(
            positionPhasor(ops, grid, params, numericalAperture, params),
            dipoleAmplitude(ops, grid, params.refractiveIndex, numericalAperture, motion),
          ),
      },
    };
  },
});
