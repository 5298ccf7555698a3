/**
 * The engine on a page without a workbench (engine.html), for programs that drive a browser: the command line and
 * the tests. Texts in, JSON texts out, so that it does not matter how the calls get here.
 */
import { registry } from '../graph/catalogue.ts';
import type { Design, Issue } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import { encodeFloat32 } from '../graph/imageData.ts';
import { parseDesign } from '../graph/parse.ts';
import type { Readout } from '../optics/element.ts';
import type { BackendChoice, BackendName, FitProgress, FitResult } from './protocol.ts';
import { createSession, type Session } from './session.ts';

export type EngineAnswer<T> =
  | { readonly ok: true; readonly value: T }
  /** A sentence. */
  | { readonly ok: false; readonly error: string };

export interface EngineImages {
  readonly backend: BackendName;
  readonly issues: readonly Issue[];
  readonly images: readonly {
    readonly id: string;
    readonly shape: readonly number[];
    readonly pitch: number;
    readonly unit: string;
    /** Little-endian float32, base64, row-major. */
    readonly data: string;
  }[];
  /** Numbers of analysis nodes, by node id. */
  readonly readings: readonly (readonly [string, readonly Readout[]])[];
}

/** `window.luminodeEngine`. Every method resolves with the JSON text of an {@link EngineAnswer}. */
export interface LuminodeEngine {
  readonly open: (backend: BackendChoice) => Promise<string>;
  /** @param nodesJson ids of nodes whose light is wanted beside the images of cameras */
  readonly evaluate: (designJson: string, backend: BackendChoice, nodesJson?: string) => Promise<string>;
  readonly fit: (designJson: string, optionsJson: string, backend: BackendChoice) => Promise<string>;
}

declare global {
  interface Window {
    luminodeEngine?: LuminodeEngine;
    /** Receives the JSON text of a {@link FitProgress} where the driving program has defined it. */
    luminodeProgress?: (text: string) => void;
  }
}

const sessions = new Map<BackendChoice, Promise<Session>>();

function sessionFor(backend: BackendChoice): Promise<Session> {
  const known = sessions.get(backend);
  if (known !== undefined) return known;
  const opening = createSession(backend);
  sessions.set(backend, opening);
  // A device that could not be had may be had later.
  opening.catch(() => sessions.delete(backend));
  return opening;
}

function readDesign(text: string): Design {
  const parsed = parseDesign(text, registry);
  if (parsed.ok) return parsed.design;
  throw new Error(parsed.issues[0]?.message ?? 'The design cannot be read.');
}

/** A lost device gives pictures of nothing, so its results are never handed out. */
async function unlessLost<T>(session: Session, work: Promise<T>): Promise<T> {
  return Promise.race([work, session.lost.then((why) => Promise.reject(new Error(why)))]);
}

async function answer<T>(work: () => Promise<T>): Promise<string> {
  let result: EngineAnswer<T>;
  try {
    result = { ok: true, value: await work() };
  } catch (error) {
    result = { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  return JSON.stringify(result);
}

const engine: LuminodeEngine = {
  open: (backend) =>
    answer(async () => {
      const session = await sessionFor(backend);
      return { backend: session.backend, reason: session.reason };
    }),
  evaluate: (designJson, backend, nodesJson = '[]') =>
    answer<EngineImages>(async () => {
      const session = await sessionFor(backend);
      const { issues, images, readings } = await unlessLost(
        session,
        session.evaluate(readDesign(designJson), JSON.parse(nodesJson) as readonly string[]),
      );
      return {
        backend: session.backend,
        issues,
        images: [...images].map(([id, { shape, pitch, unit, data }]) => ({
          id,
          shape,
          pitch,
          unit,
          data: encodeFloat32(Float32Array.from(data)),
        })),
        readings: [...readings],
      };
    }),
  fit: (designJson, optionsJson, backend) =>
    answer<FitResult>(async () => {
      const session = await sessionFor(backend);
      const options = JSON.parse(optionsJson) as FitOptions;
      const report = async (progress: FitProgress): Promise<boolean> => {
        window.luminodeProgress?.(JSON.stringify(progress));
        return true;
      };
      return unlessLost(session, session.fit(readDesign(designJson), options, report));
    }),
};

window.luminodeEngine = engine;
