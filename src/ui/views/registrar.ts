/** A measured target that is moved over the picture it is compared with: dragged, turned and scaled. React-free. */
import { withoutMarks } from '../../graph/clipped.ts';
import type { DesignImage } from '../../graph/document.ts';
import { decodeFloat32 } from '../../graph/imageData.ts';
import { registrationAt, withRegistration } from '../../graph/registration.ts';
import { findNode, own } from '../../graph/registry.ts';
import { targetOf } from '../../graph/targets.ts';
import { type Registration, registeredPlace } from '../../optics/maths/registration.ts';
import { documentStore, registry } from '../stores/app.ts';
import { halfHeightLine } from './contour.ts';
import { visibleRect } from './overlay.ts';
import type { Palette } from './palette.ts';
import type { PictureTool } from './pictureTool.ts';
import type { Point } from './profile.ts';
import type { Placement, Shape } from './viewport.ts';
import { toCanvas } from './viewport.ts';

const KEYS =
  'Arrow keys shift the target by a pixel, with Shift by ten, with Alt by a tenth; Comma and Full stop turn it by half a degree, with Alt by a twentieth; Page Up and Page Down scale it by one per cent; X and Y flip it, Q turns it by a quarter.';

const DEGREE = Math.PI / 180;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

type Grip = 'shift' | 'turn' | 'scale';

interface Held {
  readonly grip: Grip;
  readonly from: Point;
  readonly start: Registration;
  readonly middle: Point;
  moved: boolean;
}

interface Outline {
  /** Ends of pieces, as they come to lie. */
  readonly pieces: Float64Array;
  readonly corners: readonly Point[];
  readonly middle: Point;
  readonly turn: Point;
  readonly scale: Point;
}

export class Registrar implements PictureTool {
  readonly kind = 'register';
  readonly keys = KEYS;
  readonly ownKeys = 'x y q , .';
  private readonly nodeId: string;
  private readonly plane: () => number;
  private held: Held | null = null;
  private known: {
    readonly design: unknown;
    readonly plane: number;
    readonly outline: Outline | null;
  } | null = null;

  /** @param plane of a stack that is shown */
  constructor(nodeId: string, plane: () => number) {
    this.nodeId = nodeId;
    this.plane = plane;
  }

  get isHeld(): boolean {
    return this.held !== null;
  }

  subscribe(listener: () => void): () => void {
    return documentStore.subscribe((state, before) => {
      if (state.design !== before.design) listener();
    });
  }

  begin(at: Point, reach: number): boolean {
    const outline = this.outline();
    const targetId = this.targetId();
    if (outline === null || targetId === null) return false;
    const isNear = (place: Point) => Math.hypot(place.x - at.x, place.y - at.y) <= reach;
    const grip: Grip = isNear(outline.turn) ? 'turn' : isNear(outline.scale) ? 'scale' : 'shift';
    const start = registrationAt(documentStore.getState().design, targetId);
    this.held = { grip, from: at, start, middle: outline.middle, moved: false };
    return true;
  }

  move(to: Point): void {
    const { held } = this;
    if (held === null) return;
    held.moved = true;
    this.change(dragged(held, to));
  }

  end(): void {
    if (this.held === null) return;
    this.held = null;
    documentStore.getState().settle();
  }

  cancel(): boolean {
    const { held } = this;
    if (held === null) return false;
    this.held = null;
    documentStore.getState().settle();
    if (held.moved) documentStore.getState().undo();
    return true;
  }

  key({ key, shiftKey, altKey }: KeyboardEvent): string | null {
    const targetId = this.targetId();
    if (targetId === null || this.held !== null) return null;
    const now = registrationAt(documentStore.getState().design, targetId);
    const change = changeByKey(now, key, shiftKey ? 10 : altKey ? 0.1 : 1);
    if (change === null) return null;
    this.change(change);
    documentStore.getState().settle();
    return wordsOf({ ...now, ...change });
  }

