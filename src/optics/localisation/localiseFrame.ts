/** All emitters of one frame: candidates, a window around each, and the light of neighbours taken into account. */
import { Localiser } from './localise.ts';
import { type Candidate, findEmitters, pointWidth } from './localiseFind.ts';
import type { EmitterFit, EmitterStatus } from './localiseFit.ts';
import { BACKGROUND, type EmitterKernel, PHOTONS, X, Y, Z } from './localiseKernel.ts';
import { emitterImage } from './psfSpline.ts';

/** One emitter of a frame. Lengths across are pixels of the frame, depths metres from focus. */
export interface Emitter {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly photons: number;
  /** Per pixel. */
  readonly background: number;
  /** Cramér-Rao bounds of the five, in the same units. */
  readonly errors: readonly [number, number, number, number, number];
  /** Deviance per degree of freedom. */
  readonly chiSquare: number;
  /** Height of the candidate above the noise of the smoothed frame. */
  readonly score: number;
  /** Other emitters whose light falls into the window. */
  readonly neighbours: number;
  readonly status: EmitterStatus;
}

export interface FrameOptions {
  /** Of candidates, in standard deviations of the smoothed frame. */
  readonly threshold: number;
  /** Variance of the read noise, electrons². */
  readonly readVariance: number;
  /** What lies deeper, above or below focus, is not good; metres. */
  readonly depth: number;
}

interface Window {
  /** The frame's pixel that is the window's first. */
  readonly x: number;
  readonly y: number;
}

interface Found extends Window {
  readonly candidate: Candidate;
  fit: EmitterFit;
  /** Its light around it, a square that begins `margin` pixels before its window. */
  light: Float64Array;
  neighbours: number;
}

/** Pixels around a candidate within which its emitter may be: two lobes are brighter than what is between them. */
const AROUND = 2;
/** Off the middle pixel by more, the window moves along. */
const OFF_CENTRE = 1.2;
/** Times that neighbours are fitted again with the light of the others, at most. */
const SWEEPS = 6;
/** They stand still when none moves by more, in its standard errors. */
const STILL = 0.05;
/**
 * A window does not show one such point where the deviance per degree of freedom is above what three times the noise's
 * variance leaves and a point image that is wrong by this share of its own light: Σ (share·μ)²/μ = share² · photons.
 */
const [MISFIT, WRONG_SHARE] = [3, 0.3];

export class FrameLocaliser {
  private readonly localiser: Localiser;
  private readonly width: number;
  /** Pixels that an emitter's light is followed beyond its window. */
  private readonly margin: number;

  constructor(kernel: EmitterKernel) {
    this.localiser = new Localiser(kernel, AROUND);
    this.width = pointWidth(kernel.spline);
    this.margin = Math.floor((kernel.spline.pixels - kernel.side) / 2);
  }

  /** @param electrons [ny, nx] */
  emitters(electrons: ArrayLike<number>, ny: number, nx: number, options: FrameOptions): readonly Emitter[] {
    const { side } = this.localiser.kernel;
    const frame = { electrons, ny, nx, variance: new Float64Array(side * side).fill(options.readVariance) };
    const candidates = findEmitters(electrons, ny, nx, { width: this.width, threshold: options.threshold });
    const found: Found[] = [];
    const beside: Emitter[] = [];
    for (const candidate of candidates) {
      const window = windowAround(candidate, side);
      if (isInside(window, side, frame)) this.add(found, this.first(frame, candidate, window, found));
      else beside.push(unfitted(candidate));
    }
    let moved = Number.POSITIVE_INFINITY;
    for (let sweep = 0; sweep < SWEEPS && moved > STILL; sweep++) {
      moved = 0;
      for (const each of found) {
        const others = found.filter((other) => other !== each && this.reaches(other, each));
        each.neighbours = others.length;
        if (others.length > 0) moved = Math.max(moved, this.refit(frame, each, others));
      }
    }
    return [...found.map((each) => this.emitter(each, options.depth)), ...beside];
  }

  /** What is faint beside the light of brighter ones was a part of these. */
  private add(found: Found[], next: Found): void {
    const isPart = next.fit.status === 'faint' && found.some((other) => this.reaches(other, next));
    if (!isPart) found.push(next);
  }

  private first(frame: Frame, candidate: Candidate, window: Window, before: readonly Found[]): Found {
    const { side } = this.localiser.kernel;
    const at = (place: Window, start?: ArrayLike<number>): EmitterFit =>
      this.localiser.fit(cut(frame, place, side), {
        variance: frame.variance,
        known: this.lightOf(
          before.filter((other) => this.reaches(other, place)),
          place,
        ),
        ...(start === undefined ? {} : { start }),
      });
    const fit = at(window);
    const [dx, dy] = [X, Y].map((axis) => (fit.values[axis] as number) - Math.floor(side / 2));
    if (Math.hypot(dx ?? 0, dy ?? 0) > OFF_CENTRE) {
      const [sx, sy] = [Math.round(dx ?? 0), Math.round(dy ?? 0)];
      const moved = { x: window.x + sx, y: window.y + sy };
      if (isInside(moved, side, frame)) {
        const start = fit.values.slice();
        start[X] = (start[X] as number) - sx;
        start[Y] = (start[Y] as number) - sy;
        return this.lit({ ...moved, candidate, fit: at(moved, start) });
      }
    }
    return this.lit({ ...window, candidate, fit });
  }

