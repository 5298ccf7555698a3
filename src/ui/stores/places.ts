/** Where cards go: a free place in sight for a new one, and a tidy arrangement of all. React-free, pure. */
import type { Design } from '../../graph/document.ts';
import type { Position } from '../../graph/edit.ts';
import { autoLayout, type NodeSize } from '../../graph/layout.ts';

/** A part of the graph, in graph coordinates. */
export interface Area extends Position {
  readonly width: number;
  readonly height: number;
}

/** A card that is not measured yet. */
export const CARD_SIZE: NodeSize = { width: 252, height: 290 };
const GAP = 24;

function overlaps(a: Area, b: Area): boolean {
  return (
    a.x < b.x + b.width + GAP &&
    b.x < a.x + a.width + GAP &&
    a.y < b.y + b.height + GAP &&
    b.y < a.y + a.height + GAP
  );
}

function isInside({ x, y, width, height }: Area, outer: Area): boolean {
  return (
    x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height
  );
}

/**
 * The place nearest to the wanted one where a new card covers no other: in sight if there is one, else to the
 * right of all cards, level with the last of them.
 * @param taken areas of the cards that are there, the newest last
 * @param sight the part of the graph on screen
 */
export function freePlaceAmong(
  wanted: Position,
  taken: readonly Area[],
  sight: Area | null,
  size: NodeSize = CARD_SIZE,
): Position {
  const isFree = ({ x, y }: Position): boolean => taken.every((area) => !overlaps({ x, y, ...size }, area));
  // Free rectangles touch a card or the wish: their edges are the only places worth a look.
  const columns = [wanted.x, ...taken.flatMap(({ x, width }) => [x, x + width + GAP, x - size.width - GAP])];
  const rows = [wanted.y, ...taken.flatMap(({ y, height }) => [y, y + height + GAP, y - size.height - GAP])];
  const distance = ({ x, y }: Position): number => Math.hypot(x - wanted.x, y - wanted.y);
  const inSight = columns
    .flatMap((x) => rows.map((y) => ({ x, y })))
    .filter((place) => isFree(place) && (sight === null || isInside({ ...place, ...size }, sight)))
    .sort((a, b) => distance(a) - distance(b));
  const [nearest] = inSight;
  if (nearest !== undefined) return nearest;
  if (isFree(wanted) && sight === null) return wanted;
  const last = taken.at(-1);
  if (last === undefined) return wanted;
  const right = Math.max(...taken.map(({ x, width }) => x + width));
  return { x: right + GAP, y: last.y };
}

const COLUMN_GAP = 48;
const ROW_GAP = 56;
const SNAP = 12;
/** Larger than any graph. */
const FAR = 1e7;

/** On the lattice that cards snap to. */
export function snapped({ x, y }: Position): Position {
  return { x: Math.round(x / SNAP) * SNAP, y: Math.round(y / SNAP) * SNAP };
}

/** The nearest free place to the right (or left) of a card, level with it if there is room. */
export function placeBeside(anchor: Area, side: 'left' | 'right', taken: readonly Area[]): Position {
  const right = anchor.x + anchor.width + COLUMN_GAP;
  const left = anchor.x - CARD_SIZE.width - COLUMN_GAP;
  const half: Area =
    side === 'right'
      ? { x: right, y: -FAR, width: 2 * FAR, height: 2 * FAR }
      : { x: left - FAR, y: -FAR, width: FAR + CARD_SIZE.width, height: 2 * FAR };
  return freePlaceAmong({ x: side === 'right' ? right : left, y: anchor.y }, taken, half);
}

/**
 * Where a card goes between the ends of a wire, and by how much everything from the far end on moves to the right
 * to make room. Nothing moves for a wire that runs back to the left: its card then stands beside where it starts.
 */
export function roomInWire(
  from: Area,
  to: Area,
  taken: readonly Area[],
): { readonly place: Position; readonly shift: number } {
  const x = from.x + from.width + COLUMN_GAP;
  if (to.x <= from.x) return { place: placeBeside(from, 'right', taken), shift: 0 };
  const missing = x + CARD_SIZE.width + COLUMN_GAP - to.x;
  const shift = Math.max(0, Math.ceil(missing / SNAP) * SNAP);
  const others = taken.map((area) => (area.x >= to.x ? { ...area, x: area.x + shift } : area));
  return { place: placeBeside(from, 'right', others), shift };
}

/** Wired cards from left to right in the direction of the light; cards without a wire in rows below them. */
export function tidyPlaces(
  design: Design,
  sizes: ReadonlyMap<string, NodeSize>,
): ReadonlyMap<string, Position> {
  const sizeOf = (id: string): NodeSize => sizes.get(id) ?? CARD_SIZE;
  const wired = new Set(design.edges.flatMap(({ from, to }) => [from.node, to.node]));
  const places = new Map<string, Position>(
    autoLayout({ ...design, nodes: design.nodes.filter(({ id }) => wired.has(id)) }, sizes, {
      fallback: CARD_SIZE,
    }),
  );
  let right = 4 * (CARD_SIZE.width + COLUMN_GAP);
  let top = 0;
  for (const [id, { x, y }] of places) {
    right = Math.max(right, x + sizeOf(id).width);
    top = Math.max(top, y + sizeOf(id).height + ROW_GAP);
  }
  let x = 0;
  let tallest = 0;
  for (const { id } of design.nodes) {
    if (wired.has(id)) continue;
    const { width, height } = sizeOf(id);
    if (x > 0 && x + width > right) {
      x = 0;
      top += tallest + ROW_GAP;
      tallest = 0;
    }
    places.set(id, { x, y: top });
    x += width + COLUMN_GAP;
    tallest = Math.max(tallest, height);
  }
  return places;
}
