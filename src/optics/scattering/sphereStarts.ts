/**
 * What a sphere may be whose rings are seen: depth, radius and index from the mean of a hologram along its radius. A
 * coarse table over all three, then a few damped steps on the profile from its best places.
 */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import type { MieLayer } from '../maths/mie/coefficients.ts';
import { type HologramOptics, SphereHologram } from './sphereHologram.ts';

/** Means of an image around a centre. */
export interface RadialProfile {
  /** Metres. */
  readonly radii: Float64Array;
  readonly values: Float64Array;
  /** How much each counts; 0 where nothing is known. */
  readonly weights: Float64Array;
}

/** A value that is known, or what it may be. */
export type Known = { readonly fixed: number };
export type Range = { readonly from: number; readonly to: number };

export interface SphereQuestion {
  readonly optics: HologramOptics;
  /** Before focus, metres. */
  readonly z: Known | Range;
  /** Of the core, metres. */
  readonly radius: Known | Range;
  readonly refractiveIndex: Known | Range;
  /** Factor on the scattered wave. */
  readonly amplitude: Known | Range;
  /** The sphere with its shells, in the medium. */
  readonly layersOf: (radius: number, refractiveIndex: number) => readonly MieLayer[];
}

export interface SphereStart {
  readonly z: number;
  readonly radius: number;
  readonly refractiveIndex: number;
  readonly amplitude: number;
  /** Share of the profile's variation that it explains; below 0 for none. */
  readonly score: number;
}

/** Radii and indices of the table; between them, steps on the profile find the way. */
const RADII = 9;
const INDICES = 3;
/** With the index known, radii stand closer: there is no other way to the right optical thickness. */
const RADII_OF_KNOWN_INDEX = 16;
/** A step in depth changes the phase of the widest angle that is seen by this much (radians). */
const PHASE_STEP = 2.2;
const LARGEST_STEP = 2e-6;
/** Places of the table that are improved, and steps for each. */
const IMPROVED = 10;
const STEPS = 8;
/** Steps end where they explain no more than this besides: what follows goes on. */
const ENOUGH = 3e-4;
/** A start that explains this share of the profile's variation needs no rival. */
const EXPLAINED = 0.98;
/** Two starts are the same where depth and radius differ by less (metres). */
const SAME_DEPTH = 0.15e-6;
const SAME_RADIUS = 0.03e-6;

/** The profile's model in terms of what the table holds: b (1 + α linear + α² square). */
interface Terms {
  readonly linear: Float64Array;
  readonly square: Float64Array;
}

/** A question asked of profiles at the same radii: the table is made once. */
export class SphereScan {
  private readonly question: SphereQuestion;
  private readonly hologram: SphereHologram;
  private readonly table: readonly (Terms & Pick<SphereStart, 'z' | 'radius' | 'refractiveIndex'>)[];

  constructor(radii: Float64Array, question: SphereQuestion) {
    this.question = question;
    const { optics } = question;
    const depths = depthsOf(optics, radii.at(-1) ?? 0, question.z);
    const deepest = depths.reduce((most, z) => Math.max(most, Math.abs(z)), 0);
    this.hologram = new SphereHologram(optics, radii, deepest);
    const indices = spread(question.refractiveIndex, INDICES, 'linear');
    const sizes = spread(question.radius, indices.length > 1 ? RADII : RADII_OF_KNOWN_INDEX, 'log');
    const phasors = depths.map((z) => this.hologram.phasorsAt(z));
    this.table = sizes.flatMap((radius) =>
      indices.flatMap((refractiveIndex) => {
        const amplitudes = this.hologram.amplitudes(question.layersOf(radius, refractiveIndex));
        const terms = this.hologram.meanTermsAt(amplitudes, phasors);
        return terms.map((each, i) => ({ z: depths[i] ?? 0, radius, refractiveIndex, ...each }));
      }),
    );
  }

