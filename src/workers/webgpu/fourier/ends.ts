/**
 * WGSL for the two ends of a transform: where sample n of a line lies in memory, and what happens to it on the
 * way in or out (centring, zero padding, cropping, conjugation, chirps, a transfer function, the unitary factor),
 * so that none of it costs a pass of its own.
 */
import { transferIndex } from './transfer.ts';

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
 * exp(-2πi·n·floor(column/inner)/N); `transfer`, on the way in only: by the transfer function where the sample
 * lies. `orientIn` and `orientOut` conjugate where the uniform of that name is -1, so that both directions are
 * one program: compiling costs more than a multiplication.
 */
export type Step =
  | 'conjugate'
  | 'orientIn'
  | 'orientOut'
  | 'chirp'
  | 'response'
  | 'transfer'
  | { readonly rootsOver: number };

export interface End {
  /** Samples that the array holds along the axis. */
  readonly length: number;
  /** Samples of a period, where those that the array does not hold count as zero, or are dropped. */
  readonly period: number;
  /** Samples of the transform; those beyond the period count as zero, or are dropped. */
  readonly total: number;
  /** Distance of neighbouring samples. */
  readonly inner: number;
  readonly order: Order;
  /** Sample n lies at index (n + shift) mod period; at most `length`. */
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

/** Where `sample` lies, as statements that end with `let stored`, and with `refuse` where it lies nowhere. */
function placeCode({ length, period, total, shift }: End, refuse: string): string {
  const wrap =
    shift === 0
      ? 'let stored = sample;'
      : `let moved = sample + ${shift}u;
         let stored = select(moved, moved - ${period}u, moved >= ${period}u);`;
  return `${total > period ? `if (sample >= ${period}u) { ${refuse} }` : ''}
    ${wrap}
    ${period > length ? `if (stored >= ${length}u) { ${refuse} }` : ''}`;
}

/** The address of a sample in plane `plane`, as a statement. */
function addressCode({ order, inner, length }: End, plane: string): string {
  const outer = order.kind === 'interleaved' ? `(${plane}) / ${order.coarse}u` : plane;
  const column = order.kind === 'coarse' ? `at.y % ${inner}u` : 'at.y';
  return `let column = ${column};
    let address = ((${outer}) * ${length}u + stored) * ${inner}u + column;`;
}

function stepCode(step: Step, { length, inner }: End): string {
  if (step === 'conjugate') return 'v = vec2<f32>(v.x, -v.y);';
  if (step === 'transfer') return `v = transferred(v, ${transferIndex('stored', length, 'column', inner)});`;
  if (typeof step !== 'string') return `v = turn(v, roots[n * (at.y / ${step.rootsOver}u)]);`;
  const isTable = step === 'chirp' || step === 'response';
  return isTable ? `v = turn(v, ${step}[sample]);` : `v = vec2<f32>(v.x, uniforms.${step} * v.y);`;
}

function scaleCode(scale: number): string {
  return scale === 1 ? '' : `v = v * ${scale.toPrecision(12)};`;
}

function steps(end: End): string {
  return `${end.steps.map((step) => stepCode(step, end)).join('\n')}\n${scaleCode(end.scale)}`;
}

/**
 * `fn fetch(at, n)`.
 * @param isPaired whether `at.x` counts pairs of a field and a transfer function instead of planes.
 */
export function fetchCode(end: End, isPaired = false): string {
  return `
fn fetch(at : vec2<u32>, n : u32) -> vec2<f32> {
  ${isPaired ? 'let planes = planesOf(at.x);' : ''}
  let sample = ${sampleIndex(end)};
  ${placeCode(end, 'return vec2<f32>(0.0);')}
  ${addressCode(end, isPaired ? 'planes.x' : 'at.x')}
  var v = a[address];
  ${steps(end)}
  return v;
}`;
}

/** `fn put(at, n, value)`. */
export function putCode(end: End): string {
  return `
fn put(at : vec2<u32>, n : u32, value : vec2<f32>) {
  let sample = ${sampleIndex(end)};
  ${placeCode(end, 'return;')}
  var v = value;
  ${steps(end)}
  ${addressCode(end, 'at.x')}
  result[address] = v;
}`;
}

/** Which of the samples `from` … `to`-1 of a line the array holds. */
export function held(end: End, from: number, to: number): 'all' | 'some' | 'none' {
  const { length, period, total, shift, order } = end;
  if (period === length && total === period) return 'all';
  if (order.kind !== 'plain') return 'some';
  // Zeros lie between the two halves of the period, and beyond it.
  const gaps = [
    [length - shift, period - shift],
    [period, total],
  ] as const;
  if (gaps.some(([start, stop]) => from >= start && to <= stop)) return 'none';
  return gaps.some(([start, stop]) => from < stop && to > start) ? 'some' : 'all';
}

/** Lines as they lie, untouched. */
export function plainEnd(length: number, inner: number): End {
  return {
    length,
    period: length,
    total: length,
    inner,
    order: { kind: 'plain' },
    shift: 0,
    steps: [],
    scale: 1,
  };
}
