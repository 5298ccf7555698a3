/** All spheres of an in-line hologram, with position, size and index: from the image alone and what is known of the optics. */
import { brightPlaces } from '../optics/scattering/refocus.ts';
import {
  type Crowd,
  CrowdFit,
  type HologramPixels,
  type PlacedSphere,
} from '../optics/scattering/sphereCrowd.ts';
import { depthsOf, type SphereQuestion, SphereScan } from '../optics/scattering/sphereStarts.ts';
import type { Pixel } from './detect.ts';
import { radialProfile } from './radialProfile.ts';
import { ringCentres } from './ringCentres.ts';
import { binned } from './rings.ts';

/** A hologram relative to its background of about 1. */
export interface Hologram {
  readonly values: ArrayLike<number>;
  readonly ny: number;
  readonly nx: number;
  readonly counts: (index: number) => boolean;
  /** Object-space, metres. */
  readonly pitch: number;
}

export interface SphereSearch {
  readonly question: SphereQuestion;
  readonly polarizationAngle: number;
  /** So many are there; null where that is to be found out. */
  readonly count: number | null;
}

/** A sphere; positions in metres from the centre of pixel floor(N/2), +x right, +y down the rows. */
export interface FoundSphere extends PlacedSphere {
  /** Share of the variation around it that the model explains, 0 to 1. */
  readonly score: number;
}

export interface FoundSpheres {
  readonly spheres: readonly FoundSphere[];
  readonly amplitude: number;
  /** Share of the image's variation that is left. */
  readonly unexplained: number;
}

/** Pixels of the joint steps: every few of the image, evenly. */
const JOINT_PIXELS = 4000;
/** Of a profile. */
const LONGEST_PROFILE = 10e-6;
/** Width of its rings as a share of the finest fringes (wavelength over aperture). */
const RING_SHARE = 0.29;
const STEPS = 12;
/** What else a centre may be gets so many of them, and the others if it then leaves not much more than the best. */
const FIRST_STEPS = 4;
const RIVAL = 1.3;
/** Without a number given, no more are looked for. */
const MOST = 40;
/** A further sphere must lower what is left by this share. */
const LEAST_GAIN = 0.15;
/** One without which what is left grows by less than this factor is none. */
const LARGEST_LOSS = 1.1;
/** What is left counts as noise below this many times its variance. */
const NOISE_RATIO = 1.5;
const PLACES_TRIED = 3;
/** What a centre may be, and how many of these are tried in all. */
const ALTERNATIVES = 3;
const MOST_TRIED = 12;
/** Pixels along a side for refocusing: larger images are binned. */
const REFOCUSED = 256;
/** Around a sphere, in pixels, its score is taken. */
const SCORE_REACH = 3e-6;

export function findSpheres(hologram: Hologram, search: SphereSearch): FoundSpheres {
  return new Finder(hologram, search).found();
}

class Finder {
  private readonly hologram: Hologram;
  private readonly search: SphereSearch;
  private readonly fit: CrowdFit;
  private readonly pixels: HologramPixels;
  private readonly scans = new Map<number, SphereScan>();
  private readonly noise: number;
  private readonly middle: Pixel;

  constructor(hologram: Hologram, search: SphereSearch) {
    this.hologram = hologram;
    this.search = search;
    this.middle = { x: Math.floor(hologram.nx / 2), y: Math.floor(hologram.ny / 2) };
    const every = Math.max(1, Math.round(Math.sqrt((hologram.nx * hologram.ny) / JOINT_PIXELS)));
    this.pixels = this.pixelsOf(every);
    this.fit = new CrowdFit(this.pixels, search.question, search.polarizationAngle);
    this.noise = noiseVariance(hologram);
  }

  found(): FoundSpheres {
    const { count } = this.search;
    const { values, ny, nx, counts } = this.hologram;
    const most = count ?? MOST;
    const centres = ringCentres(values, ny, nx, { counts, most });
    const ringed = this.grown(this.withStarts(values, centres), most);
    // Rings that hide each other are few: among many, what stands apart tells.
    const isDone = this.isNoise(ringed) || (centres.length > 0 && count === 1) || centres.length > 3;
    const others = isDone ? ringed : this.grown(this.nothing(), most);
    const best = others.meanSquare < ringed.meanSquare ? others : ringed;
    return this.judged(count === null ? this.pruned(best) : best);
  }

