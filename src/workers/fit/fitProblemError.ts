/** A fit that cannot be done, with a sentence for a person. */
export class FitProblemError extends Error {
  override readonly name = 'FitProblemError';
}
