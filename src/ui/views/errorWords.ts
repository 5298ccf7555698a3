/** What standard errors are made from, in words. */
import type { ErrorSource } from '../../workers/protocol.ts';

/** A factor that changes no digit of a standard error. */
const NEXT_TO_NOTHING = 1.01;

export function describeErrors({ noise, factor, withPenalty = false, isMixed }: ErrorSource): string {
  if (withPenalty || isMixed === true) {
    const scaled = factor < NEXT_TO_NOTHING ? '' : `, times ${Number(factor.toPrecision(3))}`;
    const source =
      noise === 'residual' ? 'the residual, as the noise is not given' : `the given noise${scaled}`;
    const more = [
      ...(isMixed === true ? ['what was known before or is assumed of the background'] : []),
      ...(withPenalty ? ['what the penalty on the map takes away'] : []),
    ];
    return `by ${source}, and ${more.join(', and ')}`;
  }
  if (noise === 'residual') return 'scaled by the residual: the noise is not given';
  const least = 'least errors that the given noise allows (Cramér–Rao)';
  return factor < NEXT_TO_NOTHING
    ? least
    : `${least}, times ${Number(factor.toPrecision(3))}, by which the residual exceeds it`;
}
