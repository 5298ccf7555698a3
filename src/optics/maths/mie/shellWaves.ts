/**
 * Waves in the layers of a sphere, order by order at 2n, for `insideField.ts`: how their logarithmic derivative
 * sigma = (n+1)/(m r) - V'/(m V) and their size change across shells and surfaces.
 */
import type { ShellRatios } from './ratios.ts';

export type Complex = readonly [re: number, im: number];

export const square = ([re, im]: Complex): Complex => [re * re - im * im, 2 * re * im];
export const over = ([a, b]: Complex, [c, d]: Complex): Complex => {
  const scale = 1 / (c * c + d * d);
  return [(a * c + b * d) * scale, (b * c - a * d) * scale];
};

/** What a shell does to sigma at its inner end: sigma at its outer end, or V at the inner end over that at the outer. */
export function across(ratios: ShellRatios, sigma: Float64Array, want: 'sigma' | 'share'): Float64Array {
  const out = new Float64Array(sigma.length);
  const { psiInside, psiOutside, xiInside, xiOutside, psiAcross, bothAcross } = ratios;
  for (let i = 2; i < out.length; i += 2) {
    const at = (values: Float64Array, part: 0 | 1) => values[i + part] as number;
    const [pRe, pIm, xRe, xIm] = [at(psiInside, 0), at(psiInside, 1), at(xiInside, 0), at(xiInside, 1)];
    const [gRe, gIm] = [at(sigma, 0) - xRe, at(sigma, 1) - xIm];
    const [bRe, bIm] = [at(sigma, 0) - pRe, at(sigma, 1) - pIm];
    const [qRe, qIm] = [at(bothAcross, 0), at(bothAcross, 1)];
    const [cRe, cIm] = [bRe * qRe - bIm * qIm, bRe * qIm + bIm * qRe];
    let [re, im] = [pRe - xRe, pIm - xIm];
    let [fRe, fIm] = [at(psiAcross, 0), at(psiAcross, 1)];
    if (want === 'sigma') {
      const [oRe, oIm, zRe, zIm] = [at(psiOutside, 0), at(psiOutside, 1), at(xiOutside, 0), at(xiOutside, 1)];
      re = oRe * gRe - oIm * gIm - zRe * cRe + zIm * cIm;
      im = oRe * gIm + oIm * gRe - zRe * cIm - zIm * cRe;
      [fRe, fIm] = [1, 0];
    }
    const [dRe, dIm] = over([re, im], [gRe - cRe, gIm - cIm]);
    out[i] = dRe * fRe - dIm * fIm;
    out[i + 1] = dRe * fIm + dIm * fRe;
  }
  return out;
}

export function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i += 2) {
    const [aRe, aIm, bRe, bIm] = [a[i] as number, a[i + 1] as number, b[i] as number, b[i + 1] as number];
    out[i] = aRe * bRe - aIm * bIm;
    out[i + 1] = aRe * bIm + aIm * bRe;
  }
  return out;
}

/**
 * sigma on the far side of a surface at r from index m to index m': V'/m^2 is continuous for electric waves, V' for
 * magnetic ones, and V'/V = (n+1)/r - m sigma.
 */
export function crossed(
  sigma: Float64Array,
  m: Complex,
  next: Complex,
  r: number,
  kind: 'electric' | 'magnetic',
): Float64Array {
  const out = new Float64Array(sigma.length);
  const [fRe, fIm] = kind === 'magnetic' ? [1, 0] : over(square(next), square(m));
  for (let i = 2; i < out.length; i += 2) {
    const rise = (i / 2 + 1) / r;
    const [sRe, sIm] = [sigma[i] as number, sigma[i + 1] as number];
    const re = rise - (m[0] * sRe - m[1] * sIm);
    const im = -(m[0] * sIm + m[1] * sRe);
    const found = over([rise - (fRe * re - fIm * im), -(fRe * im + fIm * re)], next);
    out[i] = found[0];
    out[i + 1] = found[1];
  }
  return out;
}
