/** A sphere in a medium, as numbers that can be learned. */
import type { MieLayer } from '../maths/mie/coefficients.ts';
import type { Scalar } from '../ops/scalar.ts';

/** The core or a shell. */
export interface SphereLayer {
  /** Of its outer surface, from the centre, metres. */
  readonly radius: Scalar;
  /** Real and imaginary part of its index. */
  readonly refractiveIndex: Scalar;
  readonly extinctionCoefficient: Scalar;
}

export interface ScatteringSphere {
  readonly wavelength: Scalar;
  /** Index of the surrounding medium. */
  readonly mediumIndex: Scalar;
  /** From the core outwards. */
  readonly layers: readonly SphereLayer[];
  readonly polarizationAngle: Scalar;
}

/** Numbers per layer in `sphereScalars`. */
export const LAYER_SCALARS = 3;

/** What the Mie series depends on: wavelength, medium, then radius, index and extinction of each layer. */
export function sphereScalars({ wavelength, mediumIndex, layers }: ScatteringSphere): Scalar[] {
  return [
    wavelength,
    mediumIndex,
    ...layers.flatMap(({ radius, refractiveIndex, extinctionCoefficient }) => [
      radius,
      refractiveIndex,
      extinctionCoefficient,
    ]),
  ];
}

/** The same as layers in units of the medium's wavelength and index. */
export function sphereLayers(values: readonly number[]): MieLayer[] {
  const [wavelength = 1, index = 1, ...rest] = values;
  const wavenumber = (2 * Math.PI * index) / wavelength;
  return Array.from({ length: Math.floor(rest.length / LAYER_SCALARS) }, (_, layer) => {
    const [radius = 0, re = 1, im = 0] = rest.slice(LAYER_SCALARS * layer, LAYER_SCALARS * (layer + 1));
    return { sizeParameter: wavenumber * radius, mRe: re / index, mIm: im / index };
  });
}

/** Metres, with all shells. */
export function outerRadius({ layers }: ScatteringSphere): number {
  return layers.at(-1)?.radius.value ?? 0;
}
