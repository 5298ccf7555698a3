/** Writes straight-line WGSL for small Fourier transforms held in registers. */

/** Radices that the planner uses. */
export const RADICES = [32, 16, 8, 7, 5, 4, 3, 2] as const;

/** Collects statements and hands out unused names. */
class Writer {
  readonly statements: string[] = [];
  private readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  assign(expression: string): string {
    const name = `${this.prefix}${this.statements.length}`;
    this.statements.push(`let ${name} = ${expression};`);
    return name;
  }
}

function literal(value: number): string {
  return value.toPrecision(12);
}

/** a · exp(-2πi·numerator/denominator), without multiplications at quarter turns. */
function twiddle(writer: Writer, a: string, numerator: number, denominator: number): string {
  const quarters = (4 * numerator) / denominator;
  switch (quarters) {
    case 0:
      return a;
    case 1:
      return writer.assign(`vec2<f32>(${a}.y, -${a}.x)`);
    case 2:
      return writer.assign(`-${a}`);
    case 3:
      return writer.assign(`vec2<f32>(-${a}.y, ${a}.x)`);
    default: {
      const angle = (2 * Math.PI * numerator) / denominator;
      const c = literal(Math.cos(angle));
      const s = literal(Math.sin(angle));
      return writer.assign(`${c} * ${a} + ${s} * vec2<f32>(${a}.y, -${a}.x)`);
    }
  }
}

/** Odd prime length p: pairs n and p-n share their cosine and sine sums. */
function oddPrime(writer: Writer, inputs: readonly string[]): string[] {
  const p = inputs.length;
  const half = (p - 1) / 2;
  const sums: string[] = [];
  const differences: string[] = [];
  for (let n = 1; n <= half; n++) {
    sums.push(writer.assign(`${inputs[n]} + ${inputs[p - n]}`));
    differences.push(writer.assign(`${inputs[n]} - ${inputs[p - n]}`));
  }
  const outputs = new Array<string>(p);
  outputs[0] = writer.assign([inputs[0], ...sums].join(' + '));
  for (let k = 1; k <= half; k++) {
    const angle = (n: number) => (2 * Math.PI * ((n * k) % p)) / p;
    const cosines = sums.map((name, index) => `${literal(Math.cos(angle(index + 1)))} * ${name}`);
    const sines = differences.map((name, index) => `${literal(Math.sin(angle(index + 1)))} * ${name}`);
    const even = writer.assign([inputs[0], ...cosines].join(' + '));
    const odd = writer.assign(sines.join(' + '));
    const turned = writer.assign(`vec2<f32>(${odd}.y, -${odd}.x)`);
    outputs[k] = writer.assign(`${even} + ${turned}`);
    outputs[p - k] = writer.assign(`${even} - ${turned}`);
  }
  return outputs;
}

function smallestFactor(n: number): number {
  for (let factor = 2; factor * factor <= n; factor++) if (n % factor === 0) return factor;
  return n;
}

function transform(writer: Writer, inputs: readonly string[]): string[] {
  const n = inputs.length;
  if (n === 1) return [...inputs];
  if (n === 2) {
    const [a = '', b = ''] = inputs;
    return [writer.assign(`${a} + ${b}`), writer.assign(`${a} - ${b}`)];
  }
  // Radix 4 inside 16: fewer inexact twiddles than 2 times 8.
  const outer = n === 16 ? 4 : smallestFactor(n);
  if (outer === n) return oddPrime(writer, inputs);
  const inner = n / outer;
  const columns: string[][] = [];
  for (let column = 0; column < outer; column++) {
    const picked = inputs.filter((_, index) => index % outer === column);
    const spectrum = transform(writer, picked);
    columns.push(spectrum.map((name, k) => twiddle(writer, name, column * k, n)));
  }
  const outputs = new Array<string>(n);
  for (let k = 0; k < inner; k++) {
    const row = transform(
      writer,
      columns.map((spectrum) => spectrum[k] ?? ''),
    );
    row.forEach((name, index) => {
      outputs[k + inner * index] = name;
    });
  }
  return outputs;
}

/**
 * Statements that compute the unnormalised forward transform X_k = Σ_n x_n exp(-2πi·nk/N) of `vec2<f32>`
 * values, and the names that hold X_0 … X_(N-1).
 * @param prefix of the names that the statements declare; different for butterflies in one scope.
 */
export function butterfly(
  inputs: readonly string[],
  prefix = 'r',
): { readonly code: string; readonly outputs: string[] } {
  const writer = new Writer(prefix);
  const outputs = transform(writer, inputs);
  return { code: writer.statements.join('\n'), outputs };
}
