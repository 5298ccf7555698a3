/** Points that are taken and moved on a plot, by pointer and keys. React-free; places in the plot's values. */
import type { PlotLayout } from './linePlotDraw.ts';
import type { Palette } from './palette.ts';
import type { Point } from './profile.ts';

/** What is behind the points. */
export interface PlotHandles {
  readonly list: () => readonly Point[];
  /** A hand takes a point: all moves until `drop` are one step. */
  readonly take: (index: number) => void;
  readonly move: (index: number, to: Point) => void;
  readonly drop: () => void;
  /** Takes the moves back. */
  readonly cancel: () => void;
  /** Where it comes in the list; null where there are enough. */
  readonly add: (at: Point) => number | null;
  /** False where none may be missing. */
  readonly remove: (index: number) => boolean;
  readonly subscribe: (listener: () => void) => () => void;
}

export const HANDLE_KEYS =
  'Tab chooses a point of the wanted curve; arrow keys move it, with Shift further, with Alt less; Insert adds one, Delete removes it, Escape leaves it. A double click adds one, too.';

const REACH = 12;
const FINGER_REACH = 22;
/** Share of an axis that an arrow key moves. */
const STEP = 0.01;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

type Layout = Pick<PlotLayout, 'area' | 'x' | 'y'>;

/** Linear axes. */
function toCanvas({ area, x, y }: Layout, point: Point): Point {
  return {
    x: area.x + ((point.x - x.low) / (x.high - x.low)) * area.width,
    y: area.y + (1 - (point.y - y.low) / (y.high - y.low)) * area.height,
  };
}

function toValues({ area, x, y }: Layout, at: Point): Point {
  return {
    x: x.low + ((at.x - area.x) / area.width) * (x.high - x.low),
    y: y.low + (1 - (at.y - area.y) / area.height) * (y.high - y.low),
  };
}

/** One hand over one plot. */
export class PlotHand {
  readonly handles: PlotHandles;
  private readonly layout: () => Layout | null;
  private held = false;
  private chosenIndex: number | null = null;

  constructor(handles: PlotHandles, layout: () => Layout | null) {
    this.handles = handles;
    this.layout = layout;
  }

  get isHeld(): boolean {
    return this.held;
  }

  get chosen(): number | null {
    return this.chosenIndex;
  }

  /** Whether there is a point to take. @param at canvas pixels */
  down(at: Point, by: string): boolean {
    const layout = this.layout();
    if (layout === null) return false;
    const reach = by === 'touch' ? FINGER_REACH : REACH;
    let best: { index: number; distance: number } | null = null;
    this.handles.list().forEach((point, index) => {
      const { x, y } = toCanvas(layout, point);
      const distance = Math.hypot(x - at.x, y - at.y);
      if (distance <= reach && (best === null || distance < best.distance)) best = { index, distance };
    });
    const found = best as { readonly index: number } | null;
    this.chosenIndex = found?.index ?? null;
    if (found === null) return false;
    this.held = true;
    this.handles.take(found.index);
    return true;
  }

  move(at: Point): void {
    const layout = this.layout();
    if (this.held && layout !== null && this.chosenIndex !== null)
      this.handles.move(this.chosenIndex, toValues(layout, at));
  }

  end(): void {
    if (!this.held) return;
    this.held = false;
    this.handles.drop();
  }

  add(at: Point): void {
    const layout = this.layout();
    const added = layout === null ? null : this.handles.add(toValues(layout, at));
    if (added !== null) this.chosenIndex = added;
  }

  /** What the key did, in words; null when it was none of its own. */
  key({ key, shiftKey, altKey }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey'>): string | null {
    const points = this.handles.list();
    const layout = this.layout();
    if (key === 'Tab') {
      const from = this.chosenIndex ?? (shiftKey ? points.length : -1);
      const next = from + (shiftKey ? -1 : 1);
      this.chosenIndex = next >= 0 && next < points.length ? next : null;
      // Behind the last one the focus goes on its way.
      return this.chosenIndex === null ? null : `Point ${next + 1} of ${points.length}`;
    }
    const { chosenIndex: index } = this;
    const point = index === null ? undefined : points[index];
    if (index === null || point === undefined || layout === null) return null;
    const arrow = ARROWS[key];
    if (arrow !== undefined) {
      const share = STEP * (shiftKey ? 10 : altKey ? 0.1 : 1);
      if (!this.held) this.handles.take(index);
      this.handles.move(index, {
        x: point.x + share * arrow.x * (layout.x.high - layout.x.low),
        y: point.y + share * arrow.y * (layout.y.high - layout.y.low),
      });
      if (!this.held) this.handles.drop();
      return `Point ${index + 1} was moved`;
    }
    if (key === 'Escape') return this.leave();
    if (key === 'Insert') {
      const beside = points[index + 1] ?? points[index - 1] ?? point;
      const added = this.handles.add({ x: (point.x + beside.x) / 2, y: (point.y + beside.y) / 2 });
      if (added === null) return 'There are enough';
      this.chosenIndex = added;
      return 'A point was added';
    }
    if (key !== 'Delete' && key !== 'Backspace') return null;
    if (!this.handles.remove(index)) return 'This many are needed';
    this.chosenIndex = null;
    return `Point ${index + 1} was removed`;
  }

  private leave(): string {
    if (this.held) {
      this.held = false;
      this.handles.cancel();
      return 'It is where it was';
    }
    this.chosenIndex = null;
    return 'No point is chosen';
  }
}

export function drawHandles(
  context: CanvasRenderingContext2D,
  layout: Layout,
  { handles, chosen }: PlotHand,
  palette: Palette,
): void {
  handles.list().forEach((point, index) => {
    const { x, y } = toCanvas(layout, point);
    context.beginPath();
    context.arc(x, y, index === chosen ? 6 : 5, 0, 2 * Math.PI);
    context.fillStyle = index === chosen ? palette.accent : palette.surround;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = palette.accent;
    context.stroke();
  });
}

/** Of what separates the outermost points: neighbours stay so far apart. */
const GAP = 1e-3;
/** Figures of a place that a hand sets. */
export const FIGURES = 4;

/** A point that passed another would change the curve's shape at once: it stops there. */
export function betweenNeighbours(
  points: readonly { readonly x: number }[],
  index: number,
  wanted: number,
): number {
  const now = points[index]?.x ?? wanted;
  const others = points.flatMap(({ x }, i) => (i === index ? [] : [{ x, isBefore: i < index }]));
  const places = others.map(({ x }) => x);
  const gap = GAP * (Math.max(now, ...places) - Math.min(now, ...places));
  // Points at one place stay in the order of their rows.
  const before = others.filter(({ x, isBefore }) => x < now || (x === now && isBefore));
  const behind = others.filter(({ x, isBefore }) => x > now || (x === now && !isBefore));
  const least = Math.max(...before.map(({ x }) => x)) + gap;
  const most = Math.min(...behind.map(({ x }) => x)) - gap;
  if (least > most) return now;
  const rounded = Number(wanted.toPrecision(FIGURES));
  // Of neighbours that are alike in these figures it keeps the others.
  return rounded >= least && rounded <= most ? rounded : Math.min(Math.max(wanted, least), most);
}
