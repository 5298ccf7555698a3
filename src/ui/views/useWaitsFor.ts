import { useStore } from 'zustand';
import { titleOf } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { failingBefore } from '../stores/blocked.ts';
import { engineStore } from '../stores/engineStore.ts';

/** Title of the node that this one waits for; null when it has a picture or waits for nobody. */
export function useWaitsFor(nodeId: string): string | null {
  // Asked anew at every change of either store, and a render only follows another answer.
  const find = (): string | null => {
    const { issuesByNode, pictured } = engineStore.getState();
    if (pictured.has(nodeId)) return null;
    const id = failingBefore(documentStore.getState().design, issuesByNode, nodeId);
    return id === null ? null : titleOf(id);
  };
  useStore(documentStore, find);
  return useStore(engineStore, find);
}
