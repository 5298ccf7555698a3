import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { addScalars, divideScalars, isConstant, multiplyScalars, type Scalar } from '../../ops/scalar.ts';
import { axialWavenumber, objectPlace, positionPhasor, pupilCoordinates } from '../../pupil/pupilGrid.ts';
import type { Field, PupilGrid } from '../../values.ts';
import { emitterPlace, photonsParam } from '../sources/emitterParams.ts';
import { sameLight } from '../sources/lightParams.ts';

/**
 * Pupil amplitude [1, N, N] of an isotropic emitter behind an aplanatic objective: 1/sqrt(cos θ), scaled to
 * carry unit power through the disc: the integral of 1/cos θ over it is 2π (1 - sqrt(1 - a²)) / a², a = NA/n.
 */
function isotropicAmplitude(ops: Ops, grid: PupilGrid, index: Scalar, aperture: Scalar): Complex {
  const n = grid.samples;
  const rho = pupilCoordinates(grid);
  const limit = 1 + 1.5 / grid.radius;
  return ops.toComplex(
    ops.hostMap(
      [index, aperture],
      [1, n, n],
      'real',
      (values, wanted) => {
        const [refractiveIndex, numericalAperture] = values as [number, number];
        const a = Math.min(0.9999, numericalAperture / refractiveIndex);
        const root = Math.sqrt(1 - a * a);
        const power = (2 * Math.PI) / (1 + root);
        // d ln(power)/d a, from power = 2π / (1 + root), d root / d a = -a / root.
        const logPowerBySine = a / (root * (1 + root));
        const value = new Float64Array(n * n);
        const partials = wanted.map((want) => (want ? new Float64Array(n * n) : undefined));
        for (let row = 0; row < n; row++) {
          for (let column = 0; column < n; column++) {
            const r = Math.hypot(rho[column] as number, rho[row] as number);
            if (r > limit) continue;
            const s = Math.min(0.9995, r * a);
            const cosine = Math.sqrt(1 - s * s);
            const i = row * n + column;
            value[i] = 1 / Math.sqrt(cosine * power);
            // d ln(amplitude)/d a = s r / (2 cos²) - logPower/2
            const slope = (value[i] as number) * ((0.5 * s * r) / (cosine * cosine) - 0.5 * logPowerBySine);
            if (partials[0]) partials[0][i] = (-slope * a) / refractiveIndex;
            if (partials[1]) partials[1][i] = slope / refractiveIndex;
          }
        }
        return { value, partials };
      },
      'bead:isotropic',
    ),
  );
}

/** Uniform pupil of unit power: 1/sqrt(π). */
function uniformAmplitude(ops: Ops, grid: PupilGrid): Complex {
  const n = grid.samples;
  return ops.constant(`bead:uniform:${n}`, [1, n, n], 'complex', () => {
    const out = new Float64Array(2 * n * n);
    for (let i = 0; i < out.length; i += 2) out[i] = 1 / Math.sqrt(Math.PI);
    return out;
  });
}

/** Of the wavelength: up to this diameter six points stand for a ball within a hundredth of its image's peak. */
const LARGEST = 0.5;

interface Point {
  readonly x: Scalar;
  readonly y: Scalar;
  readonly z: Scalar;
}

/**
 * The corners of an octahedron that stand for an evenly filled ball: by their distance √(3/5) R from its middle they
 * have its moments up to the third order.
 */
function pointsOfBall({ x, y, z }: Point, diameter: Scalar): readonly Point[] {
  const reach = Math.sqrt(3 / 5) / 2;
  return [-1, 1].flatMap((sign) => {
    const away = (from: Scalar) => addScalars(from, multiplyScalars(diameter, sign * reach));
    return [
      { x: away(x), y, z },
      { x, y: away(y), z },
      { x, y, z: away(z) },
    ];
  });
}

