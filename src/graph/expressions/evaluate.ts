/** From the tree of an expression to one function, which gives numbers and their derivatives alike. */
import {
  addScalars,
  asScalar,
  constantScalar,
  divideScalars,
  isConstant,
  mapScalar,
  multiplyScalars,
  type Scalar,
  subtractScalars,
} from '../../optics/ops/scalar.ts';
import { nearNames, orList } from '../names.ts';
import { own } from '../registry.ts';
import { type Dimension, dimensionWords, isNumber, NUMBER, sameDimension, times } from './dimensions.ts';
import { type Expression, ExpressionProblem } from './syntax.ts';

/** What a name stands for. */
export interface Reference {
  /** Path of a number of the design. */
  readonly path: string;
  readonly dimension: Dimension;
}

/** Values of paths. */
export type Lookup = (path: string) => Scalar;

export interface Meaning {
  readonly dimension: Dimension;
  readonly evaluate: (lookup: Lookup) => Scalar;
  /** The value where it depends on nothing. */
  readonly constant: number | null;
}

interface SmoothFunction {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** Of numbers; angles are in radians. */
const OF_NUMBERS: Readonly<Record<string, SmoothFunction>> = {
  sin: { value: Math.sin, slope: Math.cos },
  cos: { value: Math.cos, slope: (x) => -Math.sin(x) },
  tan: { value: Math.tan, slope: (x) => 1 / Math.cos(x) ** 2 },
  asin: { value: Math.asin, slope: (x) => 1 / Math.sqrt(1 - x * x) },
  acos: { value: Math.acos, slope: (x) => -1 / Math.sqrt(1 - x * x) },
  atan: { value: Math.atan, slope: (x) => 1 / (1 + x * x) },
  exp: { value: Math.exp, slope: Math.exp },
  log: { value: Math.log, slope: (x) => 1 / x },
};

export const FUNCTIONS: readonly string[] = [...Object.keys(OF_NUMBERS), 'sqrt', 'abs', 'min', 'max'];

/**
 * What an expression means.
 * @param resolve what a name stands for
 * @throws ExpressionProblem where a name means nothing or units do not fit
 */
export function meaningOf(
  expression: Expression,
  text: string,
  resolve: (parts: readonly string[]) => Reference | number,
): Meaning {
  const of = (part: Expression): Meaning => meaningOf(part, text, resolve);
  const words = ({ at }: Expression) => text.slice(at.start, at.end).slice(0, 40);
  switch (expression.kind) {
    case 'number':
      return constantMeaning(expression.value, expression.dimension);
    case 'name': {
      const found = resolve(expression.parts);
      if (typeof found === 'number') return constantMeaning(found, NUMBER);
      const { path, dimension } = found;
      return { dimension, evaluate: (lookup) => lookup(path), constant: null };
    }
    case 'negative': {
      const { dimension, evaluate, constant } = of(expression.of);
      return {
        dimension,
        evaluate: (lookup) => multiplyScalars(-1, evaluate(lookup)),
        constant: constant === null ? null : -constant,
      };
    }
    case 'operation': {
      const [left, right] = [of(expression.left), of(expression.right)];
      if (expression.operator === '^') return power(left, right, words(expression));
      return operation(expression.operator, left, right, words(expression));
    }
    case 'call': {
      const args = expression.args.map(of);
      return call(expression.name, args, words(expression));
    }
  }
}

function constantMeaning(value: number, dimension: Dimension): Meaning {
  const scalar = constantScalar(value);
  return { dimension, evaluate: () => scalar, constant: value };
}

/** One of which nothing depends on a name is worked out once. */
function folded(dimension: Dimension, parts: readonly Meaning[], evaluate: Meaning['evaluate']): Meaning {
  if (parts.some(({ constant }) => constant === null)) return { dimension, evaluate, constant: null };
  return constantMeaning(evaluate(() => constantScalar(Number.NaN)).value, dimension);
}

const OPERATIONS = { '+': addScalars, '-': subtractScalars, '*': multiplyScalars, '/': divideScalars };

function operation(operator: keyof typeof OPERATIONS, left: Meaning, right: Meaning, words: string): Meaning {
  const isSum = operator === '+' || operator === '-';
  if (isSum) requireSame([left, right], words, operator === '+' ? 'added to' : 'subtracted from');
  const dimension = isSum
    ? left.dimension
    : times(left.dimension, right.dimension, operator === '*' ? 1 : -1);
  const combine = OPERATIONS[operator];
  return folded(dimension, [left, right], (lookup) => combine(left.evaluate(lookup), right.evaluate(lookup)));
}

function requireSame([first, ...others]: readonly Meaning[], words: string, verb: string): void {
  const other = others.find(
    ({ dimension }) => first !== undefined && !sameDimension(first.dimension, dimension),
  );
  if (first === undefined || other === undefined) return;
  const isBare = [first, other].some(({ dimension }) => isNumber(dimension));
  const hint = isBare ? ' Give the number a unit, such as 5 mm.' : '';
  const [a, b] = [dimensionWords(first.dimension), dimensionWords(other.dimension)];
  const sentence = verb === 'subtracted from' ? `${b} cannot be ${verb} ${a}` : `${a} cannot be ${verb} ${b}`;
  throw new ExpressionProblem(`${words}: ${sentence}.${hint}`);
}

function power(base: Meaning, exponent: Meaning, words: string): Meaning {
  if (!isNumber(exponent.dimension))
    throw new ExpressionProblem(
      `${words}: an exponent is a number, not ${dimensionWords(exponent.dimension)}.`,
    );
  if (isNumber(base.dimension)) {
    return folded(NUMBER, [base, exponent], (lookup) =>
      powerOf(base.evaluate(lookup), exponent.evaluate(lookup)),
    );
  }
  const { constant } = exponent;
  if (constant === null)
    throw new ExpressionProblem(
      `${words}: ${dimensionWords(base.dimension)} can only have a fixed exponent, such as 2.`,
    );
  const dimension = times(NUMBER, base.dimension, constant);
  return folded(dimension, [base], (lookup) => powerOf(base.evaluate(lookup), constantScalar(constant)));
}

function powerOf(base: Scalar, exponent: Scalar): Scalar {
  const [b, e] = [base.value, exponent.value];
  // The slope of x^0 is 0 at 0, too.
  const byBase = mapScalar(
    base,
    (x) => x ** e,
    (x) => (e === 0 ? 0 : e * x ** (e - 1)),
  );
  if (isConstant(exponent)) return byBase;
  const byExponent = mapScalar(
    exponent,
    (x) => b ** x,
    (x) => b ** x * Math.log(b),
  );
  return subtractScalars(addScalars(byBase, byExponent), b ** e);
}

function call(name: string, args: readonly Meaning[], words: string): Meaning {
  const [first] = args;
  if (!FUNCTIONS.includes(name)) {
    const near = nearNames(name, FUNCTIONS);
    const hint = near.length > 0 ? `Did you mean ${orList(near)}?` : `There are ${orList(FUNCTIONS)}.`;
    throw new ExpressionProblem(`There is no function “${name.slice(0, 40)}”. ${hint}`);
  }
  if (name === 'min' || name === 'max') {
    if (first === undefined || args.length < 2)
      throw new ExpressionProblem(`${words}: ${name} compares two values or more, such as ${name}(a, b).`);
    requireSame(args, words, 'compared with');
    return folded(first.dimension, args, (lookup) => {
      const values = args.map(({ evaluate }) => evaluate(lookup));
      const isBetter = (a: Scalar, b: Scalar) => (name === 'min' ? a.value < b.value : a.value > b.value);
      // NaN wins over everything, as in Math.min.
      const best = values.reduce((a, b) => (Number.isNaN(b.value) || isBetter(b, a) ? b : a));
      // Which one it is may change: nothing is known at a distance.
      return mapScalar(
        best,
        (x) => x,
        () => 1,
      );
    });
  }
  if (first === undefined || args.length > 1)
    throw new ExpressionProblem(`${words}: ${name} takes one value, not ${args.length}.`);
  if (name === 'sqrt') return power(first, constantMeaning(0.5, NUMBER), words);
  if (name === 'abs') return folded(first.dimension, [first], (lookup) => absolute(first.evaluate(lookup)));
  const smooth = own(OF_NUMBERS, name);
  if (smooth === undefined || !isNumber(first.dimension))
    throw new ExpressionProblem(`${words}: ${name} takes a number, not ${dimensionWords(first.dimension)}.`);
  return folded(NUMBER, [first], (lookup) => mapScalar(first.evaluate(lookup), smooth.value, smooth.slope));
}

function absolute(x: Scalar): Scalar {
  return mapScalar(asScalar(x), Math.abs, (value) => (value < 0 ? -1 : 1));
}
