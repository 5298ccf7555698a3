/** What a person does to the objects on a picture: choosing, dragging, keys. Places in metres. React-free. */
import { getAt } from '../../graph/paths.ts';
import { documentStore, registry } from '../stores/app.ts';
import { engineStore, movingValues } from '../stores/engineStore.ts';
import { settingsStore } from '../stores/settingsStore.ts';
import { addTableRow, removeTableRow, setValues } from '../stores/tableActions.ts';
import { currentMovie, fitShown, trackStore } from '../stores/tracking.ts';
import { GoalDrag, gestureOf } from './goalDrag.ts';
import type { PictureMarks } from './imageInput.ts';
import type { Picture } from './imageLayer.ts';
import type { LiveValues, Mark, Room } from './marks.ts';
import { depthText, isOutside, lengthText, marksOf, seenAt, tableFor } from './marks.ts';
import { type Point, physicalCoordinate } from './profile.ts';

/** The keys, for help texts. */
export const MARK_KEYS =
  'Tab chooses the next sphere or ring; arrow keys then move it by a pixel, with Shift by ten, with Alt by a tenth; Page Up and ' +
  'Page Down change its distance, Delete removes it, Escape leaves it.';

/** Change of the distance before focus by a key or a notch of the wheel, metres; with Shift ten times as much. */
const DEPTH_STEP = 0.1e-6;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

interface Grip {
  readonly mark: Mark;
  /** Where the pointer took it, and where it last was. */
  readonly from: Point;
  last: Point;
  moved: boolean;
}

/** Values of a running fit, or of the frame of a movie that is looked at; null for those of the document. */
export function liveValues(): LiveValues | null {
  const moving = movingValues(engineStore.getState());
  if (moving !== null) return moving;
  const track = trackStore.getState();
  return currentMovie(track) === null ? null : (fitShown(track)?.values ?? null);
}