/** Phases of points that share the light evenly, [points, 1, N, N]; see `positionPhasor`. */
function pointPhasors(
  ops: Ops,
  grid: PupilGrid,
  light: Field,
  numericalAperture: Scalar,
  points: readonly Point[],
): Complex {
  const n = grid.samples;
  const rho = pupilCoordinates(grid);
  const cutoff = multiplyScalars(divideScalars(numericalAperture, light.wavelength), 2 * Math.PI);
  const column = (values: readonly Scalar[]) => ops.fromScalars(values, [points.length, 1, 1, 1]);
  const ramp = (along: 'x' | 'y') =>
    ops.multiply(
      column(points.map((point) => multiplyScalars(cutoff, point[along]))),
      ops.constant(`bead:${along}:${n}`, along === 'x' ? [1, n] : [n, 1], 'real', () => rho),
    );
  const slope = axialWavenumber(ops, grid, light.wavelength, light.refractiveIndex, numericalAperture);
  const axial = ops.multiply(column(points.map(({ z }) => z)), slope);
  const phase = ops.add(axial, ops.add(ramp('x'), ramp('y')));
  return ops.scale(ops.phasor(phase), 1 / Math.sqrt(points.length));
}

export const bead: ElementSpec = defineElement({
  type: 'bead',
  version: 1,
  category: 'samples',
  title: 'Bead',
  summary: 'A small fluorescent bead: a point that emits photons in all directions.',
  keywords: ['fluorescent', 'emitter', 'point', 'psf', 'molecule'],
  inputs: { in: { accepts: ['field'], title: 'Emission light' } },
  outputs: { out: { type: 'farField', title: 'Emitted light' } },
  params: {
    x: { ...emitterPlace.x, prominent: true },
    y: { ...emitterPlace.y, prominent: true },
    z: { ...emitterPlace.z, prominent: true },
    photons: photonsParam('Photons that pass the full pupil, in each plane of a stack.', {
      perPlane: true,
      prominent: true,
    }),
    diameter: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Diameter',
      doc: 'Of an evenly glowing bead, whose image is that of a point blurred by its ball; 0 is a point. Keep it at what the maker says: blur of the camera looks nearly the same.',
      default: 0,
      min: 0,
      max: 2e-6,
      soft: [0, 200e-9],
      display: 'nm',
      scale: 'linear',
      learnable: true,
      step: 10e-9,
    },
    emission: {
      kind: 'choice',
      title: 'Emission',
      doc: 'An evenly filled pupil (what measured objectives come closest to), or isotropic emission behind an ideal aplanatic one (1/√cos θ).',
      default: 'uniform',
      options: [
        { value: 'uniform', title: 'Even pupil' },
        { value: 'isotropic', title: 'Isotropic' },
      ],
    },
  },
  sampling: (inputs, { diameter }) => {
    const light = inputs['in'];
    if (light === undefined || !('wavelength' in light)) return [];
    const most = LARGEST * light.wavelength.value;
    if (!(diameter.value > most)) return [];
    const nanometres = Math.floor(most * 1e9);
    return [
      {
        severity: 'warning',
        message: `A bead of ${Math.round(diameter.value * 1e9)} nm is too large for the six points that stand for it: fine detail of its image is wrong.`,
        fix: `Use beads of at most ${nanometres} nm, or a “Glowing volume” for an object of this size.`,
      },
    ];
  },
  power: 'creates',
  linearIn: null,
  equation: 'P(ρ) = exp{i [2π NA/λ ρ·r + z (kz - k)]} / sqrt(cos θ), scaled to the photons through the pupil',
  references: ['Hanser et al., J. Microsc. 216, 32 (2004): pupil functions of high-aperture objectives'],
  forward: (inputs, params, context) => {
    const light = inputOf(inputs, 'in', 'field');
    const isPoint = params.diameter.value === 0 && isConstant(params.diameter);
    const points = pointsOfBall(params, params.diameter);
    const place = objectPlace(params);
    return {
      out: {
        kind: 'farField',
        place: { ...place, lateral: place.lateral + 0.5 * params.diameter.value },
        components: 1,
        ...(isPoint ? {} : { modes: points.length }),
        reference: null,
        unit: 'photons',
        perPlane: (planes) => context.perPlane('photons', planes),
        ...sameLight(light),
        evaluate: (ops, grid, numericalAperture) =>
          ops.multiply(
            isPoint
              ? positionPhasor(ops, grid, light, numericalAperture, params)
              : pointPhasors(ops, grid, light, numericalAperture, points),
            params.emission === 'uniform'
              ? uniformAmplitude(ops, grid)
              : isotropicAmplitude(ops, grid, light.refractiveIndex, numericalAperture),
          ),
      },
    };
  },
});
