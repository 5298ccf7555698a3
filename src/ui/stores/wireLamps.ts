/** Asks for the health of every wire when nothing has changed for a while; never while values move or a fit runs. */

import type { AnalysisBus } from './analysisBus.ts';
import type { DocumentStore } from './documentStore.ts';
import type { createEngineStore } from './engineStore.ts';

const OWNER = 'wire-lamps';
const REST_MILLISECONDS = 800;

export interface WireLampParts {
  readonly documents: Pick<DocumentStore, 'getState' | 'subscribe'>;
  readonly engine: Pick<ReturnType<typeof createEngineStore>, 'getState' | 'subscribe'>;
  readonly analyses: AnalysisBus;
}

/** Watches until the returned function is called. */
export function watchWires({ documents, engine, analyses }: WireLampParts): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isFitting = (): boolean => engine.getState().fit.status !== 'idle';
  const ask = (): void => {
    if (isFitting()) return;
    const outputs = new Map(
      documents
        .getState()
        .design.edges.map(({ from }) => [
          `${from.node}.${from.port}`,
          { nodeId: from.node, port: from.port },
        ]),
    );
    analyses.want(
      OWNER,
      [...outputs.values()].map((output) => ({ ...output, brief: true })),
    );
  };
  const restart = (): void => {
    clearTimeout(timer);
    analyses.want(OWNER, []);
    if (!isFitting()) timer = setTimeout(ask, REST_MILLISECONDS);
  };
  const ends = [
    documents.subscribe((state, before) => {
      if (state.design !== before.design) restart();
    }),
    engine.subscribe((state, before) => {
      if (state.fit.status !== before.fit.status) restart();
    }),
  ];
  restart();
  return () => {
    clearTimeout(timer);
    analyses.want(OWNER, []);
    for (const end of ends) end();
  };
}
