import type { MieCoefficients } from './coefficients.ts';

/** Efficiencies (cross-sections over pi radius^2) and the mean cosine of the scattering angle. */
export interface MieEfficiencies {
  readonly qExt: number;
  readonly qSca: number;
  /** Radar back-scatter, |sum (2n+1)(-1)^n (a_n - b_n)|^2 / x^2 (Bohren & Huffman eq. 4.82). */
  readonly qBack: number;
  readonly g: number;
}

/**
 * Extinction, scattering and back-scatter efficiencies and the asymmetry parameter
 * (Bohren & Huffman eqs. 4.61, 4.62, 4.82 and p. 120).
 */
export function mieEfficiencies({ sizeParameter: x, order, a, b }: MieCoefficients): MieEfficiencies {
  let extinction = 0;
  let scattering = 0;
  let forward = 0;
  let backRe = 0;
  let backIm = 0;
  for (let n = 1; n <= order; n++) {
    const i = 2 * (n - 1);
    const [ar, ai, br, bi] = [a[i] ?? 0, a[i + 1] ?? 0, b[i] ?? 0, b[i + 1] ?? 0];
    const [arNext, aiNext, brNext, biNext] = [a[i + 2] ?? 0, a[i + 3] ?? 0, b[i + 2] ?? 0, b[i + 3] ?? 0];
    const weight = 2 * n + 1;
    extinction += weight * (ar + br);
    scattering += weight * (ar * ar + ai * ai + br * br + bi * bi);
    forward += ((n * (n + 2)) / (n + 1)) * (ar * arNext + ai * aiNext + br * brNext + bi * biNext);
    forward += (weight / (n * (n + 1))) * (ar * br + ai * bi);
    const sign = n % 2 === 0 ? weight : -weight;
    backRe += sign * (ar - br);
    backIm += sign * (ai - bi);
  }
  const scale = 2 / (x * x);
  return {
    qExt: scale * extinction,
    qSca: scale * scattering,
    qBack: (backRe * backRe + backIm * backIm) / (x * x),
    g: scattering > 0 ? (2 * forward) / scattering : 0,
  };
}
