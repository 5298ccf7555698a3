/** The objects of a design that have a place in its pictures: what can be drawn and dragged on them. Pure. */
import type { Design, DesignNode } from '../../graph/document.ts';
import { getAt } from '../../graph/paths.ts';
import { findNode, nodeName, type Registry } from '../../graph/registry.ts';
import { cellPath, tableRows } from '../../graph/tables.ts';
import { reaches } from '../../graph/topology.ts';
import { designWavelength } from '../../graph/wavelength.ts';
import type { ElementSpec, ParamSpec, ParamSpecs, TableParam } from '../../optics/element.ts';
import { unitFactor } from '../../optics/units.ts';
import { formatValue } from './format.ts';
import type { Point } from './profile.ts';

export interface Mark {
  /** `goal`: a place where light is wanted, which has no distance. */
  readonly kind: 'object' | 'goal';
  /** `node` or `node.particles.2`: with `.x`, `.y` and `.z` the paths of its place. */
  readonly key: string;
  /** The table (`node.particles`) and row that it is; null for a node of its own. */
  readonly table: { readonly path: string; readonly row: number } | null;
  /** Number of its row; empty for a node of its own. */
  readonly label: string;
  /** As in results: “Spheres, sphere 2”. */
  readonly name: string;
  /** From the axis, metres: +x right, +y down the rows. */
  readonly x: number;
  readonly y: number;
  /** Distance before focus, metres. */
  readonly z: number;
  /** Metres; 0 for a point. */
  readonly radius: number;
  /** In which its distance is told: that of its field. */
  readonly unit: LengthUnit;
}

/** Pixels of a picture, and their size in metres. */
export interface Room {
  readonly pitch: number;
  /** [ny, nx]. */
  readonly shape: readonly [number, number];
}

/** Where a mark is seen and taken hold of: one that lies outside the picture at its rim. Metres. */
export function seenAt({ x, y }: Pick<Mark, 'x' | 'y'>, { pitch, shape: [ny, nx] }: Room): Point {
  const clamped = (at: number, count: number) =>
    Math.min(Math.max(at, -Math.floor(count / 2) * pitch), (Math.ceil(count / 2) - 1) * pitch);
  return { x: clamped(x, nx), y: clamped(y, ny) };
}

/** Whether a mark lies outside the picture. */
export function isOutside(mark: Pick<Mark, 'x' | 'y'>, room: Room): boolean {
  const { x, y } = seenAt(mark, room);
  // Less than a remainder of rounding is none.
  return Math.hypot(x - mark.x, y - mark.y) > 1e-6 * room.pitch;
}

interface LengthUnit {
  readonly symbol: string;
  /** Metres of one. */
  readonly factor: number;
}

/** “z 10 µm” */
export function depthText({ z, unit }: Pick<Mark, 'z' | 'unit'>): string {
  return `z ${lengthText(z, unit)}`;
}

/** A distance in the unit of a mark, the same for 0: “0 µm”. */
export function lengthText(metres: number, { symbol, factor }: LengthUnit): string {
  // A remainder of rounding is nothing.
  const value = Number((metres / factor).toFixed(9));
  return `${formatValue(value, 3)}\u202f${symbol}`;
}

/** Units that a person chose for fields, by `type.param` and `type.table.column`. */
type ChosenUnits = Readonly<Record<string, string>>;

/** Values of a running fit by their paths, in place of the document's. */
export type LiveValues = Readonly<Record<string, number>>;

/** The table of an element whose rows have places; null where it has none. */
function placedTable(element: ElementSpec): readonly [string, TableParam] | null {
  for (const [name, param] of Object.entries(element.params))
    if (param.kind === 'table' && isPlaced(param.columns)) return [name, param];
  return null;
}

function isPlaced(params: ParamSpecs): boolean {
  const role = (name: string) => {
    const param = params[name];
    return param?.kind === 'quantity' ? param.role : undefined;
  };
  return role('x') === 'lateralX' && role('y') === 'lateralY';
}

