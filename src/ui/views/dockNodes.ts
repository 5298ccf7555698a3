/** What of the document the dock can show, in the order in which people look for it. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Design } from '../../graph/document.ts';
import { isComparison } from '../../graph/objective.ts';
import { nodeName, type Registry } from '../../graph/registry.ts';
import type { PortType } from '../../optics/values.ts';
import { documentStore, registry } from '../stores/app.ts';

export interface DockNode {
  readonly id: string;
  readonly title: string;
  /** Null where it depends on what is wired to the node. */
  readonly portType: PortType | null;
  readonly group: 'Cameras' | 'Light';
}

export interface FitPair {
  /** Node that compares; it has the layers `target` and `residual`. */
  readonly lossId: string;
  /** Node whose image is compared; null while nothing is wired. */
  readonly modelId: string | null;
}

export interface DockContents {
  readonly nodes: readonly DockNode[];
  readonly pair: FitPair | null;
}

/** Nodes with a picture (cameras first, the last of the document in front) and the pair of a fit. */
export function dockContents(design: Pick<Design, 'nodes' | 'edges'>, elements: Registry): DockContents {
  const nodes: DockNode[] = [];
  let pair: FitPair | null = null;
  for (const node of design.nodes) {
    const element = elements.get(node.type);
    const output = Object.values(element?.outputs ?? {})[0];
    if (element === undefined || output === undefined) continue;
    if (isComparison(element)) {
      const wire = design.edges.find((edge) => edge.to.node === node.id && edge.to.port === 'model');
      pair ??= { lossId: node.id, modelId: wire?.from.node ?? null };
    }
    if (output.type === 'scalar') continue;
    nodes.push({
      id: node.id,
      title: nodeName(design, elements, node.id),
      portType: typeof output.type === 'string' ? output.type : null,
      group: element.category === 'detection' ? 'Cameras' : 'Light',
    });
  }
  const rank = (node: DockNode): number => (node.group === 'Cameras' ? 0 : 1);
  // Light is listed from the camera backwards: what is near the result is looked at most.
  return { nodes: nodes.toReversed().sort((a, b) => rank(a) - rank(b)), pair };
}

/** Follows the document; a changed parameter value changes nothing here. */
export function useDockContents(): DockContents {
  const key = useStore(documentStore, ({ design }) =>
    JSON.stringify([
      design.nodes.map(({ id, type, title }) => [id, type, title]),
      design.edges.map(({ from, to }) => [from.node, to.node, to.port]),
    ]),
  );
  // The key stands for every part of the design that is read.
  return useMemo(() => (key === '' ? EMPTY : dockContents(documentStore.getState().design, registry)), [key]);
}

const EMPTY: DockContents = { nodes: [], pair: null };
