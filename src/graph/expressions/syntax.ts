/**
 * The language of linked values: numbers with units, names of parameters, + - * / ^, brackets and a few functions.
 * Text becomes a tree here and nothing else: no text of a document is ever run as code.
 */
import { type Dimension, NUMBER, unitAt } from './dimensions.ts';

/** Where a part stands in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Operator = '+' | '-' | '*' | '/' | '^';

export type Expression = { readonly at: Span } & (
  | { readonly kind: 'number'; readonly value: number; readonly dimension: Dimension }
  /** A parameter's name in its parts: of `"First lens".focalLength` the text without quotes. */
  | { readonly kind: 'name'; readonly parts: readonly string[] }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
);

/** Characters of an expression, and brackets within brackets. */
export const LONGEST_EXPRESSION = 300;
const DEEPEST = 40;

/** What is wrong with an expression, as a sentence. */
export class ExpressionProblem extends Error {
  override readonly name = 'ExpressionProblem';
}

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly reason: string };

/** Reads an expression; a sentence where it cannot be read. Never throws. */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > LONGEST_EXPRESSION)
    return { ok: false, reason: `An expression has at most ${LONGEST_EXPRESSION} characters.` };
  try {
    return { ok: true, expression: new Reader(text).read() };
  } catch (error) {
    if (error instanceof ExpressionProblem) return { ok: false, reason: error.message };
    throw error;
  }
}

const NUMBER_TEXT = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME_TEXT = /(?:[\p{L}_][\p{L}\d_]*|"[^"]*")(?:\.(?:[\p{L}_][\p{L}\d_]*|\d+))*/uy;
const MINUS = /[-−]/;
const WORDS_FOR_TIMES = /[*×·]/;

