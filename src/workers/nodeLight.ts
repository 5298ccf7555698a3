/** What nodes show, in full: for programs that want the light where no camera is. */
import type { Pictures, ViewRequest } from './protocol.ts';

/** As an image of a camera is given. */
interface NodeLight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly pitch: number;
  readonly unit: string;
}

/**
 * What nodes show at their first outputs, in float32, [planes, ny, nx] where there are several planes; a node that has
 * nothing to show is left out.
 */
export async function lightAt(
  show: (views: readonly ViewRequest[]) => Promise<Pick<Pictures, 'views'>>,
  nodes: readonly string[],
): Promise<Map<string, NodeLight>> {
  const lights = new Map<string, NodeLight>();
  if (nodes.length === 0) return lights;
  const request = (nodeId: string, plane: number): ViewRequest => ({
    nodeId,
    plane,
    mode: 'intensity',
    layer: 'output',
  });
  const { views } = await show(nodes.map((id) => request(id, 0)));
  for (const { nodeId, planes, shape, pitch, unit } of views) {
    const data = new Float32Array(planes * shape[0] * shape[1]);
    const whole = await show(Array.from({ length: planes }, (_, plane) => request(nodeId, plane)));
    whole.views.forEach((view, plane) => {
      data.set(view.data, plane * view.data.length);
    });
    lights.set(nodeId, { shape: planes > 1 ? [planes, ...shape] : shape, data, pitch, unit });
  }
  return lights;
}
