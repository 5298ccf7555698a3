/** What computes: a session in this process, or the same session in a headless browser where WebGPU is. */
import type { BackendChoice } from '../workers/protocol.ts';
import { createSession } from '../workers/session.ts';
import { openBrowserEngine } from './browserEngine.ts';
import { oneOf, type Words } from './commandLine.ts';
import type { Engine } from './engineTypes.ts';
import { Failure, type Io, sentenceOf } from './io.ts';

const CHOICES: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm', 'f64'];

export function readBackend(words: Words): BackendChoice {
  return oneOf('--backend', words.value('--backend') ?? 'auto', CHOICES);
}

async function openEngine(choice: BackendChoice, io: Io): Promise<Engine> {
  if (choice === 'webgpu') return openBrowserEngine(io);
  const session = await createSession(choice);
  return {
    backend: session.backend,
    reason: session.reason,
    evaluate: (design, nodes) => session.evaluate(design, nodes),
    fit: (design, options, onProgress) =>
      session.fit(design, options, async (progress) => {
        onProgress(progress);
        return true;
      }),
    track: (design, options, source, onFrame) => session.track(design, options, source, onFrame),
    localise: (design, options, source, onFrame) => session.localise(design, options, source, onFrame),
    expectedErrors: (design, noise) => session.expectedErrors(design, noise),
    simulateRefit: (design, options, onRefit) =>
      session.simulateRefit(design, options, async (done) => {
        onRefit(done);
        return true;
      }),
    findSpheres: (design, nodeId) => session.findSpheres(design, nodeId),
    dispose: async () => session.dispose(),
  };
}

/** Opens an engine, uses it and gives it back whatever happens. Errors of the engine become failures. */
export async function withEngine<T>(
  choice: BackendChoice,
  io: Io,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  let engine: Engine;
  try {
    engine = await openEngine(choice, io);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(sentenceOf(error));
  }
  io.stderr(`${engine.reason}\n`);
  try {
    return await use(engine);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(sentenceOf(error));
  } finally {
    await engine.dispose();
  }
}
