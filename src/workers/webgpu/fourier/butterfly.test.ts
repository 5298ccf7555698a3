import { describe, expect, it } from 'vitest';
import { butterfly, RADICES } from './butterfly.ts';

/** Runs the WGSL statements on numbers: vec2 arithmetic spelled out as complex pairs. */
function evaluate(
  code: string,
  inputs: readonly (readonly [number, number])[],
): Map<string, [number, number]> {
  const values = new Map<string, [number, number]>(inputs.map(([x, y], index) => [`v${index}`, [x, y]]));
  const term = (text: string): [number, number] => {
    const [, factor, vector, plain] = /^(?:(-?[\d.e-]+) \* )?(?:vec2<f32>\((.*)\)|(-?\w+))$/.exec(text) ?? [];
    const scale = factor === undefined ? 1 : Number(factor);
    if (vector !== undefined) {
      const [x = 0, y = 0] = vector.split(', ').map((part) => {
        const [, sign, name = '', axis] = /^(-?)(\w+)\.([xy])$/.exec(part) ?? [];
        return (sign === '-' ? -1 : 1) * (values.get(name)?.[axis === 'x' ? 0 : 1] ?? Number.NaN);
      });
      return [scale * x, scale * y];
    }
    const name = (plain ?? '').replace('-', '');
    const sign = plain?.startsWith('-') ? -scale : scale;
    const [x, y] = values.get(name) ?? [Number.NaN, Number.NaN];
    return [sign * x, sign * y];
  };
  for (const statement of code.split('\n').filter((line) => line !== '')) {
    const [, name = '', expression = ''] = /^let (\w+) = (.*);$/.exec(statement) ?? [];
    const parts = expression.split(/ (?=[+-] )/);
    const total = parts.reduce<[number, number]>(
      (sum, part, index) => {
        const minus = index > 0 && part.startsWith('- ');
        const [x, y] = term(index > 0 ? part.slice(2) : part);
        return minus ? [sum[0] - x, sum[1] - y] : [sum[0] + x, sum[1] + y];
      },
      [0, 0],
    );
    values.set(name, total);
  }
  return values;
}

describe('butterfly', () => {
  it.each([...RADICES])('of radix %i is the direct Fourier sum', (radix) => {
    const inputs = Array.from({ length: radix }, (_, n) => [Math.sin(n * n + 1), Math.cos(3 * n)] as const);
    const { code, outputs } = butterfly(inputs.map((_, n) => `v${n}`));
    const values = evaluate(code, inputs);
    outputs.forEach((name, k) => {
      let [re, im] = [0, 0];
      inputs.forEach(([x, y], n) => {
        const angle = (-2 * Math.PI * n * k) / radix;
        re += x * Math.cos(angle) - y * Math.sin(angle);
        im += x * Math.sin(angle) + y * Math.cos(angle);
      });
      // Twiddle literals have 12 digits.
      expect(values.get(name)?.[0]).toBeCloseTo(re, 10);
      expect(values.get(name)?.[1]).toBeCloseTo(im, 10);
    });
  });
});
