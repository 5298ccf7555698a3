/** What coefficients of a wavefront mean, in words that go with them into files. docs/conventions.md pins each. */
import {
  degreeToFringe,
  degreeToOsa,
  nollToDegree,
  zernikeName,
  zernikeNorm,
} from '../optics/maths/zernike.ts';

export const ZERNIKE_CONVENTION = {
  index: 'Noll, from 1; ANSI/OSA (from 0) and Fringe (from 1) beside it',
  normalisation:
    'RMS 1 over the disc of the pupil; the value at the edge is larger by the factor that is given',
  unit: 'optical path, m RMS',
  sign: 'positive is a longer optical path: light has the phase exp(+2 pi i path / wavelength), with exp(-i omega t)',
  axes: 'x along columns to the right, y along rows downwards, angle from +x towards +y; cosine terms m > 0, sine terms m < 0; Z2 > 0 moves the image to +x',
} as const;

/** One coefficient with all that it is known by. */
export interface TermEntry {
  /** Whose it is: the path of a learned value, or `wavefront` for terms and maps together. */
  readonly of: string;
  readonly noll: number;
  readonly osa: number;
  readonly fringe: number;
  readonly n: number;
  readonly m: number;
  readonly name: string;
  /** Value at the edge of a term of RMS 1. */
  readonly edge: number;
  /** Metres RMS. */
  readonly value: number;
  readonly sigma: number | null;
}

export function termEntry(of: string, noll: number, value: number, sigma: number | null): TermEntry {
  const { n, m } = nollToDegree(noll);
  const indices = { noll, osa: degreeToOsa(n, m), fringe: degreeToFringe(n, m) };
  return { of, ...indices, n, m, name: zernikeName(n, m), edge: zernikeNorm(n, m), value, sigma };
}

/** What of a fit has coefficients. */
interface Terms {
  readonly parameters: readonly {
    readonly path: string;
    readonly value: number;
    readonly sigma: number | null;
  }[];
  readonly held?: readonly { readonly path: string; readonly value: number }[];
  readonly wavefront?: {
    readonly terms: readonly {
      readonly noll: number;
      readonly value: number;
      readonly sigma: number | null;
    }[];
  };
}

const TERM = /\.zernike\.(\d+)$/;

/** The coefficients that were learned, those that were held, and those of the whole wavefront where it is told. */
export function termEntries({ parameters, held = [], wavefront }: Terms): readonly TermEntry[] {
  const nollOf = (path: string): number | null => {
    const noll = TERM.exec(path)?.[1];
    return noll === undefined ? null : Number(noll);
  };
  const entry = (path: string, value: number, sigma: number | null): TermEntry[] => {
    const noll = nollOf(path);
    return noll === null ? [] : [termEntry(path, noll, value, sigma)];
  };
  return [
    ...parameters.flatMap(({ path, value, sigma }) => entry(path, value, sigma)),
    ...held.flatMap(({ path, value }) => entry(path, value, null)),
    ...(wavefront?.terms ?? []).map(({ noll, value, sigma }) => termEntry('wavefront', noll, value, sigma)),
  ];
}
