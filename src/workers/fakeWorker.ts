/** A stand-in for the worker, for the tests of the client that talks to it. */
import type { Design } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import {
  type ClientState,
  createEngineClient,
  type Frame,
  type Ready,
  type WorkerLike,
} from './engineClient.ts';
import type { FitProgress, FromEngine, ToEngine } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

const fakeDesign = { title: 'test' } as unknown as Design;
export const options: FitOptions = {
  method: 'adam',
  coarseSearch: false,
  maxIterations: 5,
  learningRate: 0.1,
};
export const show = (revision: number, design = fakeDesign) => ({
  revision,
  design,
  views: [],
  previews: [],
});

export class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  readonly sent: ToEngine[] = [];
  terminated = false;
  answersPings = true;

  postMessage(message: ToEngine): void {
    this.sent.push(message);
    if (message.type === 'ping' && this.answersPings) this.say({ type: 'pong', seq: message.seq });
  }
  terminate(): void {
    this.terminated = true;
  }
  say(message: FromEngine): void {
    this.onmessage?.({ data: message } as MessageEvent<FromEngine>);
  }
  last(type: ToEngine['type']): ToEngine {
    const found = this.sent.findLast((message) => message.type === type);
    if (found === undefined) throw new Error(`No “${type}” was sent.`);
    return found;
  }
  count(type: ToEngine['type']): number {
    return this.sent.filter((message) => message.type === type).length;
  }
  ready(version = PROTOCOL_VERSION): void {
    const { seq } = this.last('hello');
    this.say({ type: 'ready', seq, version, backend: 'wasm', reason: 'No graphics card.', adapter: null });
  }
  progress(change: Partial<FitProgress>): void {
    const { seq } = this.last('fit');
    const progress = { iteration: 1, loss: 1, phase: 'fit', searched: null, values: {}, ...change } as const;
    this.say({ type: 'fitProgress', seq, revision: 1, progress, trail: [], views: [], previews: [] });
  }
  frame(change: Partial<Frame> = {}): void {
    const message = this.last('show');
    if (message.type !== 'show') throw new Error('unreachable');
    this.say({
      type: 'frame',
      seq: message.seq,
      revision: message.revision,
      views: [],
      previews: [],
      issues: [],
      milliseconds: 1,
      nodeMilliseconds: {},
      bytes: 0,
      loss: null,
      ...change,
    });
  }
}

export function setUp() {
  const workers: FakeWorker[] = [];
  const states: ClientState[] = [];
  const frames: number[] = [];
  const failures: string[] = [];
  const busy: boolean[] = [];
  const progress: number[] = [];
  const readies: Ready[] = [];
  const client = createEngineClient(
    {
      onState: (state) => states.push(state),
      onReady: (ready) => readies.push(ready),
      onFrame: (frame) => frames.push(frame.revision),
      onProgress: ({ iteration }) => progress.push(iteration),
      onFailed: ({ message }) => failures.push(message),
      onBusy: (now) => busy.push(now),
    },
    () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
  );
  const worker = (): FakeWorker => {
    const newest = workers.at(-1);
    if (newest === undefined) throw new Error('No worker was started.');
    return newest;
  };
  client.start('auto');
  return { client, workers, worker, states, frames, failures, busy, progress, readies };
}
