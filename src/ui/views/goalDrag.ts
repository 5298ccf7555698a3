/** What happens while a ring is dragged: the optics follow it, and at the end it is said how near they came. React-free. */
import { setLearn } from '../../graph/edit.ts';
import { findNode } from '../../graph/registry.ts';
import { reaches } from '../../graph/topology.ts';
import type { FollowRest } from '../../workers/protocol.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import type { FollowEnd } from '../stores/following.ts';
import { frameBus } from '../stores/frameBus.ts';
import { addTableRow, setValues } from '../stores/tableActions.ts';
import { announce, runToastAction, toast, uiStore } from '../stores/uiStore.ts';
import { goalStrehl } from './goalStrehl.ts';
import { lightPlaces } from './lightPlaces.ts';
import { isOutside, lengthText, type Mark, seenAt, tableFor } from './marks.ts';
import { viewStore } from './viewStore.ts';

/** Switches following on and off, or does what is offered so that it can. */
export const FOLLOW_KEY = 'T';
/** Keys that come one after the other within this time are one gesture (ms). */
const KEY_PAUSE = 700;
/** Light that rests so long away from a ring that is held is said to be stuck (ms). */
const STUCK_PAUSE = 800;
/** Light that stays further from its ring than this has not come, pixels. */
const FAR = 2;

export class GoalDrag {
  private readonly nodeId: string;
  private readonly marks: () => readonly Mark[];
  private held = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stuck: ReturnType<typeof setTimeout> | undefined;
  /** What keeps the light away has been said in this gesture. */
  private isTold = false;
  /** Numbers the gestures, so that an old one says nothing of a new one. */
  private count = 0;

  /** @param nodeId whose picture the rings lie on */
  constructor(nodeId: string, marks: () => readonly Mark[]) {
    this.nodeId = nodeId;
    this.marks = marks;
  }

  get isHeld(): boolean {
    return this.held;
  }

  /** Nothing follows where it is switched off, or nothing may change. */
  take(mark: Mark): void {
    clearTimeout(this.timer);
    if (this.held || !viewStore.getState().follow) return;
    if (documentStore.getState().design.learn.length === 0) offerUnknowns(mark);
    this.count++;
    this.isTold = false;
    this.held = session.following.begin('Move ring', gestureOf(mark), (rest) => this.look(rest));
  }

  /** One hint for a gesture, when the light has come to rest away from a ring that stays where it is. */
  private look(rest: FollowRest | null): void {
    clearTimeout(this.stuck);
    if (rest === null || this.isTold || !this.held) return;
    this.stuck = setTimeout(() => {
      const state = this.held ? stateOf(this.nodeId, this.marks()) : null;
      if (state === null || state.isThere) return;
      this.isTold = true;
      this.sayAway(state, rest);
    }, STUCK_PAUSE);
  }

  private sayAway(state: GoalState, { atBound }: FollowRest): void {
    const away = `The light stays ${state.distance} away.`;
    const offer = { text: 'Bring it back', keys: FOLLOW_KEY, run: () => this.bringBack() };
    toast(`${away} ${hint(state, atBound)}`, 'info', state.outside.length > 0 ? offer : null);
  }

  /** Rings that lie outside the picture go to its rim, and the light follows. */
  private bringBack(): void {
    const room = frameBus.latest(this.nodeId, 'output');
    if (room === undefined) return;
    for (const mark of this.marks().filter((each) => each.kind === 'goal' && isOutside(each, room))) {
      const { x, y } = seenAt(mark, room);
      this.touch(mark);
      setValues('Move ring', { [`${mark.key}.x`]: x, [`${mark.key}.y`]: y }, gestureOf(mark));
    }
  }

  /** A key that moves the ring: let go when no other comes. */
  touch(mark: Mark): void {
    this.take(mark);
    this.timer = setTimeout(() => {
      if (this.held) this.letGo();
      else documentStore.getState().settle();
    }, KEY_PAUSE);
  }

  letGo(): void {
    clearTimeout(this.timer);
    clearTimeout(this.stuck);
    this.held = false;
    const { count } = this;
    void session.following.release().then((end) => {
      if (end !== null && count === this.count) this.sayHow(end);
    });
  }

  private sayHow({ outcome, seconds }: FollowEnd): void {
    if (outcome.kind === 'failed') {
      toast(outcome.message, 'error');
      return;
    }
    const { steps } = outcome.result;
    const state = stateOf(this.nodeId, this.marks());
    if (state === null) return;
    if (!state.isThere) {
      this.sayAway(state, outcome.result);
      return;
    }
    const when = seconds < 0.05 ? 'before it was let go' : `${seconds.toFixed(1)} s after it was let go`;
    const how = `${steps} steps, ${when}`;
    const near = `The light is within ${state.distance} of where you want it`;
    const reached = goalStrehl(documentStore.getState().design, registry, state.goal);
    const sharp = reached === null ? '' : `, Strehl ratio ${reached.strehl.toFixed(2)} by the pupil’s terms`;
    if (reached?.held == null) toast(`${near}${sharp}: ${how}.`, 'good');
    else toast(`${near}${sharp}. ${reached.held} is held: let it change with ◇.`, 'info');
  }

  /** Nothing of it has happened; the caller takes the ring back. */
  cancel(): void {
    clearTimeout(this.timer);
    clearTimeout(this.stuck);
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

/** How far the light is from its rings. */
interface GoalState {
  /** Id of the goal's node. */
  readonly goal: string;
  /** The largest, in words. */
  readonly distance: string;
  readonly isThere: boolean;
  /** Rings outside the picture. */
  readonly outside: readonly Mark[];
}

/** Null without rings, light or pixels of known size. */
function stateOf(nodeId: string, marks: readonly Mark[]): GoalState | null {
  const picture = frameBus.latest(nodeId, 'output');
  const goals = marks.filter(({ kind }) => kind === 'goal');
  const [first] = goals;
  if (picture === undefined || first === undefined) return null;
  const places = lightPlaces(picture, goals);
  const distances = goals.flatMap((mark) => {
    const light = places.get(mark.key);
    return light === undefined ? [] : [Math.hypot(light.x - mark.x, light.y - mark.y)];
  });
  if (distances.length === 0) return null;
  const most = Math.max(...distances);
  return {
    goal: first.key.split('.')[0] ?? '',
    distance: lengthText(rounded(most), first.unit),
    isThere: most < FAR * picture.pitch,
    outside: goals.filter((mark) => isOutside(mark, picture)),
  };
}

/** One thing to try. */
function hint({ outside }: GoalState, atBound: readonly string[]): string {
  const [limit] = atBound;
  if (outside.length > 0) return `${outside.length === 1 ? 'The ring is' : 'Rings are'} outside the picture.`;
  if (limit !== undefined) return `${limit} is at its limit: let another value change with ◇.`;
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
