/** What elements say of a design before anything is computed: sampling, validity, input that they refuse. */
import type { HostImage } from '../optics/element.ts';
import { sizeOf } from '../optics/ops/kernels.ts';
import { compile } from './compile.ts';
import type { Design, Issue } from './document.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { decodeFloat32 } from './imageData.ts';
import { namesImage, type Registry } from './registry.ts';
import { type Sized, SizingOps } from './sizing.ts';

/** Kernels that compute nothing have room for everything. */
const NO_DEVICE: Sized = {
  name: 'f64',
  bytesPerReal: 8,
  limits: () => ({ arrayBytes: Number.POSITIVE_INFINITY, totalBytes: Number.POSITIVE_INFINITY }),
};

/**
 * Notes and refusals of all elements of a design that is valid, from a run that computes no light. Nodes that show a
 * simulated image, which only a real run makes, say nothing.
 */
export function elementIssues(design: Design, registry: Registry): readonly Issue[] {
  const runner = new GraphRunner(new SizingOps(NO_DEVICE, () => null), (id) => measured(design, id));
  const blocked = new Set(
    design.nodes
      .filter(({ type, params }) =>
        Object.entries(registry.get(type)?.params ?? {}).some(
          ([name, spec]) => namesImage(spec) && design.images[String(params[name])]?.kind === 'simulated',
        ),
      )
      .map(({ id }) => id),
  );
  const results = runner.run(compile(design, registry), NO_OVERRIDES, 'value', undefined, blocked);
  return [...results.values()].flatMap(({ issues }) => issues);
}

function measured(design: Design, id: string): HostImage | null {
  const image = design.images[id];
  if (image?.kind !== 'measured') return null;
  return { shape: image.shape, data: decodeFloat32(image.data, sizeOf(image.shape)), mask: null, key: id };
}
