/** What happens while a ring is dragged: the optics follow it, and at the end it is said how near they came. React-free. */
import { setLearn } from '../../graph/edit.ts';
import { findNode } from '../../graph/registry.ts';
import { reaches } from '../../graph/topology.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import type { FollowEnd } from '../stores/following.ts';
import { frameBus } from '../stores/frameBus.ts';
import { addTableRow } from '../stores/tableActions.ts';
import { announce, runToastAction, toast, uiStore } from '../stores/uiStore.ts';
import { goalStrehl } from './goalStrehl.ts';
import { lightPlaces } from './lightPlaces.ts';
import { lengthText, type Mark, tableFor } from './marks.ts';
import { viewStore } from './viewStore.ts';

/** Switches following on and off, or does what is offered so that it can. */
export const FOLLOW_KEY = 'T';
/** Keys that come one after the other within this time are one gesture (ms). */
const KEY_PAUSE = 700;
/** Light that stays further from its ring than this has not come, pixels. */
const FAR = 2;

export class GoalDrag {
  private held = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Numbers the gestures, so that an old one says nothing of a new one. */
  private count = 0;

  get isHeld(): boolean {
    return this.held;
  }

  /** Nothing follows where it is switched off, or nothing may change. */
  take(mark: Mark): void {
    clearTimeout(this.timer);
    if (this.held || !viewStore.getState().follow) return;
    if (documentStore.getState().design.learn.length === 0) offerUnknowns(mark);
    this.count++;
    this.held = session.following.begin('Move ring', gestureOf(mark));
  }

  /** A key that moves the ring: let go when no other comes. */
  touch(nodeId: string, mark: Mark, marks: () => readonly Mark[]): void {
    this.take(mark);
    this.timer = setTimeout(() => {
      if (this.held) this.letGo(nodeId, marks);
      else documentStore.getState().settle();
    }, KEY_PAUSE);
  }

  letGo(nodeId: string, marks: () => readonly Mark[]): void {
    clearTimeout(this.timer);
    this.held = false;
    const { count } = this;
    void session.following.release().then((end) => {
      if (end !== null && count === this.count) sayHow(end, nodeId, marks());
    });
  }

  /** Nothing of it has happened; the caller takes the ring back. */
  cancel(): void {
    clearTimeout(this.timer);
    this.held = false;
    this.count++;
    session.following.cancel();
  }
}

export function switchFollowing(): void {
  const offer = uiStore.getState().toasts.find(({ action }) => action?.keys === FOLLOW_KEY);
  if (offer !== undefined) {
    runToastAction(offer.id);
    return;
  }
  const follow = !viewStore.getState().follow;
  viewStore.setState({ follow });
  announce(follow ? 'The optics follow a ring that is dragged.' : 'Rings are moved alone.');
}

/** One more place where light is wanted, in the middle of a node's picture. */
export function addRing(nodeId: string): void {
  const table = tableFor(documentStore.getState().design, registry, nodeId);
  if (table !== null) addTableRow(table.path, { ...table.last, x: 0, y: 0 });
}

/** Under which all moves of a mark are one step that can be undone. */
export function gestureOf(mark: Mark): string {
  return `mark:${mark.key}`;
}

function sayHow({ outcome, seconds }: FollowEnd, nodeId: string, marks: readonly Mark[]): void {
  if (outcome.kind === 'failed') {
    toast(outcome.message, 'error');
    return;
  }
  const { steps, atBound } = outcome.result;
  const picture = frameBus.latest(nodeId, 'output');
  const goals = marks.filter(({ kind }) => kind === 'goal');
  const places = picture === undefined ? new Map() : lightPlaces(picture, goals);
  const distances = goals.flatMap((mark) => {
    const light = places.get(mark.key);
    return light === undefined ? [] : [Math.hypot(light.x - mark.x, light.y - mark.y)];
  });
  const [first] = goals;
  if (first === undefined || distances.length === 0 || picture === undefined) return;
  const most = Math.max(...distances);
  const how = `${steps} steps, ${seconds.toFixed(1)} s after it was let go`;
  if (most < FAR * picture.pitch) {
    const near = `The light is within ${lengthText(rounded(most), first.unit)} of where you want it`;
    const [goal = ''] = first.key.split('.');
    const reached = goalStrehl(documentStore.getState().design, registry, goal);
    const sharp = reached === null ? '' : `, Strehl ratio ${reached.strehl.toFixed(2)} by the pupil’s terms`;
    if (reached?.held == null) toast(`${near}${sharp}: ${how}.`, 'good');
    else toast(`${near}${sharp}. ${reached.held} is held: let it change with ◇.`, 'info');
    return;
  }
  toast(
    `The light stays ${lengthText(rounded(most), first.unit)} away. ${hint(first, picture, atBound)}`,
    'info',
  );
}

/** One thing to try. */
function hint(
  { x, y }: Mark,
  { shape, pitch }: { readonly shape: readonly [number, number]; readonly pitch: number },
  atBound: readonly string[],
): string {
  const [limit] = atBound;
  if (limit !== undefined) return `${limit} is at its limit.`;
  const isOutside = Math.abs(x) > (shape[1] / 2) * pitch || Math.abs(y) > (shape[0] / 2) * pitch;
  if (isOutside) return 'The ring is outside the picture.';
  return 'Let more values change with ◇, a tilt or an astigmatism for example.';
}

/** Two digits are what can be seen. */
function rounded(metres: number): number {
  return Number(metres.toPrecision(2));
}

/** Terms that bring light to any place: tip, tilt and defocus by Noll's index. */
const TERMS = [2, 3, 4];

/** What may be learned of the pupils before the goal is offered, as nothing is. */
function offerUnknowns({ key }: Mark): void {
  const [goal = ''] = key.split('.');
  const { design } = documentStore.getState();
  const paths = design.nodes.flatMap((node) => {
    const zernike = Object.entries(registry.get(node.type)?.params ?? {}).find(
      ([, spec]) => spec.kind === 'zernike' && spec.learnable,
    );
    if (zernike === undefined || node.bypassed === true || !reaches(design, node.id, goal)) return [];
    return TERMS.map((term) => `${node.id}.${zernike[0]}.${term}`);
  });
  const nothing = 'The light cannot follow: no value may change yet.';
  if (paths.length === 0) {
    toast(`${nothing} Click the ◇ beside one.`, 'info');
    return;
  }
  const learn = () => {
    documentStore.getState().apply('Learn', (now) => {
      const present = paths.filter((path) => findNode(now, path.split('.')[0] ?? '') !== undefined);
      return setLearn(now, [...now.learn, ...present]);
    });
    documentStore.getState().settle();
  };
  toast(nothing, 'info', { text: 'Learn tip, tilt and defocus', keys: FOLLOW_KEY, run: learn });
}
