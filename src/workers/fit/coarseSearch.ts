/**
 * Finds a start from which Levenberg-Marquardt converges: positions along the light are scanned, and for each
 * the lateral shift comes from cross-correlation. The lateral basin of a hologram is 0.6 to 2 µm and the axial
 * one a few µm, so rough starts need this.
 */
import type { Learnable } from '../../graph/learnables.ts';
import { Correlator } from './crossCorrelation.ts';
import type { FitProblem } from './fitProblem.ts';
import { orRefused } from './fitProblemError.ts';

/** A start in scaled units with the correlation it reached. */
export interface CoarseCandidate {
  readonly point: Float64Array;
  readonly score: number;
}

export interface CoarseSearchOptions {
  readonly learnables: readonly Learnable[];
  /** Object-space pixel pitch, metres. */
  readonly pitch: number;
  /** Called after each evaluation with the share that is done; false ends the search with what it has. */
  readonly onStep: (share: number) => Promise<boolean>;
}

/** Planes scanned on either side of the start. */
const SCAN_STEPS = 10;
/** The scan reaches this many natural steps of the parameter, or this share of its value if that is more. */
const SCAN_REACH_STEPS = 10;
const SCAN_REACH_SHARE = 0.45;
/** Sizes tried, as factors on the start: rings are fitted falsely by a sphere of the wrong size. */
const SIZE_FACTORS = [1, 0.5, 0.6, 0.72, 0.85, 1.18, 1.4, 1.7, 2] as const;

/** Turns about the axis that are tried: a fit finds the way by less than a quarter. */
const TURNS = [0, 0.5 * Math.PI, -0.5 * Math.PI, Math.PI] as const;

/**
 * Candidates, best correlation first; the start itself is always among those scanned. Without positions, sizes or
 * turns among the unknowns the start is returned alone.
 */
export async function coarseSearch(
  problem: FitProblem,
  options: CoarseSearchOptions,
): Promise<CoarseCandidate[]> {
  const indexOf = (role: Learnable['role']) => options.learnables.findIndex((l) => l.role === role);
  const [ix, iy, iz] = [indexOf('lateralX'), indexOf('lateralY'), indexOf('axial')];
  const [size, azimuth] = [indexOf('size'), indexOf('azimuth')];
  const start = new Float64Array(options.learnables.length);
  if (Math.max(ix, iy, iz, size, azimuth) < 0) return [{ point: start, score: 0 }];
  const correlator = new Correlator(problem.kernels, problem.data, problem.mask, problem.shape);
  const positions = axialPositions(options.learnables[iz]);
  const objects = sizeOffsets(options.learnables[size]).flatMap((offset) =>
    turnOffsets(options.learnables[azimuth]).map((turn) => ({ offset, turn })),
  );
  const stepOf = (i: number) => options.learnables[i]?.step ?? 1;
  const best: CoarseCandidate[] = [];
  let done = 0;
  for (const { offset, turn } of objects) {
    const line: CoarseCandidate[] = [];
    for (const z of positions) {
      const point = start.slice();
      if (iz >= 0) point[iz] = z;
      if (size >= 0) point[size] = offset;
      if (azimuth >= 0) point[azimuth] = turn;
      const model = await orRefused(problem.model(point), null);
      const shift = model === null ? NOWHERE : await correlator.match(model);
      if (ix >= 0) point[ix] = clamp(problem, ix, (shift.x * options.pitch) / stepOf(ix));
      if (iy >= 0) point[iy] = clamp(problem, iy, (shift.y * options.pitch) / stepOf(iy));
      line.push({ point, score: shift.score });
      done++;
      if (!(await options.onStep(done / (objects.length * positions.length)))) {
        correlator.dispose();
        return best;
      }
    }
    best.push(...localMaxima(line.filter(({ score }) => score > Number.NEGATIVE_INFINITY)));
  }
  correlator.dispose();
  return best.sort((a, b) => b.score - a.score);
}

/** Of a model whose values an element refuses. */
const NOWHERE = { x: 0, y: 0, score: Number.NEGATIVE_INFINITY };

/** Offsets from the start size in scaled units, within the legal range. */
function sizeOffsets(learnable: Learnable | undefined): number[] {
  if (learnable === undefined) return [0];
  return SIZE_FACTORS.flatMap((factor) => {
    const value = learnable.value * factor;
    return value >= learnable.min && value <= learnable.max
      ? [(value - learnable.value) / learnable.step]
      : [];
  });
}

/** Offsets from the start direction in scaled units, within the legal range. */
function turnOffsets(learnable: Learnable | undefined): number[] {
  if (learnable === undefined) return [0];
  const { value, min, max, step } = learnable;
  return TURNS.filter((turn) => value + turn >= min && value + turn <= max).map((turn) => turn / step);
}

/** Offsets from the start along the light in scaled units, within the legal range. */
function axialPositions(axial: Learnable | undefined): number[] {
  if (axial === undefined) return [0];
  const reach = Math.max(SCAN_REACH_STEPS, (SCAN_REACH_SHARE * Math.abs(axial.value)) / axial.step);
  const positions: number[] = [];
  for (let i = -SCAN_STEPS; i <= SCAN_STEPS; i++) {
    const z = (i / SCAN_STEPS) * reach;
    const value = axial.value + z * axial.step;
    if (value >= axial.min && value <= axial.max) positions.push(z);
  }
  return positions.length > 0 ? positions : [0];
}

function localMaxima(candidates: readonly CoarseCandidate[]): CoarseCandidate[] {
  return candidates.filter(
    (c, i) =>
      c.score >= (candidates[i - 1]?.score ?? Number.NEGATIVE_INFINITY) &&
      c.score >= (candidates[i + 1]?.score ?? Number.NEGATIVE_INFINITY),
  );
}

function clamp(problem: FitProblem, index: number, value: number): number {
  return Math.min(problem.upper[index] as number, Math.max(problem.lower[index] as number, value));
}
