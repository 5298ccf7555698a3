/** Wires whose lamp is not green. */
import type { Design } from '../../graph/document.ts';
import type { AnalysisBus } from './analysisBus.ts';

type Edges = Design['edges'];

/** Ids of the wires that carry what cannot be trusted, in the order of the document. */
export function doubtfulWires(edges: Edges, analyses: Pick<AnalysisBus, 'latest'>): readonly string[] {
  const isDoubtful = ({ from }: Edges[number]): boolean => {
    const level = analyses.latest({ nodeId: from.node, port: from.port })?.health?.level;
    return level === 'doubtful' || level === 'bad';
  };
  return edges.filter(isDoubtful).map(({ id }) => id);
}

/** Calls back when a lamp of these wires may have changed. Returns the way to stop. */
export function watchDoubtful(
  edges: Edges,
  analyses: Pick<AnalysisBus, 'subscribe'>,
  listener: () => void,
): () => void {
  const ends = edges.map(({ from }) =>
    analyses.subscribe({ nodeId: from.node, port: from.port }, () => listener()),
  );
  return () => {
    for (const end of ends) end();
  };
}