  /** The best few distinct ones, best first. The background's level is free, and the amplitude where it is a range. */
  starts(profile: RadialProfile, count: number): SphereStart[] {
    const amplitudes = spread(this.question.amplitude, 8, 'linear');
    const sums = new ProfileSums(profile);
    const scored = this.table.map(({ z, radius, refractiveIndex, ...terms }) => {
      const [amplitude, score] = sums.best(terms, amplitudes);
      return { z, radius, refractiveIndex, amplitude, score };
    });
    const tried: SphereStart[] = [];
    const improved: SphereStart[] = [];
    for (const start of scored.sort((a, b) => b.score - a.score)) {
      if (tried.some((other) => areAlike(start, other, 3))) continue;
      tried.push(start);
      const better = this.improved(profile, sums, start);
      improved.push(better);
      if (tried.length === IMPROVED || better.score > EXPLAINED) break;
    }
    return improved
      .sort((a, b) => b.score - a.score)
      .filter((start, i, all) => !all.slice(0, i).some((other) => areAlike(start, other, 1)))
      .slice(0, count);
  }

  private terms({ z, radius, refractiveIndex }: SphereStart): Terms {
    const layers = this.question.layersOf(radius, refractiveIndex);
    return this.hologram.meanTerms(this.hologram.amplitudes(layers), z);
  }

  /** Levenberg-Marquardt on the profile with differences for derivatives. */
  private improved(profile: RadialProfile, sums: ProfileSums, start: SphereStart): SphereStart {
    const free = FREE.filter(({ name }) => isFree(this.question[name]));
    const level = (at: SphereStart, terms: Terms) => sums.level(terms, at.amplitude);
    let best = start;
    let damping = 1e-2;
    for (let step = 0; step < STEPS && damping < 1e4; step++) {
      const terms = this.terms(best);
      const b = level(best, terms);
      const value = modelOf(terms, best.amplitude, b);
      const columns = [modelOf(terms, best.amplitude, 1)];
      for (const { name, difference } of free) {
        const moved = { ...best, [name]: best[name] + difference };
        const after = modelOf(name === 'amplitude' ? terms : this.terms(moved), moved.amplitude, b);
        columns.push(after.map((each, j) => each - (value[j] as number)));
      }
      const { matrix, right } = equations(profile, value, columns);
      const size = columns.length;
      let accepted = false;
      for (let trial = 0; trial < 4 && !accepted; trial++) {
        const damped = matrix.map((each, k) => (k % (size + 1) === 0 ? each * (1 + damping) + 1e-300 : each));
        const solved = choleskySolve(damped, right, size);
        const moved = { ...best };
        if (solved.ok) {
          free.forEach(({ name, difference, largest }, k) => {
            const change = (solved.solution[k + 1] as number) * difference;
            const bounded = Math.max(-largest, Math.min(largest, change));
            moved[name] = allowed(this.question[name], best[name] + bounded);
          });
          const score = sums.score(this.terms(moved), moved.amplitude);
          if (score > best.score) {
            accepted = true;
            const isDone = score - best.score < ENOUGH;
            best = { ...moved, score };
            damping = Math.max(1e-6, damping / 5);
            if (isDone) return best;
            continue;
          }
        }
        damping *= 6;
      }
      if (!accepted) break;
    }
    return best;
  }
}

/** Differences for derivatives, and the farthest that a step goes. */
const FREE = [
  { name: 'z', difference: 5e-9, largest: 0.5e-6 },
  { name: 'radius', difference: 1e-9, largest: 0.1e-6 },
  { name: 'refractiveIndex', difference: 1e-3, largest: 0.05 },
  { name: 'amplitude', difference: 1e-3, largest: 0.2 },
] as const;

function modelOf({ linear, square }: Terms, amplitude: number, level: number): Float64Array {
  return linear.map((u, j) => level * (1 + amplitude * u + amplitude * amplitude * (square[j] as number)));
}

function equations(
  { values, weights }: RadialProfile,
  value: Float64Array,
  columns: readonly Float64Array[],
) {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  columns.forEach((a, i) => {
    for (let j = 0; j < a.length; j++) {
      const weighted = (weights[j] as number) * (a[j] as number);
      right[i] = (right[i] as number) + weighted * ((values[j] as number) - (value[j] as number));
      for (let k = 0; k <= i; k++)
        matrix[i * size + k] =
          (matrix[i * size + k] as number) + weighted * ((columns[k] as Float64Array)[j] as number);
    }
  });
  for (let i = 0; i < size; i++)
    for (let k = 0; k < i; k++) matrix[k * size + i] = matrix[i * size + k] as number;
  return { matrix, right };
}

