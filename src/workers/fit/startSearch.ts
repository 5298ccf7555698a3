/** Where a fit begins: coarse search, short fits of its candidates, early steps on some of the pixels. */
import { coarseSearch } from './coarseSearch.ts';
import type { FitProblem } from './fitProblem.ts';
import { orRefused } from './fitProblemError.ts';
import { type FitRun, minimise, proceed, stageMask } from './fitRun.ts';
import { projectedStart } from './pupilStarts.ts';
import { residualNoise } from './report.ts';
import { sphereStart } from './sphereSearch.ts';

/** An even pupil that leaves less than this share of a stack is at the right place along the light. */
const PLACED = 0.2;
/** Fewer terms than this need no start of their own. */
const TERMS_TO_PROJECT = 3;
export const STAGE_TOLERANCE = 1e-4;
/** Candidates of the coarse search that get a short fit of their own. */
const CANDIDATES = 8;
const SHORT_ITERATIONS = 5;
/** Steps on some of the pixels before all of them are asked. */
const EARLY_ITERATIONS = 20;
/** Of these, the best are fitted further before the winner is chosen. */
const FINALISTS = 3;
const FINALIST_ITERATIONS = 20;
/** A candidate that leaves less than this share of the image's variation unexplained needs no rival. */
const EXPLAINED = 1e-3;
/** A start that leaves less than this share is near its minimum. */
const NEAR = 0.1;
/** Spheres found in a target are the right ones where they leave less than this share: models of measured images err. */
const MOSTLY_EXPLAINED = 0.45;
/** Residual variance over noise variance below which a fit counts as complete. */
const NOISE_RATIO = 1.3;

/**
 * Coarse search, then short fits from the best candidates and longer ones from the best of those, all on the
 * decimated image where there is one; the winner goes on.
 */
export async function searched(run: FitRun, origin: Float64Array): Promise<Float64Array> {
  const aberrated = await aberratedStart(run, origin);
  if (aberrated !== null) return aberrated;
  const { every } = run.context;
  if (every === 1) return searchedOn(run, run.problem, origin);
  const problem = run.problem.decimated(every);
  try {
    return await searchedOn(run, problem, origin);
  } finally {
    problem.release();
  }
}

/**
 * Of a stack of planes: what projections say of the pupil, or an even pupil at the best place, brightness and background
 * where that is nearer to the images; null where neither is near. Projections begin at both places: the nearer one need
 * not be the better.
 */
async function aberratedStart(run: FitRun, origin: Float64Array): Promise<Float64Array | null> {
  const { problem, context } = run;
  const { learnables } = context;
  if (learnables.filter(({ nollIndex }) => nollIndex !== null).length < TERMS_TO_PROJECT) return null;
  const first = await projectedStart(problem, context, origin);
  if (first === null) return null;
  const mobile = stageMask(learnables, ({ nollIndex }) => nollIndex === null);
  const even = await minimise(run, origin, mobile, FINALIST_ITERATIONS, STAGE_TOLERANCE, 'search');
  const second = await projectedStart(problem, context, even.point);
  let best: { point: Float64Array; merit: number } = even;
  for (const point of [first, second ?? first]) {
    const merit = await orRefused(problem.merit(point), Number.POSITIVE_INFINITY);
    if (merit < best.merit) best = { point, merit };
  }
  // An even pupil that leaves much unexplained may be at a wrong place along the light, which a scan finds.
  return best === even && even.merit > PLACED * problem.spread ? null : best.point;
}

