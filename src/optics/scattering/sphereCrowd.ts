/**
 * A hologram of several spheres at once, pixel by pixel: quick damped steps that bring rough starts together, each
 * sphere scattering as if it were alone.
 */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import { SphereHologram } from './sphereHologram.ts';
import { allowed, isFree, type SphereQuestion } from './sphereStarts.ts';

/** Pixels of a hologram, relative to its background of about 1. */
export interface HologramPixels {
  /** Of each pixel, metres from a common origin. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: Float64Array;
}

/** Lengths in metres. */
export interface PlacedSphere {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly radius: number;
  readonly refractiveIndex: number;
}

export interface Crowd {
  readonly spheres: readonly PlacedSphere[];
  /** Factor on what all of them scatter. */
  readonly amplitude: number;
  /** Of the background. */
  readonly level: number;
  /** Mean square of what is left. */
  readonly meanSquare: number;
}

const OWN = ['x', 'y', 'z', 'radius', 'refractiveIndex'] as const;
/** Differences for derivatives, and the farthest that a step goes. */
const DIFFERENCES = { z: 5e-9, radius: 1e-9, refractiveIndex: 1e-3 } as const;
const LARGEST = { x: 0.4e-6, y: 0.4e-6, z: 0.6e-6, radius: 0.1e-6, refractiveIndex: 0.05 } as const;
const LARGEST_AMPLITUDE_STEP = 0.2;
/** Of a radial profile, as a share of its finest fringes (wavelength over aperture): cubics are off by 0.2 % between. */
const PROFILE_SHARE = 0.1;
const TRIALS = 5;
/** Steps end where they lower what is left by no more than this share. */
const ENOUGH = 1e-3;

/** Complex I0 and I2 of a sphere along its radius: four numbers for each radius. */
type Profile = Float64Array;

export class CrowdFit {
  private readonly pixels: HologramPixels;
  private readonly question: SphereQuestion;
  private readonly hologram: SphereHologram;
  private readonly step: number;
  private readonly radii: number;
  private readonly angle: readonly [number, number];

  /** @param polarizationAngle of the light, radians from +x towards +y */
  constructor(pixels: HologramPixels, question: SphereQuestion, polarizationAngle: number) {
    this.pixels = pixels;
    this.question = question;
    this.step = (PROFILE_SHARE * question.optics.wavelength) / question.optics.numericalAperture;
    let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < pixels.x.length; i++) {
      minX = Math.min(minX, pixels.x[i] as number);
      maxX = Math.max(maxX, pixels.x[i] as number);
      minY = Math.min(minY, pixels.y[i] as number);
      maxY = Math.max(maxY, pixels.y[i] as number);
    }
    this.radii = Math.ceil(Math.hypot(maxX - minX, maxY - minY) / this.step) + 4;
    const radii = Float64Array.from({ length: this.radii }, (_, j) => j * this.step);
    const { z } = question;
    const depth = 'fixed' in z ? Math.abs(z.fixed) : Math.max(Math.abs(z.from), Math.abs(z.to));
    this.hologram = new SphereHologram(question.optics, radii, depth);
    this.angle = [Math.cos(2 * polarizationAngle), Math.sin(2 * polarizationAngle)];
  }

  /** Damped steps from a start until the fit stays as it is. */
  improved(start: Pick<Crowd, 'spheres' | 'amplitude'>, steps: number): Crowd {
    let best = this.judged(start.spheres, start.amplitude);
    let damping = 1e-2;
    for (let step = 0; step < steps; step++) {
      const next = this.stepped(best, damping);
      if (next === null) return best;
      const gain = 1 - next.crowd.meanSquare / best.meanSquare;
      best = next.crowd;
      damping = Math.max(1e-6, next.damping / 6);
      if (gain < ENOUGH) return best;
    }
    return best;
  }

  /** What the model leaves of the pixels. */
  residual({ spheres, amplitude, level }: Crowd): Float64Array {
    const intensity = this.intensity(spheres, amplitude);
    return this.pixels.values.map((value, i) => value - level * (intensity[i] as number));
  }

  /** With the background's level that fits best. */
  private judged(spheres: readonly PlacedSphere[], amplitude: number): Crowd {
    const { values } = this.pixels;
    const intensity = this.intensity(spheres, amplitude);
    let [along, square, data] = [0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const [value, model] = [values[i] as number, intensity[i] as number];
      along += value * model;
      square += model * model;
      data += value * value;
    }
    const level = along / Math.max(1e-300, square);
    return { spheres, amplitude, level, meanSquare: (data - level * along) / values.length };
  }

