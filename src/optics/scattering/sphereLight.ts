/** Far fields that are known to consist of the scattered waves of spheres, which is what quicker routes start from. */
import type { Scalar } from '../ops/scalar.ts';
import { multiplyScalars } from '../ops/scalar.ts';
import type { FarField } from '../values.ts';
import type { ScatteringSphere } from './sphere.ts';

/** A sphere in a plane wave along the axis, and where it is. */
export interface SphereAt {
  readonly sphere: ScatteringSphere;
  /** From the axis, metres. */
  readonly x: Scalar;
  readonly y: Scalar;
  /** Distance before focus, metres. */
  readonly z: Scalar;
  /** Factor on the scattered wave. */
  readonly amplitude: Scalar;
}

/** By the value itself, so that a copy with another `evaluate` says nothing it does not know. */
const known = new WeakMap<FarField, readonly SphereAt[]>();

/**
 * Notes that this light is the sum of the waves that these spheres scatter from one plane wave along the axis, and
 * nothing else: neither tilted nor behind a polariser.
 */
export function consistingOf(light: FarField, spheres: readonly SphereAt[]): FarField {
  known.set(light, spheres);
  return light;
}

/** The spheres that all of the light comes from; null where that is not known or something changed the light. */
export function spheresOf(light: FarField): readonly SphereAt[] | null {
  return known.get(light) ?? null;
}

/** The same spheres with their scattered waves scaled. */
export function scaledSpheres(spheres: readonly SphereAt[], factor: Scalar): readonly SphereAt[] {
  return spheres.map((sphere) => ({ ...sphere, amplitude: multiplyScalars(sphere.amplitude, factor) }));
}
