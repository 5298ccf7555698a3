import { useStore } from 'zustand';
import { titleOf } from '../stores/actions.ts';
import { documentStore } from '../stores/app.ts';
import { failingFor } from '../stores/blocked.ts';
import { engineStore } from '../stores/engineStore.ts';

const COMPUTING = 'Computing the first picture…';

/** Why a node has no picture, in one sentence; `otherwise` where nothing has failed. */
export function useNoPicture(nodeId: string, otherwise = COMPUTING): string {
  // Asked anew at every change of either store, and a render only follows another answer.
  const find = (): string => {
    const { connection, issues, issuesByNode } = engineStore.getState();
    const id = failingFor(documentStore.getState().design, issuesByNode, nodeId);
    if (id !== null) return `No picture: “${titleOf(id)}” has an error.`;
    if (connection === 'stopped') return 'No picture: the engine has stopped.';
    const isDesignFailing = issues.some((issue) => issue.nodeId === null && issue.severity === 'error');
    return isDesignFailing ? 'No picture: the design has an error.' : otherwise;
  };
  useStore(documentStore, find);
  return useStore(engineStore, find);
}
