/** Time for trials that nobody has asked for: each is begun only while there is some left and the person goes on. */
export interface Budget {
  /** Null where time is over or the run was stopped: then nothing is tried. */
  readonly spend: <T>(trial: () => Promise<T>) => Promise<T | null>;
}

/**
 * Counts what the trials take, not how long the person has paused between them.
 * @param seconds to spend; the trial in which they end is still waited for
 * @param goOn asked before each trial; waits where the person pauses
 */
export function budgetOf(seconds: number, goOn: () => Promise<boolean>): Budget {
  let [left, isOver] = [1000 * seconds, false];
  return {
    spend: async (trial) => {
      isOver ||= left <= 0 || !(await goOn());
      if (isOver) return null;
      const began = performance.now();
      try {
        return await trial();
      } finally {
        left -= performance.now() - began;
      }
    },
  };
}

/** What has been stopped once is not asked again. @param ask with the part that is done, where that is known */
export function untilStopped(ask: (done: number | null) => Promise<boolean>) {
  let isStopped = false;
  return async (done: number | null = null): Promise<boolean> => {
    isStopped ||= !(await ask(done));
    return !isStopped;
  };
}
