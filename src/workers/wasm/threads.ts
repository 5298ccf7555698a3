/**
 * Helping threads of the WebAssembly backend: workers that instantiate the kernels on the same memory and then
 * never leave `serve` (assembly/parallel.ts). In a browser they need a cross-origin-isolated page. Whatever goes
 * wrong at the start leaves one thread, with a sentence that says why.
 */
import type { LoadedModule } from './module.ts';

/** What a helping thread is told. */
export interface ThreadStart {
  readonly code: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the control block. */
  readonly shared: number;
  readonly thread: number;
  readonly threads: number;
}

/** One helping thread, in a browser or in Node. */
export interface Helper {
  /** Resolves when the thread serves, rejects with the reason why it cannot. */
  readonly ready: Promise<void>;
  readonly stop: () => void;
}

export interface Threads {
  /** Threads that compute, the caller's included. */
  readonly count: number;
  /** Why there are not as many as wanted; null where there are. */
  readonly shortage: string | null;
  readonly stop: () => void;
}

/** More do not pay on the sizes of our fields, and the page and the graphics need a core as well. */
const MOST_BY_DEFAULT = 4;
/** Workers start in some tens of milliseconds; a crowded machine may need seconds. */
const START_MILLISECONDS = 5000;
/** A thread that began a piece of work of some microseconds and does not end it for so long is given up. */
const PATIENCE_MILLISECONDS = 5000;

/** Node's modules without an import, which a browser's bundle could not hold. */
interface NodeModules {
  getBuiltinModule?(name: 'node:worker_threads'): NodeThreads;
  getBuiltinModule?(name: 'node:os'): { availableParallelism(): number };
}

interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true; workerData: ThreadStart },
  ) => {
    on(event: 'message' | 'error' | 'exit', listener: (value: unknown) => void): void;
    unref(): void;
    terminate(): Promise<number>;
  };
}

/** The same as thread.worker.ts for Node, as text: it must run from sources, from a bundle and in tests alike. */
const NODE_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { code, memory, shared, thread, threads } = workerData;
const imports = { env: { memory }, host: { threadLost() {} } };
const { attach, serve } = new WebAssembly.Instance(code, imports).exports;
attach(shared, thread, threads, 0);
parentPort.postMessage('ready');
serve();
`;

const node = (globalThis as { process?: NodeModules }).process;

function startInNode({ Worker: NodeWorker }: NodeThreads, start: ThreadStart): Helper {
  const worker = new NodeWorker(NODE_SOURCE, { eval: true, workerData: start });
  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', () => {
      // A program that has nothing else to do may end although its threads wait.
      worker.unref();
      resolve();
    });
    worker.on('error', (error) => reject(error));
    worker.on('exit', () => reject(new Error('it ended at once')));
  });
  return { ready, stop: () => void worker.terminate() };
}

function startInBrowser(start: ThreadStart): Helper {
  const worker = new Worker(new URL('./thread.worker.ts', import.meta.url), {
    type: 'module',
    name: `luminode-thread-${start.thread}`,
  });
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', () => resolve());
    worker.addEventListener('error', (event) =>
      reject(new Error(event.message || 'its file could not be loaded')),
    );
    worker.postMessage(start);
  });
  return { ready, stop: () => worker.terminate() };
}

export function startHelper(start: ThreadStart): Helper {
  const threads = node?.getBuiltinModule?.('node:worker_threads');
  return threads === undefined ? startInBrowser(start) : startInNode(threads, start);
}

/** Whether this thread may sleep until another wakes it: the page's own thread may not, nor where memory is not shared. */
function mayWait(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}

/** How many threads this engine gives us, and why not more where one is all. */
export function threadsHere(): { readonly count: number; readonly shortage: string | null } {
  const { crossOriginIsolated = true } = globalThis;
  if (typeof SharedArrayBuffer === 'undefined' || !crossOriginIsolated) {
    return { count: 1, shortage: 'One thread computes, because the page is not cross-origin isolated.' };
  }
  if (!mayWait()) return { count: 1, shortage: 'One thread computes, because it is the page itself.' };
  const cores = node?.getBuiltinModule?.('node:os').availableParallelism() ?? navigator.hardwareConcurrency;
  return { count: Math.min(cores, MOST_BY_DEFAULT), shortage: null };
}

function after(milliseconds: number): { readonly promise: Promise<never>; readonly cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not start within ${milliseconds / 1000} s`)),
      milliseconds,
    );
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

export interface StartOptions {
  readonly start?: (start: ThreadStart) => Helper;
  readonly milliseconds?: number;
  readonly patience?: number;
}

/**
 * Starts `count - 1` helping threads on a module with a shared memory. Never rejects and never takes longer than
 * `milliseconds`: when one of them cannot start, all are stopped and one thread computes.
 */
export async function startThreads(
  { exports, memory, code }: LoadedModule,
  shared: number,
  count: number,
  {
    start = startHelper,
    milliseconds = START_MILLISECONDS,
    patience = PATIENCE_MILLISECONDS,
  }: StartOptions = {},
): Promise<Threads> {
  exports.attach(shared, 0, 1, 0);
  const helpers: Helper[] = [];
  const stop = () => {
    exports.attach(shared, 0, 1, 0);
    for (const helper of helpers.splice(0)) helper.stop();
  };
  const deadline = after(milliseconds);
  try {
    for (let thread = 1; thread < count; thread++) {
      helpers.push(start({ code, memory, shared, thread, threads: count }));
    }
    await Promise.race([Promise.all(helpers.map((helper) => helper.ready)), deadline.promise]);
    exports.attach(shared, 0, count, patience);
    return { count, shortage: null, stop };
  } catch (error) {
    stop();
    const why = error instanceof Error ? error.message : String(error);
    return { count: 1, shortage: `One thread computes, because another could not be started: ${why}.`, stop };
  } finally {
    deadline.cancel();
  }
}
