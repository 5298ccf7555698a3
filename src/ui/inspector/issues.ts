/** Going to where a problem is. */
import type { Issue } from '../../graph/document.ts';
import { centreOn } from '../graph/flow.ts';
import { documentStore } from '../stores/app.ts';
import { selectionStore } from '../stores/selectionStore.ts';

/** Selects and shows the node of a problem, and focuses its field. */
export function goToIssue({ nodeId, paramId }: Issue): void {
  const node = documentStore.getState().design.nodes.find((each) => each.id === nodeId);
  if (node === undefined) return;
  selectionStore.getState().select([node.id]);
  centreOn(node.position);
  if (paramId === null) return;
  // The inspector shows the node's fields after the next render.
  setTimeout(() => {
    const field = document.querySelector<HTMLElement>(
      `[data-testid="field-${CSS.escape(node.id)}.${CSS.escape(paramId)}"]`,
    );
    field?.focus();
    field?.scrollIntoView({ block: 'center' });
  }, 50);
}

/** Whether an issue only tells how something is computed: shown with its element, not among the problems. */
export function isExplanation({ severity, code }: Issue): boolean {
  return severity === 'info' && code === 'sampling';
}
