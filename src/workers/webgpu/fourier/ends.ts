/**
 * WGSL for the two ends of a transform: where sample n of a line lies in memory, and what happens to it on the
 * way in or out (centring, conjugation, chirps, the unitary factor), so that none of it costs a pass of its own.
 */

/**
 * How the index n within a line and the line's position `at` = (outer, column) give the sample of the axis:
 * `plain`: sample n; `coarse`: the line is every `fine`-th sample, columns count (fine sample, inner);
 * `interleaved`: the outer index counts (outer, first sample) and the line is every `coarse`-th sample.
 */
export type Order =
  | { readonly kind: 'plain' }
  | { readonly kind: 'coarse'; readonly fine: number }
  | { readonly kind: 'interleaved'; readonly coarse: number };

/**
 * `chirp`, `response`: multiplication by a table at the sample's index; `rootsOver`: by
 * exp(-2πi·n·floor(column/inner)/N). `orientIn` and `orientOut` conjugate where the uniform of that name is -1,
 * so that both directions are one program: compiling costs more than a multiplication.
 */
export type Step =
  | 'conjugate'
  | 'orientIn'
  | 'orientOut'
  | 'chirp'
  | 'response'
  | { readonly rootsOver: number };

export interface End {
  /** Samples that the array holds along the axis. */
  readonly length: number;
  /** Samples of the transform; those that the array does not hold count as zero, or are dropped. */
  readonly total: number;
  /** Distance of neighbouring samples. */
  readonly inner: number;
  readonly order: Order;
  /** Sample n lies at index (n + shift) mod length. */
  readonly shift: number;
  /** In order. */
  readonly steps: readonly Step[];
  readonly scale: number;
}

/** Names of the tables that an end reads. */
export function endTables(end: End): readonly ('chirp' | 'response' | 'roots')[] {
  return end.steps.flatMap((step) => {
    if (typeof step !== 'string') return ['roots'] as const;
    return step === 'chirp' || step === 'response' ? [step] : [];
  });
}

export const TURN = `
fn turn(v : vec2<f32>, w : vec2<f32>) -> vec2<f32> {
  return vec2<f32>(v.x * w.x - v.y * w.y, v.x * w.y + v.y * w.x);
}`;

function sampleIndex({ order, inner }: End): string {
  switch (order.kind) {
    case 'plain':
      return 'n';
    case 'coarse':
      return `n * ${order.fine}u + at.y / ${inner}u`;
    case 'interleaved':
      return `at.x % ${order.coarse}u + n * ${order.coarse}u`;
    default:
      return order satisfies never;
  }
}

/** The address of `sample`, as statements that end with `let address`. */
function addressCode({ order, inner, length, shift }: End): string {
  const outer = order.kind === 'interleaved' ? `at.x / ${order.coarse}u` : 'at.x';
  const column = order.kind === 'coarse' ? `at.y % ${inner}u` : 'at.y';
  const wrap =
    shift === 0
      ? 'let stored = sample;'
      : `let moved = sample + ${shift}u;
         let stored = select(moved, moved - ${length}u, moved >= ${length}u);`;
  return `${wrap}
    let address = ((${outer}) * ${length}u + stored) * ${inner}u + ${column};`;
}

function stepCode(step: Step): string {
  if (step === 'conjugate') return 'v = vec2<f32>(v.x, -v.y);';
  if (typeof step !== 'string') return `v = turn(v, roots[n * (at.y / ${step.rootsOver}u)]);`;
  const isTable = step === 'chirp' || step === 'response';
  return isTable ? `v = turn(v, ${step}[sample]);` : `v = vec2<f32>(v.x, uniforms.${step} * v.y);`;
}

function scaleCode(scale: number): string {
  return scale === 1 ? '' : `v = v * ${scale.toPrecision(12)};`;
}

/** `fn fetch(at, n)`. */
export function fetchCode(end: End): string {
  return `
fn fetch(at : vec2<u32>, n : u32) -> vec2<f32> {
  let sample = ${sampleIndex(end)};
  ${end.total > end.length ? `if (sample >= ${end.length}u) { return vec2<f32>(0.0); }` : ''}
  ${addressCode(end)}
  var v = a[address];
  ${end.steps.map(stepCode).join('\n')}
  ${scaleCode(end.scale)}
  return v;
}`;
}

/** `fn put(at, n, value)`. */
export function putCode(end: End): string {
  return `
fn put(at : vec2<u32>, n : u32, value : vec2<f32>) {
  let sample = ${sampleIndex(end)};
  ${end.total > end.length ? `if (sample >= ${end.length}u) { return; }` : ''}
  var v = value;
  ${end.steps.map(stepCode).join('\n')}
  ${scaleCode(end.scale)}
  ${addressCode(end)}
  result[address] = v;
}`;
}

/** Lines as they lie, untouched. */
export function plainEnd(length: number, inner: number): End {
  return { length, total: length, inner, order: { kind: 'plain' }, shift: 0, steps: [], scale: 1 };
}
