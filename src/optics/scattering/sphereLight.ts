/** Light that is known to consist of the scattered waves of spheres, which is what quicker routes to an image start from. */
import type { ZernikeTerm } from '../element.ts';
import type { Complex } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { multiplyScalars } from '../ops/scalar.ts';
import type { FarField, Pupil, ReferenceWave } from '../values.ts';
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

/** The light of spheres behind the pupil of an objective. */
export interface ImagedSpheres {
  readonly spheres: readonly SphereAt[];
  /** Aberrations, all the same around the axis. */
  readonly terms: readonly ZernikeTerm[];
  readonly reference: ReferenceWave | null;
  /** Hands over the pupil's samples, now or when something first asks for them. */
  readonly whenMade: (keep: (samples: Complex) => void) => void;
}

const imaged = new WeakMap<Pupil, ImagedSpheres>();

/** Notes that this pupil holds nothing but the waves of these spheres and their reference. */
export function imagingOf(pupil: Pupil, spheres: ImagedSpheres): Pupil {
  imaged.set(pupil, spheres);
  return pupil;
}

/** What is known of the spheres whose light fills the pupil; null where something changed it. */
export function imagedSpheres(pupil: Pupil): ImagedSpheres | null {
  return imaged.get(pupil) ?? null;
}
