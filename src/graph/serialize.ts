/** Designs as text: equal designs give equal text, so that files compare line by line. */
import type { Design, DesignImage, DesignNode, ParamData, Prior } from './document.ts';
import { isTable, isTerms } from './format.ts';
import type { Preserved } from './parsed.ts';

/**
 * JSON with two spaces of indent and a fixed order of keys. What `parseDesign` set aside is written back beside
 * it, as long as its node still exists. -0 becomes 0 and a value that is not finite becomes null, which the
 * next reading reports.
 */
export function serializeDesign(design: Design, preserved?: Preserved): string {
  const document = {
    format: design.format,
    formatVersion: design.formatVersion,
    title: design.title,
    description: design.description,
    example: design.example,
    grid: { samples: design.grid.samples, pitch: design.grid.pitch },
    seed: design.seed,
    nodes: design.nodes.map((node) => orderNode(node, preserved)),
    edges: design.edges.map(({ id, from, to }) => ({
      id,
      from: { node: from.node, port: from.port },
      to: { node: to.node, port: to.port },
    })),
    learn: design.learn,
    priors: design.priors === undefined ? undefined : mapSorted(design.priors, orderPrior),
    links: design.links === undefined ? undefined : mapSorted(design.links, (text) => text),
    images: { ...preserved?.images, ...mapSorted(design.images, orderImage) },
    ...preserved?.design,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function mapSorted<T, R>(
  record: { readonly [key: string]: T },
  change: (value: T) => R,
): { [key: string]: R } {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}

function orderNode(node: DesignNode, preserved: Preserved | undefined): object {
  const kept = preserved?.nodes.get(node.id);
  return {
    id: node.id,
    type: node.type,
    title: node.title,
    position: { x: node.position.x, y: node.position.y },
    bypassed: node.bypassed === true ? true : undefined,
    params: { ...kept?.params, ...mapSorted(node.params, orderParam) },
    ...kept?.entries,
  };
}

function orderParam(value: ParamData): ParamData {
  if (isTerms(value)) return mapSorted(value, (each) => each);
  return typeof value === 'object' && isTable(value)
    ? value.map((row) => mapSorted(row, (cell) => cell))
    : value;
}

function orderPrior({ mean, sigma }: Prior): Prior {
  return { mean, sigma };
}

function orderImage(image: DesignImage): object {
  const { kind, name } = image;
  return image.kind === 'measured'
    ? {
        kind,
        name,
        shape: image.shape,
        saturationLevel: image.saturationLevel,
        ...(image.painted === true ? { painted: true } : {}),
        data: image.data,
      }
    : {
        kind,
        name,
        camera: image.camera,
        noise: image.noise,
        seed: image.seed,
        truth: mapSorted(image.truth, orderParam),
      };
}

/** Whether two designs say the same thing, whatever the order of their keys. */
export function sameDesign(a: Design, b: Design): boolean {
  return a === b || serializeDesign(a) === serializeDesign(b);
}
