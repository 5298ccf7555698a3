/** A design as an imager of one point: which element shines, which camera looks, and both made ready to be sampled. */
import { compile, downstream } from './compile.ts';
import type { Design, DesignNode } from './document.ts';
import { setAll } from './edit.ts';
import { nodeName, paramValue, type Registry } from './registry.ts';

/** Elements that are points of light with a place in three dimensions. */
const EMITTERS: readonly string[] = ['bead', 'dipole'];

export interface PointDesign {
  /** Shows one photon of a point on a square of pixels, in the middle of its camera, without background. */
  readonly design: Design;
  /** Ids of the element that shines and of its camera. */
  readonly emitter: string;
  readonly camera: string;
  /** Counts of the camera without light. */
  readonly offset: number;
}

/** Why a design does not show single points of light. */
export class PointProblem extends Error {
  override readonly name = 'PointProblem';
}

/**
 * @param pixels along x and y of the camera
 * @throws PointProblem with a sentence and what to do
 */
export function pointDesign(design: Design, registry: Registry, pixels: number): PointDesign {
  const emitters = design.nodes.filter(({ type }) => EMITTERS.includes(type));
  const [emitter] = emitters;
  if (emitter === undefined || emitters.length > 1) {
    throw new PointProblem(
      emitter === undefined
        ? 'The design has no point of light: add a bead or a dipole emitter and lead its light to a camera.'
        : 'The design has several points of light: leave one, whose image is looked for everywhere.',
    );
  }
  const plan = compile(design, registry);
  const reached = downstream(plan, new Set([emitter.id]));
  const camera = design.nodes.findLast(({ id, type }) => type === 'camera' && reached.has(id));
  if (camera === undefined)
    throw new PointProblem(
      `“${nodeName(design, registry, emitter.id)}” is seen by no camera: connect its light to one.`,
    );
  if (camera.params['colourFilter'] === 'rggb') {
    throw new PointProblem('Pixels of different colours see different images: switch the colour filter off.');
  }
  const stack = design.nodes.find(({ id, type }) => type === 'stack' && reached.has(id));
  return {
    design: sampled(design, registry, { emitter, camera, stack, pixels }),
    emitter: emitter.id,
    camera: camera.id,
    offset: Number(paramValue(camera, registry, 'offset') ?? 0),
  };
}

interface Parts {
  readonly emitter: DesignNode;
  readonly camera: DesignNode;
  readonly stack: DesignNode | undefined;
  readonly pixels: number;
}

function sampled(design: Design, registry: Registry, { emitter, camera, stack, pixels }: Parts): Design {
  return setAll({ ...design, learn: [] }, registry, {
    ...(stack === undefined ? {} : { [`${stack.id}.planes`]: 1 }),
    [`${emitter.id}.photons`]: 1,
    [`${camera.id}.rows`]: pixels,
    [`${camera.id}.columns`]: pixels,
    [`${camera.id}.background`]: 0,
    [`${camera.id}.offset`]: 0,
    [`${camera.id}.darkCurrent`]: 0,
    [`${camera.id}.noise`]: false,
    // The same image whatever the pixels are like: each window falls on others.
    [`${camera.id}.gainSpread`]: 0,
    [`${camera.id}.offsetSpread`]: 0,
    [`${camera.id}.readNoiseSpread`]: 0,
    [`${camera.id}.offsetMap`]: '',
    [`${camera.id}.gainMap`]: '',
    [`${camera.id}.varianceMap`]: '',
  });
}
