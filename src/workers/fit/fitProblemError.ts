/** A fit that cannot be done, with a sentence for a person. */
export class FitProblemError extends Error {
  override readonly name: string = 'FitProblemError';
}

/** Values that an element refuses: at a trial they count as having no finite loss, at the start they end a fit. */
export class RefusedValues extends FitProblemError {
  override readonly name = 'RefusedValues';
}

/** What is asked of a point, or what stands for no finite loss where an element refuses the values there. */
export async function orRefused<T>(asked: Promise<T>, none: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RefusedValues) return none;
    throw error;
  }
}
