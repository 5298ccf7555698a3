/** WGSL that multiplies a spectrum by a transfer function, one of a batch that may differ from the fields' batch. */
import { broadcastShape, type Dtype, sizeOf } from '../../../optics/ops/kernels.ts';
import { mergeAxes, type PairAxis, pairOffsets, pairUniforms } from '../elementwise.ts';
import { type Uniform, type WebgpuArray, wgslType } from '../program.ts';

/** What the code of a program depends on. */
export interface TransferKind {
  readonly dtype: Dtype;
  /** Axes of the batch, as few as describe the broadcast. */
  readonly rank: number;
}

/** A transfer function and how its planes meet those of a field. */
export interface Transfer {
  readonly array: WebgpuArray;
  readonly isConjugate: boolean;
  /** Planes of the field. */
  readonly planes: number;
  /** Leading axes of the result; each of their planes is a pair. */
  readonly batch: readonly number[];
  readonly axes: readonly PairAxis[];
}

export function pairPlanes(u: WebgpuArray, array: WebgpuArray, isConjugate: boolean): Transfer {
  const [own, other] = [u.shape.slice(0, -2), array.shape.slice(0, -2)];
  const batch = broadcastShape(own, other);
  return { array, isConjugate, planes: sizeOf(own), batch, axes: mergeAxes(batch, own, other) };
}

export function transferKind({ array, axes }: Transfer): TransferKind {
  return { dtype: array.dtype, rank: axes.length };
}

/**
 * What lies between the two transforms of a convolution: the table `response` of a chirp-z convolution, or a
 * transfer function with its origin in the middle; `nothing` where there is one transform only.
 */
export type Between = 'nothing' | 'response' | 'transfer';

/**
 * Sample `k` of a spectrum in column `at.y`, times its factor and conjugated: the second transform is then an
 * inverse.
 */
export function productCode(
  between: Between,
  name: string,
  k: string,
  { length, inner }: { readonly length: number; readonly inner: number },
): string {
  const row = `(${k} + ${Math.floor(length / 2)}u) % ${length}u`;
  const product =
    between === 'response'
      ? `turn(${name}, response[${k}])`
      : `transferred(${name}, ${transferIndex(row, length, 'at.y', inner)})`;
  return `${product} * vec2<f32>(1.0, -1.0)`;
}

/** Index of a sample in the plane `planes.y`. */
export function transferIndex(row: string, rows: number, column: string, columns: number): string {
  return `(planes.y * ${rows}u + ${row}) * ${columns}u + ${column}`;
}

/** `fn planesOf(pair)`: the plane of the field and that of the transfer function; `fn transferred(v, index)`. */
export function transferCode({ dtype, rank }: TransferKind): string {
  // The sign is a uniform, so that a filter and its adjoint are one program.
  const value = dtype === 'real' ? 'v * w' : 'turn(v, vec2<f32>(w.x, uniforms.transferSign * w.y))';
  return `
fn planesOf(pair : u32) -> vec2<u32> {
  var rest = pair;
  ${pairOffsets(rank)}
  return vec2<u32>(ia, ib);
}
fn transferred(v : vec2<f32>, index : u32) -> vec2<f32> {
  let w : ${wgslType(dtype)} = transfer[index];
  return ${value};
}`;
}

/** The arrays that a program reads, by name. */
export function programInputs(
  names: readonly string[],
  transfer: TransferKind | null,
): Record<string, Dtype> {
  const inputs = Object.fromEntries([...new Set(names)].map((name) => [name, 'complex' as Dtype]));
  return transfer ? { ...inputs, transfer: transfer.dtype } : inputs;
}

export function transferUniforms({ axes, isConjugate }: Transfer): Uniform[] {
  return [{ name: 'transferSign', type: 'f32', value: [isConjugate ? -1 : 1] }, ...pairUniforms(axes)];
}
