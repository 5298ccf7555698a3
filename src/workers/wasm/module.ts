/** Loads the compiled kernels: the SIMD build where the engine supports it, the scalar build elsewhere. */
import { SCALAR_MODULE, SIMD_MODULE } from './kernels.generated.ts';

/** Functions of the WebAssembly module (assembly/index.ts). Addresses and sizes are bytes. */
export interface KernelModule {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  fourierLines(
    from: number,
    to: number,
    plan: number,
    work: number,
    lines: number,
    lineBytes: number,
    stepBytes: number,
    scale: number,
    inverse: number,
  ): void;
  /** 1 where the module was built with SIMD and has the function below. */
  hasFilter(): number;
  filterPlane(
    from: number,
    to: number,
    ny: number,
    nx: number,
    rowPlan: number,
    columnPlan: number,
    transfer: number,
    isComplex: number,
    conjugate: number,
    spectra: number,
    spectrumBytes: number,
    work: number,
    scale: number,
  ): void;
  matmulWorkBytes(rows: number, depth: number): number;
  matmul(
    a: number,
    aRowStep: number,
    aDepthStep: number,
    b: number,
    bDepthStep: number,
    bColumnStep: number,
    to: number,
    rows: number,
    depth: number,
    columns: number,
    conjugateA: number,
    conjugateB: number,
    work: number,
  ): void;
  binary(
    kind: number,
    n: number,
    a: number,
    aStep: number,
    b: number,
    bStep: number,
    to: number,
    outer: number,
    rank: number,
  ): void;
  scale(n: number, a: number, factor: number, to: number): void;
  resize(
    from: number,
    to: number,
    count: number,
    ny: number,
    nx: number,
    outNy: number,
    outNx: number,
    pixelBytes: number,
  ): void;
  phasor(n: number, phase: number, to: number): void;
  poissonDeviance(n: number, model: number, data: number, to: number): void;
  poissonSlope(n: number, model: number, data: number, to: number): void;
  combine(basis: number, coefficients: number, count: number, n: number, to: number): void;
  project(basis: number, map: number, count: number, n: number, to: number): void;
  sumMiddle(from: number, to: number, outer: number, length: number, inner: number): void;
}

/** The bytes of a module kept as base64. */
export function decodeModule(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Instantiates the kernels. `simd: false` forces the scalar build (for tests and comparisons). */
export async function loadKernelModule(simd: boolean): Promise<KernelModule> {
  const withSimd = decodeModule(SIMD_MODULE);
  const bytes = simd && WebAssembly.validate(withSimd) ? withSimd : decodeModule(SCALAR_MODULE);
  const { instance } = await WebAssembly.instantiate(bytes);
  return instance.exports as unknown as KernelModule;
}
