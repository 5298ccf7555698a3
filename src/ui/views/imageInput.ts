/** Pointer, wheel and keys of a picture. Every key that is used here is kept from the shortcuts of the page. */
import { earlyMoves } from './earlyMoves.ts';
import type { Point, ProfileSelection } from './profile.ts';
import { describeSelection } from './profile.ts';
import type { Placement, Shape, ViewLink } from './viewport.ts';
import { FITTED, fitZoom, imageCenter, panBy, toCanvas, toImage, zoomAbout } from './viewport.ts';
import type { ImageTool } from './viewStore.ts';

/** What lies on a picture and is moved on it. Points are image pixels, `reach` is that of a pointer in them. */
export interface PictureMarks {
  /** Whether the pointer took one. */
  readonly grab: (at: Point, reach: number) => boolean;
  readonly drag: (to: Point, inDepth: boolean) => void;
  readonly drop: () => void;
  readonly isOver: (at: Point, reach: number) => boolean;
  /** Whether the wheel moved one. */
  readonly scroll: (at: Point, reach: number, notches: number) => boolean;
  /** What was done, in words; null for nothing. */
  readonly add: (at: Point) => string | null;
  readonly key: (event: KeyboardEvent) => string | null;
}

/** What is in hand over a picture: a brush, a target that is moved, the cross of sections. Points are image pixels. */
export interface HandTool {
  readonly kind: 'brush' | 'register' | 'section';
  readonly isHeld: boolean;
  /** Whether it takes hold of something. @param reach of the pointer */
  readonly begin: (at: Point, reach: number) => boolean;
  readonly move: (to: Point) => void;
  readonly end: () => void;
  /** Takes back what was begun; false where nothing was. */
  readonly cancel: () => boolean;
  /** What a key did, in words; null for nothing. */
  readonly key: (event: KeyboardEvent) => string | null;
}

export interface ImageInputHost {
  /** Null where the picture has none for the tool that is chosen. */
  readonly hand: () => HandTool | null;
  /** Null where there are none. */
  readonly marks: () => PictureMarks | null;
  readonly placement: () => Placement | null;
  readonly shape: () => Shape | null;
  readonly link: ViewLink;
  readonly selection: () => ProfileSelection | null;
  readonly onSelection: (selection: ProfileSelection | null) => void;
  /** A key did something; `what` says it in words, or nothing when only the cursor moved. */
  readonly onKey: (what: string) => void;
}

/** The keys, for help texts. */
export const IMAGE_KEYS =
  'Arrow keys move the cursor, with Shift by ten pixels, with Alt the picture. Plus and minus zoom, 0 fits. ' +
  'R shows the row, C the column under the cursor, P starts and ends a profile line, Escape removes it.';

/** Those of them that are shortcuts of the page elsewhere, for `data-keys`. */
export const IMAGE_OWN_KEYS = 'r c p 0';

const ZOOM_STEP = 1.25;
/** How near to the middle of a small object the pointer takes it, canvas pixels. */
const REACH = 13;
/** The same for a finger: targets of 44. */
const FINGER_REACH = 22;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

type Drag =
  | { readonly kind: 'pan'; readonly last: Point }
  | { readonly kind: 'mark' }
  | { readonly kind: 'hand' }
  | { readonly kind: 'line'; readonly from: Point }
  | { readonly kind: 'row' | 'column' }
  | { readonly kind: 'end'; readonly which: 'from' | 'to' };

export class ImageInput {
  tool: ImageTool = 'pan';
  private readonly canvas: HTMLCanvasElement;
  /** Has the focus and hears the keys. */
  private readonly stage: HTMLElement;
  private readonly host: ImageInputHost;
  private readonly listening = new AbortController();
  private drag: Drag | null = null;
  private endEarly: () => void = () => {};
  /** Start of a line that is being drawn with keys. */
  private anchor: Point | null = null;

