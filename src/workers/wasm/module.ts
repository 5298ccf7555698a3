/**
 * Loads the compiled kernels: the build with SIMD and threads where several threads are wanted and can be had, the
 * SIMD build where the engine supports it, the scalar build elsewhere.
 */
import { SCALAR_MODULE, SIMD_MODULE, THREADED_MODULE } from './kernels.generated.ts';

/** Functions of the WebAssembly module (assembly/index.ts). Addresses and sizes are bytes. */
export interface KernelModule {
  heapBase(): number;
  /** Bytes of the block that `attach` is given (assembly/parallel.ts). */
  sharedBytes(threads: number): number;
  /** Must come before any kernel. */
  attach(shared: number, thread: number, threads: number, patience: number): void;
  /** Helps with kernels for ever; only where the module was built with threads. */
  serve(): void;
  fourierPlanes(
    from: number,
    to: number,
    rowPlan: number,
    columnPlan: number,
    count: number,
    work: number,
    workBytes: number,
    scale: number,
    inverse: number,
  ): void;
  /** 1 where the module was built with SIMD and has the function below. */
  hasFilter(): number;
  filterPlanes(
    from: number,
    to: number,
    ny: number,
    nx: number,
    rowPlan: number,
    columnPlan: number,
    transfer: number,
    count: number,
    isComplex: number,
    conjugate: number,
    spectra: number,
    spectrumBytes: number,
    work: number,
    workBytes: number,
    kept: number,
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
  adam(
    n: number,
    parameters: number,
    moments: number,
    bounds: number,
    gradient: number,
    keep: number,
    rate: number,
    correction: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
  ): void;
  combine(basis: number, coefficients: number, count: number, n: number, to: number): void;
  projectWorkBytes(count: number, n: number): number;
  project(basis: number, map: number, count: number, n: number, to: number, work: number): void;
  /** Half of the deviance of a window (assembly/localise.ts). */
  emitterSums(
    coefficients: number,
    pixels: number,
    fine: number,
    side: number,
    columns: number,
    plane: number,
    row: number,
    column: number,
    phase: number,
    weights: number,
    photons: number,
    background: number,
    window: number,
    work: number,
    to: number,
  ): number;
  /** The image of one photon and its slopes. */
  emitterShape(
    coefficients: number,
    pixels: number,
    fine: number,
    side: number,
    columns: number,
    plane: number,
    row: number,
    column: number,
    phase: number,
    weights: number,
    work: number,
    to: number,
  ): void;
  products(vectors: number, count: number, length: number, one: number, to: number): void;
  sumWorkBytes(outer: number, length: number, inner: number): number;
  sumMiddle(from: number, to: number, outer: number, length: number, inner: number, work: number): void;
}

export interface LoadedModule {
  readonly exports: KernelModule;
  readonly memory: WebAssembly.Memory;
  /** Size to which the memory may grow. */
  readonly largestBytes: number;
  readonly build: 'threaded' | 'simd' | 'scalar';
  /** What other threads need to instantiate the same code. */
  readonly code: WebAssembly.Module;
}

export interface LoadOptions {
  /** False forces the scalar build. */
  readonly simd: boolean;
  /** Whether a memory that threads can share is wanted. */
  readonly shared: boolean;
  /** Called, from inside a kernel, when a helping thread has stopped answering. */
  readonly onThreadLost: () => void;
}

const PAGE_BYTES = 65536;
const ADDRESSABLE_PAGES = 65536;
const INITIAL_PAGES = 16;
/** Largest sizes of a shared memory, tried in turn: small systems refuse to set aside 4 GiB of addresses. */
const SHARED_PAGES = [ADDRESSABLE_PAGES, 32768, 8192];

/** The bytes of a module kept as base64. */
export function decodeModule(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function sharedMemory(): { memory: WebAssembly.Memory; largestBytes: number } | null {
  for (const maximum of SHARED_PAGES) {
    try {
      const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
      return { memory, largestBytes: maximum * PAGE_BYTES };
    } catch {
      // A smaller one may be granted; without any there is one thread.
    }
  }
  return null;
}

/** Instantiates the kernels in the best build that this engine takes. */
export async function loadKernelModule({ simd, shared, onThreadLost }: LoadOptions): Promise<LoadedModule> {
  if (simd && shared) {
    const bytes = decodeModule(THREADED_MODULE);
    const found = WebAssembly.validate(bytes) ? sharedMemory() : null;
    if (found !== null) {
      const { memory, largestBytes } = found;
      const imports = { env: { memory }, host: { threadLost: onThreadLost } };
      const { instance, module } = await WebAssembly.instantiate(bytes, imports);
      return {
        exports: instance.exports as unknown as KernelModule,
        memory,
        largestBytes,
        build: 'threaded',
        code: module,
      };
    }
  }
  const withSimd = decodeModule(SIMD_MODULE);
  const hasSimd = simd && WebAssembly.validate(withSimd);
  const { instance, module } = await WebAssembly.instantiate(
    hasSimd ? withSimd : decodeModule(SCALAR_MODULE),
  );
  const exports = instance.exports as unknown as KernelModule & { readonly memory: WebAssembly.Memory };
  return {
    exports,
    memory: exports.memory,
    largestBytes: ADDRESSABLE_PAGES * PAGE_BYTES,
    build: hasSimd ? 'simd' : 'scalar',
    code: module,
  };
}
