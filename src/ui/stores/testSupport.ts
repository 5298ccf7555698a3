/** A session with an engine that tests answer for. */
import { vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { examples } from '../../graph/examples/index.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import type { WorkerLike } from '../../workers/engineClient.ts';
import type { FitResult, FitSnapshot, FromEngine, ToEngine } from '../../workers/protocol.ts';
import { PROTOCOL_VERSION } from '../../workers/protocol.ts';
import { createAnalysisBus } from './analysisBus.ts';
import { createDocumentStore } from './documentStore.ts';
import { createEngineStore } from './engineStore.ts';
import type { StoredFits } from './fitCheckpoints.ts';
import { createFrameBus, createPreviewBus } from './frameBus.ts';
import { createSession } from './session.ts';
import { createSettingsStore } from './settingsStore.ts';

/** What the fits of these tests learn. */
export const PATH = 'pupil.numericalAperture';

/** An engine that answers every show at once and leaves fits to the test. */
class FakeEngine implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  readonly sent: ToEngine[] = [];

  /** What comes back for a picture that was asked for. */
  answer = (seq: number, revision: number): FromEngine => ({
    type: 'frame',
    seq,
    revision,
    views: [],
    previews: [],
    issues: [],
    milliseconds: 1,
    nodeMilliseconds: {},
    bytes: 0,
    loss: 0.5,
  });

  terminate(): void {}
  say(message: FromEngine): void {
    this.onmessage?.({ data: message } as MessageEvent<FromEngine>);
  }
  postMessage(message: ToEngine): void {
    this.sent.push(message);
    const { seq } = message;
    if (message.type === 'hello') {
      this.say({ type: 'ready', seq, version: PROTOCOL_VERSION, backend: 'f64', reason: '', adapter: null });
    }
    if (message.type === 'show') this.say(this.answer(seq, message.revision));
  }
  of<T extends ToEngine['type']>(type: T): Extract<ToEngine, { type: T }>[] {
    return this.sent.filter((message): message is Extract<ToEngine, { type: T }> => message.type === type);
  }
  progress(value: number, snapshot?: FitSnapshot): void {
    const fit = this.of('fit').at(-1);
    if (fit === undefined) throw new Error('No fit was asked for.');
    const progress = {
      iteration: 1,
      loss: 0.1,
      phase: 'fit',
      searched: null,
      values: { [PATH]: value },
    } as const;
    this.say({
      type: 'fitProgress',
      trail: [],
      seq: fit.seq,
      revision: fit.revision,
      progress,
      ...(snapshot === undefined ? {} : { snapshot }),
      views: [],
      previews: [],
    });
  }
  async done(value: number): Promise<void> {
    const fit = this.of('fit').at(-1);
    if (fit === undefined) throw new Error('No fit was asked for.');
    const result = {
      parameters: [{ path: PATH, value }],
      loss: { start: 1, end: 0.5 },
      reducedChiSquare: 1.25,
      converged: true,
      iterations: 1,
      seconds: 0,
    } as unknown as FitResult;
    this.say({ type: 'fitDone', trail: [], seq: fit.seq, revision: fit.revision, result });
    await vi.advanceTimersByTimeAsync(1);
  }
}

/** A page with its document and an engine of the test. @param fits where it keeps running fits */
export function setUp(fits?: StoredFits) {
  const airy = examples.find((example) => example.id === 'airy')?.design;
  if (airy === undefined) throw new Error('There is no airy example.');
  const design: Design = { ...airy, learn: [PATH] };
  const documents = createDocumentStore(design);
  const engine = createEngineStore();
  const worker = new FakeEngine();
  const frames = createFrameBus();
  const previews = createPreviewBus();
  const analyses = createAnalysisBus();
  const settings = createSettingsStore(null);
  const session = createSession({
    registry,
    documents,
    engine,
    settings,
    frames,
    previews,
    analyses,
    ...(fits === undefined ? {} : { fits }),
    spawn: () => worker,
  });
  session.start();
  const aperture = () => getAt(documents.getState().design, registry, PATH);
  const set = (path: string, value: number): void =>
    documents.getState().apply('Set', (before) => setAt(before, registry, path, value));
  return { documents, engine, settings, worker, frames, previews, session, aperture, set, design };
}
