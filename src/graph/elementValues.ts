/** From a document's values to what an element gets: scalars with derivatives, Zernike terms, values per plane. */
import type {
  ElementSpec,
  HostImage,
  LightShare,
  PlaneRange,
  TableParam,
  TableRowValue,
  ZernikeTerm,
} from '../optics/element.ts';
import type { Real } from '../optics/ops/ops.ts';
import type { Scalar } from '../optics/ops/scalar.ts';
import { constantScalar, parameterScalar } from '../optics/ops/scalar.ts';
import { ElementProblem } from '../optics/problem.ts';
import type { PortValue } from '../optics/values.ts';
import type { ParamData } from './document.ts';
import { isTerms } from './format.ts';
import { cellPath, cellRow, cellValue, groupOf, tableRows } from './tables.ts';

/** Values that replace the document's while a fit runs, and which of them are differentiated. */
export interface ParameterOverrides {
  /** "node.param", "node.zernike.8" or "node.param.3" -> value (SI). */
  readonly values: ReadonlyMap<string, number>;
  /** The same paths -> slot of the derivative. */
  readonly slots: ReadonlyMap<string, number>;
  /** Derivative of a value by its slot, for derivatives along a direction; 1 of each where absent. */
  readonly along?: ReadonlyMap<string, number>;
  /** Values that follow others, by path, in place of the document's; made by the run itself. */
  readonly linked?: ReadonlyMap<string, Scalar>;
  /** Maps that are learned, "node.param" -> [cells, cells], in place of the document's. */
  readonly maps?: ReadonlyMap<string, Real>;
  /** Only these planes of the stack are computed; all when absent. */
  readonly planes?: PlaneRange | null;
  /** Values that stand for those of nodes, which are not evaluated; they belong to the caller. */
  readonly outputs?: ReadonlyMap<string, Readonly<Record<string, PortValue>>>;
  /** Only this share of the light that consists of parts that do not interfere; all when absent. */
  readonly share?: LightShare | null;
  /** Every how many-th pixel detectors tell; all when absent. */
  readonly every?: number;
}

export const NO_OVERRIDES: ParameterOverrides = { values: new Map(), slots: new Map() };

export function scalarAt(path: string, value: number, overrides: ParameterOverrides): Scalar {
  const linked = overrides.linked?.get(path);
  if (linked !== undefined) return linked;
  const current = overrides.values.get(path) ?? value;
  const slot = overrides.slots.get(path);
  if (slot === undefined) return constantScalar(current);
  const along = overrides.along?.get(path);
  return along === undefined
    ? parameterScalar(current, slot)
    : { value: current, partials: new Map([[slot, along]]), isAffine: true };
}

export function zernikeTerms(
  path: string,
  data: ParamData | undefined,
  overrides: ParameterOverrides,
): ZernikeTerm[] {
  const indices = new Set<number>();
  const stored = isTerms(data) ? data : {};
  for (const key of Object.keys(stored)) indices.add(Number(key));
  const { values, slots, linked } = overrides;
  for (const key of [...values.keys(), ...slots.keys(), ...(linked?.keys() ?? [])]) {
    if (key.startsWith(`${path}.`)) indices.add(Number(key.slice(path.length + 1)));
  }
  return [...indices]
    .sort((a, b) => a - b)
    .map((nollIndex) => ({
      nollIndex,
      coefficient: scalarAt(`${path}.${nollIndex}`, stored[String(nollIndex)] ?? 0, overrides),
    }));
}

export function perPlane(
  nodeId: string,
  name: string,
  data: ParamData | undefined,
  spec: ElementSpec,
  { first, count, total }: PlaneRange,
  overrides: ParameterOverrides,
): Scalar[] {
  const param = spec.params[name];
  const fallback = param?.kind === 'quantity' ? param.default : 0;
  const path = `${nodeId}.${name}`;
  const list = Array.isArray(data) ? (data as readonly number[]) : null;
  if (list !== null && list.length !== total) {
    throw new ElementProblem(
      `“${param?.title ?? name}” has ${list.length} values for ${total} planes.`,
      'Give one value, or one for each plane.',
    );
  }
  const shared = scalarAt(path, typeof data === 'number' ? data : fallback, overrides);
  return Array.from({ length: count }, (_, index) => {
    const plane = first + index;
    const own = `${path}.${plane}`;
    if (overrides.values.has(own) || overrides.slots.has(own))
      return scalarAt(own, list?.[plane] ?? shared.value, overrides);
    return list === null ? shared : constantScalar(list[plane] ?? fallback);
  });
}

/** The rows of a table; cells that a group shares are one scalar. */
export function tableValue(
  path: string,
  spec: TableParam,
  data: ParamData | undefined,
  overrides: ParameterOverrides,
): TableRowValue[] {
  const rows = tableRows(spec, data);
  return rows.map((row, index) => {
    const cells = Object.keys(spec.columns).map((column) => {
      const holder = cellRow(spec, rows, index, column);
      const value = cellValue(spec, rows, holder, column);
      return [column, scalarAt(cellPath(path, holder, column), value, overrides)] as const;
    });
    return { group: groupOf(row), cells: Object.fromEntries(cells) };
  });
}

/** Planes that light of `count` planes is about. */
export function planesOf(count: number, range: PlaneRange | null): PlaneRange {
  return range?.count === count ? range : { first: 0, count, total: count };
}

/** The part of an image stack that belongs to some planes; an image without planes is itself. */
export function planesOfImage(image: HostImage, { first, count, total }: PlaneRange): HostImage {
  if (image.shape.length !== 3 || image.shape[0] !== total) return image;
  const size = image.data.length / total;
  const part = <A extends Float32Array | Float64Array>(values: A) =>
    values.subarray(first * size, (first + count) * size) as A;
  return {
    shape: [count, ...image.shape.slice(1)],
    data: part(image.data),
    mask: image.mask === null ? null : part(image.mask),
    key: `${image.key}:${first}+${count}`,
    whole: image,
  };
}

export function firstOf(data: ParamData | undefined, fallback: number): number {
  return Array.isArray(data) ? ((data as readonly number[])[0] ?? fallback) : fallback;
}
