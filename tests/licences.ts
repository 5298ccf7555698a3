/** Decides whether a licence lets us ship a package inside an MIT-licensed application. */

/** Permissive licences, and weak copyleft by file (MPL) that leaves our own files alone. */
const COMPATIBLE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/**
 * Whether an SPDX expression is compatible: every part of an AND, at least one part of an OR.
 * @param expression value of `license` in a package.json; anything else than a string is not compatible
 */
export function isCompatibleLicence(expression: unknown): boolean {
  if (typeof expression !== 'string') return false;
  const words = expression.replaceAll('(', ' ( ').replaceAll(')', ' ) ').split(/\s+/).filter(Boolean);
  let at = 0;
  const readTerm = (): boolean => {
    const word = words[at++];
    if (word !== '(') return word !== undefined && COMPATIBLE.has(word);
    const inner = readChoice();
    return words[at++] === ')' && inner;
  };
  const readSum = (): boolean => {
    let isGood = readTerm();
    while (words[at] === 'AND') {
      at += 1;
      isGood = readTerm() && isGood;
    }
    return isGood;
  };
  const readChoice = (): boolean => {
    let isGood = readSum();
    while (words[at] === 'OR') {
      at += 1;
      isGood = readSum() || isGood;
    }
    return isGood;
  };
  const isGood = readChoice();
  return at === words.length && isGood;
}