  /** @returns how far it moved, in standard errors */
  private refit(frame: Frame, each: Found, others: readonly Found[]): number {
    const { side } = this.localiser.kernel;
    const before = each.fit.values;
    each.fit = this.localiser.fit(cut(frame, each, side), {
      variance: frame.variance,
      known: this.lightOf(others, each),
      start: before,
    });
    each.light = this.lit(each).light;
    const { values, errors } = each.fit;
    return values.reduce((most, value, a) => {
      const steps = Math.abs(value - (before[a] as number)) / (errors[a] as number);
      return Math.max(most, steps);
    }, 0);
  }

  private lit(found: Omit<Found, 'light' | 'neighbours'>): Found {
    const { spline, side } = this.localiser.kernel;
    const [x, y, z, photons] = [X, Y, Z, PHOTONS].map((at) => found.fit.values[at] ?? 0);
    const isLight = found.fit.status !== 'faint' && found.fit.status !== 'notIdentifiable';
    const light = emitterImage(
      spline,
      [(x ?? 0) + this.margin, (y ?? 0) + this.margin, z ?? 0],
      isLight ? (photons ?? 0) : 0,
      side + 2 * this.margin,
    );
    return { ...found, light, neighbours: 0 };
  }

  /** Whether the light of one falls into the window of the other. */
  private reaches(light: Window, window: Window): boolean {
    const reach = this.localiser.kernel.side + this.margin;
    return Math.abs(light.x - window.x) < reach && Math.abs(light.y - window.y) < reach;
  }

  /** Light of others in a window; null where there is none. */
  private lightOf(others: readonly Found[], window: Window): Float64Array | null {
    if (others.length === 0) return null;
    const { side } = this.localiser.kernel;
    const across = side + 2 * this.margin;
    const sum = new Float64Array(side * side);
    for (const other of others) {
      const [dx, dy] = [window.x - other.x + this.margin, window.y - other.y + this.margin];
      for (let i = 0; i < sum.length; i++) {
        const [row, column] = [Math.floor(i / side) + dy, (i % side) + dx];
        if (row < 0 || row >= across || column < 0 || column >= across) continue;
        // The spline rings a little below zero where there is no light.
        sum[i] = (sum[i] as number) + Math.max(0, other.light[row * across + column] as number);
      }
    }
    return sum;
  }

  private emitter({ fit, x, y, candidate, neighbours }: Found, depth: number): Emitter {
    const { side, spline } = this.localiser.kernel;
    const { values, errors, deviance } = fit;
    const z = spline.zStart + (values[Z] as number) * spline.zStep;
    const freedom = side * side - errors.length;
    const chiSquare = deviance / freedom;
    const isPoint = chiSquare < MISFIT + (WRONG_SHARE ** 2 * (values[PHOTONS] as number)) / freedom;
    return {
      x: x + (values[X] as number),
      y: y + (values[Y] as number),
      z,
      photons: values[PHOTONS] as number,
      background: values[BACKGROUND] as number,
      errors: [
        errors[X] as number,
        errors[Y] as number,
        (errors[Z] as number) * spline.zStep,
        errors[PHOTONS] as number,
        errors[BACKGROUND] as number,
      ],
      chiSquare,
      score: candidate.score,
      neighbours,
      status: statusOf(fit.status, Math.abs(z) <= depth, isPoint),
    };
  }
}

/** What is bad of a fit that came to an end by itself. */
function statusOf(status: EmitterStatus, isWithinDepth: boolean, isPoint: boolean): EmitterStatus {
  if (status !== 'good') return status;
  // The spline goes on beyond the depths that are asked for.
  if (!isWithinDepth) return 'atDepthLimit';
  return isPoint ? 'good' : 'misfit';
}

interface Frame {
  readonly electrons: ArrayLike<number>;
  readonly ny: number;
  readonly nx: number;
  readonly variance: Float64Array;
}

function windowAround({ x, y }: Candidate, side: number): Window {
  return { x: x - Math.floor(side / 2), y: y - Math.floor(side / 2) };
}

function isInside({ x, y }: Window, side: number, { ny, nx }: Pick<Frame, 'ny' | 'nx'>): boolean {
  return x >= 0 && y >= 0 && x + side <= nx && y + side <= ny;
}

function cut({ electrons, nx }: Frame, { x, y }: Window, side: number): Float64Array {
  return Float64Array.from(
    { length: side * side },
    (_, i) => electrons[(y + Math.floor(i / side)) * nx + x + (i % side)] as number,
  );
}

/** A candidate whose window leaves the frame. */
function unfitted({ x, y, score }: Candidate): Emitter {
  const open = Number.NaN;
  return {
    x,
    y,
    z: open,
    photons: open,
    background: open,
    errors: [open, open, open, open, open],
    chiSquare: open,
    score,
    neighbours: 0,
    status: 'atEdge',
  };
}
