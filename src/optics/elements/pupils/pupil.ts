import { axesWith, lengthOf, withAxis } from '../../axes.ts';
import type { ElementSpec, SamplingNote, ZernikeTerm } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { roundedDown, setValue } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { complexScalar, cosine, multiplyComplex, phasorScalar, sine } from '../../jones.ts';
import { zernike } from '../../maths/zernike.ts';
import type { Complex, Ops } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { constantScalar, multiplyScalars } from '../../ops/scalar.ts';
import { isOneAxial } from '../../planeWaves.ts';
import { fromComplexScalars } from '../../polarisation.ts';
import { ElementProblem } from '../../problem.ts';
import { pupilCoverage, pupilGrid, wavefrontPhasor, zernikeBasis } from '../../pupil/pupilGrid.ts';
import { referenceThrough } from '../../pupil/reference.ts';
import { planeShape, softEdge } from '../../sampledGrid.ts';
import { imagingOf, spheresOf } from '../../scattering/sphereLight.ts';
import { isRound } from '../../scattering/sphereProfile.ts';
import type {
  Axis,
  CameraWave,
  PlaneWave,
  PortValue,
  Pupil,
  PupilGrid,
  PupilReference,
  ReferenceWave,
} from '../../values.ts';
import { sameLight } from '../sources/lightParams.ts';

/** Terms that act: non-zero ones and those being learned (a zero one may have to move). */
function activeTerms(terms: readonly ZernikeTerm[]): readonly ZernikeTerm[] {
  return terms.filter((term) => term.coefficient.value !== 0 || term.coefficient.partials.size > 0);
}

function aberrated(
  ops: Ops,
  grid: PupilGrid,
  amplitude: Complex,
  terms: readonly ZernikeTerm[],
  wavelength: Scalar,
): Complex {
  const stopped = ops.multiply(pupilCoverage(ops, grid), amplitude);
  if (terms.length === 0) return stopped;
  const basis = zernikeBasis(
    ops,
    grid,
    terms.map((term) => term.nollIndex),
  );
  const coefficients = terms.map((term) => term.coefficient);
  return ops.multiply(wavefrontPhasor(ops, basis, coefficients, wavelength), stopped);
}

/** Waves pass at their places and pick up the wavefront there; those that miss the pupil are dark. */
function referenceThroughPupil(
  ops: Ops,
  grid: PupilGrid,
  { polarizationAngle: angle, waves }: ReferenceWave,
  { numericalAperture, terms, wavelength }: Aberrations,
): PupilReference {
  const unit = { axes: referenceAxes(waves), directions: waves };
  if (isOneAxial(waves)) {
    const direction = linearDirection(ops, angle);
    if (terms.length === 0) return { ...unit, samples: direction };
    const indices = terms.map((term) => term.nollIndex);
    const basis = ops.constant(`pupil:centre:${indices.join(',')}`, [indices.length, 1, 1], 'real', () =>
      Float64Array.from(indices, (j) => zernike(j, 0, 0)),
    );
    const coefficients = terms.map((term) => term.coefficient);
    return {
      ...unit,
      samples: ops.multiply(wavefrontPhasor(ops, basis, coefficients, wavelength), direction),
    };
  }
  const reference = { ...unit, samples: waveVectors(ops, waves, angle) };
  const form = wavefrontForm(grid, terms, wavelength);
  return referenceThrough(ops, { grid, numericalAperture, reference }, form) ?? reference;
}

function linearDirection(ops: Ops, angle: Scalar): Complex {
  return ops.toComplex(ops.fromScalars([cosine(angle), sine(angle)], [2, 1, 1]));
}

function referenceAxes(waves: readonly PlaneWave[]): readonly Axis[] {
  return waves.length > 1 ? ['mode', 'component'] : ['component'];
}

/** Ex and Ey of each wave. */
function waveVectors(ops: Ops, waves: readonly PlaneWave[], angle: Scalar): Complex {
  const linear = [complexScalar(cosine(angle)), complexScalar(sine(angle))] as const;
  const numbers = waves.flatMap(({ amplitude, jones, phase }) => {
    const own = multiplyComplex(phasorScalar(phase ?? 0), complexScalar(amplitude));
    return (jones ?? linear).map((part) => multiplyComplex(part, own));
  });
  return fromComplexScalars(ops, numbers, [...(waves.length > 1 ? [waves.length] : []), 2, 1, 1]);
}

