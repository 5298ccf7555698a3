/**
 * How far fitted values move when the same image is compared otherwise: sizes and indices from one image are limited by
 * the model, of which the formal error, made from noise, knows nothing.
 */
import type { FitResult, ParameterResult } from '../protocol.ts';
import type { FitProblem } from './fitProblem.ts';
import { levenbergMarquardt } from './levenbergMarquardt.ts';
import { residualNoise } from './report.ts';

type Comparison = NonNullable<FitResult['comparisons']>[number];

/** Warm starts need few steps; one that does not settle is not worth waiting for. */
const ITERATIONS = 40;
const TOLERANCE = 1e-4;
/** Of a parameter's natural step: closer than that no two fits end, nor does anyone measure. */
const FLOOR = 1e-3;

/**
 * The fit by squares, by Cauchy's measure and on a part of the pixels, less the one that was made.
 * @param every how many-th pixel the part has along each side; 1 for none
 * @param goOn false ends it: what is there is kept
 */
export async function comparisons(
  problem: FitProblem,
  every: number,
  point: Float64Array,
  goOn: () => Promise<boolean>,
): Promise<readonly Comparison[]> {
  const { residual } = await problem.statistics(point);
  const noise = residualNoise(problem, residual);
  const others: { readonly title: string; readonly make: () => FitProblem }[] = [];
  if (problem.kind !== 'leastSquares')
    others.push({ title: 'Least squares', make: () => problem.measuredBy('leastSquares', 0) });
  if (problem.kind !== 'cauchy' && noise > 0)
    others.push({ title: 'Cauchy', make: () => problem.measuredBy('cauchy', noise) });
  if (every > 1) others.push({ title: partTitle(every), make: () => problem.decimated(every) });
  const found: Comparison[] = [];
  for (const { title, make } of others) {
    if (!(await goOn())) break;
    const other = make();
    try {
      const settled = await settle(other, point);
      if (settled !== null) found.push({ title, values: Object.fromEntries(other.valuesAt(settled)) });
    } finally {
      other.release();
    }
  }
  return found;
}

/** Where a fit from a point ends; null where it does not. */
async function settle(problem: FitProblem, from: Float64Array): Promise<Float64Array | null> {
  const steps = levenbergMarquardt(problem, from, { maxIterations: ITERATIONS, tolerance: TOLERANCE });
  for (;;) {
    const { value, done } = await steps.next();
    if (done === true) return value.converged ? value.point : null;
  }
}

/**
 * The parameters with the largest distance of another fit's value from theirs, beyond what noise explains; 0 below a
 * small share of their natural step.
 * @param steps of the parameters, by path
 * @param factor every how many-th pixel the comparison of the part has along each side: it has `factor` times the error,
 * of which noise alone explains as much
 */
export function withSpread(
  parameters: readonly ParameterResult[],
  steps: ReadonlyMap<string, number>,
  found: readonly Comparison[],
  factor: number,
): readonly ParameterResult[] {
  if (found.length === 0) return parameters;
  return parameters.map((parameter) => {
    const { path, value, sigma } = parameter;
    const spread = Math.max(
      ...found.map(({ title, values }) => {
        const distance = Math.abs((values[path] ?? value) - value);
        const noise = title === partTitle(factor) ? (sigma ?? 0) * Math.sqrt(factor ** 2 - 1) : 0;
        return Math.sqrt(Math.max(0, distance ** 2 - noise ** 2));
      }),
    );
    return { ...parameter, spread: spread < FLOOR * (steps.get(path) ?? 0) ? 0 : spread };
  });
}

/** Says which values depend on how the image is compared; null where none does. */
export function spreadSentence(
  parameters: readonly ParameterResult[],
  found: readonly Comparison[],
): string | null {
  const moved = parameters.filter(
    ({ sigma, spread }) => sigma !== null && spread !== undefined && spread > sigma,
  );
  if (moved.length === 0) return null;
  const names = moved.map(({ title }) => `“${title}”`).join(', ');
  const how = found.map(({ title }) => title.toLowerCase()).join(', ');
  return `${names} ${moved.length === 1 ? 'depends' : 'depend'} on how the image is compared (${how}): some pixels, or the model, do not tell the truth. Quote the spread between the comparisons, which is larger than ±.`;
}

function partTitle(factor: number): string {
  return `Every ${ordinal(factor)} pixel`;
}

function ordinal(n: number): string {
  return n === 2 ? 'second' : n === 3 ? 'third' : `${n}th`;
}
