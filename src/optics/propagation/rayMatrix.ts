/**
 * Paraxial systems of lenses and distances by their ray matrices, and what they make of a field (Collins' integral).
 * Rays are (x, n θ), so that every matrix has determinant 1 and B is a length over an index.
 * Sources: A. E. Siegman, Lasers, chapters 15 and 20; S. A. Collins, J. Opt. Soc. Am. 60, 1168 (1970).
 */
import type { SamplingNote } from '../element.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import {
  addScalars,
  constantScalar,
  divideScalars,
  isConstant,
  mapScalar,
  multiplyScalars,
  type Scalar,
  type ScalarLike,
} from '../ops/scalar.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Field } from '../values.ts';
import { quadraticPhase } from './quadraticPhase.ts';

export interface RayMatrix {
  readonly a: Scalar;
  readonly b: Scalar;
  readonly c: Scalar;
  readonly d: Scalar;
}

const ONE = constantScalar(1);
const ZERO = constantScalar(0);

/** A distance in a medium. */
export function distanceIn(length: Scalar, index: ScalarLike): RayMatrix {
  return { a: ONE, b: divideScalars(length, index), c: ZERO, d: ONE };
}

/** A thin lens or a surface of this power (n/f, 1/m). */
export function refractionBy(power: Scalar): RayMatrix {
  return { a: ONE, b: ZERO, c: multiplyScalars(power, -1), d: ONE };
}

/** The matrix of elements in the order in which light meets them. */
export function inOrder(...elements: readonly RayMatrix[]): RayMatrix {
  return elements.reduce((before, next) => {
    const entry = (p: Scalar, q: Scalar, r: Scalar, s: Scalar) =>
      addScalars(multiplyScalars(p, q), multiplyScalars(r, s));
    return {
      a: entry(next.a, before.a, next.b, before.c),
      b: entry(next.a, before.b, next.b, before.d),
      c: entry(next.c, before.a, next.d, before.c),
      d: entry(next.c, before.b, next.d, before.d),
    };
  });
}

/**
 * `scaled`: the plane of the input, magnified by |A|; `transformed`: a Fourier transform, pitch λ|B|/(N pitch). The
 * first resolves its phases where |B/A| is below N pitch²/λ, the second above: so each is used where it is right.
 */
function routeOf(light: Field, { a, b }: RayMatrix): 'scaled' | 'transformed' {
  const [n] = planeShape(light.samples);
  const limit = (Math.abs(a.value) * n * light.pitch.value ** 2) / light.wavelength.value;
  return Math.abs(b.value) < limit ? 'scaled' : 'transformed';
}

/**
 * u(x) = -i/(λB) ∬ u(ξ) exp[iπ (A ξ² - 2 x·ξ + D x²)/(λB)] dξ, the light behind a paraxial system whose ends are in
 * the same medium; the phase along its axis is dropped. Light that leaves the doubled window is lost.
 */
export function throughSystem(ops: Ops, light: Field, matrix: RayMatrix): Field {
  const made =
    routeOf(light, matrix) === 'scaled' ? scaled(ops, light, matrix) : transformed(ops, light, matrix);
  return { ...light, ...made, planeWaves: null };
}

/** π × factor × pitch² / λ: the curvature of exp(iπ factor r²/λ) per squared order. */
function curvature(factor: Scalar, pitch: Scalar, wavelength: Scalar): Scalar {
  const square = multiplyScalars(multiplyScalars(pitch, pitch), Math.PI);
  return divideScalars(multiplyScalars(factor, square), wavelength);
}

interface Plane {
  readonly samples: Complex;
  readonly pitch: Scalar;
}

function transformed(ops: Ops, light: Field, { a, b, d }: RayMatrix): Plane {
  const { wavelength } = light;
  const [n] = planeShape(light.samples);
  const length = mapScalar(b, Math.abs, Math.sign);
  const pitch = divideScalars(multiplyScalars(wavelength, length), multiplyScalars(light.pitch, n));
  const bent = (samples: Complex, factor: Scalar, step: Scalar) =>
    factor.value === 0 && isConstant(factor)
      ? samples
      : ops.multiply(samples, ops.phasor(quadraticPhase(ops, n, curvature(factor, step, wavelength))));
  const forward = b.value > 0;
  const lit = bent(light.samples, divideScalars(a, b), light.pitch);
  const turn = ops.constant(`rayMatrix:i:${forward}`, [1], 'complex', () =>
    Float64Array.of(0, forward ? -1 : 1),
  );
  const image = ops.multiply(ops.fourier2(lit, forward ? 'forward' : 'inverse'), turn);
  const samples = ops.scaleBy(image, divideScalars(light.pitch, pitch));
  return { samples: bent(samples, divideScalars(d, b), pitch), pitch };
}

/** Free space over B/A, magnification by A, then a lens of power -C/A: the same integral, right also where B is 0. */
function scaled(ops: Ops, light: Field, { a, b, c }: RayMatrix): Plane {
  const { wavelength } = light;
  const [n] = planeShape(light.samples);
  const magnification = mapScalar(a, Math.abs, Math.sign);
  const pitch = multiplyScalars(light.pitch, magnification);
  const frequency = divideScalars(1, multiplyScalars(light.pitch, 2 * n));
  const way = multiplyScalars(divideScalars(b, a), multiplyScalars(wavelength, wavelength));
  const transfer = ops.phasor(
    quadraticPhase(ops, 2 * n, multiplyScalars(curvature(way, frequency, wavelength), -1)),
  );
  const spectrum = ops.multiply(transfer, ops.fourier2(ops.resize(light.samples, 2 * n, 2 * n), 'forward'));
  // A negative A turns the image by half a turn, as a second forward transform does.
  const moved = ops.resize(ops.fourier2(spectrum, a.value > 0 ? 'inverse' : 'forward'), n, n);
  const resized = ops.scaleBy(moved, divideScalars(1, a));
  const lens = quadraticPhase(ops, n, curvature(divideScalars(c, a), pitch, wavelength));
  return { samples: ops.multiply(resized, ops.phasor(lens)), pitch };
}

/** What the sampling behind a system cannot show. */
export function systemNotes(light: Field, matrix: RayMatrix): readonly SamplingNote[] {
  const [n] = planeShape(light.samples);
  const lambda = light.wavelength.value;
  const [a, b, c, d] = [matrix.a, matrix.b, matrix.c, matrix.d].map(({ value }) => value) as [
    ...[number, number, number, number],
  ];
  const isScaled = routeOf(light, matrix) === 'scaled';
  const pitch = isScaled ? Math.abs(a) * light.pitch.value : (lambda * Math.abs(b)) / (n * light.pitch.value);
  const step = (Math.abs(isScaled ? c / a : d / b) * pitch * pitch * n) / lambda;
  if (step < 1) return [];
  return [
    {
      severity: 'warning',
      message: `Behind the system the wave is curved by ${step.toFixed(2)} π per sample at the edge of the window: its brightness there is right, its phase is not resolved.`,
      fix: 'Put a camera there, choose a plane nearer to the focus, use a finer pitch or a smaller window.',
    },
  ];
}
