/** Designs of the gallery in few words. */
import type { Design, ParamData } from '../document.ts';

/** Name, type, parameters that differ from the defaults, and the place on the canvas: column and row. */
export type BenchNode = readonly [
  id: string,
  type: string,
  params: Readonly<Record<string, ParamData>>,
  column: number,
  row: number,
];

const COLUMN = 300;
const ROW = 430;

/** A design of nodes on a raster and wires such as `source.out>lens.in`. */
export function bench(
  words: Pick<Design, 'title' | 'description'>,
  grid: Design['grid'],
  nodes: readonly BenchNode[],
  wires: readonly string[],
): Design {
  return {
    format: 'luminode',
    formatVersion: 1,
    ...words,
    grid,
    seed: 1,
    nodes: nodes.map(([id, type, params, column, row]) => ({
      id,
      type,
      params,
      position: { x: column * COLUMN, y: row * ROW },
    })),
    edges: wires.map((wire) => {
      const [fromNode = '', from = '', toNode = '', to = ''] = wire.split(/[.>]/);
      return {
        id: wire.replace('>', '-'),
        from: { node: fromNode, port: from },
        to: { node: toNode, port: to },
      };
    }),
    learn: [],
    images: {},
  };
}
