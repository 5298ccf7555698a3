/** Errors of fits against what the fits tell of them, for tests. */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import type { FitResult } from '../protocol.ts';

interface FoundErrors {
  /** Standard errors in the order of the true values. */
  readonly sigmas: readonly number[];
  /** Errors over standard errors. */
  readonly pulls: readonly number[];
  /**
   * eᵀC⁻¹e of errors e and their whole covariance C: the sum of the squares of as many independent normal numbers, where C
   * is right.
   */
  readonly square: number;
}

/** Of the parameters with known true values. */
export function errorsOf(result: FitResult, truth: Readonly<Record<string, number>>): FoundErrors {
  const matrix = result.correlation?.matrix ?? [];
  const found = Object.entries(truth).map(([path, value]) => {
    const index = result.parameters.findIndex((parameter) => parameter.path === path);
    const { value: own = Number.NaN, sigma = null } = result.parameters[index] ?? {};
    const place = result.correlation?.paths.indexOf(path) ?? -1;
    return { place, sigma: sigma ?? Number.NaN, pull: (own - value) / (sigma ?? Number.NaN) };
  });
  const pulls = Float64Array.from(found, ({ pull }) => pull);
  const correlation = Float64Array.from(
    found.flatMap((a) => found.map((b) => matrix[a.place]?.[b.place] ?? Number.NaN)),
  );
  const solved = choleskySolve(correlation, pulls, found.length);
  return {
    sigmas: found.map(({ sigma }) => sigma),
    pulls: [...pulls],
    square: solved.ok
      ? pulls.reduce((sum, pull, i) => sum + pull * (solved.solution[i] ?? Number.NaN), 0)
      : Number.NaN,
  };
}

/** 99.9 % of normal numbers lie within so many standard deviations. */
const MOST = 3.2905;

/**
 * Between which limits the RMS of so many independent normal numbers lies in 99.9 % of all cases: the chi distribution by
 * Wilson and Hilferty (1931), right to 0.03 from seven numbers on and to 0.01 from sixteen.
 */
function likelyRms(count: number): readonly [low: number, high: number] {
  const variance = 2 / (9 * count);
  const at = (deviations: number) => (1 - variance + deviations * Math.sqrt(variance)) ** 1.5;
  return [at(-MOST), at(MOST)];
}

/** Whether errors are neither larger nor smaller than their covariance tells. @param square sum of {@link errorsOf} */
export function areOfToldSize(square: number, count: number): boolean {
  const [low, high] = likelyRms(count);
  const rms = Math.sqrt(square / count);
  return rms > low && rms < high;
}
