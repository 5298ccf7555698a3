/** What spheres scatter from plane waves of any directions, as seen in an objective's pupil before or behind them. */

import { phasorScalar } from '../jones.ts';
import { type HermiteTable, interpolateHermite, interpolateHermiteSlope } from '../maths/hermite.ts';
import {
  type MieCoefficients,
  type MieSeries,
  mieCoefficients,
  mieOrder,
} from '../maths/mie/coefficients.ts';
import { TRANSVERSE_CHANNELS, transverseTable } from '../maths/mie/transverse.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import {
  addScalars,
  constantScalar,
  divideScalars,
  multiplyScalars,
  parameterScalar,
  type Scalar,
  subtractScalars,
} from '../ops/scalar.ts';
import { axialGain, isOneAxial } from '../planeWaves.ts';
import { fromComplexScalars } from '../polarisation.ts';
import { positionPhasor } from '../pupil/pupilGrid.ts';
import type { Light, PlaneWave, PupilGrid } from '../values.ts';
import { miePupilAmplitude } from './miePupil.ts';
import { LAYER_SCALARS, type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';

/** Directions closer than this to 90° are treated as this: the aplanatic factor diverges there. */
const LARGEST_SINE = 0.9995;
/** A few orders beyond Wiscombe's keep the truncation far below float32 while the radius moves in a fit. */
const EXTRA_ORDERS = 3;
/** Of the amplitudes nearby: far below float32. */
const TABLE_TOLERANCE = 1e-8;
/** Smallest u = sin(Θ/2) at which a slope is divided by u. */
const LEAST_POSITION = 1e-9;

/** On which side of the sphere the objective is: where the light goes, or where it comes from. */
export type Side = 'forward' | 'backward';

/** A place from the axis, and its distance before the focal plane, metres. */
interface Place {
  readonly x: Scalar;
  readonly y: Scalar;
  readonly z: Scalar;
}

export interface Scattering {
  readonly sphere: ScatteringSphere;
  /** Of the spheres that are like this one. */
  readonly places: readonly Place[];
  readonly waves: readonly PlaneWave[];
  readonly side: Side;
}

/**
 * Pupil amplitudes of what spheres of one kind scatter from plane waves that have no phase at the origin of the focal
 * plane: [2, N, N] (x and y components) of one wave, [waves, 2, N, N] of several, which do not interfere. Relative to
 * the waves' own amplitude at the image; see `scatteredPupilAmplitude`. Sums over spheres are the light of all, as long
 * as none scatters the light of another. A single wave along the axis takes the quicker axial route.
 */
export function scatteredPupil(
  ops: Ops,
  grid: PupilGrid,
  numericalAperture: Scalar,
  { sphere, places, waves, side }: Scattering,
): Complex {
  const light = { wavelength: sphere.wavelength, refractiveIndex: sphere.mediumIndex };
  const ramp = (place: Place) => positionPhasor(ops, grid, light, numericalAperture, place);
  if (side === 'forward' && isOneAxial(waves)) {
    return ops.multiply(
      sumOf(ops, places.map(ramp)),
      miePupilAmplitude(ops, grid, sphere, numericalAperture),
    );
  }
  const ramps = places.map((place) => {
    const { x, y, z } = place;
    const arrivals = waves.map((wave) => arrivalPhase(light, place, wave, side));
    const arrived = fromComplexScalars(ops, arrivals.map(phasorScalar), [waves.length, 1, 1, 1]);
    // Backwards light loses phase on its way to the focal plane where forward light gains it.
    return ops.multiply(arrived, ramp(side === 'forward' ? place : { x, y, z: multiplyScalars(z, -1) }));
  });
  const amplitude = polarisedAmplitude(ops, grid, numericalAperture, { sphere, waves, side });
  const made = ops.multiply(sumOf(ops, ramps), amplitude);
  return waves.length === 1 ? ops.reshape(made, [2, grid.samples, grid.samples]) : made;
}

/** Light behind polarising elements is the sum of what its Ex and its Ey make. */
function polarisedAmplitude(
  ops: Ops,
  grid: PupilGrid,
  numericalAperture: Scalar,
  { sphere, waves, side }: Omit<Scattering, 'places'>,
): Complex {
  const vectors = waves.flatMap(({ jones }) => (jones === undefined ? [] : [jones]));
  if (vectors.length < waves.length) {
    return scatteredPupilAmplitude(ops, grid, sphere, numericalAperture, waves, side);
  }
  const [ofX, ofY] = [0, 1].map((part) => {
    const along = { ...sphere, polarizationAngle: constantScalar((part * Math.PI) / 2) };
    const numbers = vectors.map((vector) => vector[part as 0 | 1]);
    return ops.multiply(
      fromComplexScalars(ops, numbers, [waves.length, 1, 1, 1]),
      scatteredPupilAmplitude(ops, grid, along, numericalAperture, waves, side),
    );
  }) as [Complex, Complex];
  return ops.add(ofX, ofY);
}

/** Phase of a wave where it meets a sphere, and of all that comes back from there; with the ramp: k (i - s)·r. */
function arrivalPhase(
  light: Pick<Light, 'wavelength' | 'refractiveIndex'>,
  { x, y, z }: Place,
  wave: PlaneWave,
  side: Side,
): Scalar {
  const across = addScalars(multiplyScalars(wave.x, x), multiplyScalars(wave.y, y));
  const lateral = divideScalars(multiplyScalars(across, 2 * Math.PI), light.wavelength);
  const gain = axialGain(light, wave);
  const twice = divideScalars(multiplyScalars(light.refractiveIndex, 4 * Math.PI), light.wavelength);
  const perMetre = side === 'forward' ? gain : addScalars(gain, twice);
  const own = wave.phase === undefined ? lateral : addScalars(lateral, wave.phase);
  return subtractScalars(own, multiplyScalars(perMetre, z));
}

function sumOf(ops: Ops, [first, ...others]: readonly Complex[]): Complex {
  if (first === undefined) throw new Error('There is a sphere at one place at least.');
  return others.reduce((sum, each) => ops.add(sum, each), first);
}

/**
 * Pupil amplitudes [waves, 2, N, N] (x and y components) of what a sphere at the origin scatters from plane waves,
 * collected by an aplanatic objective: P = -(NA λ / 2π n²) L F / sqrt(cos θ cos θi), with F as in `transverseTable` and
 * L the rotation that makes a ray parallel to the axis. Waves have their amplitude across a plane z = constant, as a
 * camera behind an aplanatic objective sees it, which is sqrt(cos θi) of the field itself; they are polarised as an
 * aplanatic condenser turns the light's polarisation. Derivatives by every scalar are exact.
 */
function scatteredPupilAmplitude(
  ops: Ops,
  grid: PupilGrid,
  sphere: ScatteringSphere,
  numericalAperture: Scalar,
  waves: readonly PlaneWave[],
  side: Side,
): Complex {
  const { samples: n } = grid;
  const scalars = [
    ...sphereScalars(sphere),
    sphere.polarizationAngle,
    numericalAperture,
    ...waves.flatMap(({ x, y }) => [x, y]),
  ];
  // One derivative for each learnable: waves are many, and what they depend on is little.
  const slots = [...new Set(scalars.flatMap(({ partials }) => [...partials.keys()]))].sort((a, b) => a - b);
  const count = scalars.length;
  const amplitudes = waves.map(({ amplitude }) => amplitude);
  return ops.hostMap(
    [...scalars.map(({ value }) => constantScalar(value)), ...slots.map((slot) => parameterScalar(0, slot))],
    [waves.length, 2, n, n],
    'complex',
    (values, wanted) => {
      const asked = slots.filter((_, i) => wanted[count + i]);
      const tangents = asked.map((slot) =>
        Float64Array.from(scalars, ({ partials }) => partials.get(slot) ?? 0),
      );
      const made = new ScatteredPupil(values.slice(0, count), tangents, amplitudes, grid, side).fill();
      let next = 0;
      return {
        value: made.value,
        partials: wanted.map((want) => (want ? made.partials[next++] : undefined)),
      };
    },
    `scatteredPupil:${side}:${grid.radius}:${amplitudes.join(',')}`,
  );
}

/** A direction with the polarisation that belongs to it, and their derivatives. */
interface Incident {
  readonly direction: Float64Array;
  readonly polarisation: Float64Array;
  readonly directionSlopes: readonly Float64Array[];
  readonly polarisationSlopes: readonly Float64Array[];
}

/** A sphere's place among the numbers of `scatteredPupilAmplitude`: medium first, waves last. */
class ScatteredPupil {
  private readonly values: readonly number[];
  private readonly tangents: readonly Float64Array[];
  private readonly amplitudes: readonly number[];
  private readonly grid: PupilGrid;
  /** 1 forward, -1 backward. */
  private readonly sign: number;
  private readonly angleAt: number;
  private readonly index: number;
  private readonly aperture: number;
  private readonly table: HermiteTable;
  private readonly channels: Float64Array;
  private readonly slopes: Float64Array;
  private readonly incidents: readonly Incident[];

  constructor(
    values: readonly number[],
    tangents: readonly Float64Array[],
    amplitudes: readonly number[],
    grid: PupilGrid,
    side: Side,
  ) {
    this.values = values;
    this.tangents = tangents;
    this.amplitudes = amplitudes;
    this.grid = grid;
    this.sign = side === 'forward' ? 1 : -1;
    this.angleAt = values.length - 2 * amplitudes.length - 2;
    this.index = values[1] ?? 1;
    this.aperture = values[this.angleAt + 1] ?? 1;
    this.incidents = amplitudes.map((_, wave) => this.incident(wave));
    const layers = sphereLayers(values.slice(0, this.angleAt));
    const size = layers.at(-1)?.sizeParameter ?? 1;
    const coefficients = mieCoefficients(layers, mieOrder(size) + EXTRA_ORDERS);
    const series = [
      coefficients,
      ...tangents.map((tangent) => this.seriesSlope(coefficients, layers, tangent)),
    ];
    const [from, to] = this.range();
    this.table = transverseTable(series, from, to, TABLE_TOLERANCE);
    this.channels = new Float64Array(this.table.channels);
    this.slopes = new Float64Array(this.table.channels);
  }

  /** How the coefficients change with one learnable. */
  private seriesSlope(
    { a, bySize, byIndex }: MieCoefficients,
    layers: ReturnType<typeof sphereLayers>,
    tangent: Float64Array,
  ): MieSeries {
    const [lambda = 1, index = 1] = this.values;
    const [byLambda = 0, byMedium = 0] = tangent;
    const slope = { a: new Float64Array(a.length), b: new Float64Array(a.length) };
    layers.forEach(({ sizeParameter, mRe, mIm }, layer) => {
      const at = 2 + LAYER_SCALARS * layer;
      const [radius = 0, re = 0, im = 0] = tangent.slice(at, at + LAYER_SCALARS);
      const relative = byMedium / index;
      const size = sizeParameter * (relative - byLambda / lambda) + ((2 * Math.PI * index) / lambda) * radius;
      addSeries(slope, bySize[layer], size, 0);
      addSeries(slope, byIndex[layer], re / index - mRe * relative, im / index - mIm * relative);
    });
    return slope;
  }

  /** Range of u = sin(Θ/2) between all waves and all rays that the pupil collects. */
  private range(): readonly [number, number] {
    const ray = Math.asin(
      Math.min(LARGEST_SINE, (this.aperture / this.index) * (1 + 1.5 / this.grid.radius)),
    );
    const wave = Math.max(...this.incidents.map(({ direction: [, , z = 1] }) => Math.acos(z)));
    const widest = Math.sin(Math.min(Math.PI, ray + wave) / 2);
    const narrowest = Math.cos(Math.min(Math.PI, ray + wave) / 2);
    // Rounding must not leave the table.
    return this.sign > 0 ? [0, Math.min(1, widest + 1e-9)] : [Math.max(0, narrowest - 1e-9), 1];
  }

  private incident(wave: number): Incident {
    const { values, index } = this;
    const at = this.angleAt + 2 + 2 * wave;
    const angle = values[this.angleAt] ?? 0;
    const [sx, sy] = [(values[at] ?? 0) / index, (values[at + 1] ?? 0) / index];
    const sz = Math.sqrt(1 - sx * sx - sy * sy);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    // e - (e·s)(s + z)/(1 + sz): the axial polarisation turned with the wave.
    const along = c * sx + s * sy;
    const share = along / (1 + sz);
    const polarisation = Float64Array.of(c - share * sx, s - share * sy, -along);
    const slopes = this.tangents.map((tangent) => {
      const byIndex = (tangent[1] ?? 0) / index;
      const dx = (tangent[at] ?? 0) / index - sx * byIndex;
      const dy = (tangent[at + 1] ?? 0) / index - sy * byIndex;
      const dz = -(sx * dx + sy * dy) / sz;
      const turn = tangent[this.angleAt] ?? 0;
      const dAlong = c * dx + s * dy + turn * (c * sy - s * sx);
      const dShare = (dAlong - share * dz) / (1 + sz);
      return {
        direction: Float64Array.of(dx, dy, dz),
        polarisation: Float64Array.of(
          -s * turn - dShare * sx - share * dx,
          c * turn - dShare * sy - share * dy,
          -dAlong,
        ),
      };
    });
    return {
      direction: Float64Array.of(sx, sy, sz),
      polarisation,
      directionSlopes: slopes.map(({ direction }) => direction),
      polarisationSlopes: slopes.map((slope) => slope.polarisation),
    };
  }

  fill() {
    const { samples: n, radius } = this.grid;
    const size = 4 * n * n;
    const value = new Float64Array(this.amplitudes.length * size);
    const partials = this.tangents.map(() => new Float64Array(value.length));
    const centre = Math.floor(n / 2);
    const limit = (radius + 1.5) ** 2;
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const dx = column - centre;
        const dy = row - centre;
        if (dx * dx + dy * dy > limit) continue;
        const at = 2 * (row * n + column);
        for (let wave = 0; wave < this.amplitudes.length; wave++) {
          this.sample(dx / radius, dy / radius, wave, wave * size + at, value, partials);
        }
      }
    }
    return { value, partials };
  }

  /** One wave at one place of the pupil, into both components. */
  private sample(
    px: number,
    py: number,
    wave: number,
    at: number,
    value: Float64Array,
    partials: readonly Float64Array[],
  ): void {
    const incident = this.incidents[wave] as Incident;
    // By index: taking typed arrays apart would cost more than all the rest.
    const { direction, polarisation } = incident;
    const ix = direction[0] as number;
    const iy = direction[1] as number;
    const iz = direction[2] as number;
    const ex = polarisation[0] as number;
    const ey = polarisation[1] as number;
    const ez = polarisation[2] as number;
    const { sign, index, aperture } = this;
    // Pupil point ρ holds the light that left towards -ρ.
    const full = (Math.sqrt(px * px + py * py) * aperture) / index;
    const isInside = full < LARGEST_SINE;
    const perPlace = (isInside ? 1 : LARGEST_SINE / full) * (aperture / index);
    const sx = -px * perPlace;
    const sy = -py * perPlace;
    const cosine = Math.sqrt(1 - sx * sx - sy * sy);
    const sz = sign * cosine;
    const c = ix * sx + iy * sy + iz * sz;
    const h = ex * sx + ey * sy + ez * sz;
    const u = 0.5 * Math.sqrt((sx - ix) ** 2 + (sy - iy) ** 2 + (sz - iz) ** 2);
    interpolateHermite(this.table, u, this.channels, 0);
    const { channels } = this;
    const pRe = channels[0] as number;
    const pIm = channels[1] as number;
    const mRe = channels[2] as number;
    const mIm = channels[3] as number;
    // What P and M multiply, before and after the objective makes the ray parallel to the axis.
    const vz = (1 + c) * ez - h * (iz + sz);
    const wz = (1 - c) * ez - h * (sz - iz);
    const tilt = sign / (1 + cosine);
    const vx = (1 + c) * ex - h * (ix + sx) - tilt * vz * sx;
    const vy = (1 + c) * ey - h * (iy + sy) - tilt * vz * sy;
    const wx = (1 - c) * ex - h * (sx - ix) - tilt * wz * sx;
    const wy = (1 - c) * ey - h * (sy - iy) - tilt * wz * sy;
    const lambda = this.values[0] as number;
    const scale =
      (-(this.amplitudes[wave] as number) * aperture * lambda) /
      (2 * Math.PI * index * index * Math.sqrt(cosine * iz));
    const other = at + 2 * this.grid.samples * this.grid.samples;
    value[at] = scale * (pRe * vx + mRe * wx);
    value[at + 1] = scale * (pIm * vx + mIm * wx);
    value[other] = scale * (pRe * vy + mRe * wy);
    value[other + 1] = scale * (pIm * vy + mIm * wy);
    if (partials.length === 0) return;
    interpolateHermiteSlope(this.table, u, this.slopes, 0);
    const pReU = this.slopes[0] as number;
    const pImU = this.slopes[1] as number;
    const mReU = this.slopes[2] as number;
    const mImU = this.slopes[3] as number;
    for (let k = 0; k < partials.length; k++) {
      const tangent = this.tangents[k] as Float64Array;
      const out = partials[k] as Float64Array;
      const turns = incident.directionSlopes[k] as Float64Array;
      const dix = turns[0] as number;
      const diy = turns[1] as number;
      const diz = turns[2] as number;
      const polarises = incident.polarisationSlopes[k] as Float64Array;
      const dex = polarises[0] as number;
      const dey = polarises[1] as number;
      const dez = polarises[2] as number;
      const byAperture = (tangent[this.angleAt + 1] ?? 0) / aperture;
      const byIndex = (tangent[1] ?? 0) / index;
      const grows = isInside ? byAperture - byIndex : 0;
      const dsx = sx * grows;
      const dsy = sy * grows;
      const dCosine = -(sx * dsx + sy * dsy) / cosine;
      const dsz = sign * dCosine;
      const dc = dix * sx + diy * sy + diz * sz + ix * dsx + iy * dsy + iz * dsz;
      const dh = dex * sx + dey * sy + dez * sz + ex * dsx + ey * dsy + ez * dsz;
      // cos Θ = 1 - 2u²; the slopes of P and M vanish with u.
      const du = -dc / (4 * Math.max(u, LEAST_POSITION));
      const own = TRANSVERSE_CHANNELS * (k + 1);
      const dpRe = (channels[own] as number) + pReU * du;
      const dpIm = (channels[own + 1] as number) + pImU * du;
      const dmRe = (channels[own + 2] as number) + mReU * du;
      const dmIm = (channels[own + 3] as number) + mImU * du;
      const dvz = dc * ez + (1 + c) * dez - dh * (iz + sz) - h * (diz + dsz);
      const dwz = -dc * ez + (1 - c) * dez - dh * (sz - iz) - h * (dsz - diz);
      const dTilt = -tilt * (dCosine / (1 + cosine));
      const dvx =
        dc * ex +
        (1 + c) * dex -
        dh * (ix + sx) -
        h * (dix + dsx) -
        (dTilt * vz * sx + tilt * (dvz * sx + vz * dsx));
      const dvy =
        dc * ey +
        (1 + c) * dey -
        dh * (iy + sy) -
        h * (diy + dsy) -
        (dTilt * vz * sy + tilt * (dvz * sy + vz * dsy));
      const dwx =
        -dc * ex +
        (1 - c) * dex -
        dh * (sx - ix) -
        h * (dsx - dix) -
        (dTilt * wz * sx + tilt * (dwz * sx + wz * dsx));
      const dwy =
        -dc * ey +
        (1 - c) * dey -
        dh * (sy - iy) -
        h * (dsy - diy) -
        (dTilt * wz * sy + tilt * (dwz * sy + wz * dsy));
      const logScale =
        byAperture + (tangent[0] ?? 0) / lambda - 2 * byIndex - 0.5 * (dCosine / cosine + diz / iz);
      out[at] = scale * (dpRe * vx + dmRe * wx + pRe * dvx + mRe * dwx + logScale * (pRe * vx + mRe * wx));
      out[at + 1] =
        scale * (dpIm * vx + dmIm * wx + pIm * dvx + mIm * dwx + logScale * (pIm * vx + mIm * wx));
      out[other] = scale * (dpRe * vy + dmRe * wy + pRe * dvy + mRe * dwy + logScale * (pRe * vy + mRe * wy));
      out[other + 1] =
        scale * (dpIm * vy + dmIm * wy + pIm * dvy + mIm * dwy + logScale * (pIm * vy + mIm * wy));
    }
  }
}

/** sum += (re + i im) series. */
function addSeries(
  sum: { readonly a: Float64Array; readonly b: Float64Array },
  series: MieSeries | undefined,
  re: number,
  im: number,
): void {
  if (series === undefined) throw new Error('There is a series for every layer.');
  if (re === 0 && im === 0) return;
  for (const which of ['a', 'b'] as const) {
    const [to, from] = [sum[which], series[which]];
    for (let i = 0; i < to.length; i += 2) {
      const [x, y] = [from[i] as number, from[i + 1] as number];
      to[i] = (to[i] as number) + re * x - im * y;
      to[i + 1] = (to[i + 1] as number) + re * y + im * x;
    }
  }
}