class Reader {
  private readonly text: string;
  private place = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): Expression {
    if (this.next === '')
      throw new ExpressionProblem('The expression is empty: write 2*lens.focalLength, for example.');
    const whole = this.sum();
    if (this.next === ')') throw new ExpressionProblem(`There is a “)” too many${this.before()}.`);
    if (this.next !== '') throw this.unexpected();
    return whole;
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      const operator = this.next === '+' ? '+' : MINUS.test(this.next) ? '-' : null;
      if (operator === null) return left;
      this.place++;
      left = joined(operator, left, this.product());
    }
  }

  private product(): Expression {
    let left = this.signed();
    for (;;) {
      const operator = WORDS_FOR_TIMES.test(this.next) ? '*' : /[/÷]/.test(this.next) ? '/' : null;
      if (operator === null) return left;
      this.place++;
      left = joined(operator, left, this.signed());
    }
  }

  /** A sign binds weaker than a power: -2^2 is -4. */
  private signed(): Expression {
    const start = this.pastSpaces();
    if (this.next === '+') {
      this.place++;
      return this.deeper(() => this.signed());
    }
    if (!MINUS.test(this.next)) return this.power();
    this.place++;
    const of = this.deeper(() => this.signed());
    return { kind: 'negative', of, at: { start, end: of.at.end } };
  }

  private power(): Expression {
    const base = this.primary();
    if (this.next !== '^') return base;
    const written = this.text.slice(base.at.start, base.at.end);
    if (base.kind === 'number' && !/^\(|\d\.?$/.test(written)) {
      throw new ExpressionProblem(
        `“${written}^” can be read in two ways: write (${written})^2, for example.`,
      );
    }
    this.place++;
    return joined(
      '^',
      base,
      this.deeper(() => this.signed()),
    );
  }

  private primary(): Expression {
    const start = this.pastSpaces();
    if (this.next === '(') {
      this.place++;
      const inner = this.deeper(() => this.sum());
      this.close(start);
      return { ...inner, at: { start, end: this.place } };
    }
    const number = this.match(NUMBER_TEXT);
    if (number !== null) return this.number(number, start);
    const name = this.match(NAME_TEXT);
    if (name === null) throw this.unexpected();
    const end = this.place;
    if (this.next === '(') return this.call(name, start);
    const quoted = /^"([^"]*)"/.exec(name);
    const rest = quoted === null ? name : name.slice(quoted[0].length + 1);
    const parts = [...(quoted === null ? [] : [quoted[1] ?? '']), ...(rest === '' ? [] : rest.split('.'))];
    return { kind: 'name', parts, at: { start, end } };
  }

  private number(written: string, start: number): Expression {
    const plain = Number(written);
    const end = this.place;
    const unit = unitAt(this.text, this.pastSpaces());
    if (!Number.isFinite(plain)) throw new ExpressionProblem(`“${written}” is too large a number.`);
    if (unit !== null) {
      this.place += unit.symbol.length;
      // 10 µm is 1e-5 m, not 9.999999999999999e-6.
      const isDecimal = Number.isInteger(Math.log10(unit.factor));
      const product = plain * unit.factor;
      const value = isDecimal ? Number(product.toPrecision(15)) : product;
      return { kind: 'number', value, dimension: unit.dimension, at: { start, end: this.place } };
    }
    const number: Expression = { kind: 'number', value: plain, dimension: NUMBER, at: { start, end } };
    // `0.25 lambda` is written like a unit.
    const waves = this.match(/(?:lambda|waves?|λ)(?![\p{L}\d_.])/uy);
    if (waves !== null) {
      const name: Expression = { kind: 'name', parts: ['lambda'], at: { start: end, end: this.place } };
      return joined('*', number, name);
    }
    const word = this.match(NAME_TEXT);
    if (word !== null)
      throw new ExpressionProblem(
        `“${word}” is no unit: write ${written}*${word} if it is the name of a value.`,
      );
    this.place = end;
    return number;
  }

  private call(name: string, start: number): Expression {
    const opened = this.place;
    this.place++;
    const args: Expression[] = [];
    if (this.next !== ')') {
      do {
        args.push(this.deeper(() => this.sum()));
      } while (this.take(','));
    }
    this.close(opened);
    return { kind: 'call', name, args, at: { start, end: this.place } };
  }

  private close(opened: number): void {
    if (this.take(')')) return;
    if (this.next !== '') throw this.unexpected();
    throw new ExpressionProblem(`The bracket at “${this.text.slice(opened, opened + 12)}” is not closed.`);
  }

  private take(character: string): boolean {
    if (this.next !== character) return false;
    this.place++;
    return true;
  }

  private deeper(read: () => Expression): Expression {
    this.depth++;
    if (this.depth > DEEPEST)
      throw new ExpressionProblem('The expression has too many brackets within brackets.');
    const found = read();
    this.depth--;
    return found;
  }

  /** The next character that is no space; '' at the end. */
  private get next(): string {
    return this.text[this.pastSpaces()] ?? '';
  }

  private pastSpaces(): number {
    while (/\s/.test(this.text[this.place] ?? '')) this.place++;
    return this.place;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.pastSpaces();
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.place += found.length;
    return found;
  }

  private before(): string {
    const read = this.text.slice(0, this.place).trim();
    return read === '' ? '' : ` after “${read.slice(-20)}”`;
  }

  private unexpected(): ExpressionProblem {
    const { next } = this;
    return new ExpressionProblem(
      next === ''
        ? `The expression ends too early${this.before()}.`
        : `“${next}” makes no sense${this.before() || ' at the beginning'}.`,
    );
  }
}

function joined(operator: Operator, left: Expression, right: Expression): Expression {
  return { kind: 'operation', operator, left, right, at: { start: left.at.start, end: right.at.end } };
}

/** Every name in an expression, in the order of the text. */
export function namesIn(expression: Expression): readonly Extract<Expression, { kind: 'name' }>[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'name':
      return [expression];
    case 'negative':
      return namesIn(expression.of);
    case 'operation':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case 'call':
      return expression.args.flatMap(namesIn);
  }
}
