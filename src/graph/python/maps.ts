/** Maps of a design in Python: one number, or cells as base64 at the end of the script. */
import type { HostImage } from '../../optics/element.ts';
import { decodeFloat32, encodeFloat32 } from '../imageData.ts';
import { mapCells, mapValues } from '../maps.ts';
import type { PythonNode } from './node.ts';

/** The code of a map's cells [cells, cells]; long ones are kept among the data of the script. */
export function mapText(node: PythonNode, name: string): string {
  const { design, maps } = node.around;
  const spec = node.spec.params[name];
  if (spec?.kind !== 'map') throw new Error(`${name} is no map.`);
  const cells = mapCells(node.node.params, node.spec.params, spec);
  const data = node.value(name);
  if (typeof data === 'number') return `np.full((${cells}, ${cells}), ${data})`;
  const image = typeof data === 'string' ? design.images[data] : undefined;
  // A simulated image is no numbers before a camera has seen it.
  if (image?.kind === 'simulated') throw node.uncovered('with a simulated image as its map');
  const host: HostImage | null =
    image === undefined
      ? null
      : {
          shape: image.shape,
          data: decodeFloat32(
            image.data,
            image.shape.reduce((product, size) => product * size, 1),
          ),
          mask: null,
          key: '',
        };
  const path = `${node.node.id}.${name}`;
  const values = mapValues(spec, data, cells, () => host);
  maps.set(path, `decoded(${JSON.stringify(encodeFloat32(Float32Array.from(values)))}, ${cells})`);
  return `MAPS[${JSON.stringify(path)}]`;
}
