/**
 * Jones matrices with learnable entries. Time factor exp(-iωt): longer optical path is positive phase, so a fast
 * axis has the lower phase; (1, -i)/√2 is right circular (clockwise to who looks towards the source).
 */
import {
  addScalars,
  constantScalar,
  mapScalar,
  multiplyScalars,
  type Scalar,
  type ScalarLike,
  subtractScalars,
} from './ops/scalar.ts';

export interface ComplexScalar {
  readonly re: Scalar;
  readonly im: Scalar;
}

/** Row by row: what Ex and Ey give to Ex, then what they give to Ey. */
export type JonesMatrix = readonly [ComplexScalar, ComplexScalar, ComplexScalar, ComplexScalar];
export type JonesVector = readonly [ComplexScalar, ComplexScalar];

export function complexScalar(re: ScalarLike, im: ScalarLike = 0): ComplexScalar {
  const scalar = (x: ScalarLike) => (typeof x === 'number' ? constantScalar(x) : x);
  return { re: scalar(re), im: scalar(im) };
}

export const cosine = (angle: ScalarLike): Scalar => mapScalar(angle, Math.cos, (a) => -Math.sin(a));
export const sine = (angle: ScalarLike): Scalar => mapScalar(angle, Math.sin, Math.cos);

/** exp(i·phase). */
export function phasorScalar(phase: ScalarLike): ComplexScalar {
  return { re: cosine(phase), im: sine(phase) };
}

export function addComplex(a: ComplexScalar, b: ComplexScalar): ComplexScalar {
  return { re: addScalars(a.re, b.re), im: addScalars(a.im, b.im) };
}

export function multiplyComplex(a: ComplexScalar, b: ComplexScalar): ComplexScalar {
  return {
    re: subtractScalars(multiplyScalars(a.re, b.re), multiplyScalars(a.im, b.im)),
    im: addScalars(multiplyScalars(a.re, b.im), multiplyScalars(a.im, b.re)),
  };
}

/** m·v. */
export function timesVector([xx, xy, yx, yy]: JonesMatrix, [x, y]: JonesVector): JonesVector {
  return [
    addComplex(multiplyComplex(xx, x), multiplyComplex(xy, y)),
    addComplex(multiplyComplex(yx, x), multiplyComplex(yy, y)),
  ];
}

/** a·b: light meets b first. */
export function timesMatrix(a: JonesMatrix, [xx, xy, yx, yy]: JonesMatrix): JonesMatrix {
  const [fromXtoX, fromXtoY] = timesVector(a, [xx, yx]);
  const [fromYtoX, fromYtoY] = timesVector(a, [xy, yy]);
  return [fromXtoX, fromYtoX, fromXtoY, fromYtoY];
}

/** factor·m. */
export function scaledMatrix(factor: ComplexScalar, [xx, xy, yx, yy]: JonesMatrix): JonesMatrix {
  const times = (entry: ComplexScalar) => multiplyComplex(factor, entry);
  return [times(xx), times(xy), times(yx), times(yy)];
}

/** Amplitudes `along` the direction at `angle` (from +x towards +y) and `across` it. */
export function alongAndAcross(angle: Scalar, along: ComplexScalar, across: ComplexScalar): JonesMatrix {
  const [c, s] = [complexScalar(cosine(angle)), complexScalar(sine(angle))];
  const minus = complexScalar(-1);
  const [cc, ss, cs] = [multiplyComplex(c, c), multiplyComplex(s, s), multiplyComplex(c, s)];
  const difference = addComplex(along, multiplyComplex(minus, across));
  const mixed = multiplyComplex(cs, difference);
  return [
    addComplex(multiplyComplex(cc, along), multiplyComplex(ss, across)),
    mixed,
    mixed,
    addComplex(multiplyComplex(ss, along), multiplyComplex(cc, across)),
  ];
}

/**
 * A retarder with its fast axis at `angle`; `retardance` (radians) is the phase by which light along the slow axis
 * leads in the exponent. The phase common to both is left out, half of the retardance to either side.
 */
export function retarder(angle: Scalar, retardance: Scalar): JonesMatrix {
  const half = multiplyScalars(retardance, 0.5);
  return alongAndAcross(angle, phasorScalar(multiplyScalars(half, -1)), phasorScalar(half));
}

/** Turns polarisation by `angle` from +x towards +y. */
export function rotation(angle: Scalar): JonesMatrix {
  const [c, s] = [cosine(angle), sine(angle)];
  return [complexScalar(c), complexScalar(multiplyScalars(s, -1)), complexScalar(s), complexScalar(c)];
}
