/** Opens the WebAssembly backend: which build, how much memory, how many threads. */
import { DeviceFault, type Kernels } from '../../optics/ops/kernels.ts';
import { Arena } from './arena.ts';
import { type LoadedModule, loadKernelModule } from './module.ts';
import { type StartOptions, startThreads, type Threads } from './threads.ts';
import { WasmKernels } from './wasmOperations.ts';

const DEFAULT_BUDGET_BYTES = 2 ** 31;

export interface WasmKernelOptions {
  /** Bytes that arrays, plans and work space may take together. Default 2 GiB. */
  readonly budgetBytes?: number;
  /** False forces the build without SIMD. Default true: SIMD where the engine has it. */
  readonly simd?: boolean;
  /** Threads that compute, this one included. Default 1; `threadsHere()` says how many there can be. */
  readonly threads?: number;
  /** How threads are started; tests hand in such that fail. */
  readonly starting?: StartOptions;
}

/** The WebAssembly backend, what it runs on, and the way to stop its helping threads. */
export interface WasmBackend {
  readonly kernels: Kernels;
  readonly build: LoadedModule['build'];
  readonly threads: number;
  /** A sentence: why there are fewer threads than asked for; null where there are as many. */
  readonly shortage: string | null;
  readonly dispose: () => void;
}

/**
 * Loads the WebAssembly backend. Works the same in Node and in browser workers; nothing is fetched but, where
 * there are to be several threads in a browser, their script. Results do not depend on the number of threads.
 * Use: any engine with WebAssembly (bulk memory); SIMD makes it about four times faster.
 */
export async function openWasmBackend(options: WasmKernelOptions = {}): Promise<WasmBackend> {
  const wanted = Math.max(1, Math.floor(options.threads ?? 1));
  let threads: Threads | null = null;
  const loaded = await loadKernelModule({
    simd: options.simd ?? true,
    shared: wanted > 1,
    onThreadLost: () => {
      threads?.stop();
      // If it was only late, it may still write into memory that has another use by then: nothing here is to be trusted.
      throw new DeviceFault('A thread of the calculation stopped answering.');
    },
  });
  const { exports, memory, build } = loaded;
  const budgetBytes = Math.min(options.budgetBytes ?? DEFAULT_BUDGET_BYTES, loaded.largestBytes);
  const arena = new Arena(memory, exports.heapBase(), budgetBytes);
  const count = build === 'threaded' ? wanted : 1;
  const shared = arena.allocate(exports.sharedBytes(count));
  threads = await startThreads(loaded, shared, count, options.starting);
  const noThreads = 'One thread computes, because this browser offers no more to WebAssembly.';
  return {
    kernels: new WasmKernels(loaded, count, arena, budgetBytes),
    build,
    threads: threads.count,
    shortage: count < wanted ? noThreads : threads.shortage,
    dispose: threads.stop,
  };
}

/** The kernels alone, on one thread unless more are asked for. */
export async function createWasmKernels(options: WasmKernelOptions = {}): Promise<Kernels> {
  return (await openWasmBackend(options)).kernels;
}
