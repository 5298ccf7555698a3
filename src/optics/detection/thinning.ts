/** Every few pixels of an image, as a fit takes them for a search. */

/**
 * How many of n pixels are left where every `every`-th is taken, the middle one (floor(n/2)) among them: an odd number,
 * the middle in the middle.
 */
export function thinnedLength(n: number, every: number): number {
  if (every === 1) return n;
  const half = Math.floor(n / 2);
  return 2 * Math.min(Math.floor(half / every), Math.floor((n - 1 - half) / every)) + 1;
}

/** Which of n pixels are left. */
export function thinnedPlaces(n: number, every: number): readonly number[] {
  const left = thinnedLength(n, every);
  const first = every === 1 ? 0 : Math.floor(n / 2) - every * Math.floor(left / 2);
  return Array.from({ length: left }, (_, i) => first + every * i);
}
