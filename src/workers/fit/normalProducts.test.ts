import { expect, it } from 'vitest';
import { SeededRandom } from '../../optics/maths/random.ts';
import { type Column, normalProducts } from './normalProducts.ts';

/** Column by column and pixel by pixel. */
function expected(columns: readonly Column[], gradientFactor: Float64Array, weights: Float64Array) {
  const at = ({ data, first, last }: Column, k: number) => (k >= first && k <= last ? (data[k] ?? 0) : 0);
  const sum = (term: (k: number) => number) => weights.reduce((total, _, k) => total + term(k), 0);
  return {
    descent: columns.map((a) => sum((k) => at(a, k) * (gradientFactor[k] ?? 0))),
    curvature: columns.flatMap((a) =>
      columns.map((b) => sum((k) => at(a, k) * (weights[k] ?? 0) * at(b, k))),
    ),
  };
}

// Numbers of pixels and of columns that no block and no group of columns divides; one pixel and one column.
it.each([
  [700, 7],
  [1, 1],
  [256, 4],
])('the sums over %i pixels for %i columns are those of a plain loop', (pixels, count) => {
  const random = new SeededRandom(count);
  const numbers = () => Float64Array.from({ length: pixels }, () => random.normal());
  const shared = numbers();
  const half = Math.floor(pixels / 2);
  const columns: Column[] = [
    ...Array.from({ length: count }, () => ({ data: numbers(), first: 0, last: pixels - 1 })),
    // Two that share their data, and one that is empty.
    { data: shared, first: 0, last: half - 1 },
    { data: shared, first: half, last: pixels - 1 },
    { data: new Float64Array(0), first: 0, last: -1 },
  ];
  const [gradientFactor, weights] = [numbers(), numbers()];
  const found = normalProducts(columns, { gradientFactor, weights });
  const plain = expected(columns, gradientFactor, weights);
  // Rounding of sums of 700 numbers of order one, in another order.
  const pairs = [
    [found.descent, plain.descent],
    [found.curvature, plain.curvature],
  ] as const;
  for (const [sums, wanted] of pairs) {
    const errors = Array.from(sums, (value, i) => Math.abs(value - (wanted[i] ?? Number.NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-11);
  }
});
