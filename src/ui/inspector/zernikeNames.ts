/** Names of wavefront shapes by Noll index. */
import { nollToDegree } from '../../optics/maths/zernike.ts';

const NAMES: Readonly<Record<number, string>> = {
  1: 'Piston',
  2: 'Tip (x)',
  3: 'Tilt (y)',
  4: 'Defocus',
  5: 'Astigmatism 45°',
  6: 'Astigmatism 0°',
  7: 'Coma y',
  8: 'Coma x',
  9: 'Trefoil y',
  10: 'Trefoil x',
  11: 'Spherical',
  12: '2nd astigmatism 0°',
  13: '2nd astigmatism 45°',
  14: 'Quadrafoil 0°',
  15: 'Quadrafoil 22.5°',
  16: '2nd coma x',
  17: '2nd coma y',
  18: '2nd trefoil x',
  19: '2nd trefoil y',
  20: 'Pentafoil x',
  21: 'Pentafoil y',
  22: '2nd spherical',
  37: '3rd spherical',
};

/** The common name; degrees where nobody has given one. */
export function zernikeName(nollIndex: number): string {
  const { n, m } = nollToDegree(nollIndex);
  return NAMES[nollIndex] ?? `n = ${n}, m = ${m}`;
}
