/** The camera's image of spheres straight from their radial profiles, without a sampled pupil. */
import { gaussLegendre } from '../maths/quadrature.ts';
import { POWERS, quintic, quinticSlope } from '../maths/quintic.ts';
import type { Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { constantScalar } from '../ops/scalar.ts';
import type { Pupil } from '../values.ts';
import { type ApertureShape, areRowsAffordable, besselRows } from './apertureRule.ts';
import { LAYER_SCALARS } from './sphere.ts';
import { type ImagedSpheres, imagedSpheres, type SphereAt } from './sphereLight.ts';
import { CHANNELS, profileShape, type SphereProfiles, sphereProfiles } from './sphereProfile.ts';
import { sphereRings } from './sphereRings.ts';

/** As the pupil route treats directions close to 90°, where the aplanatic factor diverges. */
const LARGEST_SINE = 0.9995;
/** Points along a side of a pixel: more than these are quicker by transforms. */
const MOST_POINTS = 6;
/** Of the irradiance, by averaging over pixels. */
const PIXEL_TOLERANCE = 1e-7;
/** Points at which the field of one sphere is summed in 0.1 s or less; above, the pupil's samples may be quicker. */
const MOST_VISITS = 4e5;
/** What the profile of a sphere takes, in such visits. */
const VISITS_OF_PROFILE = 2e4;
/** The image of a sampled pupil takes about a visit per sample, and one more for so many spheres. */
const SPHERES_PER_VISIT = 20;

interface Sensor {
  readonly rows: number;
  readonly columns: number;
  /** In the object. */
  readonly pitch: Scalar;
  /** Side of the sensitive square as a share of the pitch; 0 for the pixel's centre. */
  readonly aperture: number;
  /** Pixels of the whole camera, where these are some of them. */
  readonly pixelsInAll?: number;
}

/** The spheres of a pupil whose image can be made of profiles; null where it takes the pupil's samples. */
export function spheresByProfile(light: Pupil, sensor: Sensor): ImagedSpheres | null {
  const known = imagedSpheres(light);
  if (known === null || known.spheres.length === 0 || light.unit !== 'relative') return null;
  if (light.numericalAperture.value > LARGEST_SINE * light.refractiveIndex.value) return null;
  if (!isQuick(light.grid.samples, known.spheres.length, sensor)) return null;
  if (pixelPoints(light, sensor) > MOST_POINTS) return null;
  return areRowsAffordable(shapeOf(light, known, sensor)) ? known : null;
}

/**
 * Whether profiles take no longer than a picture that follows a slider may, or than the pupil's samples. Only counts
 * decide, of the whole camera: while a fit learns, looks at some pixels or asks for derivatives, the route stays.
 */
function isQuick(
  samples: number,
  spheres: number,
  { rows, columns, aperture, pixelsInAll }: Sensor,
): boolean {
  const points = (pixelsInAll ?? rows * columns) * (aperture === 0 ? 1 : MOST_POINTS ** 2);
  const visits = spheres * (points + VISITS_OF_PROFILE);
  return visits <= Math.max(MOST_VISITS, samples ** 2 * (1 + spheres / SPHERES_PER_VISIT));
}

/** Points along a side whose rule averages every fringe of the irradiance, of period λ/(2 NA) or more. */
function pixelPoints({ numericalAperture, wavelength }: Pupil, { pitch, aperture }: Sensor): number {
  if (aperture === 0) return 1;
  const turn = ((4 * Math.PI * numericalAperture.value) / wavelength.value) * (aperture * pitch.value) * 0.5;
  // Error of Gauss' rule for the mean of cos(turn · x) over x from -1 to 1 with each point more.
  let error = (turn * turn) / 6;
  let points = 1;
  while (error > PIXEL_TOLERANCE && points <= MOST_POINTS) {
    const n = points++;
    error *= (turn * turn * (n + 1)) / (2 * (2 * n + 1) ** 2 * (2 * n + 3));
  }
  return points;
}

function numbersOf(light: Pupil, { terms }: ImagedSpheres, { sphere, z }: SphereAt): Scalar[] {
  const layers = sphere.layers.flatMap(({ radius, refractiveIndex, extinctionCoefficient }) => [
    radius,
    refractiveIndex,
    extinctionCoefficient,
  ]);
  const { wavelength, refractiveIndex, numericalAperture } = light;
  return [wavelength, refractiveIndex, numericalAperture, ...terms.map((t) => t.coefficient), z, ...layers];
}

/** What serves all spheres: the widest reach, the finest structure. */
function shapeOf(light: Pupil, known: ImagedSpheres, { rows, columns, pitch }: Sensor): ApertureShape {
  const terms = known.terms.map(({ nollIndex }) => nollIndex);
  const shapes = known.spheres.map((each) => {
    const values = numbersOf(light, known, each).map(({ value }) => value);
    const x = (columns / 2 + 1) * pitch.value + Math.abs(each.x.value);
    const y = (rows / 2 + 1) * pitch.value + Math.abs(each.y.value);
    return profileShape({ values, terms }, Math.hypot(x, y));
  });
  const [first] = shapes;
  if (first === undefined) throw new Error('There is no sphere.');
  return {
    ...first,
    reach: Math.max(...shapes.map(({ reach }) => reach)),
    depth: Math.max(...shapes.map(({ depth }) => depth)),
    turns: Math.max(...shapes.map(({ turns }) => turns)),
  };
}

/** Numbers before those of the single spheres, besides the coefficients. */
const SHARED = 6;
/** Numbers of a sphere before those of its layers. */
const PLACE = 4;

/**
 * Irradiance |reference + Σ scattered|² at the pixels, [rows, columns], relative to the reference; derivatives by every
 * scalar in closed form. Profiles are good to 1e-6 of the reference.
 */
export function sphereIrradiance(ops: Ops, light: Pupil, known: ImagedSpheres, sensor: Sensor): Real {
  const { wavelength, refractiveIndex, numericalAperture, polarizationAngle } = light;
  const { spheres, terms, reference } = known;
  const scalars = [
    ...[wavelength, refractiveIndex, numericalAperture, sensor.pitch, polarizationAngle],
    reference?.polarizationAngle ?? constantScalar(0),
    ...terms.map(({ coefficient }) => coefficient),
    ...spheres.flatMap((each) => [
      ...[each.x, each.y, each.z, each.amplitude],
      ...numbersOf(light, known, each).slice(PLACE + terms.length),
    ]),
  ];
  const indices = terms.map(({ nollIndex }) => nollIndex);
  const layers = spheres.map(({ sphere }) => sphere.layers.length);
  const points = sensor.aperture === 0 ? 1 : pixelPoints(light, sensor);
  const shape = shapeOf(light, known, sensor);
  return ops.hostMap(scalars, [sensor.rows, sensor.columns], 'real', (values, wanted) =>
    new SphereImage(values, wanted, { indices, layers, shape, hasReference: reference !== null }).fill(
      sensor,
      points,
    ),
  );
}

interface Setup {
  /** Noll indices of the aberrations. */
  readonly indices: readonly number[];
  /** Of each sphere. */
  readonly layers: readonly number[];
  readonly shape: ApertureShape;
  readonly hasReference: boolean;
}

/** One sphere while the image is filled. */
interface Part {
  readonly x: number;
  readonly y: number;
  readonly amplitude: number;
  readonly profiles: SphereProfiles;
  /** Numbers per interval. */
  readonly stride: number;
  /** Where among the scalars x, y, (z) and the amplitude stand. */
  readonly first: number;
  /** Scalars that change the profile: where they stand, offset of their family, share of ρ d/dρ. */
  readonly slots: Int32Array;
  readonly offsets: Int32Array;
  readonly scalings: Float64Array;
  /** At the present pixel: [I0 re, I0 im, I2 re, I2 im]. */
  readonly field: Float64Array;
  at: number;
  t: number;
  /** Direction from the sphere, and 1/ρ. */
  cosine: number;
  sine: number;
  inverse: number;
  rho: number;
  /** cos and sin of 2φ - ψ. */
  cosTwice: number;
  sinTwice: number;
}

/** Spheres that are alike and equally far from focus have one profile. */
function sharedProfiles(): typeof sphereProfiles {
  const made = new Map<string, SphereProfiles>();
  return (input, rows) => {
    const key = `${input.values.join()}:${input.wanted.join()}`;
    const profiles = made.get(key) ?? sphereProfiles(input, rows);
    made.set(key, profiles);
    return profiles;
  };
}

class SphereImage {
  private readonly values: readonly number[];
  private readonly wanted: readonly boolean[];
  private readonly parts: readonly Part[];
  private readonly angle: number;
  private readonly hasReference: boolean;
  /** Whether it is the image of one sphere whose light has the polarisation of the reference. */
  private readonly isRound: boolean;
  private readonly reference: readonly [number, number];
  private readonly sums: Float64Array;
  /** Derivatives of the irradiance at the present point by Re and Im of Ex and Ey; no array is made per pixel. */
  private readonly slopes = new Float64Array(4);
  private readonly cosPsi: number;
  private readonly sinPsi: number;
  private readonly isDifferentiated: boolean;
  /** Whether places in the image or the scale of profiles are among what derivatives are asked for. */
  private readonly moves: boolean;

  constructor(values: readonly number[], wanted: readonly boolean[], setup: Setup) {
    this.values = values;
    this.wanted = wanted;
    this.sums = new Float64Array(values.length);
    this.isDifferentiated = wanted.includes(true);
    const [psi = 0, angle = 0] = values.slice(4);
    this.cosPsi = Math.cos(psi);
    this.sinPsi = Math.sin(psi);
    this.angle = psi;
    this.hasReference = setup.hasReference;
    const isParallel = wanted[4] !== true && wanted[5] !== true && (!setup.hasReference || psi === angle);
    this.isRound = isParallel && setup.layers.length === 1;
    this.reference = setup.hasReference ? [Math.cos(angle), Math.sin(angle)] : [0, 0];
    const rows = besselRows(setup.shape);
    const profilesOf = sharedProfiles();
    let first = SHARED + setup.indices.length;
    this.parts = setup.layers.map((layers) => {
      const from = first;
      first += PLACE + LAYER_SCALARS * layers;
      const own = Array.from({ length: LAYER_SCALARS * layers }, (_, i) => from + PLACE + i);
      const coefficients = setup.indices.map((_, i) => SHARED + i);
      const places = [0, 1, 2, ...coefficients, from + 2, ...own];
      const input = {
        values: places.map((place) => values[place] ?? 0),
        wanted: places.map((place) => wanted[place] ?? false),
        terms: setup.indices,
      };
      const profiles = profilesOf(input, rows);
      const active = places.flatMap((slot, i) => ((wanted[slot] ?? false) ? [{ slot, i }] : []));
      return {
        x: values[from] ?? 0,
        y: values[from + 1] ?? 0,
        amplitude: values[from + 3] ?? 0,
        profiles,
        stride: profiles.families * CHANNELS * POWERS,
        first: from,
        slots: Int32Array.from(active, ({ slot }) => slot),
        offsets: Int32Array.from(active, ({ i }) => (profiles.familyOf[i] ?? 0) * CHANNELS * POWERS),
        scalings: Float64Array.from(active, ({ i }) => profiles.scaling[i] ?? 0),
        field: new Float64Array(CHANNELS),
        ...{ at: 0, t: 0, cosine: 1, sine: 0, inverse: 0, rho: 0, cosTwice: 1, sinTwice: 0 },
      };
    });
    this.moves =
      wanted[3] === true ||
      this.parts.some(
        ({ first: from, scalings }) =>
          wanted[from] === true || wanted[from + 1] === true || scalings.some((share) => share !== 0),
      );
  }

  fill(sensor: Sensor, points: number) {
    const [part] = this.parts;
    return this.isRound && part !== undefined ? this.rings(part, sensor, points) : this.sum(sensor, points);
  }

  /** The quicker way where there is one sphere only. */
  private rings(part: Part, { rows, columns, aperture }: Sensor, points: number) {
    const { wanted, values, angle, hasReference } = this;
    const partials = wanted.map((want) => (want ? new Float64Array(rows * columns) : undefined));
    const outOf = (slot: number) => partials[slot] ?? null;
    const { profiles, x, y, amplitude, first, slots, offsets, scalings } = part;
    const numbers = Array.from(slots).flatMap((slot, n) => {
      const out = partials[slot];
      const family = (offsets[n] as number) / (CHANNELS * POWERS);
      return out === undefined ? [] : [{ family, scaling: scalings[n] as number, out }];
    });
    const value = sphereRings(
      { profiles, x, y, amplitude, hasReference, angle },
      { rows, columns, pitch: values[3] ?? 1, ...pointsOf(aperture, points) },
      {
        ...{ x: outOf(first), y: outOf(first + 1), pitch: outOf(3), amplitude: outOf(first + 3) },
        numbers,
      },
    );
    return { value, partials };
  }

  private sum({ rows, columns, aperture }: Sensor, points: number) {
    const { wanted, sums, values } = this;
    const pitch = values[3] ?? 1;
    const value = new Float64Array(rows * columns);
    const slots = wanted.flatMap((want, slot) => (want ? [slot] : []));
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    const { nodes, weights } = pointsOf(aperture, points);
    const [middleX, middleY] = [Math.floor(columns / 2), Math.floor(rows / 2)];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let py = 0; py < points; py++) {
          const i = row - middleY + (nodes[py] as number);
          for (let px = 0; px < points; px++) {
            const j = column - middleX + (nodes[px] as number);
            sum += this.irradianceAt(j, i, pitch, (weights[px] as number) * (weights[py] as number));
          }
        }
        const at = row * columns + column;
        value[at] = sum;
        for (const slot of slots) {
          const partial = partials[slot];
          if (partial !== undefined) partial[at] = sums[slot] as number;
          sums[slot] = 0;
        }
      }
    }
    return { value, partials };
  }

  /** Irradiance at a point in pixels from the origin, times a weight; adds as much of its derivatives to `sums`. */
  private irradianceAt(j: number, i: number, pitch: number, weight: number): number {
    const { parts, wanted, sums, slopes, cosPsi, sinPsi } = this;
    let xRe = this.reference[0];
    let yRe = this.reference[1];
    let xIm = 0;
    let yIm = 0;
    for (let p = 0; p < parts.length; p++) {
      const part = parts[p] as Part;
      locate(part, j * pitch - part.x, i * pitch - part.y, cosPsi, sinPsi);
      const { field, amplitude, cosTwice, sinTwice } = part;
      const r0 = field[0] as number;
      const i0 = field[1] as number;
      const r2 = field[2] as number;
      const i2 = field[3] as number;
      xRe += amplitude * (r0 * cosPsi + r2 * cosTwice);
      xIm += amplitude * (i0 * cosPsi + i2 * cosTwice);
      yRe += amplitude * (r0 * sinPsi + r2 * sinTwice);
      yIm += amplitude * (i0 * sinPsi + i2 * sinTwice);
    }
    if (this.isDifferentiated) {
      slopes[0] = 2 * weight * xRe;
      slopes[1] = 2 * weight * xIm;
      slopes[2] = 2 * weight * yRe;
      slopes[3] = 2 * weight * yIm;
      if (wanted[5] === true) {
        sums[5] = (sums[5] as number) + 2 * weight * (yRe * this.reference[0] - xRe * this.reference[1]);
      }
      for (let p = 0; p < parts.length; p++) this.differentiate(parts[p] as Part, j, i);
    }
    return weight * (xRe * xRe + xIm * xIm + yRe * yRe + yIm * yIm);
  }

  private differentiate(part: Part, j: number, i: number): void {
    const { wanted, sums, slopes, cosPsi, sinPsi } = this;
    const { field, amplitude, cosTwice, sinTwice, first, profiles, at, t } = part;
    const { quintics, step } = profiles;
    const gxr = slopes[0] as number;
    const gxi = slopes[1] as number;
    const gyr = slopes[2] as number;
    const gyi = slopes[3] as number;
    const r0 = field[0] as number;
    const i0 = field[1] as number;
    const r2 = field[2] as number;
    const i2 = field[3] as number;
    // By I0 and I2.
    const d0r = gxr * cosPsi + gyr * sinPsi;
    const d0i = gxi * cosPsi + gyi * sinPsi;
    const d2r = gxr * cosTwice + gyr * sinTwice;
    const d2i = gxi * cosTwice + gyi * sinTwice;
    // By the azimuth at fixed profiles, of 2φ.
    const turned = (gyr * cosTwice - gxr * sinTwice) * r2 + (gyi * cosTwice - gxi * sinTwice) * i2;
    if (wanted[first + 3] === true) {
      sums[first + 3] = (sums[first + 3] as number) + d0r * r0 + d0i * i0 + d2r * r2 + d2i * i2;
    }
    if (wanted[4] === true) {
      const ofFirst = (gyr * cosPsi - gxr * sinPsi) * r0 + (gyi * cosPsi - gxi * sinPsi) * i0;
      sums[4] = (sums[4] as number) + amplitude * (ofFirst - turned);
    }
    let byRho = 0;
    if (this.moves) {
      byRho =
        (amplitude / step) *
        (d0r * quinticSlope(quintics, at, t) +
          d0i * quinticSlope(quintics, at + POWERS, t) +
          d2r * quinticSlope(quintics, at + 2 * POWERS, t) +
          d2i * quinticSlope(quintics, at + 3 * POWERS, t));
      const across = 2 * amplitude * turned * part.inverse;
      const byX = byRho * part.cosine - across * part.sine;
      const byY = byRho * part.sine + across * part.cosine;
      sums[first] = (sums[first] as number) - byX;
      sums[first + 1] = (sums[first + 1] as number) - byY;
      sums[3] = (sums[3] as number) + byX * j + byY * i;
    }
    const { slots, offsets, scalings } = part;
    for (let n = 0; n < slots.length; n++) {
      const from = at + (offsets[n] as number);
      const slot = slots[n] as number;
      sums[slot] =
        (sums[slot] as number) +
        (scalings[n] as number) * part.rho * byRho +
        amplitude *
          (d0r * quintic(quintics, from, t) +
            d0i * quintic(quintics, from + POWERS, t) +
            d2r * quintic(quintics, from + 2 * POWERS, t) +
            d2i * quintic(quintics, from + 3 * POWERS, t));
    }
  }
}

