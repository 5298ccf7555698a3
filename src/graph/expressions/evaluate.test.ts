import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterScalar, type Scalar } from '../../optics/ops/scalar.ts';
import { dimensionOf, NUMBER, sameDimension } from './dimensions.ts';
import { FUNCTIONS, meaningOf } from './evaluate.ts';
import { ExpressionProblem, parseExpression } from './syntax.ts';

const LENGTH = dimensionOf('length');
const VALUES: Readonly<Record<string, number>> = { a: 0.7, b: 1.3, c: 2.1 };

/** Numbers a, b, c with slots 0, 1, 2; lengths x (2 mm) and lambda (500 nm). */
function read(text: string, values = VALUES): Scalar {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  const lengths: Readonly<Record<string, number>> = { x: 2e-3, lambda: 500e-9 };
  const meaning = meaningOf(parsed.expression, text, ([name = '']) => {
    if (name === 'pi') return Math.PI;
    return { path: name, dimension: Object.hasOwn(lengths, name) ? LENGTH : NUMBER };
  });
  const names = Object.keys(values);
  return meaning.evaluate((path) =>
    parameterScalar(values[path] ?? lengths[path] ?? Number.NaN, names.indexOf(path)),
  );
}

function reasonOf(text: string): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed.reason;
  try {
    read(text);
  } catch (error) {
    if (error instanceof ExpressionProblem) return error.message;
    throw error;
  }
  return '';
}

describe('expressions', () => {
  it.each([
    ['2 + 3*4', 14],
    ['2*(3+4)', 14],
    ['-2^2', -4],
    ['2^3^2', 512],
    ['2^-1', 0.5],
    ['7 - 4 - 1', 2],
    ['8/4/2', 1],
    ['8 / 4 * 2', 4],
    ['+3 × 2 · 2 ÷ 4 − 1', 2],
    ['1.5e3 + .5', 1500.5],
    ['532 nm', 532e-9],
    ['10µm', 1e-5],
    ['10 μm', 1e-5],
    ['0.25 lambda', 125e-9],
    ['2 waves', 1e-6],
    ['90 deg', Math.PI / 2],
    ['180°', Math.PI],
    ['12 %', 0.12],
    ['3 e-', 3],
    ['2 W/m²', 2],
    ['(3 m)^2 / (1 m)', 9],
    ['pi', Math.PI],
    ['sqrt(x*x)', 2e-3],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['abs(-3) + log(exp(2))', 5],
    ['sin(30 deg) + cos(pi/3) + tan(45°)', 2],
    ['asin(0.5)/acos(0.5) + atan(0)', 0.5],
  ])('%s is %d', (text, expected) => {
    // Rounding of a few float64 operations.
    expect(read(text).value / expected).toBeCloseTo(1, 14);
  });

  it.each([
    ['', 'The expression is empty: write 2*lens.focalLength, for example.'],
    ['2 +', 'The expression ends too early after “2 +”.'],
    ['2 ) + 1', 'There is a “)” too many after “2”.'],
    ['(2 + 3', 'The bracket at “(2 + 3” is not closed.'],
    ['2 $ 3', '“$” makes no sense after “2”.'],
    ['* 2', '“*” makes no sense at the beginning.'],
    ['2 a', '“a” is no unit: write 2*a if it is the name of a value.'],
    ['5 mm^2', '“5 mm^” can be read in two ways: write (5 mm)^2, for example.'],
    ['1e999', '“1e999” is too large a number.'],
    ['sine(2)', 'There is no function “sine”. Did you mean sin or asin?'],
    ['sin(1, 2)', 'sin(1, 2): sin takes one value, not 2.'],
    ['min(1)', 'min(1): min compares two values or more, such as min(a, b).'],
    ['x + 5', 'x + 5: a length cannot be added to a number. Give the number a unit, such as 5 mm.'],
    ['3 K - x', '3 K - x: a length cannot be subtracted from a temperature.'],
    ['x + x*x', 'x + x*x: a length cannot be added to an area.'],
    [
      'max(1, x)',
      'max(1, x): a number cannot be compared with a length. Give the number a unit, such as 5 mm.',
    ],
    ['2^x', '2^x: an exponent is a number, not a length.'],
    ['x^a', 'x^a: a length can only have a fixed exponent, such as 2.'],
    ['sin(x)', 'sin(x): sin takes a number, not a length.'],
    ['exp(3 W/m²)', 'exp(3 W/m²): exp takes a number, not a value in m^-2·W.'],
  ])('says what is wrong with “%s”', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  it('reads powers and roots of lengths as lengths again', () => {
    for (const text of ['sqrt(x*lambda)', 'x^2/lambda', '(x^3)^(1/3)', '1/(1/x)'])
      expect(reasonOf(`${text} + 1 mm`)).toBe('');
    expect(sameDimension(LENGTH, NUMBER)).toBe(false);
  });

  it('never throws raw, whatever the text is', () => {
    const pieces = [
      ...'+-*/^(),." \t$',
      'a',
      'x',
      'lambda',
      '1',
      '2.5e3',
      '0',
      'mm',
      '°',
      'e-',
      'é',
      ...FUNCTIONS,
    ];
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }),
    );
    fc.assert(
      fc.property(texts, (text) => typeof reasonOf([...text].join('')) === 'string'),
      { numRuns: 500 },
    );
    expect(reasonOf('('.repeat(200))).toMatch(/too many brackets/);
    expect(reasonOf(`${'-'.repeat(100)}1`)).toMatch(/too many brackets/);
    expect(reasonOf('1+'.repeat(300))).toMatch(/at most 300 characters/);
  });
});