  private stepped(from: Crowd, first: number): { crowd: Crowd; damping: number } | null {
    const { matrix, right, columns } = this.equations(from);
    const size = columns.length;
    let damping = first;
    for (let trial = 0; trial < TRIALS; trial++, damping *= 8) {
      const damped = matrix.map((each, k) => (k % (size + 1) === 0 ? each * (1 + damping) + 1e-12 : each));
      const solved = choleskySolve(damped, right, size);
      if (!solved.ok) continue;
      const crowd = this.moved(from, columns, solved.solution);
      if (crowd.meanSquare < from.meanSquare) return { crowd, damping };
    }
    return null;
  }

  private moved(from: Crowd, columns: readonly Column[], solution: Float64Array): Crowd {
    const spheres = from.spheres.map((sphere) => ({ ...sphere }));
    let { amplitude } = from;
    columns.forEach((column, k) => {
      const change = solution[k] as number;
      if (column.of === 'amplitude') {
        amplitude = allowed(this.question.amplitude, amplitude + bounded(change, LARGEST_AMPLITUDE_STEP));
      }
      if (column.of !== 'sphere') return;
      const sphere = spheres[column.sphere];
      if (sphere === undefined) return;
      const { name } = column;
      const next = sphere[name] + bounded(change, LARGEST[name]);
      sphere[name] = name === 'x' || name === 'y' ? next : allowed(this.question[name], next);
    });
    return this.judged(spheres, amplitude);
  }

  private profile(sphere: PlacedSphere): Profile {
    const { hologram, question } = this;
    const layers = question.layersOf(sphere.radius, sphere.refractiveIndex);
    const { i0, i2 } = hologram.field(hologram.amplitudes(layers), sphere.z);
    const out = new Float64Array(4 * this.radii);
    for (let j = 0; j < this.radii; j++) {
      out[4 * j] = i0[2 * j] as number;
      out[4 * j + 1] = i0[2 * j + 1] as number;
      out[4 * j + 2] = i2[2 * j] as number;
      out[4 * j + 3] = i2[2 * j + 1] as number;
    }
    return out;
  }

