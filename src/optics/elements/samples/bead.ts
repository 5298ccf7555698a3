import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { objectPlace, positionPhasor, pupilCoordinates } from '../../pupil/pupilGrid.ts';
import type { PupilGrid } from '../../values.ts';
import { position, sameLight } from '../sources/lightParams.ts';

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
    x: position('Position x', 'Lateral position from the centre of the image, +x right.', 'lateralX', {
      prominent: true,
      step: 0.02e-6,
    }),
    y: position(
      'Position y',
      'Lateral position from the centre of the image, +y down the rows.',
      'lateralY',
      {
        prominent: true,
        step: 0.02e-6,
      },
    ),
    z: position(
      'Distance before focus',
      'Distance before the focal plane of the middle plane; positive.',
      'axial',
      {
        soft: [-5e-6, 5e-6],
        min: -1e-3,
        max: 1e-3,
        step: 0.1e-6,
        prominent: true,
      },
    ),
    photons: {
      kind: 'quantity',
      quantity: 'photons',
      title: 'Photons',
      doc: 'Photons that pass the full pupil, in each plane of a stack.',
      default: 10000,
      min: 0,
      max: 1e12,
      soft: [100, 1e6],
      display: 'photons',
      scale: 'log',
      learnable: true,
      step: 500,
      perPlane: true,
      prominent: true,
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
  power: 'creates',
  linearIn: null,
  equation: 'P(ρ) = exp{i [2π NA/λ ρ·r + z (kz - k)]} / sqrt(cos θ), scaled to the photons through the pupil',
  references: ['Hanser et al., J. Microsc. 216, 32 (2004): pupil functions of high-aperture objectives'],
  forward: (inputs, params, context) => {
    const light = inputOf(inputs, 'in', 'field');
    return {
      out: {
        kind: 'farField',
        place: objectPlace(params),
        components: 1,
        reference: null,
        unit: 'photons',
        perPlane: (planes) => context.perPlane('photons', planes),
        ...sameLight(light),
        evaluate: (ops, grid, numericalAperture) =>
          ops.multiply(
            positionPhasor(ops, grid, light, numericalAperture, params),
            params.emission === 'uniform'
              ? uniformAmplitude(ops, grid)
              : isotropicAmplitude(ops, grid, light.refractiveIndex, numericalAperture),
          ),
      },
    };
  },
});
