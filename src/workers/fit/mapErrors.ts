/**
 * Errors of maps and of the numbers beside them: the posterior of Laplace at the end of a fit. Its covariance is the
 * inverse of the curvature JᵀWJ of the data with that of penalty and priors, for numbers and cells together (Tarantola,
 * Inverse Problem Theory (2005), 3.2), so that the numbers' errors hold whatever the cells are.
 */
import { hasResiduals } from '../../graph/adamOnly.ts';
import { registry } from '../../graph/catalogue.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import type { Learnable } from '../../graph/learnables.ts';
import { type PenaltyCurvature, penaltyCurvature } from '../../optics/mapPenalty.ts';
import type { FitResult } from '../protocol.ts';
import type { DescentContext } from './descentContext.ts';
import { comparisonIn, objectiveIn } from './fitObjective.ts';
import { FitProblem } from './fitProblem.ts';
import type { LearnedPoint } from './learnedPoint.ts';
import { CellInverse, HeldErrors, MapCovariance } from './mapCovariance.ts';
import { type LearnedJacobian, learnedJacobian } from './mapJacobian.ts';
import { heldBack, jointCurvature, toldCells } from './penaltyHold.ts';
import { PupilErrors } from './pupilErrors.ts';
import { scaleOf, type ToldErrors, toldErrors } from './report.ts';
import type { Uncertainty } from './uncertainty.ts';

/** Cells of all maps together of which the covariance is kept as a whole: 40 × 40. */
const MOST_CELLS = 1600;
/** Numbers of a Jacobian of cells that are held at once: 256 MiB. */
const MOST_NUMBERS = 2 ** 25;

/** What a fit tells beside the values where it has maps. */
export type MapReport = ToldErrors & Pick<FitResult, 'maps' | 'wavefront'>;

/** Why maps of a fit have no errors, as a sentence; null where they can have. */
function noErrorsOf(context: DescentContext, problem: FitProblem): string | null {
  const { maps, learnables } = context;
  const cells = maps.reduce((sum, map) => sum + map.cells ** 2, 0);
  if (cells > MOST_CELLS || (cells + learnables.length) * problem.data.length > MOST_NUMBERS)
    return `The values have no error bars: ${cells} cells are too many beside ${problem.data.length} pixels. Up to 40 × 40 cells and 250 MB of derivatives are told.`;
  const kinds = penaltiesOf(context);
  return kinds === null
    ? 'The values have no error bars: a map that is held by another penalty than “Smooth” or “Small” has no normal distribution.'
    : null;
}

/**
 * Errors of what was learned, or why there are none; null where there is nothing to tell errors of.
 * @param residuals the comparison, where the fit has one; else it is made
 * @param goOn called now and then with the share that is done; false ends it
 */
export async function mapReport(
  context: DescentContext,
  residuals: FitProblem | null,
  point: LearnedPoint,
  at: Float64Array,
  goOn: (share: number) => Promise<boolean>,
): Promise<{ readonly report: MapReport | null; readonly reason: string | null } | null> {
  const { runner, plan, learnables, maps } = context;
  if (maps.length === 0 || !hasResiduals(plan.design, registry)) return null;
  const problem = residuals ?? (await FitProblem.create(runner, plan, learnables));
  try {
    const reason = noErrorsOf(context, problem);
    if (reason !== null) return { report: null, reason };
    const report = await mapErrors(context, problem, point, at, goOn);
    return { report, reason: report === null ? ENDED : null };
  } finally {
    if (residuals === null) problem.release();
  }
}

const ENDED = 'The values have no error bars: telling them was stopped, or they do not end in a minimum.';

/** Curvatures of the loss by the cells of each map, as the graph's penalty has them; null where they have none. */
function penaltiesOf({
  plan,
  maps,
  runner,
}: DescentContext): readonly (readonly PenaltyCurvature[])[] | null {
  const { id } = objectiveIn(plan);
  const from = plan.order.find(({ node }) => node.id === id)?.inputs.get('penalty');
  const nothing = maps.map(() => []);
  if (from === undefined) return nothing;
  const owner = plan.order.find(({ node }) => node.id === from.node);
  const held = maps.find(({ path }) => path.startsWith(`${from.node}.`));
  if (owner === undefined || held === undefined) return null;
  const { penalty, penaltyWeight } = runner.paramsOfNode(owner);
  if (penaltyWeight === null || typeof penaltyWeight !== 'object' || !('value' in penaltyWeight)) return null;
  const found = penaltyCurvature(String(penalty), Number(penaltyWeight.value), held.cells, held.spec.soft);
  return found === null ? null : maps.map((map) => (map === held ? found : []));
}

/** Shares of the whole that the parts take: the Jacobian by far most. */
const OF_JACOBIAN = 0.9;

/**
 * @param problem the comparison, with the noise by which its priors are weighed
 * @param goOn called now and then with the share that is done; false ends it
 * @returns null where it was ended, or where the curvature is not that of a minimum
 */
