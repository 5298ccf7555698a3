/** Where the cameras of a design saturate that its images are compared with. */
import type { Design, DesignNode } from '../graph/document.ts';
import { isComparison } from '../graph/objective.ts';
import { getAt } from '../graph/paths.ts';
import type { Registry } from '../graph/registry.ts';
import { saturationLevel } from '../optics/detection/sensor.ts';

/** Image id -> lowest level of saturation (counts) of the cameras that it is compared with; none without a limit. */
export function cameraLevels(design: Design, registry: Registry): ReadonlyMap<string, number> {
  const nodes = new Map(design.nodes.map((node) => [node.id, node]));
  const before = (id: string, port: string) => {
    const edge = design.edges.find(({ to }) => to.node === id && to.port === port);
    return edge === undefined ? undefined : nodes.get(edge.from.node);
  };
  const levels = new Map<string, number>();
  for (const { id, type } of design.nodes) {
    const spec = registry.get(type);
    if (spec === undefined || !isComparison(spec)) continue;
    const [camera, target] = [before(id, 'model'), before(id, 'target')];
    const image = target?.type === 'target' ? target.params['image'] : undefined;
    const level = camera?.type === 'camera' ? levelOf(camera, design, registry) : null;
    if (typeof image !== 'string' || level === null) continue;
    levels.set(image, Math.min(level, levels.get(image) ?? level));
  }
  return levels;
}

/** Of a detailed sensor; a linear one has no limits. */
function levelOf({ id, params }: DesignNode, design: Design, registry: Registry): number | null {
  if (params['sensor'] !== 'detailed') return null;
  const number = (name: string) => Number(getAt(design, registry, `${id}.${name}`));
  const limit = (name: string) => (number(name) > 0 ? number(name) : null);
  return saturationLevel({
    gain: number('gain') * number('multiplication'),
    offset: number('offset'),
    sensor: { fullWell: limit('fullWell'), bits: limit('bits') },
  });
}
