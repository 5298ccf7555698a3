/**
 * The irradiance of one sphere's image by two radial profiles: where the reference is polarised like the light that was
 * scattered, |e + α (I0 e + I2 e')|² with e · e' = cos(2φ - 2ψ) is A(ρ) + B(ρ) cos(2φ - 2ψ),
 *   A = h² + 2hα Re I0 + α² (|I0|² + |I2|²),  B = 2hα Re I2 + 2α² Re(I0* I2),
 * h = 1 with a reference, else 0. Two numbers to look up instead of four, and two for each derivative.
 */
import { POWERS, quintic, quinticSlope, writeQuintic } from '../maths/quintic.ts';
import { CHANNELS, type SphereProfiles } from './sphereProfile.ts';

/** Products of waves have twice their fringes: profiles of the irradiance have twice their radii. */
const FINER = 2;
/** A and B. */
const RINGS = 2;
/** Value, slope and bend. */
const JET = 3;

interface RingSphere {
  readonly profiles: SphereProfiles;
  /** Metres. */
  readonly x: number;
  readonly y: number;
  readonly amplitude: number;
  readonly hasReference: boolean;
  /** Of the polarisation ψ, radians. */
  readonly angle: number;
}

/** Sensor points in units of the pitch. */
interface RingSensor {
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
  /** Of the points in a pixel along either side. */
  readonly nodes: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** Arrays to be filled with derivatives; null or left out where they are not asked for. */
interface RingDerivatives {
  readonly x: Float64Array | null;
  readonly y: Float64Array | null;
  readonly pitch: Float64Array | null;
  readonly amplitude: Float64Array | null;
  /** By numbers of the profile. */
  readonly numbers: readonly {
    readonly family: number;
    readonly scaling: number;
    readonly out: Float64Array;
  }[];
}

/** Quintics of A and B and of their derivatives, [intervals, families, RINGS, POWERS]. */
interface RingProfiles {
  readonly step: number;
  readonly intervals: number;
  readonly families: number;
  readonly quintics: Float64Array;
}

/** Irradiance at the pixels, [rows, columns]. */
export function sphereRings(
  sphere: RingSphere,
  { rows, columns, pitch, nodes, weights }: RingSensor,
  derivatives: RingDerivatives,
): Float64Array {
  const { quintics, step, intervals, families } = ringProfiles(sphere, derivatives.amplitude !== null);
  const value = new Float64Array(rows * columns);
  const { x: outX, y: outY, pitch: outPitch, amplitude: outAmplitude } = derivatives;
  const numbers = [
    ...derivatives.numbers,
    ...(outAmplitude === null ? [] : [{ family: families - 1, scaling: 0, out: outAmplitude }]),
  ];
  const isScaled = numbers.some(({ scaling }) => scaling !== 0);
  const isMoved = outX !== null || outY !== null || outPitch !== null || isScaled;
  const outs = numbers.map(({ out }) => out);
  const offsets = Int32Array.from(numbers, ({ family }) => family * RINGS * POWERS);
  const scalings = Float64Array.from(numbers, ({ scaling }) => scaling);
  const stride = families * RINGS * POWERS;
  const [cosTwice, sinTwice] = [Math.cos(2 * sphere.angle), Math.sin(2 * sphere.angle)];
  const [middleX, middleY] = [Math.floor(columns / 2), Math.floor(rows / 2)];
  const points = nodes.length;
  const perStep = 1 / step;
  // One loop of plain arithmetic: it runs for each of the pixels in each step of a fit.
  for (let line = 0; line < rows * points; line++) {
    const row = Math.floor(line / points);
    const py = line - row * points;
    const i = row - middleY + (nodes[py] as number);
    const y = i * pitch - sphere.y;
    for (let place = 0; place < columns * points; place++) {
      const column = points === 1 ? place : Math.floor(place / points);
      const px = place - column * points;
      const k = row * columns + column;
      const j = column - middleX + (nodes[px] as number);
      const weight = (weights[px] as number) * (weights[py] as number);
      const x = j * pitch - sphere.x;
      const square = x * x + y * y;
      const rho = Math.sqrt(square);
      const interval = Math.min(Math.floor(rho * perStep), intervals - 1);
      const t = rho * perStep - interval;
      const at = interval * stride;
      // B falls as ρ² towards the axis, where it has no direction.
      const inverse = square > 1e-30 ? 1 / square : 0;
      const c2 = inverse > 0 ? (x * x - y * y) * inverse : 1;
      const s2 = 2 * x * y * inverse;
      const cosine = c2 * cosTwice + s2 * sinTwice;
      const b = quintic(quintics, at + POWERS, t);
      value[k] = (value[k] as number) + weight * (quintic(quintics, at, t) + cosine * b);
      let byRho = 0;
      if (isMoved) {
        byRho = perStep * (quinticSlope(quintics, at, t) + cosine * quinticSlope(quintics, at + POWERS, t));
        const across = -2 * b * (s2 * cosTwice - c2 * sinTwice) * inverse;
        const along = byRho * rho * inverse;
        const byX = weight * (along * x - across * y);
        const byY = weight * (along * y + across * x);
        if (outX !== null) outX[k] = (outX[k] as number) - byX;
        if (outY !== null) outY[k] = (outY[k] as number) - byY;
        if (outPitch !== null) outPitch[k] = (outPitch[k] as number) + byX * j + byY * i;
      }
      for (let n = 0; n < outs.length; n++) {
        const out = outs[n] as Float64Array;
        const from = at + (offsets[n] as number);
        const ring = quintic(quintics, from, t) + cosine * quintic(quintics, from + POWERS, t);
        out[k] = (out[k] as number) + weight * ((scalings[n] as number) * rho * byRho + ring);
      }
    }
  }
  return value;
}

/** The profiles of a sphere's irradiance, by the amplitude last where that is asked for. */
function ringProfiles({ profiles, amplitude, hasReference }: RingSphere, byAmplitude: boolean): RingProfiles {
  const families = profiles.families + (byAmplitude ? 1 : 0);
  const intervals = FINER * profiles.intervals;
  const quintics = new Float64Array(intervals * families * RINGS * POWERS);
  const waves = new Float64Array(profiles.families * CHANNELS * JET);
  const size = families * RINGS * JET;
  let [last, next] = [new Float64Array(size), new Float64Array(size)];
  for (let node = 0; node <= intervals; node++) {
    writeWaves(profiles, node, waves);
    next.fill(0);
    for (let family = 0; family < profiles.families; family++) {
      writeRings(waves, family, amplitude, hasReference, next);
    }
    if (hasReference) next[0] = (next[0] as number) + 1;
    if (byAmplitude) writeByAmplitude(waves, amplitude, hasReference, next, (families - 1) * RINGS * JET);
    if (node > 0) {
      for (let ring = 0; ring < families * RINGS; ring++) {
        writeQuintic(last, next, JET * ring, quintics, ((node - 1) * families * RINGS + ring) * POWERS);
      }
    }
    [last, next] = [next, last];
  }
  return { step: profiles.step / FINER, intervals, families, quintics };
}

/** Value, slope and bend of I0 and I2 and of their derivatives at a finer radius, by its steps. */
function writeWaves(
  { quintics, intervals, families }: SphereProfiles,
  node: number,
  out: Float64Array,
): void {
  const interval = Math.min(Math.floor(node / FINER), intervals - 1);
  const t = node / FINER - interval;
  for (let channel = 0; channel < families * CHANNELS; channel++) {
    const at = (interval * families * CHANNELS + channel) * POWERS;
    const [p2, p3] = [quintics[at + 2] as number, quintics[at + 3] as number];
    const [p4, p5] = [quintics[at + 4] as number, quintics[at + 5] as number];
    out[JET * channel] = quintic(quintics, at, t);
    out[JET * channel + 1] = quinticSlope(quintics, at, t) / FINER;
    out[JET * channel + 2] = (2 * p2 + t * (6 * p3 + t * (12 * p4 + t * 20 * p5))) / FINER ** 2;
  }
}

/** A and B of a family: family 0 is the image itself, the others its derivatives. */
function writeRings(
  waves: Float64Array,
  family: number,
  amplitude: number,
  hasReference: boolean,
  out: Float64Array,
): void {
  const first = family * CHANNELS * JET;
  const at = family * RINGS * JET;
  const square = amplitude * amplitude;
  for (let channel = 0; channel < CHANNELS; channel++) {
    addProduct(waves, channel * JET, first + channel * JET, (family === 0 ? 1 : 2) * square, out, at);
  }
  // Re and Im of I0* I2, whose two factors change one after the other.
  for (let part = 0; part < 2; part++) {
    const [even, turned] = [part * JET, (2 + part) * JET];
    addProduct(waves, even, first + turned, 2 * square, out, at + JET);
    if (family > 0) addProduct(waves, first + even, turned, 2 * square, out, at + JET);
  }
  if (hasReference) addReference(waves, first, 2 * amplitude, out, at);
}

function writeByAmplitude(
  waves: Float64Array,
  amplitude: number,
  hasReference: boolean,
  out: Float64Array,
  at: number,
): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    addProduct(waves, channel * JET, channel * JET, 2 * amplitude, out, at);
  }
  for (let part = 0; part < 2; part++) {
    addProduct(waves, part * JET, (2 + part) * JET, 4 * amplitude, out, at + JET);
  }
  if (hasReference) addReference(waves, 0, 2, out, at);
}

/** What interferes with the reference: Re I0 and Re I2. */
function addReference(
  waves: Float64Array,
  first: number,
  factor: number,
  out: Float64Array,
  at: number,
): void {
  for (let d = 0; d < JET; d++) {
    out[at + d] = (out[at + d] as number) + factor * (waves[first + d] as number);
    out[at + JET + d] = (out[at + JET + d] as number) + factor * (waves[first + 2 * JET + d] as number);
  }
}

/** Value, slope and bend of a product. */
function addProduct(
  waves: Float64Array,
  a: number,
  b: number,
  factor: number,
  out: Float64Array,
  at: number,
): void {
  const [a0, a1, a2] = [waves[a] as number, waves[a + 1] as number, waves[a + 2] as number];
  const [b0, b1, b2] = [waves[b] as number, waves[b + 1] as number, waves[b + 2] as number];
  out[at] = (out[at] as number) + factor * a0 * b0;
  out[at + 1] = (out[at + 1] as number) + factor * (a1 * b0 + a0 * b1);
  out[at + 2] = (out[at + 2] as number) + factor * (a2 * b0 + 2 * a1 * b1 + a0 * b2);
}
