import { useStore } from 'zustand';
import { titleOf } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { failingBefore } from '../stores/blocked.ts';
import { engineStore } from '../stores/engineStore.ts';

/** Title of the node that this one waits for; null when it has a picture or waits for nobody. */
export function useWaitsFor(nodeId: string): string | null {
  const issues = useStore(engineStore, (state) => state.issuesByNode);
  const pictured = useStore(engineStore, (state) => state.pictured.has(nodeId));
  return useStore(documentStore, ({ design }) => {
    const id = pictured ? null : failingBefore(design, issues, nodeId);
    return id === null ? null : titleOf(id);
  });
}
