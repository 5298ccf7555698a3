/** Factors of a length that the butterflies can handle, and how they are grouped into stages. */

const PRIMES = [2, 3, 5, 7] as const;

/** Largest power of two that one butterfly may take. */
export type RadixCap = 4 | 8 | 16 | 32;

/** Whether a length has no prime factor above 7, so that butterflies alone transform it. */
export function isSmooth(length: number): boolean {
  let rest = length;
  for (const prime of PRIMES) while (rest % prime === 0) rest /= prime;
  return rest === 1;
}

function multiplicity(length: number, prime: number): number {
  let count = 0;
  for (let rest = length; rest % prime === 0; rest /= prime) count++;
  return count;
}

/**
 * Radices whose product is `length`, largest first: as few powers of two up to `cap` as possible, and those as
 * equal as possible (512 = 8·8·8, not 16·16·2), because the largest decides how many registers a thread needs.
 * @returns null for lengths with a prime factor above 7; an empty list for 1.
 */
export function balancedRadices(length: number, cap: RadixCap): readonly number[] | null {
  if (!isSmooth(length)) return null;
  const bits = multiplicity(length, 2);
  const stages = Math.ceil(bits / Math.log2(cap));
  const radices: number[] = [];
  for (let stage = 0; stage < stages; stage++) {
    radices.push(2 ** (Math.floor(bits / stages) + (stage < bits % stages ? 1 : 0)));
  }
  for (const prime of [3, 5, 7]) {
    for (let count = multiplicity(length, prime); count > 0; count--) radices.push(prime);
  }
  return radices.sort((a, b) => b - a);
}

/** The two factors of a smooth length nearest to its square root, larger first. */
export function splitNearRoot(length: number): readonly [number, number] {
  let small = 1;
  for (let factor = 2; factor * factor <= length; factor++) if (length % factor === 0) small = factor;
  return [length / small, small];
}