/** Waves that come to the camera past the pupil. */
function besidePupil(ops: Ops, { polarizationAngle, waves, amplitude }: CameraWave): PupilReference {
  const samples = ops.scaleBy(waveVectors(ops, waves, polarizationAngle), amplitude);
  return { axes: referenceAxes(waves), directions: waves, samples };
}

interface Aberrations {
  readonly numericalAperture: Scalar;
  readonly terms: readonly ZernikeTerm[];
  readonly wavelength: Scalar;
}

/** The open share of the pupil times its wavefront, in closed form. */
function wavefrontForm(grid: PupilGrid, terms: readonly ZernikeTerm[], wavelength: Scalar) {
  const indices = terms.map((term) => term.nollIndex);
  return {
    name: `pupil:${indices.join(',')}`,
    args: [
      { scalar: wavelength, scale: 0.1 * wavelength.value },
      ...terms.map(({ coefficient }) => ({ scalar: coefficient, scale: 0.1 * wavelength.value })),
    ],
    prepare:
      ([lambda = 1, ...coefficients]: readonly number[]) =>
      (x: number, y: number, out: Float64Array) => {
        const open = softEdge((1 - Math.hypot(x, y)) * grid.radius);
        const path = indices.reduce((sum, j, i) => sum + (coefficients[i] ?? 0) * zernike(j, x, y), 0);
        const phase = (2 * Math.PI * path) / lambda;
        out[0] = open * Math.cos(phase);
        out[1] = open * Math.sin(phase);
      },
  };
}

/** The remedy comes first: a card shows the beginning of a sentence only. */
function tooWide(aperture: number, index: number): string {
  const immersion = aperture < 1.518 ? 'immerse in oil (n 1.518)' : 'use a medium of a higher index';
  return `Lower the numerical aperture below ${index} or ${immersion}: ${aperture} is not below the medium’s index ${index}, and no such cone of light exists.`;
}

/**
 * Light that was shaped on its way is taken for light in the pupil, as masks there want it; parts that do not
 * interfere come of an illumination, behind which one expects the image of a sample instead.
 */
function takenAsPupil(light: PortValue | undefined): readonly SamplingNote[] {
  if (light?.kind !== 'field' || isOneAxial(light.planeWaves)) return [];
  const isIllumination = lengthOf(light, 'mode') > 1;
  return [
    {
      severity: isIllumination ? 'warning' : 'info',
      message:
        'This light is taken as the light in the pupil plane: the picture is its far field, not its image.',
      fix: 'To image it, put a Fourier lens, an aperture and a second Fourier lens instead of the pupil.',
    },
  ];
}

/** Waves of an illumination that is wider than the objective do not pass: the background is darker, or dark. */
function missingWaves(light: PortValue | undefined, aperture: number): readonly SamplingNote[] {
  if (light?.kind !== 'farField' || light.reference === null) return [];
  const waves = light.reference.waves;
  const missing = waves.filter(({ x, y }) => Math.hypot(x.value, y.value) > aperture);
  if (missing.length === 0) return [];
  const all = waves.reduce((sum, { amplitude }) => sum + amplitude ** 2, 0);
  const share = missing.reduce((sum, { amplitude }) => sum + amplitude ** 2, 0) / all;
  return [
    missing.length === waves.length
      ? {
          severity: 'info',
          message:
            'The illumination misses the objective: a dark field, in which only scattered light is seen.',
          fix: 'Raise the numerical aperture or lower the tilt to see a bright background.',
        }
      : {
          severity: 'warning',
          message: `${Math.round(100 * share)} % of the illumination is steeper than the objective’s aperture and misses it: the background is darker than 1.`,
          fix: `Lower the condenser’s aperture to ${aperture} or below.`,
        },
  ];
}

