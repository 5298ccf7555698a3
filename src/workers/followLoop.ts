/**
 * The engine's side of a goal that is moved while the optics follow: the newest goal wins and nothing queues up. Pictures
 * go out at the rate at which a page draws.
 */
import type { Design } from '../graph/document.ts';
import { halfGrid } from './fit/draftGrid.ts';
import type { FollowOrder } from './fit/follow.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import type { FollowLook, Session } from './session.ts';

type Follow = Extract<ToEngine, { type: 'follow' }>;
type Retarget = Extract<ToEngine, { type: 'retarget' }>;
type EndFollow = Extract<ToEngine, { type: 'endFollow' }>;

export interface FollowHost {
  readonly post: (message: FromEngine) => void;
  /** Lets messages in and answers what is to be shown. */
  readonly breathe: (session: Session) => Promise<void>;
  /** Something waits that a person asked for after this, such as a fit: what follows ends as it is. */
  readonly mustYield: () => boolean;
  readonly fail: (seq: number, error: unknown) => void;
}

/** Steps go on for so long before messages are let in (ms). */
const BREATH_INTERVAL = 1;
/** Pictures are at least so far apart (ms); the first one of a new place of the goal goes at once: a hand waits for it. */
const PICTURE_INTERVAL = 33;
/** Learned maps are large and go less often, as do readings, which are read (ms). */
const MAP_INTERVAL = 250;
const READING_INTERVAL = 100;
/** A goal that was let go is given up after so long (ms), if so many steps were done by then; a busy machine gets longer. */
const LONGEST_REST = 3000;
const FEWEST_STEPS = 40;
const LONGEST_OF_ALL = 15_000;
/** Where a slope takes longer, the light of a goal that is held is computed on half its grid (ms). */
const DRAFT_ABOVE = 40;
/** How often one at rest looks whether it is still wanted (ms). */
const IDLE_INTERVAL = 100;

interface Ending {
  readonly how: 'stop' | 'settle';
  readonly since: number;
}

export class FollowLoop {
  private readonly host: FollowHost;
  private pending: Follow | null = null;
  private seq = 0;
  private shown: Follow | Retarget | null = null;
  private target: Retarget | null = null;
  private ending: Ending | null = null;
  /** That of the one which is pending. */
  private nextEnding: Ending | null = null;
  /** Steps that were done when the goal was let go. */
  private stepsAtEnd: number | null = null;
  private wake: (() => void) | null = null;
  /** No picture has shown the newest goal yet. */
  private isNew = true;
  /** The light is that of half the grid; and whether that was asked for. */
  private isDraft = false;
  private isDraftAsked = false;
  private lastBreath = 0;
  private nextPicture = 0;
  private nextMaps = 0;
  private nextReadings = 0;

  constructor(host: FollowHost) {
    this.host = host;
  }

  get isWaiting(): boolean {
    return this.pending !== null;
  }

  receive(message: Follow | Retarget | EndFollow): void {
    if (message.type === 'follow') {
      if (this.pending !== null) this.host.post({ type: 'cancelled', seq: this.pending.seq });
      this.pending = message;
      this.target = null;
      this.nextEnding = null;
      // One that runs makes room.
      if (this.shown !== null) this.ending = { how: 'stop', since: performance.now() };
    } else if (message.type === 'retarget') this.target = message;
    else {
      const ending = { how: message.how, since: performance.now() };
      if (this.pending !== null) this.nextEnding = ending;
      else if (this.shown !== null) this.ending = ending;
    }
    this.wake?.();
  }

  async run(session: Session): Promise<void> {
    const message = this.pending;
    if (message === null) return;
    this.pending = null;
    this.seq = message.seq;
    this.shown = message;
    this.ending = this.nextEnding;
    this.nextEnding = null;
    this.isNew = true;
    this.isDraft = false;
    this.isDraftAsked = false;
    this.nextPicture = 0;
    this.nextMaps = 0;
    this.nextReadings = 0;
    this.stepsAtEnd = null;
    try {
      const result = await session.follow(message.design, {
        isAwaited: async () => {
          await this.breathe(session);
          return this.target !== null || this.isNew || this.ending?.how === 'stop' || this.host.mustYield();
        },
        onStep: (look) => this.onStep(session, look),
        onGuess: (look, isGood) => this.picture(look, isGood),
      });
      const { revision } = this.shown;
      this.host.post({ type: 'followDone', seq: this.seq, revision, result });
    } catch (error) {
      this.host.fail(this.seq, error);
    } finally {
      this.shown = null;
      this.ending = null;
    }
  }

