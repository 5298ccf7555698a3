/** What the image of a point changes by when the point moves: the derivative fields of a pupil, on a camera's pixels. */
import { lengthOf } from '../axes.ts';
import { gaussLegendre, type Quadrature } from '../maths/quadrature.ts';
import type { Complex, Ops, Real } from '../ops/ops.ts';
import { divideScalars, mapScalar, multiplyScalars, type Scalar } from '../ops/scalar.ts';
import { axialWavenumber, pupilCoordinates } from '../pupil/pupilGrid.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Pupil, PupilGrid } from '../values.ts';

/** A square of camera pixels around the point, in the object's space. */
export interface Region {
  readonly pixels: number;
  /** Metres. */
  readonly pitch: number;
  /** Points along each side of a pixel whose light is summed. */
  readonly subPixels: number;
  /** Where they are: those of Gauss, with their weights, or in the middles of even parts. */
  readonly points: 'gauss' | 'even';
}

/** Places on a pixel, in pixels from its middle, and their shares of it. */
export function pixelPoints({ subPixels, points }: Region): Quadrature {
  if (points === 'gauss') return gaussLegendre(subPixels, -0.5, 0.5);
  return {
    nodes: Float64Array.from({ length: subPixels }, (_, i) => (i + 0.5) / subPixels - 0.5),
    weights: new Float64Array(subPixels).fill(1 / subPixels),
  };
}

/** Where photons are counted: those that reach the image, or those of an emitter that an open pupil would pass. */
export type Counted = 'image' | 'pupil';

/** Metres per unit of the derivatives: about what the image of a sharp point changes by as a whole. */
export interface PositionUnits {
  readonly lateral: number;
  readonly axial: number;
}

/** λ/2πNA across, and the defocus that turns the edge of the pupil by a radian against its middle along the axis. */
export function positionUnits({ wavelength, refractiveIndex, numericalAperture }: Pupil): PositionUnits {
  const wavenumber = (2 * Math.PI) / wavelength.value;
  const [index, aperture] = [refractiveIndex.value, numericalAperture.value];
  const sag = (aperture * aperture) / (index + Math.sqrt(Math.max(0, index * index - aperture * aperture)));
  return { lateral: 1 / (wavenumber * aperture), axial: 1 / (wavenumber * sag) };
}

/** Rows of the result of `pointResponse`. */
export const RESPONSE = { photons: 0, x: 1, y: 2, z: 3, background: 4 } as const;
export const RESPONSES = 5;

/**
 * Per plane and pixel the share h of the photons, its derivatives by x, y and z in `units`, and 0 for the background:
 * real [planes, 5, pixels²]. With E = Σ P exp(-2πi ρ·x NA/λ) exp(iz(kz - k)), moving the point multiplies the pupil by
 * i 2π NA ρ/λ and i (kz - k), so that ∂h = 2 Re(E* ∂E), without differences. The shares of all pixels of a plane have the sum 1, or
 * that of |P|² Δρ² where photons are counted before the pupil.
 * @param depths of the point before the focal plane, metres
 */
export function pointResponse(
  ops: Ops,
  light: Pupil,
  region: Region,
  depths: readonly number[],
  units: PositionUnits,
  counted: Counted,
): Real {
  const { pixels, subPixels } = region;
  const n = planeShape(light.samples)[0];
  const parts = lengthOf(light, 'mode') * lengthOf(light, 'component');
  const planes = depths.length;
  const axial = axialWavenumber(
    ops,
    light.grid,
    light.wavelength,
    light.refractiveIndex,
    light.numericalAperture,
  );
  const turns = ops.multiply(ops.upload(Float64Array.from(depths), [planes, 1, 1, 1], 'real'), axial);
  const refocused = ops.multiply(ops.phasor(turns), ops.reshape(light.samples, [parts, 1, 1, n, n]));
  const cutoff = divideScalars(light.numericalAperture, light.wavelength);
  const kernel = pixelKernel(ops, light.grid, multiplyScalars(cutoff, region.pitch), region);
  const seen = (samples: Complex) => ops.sandwich(kernel, samples, kernel);
  const field = seen(refocused);
  const moved = seen(ops.multiply(positionFactors(ops, light, axial, cutoff, units), refocused));
  // Points of a pixel are apart in the arrays (see `pixelKernel`), so that they are added in long runs.
  const binned = (map: Real, rows: number) => {
    const summed = ops.sum(
      ops.reshape(map, [parts, planes * rows, subPixels, pixels, subPixels, pixels]),
      [0, 2, 4],
    );
    return ops.reshape(summed, [planes, rows, pixels * pixels]);
  };
  const share = binned(ops.absSquared(field), 1);
  const slopes = ops.scale(binned(ops.realInner(field, moved), 3), 2);
  const placed = ops.add(
    // Rows are padded evenly: those of x, y and z come to stand in the middle of five.
    ops.resize(slopes, RESPONSES, pixels * pixels),
    ops.multiply(rowMap(ops, RESPONSE.photons, 1), share),
  );
  const perRadius = region.pitch / light.grid.radius ** 2;
  const scaled = ops.scaleBy(
    placed,
    mapScalar(
      cutoff,
      (c) => (c * perRadius) ** 2,
      (c) => 2 * c * perRadius ** 2,
    ),
  );
  if (counted === 'pupil') return scaled;
  const all = ops.absSquared(light.samples);
  const power = ops.sum(
    all,
    all.shape.map((_, axis) => axis),
  );
  return ops.scale(ops.divide(scaled, ops.reshape(power, [1])), light.grid.radius ** 2);
}

