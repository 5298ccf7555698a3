/** How a target of a design moves its image: read from its parameters and written there. */
import { type Alignment, alignment } from '../optics/analysis/alignment.ts';
import {
  AS_IT_IS,
  FLIPS,
  isAsItIs,
  type MaskedImage,
  type Registration,
  TURNS,
} from '../optics/maths/registration.ts';
import type { Design } from './document.ts';
import { setAt } from './paths.ts';
import { findNode, own, type Registry } from './registry.ts';

export function registrationAt(design: Design, targetId: string): Registration {
  const params = findNode(design, targetId)?.params ?? {};
  const number = (name: 'angle' | 'scale' | 'shiftX' | 'shiftY') => {
    const value = own(params, name);
    return typeof value === 'number' ? value : AS_IT_IS[name];
  };
  return {
    flip: FLIPS.find((each) => each === own(params, 'flip')) ?? AS_IT_IS.flip,
    turn: TURNS.find((each) => each === own(params, 'turn')) ?? AS_IT_IS.turn,
    angle: number('angle'),
    scale: number('scale'),
    shiftX: number('shiftX'),
    shiftY: number('shiftY'),
  };
}

export function withRegistration(
  design: Design,
  registry: Registry,
  targetId: string,
  change: Partial<Registration>,
): Design {
  return Object.entries(change).reduce<Design>(
    (next, [name, value]) => setAt(next, registry, `${targetId}.${name}`, value),
    design,
  );
}

/** Whether a target does not show its image as it came. */
export function isMovedTarget(design: Design, targetId: string): boolean {
  return !isAsItIs(registrationAt(design, targetId));
}

/** How a target's image, as it came, lies best on one plane of a model; null where it cannot. See `alignment`. */
export function bestRegistration(
  design: Design,
  targetId: string,
  model: MaskedImage,
  image: MaskedImage,
  breathe: () => Promise<void>,
): Promise<Alignment | null> {
  return alignment(model, image, registrationAt(design, targetId), breathe);
}
