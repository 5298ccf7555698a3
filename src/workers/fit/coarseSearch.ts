/**
 * Finds a start from which Levenberg-Marquardt converges: positions along the light are scanned, and for each
 * the lateral shift comes from cross-correlation. The lateral basin of a hologram is 0.6 to 2 µm and the axial
 * one a few µm, so rough starts need this.
 */
import type { Learnable } from '../../graph/learnables.ts';
import { Correlator } from './crossCorrelation.ts';
import type { FitProblem } from './fitProblem.ts';

/** A start in scaled units with the correlation it reached. */
export interface CoarseCandidate {
  readonly point: Float64Array;
  readonly score: number;
}

export interface CoarseSearchOptions {
  readonly learnables: readonly Learnable[];
  /** Object-space pixel pitch, metres. */
  readonly pitch: number;
  readonly onStep: (done: number, total: number) => Promise<void>;
}

/** Planes scanned on either side of the start. */
const SCAN_STEPS = 12;
/** The scan reaches this many natural steps of the parameter, or this share of its value if that is more. */
const SCAN_REACH_STEPS = 10;
const SCAN_REACH_SHARE = 0.4;

/**
 * Best candidates first; the start itself is always among those scanned. Without axial or lateral unknowns the
 * start is returned alone.
 */
export async function coarseSearch(problem: FitProblem, options: CoarseSearchOptions): Promise<CoarseCandidate[]> {
  const indexOf = (role: Learnable['role']) => options.learnables.findIndex((l) => l.role === role);
  const [ix, iy, iz] = [indexOf('lateralX'), indexOf('lateralY'), indexOf('axial')];
  const start = new Float64Array(options.learnables.length);
  if (ix < 0 && iy < 0 && iz < 0) return [{ point: start, score: 0 }];
  const correlator = new Correlator(problem.data, problem.mask, problem.shape);
  const positions = axialPositions(options.learnables[iz]);
  const candidates: CoarseCandidate[] = [];
  for (const [index, z] of positions.entries()) {
    const point = start.slice();
    if (iz >= 0) point[iz] = z;
    const shift = correlator.match(await problem.model(point));
    const stepOf = (i: number) => options.learnables[i]?.step ?? 1;
    if (ix >= 0) point[ix] = clamp(problem, ix, (shift.x * options.pitch) / stepOf(ix));
    if (iy >= 0) point[iy] = clamp(problem, iy, (shift.y * options.pitch) / stepOf(iy));
    candidates.push({ point, score: shift.score });
    await options.onStep(index + 1, positions.length);
  }
  correlator.dispose();
  return localMaxima(candidates).sort((a, b) => b.score - a.score);
}

/** Offsets from the start in scaled units, within the legal range. */
function axialPositions(axial: Learnable | undefined): number[] {
  if (axial === undefined) return [0];
  const reach = Math.max(SCAN_REACH_STEPS, (SCAN_REACH_SHARE * Math.abs(axial.value)) / axial.step);
  const positions: number[] = [];
  for (let i = -SCAN_STEPS; i <= SCAN_STEPS; i++) {
    const z = (i / SCAN_STEPS) * reach;
    const value = axial.value + z * axial.step;
    // An object in front of the focus stays there: a scan does not change the side it was said to be on.
    const sameSide = axial.value === 0 || value * axial.value > 0;
    if (value >= axial.min && value <= axial.max && (sameSide || reach * axial.step < 2e-6)) positions.push(z);
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
