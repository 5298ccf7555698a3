/** Which buffer each array of a fixed list of programs lives in, so that memory is used again within the list. */

/** One program: the arrays it reads and the one it writes, each named by any object. */
export interface Use {
  readonly inputs: readonly object[];
  readonly output: object;
  readonly outputBytes: number;
  /** The output existed before and is changed. */
  readonly isInPlace: boolean;
}

export interface MemoryPlan {
  /** Number of the buffer by array; arrays that the list does not make are absent. */
  readonly bufferOf: ReadonlyMap<object, number>;
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
}

/** A free buffer serves an array of at least this share of its bytes; a smaller one would waste it. */
const WORST_FIT = 0.5;

/**
 * Greedy best fit in the order of the list. A buffer is free again after the last program that reads its array.
 * @param readUntil for arrays that are read back: how many programs run before the read.
 */
export function planMemory(uses: readonly Use[], readUntil: ReadonlyMap<object, number>): MemoryPlan {
  const made = new Set(uses.flatMap(({ output, isInPlace }) => (isInPlace ? [] : [output])));
  const last = new Map<object, number>();
  uses.forEach(({ inputs, output }, index) => {
    for (const array of [...inputs, output]) if (made.has(array)) last.set(array, index);
  });
  // The read happens between two programs: the array must outlast the one before it.
  for (const [array, count] of readUntil) {
    if (made.has(array)) last.set(array, Math.max(last.get(array) ?? 0, count - 1));
  }
  const bufferOf = new Map<object, number>();
  const sizes: number[] = [];
  const free = new Set<number>();
  uses.forEach(({ output, outputBytes, isInPlace }, index) => {
    if (!isInPlace && !bufferOf.has(output)) {
      const fitting = [...free].filter((b) => fits(sizes[b] ?? 0, outputBytes));
      const [best] = fitting.sort((p, q) => (sizes[p] ?? 0) - (sizes[q] ?? 0));
      if (best === undefined) sizes.push(outputBytes);
      else free.delete(best);
      bufferOf.set(output, best ?? sizes.length - 1);
    }
    // Only now: a program must not write what it reads.
    for (const [array, buffer] of bufferOf) if (last.get(array) === index) free.add(buffer);
  });
  return { bufferOf, sizes };
}

function fits(buffer: number, bytes: number): boolean {
  return buffer >= bytes && bytes >= WORST_FIT * buffer;
}
