/** What a user can do to a map: paint it, fill it, begin anew, bring in a picture. React-free. */
import { notNumbersProblem } from '../../graph/clipped.ts';
import type { Design } from '../../graph/document.ts';
import { decodeFloat32, encodeFloat32 } from '../../graph/imageData.ts';
import { mapCells, mapValues, setMap } from '../../graph/maps.ts';
import { findNode, own } from '../../graph/registry.ts';
import type { HostImage, MapParam } from '../../optics/element.ts';
import type { FittedMap } from '../../workers/protocol.ts';
import { documentStore, registry } from './app.ts';
import { importImageFile } from './importImage.ts';
import { announce, toast } from './uiStore.ts';

export interface ShownMap {
  readonly cells: number;
  /** [cells, cells], SI. */
  readonly values: Float64Array;
}

/** The values of a map as the document has them. */
export function shownMap(design: Design, nodeId: string, param: string, spec: MapParam): ShownMap {
  const node = findNode(design, nodeId);
  const specs = registry.get(node?.type ?? '')?.params ?? {};
  const params = node?.params ?? {};
  const cells = mapCells(params, specs, spec);
  return { cells, values: mapValues(spec, own(params, param), cells, (id) => measured(design, id)) };
}

/** The values of a map as a running fit has them. */
export function fittedMap({ cells, data }: FittedMap): ShownMap {
  return { cells, values: Float64Array.from(decodeFloat32(data, cells * cells)) };
}

function measured(design: Design, id: string): HostImage | null {
  const image = own(design.images, id);
  if (image?.kind !== 'measured') return null;
  const size = image.shape.reduce((product, n) => product * n, 1);
  try {
    return { shape: image.shape, data: decodeFloat32(image.data, size), mask: null, key: id };
  } catch {
    return null;
  }
}

/** Values inside a round brush, changed in place. @param at column and row, in cells */
export function paintRound(
  { cells, values }: ShownMap,
  at: { readonly x: number; readonly y: number },
  radius: number,
  value: number,
): void {
  const [x0, x1] = [Math.max(0, Math.floor(at.x - radius)), Math.min(cells - 1, Math.ceil(at.x + radius))];
  const [y0, y1] = [Math.max(0, Math.floor(at.y - radius)), Math.min(cells - 1, Math.ceil(at.y + radius))];
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      if (Math.hypot(x + 0.5 - at.x, y + 0.5 - at.y) <= radius) values[y * cells + x] = value;
    }
  }
}

/** Keeps the values as a map of the document: one undo step. */
export function keepMap(path: string, { cells, values }: ShownMap): void {
  const data = encodeFloat32(Float32Array.from(values));
  documentStore.getState().apply('Paint', (design) => setMap(design, registry, path, cells, data));
}

/** Reads a picture as a map: NPY as it is, others from the map's low end (0) to its high end (the brightest pixel). */
export async function loadMap(path: string, spec: MapParam, file: File): Promise<void> {
  const { epoch } = documentStore.getState();
  const imported = await importImageFile(file);
  if (!imported.ok) {
    toast(imported.reason, 'error');
    return;
  }
  if (documentStore.getState().epoch !== epoch) return;
  const problem = notNumbersProblem(file.name, imported.pixels);
  if (problem !== null) {
    toast(problem, 'error');
    return;
  }
  const { shape } = imported.image;
  const [ny = 1, nx = 1] = shape.slice(-2);
  const cells = Math.max(ny, nx);
  const [low, high] = spec.soft;
  const brightest = imported.pixels.reduce((most, value) => Math.max(most, value), 0);
  const isPicture = !/\.npy$/i.test(file.name) && brightest > 0;
  const values = imported.pixels.map((value) =>
    isPicture ? low + ((high - low) * value) / brightest : value,
  );
  const image: HostImage = { shape, data: values, mask: null, key: file.name };
  keepMap(path, { cells, values: mapValues(spec, 'file', cells, () => image) });
  announce(`The map is “${file.name}”.`);
}
