/** Arrays of the WebAssembly backend and what can be said of them without touching their samples. */
import type { DeviceArray, Dtype } from '../../optics/ops/kernels.ts';
import { sizeOf } from '../../optics/ops/kernels.ts';

export const REAL_BYTES = 4;
export const COMPLEX_BYTES = 8;

/** Bytes of the module's memory that one or more arrays show: arrays never change, so reshaping shares. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
  arrays: number;
}

export interface WasmArray extends DeviceArray {
  readonly block: Block;
  /** Real numbers held: twice the samples when complex. */
  readonly reals: number;
}

export function bytesOf(dtype: Dtype): number {
  return dtype === 'complex' ? COMPLEX_BYTES : REAL_BYTES;
}

export function expectDtype(dtype: Dtype, ...arrays: readonly WasmArray[]): void {
  for (const array of arrays) {
    if (array.dtype !== dtype) throw new Error(`A ${array.dtype} array was given where ${dtype} is needed.`);
  }
}

export function planesOf(array: WasmArray): { count: number; ny: number; nx: number } {
  const [ny, nx] = array.shape.slice(-2);
  if (ny === undefined || nx === undefined) throw new Error('An array needs at least two axes here.');
  return { count: sizeOf(array.shape.slice(0, -2)), ny, nx };
}

/** The last two axes as a matrix, exchanged when transposed; steps and size in bytes. */
export function matrixOf(array: WasmArray, transpose: boolean) {
  const { ny, nx } = planesOf(array);
  const bytes = ny * nx * COMPLEX_BYTES;
  return transpose
    ? { rows: nx, columns: ny, rowStep: COMPLEX_BYTES, columnStep: nx * COMPLEX_BYTES, bytes }
    : { rows: ny, columns: nx, rowStep: nx * COMPLEX_BYTES, columnStep: COMPLEX_BYTES, bytes };
}
