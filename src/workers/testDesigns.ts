/** Small designs with a simulated target, for the tests of fits and of the engine. */
import { registry } from '../graph/catalogue.ts';
import type { Design, DesignNode } from '../graph/document.ts';
import { setAll } from '../graph/edit.ts';
import { beadStack } from '../graph/examples/beadStack.ts';
import { sphereHologram } from '../graph/examples/sphereHologram.ts';
import { truthOf } from '../graph/examples/truth.ts';
import { withFittedMaps } from '../graph/maps.ts';
import { describePath, setAt } from '../graph/paths.ts';
import type { FitResult } from './protocol.ts';

export interface SmallDesign {
  /** Where the model starts, against the truth. */
  readonly start?: Readonly<Record<string, number>>;
  /** What the truth differs in from the values of the small design. */
  readonly truth?: Readonly<Record<string, number>>;
  readonly learn?: readonly string[];
  /** Seed of the noise; none without. */
  readonly seed?: number;
}

function small(
  example: Design,
  samples: number,
  values: Readonly<Record<string, number>>,
  { start = {}, truth = {}, learn = [], seed }: SmallDesign,
): Design {
  const sized = setAll({ ...example, grid: { samples, pitch: 1e-6 }, learn }, registry, values);
  // Values that are an element's default are not stored in the node, but the truth names them all.
  const numbers = truthOf(sized.nodes as readonly DesignNode[], { ...values, ...truth });
  const image = {
    kind: 'simulated',
    name: 'truth',
    camera: 'camera',
    truth: numbers,
    noise: seed !== undefined,
    seed: seed ?? 1,
  } as const;
  return { ...setAll(sized, registry, { ...truth, ...start }), images: { simulated: image } };
}

/** A sphere of 0.5 µm, 5 µm before focus, NA 0.9, on 48 × 48 pixels of 0.1 µm; the model starts at the truth. */
export function smallHologram(options: SmallDesign = {}): Design {
  return small(
    sphereHologram,
    64,
    {
      'sphere.x': 0.3e-6,
      'sphere.y': -0.2e-6,
      'sphere.z': 5e-6,
      'sphere.radius': 0.5e-6,
      'sphere.refractiveIndex': 1.59,
      'pupil.numericalAperture': 0.9,
      'camera.rows': 48,
      'camera.columns': 48,
    },
    options,
  );
}

/** Three planes of a bead on 24 × 20 pixels. */
export function smallStack(options: SmallDesign = {}): Design {
  return small(
    beadStack,
    40,
    {
      'bead.photons': 6000,
      'stack.planes': 3,
      'stack.zStep': 0.5e-6,
      'camera.rows': 24,
      'camera.columns': 20,
    },
    options,
  );
}

/** A design with the values and maps that a fit found; values of single planes are left out. */
export function fitted(design: Design, { parameters, maps }: FitResult): Design {
  const isOfPlane = (path: string) => {
    const target = describePath(design, registry, path);
    return target.ok && target.plane !== null;
  };
  const moved = parameters
    .filter(({ path }) => !isOfPlane(path))
    .reduce((next, { path, value }) => setAt(next, registry, path, value), design);
  return withFittedMaps(moved, registry, maps ?? []);
}
