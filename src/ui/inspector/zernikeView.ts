/** How Zernike terms are numbered and sized on screen. The document keeps Noll indices and metres RMS. */
import {
  degreeToFringe,
  degreeToNoll,
  degreeToOsa,
  fringeToDegree,
  nollToDegree,
  osaToDegree,
  zernikeNorm,
} from '../../optics/maths/zernike.ts';
import type { ZernikeOrder, ZernikeSize } from '../stores/settingsStore.ts';
import type { FieldUnit } from './quantityText.ts';

export const ORDERS: readonly {
  readonly value: ZernikeOrder;
  readonly text: string;
  readonly detail: string;
}[] = [
  { value: 'noll', text: 'Noll', detail: 'from 1, by radial degree' },
  { value: 'osa', text: 'ANSI / OSA', detail: 'from 0, by degree and angle' },
  { value: 'fringe', text: 'Fringe', detail: 'from 1, University of Arizona' },
];

export const SIZES: readonly {
  readonly value: ZernikeSize;
  readonly text: string;
  readonly detail: string;
}[] = [
  { value: 'rms', text: 'RMS', detail: 'over the pupil' },
  { value: 'peak', text: 'Peak', detail: 'value of the term at the edge of the pupil' },
];

/** The index of a term in an order of indices. */
export function indexIn(order: ZernikeOrder, nollIndex: number): number {
  if (order === 'noll') return nollIndex;
  const { n, m } = nollToDegree(nollIndex);
  return order === 'osa' ? degreeToOsa(n, m) : degreeToFringe(n, m);
}

/** The first `count` terms of an order after piston, as Noll indices, none beyond `largest`. */
export function termsInOrder(order: ZernikeOrder, count: number, largest: number): readonly number[] {
  const indices = Array.from({ length: count }, (_, i) => {
    if (order === 'noll') return i + 1;
    const { n, m } = order === 'osa' ? osaToDegree(i) : fringeToDegree(i + 1);
    return degreeToNoll(n, m);
  });
  return indices.filter((nollIndex) => nollIndex > 1 && nollIndex <= largest);
}

/** The unit of a term: of its value at the edge where sizes are peaks, which is more than the RMS. */
export function sizedUnit(unit: FieldUnit, size: ZernikeSize, nollIndex: number): FieldUnit {
  return size === 'rms' ? unit : { symbol: unit.symbol, factor: unit.factor / edgeValue(nollIndex) };
}

/** Value at the edge of the term of RMS 1, on the axis along which it is largest. */
export function edgeValue(nollIndex: number): number {
  const { n, m } = nollToDegree(nollIndex);
  return zernikeNorm(n, m);
}

export const SIGN_NOTE =
  'Positive is longer path: tilt x > 0 moves the image to +x, defocus > 0 is an object closer than the focus.';
