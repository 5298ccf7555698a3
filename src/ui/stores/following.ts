/**
 * A goal that a person drags while the optics follow: the document gets the places of the goal at once and the values
 * that followed when all is at rest, as one step that can be undone. React-free.
 */
import type { Design } from '../../graph/document.ts';
import type { Registry } from '../../graph/registry.ts';
import type { EngineClient, FollowHandle, FollowOutcome, FollowSeen } from '../../workers/engineClient.ts';
import type { FollowRest } from '../../workers/protocol.ts';
import type { AllBuses } from './allBuses.ts';
import { sameLight, withMaps, withValues } from './designValues.ts';
import type { DocumentStore } from './documentStore.ts';
import type { createEngineStore } from './engineStore.ts';
import { createPace } from './fitWords.ts';

/** How it ended; `seconds` since the goal was let go. */
export interface FollowEnd {
  readonly outcome: FollowOutcome;
  readonly seconds: number;
}

export interface Following {
  /**
   * A person takes hold of a goal; the gesture joins all its moves. False where nothing can follow.
   * @param onSeen called after each picture: where values have come to rest, else with null
   */
  readonly begin: (label: string, gesture: string, onSeen?: (rest: FollowRest | null) => void) => boolean;
  /** The document has changed. True where that was a goal's move, and what is shown follows it. */
  readonly moved: () => boolean;
  readonly isActive: () => boolean;
  /** Other pictures are wanted. True where they come with what follows. */
  readonly wantsChanged: () => boolean;
  /** The goal was let go: settles, and writes the values. Null where nothing had followed. */
  readonly release: () => Promise<FollowEnd | null>;
  /** Something else begins: what is under way ends at once, with the values that it has. */
  readonly finish: () => void;
  /** What followed is forgotten. */
  readonly cancel: () => void;
}

export interface FollowingParts {
  readonly client: EngineClient;
  readonly registry: Registry;
  readonly documents: DocumentStore;
  readonly engine: ReturnType<typeof createEngineStore>;
  readonly buses: AllBuses;
  /** Shows the document as it is. */
  readonly show: () => void;
}

interface Run {
  readonly label: string;
  readonly gesture: string;
  /** As it was taken hold of. */
  readonly start: Design;
  readonly handle: FollowHandle | null;
  readonly seen: FollowSeen | null;
  readonly onSeen: (rest: FollowRest | null) => void;
}

/** Field texts follow at this pace; pictures follow every message. */
const TEXT_MILLISECONDS = 100;

export function createFollowing(parts: FollowingParts): Following {
  const { client, registry, documents, engine, buses } = parts;
  const pace = createPace();
  let run: Run | null = null;
  let textTimer: ReturnType<typeof setTimeout> | undefined;

  const tellTexts = (): void => {
    textTimer = undefined;
    const seen = run?.seen ?? null;
    if (seen === null) return;
    const { values, loss, iteration } = seen.progress;
    const stepsPerSecond = pace.stepsPerSecond();
    const isDraft = seen.isDraft === true;
    engine.setState({ following: { values, iteration, stepsPerSecond, isDraft }, loss });
  };

  const onSeen = (seen: FollowSeen): void => {
    if (run === null) return;
    run = { ...run, seen };
    buses.publish(seen);
    engine.setState({ shownRevision: seen.revision });
    pace.note(seen.progress.iteration, performance.now());
    textTimer ??= setTimeout(tellTexts, TEXT_MILLISECONDS);
    run.onSeen(seen.rest ?? null);
  };

  const forget = (): Run | null => {
    const ended = run;
    run = null;
    clearTimeout(textTimer);
    textTimer = undefined;
    engine.setState({ following: null });
    return ended;
  };

  /** The values join the step of the goal. */
  const keep = (ended: Run, values: FollowSeen['progress']['values'], maps: FollowSeen['maps']): void => {
    const { design: before } = documents.getState();
    const write = (design: Design) => withMaps(withValues(design, registry, values), registry, maps ?? []);
    documents.getState().apply(ended.label, write, ended.gesture);
    documents.getState().settle();
    if (documents.getState().design === before) parts.show();
  };

  /** Ends at once what is under way, with the values that it has. */
  const finishNow = (): void => {
    const ended = forget();
    if (ended === null) return;
    ended.handle?.end('stop');
    if (ended.seen !== null) keep(ended, ended.seen.progress.values, ended.seen.maps);
  };

  const request = () => {
    const { design, revision } = documents.getState();
    return { design, revision, ...buses.wants() };
  };

  /** Whether nothing but goals and titles differs from the start. */
  const onlyGoalsMoved = (start: Design, design: Design): boolean =>
    design.edges === start.edges &&
    design.learn === start.learn &&
    design.grid === start.grid &&
    design.nodes.length === start.nodes.length &&
    design.nodes.every(({ id, type, params }, index) => {
      const before = start.nodes[index];
      if (before?.id !== id) return false;
      return before.params === params || registry.get(type)?.objective === true;
    });

  return {
    begin(label, gesture, told = () => {}) {
      finishNow();
      const { design } = documents.getState();
      if (engine.getState().fit.status !== 'idle' || design.learn.length === 0) return false;
      run = { label, gesture, start: design, handle: null, seen: null, onSeen: told };
      pace.reset();
      return true;
    },
    isActive: () => run !== null,
    moved() {
      if (run === null) return false;
      if (sameLight(run.start, documents.getState().design)) {
        // Taken back: what followed is, too.
        forget()?.handle?.end('stop');
        return false;
      }
      if (!onlyGoalsMoved(run.start, documents.getState().design)) {
        finishNow();
        return false;
      }
      if (run.handle !== null) {
        run.handle.retarget(request());
        return true;
      }
      buses.captureBefore();
      const handle = client.follow(request(), onSeen);
      if (handle === null) {
        forget();
        return false;
      }
      run = { ...run, handle };
      return true;
    },
    wantsChanged() {
      if (run?.handle == null) return false;
      run.handle.retarget(request());
      return true;
    },
    async release() {
      const released = run;
      if (released === null) return null;
      if (released.handle === null) {
        forget();
        return null;
      }
      const began = performance.now();
      released.handle.end('settle');
      const outcome = await released.handle.outcome;
      // Another gesture may have begun meanwhile and taken the values over.
      if (run?.handle !== released.handle) return null;
      const ended = forget();
      if (ended === null) return null;
      if (outcome.kind === 'done') keep(ended, outcome.result.values, outcome.result.maps);
      else documents.getState().settle();
      return { outcome, seconds: (performance.now() - began) / 1000 };
    },
    finish: finishNow,
    cancel() {
      forget()?.handle?.end('stop');
    },
  };
}
