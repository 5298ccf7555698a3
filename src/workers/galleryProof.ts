/** Runs a ready system and measures the number that proves it, wherever pictures can be had from. */
import type { Design } from '../graph/document.ts';
import type { Example, Measured } from '../graph/examples/example.ts';
import type { Pictures, Preview, View, ViewRequest, Wanted } from './protocol.ts';

/** Computes a design and gives the pictures that are wanted of it. */
export type ShowDesign = (design: Design, wanted: Wanted) => Promise<Pictures>;

export interface ExampleResult {
  /** Of the node that the gallery shows. */
  readonly preview: Preview | null;
  /** What each node of the proof shows, in its order; the pictured node without a proof. */
  readonly measured: readonly Measured[];
  /** The measured number; null without a proof. */
  readonly value: number | null;
  /** Whether it is what it must be; null without a proof. */
  readonly passed: boolean | null;
}

/** Pixels of the gallery's pictures. */
const PICTURE_SIZE = 192;
const STYLE = { colormap: 'inferno', scaling: 'auto', clip: 0, locked: null, signed: false } as const;

/** The node that stands for a system: its camera, else what is measured, else the last. */
export function pictureNode({ design, proof }: Example): string {
  const camera = design.nodes.find(({ type }) => type === 'camera');
  return camera?.id ?? proof?.nodes[0] ?? design.nodes.at(-1)?.id ?? '';
}

/** Rejects when a node of the proof shows nothing. */
export async function proveExample(example: Example, show: ShowDesign): Promise<ExampleResult> {
  const { design, proof } = example;
  const previews = [{ ...requestOf(pictureNode(example), 0), maxSize: PICTURE_SIZE, style: STYLE }];
  const nodes = proof?.nodes ?? [pictureNode(example)];
  const { preview, measured } = await shownNodes(design, nodes, show, previews);
  const value = proof === null ? null : proof.measure(...measured);
  return {
    preview,
    measured,
    value,
    passed: proof === null || value === null ? null : Math.abs(value - proof.expected) <= proof.tolerance,
  };
}

/** What nodes of a design show, all planes of each. Rejects when one of them shows nothing. */
export async function shownNodes(
  design: Design,
  nodes: readonly string[],
  show: ShowDesign,
  previews: Wanted['previews'] = [],
): Promise<{ readonly measured: readonly Measured[]; readonly preview: Preview | null }> {
  const first = await show(design, { previews, views: nodes.map((id) => requestOf(id, 0)) });
  const rest = nodes.flatMap((id) => {
    const planes = first.views.find(({ nodeId }) => nodeId === id)?.planes ?? 1;
    return Array.from({ length: planes - 1 }, (_, i) => requestOf(id, i + 1));
  });
  const others = rest.length === 0 ? [] : (await show(design, { previews: [], views: rest })).views;
  const views = [...first.views, ...others];
  return { measured: nodes.map((id) => joined(id, views)), preview: first.previews[0] ?? null };
}

function requestOf(nodeId: string, plane: number): ViewRequest {
  return { nodeId, plane, mode: 'intensity', layer: 'output' };
}

/** All planes of one node as one. Throws when there are none. */
export function joined(nodeId: string, views: readonly View[]): Measured {
  const own = views.filter((view) => view.nodeId === nodeId).sort((a, b) => a.plane - b.plane);
  const [first] = own;
  if (first === undefined) throw new Error(`The node “${nodeId}” shows nothing.`);
  const size = first.data.length;
  const data = new Float32Array(size * own.length);
  own.forEach((view, i) => {
    data.set(view.data, i * size);
  });
  return { data, shape: own.length > 1 ? [own.length, ...first.shape] : first.shape, pitch: first.pitch };
}