  constructor(canvas: HTMLCanvasElement, stage: HTMLElement, host: ImageInputHost) {
    this.canvas = canvas;
    this.stage = stage;
    stage.tabIndex = 0;
    this.host = host;
    const { signal } = this.listening;
    canvas.addEventListener('pointerdown', (event) => this.down(event), { signal });
    canvas.addEventListener('pointermove', (event) => this.move(event), { signal });
    canvas.addEventListener('pointerup', (event) => this.up(event), { signal });
    canvas.addEventListener('pointercancel', (event) => this.up(event), { signal });
    canvas.addEventListener('pointerleave', () => this.leave(), { signal });
    stage.addEventListener('blur', () => this.blur(), { signal });
    canvas.addEventListener('dblclick', (event) => this.doubleClick(event), { signal });
    canvas.addEventListener('wheel', (event) => this.wheel(event), { signal, passive: false });
    stage.addEventListener('keydown', (event) => this.key(event), { signal });
    stage.addEventListener('keyup', (event) => this.keyUp(event), { signal });
  }

  dispose(): void {
    this.endEarly();
    this.listening.abort();
  }

  zoom(step: 'in' | 'out' | 'fit' | 'actual', fixed?: Point): void {
    const { placement, shape } = this.situation();
    if (placement === null || shape === null) return;
    const { area } = placement;
    const middle = fixed ?? { x: area.x + area.width / 2, y: area.y + area.height / 2 };
    const { link } = this.host;
    if (step === 'fit') link.setViewport(FITTED);
    else if (step === 'actual') {
      const center = placement.zoom === fitZoom(shape, area) ? imageCenter(shape) : placement.center;
      link.setViewport({ zoom: 1, center });
    } else {
      link.setViewport(zoomAbout(placement, shape, step === 'in' ? ZOOM_STEP : 1 / ZOOM_STEP, middle));
    }
  }

  private situation() {
    return { placement: this.host.placement(), shape: this.host.shape() };
  }

  private at(event: MouseEvent): Point {
    const rect = this.canvas.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  }

  private onImage(point: Point, shape: Shape): boolean {
    return point.x >= -0.5 && point.y >= -0.5 && point.x <= shape[1] - 0.5 && point.y <= shape[0] - 0.5;
  }

  private down(event: PointerEvent): void {
    const { placement, shape } = this.situation();
    if (placement === null || shape === null || (event.button !== 0 && event.button !== 1)) return;
    this.canvas.setPointerCapture(event.pointerId);
    const at = this.at(event);
    const handle = event.button === 0 ? this.handleAt(at, placement) : null;
    const isMark =
      handle === null &&
      event.button === 0 &&
      this.grabsMark(toImage(placement, at), placement, event.pointerType);
    const reach = (event.pointerType === 'touch' ? FINGER_REACH : REACH) / placement.zoom;
    if (event.button === 0 && this.hand()?.begin(toImage(placement, at), reach) === true) {
      this.drag = { kind: 'hand' };
    } else if (handle !== null) this.drag = { kind: 'end', which: handle };
    else if (isMark) {
      this.drag = { kind: 'mark' };
      this.endEarly = earlyMoves(this.canvas, (move) => this.moveMark(move));
    } else if (this.tool === 'line' && event.button === 0)
      this.drag = { kind: 'line', from: toImage(placement, at) };
    else if ((this.tool === 'row' || this.tool === 'column') && event.button === 0) {
      this.drag = { kind: this.tool };
      this.selectAcross(this.tool, toImage(placement, at), shape);
    } else this.drag = { kind: 'pan', last: at };
  }

  private get isHandTool(): boolean {
    return this.tool === 'brush' || this.tool === 'register' || this.tool === 'section';
  }

  private hand(): HandTool | null {
    return this.isHandTool ? this.host.hand() : null;
  }

  private grabsMark(point: Point, placement: Placement, by: string): boolean {
    const reach = by === 'touch' ? FINGER_REACH : REACH;
    return this.tool === 'pan' && this.host.marks()?.grab(point, reach / placement.zoom) === true;
  }

  /** Adds an object where there can be more, else the whole picture is shown. */
  private doubleClick(event: MouseEvent): void {
    const { placement, shape } = this.situation();
    const point = placement === null ? null : toImage(placement, this.at(event));
    const marks = this.tool === 'pan' ? this.host.marks() : null;
    if (marks === null || point === null || placement === null || shape === null) this.zoom('fit');
    else if (!marks.isOver(point, REACH / placement.zoom) && this.onImage(point, shape)) {
      const done = marks.add(point);
      if (done === null) this.zoom('fit');
      else this.host.onKey(done);
    }
  }