  private nothing(): Crowd {
    return this.fit.improved({ spheres: [], amplitude: middleOf(this.search.question) }, 0);
  }

  /** A start for each centre from its profile, and joint steps; then what else a centre may be, where it is better. */
  private withStarts(values: ArrayLike<number>, centres: readonly Pixel[]): Crowd {
    const starts = centres.map((centre) => this.startsAt(values, centre, ALTERNATIVES));
    const spheres = starts.flatMap(([first]) => (first === undefined ? [] : [first.sphere]));
    const amplitudes = starts.flatMap(([first]) => (first === undefined ? [] : [first.amplitude]));
    const amplitude =
      amplitudes.length === 0
        ? middleOf(this.search.question)
        : amplitudes.reduce((sum, each) => sum + each, 0) / amplitudes.length;
    let best = this.fit.improved({ spheres, amplitude }, STEPS);
    let tried = 0;
    starts.forEach((others, index) => {
      for (const other of others.slice(1)) {
        if (this.isNoise(best) || tried++ === MOST_TRIED) return;
        const replaced = best.spheres.map((sphere, k) =>
          k === index ? { ...other.sphere, x: sphere.x, y: sphere.y } : sphere,
        );
        const alone = starts.length === 1 ? other.amplitude : best.amplitude;
        let next = this.fit.improved({ spheres: replaced, amplitude: alone }, FIRST_STEPS);
        if (next.meanSquare < RIVAL * best.meanSquare) next = this.fit.improved(next, STEPS - FIRST_STEPS);
        if (next.meanSquare < best.meanSquare) best = next;
      }
    });
    return best;
  }

  /** Without spheres that explain nothing. */
  private pruned(crowd: Crowd): Crowd {
    for (const sphere of crowd.spheres) {
      const spheres = crowd.spheres.filter((each) => each !== sphere);
      const without = this.fit.improved({ spheres, amplitude: crowd.amplitude }, STEPS);
      if (without.meanSquare < LARGEST_LOSS * crowd.meanSquare) return this.pruned(without);
    }
    return crowd;
  }

  /** Spheres are added where what is left comes together, as long as that explains more. */
  private grown(from: Crowd, most: number): Crowd {
    let best = from;
    while (best.spheres.length < most && !this.isNoise(best)) {
      const next = this.oneMore(best);
      const enough = this.search.count === null ? 1 - LEAST_GAIN : 1;
      if (next === null || next.meanSquare > enough * best.meanSquare) break;
      best = next;
    }
    return best;
  }

  private oneMore(crowd: Crowd): Crowd | null {
    const { ny, nx, pitch, counts } = this.hologram;
    const left = this.residual(crowd);
    const { question } = this.search;
    const factor = Math.ceil(Math.max(ny, nx) / REFOCUSED);
    const added = left.map((value, i) => (counts(i) ? value : 0));
    const small = binned({ ny, nx, values: added, known: new Uint8Array(ny * nx).fill(1) }, factor);
    const depths = depthsOf(question.optics, (Math.min(ny, nx) * pitch) / 2, question.z);
    const places = brightPlaces(
      { values: small.values, ny: small.ny, nx: small.nx, pitch: pitch * factor },
      question.optics,
      depths,
      PLACES_TRIED,
    ).map(({ x, y }) => ({ x: factor * x + (factor - 1) / 2, y: factor * y + (factor - 1) / 2 }));
    const profileOf = left.map((value) => value + 1);
    let best: Crowd | null = null;
    for (const place of places) {
      for (const start of this.startsAt(profileOf, place, 2)) {
        const spheres = [...crowd.spheres, start.sphere];
        const amplitude = crowd.spheres.length === 0 ? start.amplitude : crowd.amplitude;
        const next = this.fit.improved({ spheres, amplitude }, STEPS);
        if (best === null || next.meanSquare < best.meanSquare) best = next;
        if (this.isNoise(best)) return best;
      }
    }
    return best;
  }

