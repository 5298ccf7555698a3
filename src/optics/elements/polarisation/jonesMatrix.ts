import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { throughJones } from '../../polarisation.ts';

const entry = (title: string, doc: string, start: number) =>
  ({
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: start,
    min: -1e3,
    max: 1e3,
    soft: [-1, 1],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.05,
  }) as const;

/** Largest share of power that a matrix with these squared sizes passes: its largest singular value squared. */
function largestGain(re: readonly number[], im: readonly number[]): number {
  const [a = 0, b = 0, c = 0, d = 0] = re;
  const [p = 0, q = 0, r = 0, s = 0] = im;
  const sum = [...re, ...im].reduce((total, value) => total + value * value, 0);
  const determinant = Math.hypot(a * d - p * s - b * c + q * r, a * s + p * d - b * r - q * c);
  return (sum + Math.sqrt(Math.max(0, sum * sum - 4 * determinant * determinant))) / 2;
}

export const jonesMatrix: ElementSpec = defineElement({
  type: 'jonesMatrix',
  version: 1,
  category: 'polarisation',
  title: 'Jones matrix',
  summary: 'Any linear change of polarisation, entered as a 2 × 2 complex matrix.',
  keywords: ['general', 'matrix', 'diattenuator', 'custom', 'jones'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: { out: { type: { like: 'in' }, title: 'Light' } },
  params: {
    xxRe: entry('Jxx, real', 'Real part of what Ex gives to Ex.', 1),
    xxIm: entry('Jxx, imaginary', 'Imaginary part of what Ex gives to Ex.', 0),
    xyRe: entry('Jxy, real', 'Real part of what Ey gives to Ex.', 0),
    xyIm: entry('Jxy, imaginary', 'Imaginary part of what Ey gives to Ex.', 0),
    yxRe: entry('Jyx, real', 'Real part of what Ex gives to Ey.', 0),
    yxIm: entry('Jyx, imaginary', 'Imaginary part of what Ex gives to Ey.', 0),
    yyRe: entry('Jyy, real', 'Real part of what Ey gives to Ey.', 1),
    yyIm: entry('Jyy, imaginary', 'Imaginary part of what Ey gives to Ey.', 0),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: '(Ex, Ey)_out = [[Jxx, Jxy], [Jyx, Jyy]] (Ex, Ey)_in',
  references: ['Jones, J. Opt. Soc. Am. 31, 488 (1941)'],
  sampling: (_inputs, params) => {
    const gain = largestGain(
      [params.xxRe.value, params.xyRe.value, params.yxRe.value, params.yyRe.value],
      [params.xxIm.value, params.xyIm.value, params.yxIm.value, params.yyIm.value],
    );
    if (gain <= 1 + 1e-9) return [];
    const passive = Object.fromEntries(
      Object.entries(params).map(([name, { value }]) => [name, value / Math.sqrt(gain)]),
    );
    return [
      {
        severity: 'warning',
        message: `This matrix makes power: up to ${gain.toPrecision(3)} times what comes in.`,
        fix: `A passive element has no larger singular value than 1: divide all entries by ${Math.sqrt(gain).toPrecision(4)}.`,
        apply: { title: 'Divide all entries', params: passive },
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    return {
      out: throughJones(ops, light, [
        { re: params.xxRe, im: params.xxIm },
        { re: params.xyRe, im: params.xyIm },
        { re: params.yxRe, im: params.yxIm },
        { re: params.yyRe, im: params.yyIm },
      ]),
    };
  },
});