/** A column of zeros with one number, [5, 1]. */
export function rowMap(ops: Ops, row: number, value: number): Real {
  return ops.constant(`localisation:row:${row}:${value}`, [RESPONSES, 1], 'real', () =>
    Float64Array.from({ length: RESPONSES }, (_, i) => (i === row ? value : 0)),
  );
}

/** What moving the point by a unit along x, y and z multiplies the pupil by: imaginary [3, N, N]. */
function positionFactors(
  ops: Ops,
  { grid }: Pupil,
  axial: Real,
  cutoff: Scalar,
  units: PositionUnits,
): Complex {
  const n = grid.samples;
  const ramps = ops.constant(`localisation:ramps:${n}`, [3, n, n], 'real', () => {
    const rho = pupilCoordinates(grid);
    const out = new Float64Array(3 * n * n);
    for (let y = 0; y < n; y++) {
      out.set(rho, y * n);
      out.fill(rho[y] as number, (n + y) * n, (n + y + 1) * n);
    }
    return out;
  });
  const last = ops.constant('localisation:axial', [3, 1, 1], 'real', () => Float64Array.of(0, 0, 1));
  const lateral = ops.scaleBy(ramps, multiplyScalars(cutoff, 2 * Math.PI * units.lateral));
  // A constant phase changes nothing: half a radian keeps the numbers small.
  const centred = ops.add(
    ops.scale(axial, units.axial),
    ops.constant('localisation:half', [1], 'real', () => Float64Array.of(0.5)),
  );
  const factors = ops.add(lateral, ops.multiply(last, centred));
  return ops.multiply(
    ops.constant('ops:i', [1], 'complex', () => Float64Array.of(0, 1)),
    factors,
  );
}

/**
 * √w exp(-2πi step x ρ) at the points x of the pixels, in pixels, with their weights w, complex [subPixels·pixels, N]:
 * the first points of all pixels, then their second ones. The middle of pixel floor(pixels/2) is the origin.
 */
function pixelKernel(ops: Ops, grid: PupilGrid, step: Scalar, region: Region): Complex {
  const rho = pupilCoordinates(grid);
  const { pixels, subPixels } = region;
  const rows = subPixels * pixels;
  return ops.hostMap(
    [step],
    [rows, grid.samples],
    'complex',
    ([s = 0], [wanted]) => {
      const { nodes, weights } = pixelPoints(region);
      const value = new Float64Array(2 * rows * grid.samples);
      const partial = wanted === true ? new Float64Array(value.length) : undefined;
      let i = 0;
      for (let row = 0; row < rows; row++) {
        const point = Math.floor(row / pixels);
        const x = (row % pixels) - Math.floor(pixels / 2) + (nodes[point] as number);
        const root = Math.sqrt(weights[point] as number);
        for (const each of rho) {
          const perStep = -2 * Math.PI * x * each;
          const [re, im] = [root * Math.cos(perStep * s), root * Math.sin(perStep * s)];
          value[i] = re;
          value[i + 1] = im;
          if (partial !== undefined) {
            partial[i] = -perStep * im;
            partial[i + 1] = perStep * re;
          }
          i += 2;
        }
      }
      return { value, partials: [partial] };
    },
    `localisation:pixels:${pixels}:${subPixels}:${region.points}`,
  );
}
