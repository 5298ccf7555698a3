/** What a brush does on a picture: strokes go into the target, and the optics follow where they can. React-free. */
import { paintedTarget, type Sheet, Stroke, sheetOf, withSheet } from '../../graph/painting.ts';
import { registrationAt } from '../../graph/registration.ts';
import { originalPlace } from '../../optics/maths/registration.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore } from '../stores/engineStore.ts';
import { announce, toast } from '../stores/uiStore.ts';
import { drawBrush } from './overlayMarks.ts';
import type { PictureTool } from './pictureTool.ts';
import type { Point } from './profile.ts';
import type { Placement, Shape } from './viewport.ts';
import { viewStore } from './viewStore.ts';

/** The keys, for help texts. */
const BRUSH_KEYS =
  'Arrow keys move the brush, the space bar paints while it is held, Comma and Full stop change its size, E erases or paints, Escape takes a stroke back.';

/** Widths that a brush can have, pixels. */
export const BRUSH_SIZES = { least: 1, most: 256 } as const;

/** A stroke goes into the document at every frame, but takes at most this share of the time. */
const BUSY_SHARE = 0.25;

interface Running {
  readonly stroke: Stroke;
  readonly sheet: Sheet;
  readonly targetId: string;
  readonly gesture: string;
  /** Of its step in the history. */
  readonly label: string;
  /** A fit ran and goes on with what was painted. */
  readonly refit: boolean;
  readonly follows: boolean;
  /** That fit still writes its values: they are a step of their own, before the stroke. */
  waits: boolean;
  /** The button is up already. */
  isLetGo: boolean;
  /** From the picture to the sheet, which its target may have moved. */
  readonly onSheet: (at: Point) => Point;
  readonly scale: number;
}

let strokes = 0;

export class Painter implements PictureTool {
  readonly kind = 'brush';
  readonly keys = BRUSH_KEYS;
  readonly ownKeys = 'e , .';
  private readonly nodeId: string;
  /** Of the stack that is shown. */
  private readonly plane: () => number;
  private running: Running | null = null;
  private frame: number | ReturnType<typeof setTimeout> | null = null;
  private nextCommit = 0;

  constructor(nodeId: string, plane: () => number) {
    this.nodeId = nodeId;
    this.plane = plane;
  }

  get isHeld(): boolean {
    return this.running !== null;
  }

  /** What is drawn is where the cursor is. */
  subscribe(): () => void {
    return () => {};
  }

  draw(context: CanvasRenderingContext2D, placement: Placement, shape: Shape, cursor: Point | null): void {
    if (cursor !== null) drawBrush(context, placement, shape, cursor, this.radius);
  }

  /** In pixels. */
  private get radius(): number {
    return viewStore.getState().brush.size / 2;
  }

  /** False where there is nothing to paint on. */
  begin(at: Point): boolean {
    if (this.running !== null) return !this.running.isLetGo;
    const { brush, follow } = viewStore.getState();
    const running = this.open('Paint', brush.erase ? 0 : brush.value, follow);
    if (running === null) return false;
    running.stroke.to(running.onSheet(at), this.radius / running.scale);
    this.start(running);
    return true;
  }

  /** The same value everywhere on the sheet; light cannot follow where none is wanted. */
  fill(value: number): void {
    if (this.running !== null) return;
    const isBlank = value === 0;
    const label = isBlank ? 'Clear the painting' : 'Fill the painting';
    const running = this.open(label, value, viewStore.getState().follow && !isBlank);
    if (running === null) return;
    running.stroke.fill();
    this.start(running);
    this.end();
  }

  /** A new stroke, before anything is painted; null where there is nothing to paint on. */
  private open(label: string, value: number, follow: boolean): Running | null {
    const { design, apply } = documentStore.getState();
    const targetId = paintedTarget(design, registry, this.nodeId);
    if (targetId === null) return null;
    const gesture = `paint:${targetId}:${++strokes}`;
    const { status } = engineStore.getState().fit;
    const [refit, waits] = [status === 'running', status !== 'idle'];
    const sheet = sheetOf(design, registry, targetId);
    // What follows takes other values of an image, not another image.
    if (!waits) apply(label, (now) => withSheet(now, registry, targetId, sheet), gesture);
    const follows = follow && !waits && session.following.begin(label, gesture);
    const stroke = new Stroke(sheet, this.plane(), value);
    const registration = registrationAt(design, targetId);
    const back = originalPlace(registration, sheet.shape);
    const onSheet = (point: Point): Point => {
      const [x, y] = back([point.x, point.y]);
      return { x, y };
    };
    const { scale } = registration;
    return {
      ...{ stroke, sheet, targetId, gesture, label, refit, follows, onSheet, scale },
      waits,
      isLetGo: false,
    };
  }

