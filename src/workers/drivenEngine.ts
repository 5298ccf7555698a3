/** An engine with a stand-in for its session, driven by messages. Test code only. */
import type { Design } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import { DeviceFault } from '../optics/ops/kernels.ts';
import { EngineLoop } from './engineLoop.ts';
import { FakeSession } from './fakeSession.ts';
import type { FitSnapshot, FromEngine, ToEngine, ViewRequest } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { Session } from './session.ts';

const options: FitOptions = { method: 'adam', coarseSearch: false, maxIterations: 5, learningRate: 0.1 };
const named = (title: string) => ({ title }) as unknown as Design;
export const request: ViewRequest = { nodeId: 'camera', mode: 'intensity', plane: 0, layer: 'output' };

export function engine(session = new FakeSession()) {
  const posted: FromEngine[] = [];
  const opened: string[] = [];
  let seq = 0;
  let openError: unknown = null;
  const loop = new EngineLoop({
    post: (message) => posted.push(message),
    open: async (choice) => {
      opened.push(choice);
      if (openError !== null) throw openError;
      return session as unknown as Session;
    },
    isDeviceFault: (error) => error instanceof DeviceFault,
  });
  const send = (message: ToEngine) => {
    loop.receive(message);
    return message.seq;
  };
  const of = <T extends FromEngine['type']>(type: T) =>
    posted.filter((message): message is Extract<FromEngine, { type: T }> => message.type === type);
  return {
    session,
    posted,
    opened,
    of,
    failOpening: (error: unknown) => {
      openError = error;
    },
    hello: (version = PROTOCOL_VERSION) =>
      send({ type: 'hello', seq: ++seq, version, backend: 'wasm', surfaces: true }),
    show: (title: string, views: readonly ViewRequest[] = [request]) =>
      send({ type: 'show', seq: ++seq, revision: seq, design: named(title), views, previews: [] }),
    fit: (title = 'fit', views: readonly ViewRequest[] = [request], resume?: FitSnapshot) => {
      const from = resume === undefined ? {} : { resume };
      const asked = { design: named(title), options, views, previews: [], ...from };
      return send({ type: 'fit', seq: ++seq, revision: seq, ...asked });
    },
    tell: (type: 'pauseFit' | 'resumeFit' | 'stepFit' | 'stopFit') => send({ type, seq: ++seq }),
    diagnose: () => send({ type: 'diagnose', seq: ++seq }),
    ping: () => send({ type: 'ping', seq: ++seq }),
  };
}

export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Long enough for whatever must not happen to happen: several tasks and polls of the loop. */
export const aWhile = () => new Promise((resolve) => setTimeout(resolve, 120));

export async function started(session = new FakeSession()) {
  const e = engine(session);
  e.hello();
  await until(() => e.of('ready').length === 1);
  return e;
}

/** Fits that the tests leave running would keep the process busy. */
const left: (() => void)[] = [];

/** @param stop ends what a test has begun, when `stopFits` says so */
export function stopLater(stop: () => void): void {
  left.push(stop);
}

export function stopFits(): void {
  for (const stop of left.splice(0)) stop();
}

export async function fitting(change: Partial<FakeSession> = {}) {
  const session = Object.assign(new FakeSession(), { length: 1e9, ...change });
  const e = await started(session);
  const seq = e.fit();
  stopLater(() => e.tell('stopFit'));
  await until(() => session.steps > 2);
  return { ...e, seq };
}
