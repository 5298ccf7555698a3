/** What is known of numbers before a fit. */
import type { Design, Prior } from './document.ts';
import { getAt } from './paths.ts';
import type { Registry } from './registry.ts';
import { parseDeviation, parseValue, type ValueOptions } from './valueText.ts';

type Priors = NonNullable<Design['priors']>;

/** The design with a prior on a path of `learn`, or without one. */
export function setPrior(design: Design, path: string, prior: Prior | null): Design {
  const { [path]: _, ...others } = design.priors ?? {};
  return withPriors(design, prior === null ? others : { ...others, [path]: prior });
}

/** The design with these and no other priors. */
export function withPriors({ priors: _, ...design }: Design, priors: Priors): Design {
  return Object.keys(priors).length === 0 ? design : { ...design, priors };
}

/** The priors under other paths. @param rename the new paths of one; none where it goes */
export function renamedPriors(
  design: Pick<Design, 'priors'>,
  rename: (path: string) => readonly string[],
): Priors {
  const entries = Object.entries(design.priors ?? {});
  return Object.fromEntries(entries.flatMap(([path, prior]) => rename(path).map((name) => [name, prior])));
}

type PriorText =
  | { readonly ok: true; readonly prior: Prior }
  | { readonly ok: false; readonly reason: string };

/** A mean without a unit of its own has that of the deviation: `0.5 ± 0.02 µm`. */
const BARE = /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i;

/** Reads `1.59 ± 0.01`, `500 nm ± 20 nm`, `0.5+-0.02um`; a deviation alone is that of the present value. */
export function parsePrior(
  design: Design,
  registry: Registry,
  path: string,
  text: string,
  options: ValueOptions = {},
): PriorText {
  const [first = '', second, ...rest] = text
    .replaceAll('−', '-')
    .split(/±|\+-|\+\/-/)
    .map((part) => part.trim());
  if (rest.length > 0) return { ok: false, reason: 'Write a value and its standard deviation: 1.59 ± 0.01.' };
  const sigma = parseDeviation(design, registry, path, second ?? first, options);
  if (!sigma.ok) return sigma;
  if (second === undefined) {
    const mean = getAt(design, registry, path);
    const isOne = typeof mean === 'number';
    return isOne
      ? { ok: true, prior: { mean, sigma: sigma.value } }
      : { ok: false, reason: 'Write the value, too: 100 ± 1.' };
  }
  const unit = BARE.test(first) ? (/[^\d.e+-].*$/i.exec(second.replace(/\d(?=e)/gi, ''))?.[0] ?? '') : '';
  const mean = parseValue(design, registry, path.replace(/\.\*(?=$|\.)/, '.0'), `${first}${unit}`, options);
  if (!mean.ok) return mean;
  if (typeof mean.value !== 'number') return { ok: false, reason: 'A prior is one value ± its deviation.' };
  return { ok: true, prior: { mean: mean.value, sigma: sigma.value } };
}

/** Distance from the mean of a prior, in its standard deviations that the data leave, that chance does not explain. */
const CONTRADICTION = 3;

/**
 * How far a fitted value is from what was known before, in standard deviations of how it scatters about that by chance:
 * by what the data have taken from the prior's variance. Null where chance explains it.
 * @param share of what is known in the end, how much was known before
 */
export function contradiction(value: number, prior: Prior, share: number): number | null {
  const far = Math.abs(value - prior.mean) / (prior.sigma * Math.sqrt(Math.max(1 - share, 1e-6)));
  return far > CONTRADICTION ? far : null;
}
