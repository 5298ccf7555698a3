/** The one instance of everything that this page needs. */
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { analysisBus } from './analysisBus.ts';
import { createDocumentStore } from './documentStore.ts';
import { engineStore } from './engineStore.ts';
import { frameBus, previewBus } from './frameBus.ts';
import { createIndexedDbStorage } from './persistence.ts';
import { createSession } from './session.ts';
import { settingsStore } from './settingsStore.ts';

export function emptyDesign(): Design {
  return {
    format: 'luminode',
    formatVersion: 1,
    title: 'Untitled design',
    grid: { samples: 256, pitch: 10e-6 },
    seed: 1,
    nodes: [],
    edges: [],
    learn: [],
    images: {},
  };
}

export const documentStore = createDocumentStore(emptyDesign());

/** What this browser keeps; the database is opened when it is first needed. */
export const documentStorage = createIndexedDbStorage();

export const session = createSession({
  registry,
  documents: documentStore,
  engine: engineStore,
  settings: settingsStore,
  frames: frameBus,
  previews: previewBus,
  analyses: analysisBus,
  fits: documentStorage,
});

export { registry };
