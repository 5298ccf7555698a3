/** What fitted Zernike terms are together: the wavefront's RMS and the Strehl ratio, with errors. Pure. */
import { marechalStrehl } from '../../optics/analysis/strehl.ts';
import type { FitResult } from '../../workers/protocol.ts';
import { formatValueAndError } from '../views/format.ts';

export interface WavefrontSummary {
  /** Without piston, tip and tilt, metres. */
  readonly rms: number;
  /** Null where the data do not determine all terms. */
  readonly sigma: number | null;
  /** By Maréchal's exp(−σ²). */
  readonly strehl: number;
  readonly strehlSigma: number | null;
  /** Terms that were fitted, and those of them that the pupil holds at other values than 0. */
  readonly fitted: number;
  readonly held: number;
  /** Whether defocus (Noll 4) is among them. */
  readonly hasDefocus: boolean;
}

const TERM = /^(\w+)\.zernike\.(\d+)$/;

/** Noll terms are orthonormal: their squares add up. Null without terms, and where two elements have some. @param wavelength vacuum, metres */
export function wavefrontSummary(result: FitResult, wavelength: number): WavefrontSummary | null {
  const termsOf = <T extends { readonly path: string; readonly value: number }>(values: readonly T[]) =>
    values.flatMap((each) => {
      const [, node = '', noll = ''] = TERM.exec(each.path) ?? [];
      return Number(noll) > 3 ? [{ ...each, node, noll: Number(noll) }] : [];
    });
  const terms = termsOf(result.parameters);
  const held = termsOf(result.held ?? []).filter(({ value }) => value !== 0);
  const all = [...terms, ...held];
  if (terms.length === 0 || new Set(all.map(({ node }) => node)).size > 1) return null;
  const rms = Math.hypot(...all.map(({ value }) => value));
  const k = (2 * Math.PI) / wavelength;
  const strehl = marechalStrehl(k * rms);
  const variance = varianceOfSquares(result, terms);
  const sigma = variance === null || rms === 0 ? null : Math.sqrt(variance) / rms;
  return {
    ...{ rms, sigma, strehl },
    strehlSigma: sigma === null ? null : 2 * k * k * rms * sigma * strehl,
    fitted: terms.length,
    held: held.length,
    hasDefocus: all.some(({ noll }) => noll === 4),
  };
}

/** aᵀ C a: what the errors of all terms, with their correlations, do to half the sum of squares. */
function varianceOfSquares(
  { correlation }: FitResult,
  terms: readonly { readonly path: string; readonly value: number; readonly sigma: number | null }[],
): number | null {
  let sum = 0;
  for (const a of terms) {
    for (const b of terms) {
      const both = a === b ? 1 : coefficient(correlation, a.path, b.path);
      if (a.sigma === null || b.sigma === null || both === null) return null;
      sum += a.value * a.sigma * both * b.value * b.sigma;
    }
  }
  return Math.max(0, sum);
}

/** Values that hang together with nothing are in no table. */
function coefficient(correlation: FitResult['correlation'], one: string, other: string): number | null {
  if (correlation === undefined) return 0;
  const [i, j] = [correlation.paths.indexOf(one), correlation.paths.indexOf(other)];
  return i < 0 || j < 0 ? 0 : (correlation.matrix[i]?.[j] ?? null);
}

/** What a fit tells of the wavefront as a whole, in a sentence; null where it has none. @param wavelength vacuum, metres */
export function wavefrontLine(result: FitResult, wavelength: number | null): string | null {
  const { wavefront } = result;
  if (wavefront !== undefined) {
    const { rms, rmsSigma, strehl, strehlSigma } = wavefront;
    const told = `${sizeText(rms, rmsSigma, wavefront.wavelength)}, Strehl ratio ${formatValueAndError(strehl, strehlSigma)}`;
    return `${told}; terms and map together, without tip, tilt and defocus.`;
  }
  const summary = wavelength === null ? null : wavefrontSummary(result, wavelength);
  return summary === null || wavelength === null ? null : wavefrontText(summary, wavelength);
}

/** “Wavefront 38.2 ± 0.4 nm RMS (λ/13.6)”. */
function sizeText(rms: number, sigma: number | null, wavelength: number): string {
  const size = formatValueAndError(rms * 1e9, sigma === null ? null : sigma * 1e9);
  const part = rms > 0 ? ` (λ/${Number((wavelength / rms).toPrecision(3))})` : '';
  return `Wavefront ${size} nm RMS${part}`;
}

/** “Wavefront 38.2 ± 0.4 nm RMS (λ/13.6), Strehl ratio 0.811 ± 0.004; of 18 terms, without tip, tilt and defocus.” */
export function wavefrontText(summary: WavefrontSummary, wavelength: number): string {
  const { rms, sigma, strehl, strehlSigma, fitted, held, hasDefocus } = summary;
  const others = held === 0 ? '' : ` and ${held} held`;
  const without = hasDefocus ? 'tip and tilt' : 'tip, tilt and defocus';
  return `${sizeText(rms, sigma, wavelength)}, Strehl ratio ${formatValueAndError(strehl, strehlSigma)}; of ${fitted}${others} Zernike term${fitted + held === 1 ? '' : 's'}, without ${without}.`;
}
