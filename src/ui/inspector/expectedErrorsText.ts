/** What errors to expect, in one sentence before the table. Pure. */
import type { ExpectedErrors, ParameterResult } from '../../workers/protocol.ts';
import { formatValue, formatWithUnit } from '../views/format.ts';

/** As many values are told by name. */
const NAMED = 4;
/** Values of which less of their information is left than this are weak together. */
const WEAK = 0.1;

/** “Distance before focus”; the element's name only where two values would be called the same. */
export function shortTitles(
  parameters: readonly Pick<ParameterResult, 'path' | 'title'>[],
): ReadonlyMap<string, string> {
  const short = parameters.map(({ title }) => title.replace(/^[^:]*: /, ''));
  return new Map(
    parameters.map(({ path, title }, i) => {
      const own = short[i] ?? title;
      return [path, short.indexOf(own) === short.lastIndexOf(own) ? own : title];
    }),
  );
}

/** Places first, then what is one number for all planes. */
function rank({ path }: ParameterResult): number {
  if (/\.(x|y|z)$/.test(path)) return 0;
  if (path.includes('.zernike.')) return 2;
  return /\.\d+$/.test(path) ? 3 : 1;
}

/** Lengths in the unit that suits their size: 1.2 nm, not 0.0012 µm. */
function sizeOf({ sigma, display }: ParameterResult): string {
  if (/^[nµm]m$/.test(display.unit)) return formatWithUnit(sigma ?? 0, 'm', 2);
  return `${formatValue(display.sigma ?? 0, 2)} ${display.unit}`.trimEnd();
}

/** “Position x to 1.3 nm, position y to 1.4 nm, distance before focus to 4.1 nm and 9 more.” */
export function expectedSentence({
  parameters,
  weakest,
}: Pick<ExpectedErrors, 'parameters' | 'weakest'>): string {
  const titles = shortTitles(parameters);
  const known = parameters.filter(({ sigma }) => sigma !== null).toSorted((a, b) => rank(a) - rank(b));
  const lost = parameters.filter(({ sigma }) => sigma === null);
  const told = known
    .slice(0, NAMED)
    .map((each) => `${titles.get(each.path) ?? each.path} to ${sizeOf(each)}`);
  const rest = known.length > NAMED ? ` and ${known.length - NAMED} more` : '';
  const parts = [
    ...(told.length === 0 ? [] : [`A measurement tells ${told.join(', ')}${rest}.`]),
    ...(lost.length === 0
      ? []
      : [
          `It does not tell ${lost
            .map(({ path }) => titles.get(path) ?? path)
            .slice(0, NAMED)
            .join(', ')}${lost.length > NAMED ? ` and ${lost.length - NAMED} more` : ''}.`,
        ]),
  ];
  const [mix] = weakest;
  if (lost.length === 0 && mix !== undefined && mix.information < WEAK && mix.mix.length > 1) {
    const names = mix.mix.slice(0, 2).map(({ path }) => titles.get(path) ?? path);
    const share = Math.max(1, Math.round(100 * mix.information));
    parts.push(
      `Weakest: ${names.join(' and ')} look alike; ${share} % of what each alone would tell is left.`,
    );
  }
  return parts.join(' ');
}
