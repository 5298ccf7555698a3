/** Geometry of the sampled unit pupil: coordinates, edge weights, Zernike maps, axial and lateral phases. */
import { discCoverage } from '../maths/disc.ts';
import { zernike } from '../maths/zernike.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { divideScalars, multiplyScalars } from '../ops/scalar.ts';
import type { ObjectPlace, PupilGrid } from '../values.ts';

/** The disc leaves one sample of margin on each side, so that its edge cells lie inside for even and odd N. */
export function pupilGrid(samples: number): PupilGrid {
  return { samples, radius: (samples - 2) / 2 };
}

/** Coordinates ρ of the samples along one axis. */
export function pupilCoordinates(grid: PupilGrid): Float64Array {
  const centre = Math.floor(grid.samples / 2);
  return Float64Array.from({ length: grid.samples }, (_, index) => (index - centre) / grid.radius);
}

/** Share of each sample's cell inside the unit disc, [N, N]: exact areas make the edge second-order accurate. */
export function pupilCoverage(ops: Ops, grid: PupilGrid): Real {
  const n = grid.samples;
  return ops.constant(`pupil:coverage:${n}`, [n, n], 'real', () => {
    const centre = Math.floor(n / 2);
    return discCoverage([n, n], [centre, centre], grid.radius);
  });
}

/** Zernike maps [J, N, N] of unit RMS over the disc; zero in cells that lie wholly outside. */
export function zernikeBasis(ops: Ops, grid: PupilGrid, nollIndices: readonly number[]): Real {
  const n = grid.samples;
  return ops.constant(
    `pupil:zernike:${n}:${nollIndices.join(',')}`,
    [nollIndices.length, n, n],
    'real',
    () => {
      const rho = pupilCoordinates(grid);
      const out = new Float64Array(nollIndices.length * n * n);
      const limit = 1 + 1.5 / grid.radius;
      nollIndices.forEach((j, term) => {
        for (let y = 0; y < n; y++) {
          for (let x = 0; x < n; x++) {
            const [px, py] = [rho[x] as number, rho[y] as number];
            if (Math.hypot(px, py) <= limit) out[(term * n + y) * n + x] = zernike(j, px, py);
          }
        }
      });
      return out;
    },
  );
}

/** exp(i k Σ c_j Z_j) with coefficients c_j in metres RMS of optical path. */
export function wavefrontPhasor(
  ops: Ops,
  basis: Real,
  coefficients: readonly Scalar[],
  wavelength: Scalar,
): Complex {
  const toRadians = coefficients.map((c) => divideScalars(multiplyScalars(c, 2 * Math.PI), wavelength));
  return ops.phasor(ops.combine(basis, toRadians));
}

/**
 * kz - k over the pupil, radians per metre, [N, N]: the phase that a plane wave at ρ gains per metre along the
 * axis beyond the axial wave. With s = ρ NA/n: k (cos θ - 1) = -k s² / (1 + sqrt(1 - s²)).
 * Samples outside the medium's light cone (s >= 1) get the value at s = 1.
 */
export function axialWavenumber(
  ops: Ops,
  grid: PupilGrid,
  wavelength: Scalar,
  refractiveIndex: Scalar,
  numericalAperture: Scalar,
): Real {
  const n = grid.samples;
  const rho = pupilCoordinates(grid);
  return ops.hostMap(
    [wavelength, refractiveIndex, numericalAperture],
    [n, n],
    'real',
    (values, wanted) => {
      const [lambda, index, aperture] = values as [number, number, number];
      const k = (2 * Math.PI * index) / lambda;
      const value = new Float64Array(n * n);
      const partials = wanted.map((want) => (want ? new Float64Array(n * n) : undefined));
      for (let y = 0; y < n; y++) {
        for (let x = 0; x < n; x++) {
          const s2 = ((rho[x] as number) ** 2 + (rho[y] as number) ** 2) * (aperture / index) ** 2;
          const cosine = Math.sqrt(Math.max(0, 1 - s2));
          const i = y * n + x;
          value[i] = (-k * Math.min(1, s2)) / (1 + cosine);
          // d(k cos θ)/d(s²) = -k / (2 cos θ); s² scales with NA² / n².
          const bySquare = cosine > 0 ? (-k * s2) / cosine : 0;
          if (partials[0]) partials[0][i] = -(value[i] as number) / lambda;
          if (partials[1]) partials[1][i] = ((value[i] as number) - bySquare) / index;
          if (partials[2]) partials[2][i] = bySquare / aperture;
        }
      }
      return { value, partials };
    },
    'axialWavenumber',
  );
}

/** What a sampled pupil must be fine enough for: an object's distance from the axis and from focus. */
export function objectPlace({ x, y, z }: { x: Scalar; y: Scalar; z: Scalar }): ObjectPlace {
  return { lateral: Math.max(Math.abs(x.value), Math.abs(y.value)), distances: [z.value] };
}

/**
 * Phase of an object at (x, y), a distance z before the focal plane, [N, N]:
 * exp(i [2π NA/λ (ρx x + ρy y) + z (kz - k)]), which puts its image at +x, +y.
 */
export function positionPhasor(
  ops: Ops,
  grid: PupilGrid,
  light: { readonly wavelength: Scalar; readonly refractiveIndex: Scalar },
  numericalAperture: Scalar,
  position: { readonly x: Scalar; readonly y: Scalar; readonly z: Scalar },
): Complex {
  const n = grid.samples;
  const ramps = ops.constant(`pupil:ramps:${n}`, [2, n, n], 'real', () => {
    const rho = pupilCoordinates(grid);
    const out = new Float64Array(2 * n * n);
    for (let y = 0; y < n; y++) {
      for (let x = 0; x < n; x++) {
        out[y * n + x] = rho[x] as number;
        out[(n + y) * n + x] = rho[y] as number;
      }
    }
    return out;
  });
  const cutoff = multiplyScalars(divideScalars(numericalAperture, light.wavelength), 2 * Math.PI);
  const lateral = ops.combine(ramps, [
    multiplyScalars(cutoff, position.x),
    multiplyScalars(cutoff, position.y),
  ]);
  const axial = axialWavenumber(ops, grid, light.wavelength, light.refractiveIndex, numericalAperture);
  return ops.phasor(ops.add(lateral, ops.scaleBy(axial, position.z)));
}