  private startsAt(values: ArrayLike<number>, centre: Pixel, count: number) {
    const { ny, nx, pitch, counts } = this.hologram;
    const far = Math.max(centre.x, nx - centre.x, centre.y, ny - centre.y);
    // Lengths in steps, so that few tables are made.
    const { wavelength, numericalAperture } = this.search.question.optics;
    const width = Math.max(1, Math.floor((RING_SHARE * wavelength) / numericalAperture / pitch));
    const reach = Math.ceil(Math.min(far, LONGEST_PROFILE / pitch) / width / 16) * 16;
    const profile = radialProfile(values, ny, nx, counts, centre, reach, pitch, width);
    const scan = this.scans.get(reach) ?? new SphereScan(profile.radii, this.search.question);
    this.scans.set(reach, scan);
    return scan.starts(profile, count).map(({ z, radius, refractiveIndex, amplitude }) => ({
      sphere: {
        x: (centre.x - this.middle.x) * pitch,
        y: (centre.y - this.middle.y) * pitch,
        z,
        radius,
        refractiveIndex,
      },
      amplitude,
    }));
  }

  private isNoise({ meanSquare }: Crowd): boolean {
    return meanSquare < NOISE_RATIO * this.noise;
  }

  private pixelsOf(every: number): HologramPixels {
    const { values, ny, nx, counts, pitch } = this.hologram;
    const [x, y, kept]: [number[], number[], number[]] = [[], [], []];
    for (let row = 0; row < ny; row++) {
      // Rows are shifted against each other, so that no fringes fall between columns.
      for (let column = every === 1 ? 0 : (row * 7) % (every * every); column < nx; column += every * every) {
        const i = row * nx + column;
        if (!counts(i)) continue;
        x.push((column - this.middle.x) * pitch);
        y.push((row - this.middle.y) * pitch);
        kept.push(values[i] as number);
      }
    }
    return { x: Float64Array.from(x), y: Float64Array.from(y), values: Float64Array.from(kept) };
  }

  /** Of the whole image. */
  private residual(crowd: Crowd): Float64Array {
    const { ny, nx, values, pitch } = this.hologram;
    if (crowd.spheres.length === 0) return Float64Array.from(values, (value) => value - crowd.level);
    const size = ny * nx;
    const pixels = {
      x: Float64Array.from({ length: size }, (_, i) => ((i % nx) - this.middle.x) * pitch),
      y: Float64Array.from({ length: size }, (_, i) => (Math.floor(i / nx) - this.middle.y) * pitch),
      values: Float64Array.from(values),
    };
    const { question, polarizationAngle } = this.search;
    return new CrowdFit(pixels, question, polarizationAngle).residual(crowd);
  }

  private judged(crowd: Crowd): FoundSpheres {
    const left = this.fit.residual(crowd);
    const { x, y, values } = this.pixels;
    const unexplainedNear = (place: PlacedSphere | null) => {
      let [count, sum, squares, rest] = [0, 0, 0, 0];
      for (let i = 0; i < values.length; i++) {
        if (
          place !== null &&
          Math.hypot((x[i] as number) - place.x, (y[i] as number) - place.y) > SCORE_REACH
        )
          continue;
        const value = values[i] as number;
        count++;
        sum += value;
        squares += value * value;
        rest += (left[i] as number) ** 2;
      }
      return count === 0 ? 1 : rest / Math.max(1e-300, squares - (sum * sum) / count);
    };
    const spheres = crowd.spheres
      .map((sphere) => ({ ...sphere, score: Math.max(0, 1 - unexplainedNear(sphere)) }))
      .sort((a, b) => b.score - a.score);
    return { spheres, amplitude: crowd.amplitude, unexplained: unexplainedNear(null) };
  }
}

function middleOf({ amplitude }: SphereQuestion): number {
  return 'fixed' in amplitude ? amplitude.fixed : Math.min(1, (amplitude.from + amplitude.to) / 2);
}

/** From differences of neighbours: fringes bend little from pixel to pixel. */
function noiseVariance({ values, ny, nx, counts }: Hologram): number {
  const bends: number[] = [];
  const every = Math.max(1, Math.floor((ny * nx) / 6000));
  for (let i = 1; i < ny * nx - 1; i += every) {
    if (i % nx === 0 || i % nx === nx - 1 || !counts(i - 1) || !counts(i) || !counts(i + 1)) continue;
    bends.push(Math.abs((values[i - 1] as number) - 2 * (values[i] as number) + (values[i + 1] as number)));
  }
  bends.sort((a, b) => a - b);
  return ((bends[bends.length >> 1] ?? 0) / 0.6745) ** 2 / 6;
}
