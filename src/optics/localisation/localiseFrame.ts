/** All emitters of one frame: candidates, a window around each, and those whose light overlaps fitted at once. */
import { type Candidate, findEmitters } from './localiseFind.ts';
import type { EmitterStatus } from './localiseFit.ts';
import { type Group, GroupLocaliser } from './localiseGroups.ts';
import { OWN } from './localiseJoint.ts';
import { type EmitterKernel, PHOTONS, X, Y, Z } from './localiseKernel.ts';
import { isInside } from './localiseLight.ts';
import type { PsfSpline } from './psfSpline.ts';

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
  /** Emitters that were fitted at once, itself among them: errors know of the others. */
  readonly together: number;
  readonly status: EmitterStatus;
}

export interface FrameOptions {
  /** Of candidates, in standard deviations of the smoothed frame. */
  readonly threshold: number;
  /** Variance of the read noise, electrons²: of all pixels, or of each, [ny, nx]. */
  readonly readVariance: ArrayLike<number> | number;
  /** What lies deeper, above or below focus, is not good; metres. */
  readonly depth: number;
}

/**
 * A window does not show such points where the deviance per degree of freedom is above what three times the noise's
 * variance leaves and a point image that is wrong by this share of its own light: Σ (share·μ)²/μ = share² · photons.
 */
const [MISFIT, WRONG_SHARE] = [3, 0.3];

export class FrameLocaliser {
  private readonly localiser: GroupLocaliser;

  constructor(kernel: EmitterKernel) {
    this.localiser = new GroupLocaliser(kernel);
  }

  /** @param electrons [ny, nx] */
  emitters(electrons: ArrayLike<number>, ny: number, nx: number, options: FrameOptions): readonly Emitter[] {
    const { width, kernel } = this.localiser;
    const frame = { electrons, ny, nx, variance: options.readVariance };
    const { threshold, readVariance: variance } = options;
    const candidates = findEmitters(electrons, ny, nx, { width, threshold, variance });
    const isWithin = (candidate: Candidate) => isInside(this.localiser.windowAround(candidate), frame);
    const groups = this.localiser.groups(frame, candidates.filter(isWithin));
    return [
      ...groups.flatMap((group) => emittersOf(group, kernel.spline, options.depth)),
      ...candidates.filter((candidate) => !isWithin(candidate)).map(unfitted),
    ];
  }
}

function emittersOf(group: Group, spline: PsfSpline, depth: number): readonly Emitter[] {
  const { members, part, values, errors, deviance, neighbours } = group;
  const freedom = part.nx * part.ny - values.length;
  const chiSquare = deviance / freedom;
  const photons = members.reduce((sum, _, k) => sum + (values[OWN * k + PHOTONS] as number), 0);
  const isPoint = chiSquare < MISFIT + (WRONG_SHARE ** 2 * photons) / freedom;
  return members.map(({ status, candidate }, k) => {
    const [value, error] = [values, errors].map((all) => (a: number) => all[OWN * k + a] as number) as [
      (a: number) => number,
      (a: number) => number,
    ];
    const z = spline.zStart + value(Z) * spline.zStep;
    return {
      x: value(X),
      y: value(Y),
      z,
      photons: value(PHOTONS),
      background: values[values.length - 1] as number,
      errors: [
        error(X),
        error(Y),
        error(Z) * spline.zStep,
        error(PHOTONS),
        errors[errors.length - 1] as number,
      ],
      chiSquare,
      score: candidate.score,
      neighbours,
      together: members.length,
      status: statusOf(status, Math.abs(z) <= depth, isPoint),
    };
  });
}

/** What is bad of a fit that came to an end by itself. */
function statusOf(status: EmitterStatus, isWithinDepth: boolean, isPoint: boolean): EmitterStatus {
  if (status !== 'good') return status;
  // The spline goes on beyond the depths that are asked for.
  if (!isWithinDepth) return 'atDepthLimit';
  return isPoint ? 'good' : 'misfit';
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
    together: 1,
    status: 'atEdge',
  };
}
