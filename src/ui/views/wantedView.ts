/** Which of the views that the engine sends is the one that a picture waits for. */
import { planeOfRequest, type View } from '../../workers/protocol.ts';
import type { FrameBus } from '../stores/frameBus.ts';

type Shown = Pick<View, 'nodeId' | 'layer' | 'mode' | 'portType' | 'plane' | 'planes'>;

/**
 * Whether a view is the one that a picture waits for. Real values have one mode, whatever was asked for while
 * their type was not yet known.
 */
export function isWanted(
  view: Shown,
  layer: View['layer'],
  mode: View['mode'],
  plane: number | null,
): boolean {
  const isComplex = view.portType !== 'image' && view.portType !== 'scalar';
  if (view.layer !== layer || (isComplex && view.mode !== mode)) return false;
  return view.plane === planeOfRequest(plane, view.planes);
}

/** The view of a node that is there already, if it is the wanted one. */
export function knownView<V extends Shown>(
  frames: Pick<FrameBus<V>, 'latest'>,
  nodeId: string,
  layer: View['layer'],
  mode: View['mode'],
  plane: number | null,
): V | null {
  const view = frames.latest(nodeId, layer, mode) ?? frames.latest(nodeId, layer);
  return view !== undefined && isWanted(view, layer, mode, plane) ? view : null;
}
