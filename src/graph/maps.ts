/** Maps of the document (`MapParam`): their values on the cells of an element, and how new ones are kept. */
import type { HostImage, MapParam, ParamSpec } from '../optics/element.ts';
import { SeededRandom } from '../optics/maths/random.ts';
import type { Design, DesignImage, DesignNode, ParamData } from './document.ts';
import { addImage, replaceImage } from './edit.ts';
import { isTerms } from './format.ts';
import { setAt } from './paths.ts';
import { findNode, namesImage, nodeName, own, type Registry } from './registry.ts';

/** Cells per side of a map. */
export function mapCells(
  params: { readonly [name: string]: ParamData },
  specs: { readonly [name: string]: ParamSpec },
  spec: MapParam,
): number {
  const counter = own(specs, spec.cells);
  const value = own(params, spec.cells);
  if (counter?.kind !== 'integer') throw new Error(`A map has no number of cells “${spec.cells}”.`);
  const cells = typeof value === 'number' && Number.isInteger(value) ? value : counter.default;
  return Math.min(counter.max, Math.max(counter.min, cells));
}

/** Values [cells, cells], SI, within the legal range. An image that is missing is the default. */
export function mapValues(
  spec: MapParam,
  data: ParamData | undefined,
  cells: number,
  imageOf: (id: string) => HostImage | null,
): Float64Array {
  const kept = (value: number) => Math.min(spec.max, Math.max(spec.min, value));
  const count = cells * cells;
  if (typeof data === 'string') {
    const image = imageOf(data);
    if (image !== null) return resampled(image, cells).map(kept);
  }
  if (isTerms(data)) {
    const { low = spec.soft[0], high = spec.soft[1], seed = 1 } = data;
    const random = new SeededRandom(seed);
    return Float64Array.from({ length: count }, () => kept(low + (high - low) * random.uniform()));
  }
  return new Float64Array(count).fill(kept(Number.isFinite(data) ? Number(data) : spec.default));
}

/** Names the values of `mapValues`, so that they need not be made again. */
export function mapKey(
  data: ParamData | undefined,
  cells: number,
  imageOf: (id: string) => HostImage | null,
): string {
  const what = typeof data === 'string' ? (imageOf(data)?.key ?? 'none') : JSON.stringify(data ?? null);
  return `${cells}:${what}`;
}

/** Every cell gets the pixel at its middle: of the first plane, stretched over the square. */
function resampled({ shape, data }: HostImage, cells: number): Float64Array {
  const [ny = 1, nx = 1] = shape.slice(-2);
  const at = (cell: number, pixels: number) => Math.floor(((cell + 0.5) * pixels) / cells);
  return Float64Array.from({ length: cells * cells }, (_, i) => {
    const value = data[at(Math.floor(i / cells), ny) * nx + at(i % cells, nx)] ?? 0;
    return Number.isFinite(value) ? value : 0;
  });
}

/**
 * The design with these values as a map, kept as an image of the document: in place of the image that only this map
 * showed, else as a new one.
 * @param path node.param of a map
 * @param data [cells, cells], SI: float32 in base64
 */
export function setMap(
  design: Design,
  registry: Registry,
  path: string,
  cells: number,
  data: string,
): Design {
  const [nodeId = '', name = ''] = path.split('.');
  const node = findNode(design, nodeId);
  if (node === undefined) throw new RangeError(`There is no node '${nodeId}'.`);
  const image: DesignImage = {
    kind: 'measured',
    name: `${nodeName(design, registry, nodeId)} ${name}`,
    shape: [cells, cells],
    data,
    saturationLevel: null,
  };
  return setOwnImage(design, registry, path, image);
}

/**
 * The design with an image at a path: in place of the measured image that only this path showed, else as a new one.
 * @param path node.param
 */
export function setOwnImage(design: Design, registry: Registry, path: string, image: DesignImage): Design {
  const [nodeId = '', name = ''] = path.split('.');
  const present = own(findNode(design, nodeId)?.params ?? {}, name);
  if (typeof present === 'string' && own(design.images, present)?.kind === 'measured') {
    if (users(design, registry, present) === 1) return replaceImage(design, present, image);
  }
  const added = addImage(design, image);
  return setAt(added.design, registry, path, added.imageId);
}

/** The design with maps that a fit has learned. */
export function withFittedMaps(
  design: Design,
  registry: Registry,
  maps: readonly { readonly path: string; readonly cells: number; readonly data: string }[],
): Design {
  return maps.reduce((d, { path, cells, data }) => setMap(d, registry, path, cells, data), design);
}

function users(design: Design, registry: Registry, imageId: string): number {
  const uses = ({ type, params }: DesignNode) =>
    Object.entries(params).filter(
      ([name, value]) => value === imageId && namesImage(registry.get(type)?.params[name]),
    ).length;
  return design.nodes.reduce((sum, node) => sum + uses(node), 0);
}

/** A map that a fit learns. */
export interface LearnableMap {
  readonly path: string;
  readonly title: string;
  readonly cells: number;
  readonly spec: MapParam;
  readonly data: ParamData | undefined;
}

/** The maps among what is learned, in the order of the nodes. */
export function learnableMaps(design: Design, registry: Registry): LearnableMap[] {
  return design.nodes.flatMap((node) => {
    const specs = registry.get(node.type)?.params ?? {};
    if (node.bypassed === true) return [];
    return Object.entries(specs).flatMap(([name, spec]) => {
      const path = `${node.id}.${name}`;
      if (spec.kind !== 'map' || !spec.learnable || !design.learn.includes(path)) return [];
      const cells = mapCells(node.params, specs, spec);
      const title = `${nodeName(design, registry, node.id)}: ${spec.title}`;
      return [{ path, title, cells, spec, data: own(node.params, name) }];
    });
  });
}