async function searchedOn(run: FitRun, problem: FitProblem, origin: Float64Array): Promise<Float64Array> {
  const { context } = run;
  const { learnables } = context;
  const pitch = context.pitch * problem.every;
  const startMerit = await problem.merit(origin);
  const mobile = stageMask(learnables, (l) => l.nollIndex === null);
  const improve = async (from: Float64Array, iterations: number) =>
    minimise({ ...run, problem }, from, mobile, iterations, STAGE_TOLERANCE, 'search');
  // All pixels are asked only where some already look explained.
  const isExplained = async (point: Float64Array) =>
    (await onlyNoiseIsLeft(problem, point)) && (await onlyNoiseIsLeft(run.problem, point));
  // Spheres are found in the target itself, unless the start is theirs already.
  const seen = startMerit < NEAR * problem.spread ? null : sphereStart(run.problem, context);
  const placed = seen === null ? null : await improve(seen, FINALIST_ITERATIONS);
  if (placed !== null && (run.progress.stopped || (await isExplained(placed.point)))) return placed.point;
  const isPlaced = placed !== null && placed.merit < MOSTLY_EXPLAINED * problem.spread;
  // A start that is worse than an even image leads nowhere better than what was found in the target.
  if (isPlaced && startMerit > problem.spread) return placed.point;
  const direct = await improve(origin, FINALIST_ITERATIONS);
  // Another direction of a dipole explains nearly as much: all are compared.
  const isTurned = learnables.some(({ role }) => role === 'azimuth');
  if (run.progress.stopped || (!isTurned && (await isExplained(direct.point)))) return direct.point;
  if (isPlaced) return placed.merit < direct.merit ? placed.point : direct.point;
  const onStep = (share: number) => proceed({ ...run, problem }, origin, startMerit, 'search', share);
  const candidates = await coarseSearch(problem, { learnables, pitch, onStep });
  let field: { point: Float64Array; merit: number }[] = placed === null ? [direct] : [placed, direct];
  for (const candidate of candidates.slice(0, CANDIDATES)) {
    if (run.progress.stopped) break;
    const improved = await improve(candidate.point, SHORT_ITERATIONS);
    field.push(improved);
    if (improved.merit < EXPLAINED * problem.spread) return improved.point;
  }
  field = distinct(field.sort((a, b) => a.merit - b.merit)).slice(0, FINALISTS);
  const finals = [];
  for (const finalist of field) {
    if (run.progress.stopped) break;
    finals.push(await improve(finalist.point, FINALIST_ITERATIONS));
  }
  return [...finals, ...field].sort((a, b) => a.merit - b.merit)[0]?.point ?? origin;
}

/**
 * Whether a fit explains the image down to its noise, so that no other minimum can be better: the residual is no
 * larger than the scatter between neighbouring pixels (or than photon statistics), or next to nothing at all.
 */
async function onlyNoiseIsLeft(problem: FitProblem, point: Float64Array): Promise<boolean> {
  const { merit, weightedSquares, pixels, residual, noise: given } = await problem.statistics(point);
  if (merit < EXPLAINED * problem.spread) return true;
  const variance = weightedSquares / Math.max(1, pixels - problem.parameters.length);
  if (problem.kind === 'poisson') return variance < NOISE_RATIO;
  const noise = given ?? residualNoise(problem, residual);
  return noise > 0 && variance < NOISE_RATIO * noise * noise;
}

/** Without those that reached the same minimum. */
function distinct<T extends { merit: number }>(sorted: readonly T[]): T[] {
  return sorted.filter((c, i) => i === 0 || c.merit - (sorted[i - 1]?.merit ?? 0) > 1e-3 * Math.abs(c.merit));
}

/** Early steps on some of the pixels, where they lead somewhere better for all of them. */
export async function approached(
  run: FitRun,
  start: Float64Array,
  startMerit: number,
): Promise<Float64Array> {
  const { every, learnables } = run.context;
  if (every === 1) return start;
  const problem = run.problem.decimated(every);
  try {
    const mobile = stageMask(learnables, (l) => l.nollIndex === null);
    const found = await minimise(
      { ...run, problem },
      start,
      mobile,
      EARLY_ITERATIONS,
      STAGE_TOLERANCE,
      'fit',
    );
    const { merit } = await run.problem.normalEquations(found.point);
    return merit < startMerit ? found.point : start;
  } finally {
    problem.release();
  }
}
