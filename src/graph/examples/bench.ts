/** Designs of the gallery in few words. */
import type { Design, ParamData } from '../document.ts';

/**
 * Name, type, parameters that differ from the defaults, the place on the canvas (column and row), and the words on its
 * card where those of the element do not tell it from another.
 */
export type BenchNode = readonly [
  id: string,
  type: string,
  params: Readonly<Record<string, ParamData>>,
  column: number,
  row: number,
  title?: string,
];

/** A card is 252 wide and at most 340 high. */
const COLUMN = 290;
const ROW = 370;

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
    nodes: nodes.map(([id, type, params, column, row, title]) => ({
      id,
      type,
      ...(title === undefined ? {} : { title }),
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