/** Weighted sums over a profile, from which the best level and amplitude follow without another pass. */
class ProfileSums {
  private readonly profile: RadialProfile;
  private readonly ones: number;
  private readonly data: number;
  private readonly squares: number;
  private readonly variation: number;

  constructor(profile: RadialProfile) {
    this.profile = profile;
    let [ones, data, squares] = [0, 0, 0];
    profile.values.forEach((value, j) => {
      const weight = profile.weights[j] as number;
      ones += weight;
      data += weight * value;
      squares += weight * value * value;
    });
    this.ones = ones;
    this.data = data;
    this.squares = squares;
    this.variation = Math.max(1e-300, squares - (data * data) / Math.max(1e-300, ones));
  }

  /** Amplitude of those given, refined by a parabola, and its score. */
  best(terms: Terms, amplitudes: readonly number[]): readonly [number, number] {
    const scoreAt = this.scores(terms);
    let best = 0;
    const scores = amplitudes.map(scoreAt);
    for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
    return [amplitudes[best] as number, scores[best] as number];
  }

  score(terms: Terms, amplitude: number): number {
    return this.scores(terms)(amplitude);
  }

  /** Of the background. */
  level(terms: Terms, amplitude: number): number {
    const { along, square } = this.products(terms);
    return along(amplitude) / Math.max(1e-300, square(amplitude));
  }

  private scores(terms: Terms): (amplitude: number) => number {
    const { along, square } = this.products(terms);
    return (amplitude) =>
      1 - (this.squares - along(amplitude) ** 2 / Math.max(1e-300, square(amplitude))) / this.variation;
  }

  /** Products of the model at level 1 with the data and with itself, as polynomials of the amplitude. */
  private products({ linear, square }: Terms) {
    const { values, weights } = this.profile;
    let u = 0;
    let v = 0;
    let uu = 0;
    let uv = 0;
    let vv = 0;
    let du = 0;
    let dv = 0;
    for (let j = 0; j < linear.length; j++) {
      const weight = weights[j] as number;
      const a = linear[j] as number;
      const b = square[j] as number;
      const d = values[j] as number;
      u += weight * a;
      v += weight * b;
      uu += weight * a * a;
      uv += weight * a * b;
      vv += weight * b * b;
      du += weight * a * d;
      dv += weight * b * d;
    }
    const { ones, data } = this;
    return {
      along: (x: number) => data + x * (du + x * dv),
      square: (x: number) => ones + x * (2 * u + x * (uu + 2 * v + x * (2 * uv + x * vv))),
    };
  }
}

function areAlike(a: SphereStart, b: SphereStart, factor: number): boolean {
  return (
    Math.abs(a.z - b.z) < factor * SAME_DEPTH &&
    Math.abs(a.radius - b.radius) < factor * SAME_RADIUS &&
    Math.abs(a.refractiveIndex - b.refractiveIndex) < factor * 0.01
  );
}

export function isFree(range: Known | Range): range is Range {
  return !('fixed' in range);
}

/** The nearest value that a quantity may have. */
export function allowed(range: Known | Range, value: number): number {
  return 'fixed' in range ? range.fixed : Math.min(range.to, Math.max(range.from, value));
}

function spread(range: Known | Range, count: number, scale: 'linear' | 'log'): readonly number[] {
  if ('fixed' in range) return [range.fixed];
  const { from, to } = range;
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 0.5) / count;
    return scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
  });
}

/** Steps that widen with the depth: what is seen of a far sphere lies within a narrow cone. */
export function depthsOf(
  { wavelength, mediumIndex, numericalAperture }: HologramOptics,
  reach: number,
  z: Known | Range,
): readonly number[] {
  if ('fixed' in z) return [z.fixed];
  const wavenumber = (2 * Math.PI * mediumIndex) / wavelength;
  const widest = Math.asin(Math.min(0.9995, numericalAperture / mediumIndex));
  const depths: number[] = [];
  for (let at = z.from; at <= z.to; ) {
    depths.push(at);
    const seen = Math.min(widest, Math.atan2(reach, Math.abs(at)));
    at += Math.min(LARGEST_STEP, PHASE_STEP / (wavenumber * (1 - Math.cos(seen))));
  }
  return depths;
}
