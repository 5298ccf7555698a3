/** Finding elements by what people call them. */
import type { ElementSpec } from '../../optics/element.ts';

/** How well an element answers a query; 0 means not at all. */
function score(element: ElementSpec, words: readonly string[]): number {
  const title = element.title.toLowerCase();
  const titleWords = title.split(/[^a-z0-9]+/);
  const keywords = element.keywords.map((keyword) => keyword.toLowerCase());
  const summary = element.summary.toLowerCase();
  // Who types a whole title means that element, also where longer titles hold the same words.
  const phrase = words.join(' ');
  const plainTitle = titleWords.join(' ').trim();
  let total = plainTitle === phrase ? 100 : plainTitle.startsWith(phrase) ? 50 : 0;
  for (const word of words) {
    if (title === word) total += 12;
    else if (titleWords.some((part) => part.startsWith(word))) total += 8;
    else if (title.includes(word)) total += 6;
    else if (keywords.some((keyword) => keyword.startsWith(word))) total += 4;
    else if (element.type.toLowerCase().includes(word)) total += 3;
    else if (summary.includes(word)) total += 1;
    else return 0;
  }
  return total;
}

/** Elements that answer every word of the query, best first; all of them for an empty query. */
export function searchElements<T extends ElementSpec>(elements: readonly T[], query: string): readonly T[] {
  const words = query
    .toLowerCase()
    .split(/[\s-]+/)
    .filter(Boolean);
  if (words.length === 0) return elements;
  return elements
    .map((element) => ({ element, points: score(element, words) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ element }) => element);
}