/** Beyond infinity there is nothing to compare. */
const finite = (x: number): number => (Number.isFinite(x) ? x : Number.NaN);

/** A random expression of a, b and c as text, with the same in JavaScript. */
type Values = Readonly<Record<string, number>>;
interface Twin {
  readonly text: string;
  readonly value: (values: Values) => number;
}

const leaf: fc.Arbitrary<Twin> = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map((name) => ({ text: name, value: (v: Values) => v[name] ?? Number.NaN })),
  fc.integer({ min: 1, max: 9 }).map((n) => ({ text: String(n), value: () => n })),
);
const FUNCTION_TWINS: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  atan: Math.atan,
  exp: (x) => Math.exp(x),
  abs: Math.abs,
};
const { twin } = fc.letrec<{ twin: Twin }>((tie) => ({
  twin: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('twin'), fc.constantFrom('+', '-', '*', '/'), tie('twin')).map(([l, operator, r]) => ({
      text: `(${l.text} ${operator} ${r.text})`,
      value: (v: Values) => {
        const [p, q] = [l.value(v), r.value(v)];
        return finite(operator === '+' ? p + q : operator === '-' ? p - q : operator === '*' ? p * q : p / q);
      },
    })),
    fc.tuple(fc.constantFrom(...Object.keys(FUNCTION_TWINS)), tie('twin')).map(([name, of]) => ({
      text: `${name}(${of.text})`,
      value: (v: Values) => finite(FUNCTION_TWINS[name]?.(of.value(v)) ?? Number.NaN),
    })),
    fc.tuple(tie('twin'), fc.integer({ min: -2, max: 3 })).map(([base, power]) => ({
      text: `(${base.text})^${power}`,
      value: (v: Values) => (Number.isNaN(base.value(v)) ? Number.NaN : finite(base.value(v) ** power)),
    })),
    fc.tuple(tie('twin'), tie('twin')).map(([l, r]) => ({
      text: `max(${l.text}, -${r.text})`,
      value: (v: Values) => Math.max(l.value(v), -r.value(v)),
    })),
  ),
}));

describe('values and derivatives', () => {
  it('of an expression are those of the same in JavaScript', () => {
    fc.assert(
      fc.property(twin, ({ text, value }) => {
        fc.pre(text.length < 250 && Number.isFinite(value(VALUES)) && Math.abs(value(VALUES)) < 1e6);
        const scalar = read(text);
        // The same operations in float64, in the same order.
        expect(scalar.value).toBe(value(VALUES));
        Object.keys(VALUES).forEach((name, slot) => {
          const at = (step: number) => value({ ...VALUES, [name]: (VALUES[name] ?? 0) + step });
          const slopeWith = (h: number) => (at(h) - at(-h)) / (2 * h);
          const [coarse, fine] = [slopeWith(2e-4), slopeWith(1e-4)];
          const expected = (4 * fine - coarse) / 3;
          // Where halving the step changes the difference (kinks, poles, rounding), it is no measure of the slope.
          const scale = Math.max(1, Math.abs(expected), Math.abs(scalar.value));
          if (!(Math.abs(fine - coarse) < 1e-5 * scale)) return;
          // Extrapolated: rounding of values up to `scale` over the step, 1e-16 / 1e-4, and of what was left out.
          expect(Math.abs((scalar.partials.get(slot) ?? 0) - expected) / scale).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('know slopes that differences do not reach', () => {
    // d(a^b) = a^b (b/a da + ln a db), by hand.
    const power = read('a^b');
    expect(power.value).toBe(0.7 ** 1.3);
    expect(power.partials.get(0)).toBeCloseTo(1.3 * 0.7 ** 0.3, 14);
    expect(power.partials.get(1)).toBeCloseTo(0.7 ** 1.3 * Math.log(0.7), 14);
    expect(read('sqrt(b)').partials.get(1)).toBeCloseTo(0.5 / Math.sqrt(1.3), 14);
    expect(read('a^0', { a: 0 }).partials.get(0)).toBe(0);
    expect(read('abs(a)', { a: -2 }).partials.get(0)).toBe(-1);
    expect([...read('min(a, b)').partials]).toEqual([[0, 1]]);
  });

  it('say whether they hold at any distance', () => {
    expect(read('2*a - b/3 + 1').isAffine).toBe(true);
    for (const text of ['a*b', 'a^2', 'sin(a)', 'max(a, b)', '1/a']) expect(read(text).isAffine).toBe(false);
  });
});
