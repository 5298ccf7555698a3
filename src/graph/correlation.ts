/** How errors of fitted values hang together. */
export interface Correlation {
  readonly paths: readonly string[];
  /** [path, path], coefficients from −1 to 1: times both standard errors the covariance. Null where one is not determined. */
  readonly matrix: readonly (readonly (number | null)[])[];
}

export interface CorrelatedPair {
  readonly first: string;
  readonly second: string;
  readonly coefficient: number;
}

/** The pairs whose coefficient is at least `least` in size, strongest first. */
export function strongestPairs(
  { paths, matrix }: Correlation,
  most: number,
  least: number,
): CorrelatedPair[] {
  const pairs = paths.flatMap((second, i) =>
    paths.slice(0, i).flatMap((first, j) => {
      const coefficient = matrix[i]?.[j] ?? null;
      return coefficient !== null && Math.abs(coefficient) >= least ? [{ first, second, coefficient }] : [];
    }),
  );
  return pairs.sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient)).slice(0, most);
}

/** “−0.98”, “0.03”; 1 only where it is exact. */
export function coefficientText(coefficient: number): string {
  const rounded = coefficient.toFixed(2);
  const isExact = Math.abs(coefficient) === 1 || !/^-?1\.00$/.test(rounded);
  const text = isExact ? rounded : coefficient.toFixed(4);
  return text.replace(/^-(?=0\.0+$)/, '').replace('-', '−');
}
