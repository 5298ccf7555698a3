/**
 * The image of a sphere's scattered wave by radial profiles (Bohren & Huffman
 * 1983, eq. 4.74; Richards and Wolf, Proc. R. Soc. A 253, 358 (1959)): through an aplanatic objective, relative to a unit
 * plane wave polarised along ψ,
 *   Ex = I0 cos ψ + I2 cos(2φ - ψ),  Ey = I0 sin ψ + I2 sin(2φ - ψ),
 *   I0 = -∫ √cos θ sin θ (S1 + S2)/2 J0(k ρ sin θ) e^{ikz(cos θ - 1)} W dθ,
 *   I2 = +∫ √cos θ sin θ (S2 - S1)/2 J2(k ρ sin θ) e^{ikz(cos θ - 1)} W dθ
 * over the cone of the aperture, W the phase of aberrations that are the same all around. Exact for what propagates.
 */
import { mieAmplitudes } from '../maths/mie/amplitudes.ts';
import { type MieSeries, mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { POWERS, quintic, writeQuintic } from '../maths/quintic.ts';
import { nollToDegree, zernike, zernikeGradient } from '../maths/zernike.ts';
import {
  type ApertureRule,
  type ApertureShape,
  BESSELS,
  type BesselRows,
  besselRows,
} from './apertureRule.ts';
import { LAYER_SCALARS, sphereLayers } from './sphere.ts';

/** A few orders beyond Wiscombe's, as in the pupil. */
const EXTRA_ORDERS = 3;
/** Real numbers of a profile: I0 and I2. */
export const CHANNELS = 4;

/**
 * Numbers that a profile depends on, SI, in the order of derivatives: wavelength, index of the medium, numerical
 * aperture, Zernike coefficients, distance before focus, then radius, index and extinction of each layer.
 */
export interface ProfileInput {
  readonly values: readonly number[];
  /** Whose derivatives are asked for. */
  readonly wanted: readonly boolean[];
  /** Noll indices of the coefficients, all of azimuthal order 0. */
  readonly terms: readonly number[];
}

/** Where z stands among the numbers. */
const before = (terms: readonly number[]) => 3 + terms.length;

/** Profiles as quintics between evenly spaced radii, and how the numbers change them. */
export interface SphereProfiles {
  /** Distance of the radii, metres. */
  readonly step: number;
  readonly intervals: number;
  /** Of I0 and I2 themselves (family 0) and of each derivative, [intervals, families, CHANNELS, POWERS]. */
  readonly quintics: Float64Array;
  readonly families: number;
  /** Of each number: its family, or 0 where it is not asked for. */
  readonly familyOf: readonly number[];
  /** Of each number: what times ρ d/dρ adds to its derivative. */
  readonly scaling: readonly number[];
}

/** Whether an aberration is the same all around the axis. */
export function isRound(nollIndex: number): boolean {
  return nollToDegree(nollIndex).m === 0;
}

/** How finely a profile must be integrated. */
export function profileShape({ values, terms }: Omit<ProfileInput, 'wanted'>, reach: number): ApertureShape {
  const [lambda = 1, index = 1, aperture = 0] = values;
  const wavenumber = (2 * Math.PI * index) / lambda;
  const sine = aperture / index;
  const z = values[before(terms)] ?? 0;
  const size = sphereLayers([lambda, index, ...values.slice(before(terms) + 1)]).at(-1)?.sizeParameter ?? 1;
  const aberration = terms.reduce(
    // From the centre to the edge, where a term of unit RMS is √(n + 1); in between it turns back n/2 times.
    (sum, term, i) => sum + Math.abs(values[3 + i] ?? 0) * (nollToDegree(term).n + 1) ** 1.5,
    0,
  );
  const turns = mieOrder(size) * Math.asin(sine) + ((2 * Math.PI) / lambda) * aberration;
  return { wavenumber, sine, reach, depth: Math.abs(z), turns };
}

/** Plane waves: weights of J0 and J2 by node, [J0 re, J0 im, J2 re, J2 im] × nodes. */
type Spectrum = Float64Array;

/** @param rows of a shape at least as wide and turning as the one that `profileShape` gives. */
export function sphereProfiles(input: ProfileInput, rows: BesselRows): SphereProfiles {
  const { spectra, familyOf, scaling } = spectraOf(input, rows.rule);
  return {
    step: rows.step,
    intervals: rows.radii - 1,
    quintics: quinticsOf(rows, spectra),
    families: spectra.length,
    familyOf,
    scaling,
  };
}

/** What one number does to the amplitudes of each plane wave. */
interface Change {
  /** Complex factor on the amplitudes, by node. */
  readonly factor: (node: number) => readonly [re: number, im: number];
  readonly series: readonly { readonly series: MieSeries; readonly re: number; readonly im: number }[];
  /** Change of the largest angle. */
  readonly edge: number;
  readonly scaling: number;
}

function spectraOf({ values, wanted, terms }: ProfileInput, rule: ApertureRule) {
  const [lambda = 1, index = 1, aperture = 0] = values;
  const k = (2 * Math.PI * index) / lambda;
  const at = before(terms);
  const z = values[at] ?? 0;
  const layers = sphereLayers([lambda, index, ...values.slice(at + 1)]);
  const coefficients = mieCoefficients(layers, mieOrder(layers.at(-1)?.sizeParameter ?? 1) + EXTRA_ORDERS);
  const aberrations = new Aberrations(values, terms, rule);
  const { bySize, byIndex } = coefficients;
  const seriesOf = (list: readonly MieSeries[], layer: number, re: number, im: number) => {
    const series = list[layer];
    if (series === undefined) throw new Error('There is a series for every layer.');
    return { series, re, im };
  };
  const sizes = (scale: number) =>
    layers.map(({ sizeParameter }, layer) => seriesOf(bySize, layer, scale * sizeParameter, 0));
  const indices = (scale: number) =>
    layers.map(({ mRe, mIm }, layer) => seriesOf(byIndex, layer, scale * mRe, scale * mIm));
  const axial = (node: number) => k * ((rule.cosines[node] as number) - 1);
  const edgeCosine = rule.cosines.at(-1) ?? 1;
  const none: Change = { factor: () => [0, 0], series: [], edge: 0, scaling: 0 };
  const changeBy = (number: number): Change => {
    if (number === 0) {
      const factor = (node: number) => [0, -(z * axial(node) + aberrations.phase(node)) / lambda] as const;
      return { factor, series: sizes(-1 / lambda), edge: 0, scaling: -1 / lambda };
    }
    if (number === 1) {
      const factor = (node: number) => [0, (z * axial(node) + aberrations.byRadius(node)) / index] as const;
      const series = [...sizes(1 / index), ...indices(-1 / index)];
      return { factor, series, edge: -aperture / (index * index * edgeCosine), scaling: 1 / index };
    }
    if (number === 2) {
      const factor = (node: number) => [0, -aberrations.byRadius(node) / aperture] as const;
      return { ...none, factor, edge: 1 / (index * edgeCosine) };
    }
    if (number < at) return { ...none, factor: (node) => [0, aberrations.byTerm(number - 3, node)] };
    if (number === at) return { ...none, factor: (node) => [0, axial(node)] };
    const layer = Math.floor((number - at - 1) / LAYER_SCALARS);
    const part = (number - at - 1) % LAYER_SCALARS;
    return {
      ...none,
      series: [
        part === 0
          ? seriesOf(bySize, layer, k, 0)
          : seriesOf(byIndex, layer, part === 1 ? 1 / index : 0, part === 2 ? 1 / index : 0),
      ],
    };
  };
  const changes = wanted.map((want, number) => (want ? changeBy(number) : null));
  const active = changes.filter((change) => change !== null);
  const others = [...new Set(active.flatMap(({ series }) => series.map((each) => each.series)))];
  const amplitudes = mieAmplitudes(coefficients, rule.cosines, { others });
  const waves = new PlaneWaves(rule, z, k, aberrations);
  const one = { ...none, factor: () => [1, 0] as const };
  let families = 1;
  return {
    spectra: [one, ...active].map((change) => waves.of(amplitudes, others, change)),
    familyOf: changes.map((change) => (change === null ? 0 : families++)),
    scaling: changes.map((change) => change?.scaling ?? 0),
  };
}

/** The phase of aberrations at each node, against that at the centre, where the reference passes. */
class Aberrations {
  private readonly maps: readonly Float64Array[];
  private readonly slopes: readonly Float64Array[];
  private readonly coefficients: readonly number[];
  private readonly perMetre: number;

  constructor(values: readonly number[], terms: readonly number[], { sines }: ApertureRule) {
    const [lambda = 1, index = 1, aperture = 1] = values;
    this.perMetre = (2 * Math.PI) / lambda;
    this.coefficients = values.slice(3, 3 + terms.length);
    const radii = sines.map((sine) => (sine * index) / aperture);
    this.maps = terms.map((term) => radii.map((r) => zernike(term, r, 0) - zernike(term, 0, 0)));
    this.slopes = terms.map((term) => radii.map((r) => r * zernikeGradient(term, r, 0).dx));
  }

  /** Radians. */
  phase(node: number): number {
    return this.sum(this.maps, node);
  }

  /** ρ d/dρ of the phase. */
  byRadius(node: number): number {
    return this.sum(this.slopes, node);
  }

  /** Radians per metre of a coefficient. */
  byTerm(term: number, node: number): number {
    return this.perMetre * (this.maps[term]?.[node] ?? 0);
  }

  private sum(maps: readonly Float64Array[], node: number): number {
    let sum = 0;
    for (let i = 0; i < maps.length; i++) sum += (this.coefficients[i] ?? 0) * (maps[i]?.[node] ?? 0);
    return this.perMetre * sum;
  }
}

/** √cos θ sin θ e^{ikz(cos θ - 1)} W at each node, and the weights of the rule. */
class PlaneWaves {
  private readonly rule: ApertureRule;
  private readonly phasors: Float64Array;

  constructor(rule: ApertureRule, z: number, k: number, aberrations: Aberrations) {
    this.rule = rule;
    this.phasors = new Float64Array(2 * rule.sines.length);
    for (let j = 0; j < rule.sines.length; j++) {
      const cosine = rule.cosines[j] as number;
      const size = Math.sqrt(cosine) * (rule.sines[j] as number);
      const phase = k * z * (cosine - 1) + aberrations.phase(j);
      this.phasors[2 * j] = size * Math.cos(phase);
      this.phasors[2 * j + 1] = size * Math.sin(phase);
    }
  }

  /** The spectrum of a change: of the amplitudes by their factor, of other series, and through the edge. */
  of(amplitudes: ReturnType<typeof mieAmplitudes>, others: readonly MieSeries[], change: Change): Spectrum {
    const { weights } = this.rule;
    const nodes = weights.length;
    const spectrum = new Float64Array(CHANNELS * nodes);
    const parts = change.series.flatMap(({ series, re, im }) => {
      const found = amplitudes.others[others.indexOf(series)];
      return found === undefined ? [] : [{ found, re, im }];
    });
    for (let j = 0; j < nodes; j++) {
      const isEdge = j === nodes - 1;
      const [fr, fi] = isEdge ? [1, 0] : change.factor(j);
      const pair = pairAt(amplitudes, j, fr, fi);
      if (!isEdge) {
        for (const { found, re, im } of parts) {
          const more = pairAt(found, j, re, im);
          for (let c = 0; c < CHANNELS; c++) pair[c] = (pair[c] as number) + (more[c] as number);
        }
      }
      const weight = isEdge ? change.edge : (weights[j] as number);
      const [pr, pi] = [
        weight * (this.phasors[2 * j] as number),
        weight * (this.phasors[2 * j + 1] as number),
      ];
      const [r1 = 0, i1 = 0, r2 = 0, i2 = 0] = pair;
      const [sr, si, dr, di] = [-(r1 + r2) / 2, -(i1 + i2) / 2, (r2 - r1) / 2, (i2 - i1) / 2];
      spectrum[j] = pr * sr - pi * si;
      spectrum[nodes + j] = pr * si + pi * sr;
      spectrum[2 * nodes + j] = pr * dr - pi * di;
      spectrum[3 * nodes + j] = pr * di + pi * dr;
    }
    return spectrum;
  }
}

/** A complex factor times S1 and S2 at a node: [S1 re, S1 im, S2 re, S2 im]. */
function pairAt(
  pair: { readonly s1: Float64Array; readonly s2: Float64Array },
  j: number,
  re: number,
  im: number,
) {
  const [r1, i1] = [pair.s1[2 * j] as number, pair.s1[2 * j + 1] as number];
  const [r2, i2] = [pair.s2[2 * j] as number, pair.s2[2 * j + 1] as number];
  return [re * r1 - im * i1, re * i1 + im * r1, re * r2 - im * i2, re * i2 + im * r2];
}

/** Sums over the nodes with the Bessel functions, then the quintics that have these values and derivatives. */
function quinticsOf({ rule, radii, data }: BesselRows, spectra: readonly Spectrum[]): Float64Array {
  const nodes = rule.sines.length;
  const families = spectra.length;
  const block = CHANNELS * POWERS;
  const out = new Float64Array((radii - 1) * families * block);
  let [last, next] = [new Float64Array(3 * CHANNELS * families), new Float64Array(3 * CHANNELS * families)];
  for (let i = 0; i < radii; i++) {
    spectra.forEach((spectrum, family) => {
      sumRow(data, i * nodes * BESSELS, spectrum, next, 3 * CHANNELS * family);
    });
    if (i > 0) {
      for (let c = 0; c < CHANNELS * families; c++) {
        writeQuintic(last, next, 3 * c, out, (i - 1) * families * block + c * POWERS);
      }
    }
    [last, next] = [next, last];
  }
  return out;
}

/** Value, slope and bend of I0 re, I0 im, I2 re, I2 im at one radius. */
function sumRow(
  data: Float64Array,
  from: number,
  spectrum: Spectrum,
  out: Float64Array,
  offset: number,
): void {
  const nodes = spectrum.length / CHANNELS;
  // One order after the other: six sums fit into a processor's registers, twelve do not.
  for (let order = 0; order < 2; order++) {
    let [a0, a1, a2, b0, b1, b2] = [0, 0, 0, 0, 0, 0];
    const value = from + 3 * order * nodes;
    const slope = value + nodes;
    const bend = slope + nodes;
    const re = 2 * order * nodes;
    const im = re + nodes;
    for (let j = 0; j < nodes; j++) {
      const [r, i] = [spectrum[re + j] as number, spectrum[im + j] as number];
      const [v, s, b] = [data[value + j] as number, data[slope + j] as number, data[bend + j] as number];
      a0 += r * v;
      a1 += r * s;
      a2 += r * b;
      b0 += i * v;
      b1 += i * s;
      b2 += i * b;
    }
    const at = offset + 6 * order;
    out[at] = a0;
    out[at + 1] = a1;
    out[at + 2] = a2;
    out[at + 3] = b0;
    out[at + 4] = b1;
    out[at + 5] = b2;
  }
}

/** A sphere seen by an objective without aberrations, SI. */
export interface SeenSphere {
  readonly wavelength: number;
  readonly mediumIndex: number;
  readonly numericalAperture: number;
  /** Distance before focus. */
  readonly z: number;
  /** From the core outwards: radius of the outer surface, index, extinction. */
  readonly layers: readonly (readonly [radius: number, index: number, extinction: number])[];
}

/**
 * The image field of a sphere's scattered wave at distances from its axis, relative to a unit reference wave:
 * [I0 re, I0 im, I2 re, I2 im] for each radius. Seen in line, averaged around the axis and as amplitude α, the
 * hologram is |1 + α I0|² + α² |I2|². About 2 ms for a few hundred radii; errors below 1e-6 of the reference.
 */
export function sphereProfile(sphere: SeenSphere, radii: Float64Array): Float64Array {
  const { wavelength, mediumIndex, numericalAperture, z, layers } = sphere;
  const values = [wavelength, mediumIndex, numericalAperture, z, ...layers.flat()];
  const input = { values, wanted: values.map(() => false), terms: [] };
  const { quintics, step, intervals, families } = sphereProfiles(
    input,
    besselRows(profileShape(input, Math.max(...radii))),
  );
  const out = new Float64Array(CHANNELS * radii.length);
  radii.forEach((radius, i) => {
    const place = radius / step;
    const interval = Math.min(Math.floor(place), intervals - 1);
    const at = interval * families * CHANNELS * POWERS;
    for (let c = 0; c < CHANNELS; c++) {
      out[CHANNELS * i + c] = quintic(quintics, at + c * POWERS, place - interval);
    }
  });
  return out;
}