  private async onStep(session: Session, look: FollowLook): Promise<FollowOrder> {
    if (this.isDue(look)) await this.picture(look);
    await this.breathe(session);
    for (;;) {
      const { ending, target } = this;
      if (ending?.how === 'stop' || this.host.mustYield()) return { kind: 'end' };
      const isRefined = this.isDraft && ending !== null;
      const aimed = target ?? this.shown;
      if (aimed !== null && (target !== null || isRefined)) {
        this.target = null;
        this.shown = aimed;
        this.isNew = true;
        this.isDraft = this.isDraft && !isRefined;
        return { kind: 'aim', design: this.isDraft ? halfGrid(aimed.design) : aimed.design };
      }
      const draft = ending === null ? await this.draftFor(session, look) : null;
      if (draft !== null) return { kind: 'aim', design: draft };
      if (ending !== null && (look.isAtRest || this.isGivenUp(ending.since, look))) return { kind: 'end' };
      if (!look.isAtRest) return { kind: 'goOn' };
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, IDLE_INTERVAL);
      });
      this.wake = null;
      await this.host.breathe(session);
    }
  }

  /** The light on half its grid, where the whole one is slow and half as good; asked once. */
  private async draftFor(session: Session, look: FollowLook): Promise<Design | null> {
    const isSlow = look.milliseconds > DRAFT_ABOVE && !look.isAtRest;
    if (this.shown === null || this.isDraftAsked || !isSlow) return null;
    this.isDraftAsked = true;
    const draft = await session.draftOf(this.shown.design);
    this.isDraft = draft !== null;
    return draft;
  }

  /** A picture for each place of the goal once values have followed it, more of it only while no other place waits. */
  private isDue({ progress, isAtRest }: FollowLook): boolean {
    if (this.isNew) return progress.iteration > 0 || isAtRest;
    return this.target === null && (isAtRest || performance.now() >= this.nextPicture);
  }

  private isGivenUp(since: number, { progress }: FollowLook): boolean {
    this.stepsAtEnd ??= progress.iteration;
    const [waited, steps] = [performance.now() - since, progress.iteration - this.stepsAtEnd];
    return waited > LONGEST_OF_ALL || (waited > LONGEST_REST && steps >= FEWEST_STEPS);
  }

  private async breathe(session: Session): Promise<void> {
    if (performance.now() - this.lastBreath < BREATH_INTERVAL) return;
    await this.host.breathe(session);
    this.lastBreath = performance.now();
  }

  /** Shows values, if their loss is good; gives the loss of what it has seen. */
  private async picture(
    { progress, maps, look, isAtRest, atBound }: FollowLook,
    isGood: ((loss: number) => boolean) | null = null,
  ): Promise<number | null> {
    const began = performance.now();
    const { shown } = this;
    if (shown === null) return null;
    const { views, previews } = shown;
    const isRead = isAtRest || began >= this.nextReadings;
    const analyses = isRead ? (shown.analyses ?? []) : [];
    const { loss, ...pictures } = await look({ views, previews, analyses });
    if (isGood !== null && (loss === null || !isGood(loss))) return loss;
    this.isNew = false;
    const now = performance.now();
    // At least half of the time is for steps.
    this.nextPicture = began + Math.max(PICTURE_INTERVAL, 2 * (now - began));
    const learned = now >= this.nextMaps || isAtRest ? maps() : [];
    if (isRead) this.nextReadings = now + READING_INTERVAL;
    if (learned.length > 0) this.nextMaps = now + MAP_INTERVAL;
    this.host.post({
      type: 'following',
      seq: this.seq,
      revision: shown.revision,
      progress: { ...progress, loss: loss ?? progress.loss },
      ...(learned.length === 0 ? {} : { maps: learned }),
      ...(isAtRest ? { rest: { atBound: atBound() } } : {}),
      ...(this.isDraft ? { isDraft: true } : {}),
      views: pictures.views,
      previews: pictures.previews,
      ...(pictures.analyses === undefined ? {} : { analyses: pictures.analyses }),
    });
    return loss;
  }
}