  /** End of the profile line under the pointer. */
  private handleAt(at: Point, placement: Placement): 'from' | 'to' | null {
    const selection = this.host.selection();
    if (selection?.kind !== 'line') return null;
    for (const which of ['to', 'from'] as const) {
      const end = toCanvas(placement, selection[which]);
      if (Math.hypot(end.x - at.x, end.y - at.y) <= 10) return which;
    }
    return null;
  }

  private move(event: PointerEvent): void {
    const { placement, shape } = this.situation();
    if (placement === null || shape === null) return;
    const at = this.at(event);
    const point = toImage(placement, at);
    const { drag } = this;
    const { link } = this.host;
    // The page's dividers need not look whether this is about them, which would make it be laid out anew.
    if (drag !== null) event.preventDefault();
    if (drag?.kind === 'pan') {
      link.setViewport(panBy(placement, link.viewport(), shape, at.x - drag.last.x, at.y - drag.last.y));
      this.drag = { kind: 'pan', last: at };
    } else if (drag?.kind === 'mark') {
      this.moveMark(event);
    } else if (drag?.kind === 'hand') {
      this.hand()?.move(point);
    } else if (drag?.kind === 'line') {
      this.host.onSelection({ kind: 'line', from: drag.from, to: point });
    } else if (drag?.kind === 'row' || drag?.kind === 'column') {
      this.selectAcross(drag.kind, point, shape);
    } else if (drag?.kind === 'end') {
      const selection = this.host.selection();
      if (selection?.kind === 'line') this.host.onSelection({ ...selection, [drag.which]: point });
    }
    // What lies under an object that is dragged is nobody's question.
    link.setCursor(drag?.kind !== 'mark' && this.onImage(point, shape) ? point : null);
    if (drag === null && this.tool === 'pan') this.showGrip(point, placement);
  }

  private moveMark(event: PointerEvent): void {
    const { placement } = this.situation();
    if (placement === null || this.drag?.kind !== 'mark') return;
    this.host.marks()?.drag(toImage(placement, this.at(event)), event.altKey);
  }

  private showGrip(point: Point, placement: Placement): void {
    const isOver = this.host.marks()?.isOver(point, REACH / placement.zoom) === true;
    this.canvas.style.cursor = isOver ? 'grab' : 'default';
  }

