/** Where the planes of a stack lie along the light, for what shows several of them at once. */
import type { Design } from './document.ts';
import { paramValue, type Registry } from './registry.ts';
import { modelOf } from './targets.ts';
import { reaches } from './topology.ts';

export interface Depths {
  /** From plane to plane along the light, metres; negative where later planes lie nearer to the source. */
  readonly step: number;
  /** Of the middle plane, floor(planes / 2), metres. */
  readonly middle: number;
  /** The node whose picture has the pitch, where that of the planes has none: the model of a target. */
  readonly model: string | null;
}

/** Elements that make a stack of planes along the light. */
const STACKS: readonly string[] = ['stack', 'zScan'];

/** Depths of the planes that a node gives; of a target, those of the model that it is compared with. Null for none. */
export function depthsOf(design: Design, registry: Registry, nodeId: string): Depths | null {
  const model = modelOf(design, registry, nodeId);
  const shown = model ?? nodeId;
  const stack = design.nodes.find(({ id, type }) => STACKS.includes(type) && reaches(design, id, shown));
  if (stack === undefined) return null;
  const number = (name: string): number => {
    const value = paramValue(stack, registry, name);
    return typeof value === 'number' ? value : Number.NaN;
  };
  const [step, middle] = [number('zStep'), number('zOffset')];
  return Number.isFinite(step) && step !== 0 && Number.isFinite(middle) ? { step, middle, model } : null;
}