async function mapErrors(
  context: DescentContext,
  problem: FitProblem,
  point: LearnedPoint,
  at: Float64Array,
  goOn: (share: number) => Promise<boolean>,
): Promise<MapReport | null> {
  const { runner, plan, learnables } = context;
  const { modelFrom } = comparisonIn(plan);
  const penalties = penaltiesOf(context);
  if (penalties === null) return null;
  const asked = { runner, plan, point, modelFrom, shape: problem.shape };
  const jacobian = await learnedJacobian(asked, at, (share) => goOn(OF_JACOBIAN * share));
  if (jacobian === null) return null;
  const statistics = problem.statisticsAlong(jacobian.model, jacobian.columns, jacobian.image);
  const terms = penaltiesBySteps(penalties, point, problem.lossPerMerit);
  const cells = CellInverse.of(jointCurvature(statistics.curvature, learnables.length, at.length, terms));
  if (cells === null || !(await goOn(OF_JACOBIAN))) return null;
  const told = toldCells(new MapCovariance(cells, cells.left, 1), cells, terms);
  const scale = scaleOf(problem, plan, statistics, learnables.length + told);
  const left = problem.priors.toldBy(cells.left, learnables.length, scale.variance);
  const covariance = new MapCovariance(cells, left, scale.variance);
  const errors = new HeldErrors(covariance, heldBack(covariance, terms, at.subarray(learnables.length)));
  const report = toldErrors(context, point.valuesAt(at), scale, covariance.numbers, errors.held.numbers);
  const pupil = jacobian.pupil === null ? null : new PupilErrors(jacobian.pupil, errors, learnables.length);
  const maps = point.mapsAt(at).map((map, index) => {
    const sigmas =
      pupil !== null && isPhaseIn(jacobian, point, index)
        ? pupil.cellSigmas(map.cells)
        : ownSigmas(errors, statistics.curvature, point, index);
    return { ...map, sigma: encodeFloat32(Float32Array.from(sigmas)) };
  });
  const wavefront = pupil?.wavefront() ?? null;
  const sentence = heldSentence(learnables, covariance.numbers, errors.held.numbers);
  return {
    ...{ ...report, maps, errorSource: { ...report.errorSource, withPenalty: terms.length > 0 } },
    ...{ ...(wavefront === null ? {} : { wavefront }) },
    warnings: sentence === null ? report.warnings : [...report.warnings, sentence],
  };
}

/** Of more values that are moved the first few are named. */
const NAMED = 3;

/** Says which numbers the penalty moves more than the noise does. */
function heldSentence(
  learnables: readonly Learnable[],
  { sigma }: Uncertainty,
  shifts: Float64Array,
): string | null {
  const moved = learnables
    .map(({ title }, i) => ({
      title,
      share: Math.abs(shifts[i] ?? 0) / (sigma[i] ?? Number.POSITIVE_INFINITY),
    }))
    .filter(({ share }) => share > 1)
    .toSorted((a, b) => b.share - a.share);
  if (moved.length === 0) return null;
  const names = moved.slice(0, NAMED).map(({ title }) => `“${title}”`);
  const more = moved.length > NAMED ? ` and ${moved.length - NAMED} more` : '';
  return `The penalty on the map moves ${names.join(', ')}${more} by more than the noise does; that is part of ±. A smaller weight moves less and leaves more noise.`;
}

/** Curvatures of the merit by all cells in the maps' steps, in the order of the point. */
function penaltiesBySteps(
  penalties: readonly (readonly PenaltyCurvature[])[],
  point: LearnedPoint,
  lossPerMerit: number,
): PenaltyCurvature[] {
  let first = 0;
  return penalties.flatMap((terms, map) => {
    const start = first;
    first += (point.maps[map]?.cells ?? 0) ** 2;
    const factor = point.mapStep(map) ** 2 / lossPerMerit;
    return terms.map(({ weight, cells: [one, other] }): PenaltyCurvature => {
      const cells = other === undefined ? ([start + one] as const) : ([start + one, start + other] as const);
      return { weight: weight * factor, cells };
    });
  });
}

/** Whether the cells of a map change the phase of the light in the pupil. */
function isPhaseIn({ pupil }: LearnedJacobian, point: LearnedPoint, map: number): boolean {
  const first = firstCell(point, map);
  return point.maps[map]?.spec.quantity === 'angle' && pupil?.slopes[first] !== undefined;
}

/** Where the cells of a map begin in the point. */
function firstCell(point: LearnedPoint, map: number): number {
  return point.maps.slice(0, map).reduce((sum, { cells }) => sum + cells ** 2, point.learnables.length);
}

/** Of the data's information: cells with less are not seen. */
const UNSEEN = 1e-9;

/** Of each cell by itself, angles less their mean over the cells that are seen. */
function ownSigmas(
  errors: HeldErrors,
  curvature: Float64Array,
  point: LearnedPoint,
  map: number,
): Float64Array {
  const count = point.start.length;
  const [first, cells] = [firstCell(point, map), (point.maps[map]?.cells ?? 0) ** 2];
  const told = Float64Array.from({ length: cells }, (_, k) => curvature[(first + k) * (count + 1)] as number);
  const most = told.reduce((top, x) => Math.max(top, x), 0);
  const seen = told.map((x) => (x > UNSEEN * most ? 1 : 0));
  const share = point.maps[map]?.spec.quantity === 'angle' ? 1 / seen.reduce((sum, x) => sum + x, 0) : 0;
  const before = first - point.learnables.length;
  return told.map((_, k) => {
    if (seen[k] === 0) return Number.NaN;
    const factors = new Float64Array(count - point.learnables.length);
    seen.forEach((sees, i) => {
      factors[before + i] = (i === k ? 1 : 0) - sees * share;
    });
    return (errors.sigma({ numbers: [], cells: factors }) ?? Number.NaN) * point.mapStep(map);
  });
}