/** Objects that send light into the picture of a node, or of what its picture is compared with. */
export function marksOf(
  design: Design,
  registry: Registry,
  nodeId: string,
  live: LiveValues,
  chosen: ChosenUnits = {},
): Mark[] {
  return placedNodes(design, registry, nodeId).flatMap(({ node, element }) => {
    const name = nodeName(design, registry, node.id);
    const at = (path: string) => {
      const value = live[path] ?? getAt(design, registry, path);
      return typeof value === 'number' ? value : 0;
    };
    const table = placedTable(element);
    const columns = table === null ? element.params : table[1].columns;
    // A goal has no distance: its places are told as its x is.
    const told = columns['z'] === undefined ? 'x' : 'z';
    const depth = columns[told];
    const field = [node.type, ...(table === null ? [] : [table[0]]), told].join('.');
    const unit = unitOf(depth, chosen[field], designWavelength(design, registry, node.id));
    const kind = element.objective === true ? 'goal' : 'object';
    const mark = (key: string, row: Pick<Mark, 'table' | 'label' | 'name'>, radius: number): Mark => ({
      kind,
      key,
      ...row,
      x: at(`${key}.x`),
      y: at(`${key}.y`),
      z: at(`${key}.z`),
      radius,
      unit,
    });
    if (table === null) return [mark(node.id, { table: null, label: '', name }, radiusOf(node, element, at))];
    const [param, spec] = table;
    const path = `${node.id}.${param}`;
    const rows = tableRows(spec, node.params[param]);
    return rows.map((_, row) => {
      // A single ring needs no number.
      const label = kind === 'goal' && rows.length === 1 ? '' : `${row + 1}`;
      const words = { table: { path, row }, label, name: `${name}, ${spec.row} ${row + 1}` };
      const radius = spec.columns['radius'] === undefined ? 0 : at(cellPath(path, row, 'radius'));
      return mark(`${path}.${row}`, words, radius);
    });
  });
}

/** Micrometres where the field is none of a length. */
function unitOf(
  spec: ParamSpec | undefined,
  chosen: string | undefined,
  wavelength: number | undefined,
): LengthUnit {
  const context = wavelength === undefined ? {} : { wavelength };
  const declared = spec?.kind === 'quantity' ? spec.display : undefined;
  for (const symbol of [chosen, declared]) {
    const factor = symbol === undefined ? undefined : unitFactor(symbol, 'length', context);
    if (symbol !== undefined && factor !== undefined) return { symbol, factor };
  }
  return { symbol: 'µm', factor: 1e-6 };
}

/** Whether anything can be drawn over the picture of a node. */
export function hasMarks(design: Design, registry: Registry, nodeId: string): boolean {
  return placedNodes(design, registry, nodeId).length > 0;
}

/** Whether places where light is wanted lie on the picture of a node. */
export function hasRings(design: Design, registry: Registry, nodeId: string): boolean {
  return placedNodes(design, registry, nodeId).some(({ element }) => element.objective === true);
}

interface Placed {
  readonly node: DesignNode;
  readonly element: ElementSpec;
}

function placedNodes(design: Design, registry: Registry, nodeId: string): Placed[] {
  const isFit = ({ type }: DesignNode) => registry.get(type)?.category === 'fit';
  const own = findNode(design, nodeId);
  // A target shows the same objects as what it is compared with.
  const compared =
    own === undefined || !isFit(own)
      ? []
      : design.nodes.filter((node) => isFit(node) && reaches(design, nodeId, node.id));
  const seen = [nodeId, ...compared.map(({ id }) => id)];
  return design.nodes.flatMap((node) => {
    const element = registry.get(node.type);
    if (element === undefined || node.bypassed === true) return [];
    // A goal's places are on the picture that it looks at.
    if (element.objective === true)
      return placedTable(element) !== null && looksAt(design, node.id, nodeId) ? [{ node, element }] : [];
    if (element.category !== 'samples') return [];
    if (Object.values(element.outputs)[0]?.type !== 'farField') return [];
    if (!isPlaced(element.params) && placedTable(element) === null) return [];
    return seen.some((id) => reaches(design, node.id, id)) ? [{ node, element }] : [];
  });
}

function looksAt({ edges }: Design, goal: string, nodeId: string): boolean {
  return edges.some(({ from, to }) => to.node === goal && from.node === nodeId);
}

/** With the shells that are used. */
function radiusOf({ id, params }: DesignNode, element: ElementSpec, at: (path: string) => number): number {
  const size = element.params['radius']?.kind === 'quantity' ? at(`${id}.radius`) : 0;
  const shells = Number(params['shells'] ?? 0);
  return ['1', '2', '3']
    .slice(0, Number.isInteger(shells) ? shells : 0)
    .reduce((sum, shell) => sum + at(`${id}.shell${shell}Thickness`), size);
}

/** The table that a new object seen in a node's picture goes into: path and the row that it repeats; null for none. */
export function tableFor(
  design: Design,
  registry: Registry,
  nodeId: string,
): {
  readonly path: string;
  /** What a row is: “sphere”. */
  readonly row: string;
  readonly rows: number;
  readonly last: Readonly<Record<string, number | string>>;
} | null {
  for (const { node, element } of placedNodes(design, registry, nodeId)) {
    const table = placedTable(element);
    if (table === null) continue;
    const rows = tableRows(table[1], findNode(design, node.id)?.params[table[0]]);
    return { path: `${node.id}.${table[0]}`, row: table[1].row, rows: rows.length, last: rows.at(-1) ?? {} };
  }
  return null;
}
