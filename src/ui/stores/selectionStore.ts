/** What is selected, and which node the dock shows. React-free. */
import { createStore } from 'zustand/vanilla';

export interface SelectionState {
  readonly nodeIds: readonly string[];
  readonly edgeIds: readonly string[];
  /** Node whose picture the dock shows: the last node selected, until another is. */
  readonly viewedNodeId: string | null;
  readonly select: (nodeIds: readonly string[], edgeIds?: readonly string[]) => void;
  readonly clear: () => void;
  readonly view: (nodeId: string | null) => void;
  /** Forgets ids that the document no longer has. */
  readonly prune: (nodeExists: (id: string) => boolean, edgeExists: (id: string) => boolean) => void;
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

export function createSelectionStore() {
  return createStore<SelectionState>()((set, get) => ({
    nodeIds: [],
    edgeIds: [],
    viewedNodeId: null,
    select(nodeIds, edgeIds = []) {
      const state = get();
      if (sameIds(state.nodeIds, nodeIds) && sameIds(state.edgeIds, edgeIds)) return;
      const viewedNodeId = nodeIds.length === 1 ? (nodeIds[0] ?? null) : state.viewedNodeId;
      set({ nodeIds, edgeIds, viewedNodeId });
    },
    clear() {
      get().select([], []);
    },
    view(viewedNodeId) {
      set({ viewedNodeId });
    },
    prune(nodeExists, edgeExists) {
      const state = get();
      const nodeIds = state.nodeIds.filter(nodeExists);
      const edgeIds = state.edgeIds.filter(edgeExists);
      const viewed = state.viewedNodeId;
      if (
        nodeIds.length !== state.nodeIds.length ||
        edgeIds.length !== state.edgeIds.length ||
        (viewed !== null && !nodeExists(viewed))
      ) {
        set({ nodeIds, edgeIds, viewedNodeId: viewed !== null && nodeExists(viewed) ? viewed : null });
      }
    },
  }));
}

export const selectionStore = createSelectionStore();
