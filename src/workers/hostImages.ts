/** A document's images as numbers: measured ones decoded, simulated ones computed once. */
import { withoutMarks } from '../graph/clipped.ts';
import { compile } from '../graph/compile.ts';
import type { Design, DesignImage, DesignNode } from '../graph/document.ts';
import { GraphRunner, NO_OVERRIDES } from '../graph/execute.ts';
import { isTable } from '../graph/format.ts';
import { decodeFloat32 } from '../graph/imageData.ts';
import { MemoryRefusal, portion } from '../graph/memory.ts';
import { describePath, setAt } from '../graph/paths.ts';
import type { Registry } from '../graph/registry.ts';
import { planeCount } from '../graph/validate.ts';
import { expose } from '../optics/detection/expose.ts';
import { saturationLevel } from '../optics/detection/sensor.ts';
import type { HostImage, TableRow } from '../optics/element.ts';
import { sizeOf } from '../optics/ops/kernels.ts';
import type { Ops } from '../optics/ops/ops.ts';
import { cameraLevels } from './cameraLevels.ts';
import { PICTURE_PATIENCE, runPortions } from './portionedShow.ts';

type Measured = Extract<DesignImage, { kind: 'measured' }>;

interface Decoded {
  readonly image: Measured;
  /** Counts from which on pixels do not count: the file's level or the camera's, whichever is lower. */
  readonly level: number | null;
  readonly host: HostImage;
}

export class HostImages {
  private readonly ops: Ops;
  private readonly registry: Registry;
  private decoded = new Map<string, Decoded>();
  private readonly bySimulation = new Map<string, HostImage>();
  private current = new Map<string, HostImage>();
  private next = 1;

  constructor(ops: Ops, registry: Registry) {
    this.ops = ops;
    this.registry = registry;
  }

  /** The image with this id in the design that was resolved last. */
  readonly get = (id: string): HostImage | null => this.current.get(id) ?? null;

  /** Makes every image of the design available to `get`. Problems leave an image out; its target node says so. */
  async resolve(design: Design): Promise<void> {
    const resolved = new Map<string, HostImage>();
    const decoded = new Map<string, Decoded>();
    const levels = cameraLevels(design, this.registry);
    for (const [id, image] of Object.entries(design.images)) {
      if (image.kind !== 'measured') continue;
      decoded.set(id, this.measured(id, image, lower(image.saturationLevel, levels.get(id) ?? null)));
    }
    // Maps of a simulated truth may be measured images.
    const known = (id: string) => decoded.get(id)?.host ?? null;
    for (const [id, image] of Object.entries(design.images)) {
      const host = image.kind === 'simulated' ? await this.simulated(design, image, known) : known(id);
      if (host !== null) resolved.set(id, host);
    }
    this.decoded = decoded;
    this.current = resolved;
  }

  /** Every message brings a copy of the document: what has the same text as before is not decoded again. */
  private measured(id: string, image: Measured, level: number | null): Decoded {
    const known = this.decoded.get(id);
    if (known !== undefined && known.level === level && sameImage(known.image, image)) return known;
    const stored = decodeFloat32(image.data, sizeOf(image.shape));
    const host: HostImage = {
      shape: image.shape,
      // What is left out still takes part in sums, with a weight of zero.
      data: withoutMarks(stored),
      mask: unsaturated(stored, level),
      key: `measured-${contentKey(image)}-${level}`,
    };
    return { image, level, host };
  }

