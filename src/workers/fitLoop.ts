/**
 * The engine's side of a fit: what goes to the page along the way, and how often. Pictures, learned maps and what
 * going on from here takes have paces of their own.
 */
import type { FitStepNote, FromEngine, Pictures, ToEngine, Wanted } from './protocol.ts';
import type { FitStep, Session } from './session.ts';
import type { Stepping } from './stepping.ts';

type Fit = Extract<ToEngine, { type: 'fit' }>;

export interface FitHost {
  readonly post: (message: FromEngine) => void;
  readonly fail: (seq: number, error: unknown) => void;
  /** Pictures that the newest request wants to see along the way. */
  readonly wanted: () => Wanted;
  readonly stepping: Stepping;
}

/** Progress goes to the page at this rate at most (ms): it draws no faster. */
const PROGRESS_INTERVAL = 33;
/** Learned maps are large and go less often (ms). */
const MAP_INTERVAL = 250;
/**
 * What going on with a fit takes is kept by the page at this rate at most (ms), and less often where it is large: for
 * so many times as long as it took to hand over.
 */
const [SNAPSHOT_INTERVAL, SNAPSHOT_PAUSE] = [1000, 20];
/**
 * Pictures of a large image cost more than the steps of a search on a decimated one: after each there is a pause of
 * this many times what it took, up to so many milliseconds.
 */
const LOOK_PAUSE = 4;
const LONGEST_PAUSE = 2000;

const NOTHING: Pictures = { views: [], previews: [] };

export class FitLoop {
  private readonly host: FitHost;
  private readonly message: Fit;
  private nextPost = Number.NEGATIVE_INFINITY;
  private nextMaps = Number.NEGATIVE_INFINITY;
  private nextSnapshot = performance.now() + SNAPSHOT_INTERVAL;
  /** Steps since the last message. */
  private trail: FitStepNote[] = [];

  constructor(host: FitHost, message: Fit) {
    this.host = host;
    this.message = message;
  }

  async run(session: Session): Promise<void> {
    const { stepping } = this.host;
    const { seq, revision, design, options, resume = null } = this.message;
    stepping.begin();
    try {
      const onStep = (...step: Parameters<FitStep>) => this.onStep(session, step);
      const result = await session.fit(design, options, onStep, resume);
      const done = { ...result, seconds: stepping.withoutPauses(result.seconds) };
      this.host.post({ type: 'fitDone', seq, revision, result: done, trail: this.trail });
    } catch (error) {
      this.host.fail(seq, error);
    } finally {
      stepping.end();
    }
  }

  private async onStep(session: Session, step: Parameters<FitStep>): Promise<boolean> {
    const { stepping } = this.host;
    const [progress] = step;
    const wasPaused = stepping.isPaused;
    const isShown = performance.now() >= this.nextPost || wasPaused;
    if (isShown) await this.post(step, stepping.isPaused);
    else {
      const { iteration, loss, phase, start } = progress;
      this.trail.push({ iteration, loss, phase, ...(start === undefined ? {} : { start }) });
    }
    const isStep = progress.phase === 'fit' || progress.iteration > 0;
    return stepping.mayProceed(session, isStep, async () => {
      // Where a person pauses, a reload goes on.
      if (wasPaused) return;
      if (!isShown) this.trail.pop();
      await this.post(step, true);
    });
  }

  private async post(
    [progress, look, maps, snapshot]: Parameters<FitStep>,
    isPaused: boolean,
  ): Promise<void> {
    const { seq, revision } = this.message;
    const began = performance.now();
    const pictures = await this.look(look);
    const pause = LOOK_PAUSE * (performance.now() - began);
    this.nextPost = performance.now() + Math.min(Math.max(PROGRESS_INTERVAL, pause), LONGEST_PAUSE);
    const isMapDue = performance.now() >= this.nextMaps || isPaused;
    const learned = isMapDue ? maps() : [];
    if (isMapDue) this.nextMaps = performance.now() + MAP_INTERVAL;
    const due = performance.now();
    const kept = due >= this.nextSnapshot || isPaused ? await snapshot() : null;
    const seconds = kept === null ? 0 : this.host.stepping.withoutPauses(kept.seconds);
    this.host.post({
      type: 'fitProgress',
      seq,
      revision,
      progress,
      trail: this.trail,
      ...(kept === null ? {} : { snapshot: { ...kept, seconds } }),
      ...(learned.length === 0 ? {} : { maps: learned }),
      views: pictures.views,
      previews: pictures.previews,
      ...(pictures.analyses === undefined ? {} : { analyses: pictures.analyses }),
    });
    const took = performance.now() - due;
    if (kept !== null) this.nextSnapshot = due + Math.max(SNAPSHOT_INTERVAL, SNAPSHOT_PAUSE * took);
    this.trail = [];
  }

  private async look(look: (wanted: Wanted) => Promise<Pictures>): Promise<Pictures> {
    const { views, previews, analyses = [] } = this.host.wanted();
    const count = views.length + previews.length + analyses.length;
    return count === 0 ? NOTHING : look({ views, previews, analyses });
  }
}