export const pupil: ElementSpec = defineElement({
  type: 'pupil',
  version: 1,
  category: 'pupils',
  title: 'Pupil',
  summary: 'The pupil of an objective: numerical aperture and aberrations as Zernike terms.',
  keywords: ['objective', 'aperture', 'NA', 'zernike', 'aberration', 'wavefront', 'defocus'],
  inputs: { in: { accepts: ['field', 'farField'], title: 'Light' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params: {
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Numerical aperture',
      doc: 'NA = n sin θ of the marginal ray in object space.',
      default: 0.5,
      min: 1e-4,
      max: 4,
      soft: [0.05, 1.4],
      display: '',
      scale: 'linear',
      learnable: true,
      step: 0.02,
      prominent: true,
    },
    zernike: {
      kind: 'zernike',
      title: 'Aberrations',
      doc: 'Optical path in metres RMS over the pupil by Noll index; longer path is positive. Z2 > 0 moves the image to +x.',
      maxIndex: 120,
      min: -1e-4,
      max: 1e-4,
      soft: [-0.25e-6, 0.25e-6],
      display: 'waves',
      learnable: true,
      step: 20e-9,
      prominent: true,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'P(ρ) = A(ρ) exp[2πi/λ Σ c_j Z_j(ρ)] for ρ ≤ 1',
  references: [
    'Noll, J. Opt. Soc. Am. 66, 207 (1976)',
    'Goodman, Introduction to Fourier Optics: generalized pupil',
  ],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    const index = light !== undefined && 'refractiveIndex' in light ? light.refractiveIndex.value : null;
    if (index === null || params.numericalAperture.value < index) {
      return [...takenAsPupil(light), ...missingWaves(light, params.numericalAperture.value)];
    }
    const below = roundedDown(0.95 * index);
    return [
      {
        severity: 'error',
        message: tooWide(params.numericalAperture.value, index),
        fix: 'The index is that of the medium at the source.',
        apply: setValue('numericalAperture', below, `Use a numerical aperture of ${below}`),
      },
    ];
  },
  forward: (inputs, params, { ops, grid }) => {
    const light = inputOf(inputs, 'in', 'field', 'farField');
    if (params.numericalAperture.value >= light.refractiveIndex.value) {
      throw new ElementProblem(
        tooWide(params.numericalAperture.value, light.refractiveIndex.value),
        'The index is that of the medium at the source.',
      );
    }
    const terms = activeTerms(params.zernike);
    const common = {
      kind: 'pupil',
      numericalAperture: params.numericalAperture,
      ...sameLight(light),
    } as const;
    if (light.kind === 'farField') {
      const shape = pupilGrid(grid.samples);
      const samples = () => {
        const amplitude = light.evaluate(ops, shape, params.numericalAperture);
        return aberrated(ops, shape, amplitude, terms, light.wavelength);
      };
      const filled = {
        ...common,
        grid: shape,
        axes: light.modes === undefined ? (['component'] as const) : (['mode', 'component'] as const),
        reference:
          light.reference === null
            ? null
            : referenceThroughPupil(ops, shape, light.reference, {
                numericalAperture: params.numericalAperture,
                terms,
                wavelength: light.wavelength,
              }),
        ...(light.beside === undefined ? {} : { beside: besidePupil(ops, light.beside) }),
        unit: light.unit,
        perPlane: light.perPlane,
        place: light.place,
      };
      const spheres = spheresOf(light);
      const isInLine = light.reference === null || isOneAxial(light.reference.waves);
      const isAlone = light.beside === undefined && light.side === undefined && light.modes === undefined;
      if (spheres === null || !isInLine || !isAlone || !terms.every(({ nollIndex }) => isRound(nollIndex))) {
        return { out: { ...filled, samples: samples() } };
      }
      // A camera that sees spheres by their profiles needs no samples: they are made when something asks for them.
      let made: Complex | null = null;
      const waiting: ((samples: Complex) => void)[] = [];
      const out: Pupil = {
        ...filled,
        get samples() {
          if (made === null) {
            made = samples();
            for (const keep of waiting) keep(made);
          }
          return made;
        },
      };
      const whenMade = (keep: (samples: Complex) => void) => {
        if (made === null) waiting.push(keep);
        else keep(made);
      };
      return { out: imagingOf(out, { spheres, terms, reference: light.reference, whenMade }) };
    }
    if (lengthOf(light, 'component') > 2) {
      throw new ElementProblem(
        'The light that fills a pupil is collimated, but this light has a component along the axis, which a pupil takes for that of a focus.',
        'Choose a scalar field at the source; “Vectorial focus” behind the pupil makes the component along the axis.',
      );
    }
    // A sampled field fills the pupil: its inscribed circle is the pupil's edge. Power is kept: |P|² dρ² = |u|² dx².
    const [n] = planeShape(light.samples);
    const shape = pupilGrid(n);
    const amplitude = ops.scaleBy(light.samples, multiplyScalars(light.pitch, constantScalar(shape.radius)));
    return {
      out: {
        ...common,
        grid: shape,
        samples: aberrated(
          ops,
          shape,
          withAxis(ops, { samples: amplitude, axes: light.axes }, 'component'),
          terms,
          light.wavelength,
        ),
        axes: axesWith(light.axes, 'component'),
        reference: null,
        unit: 'W',
        perPlane: null,
        place: { lateral: 0, distances: [0] },
      },
    };
  },
});
