/** A helping thread of the WebAssembly backend in a browser: the kernels once more, on the same memory. */
import type { KernelModule } from './module.ts';
import type { ThreadStart } from './threads.ts';

interface ThreadScope {
  postMessage(message: 'ready'): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ThreadStart>) => void): void;
}

const scope = globalThis as unknown as ThreadScope;

scope.addEventListener('message', ({ data: { code, memory, shared, thread, threads } }) => {
  const imports = { env: { memory }, host: { threadLost: () => undefined } };
  const exports = new WebAssembly.Instance(code, imports).exports as unknown as KernelModule;
  exports.attach(shared, thread, threads, 0);
  scope.postMessage('ready');
  exports.serve();
});
