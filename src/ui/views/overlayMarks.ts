/** Objects drawn over the picture that they make: true size at the true place. CSS pixels. */
import { depthText, isOutside, type Mark, seenAt } from './marks.ts';
import { visibleRect } from './overlay.ts';
import type { Palette } from './palette.ts';
import type { Point } from './profile.ts';
import type { Area, Placement, Shape } from './viewport.ts';
import { toCanvas } from './viewport.ts';

/** Of the chosen one. The theme's own would be lost on dark pictures where the page is light. */
const CHOSEN = '#6cb6ff';
/** Radius below which a circle gets a second one around it, which can be seen and taken. */
const SMALLEST = 7;
/** With more objects only the chosen one has its distance beside it. */
const MOST_LABELS = 12;
/** On narrower pictures there is room for the number alone. */
const NARROWEST = 220;

export function drawMarks(
  context: CanvasRenderingContext2D,
  placement: Placement,
  shape: Shape,
  pitch: number,
  marks: readonly Mark[],
  selected: string | null,
  { font }: Pick<Palette, 'font'>,
  lights: ReadonlyMap<string, Point> = new Map(),
): void {
  const [ny, nx] = shape;
  const rect = visibleRect(placement, shape);
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.width, rect.height);
  context.clip();
  // The chosen one lies above its neighbours.
  const ordered = marks.toSorted((a, b) => Number(a.key === selected) - Number(b.key === selected));
  for (const mark of ordered) {
    const isSelected = mark.key === selected;
    if (mark.kind === 'goal') {
      const light = lights.get(mark.key) ?? null;
      drawGoal(context, { placement, shape, pitch, font, rect }, mark, light, isSelected);
      continue;
    }
    const at = toCanvas(placement, {
      x: Math.floor(nx / 2) + mark.x / pitch,
      y: Math.floor(ny / 2) + mark.y / pitch,
    });
    const radius = (mark.radius / pitch) * placement.zoom;
    ring(context, at.x, at.y, Math.max(1.5, radius), isSelected ? CHOSEN : '#ffffff', isSelected ? 2 : 1.25);
    if (radius < SMALLEST) {
      context.globalAlpha = 0.7;
      ring(context, at.x, at.y, SMALLEST, isSelected ? CHOSEN : '#ffffff', 1);
      context.globalAlpha = 1;
    }
    if (!isSelected && (marks.length > MOST_LABELS || placement.zoom < 1)) continue;
    const text = markText(mark, isSelected || rect.width >= NARROWEST);
    if (text === '') continue;
    label(context, text, {
      x: at.x + Math.max(SMALLEST, radius) + 6,
      y: at.y,
      right: rect.x + rect.width,
      left: at.x - Math.max(SMALLEST, radius) - 6,
      font,
      color: isSelected ? CHOSEN : '#ffffff',
    });
  }
  context.restore();
}

/** Radius of a ring around a place where light is wanted, and of that around the light itself. */
const GOAL_RADIUS = 13;
const LIGHT_RADIUS = 5;

interface GoalLook extends Pick<Palette, 'font'> {
  readonly placement: Placement;
  readonly shape: Shape;
  readonly pitch: number;
  /** The visible part of the picture. */
  readonly rect: Area;
}

/** Dashed: where light is wanted, at the rim if that is outside. Whole: where it is. */
function drawGoal(
  context: CanvasRenderingContext2D,
  { placement, shape: [ny, nx], pitch, font, rect }: GoalLook,
  mark: Mark,
  light: Point | null,
  isSelected: boolean,
): void {
  const onCanvas = ({ x, y }: Point) =>
    toCanvas(placement, { x: Math.floor(nx / 2) + x / pitch, y: Math.floor(ny / 2) + y / pitch });
  const room = { pitch, shape: [ny, nx] } as const;
  const wanted = onCanvas(seenAt(mark, room));
  const isAway = isOutside(mark, room);
  if (light !== null) {
    const seen = onCanvas(light);
    const distance = Math.hypot(seen.x - wanted.x, seen.y - wanted.y);
    if (distance > GOAL_RADIUS + LIGHT_RADIUS) {
      context.beginPath();
      context.moveTo(seen.x, seen.y);
      context.lineTo(wanted.x, wanted.y);
      context.setLineDash([2, 5]);
      context.lineWidth = 1.5;
      context.strokeStyle = CHOSEN;
      context.stroke();
      context.setLineDash([]);
    }
    ring(context, seen.x, seen.y, LIGHT_RADIUS, '#ffffff', 1.25);
  }
  context.setLineDash([5, 4]);
  ring(context, wanted.x, wanted.y, GOAL_RADIUS, isSelected ? CHOSEN : '#ffffff', isSelected ? 2.5 : 2);
  context.setLineDash([]);
  const words = [mark.label, isAway ? 'outside' : ''].filter((word) => word !== '').join(' · ');
  if (words === '') return;
  label(context, words, {
    x: wanted.x + GOAL_RADIUS + 6,
    y: wanted.y,
    right: isAway ? rect.x + rect.width : Number.POSITIVE_INFINITY,
    left: wanted.x - GOAL_RADIUS - 6,
    font,
    color: isSelected ? CHOSEN : '#ffffff',
  });
}

/** The round edge of a brush around the cursor. @param radius in pixels of the image */
export function drawBrush(
  context: CanvasRenderingContext2D,
  placement: Placement,
  shape: Shape,
  cursor: Point,
  radius: number,
): void {
  const rect = visibleRect(placement, shape);
  const at = toCanvas(placement, cursor);
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.width, rect.height);
  context.clip();
  ring(context, at.x, at.y, Math.max(2, radius * placement.zoom), '#ffffff', 1.25);
  context.restore();
}

/** “2 · z 10 µm”, “z 0 µm”, or where there is no room for it the number alone. */
export function markText(mark: Pick<Mark, 'label' | 'z' | 'unit'>, withDepth: boolean): string {
  const words = withDepth ? [mark.label, depthText(mark)] : [mark.label];
  return words.filter((word) => word !== '').join(' · ');
}

/** Legible on light and dark grounds alike. */
function ring(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
  width: number,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = width + 2;
  context.strokeStyle = 'rgb(0 0 0 / 55%)';
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

interface LabelPlace {
  readonly x: number;
  readonly y: number;
  /** End of the room to the right, and where it begins on the other side. */
  readonly right: number;
  readonly left: number;
  readonly font: string;
  readonly color: string;
}

function label(context: CanvasRenderingContext2D, text: string, place: LabelPlace): void {
  context.font = `600 11px ${place.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const width = context.measureText(text).width + 8;
  const x = place.x + width > place.right ? place.left - width : place.x;
  context.fillStyle = 'rgb(0 0 0 / 58%)';
  context.beginPath();
  context.roundRect(x, place.y - 9, width, 18, 4);
  context.fill();
  context.fillStyle = place.color;
  context.fillText(text, x + 4, place.y + 0.5);
}