  private start(running: Running): void {
    this.running = running;
    this.nextCommit = 0;
    if (running.waits) {
      whenIdle(() => this.goOn(running));
      session.stop();
    } else this.commit();
  }

  /** The fit has ended, and its values are written. */
  private goOn(running: Running): void {
    if (this.running !== running) return;
    running.waits = false;
    this.commit();
    if (running.isLetGo) this.end();
  }

  move(to: Point): void {
    const { running } = this;
    if (running === null || running.isLetGo) return;
    running.stroke.to(running.onSheet(to), this.radius / running.scale);
    if (this.frame !== null) return;
    const wait = this.nextCommit - performance.now();
    this.frame = setTimeout(
      () => {
        this.frame = null;
        this.commit();
      },
      Math.max(0, wait),
    );
  }

  /** One step that can be undone, with what has followed. */
  end(): void {
    const { running } = this;
    if (running === null) return;
    running.isLetGo = true;
    if (running.waits) return;
    this.commit();
    this.running = null;
    if (running.follows) {
      void session.following.release().then((ended) => {
        if (ended?.outcome.kind === 'failed') toast(ended.outcome.message, 'error');
        else if (ended !== null) announce('The light follows what is painted.');
      });
    } else documentStore.getState().settle();
    if (running.refit) whenIdle(() => session.run());
  }

  /** Takes the stroke back, and goes on with the fit that it stopped. False where there is none. */
  cancel(): boolean {
    const { running } = this;
    if (running === null) return false;
    this.stopWaiting();
    this.running = null;
    if (!running.waits) {
      documentStore.getState().settle();
      documentStore.getState().undo();
    }
    if (running.follows) session.following.cancel();
    if (running.refit) whenIdle(() => session.run());
    return true;
  }

  key({ key }: Pick<KeyboardEvent, 'key'>): string | null {
    const { brush, setBrush } = viewStore.getState();
    if (key === 'e' || key === 'E') {
      setBrush({ erase: !brush.erase });
      return brush.erase ? 'The brush paints' : 'The brush erases';
    }
    if (key !== ',' && key !== '.') return null;
    const { least, most } = BRUSH_SIZES;
    const step = Math.max(1, Math.round(0.2 * brush.size));
    const size = Math.min(most, Math.max(least, brush.size + (key === '.' ? step : -step)));
    setBrush({ size });
    return `Brush of ${size} pixels`;
  }

  private commit(): void {
    this.stopWaiting();
    const { running } = this;
    if (running === null || running.waits) return;
    const began = performance.now();
    const { stroke, sheet, targetId, gesture, label } = running;
    const painted = { shape: sheet.shape, data: stroke.data };
    documentStore.getState().apply(label, (now) => withSheet(now, registry, targetId, painted), gesture);
    this.nextCommit = performance.now() + (performance.now() - began) / BUSY_SHARE;
  }

  private stopWaiting(): void {
    if (this.frame !== null) clearTimeout(this.frame);
    this.frame = null;
  }
}

/** After a fit that is stopped. */
function whenIdle(then: () => void): void {
  if (engineStore.getState().fit.status === 'idle') {
    then();
    return;
  }
  const end = engineStore.subscribe(({ fit }) => {
    if (fit.status !== 'idle') return;
    end();
    // The session writes the fit's values first.
    setTimeout(then, 0);
  });
}

/** The same value everywhere on the sheet of a node's picture. */
export function fillSheet(nodeId: string, value: number): void {
  new Painter(nodeId, () => 0).fill(value);
}

/** Shows a target's picture with the brush in hand; a target without an image gets a blank sheet. */
export function startPainting(targetId: string): void {
  const { design, apply, settle } = documentStore.getState();
  const sheet = sheetOf(design, registry, targetId);
  const id = design.nodes.find((node) => node.id === targetId)?.params['image'];
  if (typeof id !== 'string' || design.images[id] === undefined) {
    apply('Begin a painting', (now) => withSheet(now, registry, targetId, sheet));
    settle();
  }
  viewStore.getState().openInDock(targetId);
  viewStore.getState().setTab('image');
  viewStore.getState().setTool('brush');
  announce(`The brush is ready. ${BRUSH_KEYS}`);
}

/** For the list of commands: paints the first target. */
export function paintFirstTarget(): void {
  const target = documentStore.getState().design.nodes.find(({ type }) => type === 'target');
  if (target === undefined) toast('Add a target image first: its picture is what you paint.', 'info');
  else startPainting(target.id);
}
