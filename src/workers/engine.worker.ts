/** The worker's entry: messages in, messages out. Everything else is `Session`. */
import { DeviceFault } from '../optics/ops/kernels.ts';
import { EngineLoop } from './engineLoop.ts';
import { transferables } from './present/transfer.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import { createSession } from './session.ts';

interface WorkerScope {
  postMessage(message: FromEngine, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToEngine>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

const loop = new EngineLoop({
  post: (message) => scope.postMessage(message, transferables(message)),
  open: createSession,
  isDeviceFault: (error) => error instanceof DeviceFault,
});

scope.addEventListener('message', (event) => loop.receive(event.data));
