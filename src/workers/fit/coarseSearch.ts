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

/**
 * Candidates, best correlation first; the start itself is always among those scanned. Without positions or sizes
 * among the unknowns the start is returned alone.
 */
export async function coarseSearch(
  problem: FitProblem,
  options: CoarseSearchOptions,
): Promise<CoarseCandidate[]> {
  const indexOf = (role: Learnable['role']) => options.learnables.findIndex((l) => l.role === role);
  const [ix, iy, iz, size] = [indexOf('lateralX'), indexOf('lateralY'), indexOf('axial'), indexOf('size')];
  const start = new Float64Array(options.learnables.length);
  if (ix < 0 && iy < 0 && iz < 0 && size < 0) return [{ point: start, score: 0 }];
  const correlator = new Correlator(problem.kernels, problem.data, problem.mask, problem.shape);
  const positions = axialPositions(options.learnables[iz]);
  const sizes = sizeOffsets(options.learnables[size]);
  const stepOf = (i: number) => options.learnables[i]?.step ?? 1;
  const best: CoarseCandidate[] = [];
  let done = 0;
  for (const offset of sizes) {
    const line: CoarseCandidate[] = [];
    for (const z of positions) {
      const point = start.slice();
      if (iz >= 0) point[iz] = z;
      if (size >= 0) point[size] = offset;
      const model = await orRefused(problem.model(point), null);
      const shift = model === null ? NOWHERE : await correlator.match(model);
      if (ix >= 0) point[ix] = clamp(problem, ix, (shift.x * options.pitch) / stepOf(ix));
      if (iy >= 0) point[iy] = clamp(problem, iy, (shift.y * options.pitch) / stepOf(iy));
      line.push({ point, score: shift.score });
      done++;
      if (!(await options.onStep(done / (sizes.length * positions.length)))) {
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
