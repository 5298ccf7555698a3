/** “Did you mean”: names close to one that does not exist. */

/** Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** Of names as short as this two edits leave nothing in common. */
const SHORT = 3;

/**
 * Up to three known names within a third of the length (2 edits at least, 1 for very short names), best first; case does
 * not count.
 */
export function nearNames(name: string, known: Iterable<string>): string[] {
  if (name.length > 64) return [];
  const wanted = name.toLowerCase();
  const scored: { known: string; distance: number }[] = [];
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const contained = wanted.length >= 3 && lower.includes(wanted);
    const distance = contained ? 1 : editDistance(wanted, lower);
    const shorter = Math.min(wanted.length, lower.length);
    if (distance <= Math.max(shorter > SHORT ? 2 : 1, Math.floor(shorter / 3)) && distance < shorter)
      scored.push({ known: candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.known < b.known ? -1 : 1));
  return scored.slice(0, 3).map((entry) => entry.known);
}

/** A sentence that proposes names, with a space before it; nothing where there are none. */
export function didYouMean(names: readonly string[]): string {
  return names.length === 0 ? '' : ` Did you mean ${orList(names)}?`;
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