  draw(
    context: CanvasRenderingContext2D,
    placement: Placement,
    shape: Shape,
    _cursor: Point | null,
    palette: Palette,
  ): void {
    const outline = this.outline();
    if (outline === null) return;
    const rect = visibleRect(placement, shape);
    context.save();
    context.beginPath();
    context.rect(rect.x, rect.y, rect.width, rect.height);
    context.clip();
    drawOutline(context, placement, outline, palette.accent);
    context.restore();
  }

  private targetId(): string | null {
    return targetOf(documentStore.getState().design, registry, this.nodeId);
  }

  private change(change: Partial<Registration>): void {
    const targetId = this.targetId();
    if (targetId === null) return;
    documentStore
      .getState()
      .apply(
        'Move the target',
        (design) => withRegistration(design, registry, targetId, change),
        `register:${targetId}`,
      );
  }

  private outline(): Outline | null {
    const { design } = documentStore.getState();
    const plane = this.plane();
    if (this.known?.design === design && this.known.plane === plane) return this.known.outline;
    const targetId = this.targetId();
    const id = targetId === null ? undefined : findNode(design, targetId)?.params['image'];
    const image = typeof id === 'string' ? own(design.images, id) : undefined;
    const outline =
      targetId === null || image?.kind !== 'measured'
        ? null
        : outlineOf(image, plane, registrationAt(design, targetId));
    this.known = { design, plane, outline };
    return outline;
  }
}

function dragged({ grip, from, start, middle }: Held, to: Point): Partial<Registration> {
  const rounded = (value: number, step: number) => Math.round(value / step) * step;
  if (grip === 'shift') {
    const tenth = (value: number) => Number(value.toFixed(1));
    return { shiftX: tenth(start.shiftX + to.x - from.x), shiftY: tenth(start.shiftY + to.y - from.y) };
  }
  const [a, b] = [from, to].map(({ x, y }) => ({ x: x - middle.x, y: y - middle.y }));
  if (a === undefined || b === undefined) return {};
  if (grip === 'turn') {
    const by = Math.atan2(b.y, b.x) - Math.atan2(a.y, a.x);
    return { angle: wrapped(rounded(start.angle + by, 0.1 * DEGREE)) };
  }
  const ratio = Math.hypot(b.x, b.y) / Math.max(1e-6, Math.hypot(a.x, a.y));
  return { scale: Number(Math.min(20, Math.max(0.05, start.scale * ratio)).toPrecision(3)) };
}

