/** Finds the spheres of the target and fills the design with them. React-free. */
import { foundSentence, withFoundSpheres } from '../../graph/foundSpheres.ts';
import { findNode } from '../../graph/registry.ts';
import { documentStore, registry, session } from './app.ts';
import { announce } from './uiStore.ts';

/** One undo step; resolves to a sentence that says what was found, or why nothing was. */
export async function findSpheres(nodeId: string): Promise<string> {
  const { design } = documentStore.getState();
  const outcome = await session.findSpheres(nodeId);
  const sentence = outcome.kind === 'failed' ? outcome.message : fill(design, nodeId, outcome.found);
  announce(sentence);
  return sentence;
}

function fill(design: object, nodeId: string, found: Parameters<typeof withFoundSpheres>[3]): string {
  const { design: current, apply, settle } = documentStore.getState();
  const node = findNode(current, nodeId);
  if (current !== design || node === undefined) return 'The design was changed meanwhile: ask again.';
  const filled = withFoundSpheres(current, registry, node, found);
  if (filled !== current) {
    apply('Find spheres', () => filled);
    settle();
  }
  return foundSentence(node, found);
}
