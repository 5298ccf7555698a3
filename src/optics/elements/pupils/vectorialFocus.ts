import { axesWith, lengthOf } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import { ElementProblem } from '../../problem.ts';
import { apodisation, LARGEST_SQUARED_SINE } from '../../pupil/apodisation.ts';
import { type PupilFunction, realPupilMaps } from '../../pupil/pupilMaps.ts';
import type { Pupil } from '../../values.ts';

/**
 * The 3 x 2 matrix of a ray at ρ: the radial part of the polarisation turns with the ray, towards +z on the side that
 * it points to, the azimuthal part stays. With (p, q) = ρ NA / n = -(direction across the axis):
 * rows (1 - p²/(1+c), -pq/(1+c)), (-pq/(1+c), 1 - q²/(1+c)), (p, q).
 */
function rotation(
  kind: string,
  sine: number,
  put: (out: Float64Array, matrix: RayMatrix) => void,
): PupilFunction {
  const amplitude = apodisation(kind, sine);
  return (x, y, out) => {
    const shrink = Math.min(
      1,
      Math.sqrt(LARGEST_SQUARED_SINE / Math.max(1e-300, (x * x + y * y) * sine * sine)),
    );
    const [p, q] = [x * sine * shrink, y * sine * shrink];
    const c = Math.sqrt(1 - p * p - q * q);
    const a = amplitude(c);
    const cross = (-a * p * q) / (1 + c);
    put(out, [a - (a * p * p) / (1 + c), cross, cross, a - (a * q * q) / (1 + c), a * p, a * q]);
  };
}

/** Rows x, y, z of columns x, y. */
type RayMatrix = readonly [number, number, number, number, number, number];

/** What a linear polarisation along the light's angle becomes, [..., 3, N, N]. */
function turnedLinear(ops: Ops, light: Pupil, kind: string): Complex {
  const field = realPupilMaps(ops, {
    name: `vectorialFocus:linear:${kind}`,
    grid: light.grid,
    axes: [3],
    args: [
      { scalar: light.numericalAperture, scale: 0.01 },
      { scalar: light.refractiveIndex, scale: 0.01 },
      { scalar: light.polarizationAngle, scale: 1 },
    ],
    prepare: ([aperture = 0, index = 1, angle = 0]) => {
      const [ex, ey] = [Math.cos(angle), Math.sin(angle)];
      return rotation(kind, aperture / index, (out, [xx, xy, yx, yy, zx, zy]) => {
        out[0] = xx * ex + xy * ey;
        out[1] = yx * ex + yy * ey;
        out[2] = zx * ex + zy * ey;
      });
    },
  });
  return ops.multiply(light.samples, field);
}

/** Σ_j M_ij P_j over the two components of Jones light, [..., 3, N, N]. */
function turnedJones(ops: Ops, light: Pupil, kind: string): Complex {
  const matrix = realPupilMaps(ops, {
    name: `vectorialFocus:jones:${kind}`,
    grid: light.grid,
    axes: [3, 2],
    args: [
      { scalar: light.numericalAperture, scale: 0.01 },
      { scalar: light.refractiveIndex, scale: 0.01 },
    ],
    prepare: ([aperture = 0, index = 1]) =>
      rotation(kind, aperture / index, (out, ray) => {
        out.set(ray);
      }),
  });
  const before = light.samples.shape.slice(0, -3);
  const n = light.grid.samples;
  const columns = ops.reshape(light.samples, [...before, 1, 2, n, n]);
  const product = ops.sum(ops.multiply(columns, matrix), [before.length + 1]);
  return ops.reshape(product, [...before, 3, n, n]);
}

export const vectorialFocus: ElementSpec = defineElement({
  type: 'vectorialFocus',
  version: 1,
  category: 'pupils',
  title: 'Vectorial focus',
  summary: 'Focuses with all three components of the electric field, as a lens of high aperture does.',
  keywords: ['Richards-Wolf', 'high NA', 'polarisation', 'vector', 'Ez', 'longitudinal', 'apodisation'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil, Ex, Ey and Ez' } },
  params: {
    apodisation: {
      kind: 'choice',
      title: 'Apodisation',
      doc: 'How the lens spreads an even beam over angles: aplanatic (the sine condition, as microscope objectives do), Herschel, Helmholtz, or the same amplitude all over the pupil.',
      default: 'aplanatic',
      options: [
        { value: 'aplanatic', title: 'Aplanatic' },
        { value: 'herschel', title: 'Herschel' },
        { value: 'helmholtz', title: 'Helmholtz' },
        { value: 'even', title: 'Even pupil' },
      ],
      prominent: true,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'E(ρ) = a(θ) [φ̂ φ̂ᵀ + θ̂ ρ̂ᵀ] P(ρ),  a = 1/√cos θ if aplanatic,  sin θ = ρ NA / n',
  references: [
    'Richards and Wolf, Proc. R. Soc. A 253, 358 (1959)',
    'Gu, Advanced Optical Imaging Theory: apodisation functions',
  ],
  sampling: (inputs) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    const square = (light.numericalAperture.value / light.refractiveIndex.value) ** 2;
    // Share by which 1/√cos θ grows over the last sample of the pupil.
    const growth = square / (2 * (1 - square) * light.grid.radius);
    if (growth < 0.05) return [];
    return [
      {
        severity: 'warning',
        message: `The edge rays lie ${((180 / Math.PI) * Math.acos(Math.sqrt(square))).toFixed(1)}° from grazing: their amplitude grows by ${Math.round(100 * growth)} % over one sample of the pupil.`,
        fix: `Use at least ${Math.ceil((20 * square) / (1 - square)) + 2} grid samples or a lower numerical aperture.`,
        ...moreSamples(light.grid.samples, (20 * square) / (1 - square) + 2),
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    if (light.reference !== null) {
      throw new ElementProblem(
        'This light interferes with a reference wave at a camera, where all cones are narrow.',
        'Use the vectorial focus for light without a reference wave.',
      );
    }
    const components = lengthOf(light, 'component');
    if (components > 2) {
      throw new ElementProblem(
        'This light has three components already: it is focused vectorially.',
        'Use one vectorial focus.',
      );
    }
    const turn = components === 2 ? turnedJones : turnedLinear;
    return {
      out: {
        ...light,
        axes: axesWith(light.axes, 'component'),
        samples: turn(ops, light, params.apodisation),
      },
    };
  },
});