  /** The truth's image does not follow the model's values: its own numbers, or the elements' defaults, make it. */
  private async simulated(
    design: Design,
    image: Extract<DesignImage, { kind: 'simulated' }>,
    imageOf: (id: string) => HostImage | null,
  ): Promise<HostImage | null> {
    // True values that name nothing have been reported at the nodes that show the image: those stay without it.
    const named = (path: string) => describePath(design, this.registry, path).ok;
    if (!Object.keys(image.truth).every(named)) return null;
    const planes = planeCount(design, this.registry);
    const truth = Object.entries(image.truth).reduce<Design>(
      (d, [path, value]) => setAt(d, this.registry, path, value, planes),
      withoutNumbers(design, this.registry),
    );
    const wiring = [
      truth.nodes.map((n) => [n.id, n.type, n.params, n.bypassed]),
      truth.edges,
      truth.grid,
      image,
      Object.keys(design.images).map((id) => imageOf(id)?.key ?? null),
    ];
    const key = JSON.stringify(wiring);
    const known = this.bySimulation.get(key);
    if (known !== undefined) return known;
    const runner = new GraphRunner(this.ops, imageOf);
    try {
      const plan = compile(truth, this.registry);
      const run = { runner, plan, only: new Set([image.camera]), blocked: new Set<string>() };
      const { images } = runner;
      const divided = { plan, images, mode: 'value', overrides: NO_OVERRIDES, only: run.only } as const;
      const { planes, shares } = await portion({
        ...divided,
        kernels: this.ops.kernels,
        patience: PICTURE_PATIENCE,
      });
      const all = await runPortions({ ...run, ranges: planes, shares }, (id) => id === image.camera);
      const found = all.images.get(image.camera);
      if (found === undefined) return null;
      const { image: output, shape, data: mean } = found;
      const noise = output.noise;
      const seen =
        image.noise && noise !== null ? expose(mean, noise, image.seed, output.unit === 'counts') : mean;
      const host: HostImage = {
        shape,
        data: seen,
        mask: image.noise && noise !== null ? unsaturated(seen, saturationLevel(noise)) : null,
        key: `simulated-${this.next++}`,
      };
      if (this.bySimulation.size > 8) this.bySimulation.clear();
      this.bySimulation.set(key, host);
      return host;
    } catch (error) {
      // The camera itself says that it does not fit into memory.
      if (error instanceof MemoryRefusal) return null;
      throw error;
    } finally {
      runner.forgetAll();
    }
  }
}

/**
 * Every number at its default, maps that are learned too; choices, switches, images and other maps stay. Links are the
 * model's: a measurement does not change with them.
 */
function withoutNumbers({ links: _, ...design }: Design, registry: Registry): Design {
  const isNumber = ({ id, type }: DesignNode, name: string) => {
    const kind = registry.get(type)?.params[name]?.kind;
    if (kind === 'map') return design.learn.includes(`${id}.${name}`);
    return kind === 'quantity' || kind === 'zernike' || kind === 'integer';
  };
  const nodes = design.nodes.map((node) => ({
    ...node,
    params: Object.fromEntries(
      Object.entries(node.params)
        .filter(([name]) => !isNumber(node, name))
        .map(([name, value]) => [name, typeof value === 'object' && isTable(value) ? emptied(value) : value]),
    ),
  }));
  return { ...design, nodes };
}

/** The rows of a table with their groups and without numbers. */
function emptied(rows: readonly TableRow[]): readonly TableRow[] {
  return rows.map(({ group }) => (group === undefined ? {} : { group }));
}

/** 1 where a pixel is a number below the level of saturation; null where all are. */
function unsaturated(data: Float32Array | Float64Array, level: number | null): Float32Array | null {
  const limit = level ?? Number.POSITIVE_INFINITY;
  const counts = (value: number) => value < limit && value > Number.NEGATIVE_INFINITY;
  if (data.every(counts)) return null;
  return Float32Array.from(data, (value) => (counts(value) ? 1 : 0));
}

function lower(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function sameImage(a: Measured, b: Measured): boolean {
  return a.data === b.data && a.name === b.name && a.shape.join() === b.shape.join();
}

function contentKey(image: Measured): string {
  let hash = 0x811c9dc5;
  const text = image.data;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${image.name}-${image.shape.join('x')}-${text.length}-${(hash >>> 0).toString(36)}`;
}
