/** Pictures that examples want their light to make, drawn by rule. */
import type { Design, DesignImage } from '../document.ts';
import { decodeFloat32, encodeFloat32 } from '../imageData.ts';

/** A drawn image [planes, n, n], or [n, n] of one plane. */
export function drawn(
  name: string,
  n: number,
  planes: readonly ((x: number, y: number) => number)[],
): Extract<DesignImage, { kind: 'measured' }> {
  const data = new Float32Array(planes.length * n * n);
  planes.forEach((value, plane) => {
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        data[(plane * n + row) * n + column] = value(column - Math.floor(n / 2), row - Math.floor(n / 2));
      }
    }
  });
  const shape = planes.length === 1 ? [n, n] : [planes.length, n, n];
  return { kind: 'measured', name, shape, data: encodeFloat32(data), saturationLevel: null };
}

/** Rows of five by five dots. */
const LETTERS = {
  A: ['.###.', '#...#', '#####', '#...#', '#...#'],
  E: ['#####', '#....', '#####', '#....', '#####'],
  L: ['#....', '#....', '#....', '#....', '#####'],
  T: ['#####', '..#..', '..#..', '..#..', '..#..'],
} as const;

/** A bright letter in the middle. @param dot side of a dot in samples */
export function letter(name: keyof typeof LETTERS, dot: number): (x: number, y: number) => number {
  return (x, y) => {
    const [column, row] = [Math.floor(x / dot + 2.5), Math.floor(y / dot + 2.5)];
    return LETTERS[name][row]?.[column] === '#' ? 1 : 0;
  };
}

/** The values [cells, cells] of a map, zeros while it is no image of the document. */
export function mapOf({ nodes, images }: Design, nodeId: string, name: string, cells: number): Float32Array {
  const id = nodes.find((node) => node.id === nodeId)?.params[name];
  const image = typeof id === 'string' ? images[id] : undefined;
  if (image?.kind !== 'measured') return new Float32Array(cells * cells);
  return decodeFloat32(image.data, cells * cells);
}