/** Where along its side a pixel is looked at, in pixels, and the share of each place. */
function pointsOf(aperture: number, points: number) {
  const { nodes, weights } = gaussLegendre(points, -aperture / 2, aperture / 2);
  return { nodes, weights: points === 1 ? [1] : Array.from(weights, (weight) => weight / aperture) };
}

/** Moves a sphere's sight to a place relative to it, metres. */
function locate(part: Part, x: number, y: number, cosPsi: number, sinPsi: number): void {
  const { profiles, field } = part;
  const { quintics } = profiles;
  const rho = Math.sqrt(x * x + y * y);
  const place = rho / profiles.step;
  const interval = Math.min(Math.floor(place), profiles.intervals - 1);
  const t = place - interval;
  const at = interval * part.stride;
  // I2 falls as ρ² towards the axis, where it has no direction.
  const inverse = rho > 1e-15 ? 1 / rho : 0;
  const cosine = inverse > 0 ? x * inverse : 1;
  const sine = y * inverse;
  const cosDouble = cosine * cosine - sine * sine;
  const sinDouble = 2 * sine * cosine;
  part.rho = rho;
  part.at = at;
  part.t = t;
  part.inverse = inverse;
  part.cosine = cosine;
  part.sine = sine;
  part.cosTwice = cosDouble * cosPsi + sinDouble * sinPsi;
  part.sinTwice = sinDouble * cosPsi - cosDouble * sinPsi;
  field[0] = quintic(quintics, at, t);
  field[1] = quintic(quintics, at + POWERS, t);
  field[2] = quintic(quintics, at + 2 * POWERS, t);
  field[3] = quintic(quintics, at + 3 * POWERS, t);
}