/** Whether a fit or a movie has the values, so that nothing can be moved. */
function isHeld(): boolean {
  return engineStore.getState().following === null && liveValues() !== null;
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey'>;

export class SphereMarks {
  readonly nodeId: string;
  private readonly listeners = new Set<() => void>();
  private known: { design: unknown; live: unknown; units: unknown; marks: readonly Mark[] } | null = null;
  private grip: Grip | null = null;
  private chosen: string | null = null;
  private readonly goals: GoalDrag;

  constructor(nodeId: string) {
    this.nodeId = nodeId;
    this.goals = new GoalDrag(nodeId, () => this.list());
  }

  /** Key of the object that keys move; null for none. */
  get selected(): string | null {
    return this.chosen;
  }

  get isDragging(): boolean {
    return this.grip !== null;
  }

  list(): readonly Mark[] {
    const { design } = documentStore.getState();
    const live = liveValues();
    const { units } = settingsStore.getState();
    const { known } = this;
    if (known?.design === design && known.live === live && known.units === units) return known.marks;
    const marks = marksOf(design, registry, this.nodeId, live ?? {}, units);
    this.known = { design, live, units, marks };
    return marks;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Something else changed what is drawn. */
  tell(): void {
    for (const listener of this.listeners) listener();
  }

  /** The object under a point: the one whose middle is nearest of those that reach it. */
  at(point: Point, reach: number, room: Room): Mark | null {
    let best: { mark: Mark; distance: number } | null = null;
    for (const mark of this.list()) {
      const { x, y } = placeOf(mark, room);
      const distance = Math.hypot(point.x - x, point.y - y);
      if (distance > Math.max(mark.radius, reach)) continue;
      if (best === null || distance < best.distance) best = { mark, distance };
    }
    return best?.mark ?? null;
  }

  /** Begins to drag the object under a point. False where there is none, or a fit has the values. */
  grab(point: Point, reach: number, room: Room): boolean {
    const mark = this.at(point, reach, room);
    this.choose(mark?.key ?? null);
    if (mark === null || isHeld()) return false;
    this.grip = { mark, from: point, last: point, moved: false };
    if (mark.kind === 'goal') this.goals.take(mark);
    return true;
  }

  get dragsRing(): boolean {
    return this.grip?.mark.kind === 'goal';
  }

  /** @param inDepth moves it along the light instead: as far as the pointer goes up */
  drag(point: Point, inDepth: boolean, room: Room): void {
    const { grip } = this;
    if (grip === null) return;
    const now = this.list().find(({ key }) => key === grip.mark.key);
    if (now === undefined) return;
    const [dx, dy] = [point.x - grip.last.x, point.y - grip.last.y];
    if (dx === 0 && dy === 0) return;
    grip.last = point;
    grip.moved = true;
    const { x, y } = placeOf(now, room);
    this.place(now, inDepth ? { z: now.z - dy } : placeOf({ ...now, x: x + dx, y: y + dy }, room));
  }

  /** Ends the drag, which is one step that can be undone. */
  drop(): void {
    const { grip } = this;
    if (grip === null) return;
    this.grip = null;
    if (grip.mark.kind === 'goal' && this.goals.isHeld) {
      this.goals.letGo();
      return;
    }
    documentStore.getState().settle();
  }

  /** Turns the wheel over an object. False where there is none. */
  scroll(point: Point, reach: number, notches: number, room: Room): boolean {
    const mark =
      this.grip === null ? this.at(point, reach, room) : this.list().find(({ key }) => key === this.chosen);
    if (mark === null || mark === undefined || mark.kind === 'goal' || isHeld()) return false;
    this.choose(mark.key);
    this.place(mark, { z: mark.z - notches * 10 * DEPTH_STEP });
    return true;
  }

  /** Adds an object like the last one of the table; null where there is no table, else what was done in words. */
  add(point: Point): string | null {
    const { design } = documentStore.getState();
    const table = tableFor(design, registry, this.nodeId);
    if (table === null || isHeld()) return null;
    const added = addTableRow(table.path, { ...table.last, x: point.x, y: point.y });
    if (!added) return '';
    this.choose(`${table.path}.${table.rows}`);
    return `${capital(table.row)} ${table.rows + 1} was added`;
  }

  /** @returns what the key did, in words; null when it was none of its own */
  key({ key, shiftKey, altKey }: KeyPress, room: Room): string | null {
    if (key === 'Tab') return this.step(shiftKey ? -1 : 1, room);
    const mark = this.list().find((each) => each.key === this.chosen);
    if (mark === undefined) return null;
    if (key === 'Escape') return this.leave();
    if (isHeld()) return null;
    const arrow = ARROWS[key];
    const size = shiftKey ? 10 : altKey ? 0.1 : 1;
    if (arrow !== undefined) {
      if (mark.kind === 'goal') this.goals.touch(mark);
      const { x, y } = placeOf(mark, room);
      const step = size * room.pitch;
      return this.place(mark, placeOf({ ...mark, x: x + step * arrow.x, y: y + step * arrow.y }, room));
    }
    if (mark.kind === 'object' && (key === 'PageUp' || key === 'PageDown'))
      return this.place(mark, { z: mark.z + (key === 'PageUp' ? 1 : -1) * size * DEPTH_STEP });
    return key === 'Delete' || key === 'Backspace' ? this.remove(mark) : null;
  }

  private remove(mark: Mark): string {
    if (mark.table === null) return `${mark.name} is an element of its own: delete it in the graph`;
    if (!removeTableRow(mark.table.path, mark.table.row)) return 'The last one stays';
    this.choose(null);
    return `${mark.name} was removed`;
  }

  /** Escape: a drag is taken back, else nothing is chosen any more. */
  private leave(): string {
    const { grip } = this;
    this.grip = null;
    const wasHeld = this.goals.isHeld;
    if (grip?.moved === true || (grip === null && wasHeld)) {
      documentStore.getState().settle();
      documentStore.getState().undo();
      if (wasHeld) this.goals.cancel();
      return 'It is where it was';
    }
    this.choose(null);
    return 'None is chosen';
  }

  private step(by: 1 | -1, room: Room): string | null {
    const marks = this.list();
    const index = marks.findIndex(({ key }) => key === this.chosen);
    const next = marks[index === -1 ? (by === 1 ? 0 : marks.length - 1) : index + by];
    this.choose(next?.key ?? null);
    // Behind the last one the focus goes on its way.
    if (next === undefined) return null;
    const away = next.kind === 'goal' && isOutside(next, room) ? ', outside the picture' : '';
    return `${next.name}, ${whereIs(next)}${away}`;
  }

  private choose(key: string | null): void {
    if (this.chosen === key) return;
    this.chosen = key;
    this.tell();
  }

  /** One undo entry for all moves of one object until the gesture is settled. */
  private place(mark: Mark, to: Partial<Pick<Mark, 'x' | 'y' | 'z'>>): string {
    const values: Record<string, number> = {};
    for (const [axis, value] of Object.entries(to)) {
      const path = `${mark.key}.${axis}`;
      // A point of a plane has no distance.
      if (getAt(documentStore.getState().design, registry, path) !== undefined) values[path] = value;
    }
    setValues(mark.kind === 'goal' ? 'Move ring' : 'Move sphere', values, gestureOf(mark));
    return whereIs({ ...mark, ...to });
  }
}

/** "x 1.2 µm, y −0.4 µm, z 14 µm" */
function whereIs(mark: Pick<Mark, 'kind' | 'x' | 'y' | 'z' | 'unit'>): string {
  const depth = mark.kind === 'goal' ? '' : `, ${depthText(mark)}`;
  return `x ${lengthText(mark.x, mark.unit)}, y ${lengthText(mark.y, mark.unit)}${depth}`;
}

/** Light cannot come to a ring outside the picture: it is moved from its rim, and not over it. */
function placeOf(mark: Mark, room: Room): Point {
  return mark.kind === 'goal' ? seenAt(mark, room) : { x: mark.x, y: mark.y };
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function inside({ x, y }: Point, [ny, nx]: readonly [number, number]): Point {
  return { x: Math.min(Math.max(x, 0), nx - 1), y: Math.min(Math.max(y, 0), ny - 1) };
}

/** The same in pixels of a picture; null where there is nothing or pixels have no size. */
export function marksOnPicture(
  marks: SphereMarks | null,
  picture: Pick<Picture, 'pitch' | 'shape'> | null,
): PictureMarks | null {
  if (marks === null || picture === null || !(picture.pitch > 0)) return null;
  const { pitch, shape } = picture;
  const metres = ({ x, y }: Point): Point => ({
    x: physicalCoordinate(x, shape[1], pitch),
    y: physicalCoordinate(y, shape[0], pitch),
  });
  return {
    grab: (at, reach) => marks.grab(metres(at), reach * pitch, picture),
    drag: (to, inDepth) => marks.drag(metres(marks.dragsRing ? inside(to, shape) : to), inDepth, picture),
    drop: () => marks.drop(),
    isOver: (at, reach) => marks.at(metres(at), reach * pitch, picture) !== null,
    scroll: (at, reach, notches) => marks.scroll(metres(at), reach * pitch, notches, picture),
    add: (at) => marks.add(metres(at)),
    key: (event) => marks.key(event, picture),
  };
}