/** From -π to π. */
function wrapped(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

function changeByKey(now: Registration, key: string, size: number): Partial<Registration> | null {
  const arrow = ARROWS[key];
  const tidy = (value: number) => Number(value.toPrecision(9));
  if (arrow !== undefined) {
    const moved = (value: number, by: number) => Number((value + by).toFixed(3));
    return {
      ...(arrow.x === 0 ? {} : { shiftX: moved(now.shiftX, size * arrow.x) }),
      ...(arrow.y === 0 ? {} : { shiftY: moved(now.shiftY, size * arrow.y) }),
    };
  }
  switch (key) {
    case ',':
    case '.':
      return { angle: tidy(wrapped(now.angle + (key === '.' ? 0.5 : -0.5) * size * DEGREE)) };
    case 'PageUp':
    case 'PageDown': {
      const factor = 1 + 0.01 * size;
      const scale = key === 'PageUp' ? now.scale * factor : now.scale / factor;
      return { scale: tidy(Math.min(20, Math.max(0.05, scale))) };
    }
    case 'x':
      return { flip: ({ none: 'x', x: 'none', y: 'xy', xy: 'y' } as const)[now.flip] };
    case 'y':
      return { flip: ({ none: 'y', y: 'none', x: 'xy', xy: 'x' } as const)[now.flip] };
    case 'q':
      return { turn: ({ '0': '90', '90': '180', '180': '270', '270': '0' } as const)[now.turn] };
    default:
      return null;
  }
}

function wordsOf({ flip, turn, angle, scale, shiftX, shiftY }: Registration): string {
  const degrees = Number((Number(turn) + angle / DEGREE).toFixed(2));
  return `Shift ${shiftX}, ${shiftY} pixels, turn ${degrees}°, scale ${Number(scale.toFixed(4))}, ${
    flip === 'none' ? 'not flipped' : `flipped along ${[...flip].join(' and ')}`
  }`;
}

/** Half-height lines by the image that they are of, which is never changed in place. */
const lines = new WeakMap<DesignImage, Map<number, Float64Array>>();

function lineOf(image: Extract<DesignImage, { kind: 'measured' }>, plane: number): Float64Array {
  const known = lines.get(image) ?? new Map<number, Float64Array>();
  lines.set(image, known);
  const [ny = 1, nx = 1] = image.shape.slice(-2);
  const planes = image.shape.length === 3 ? (image.shape[0] ?? 1) : 1;
  const shown = Math.min(plane, planes - 1);
  const found = known.get(shown);
  if (found !== undefined) return found;
  const values = withoutMarks(decodeFloat32(image.data, planes * ny * nx));
  const line = halfHeightLine(values.subarray(shown * ny * nx, (shown + 1) * ny * nx), [ny, nx]);
  known.set(shown, line);
  return line;
}

function outlineOf(
  image: Extract<DesignImage, { kind: 'measured' }>,
  plane: number,
  registration: Registration,
): Outline {
  const [ny = 1, nx = 1] = image.shape.slice(-2);
  const place = registeredPlace(registration, image.shape);
  const at = (x: number, y: number): Point => {
    const [px, py] = place([x, y]);
    return { x: px, y: py };
  };
  const pieces = lineOf(image, plane).slice();
  for (let i = 0; i < pieces.length; i += 2) {
    const [x, y] = place([pieces[i] as number, pieces[i + 1] as number]);
    [pieces[i], pieces[i + 1]] = [x, y];
  }
  // Handles lie well inside, so that they can be taken while the target covers the picture.
  return {
    pieces,
    corners: [at(-0.5, -0.5), at(nx - 0.5, -0.5), at(nx - 0.5, ny - 0.5), at(-0.5, ny - 0.5)],
    middle: at((nx - 1) / 2, (ny - 1) / 2),
    turn: at((nx - 1) / 2, 0.1 * ny),
    scale: at(0.88 * nx, 0.88 * ny),
  };
}

/** Length of a dash and of a gap, canvas pixels. */
const DASH = 6;

function drawOutline(
  context: CanvasRenderingContext2D,
  placement: Placement,
  { pieces, corners, middle, turn, scale }: Outline,
  accent: string,
): void {
  const path = () => {
    context.beginPath();
    for (let i = 0; i + 3 < pieces.length; i += 4) {
      const from = toCanvas(placement, { x: pieces[i] as number, y: pieces[i + 1] as number });
      // Pieces are shorter than a dash: dashes and gaps go by the place.
      if ((Math.floor(from.x / DASH) + Math.floor(from.y / DASH)) % 2 !== 0) continue;
      const to = toCanvas(placement, { x: pieces[i + 2] as number, y: pieces[i + 3] as number });
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
    }
  };
  const stroke = (color: string, width: number) => {
    context.strokeStyle = 'rgb(0 0 0 / 55%)';
    context.lineWidth = width + 2;
    context.stroke();
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  };
  path();
  stroke('#ffffff', 1.5);
  context.setLineDash([DASH, DASH]);
  context.beginPath();
  for (const corner of [...corners, ...corners.slice(0, 1)]) {
    const { x, y } = toCanvas(placement, corner);
    context.lineTo(x, y);
  }
  stroke(accent, 1.25);
  context.setLineDash([]);
  const [centre, up, corner] = [middle, turn, scale].map((place) => toCanvas(placement, place));
  if (centre === undefined || up === undefined || corner === undefined) return;
  context.beginPath();
  context.moveTo(centre.x, centre.y);
  context.lineTo(up.x, up.y);
  context.globalAlpha = 0.6;
  stroke(accent, 1);
  context.globalAlpha = 1;
  context.beginPath();
  context.arc(up.x, up.y, 6, 0, 2 * Math.PI);
  stroke(accent, 2);
  context.beginPath();
  context.rect(corner.x - 5, corner.y - 5, 10, 10);
  stroke(accent, 2);
  context.beginPath();
  context.arc(centre.x, centre.y, 3, 0, 2 * Math.PI);
  stroke(accent, 1.5);
}
