/** The way of a wire around cards that are not its own. React-free, pure; graph coordinates. */
import type { Area } from '../stores/places.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Route {
  /** An SVG path. */
  readonly path: string;
  /** Where the lamp of the wire goes. */
  readonly middle: Point;
}

/** How far a wire leaves a port before it turns: half of the usual gap between columns. */
const STUB = 18;
/** Room between a wire and the cards that it passes. */
const CLEARANCE = 12;
const CORNER = 8;
/** Points at which a curve is looked at. */
const SAMPLES = 24;

/** A point of the curve that React Flow draws between a port on the right of a card and one on the left. */
function onCurve(from: Point, to: Point, t: number): Point {
  const distance = to.x - from.x;
  const reach = distance >= 0 ? 0.5 * distance : 0.25 * 25 * Math.sqrt(-distance);
  const mix = (a: number, b: number, c: number, d: number): number =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
  return { x: mix(from.x, from.x + reach, to.x - reach, to.x), y: mix(from.y, from.y, to.y, to.y) };
}

function holds({ x, y, width, height }: Area, point: Point): boolean {
  return point.x > x && point.x < x + width && point.y > y && point.y < y + height;
}

/** Whether the plain curve between two ports would run behind a card. */
function isCovered(from: Point, to: Point, cards: readonly Area[]): boolean {
  for (let step = 1; step < SAMPLES; step++) {
    const point = onCurve(from, to, step / SAMPLES);
    if (cards.some((card) => holds(card, point))) return true;
  }
  return false;
}

/** Whether a horizontal or vertical line meets a card. */
function meets(a: Point, b: Point, { x, y, width, height }: Area): boolean {
  return (
    Math.max(a.x, b.x) > x &&
    Math.min(a.x, b.x) < x + width &&
    Math.max(a.y, b.y) > y &&
    Math.min(a.y, b.y) < y + height
  );
}

/** Straight lines through points with rounded corners. */
function rounded(points: readonly Point[]): string {
  const parts: string[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined || after === undefined) {
      parts.push(`${before === undefined ? 'M' : 'L'}${point.x},${point.y}`);
      continue;
    }
    const towards = (other: Point): Point => {
      const length = Math.hypot(other.x - point.x, other.y - point.y);
      const share = length === 0 ? 0 : Math.min(CORNER, length / 2) / length;
      return { x: point.x + share * (other.x - point.x), y: point.y + share * (other.y - point.y) };
    };
    const [start, end] = [towards(before), towards(after)];
    parts.push(`L${start.x},${start.y} Q${point.x},${point.y} ${end.x},${end.y}`);
  }
  return parts.join(' ');
}

/**
 * A way through the gaps between cards for a wire that a plain curve would lead behind one: out of the port, up or
 * down beside the card, along above or below the cards in between, and back. Null where the curve is seen all the
 * way, or where no such way is free.
 */
export function routeAround(from: Point, to: Point, cards: readonly Area[]): Route | null {
  if (!isCovered(from, to, cards)) return null;
  const [out, back] = [from.x + STUB, to.x - STUB];
  const levels = cards.flatMap(({ y, height }) => [y - CLEARANCE, y + height + CLEARANCE]);
  const length = (level: number): number => Math.abs(level - from.y) + Math.abs(level - to.y);
  for (const level of levels.sort((a, b) => length(a) - length(b))) {
    const points = [
      from,
      { x: out, y: from.y },
      { x: out, y: level },
      { x: back, y: level },
      { x: back, y: to.y },
      to,
    ];
    const isFree = points.every((point, index) => {
      const next = points[index + 1];
      return next === undefined || !cards.some((card) => meets(point, next, card));
    });
    if (isFree) return { path: rounded(points), middle: { x: (out + back) / 2, y: level } };
  }
  return null;
}