  /** The whole row or column at a point. */
  private selectAcross(kind: 'row' | 'column', point: Point, [ny, nx]: Shape): void {
    const clamp = (value: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.round(value)));
    this.host.onSelection(kind === 'row' ? { kind, y: clamp(point.y, ny) } : { kind, x: clamp(point.x, nx) });
  }

  private up(event: PointerEvent): void {
    if (this.canvas.hasPointerCapture(event.pointerId)) this.canvas.releasePointerCapture(event.pointerId);
    this.endEarly();
    if (this.drag?.kind === 'mark') this.host.marks()?.drop();
    if (this.drag?.kind === 'hand') this.hand()?.end();
    this.drag = null;
  }

  private blur(): void {
    if (this.drag === null) this.hand()?.end();
    this.leave();
  }

  private leave(): void {
    if (this.drag === null && document.activeElement !== this.stage) this.host.link.setCursor(null);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const { placement, shape } = this.situation();
    if (placement === null || shape === null) return;
    const marks = event.altKey || this.drag?.kind === 'mark' ? this.host.marks() : null;
    const notches = Math.max(-100, Math.min(100, event.deltaY)) / 100;
    const at = toImage(placement, this.at(event));
    if (marks?.scroll(at, REACH / placement.zoom, notches) === true) return;
    // A wheel notch is 100 or so; a trackpad sends small steps and gets small ones.
    const factor = ZOOM_STEP ** -notches;
    this.host.link.setViewport(zoomAbout(placement, shape, factor, this.at(event)));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    const done = this.handKey(event) ?? this.host.marks()?.key(event) ?? null;
    if (done !== null) {
      // A drag that was taken back does not go on.
      if (event.key === 'Escape' && this.drag?.kind === 'mark') this.drag = null;
      this.host.onKey(done);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const arrow = ARROWS[event.key];
    const used = arrow === undefined ? this.command(event.key) : this.arrow(arrow, event);
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What a key did with what is in hand, in words; null for nothing. */
  private handKey(event: KeyboardEvent): string | null {
    const [hand, { shape, placement }] = [this.hand(), this.situation()];
    if (hand === null || shape === null || placement === null) return null;
    if (event.key === 'Escape' && hand.cancel()) {
      this.drag = null;
      return 'Taken back';
    }
    if (event.key !== ' ' || hand.kind !== 'brush') return hand.key(event);
    if (hand.isHeld) return '';
    const { link } = this.host;
    const at = link.cursor() ?? { x: Math.floor(shape[1] / 2), y: Math.floor(shape[0] / 2) };
    link.setCursor(at);
    return hand.begin({ x: Math.round(at.x), y: Math.round(at.y) }, 0) ? 'Painting' : null;
  }

  /** A stroke by keys ends with the space bar. */
  private keyUp(event: KeyboardEvent): void {
    const hand = this.hand();
    if (event.key !== ' ' || this.drag !== null || hand?.isHeld !== true) return;
    hand.end();
    event.preventDefault();
    event.stopPropagation();
    this.host.onKey('Painted');
  }

  private arrow(direction: Point, event: KeyboardEvent): boolean {
    const { placement, shape } = this.situation();
    if (placement === null || shape === null) return false;
    const { link } = this.host;
    if (event.altKey) {
      link.setViewport(panBy(placement, link.viewport(), shape, -40 * direction.x, -40 * direction.y));
      return true;
    }
    const step = event.shiftKey ? 10 : 1;
    const from = link.cursor() ?? { x: Math.floor(shape[1] / 2), y: Math.floor(shape[0] / 2) };
    const moved = link.cursor() !== null;
    const cursor = {
      x: Math.min(shape[1] - 1, Math.max(0, Math.round(from.x) + (moved ? step * direction.x : 0))),
      y: Math.min(shape[0] - 1, Math.max(0, Math.round(from.y) + (moved ? step * direction.y : 0))),
    };
    link.setCursor(cursor);
    if (this.drag === null) this.hand()?.move(cursor);
    if (this.anchor !== null) this.host.onSelection({ kind: 'line', from: this.anchor, to: cursor });
    this.host.onKey('');
    return true;
  }

  private command(key: string): boolean {
    const { shape } = this.situation();
    if (shape === null) return false;
    switch (key) {
      case '+':
      case '=':
        this.zoom('in');
        return true;
      case '-':
        this.zoom('out');
        return true;
      case '0':
        this.zoom('fit');
        this.host.onKey('The whole picture is shown');
        return true;
      case 'r':
      case 'c':
      case 'p':
        this.select(key, this.host.link.cursor() ?? imageCenter(shape));
        return true;
      case 'Escape':
        if (this.host.selection() === null && this.anchor === null) return false;
        this.anchor = null;
        this.host.onSelection(null);
        this.host.onKey('The profile is removed');
        return true;
      default:
        return false;
    }
  }

  private select(key: 'r' | 'c' | 'p', point: Point): void {
    const cursor = { x: Math.round(point.x), y: Math.round(point.y) };
    if (key === 'p') {
      const from = this.anchor;
      this.anchor = from === null ? cursor : null;
      const selection = { kind: 'line', from: from ?? cursor, to: cursor } as const;
      this.host.onSelection(selection);
      this.host.onKey(
        from === null ? 'The profile line starts here; move and press P again' : describeSelection(selection),
      );
      return;
    }
    this.anchor = null;
    const selection =
      key === 'r' ? ({ kind: 'row', y: cursor.y } as const) : ({ kind: 'column', x: cursor.x } as const);
    this.host.onSelection(selection);
    this.host.onKey(`${describeSelection(selection)} is shown as profile`);
  }
}
