/** Light that is a known set of plane waves: directions of travel, and what they mean in a medium. */
import {
  constantScalar,
  divideScalars,
  isConstant,
  mapScalar,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from './ops/scalar.ts';
import type { Direction, Light, PlaneWave } from './values.ts';

/** One wave along the axis. */
export const AXIAL: readonly PlaneWave[] = [{ x: constantScalar(0), y: constantScalar(0), amplitude: 1 }];

/** Whether a wave travels along the axis and stays there. */
export function isAxial({ x, y }: Direction): boolean {
  return x.value === 0 && y.value === 0 && isConstant(x) && isConstant(y);
}

/** Whether these are a single wave along the axis, linearly polarised, as its source sends it. */
export function isOneAxial(waves: readonly PlaneWave[] | null): boolean {
  const [first, ...others] = waves ?? [];
  const isAsSent = first?.phase === undefined && first?.jones === undefined;
  return first !== undefined && others.length === 0 && isAsSent && isAxial(first);
}

/** √a; a must stay positive. */
function root(a: Scalar): Scalar {
  return mapScalar(a, Math.sqrt, (value) => 0.5 / Math.sqrt(value));
}

/** kz - k of a wave in the medium of the light, radians per metre: what it gains along the axis beyond an axial wave. */
export function axialGain(light: Pick<Light, 'wavelength' | 'refractiveIndex'>, { x, y }: Direction): Scalar {
  const { refractiveIndex: n, wavelength } = light;
  const lateral = (a: Scalar) => multiplyScalars(a, a);
  const along = root(subtractScalars(subtractScalars(lateral(n), lateral(x)), lateral(y)));
  return divideScalars(multiplyScalars(subtractScalars(along, n), 2 * Math.PI), wavelength);
}
