/** The series against 70-digit arithmetic: bench/mie-reference.py, which works in another way. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type MieCoefficients, type MieSeries, mieCoefficients, mieOrder } from './coefficients.ts';

interface Case {
  readonly layers: readonly (readonly [sizeParameter: number, mRe: number, mIm: number])[];
  readonly orders: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly bySize?: readonly { readonly a: readonly number[]; readonly b: readonly number[] }[];
  readonly byIndex?: readonly { readonly a: readonly number[]; readonly b: readonly number[] }[];
}

const bench = join(dirname(fileURLToPath(import.meta.url)), '../../../../bench');
const file = (name: string) => readFileSync(join(bench, name), 'utf8');
const stored = JSON.parse(file('results/mie-reference.json')) as {
  readonly hash: string;
  readonly accuracy: readonly Case[];
  readonly derivatives: readonly Case[];
};

function computed({ layers }: Case): MieCoefficients {
  const x = layers.at(-1)?.[0] ?? 0;
  return mieCoefficients(
    layers.map(([sizeParameter, mRe, mIm]) => ({ sizeParameter, mRe, mIm })),
    mieOrder(x) + 3,
  );
}

/** Largest error over the largest modulus, a and b and all stored orders together. */
function error(
  found: MieSeries | undefined,
  known: Pick<Case, 'a' | 'b'> | undefined,
  orders: readonly number[],
) {
  if (found === undefined || known === undefined) return Number.NaN;
  let [worst, largest] = [0, 0];
  for (const family of ['a', 'b'] as const) {
    orders.forEach((n, i) => {
      const [re, im] = [known[family][2 * i] ?? Number.NaN, known[family][2 * i + 1] ?? Number.NaN];
      const [foundRe = Number.NaN, foundIm = Number.NaN] = found[family].slice(2 * n - 2, 2 * n);
      worst = Math.max(worst, Math.hypot(foundRe - re, foundIm - im));
      largest = Math.max(largest, Math.hypot(re, im));
    });
  }
  return worst / largest;
}

const words = ({ layers }: Case) => layers.map(([x, re, im]) => `x ${x}, m ${re} + ${im}i`).join('; ');

it('the stored numbers are those of the script', () => {
  expect(createHash('sha256').update(file('mie-reference.py')).digest('hex')).toBe(stored.hash);
});

/**
 * Errors of the recommended float64 scheme in the project's table of schemes, size parameters 0.1 to 100: three times
 * as much is allowed, and six units of rounding (1.3e-15). They come from the rounding of m x, times the sharpness of
 * resonances.
 */
const SCHEME: Readonly<Record<string, readonly number[]>> = {
  '1.1+0': [5e-16, 2e-16, 1e-15, 2e-15, 4e-15, 9e-15, 4e-15],
  '1.33+0': [2e-16, 8e-17, 2e-16, 7e-16, 9e-15, 2e-14, 2e-14],
  '1.5+0': [7e-16, 5e-16, 3e-16, 1e-15, 5e-15, 2e-14, 2e-14],
  '1.5+0.1': [5e-16, 2e-16, 6e-16, 8e-16, 6e-16, 4e-16, 7e-16],
  '0.2+3': [2e-16, 2e-16, 2e-16, 1e-15, 2e-15, 2e-15, 1e-15],
  // A bubble, which the table does not give for this scheme: as the worst of the others.
  '0.75+0': [7e-16, 5e-16, 1e-15, 2e-15, 9e-15, 2e-14, 2e-14],
};
const SIZES = [0.1, 1, 5, 10, 30, 60, 100];

it.each(stored.accuracy)('coefficients of $layers.0 are as good as the best scheme', (each) => {
  const [[x, re, im] = [0, 0, 0]] = each.layers;
  const allowed = SCHEME[`${re}+${im}`]?.[SIZES.indexOf(x)] ?? Number.NaN;
  expect(error(computed(each), each, each.orders)).toBeLessThan(Math.max(1.3e-15, 3 * allowed));
});

it.each(stored.derivatives.map((each) => [words(each), each] as const))('%s: all derivatives', (_, each) => {
  const found = computed(each);
  const large = found.sizeParameter > 60;
  // Rounding of m x to 1e-16 of up to 3000, times the sharpness of resonances, and once more in each ratio of orders.
  expect(error(found, each, each.orders)).toBeLessThan(large ? 1e-11 : 1e-13);
  for (let layer = 0; layer < each.layers.length; layer++) {
    for (const by of ['bySize', 'byIndex'] as const) {
      const off = error(found[by][layer], each[by]?.[layer], each.orders);
      expect(off, `${by} ${layer}`).toBeLessThan(large ? 1e-9 : 1e-12);
    }
  }
});