  /** |1 + Ex|² + |Ey|² with x along the polarisation. */
  private intensity(spheres: readonly PlacedSphere[], amplitude: number): Float64Array {
    const { length } = this.pixels.values;
    const field = new Float64Array(4 * length);
    for (const sphere of spheres) this.addField(sphere, [this.profile(sphere)], [field]);
    const out = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      out[i] =
        (1 + amplitude * (field[4 * i] as number)) ** 2 +
        (amplitude * (field[4 * i + 1] as number)) ** 2 +
        (amplitude * (field[4 * i + 2] as number)) ** 2 +
        (amplitude * (field[4 * i + 3] as number)) ** 2;
    }
    return out;
  }

  /** Adds [Ex, Ey] of each profile around a sphere to its own array. */
  private addField(
    { x, y }: PlacedSphere,
    profiles: readonly Profile[],
    outs: readonly Float64Array[],
  ): void {
    const { pixels, step } = this;
    const last = this.radii - 4;
    const [cosine, sine] = this.angle;
    for (let i = 0; i < pixels.x.length; i++) {
      const dx = (pixels.x[i] as number) - x;
      const dy = (pixels.y[i] as number) - y;
      const square = dx * dx + dy * dy;
      const place = Math.sqrt(square) / step;
      const node = Math.min(last, Math.max(0, (place | 0) - 1));
      const t = place - node;
      const w0 = (-(t - 1) * (t - 2) * (t - 3)) / 6;
      const w1 = (t * (t - 2) * (t - 3)) / 2;
      const w2 = (-t * (t - 1) * (t - 3)) / 2;
      const w3 = (t * (t - 1) * (t - 2)) / 6;
      // Twice the azimuth, counted from the polarisation.
      const scale = square > 0 ? 1 / square : 0;
      const c = scale * (dx * dx - dy * dy);
      const s = scale * 2 * dx * dy;
      const c2 = c * cosine + s * sine;
      const s2 = s * cosine - c * sine;
      for (let k = 0; k < profiles.length; k++) {
        const p = profiles[k] as Float64Array;
        const out = outs[k] as Float64Array;
        const at = 4 * node;
        const i0Re =
          w0 * (p[at] as number) +
          w1 * (p[at + 4] as number) +
          w2 * (p[at + 8] as number) +
          w3 * (p[at + 12] as number);
        const i0Im =
          w0 * (p[at + 1] as number) +
          w1 * (p[at + 5] as number) +
          w2 * (p[at + 9] as number) +
          w3 * (p[at + 13] as number);
        const i2Re =
          w0 * (p[at + 2] as number) +
          w1 * (p[at + 6] as number) +
          w2 * (p[at + 10] as number) +
          w3 * (p[at + 14] as number);
        const i2Im =
          w0 * (p[at + 3] as number) +
          w1 * (p[at + 7] as number) +
          w2 * (p[at + 11] as number) +
          w3 * (p[at + 15] as number);
        out[4 * i] = (out[4 * i] as number) + i0Re + i2Re * c2;
        out[4 * i + 1] = (out[4 * i + 1] as number) + i0Im + i2Im * c2;
        out[4 * i + 2] = (out[4 * i + 2] as number) + i2Re * s2;
        out[4 * i + 3] = (out[4 * i + 3] as number) + i2Im * s2;
      }
    }
  }

  private equations({ spheres, amplitude, level }: Crowd) {
    const { values } = this.pixels;
    const { length } = values;
    const total = new Float64Array(4 * length);
    const columns: Column[] = [{ of: 'level', data: new Float64Array(length) }];
    const pending: { column: Column; field: Float64Array }[] = [];
    spheres.forEach((sphere, index) => {
      const base = this.profile(sphere);
      const profiles: Profile[] = [base];
      const outs = [total];
      const own = (name: (typeof OWN)[number]) => {
        const column: Column = { of: 'sphere', sphere: index, name, data: new Float64Array(length) };
        const field = new Float64Array(4 * length);
        columns.push(column);
        pending.push({ column, field });
        return field;
      };
      for (const name of ['z', 'radius', 'refractiveIndex'] as const) {
        if (!isFree(this.question[name])) continue;
        const difference = DIFFERENCES[name];
        const after = this.profile({ ...sphere, [name]: sphere[name] + difference });
        profiles.push(after.map((each, j) => (each - (base[j] as number)) / difference));
        outs.push(own(name));
      }
      // Along the radius; turning with the azimuth is left out of the derivative: I2 is small.
      const slope = base.map((_, j) => {
        const [before, after] = [Math.max(0, j - 4), Math.min(base.length - 1, j + 4)];
        const span = ((after - before) >> 2) * this.step;
        return ((base[after] ?? 0) - (base[before] ?? 0)) / Math.max(this.step, span);
      });
      const along = new Float64Array(4 * length);
      profiles.push(slope);
      outs.push(along);
      this.addField(sphere, profiles, outs);
      const [byX, byY] = [own('x'), own('y')];
      for (let i = 0; i < length; i++) {
        const dx = (this.pixels.x[i] as number) - sphere.x;
        const dy = (this.pixels.y[i] as number) - sphere.y;
        const distance = Math.max(1e-12, Math.sqrt(dx * dx + dy * dy));
        for (let part = 4 * i; part < 4 * i + 4; part++) {
          byX[part] = (-(along[part] as number) * dx) / distance;
          byY[part] = (-(along[part] as number) * dy) / distance;
        }
      }
    });
    if (isFree(this.question.amplitude)) {
      const column: Column = { of: 'amplitude', data: new Float64Array(length) };
      columns.push(column);
      pending.push({ column, field: total.map((each) => each / amplitude) });
    }
    const residual = new Float64Array(length);
    const background = columns[0]?.data ?? new Float64Array(0);
    for (let i = 0; i < length; i++) {
      const a = 1 + amplitude * (total[4 * i] as number);
      const b = amplitude * (total[4 * i + 1] as number);
      const c = amplitude * (total[4 * i + 2] as number);
      const d = amplitude * (total[4 * i + 3] as number);
      const intensity = a * a + b * b + c * c + d * d;
      background[i] = intensity;
      residual[i] = (values[i] as number) - level * intensity;
      const factor = 2 * level * amplitude;
      for (const { column, field } of pending) {
        column.data[i] =
          factor *
          (a * (field[4 * i] as number) +
            b * (field[4 * i + 1] as number) +
            c * (field[4 * i + 2] as number) +
            d * (field[4 * i + 3] as number));
      }
    }
    return { ...normalEquations(columns, residual), columns };
  }
}

type Column =
  | { readonly of: 'level' | 'amplitude'; readonly data: Float64Array }
  | {
      readonly of: 'sphere';
      readonly sphere: number;
      readonly name: (typeof OWN)[number];
      readonly data: Float64Array;
    };

function normalEquations(columns: readonly Column[], residual: Float64Array) {
  const size = columns.length;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  columns.forEach(({ data: a }, i) => {
    let along = 0;
    for (let j = 0; j < a.length; j++) along += (a[j] as number) * (residual[j] as number);
    right[i] = along;
    for (let k = 0; k <= i; k++) {
      const b = columns[k]?.data ?? a;
      let sum = 0;
      for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
      matrix[i * size + k] = sum;
      matrix[k * size + i] = sum;
    }
  });
  return { matrix, right };
}

function bounded(change: number, largest: number): number {
  return Math.max(-largest, Math.min(largest, change));
}
