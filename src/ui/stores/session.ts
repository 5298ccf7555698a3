import type { Design } from '../../graph/document.ts';
import type { RefitOptions } from '../../graph/refitOptions.ts';
import type { Registry } from '../../graph/registry.ts';
import { validate } from '../../graph/validate.ts';
import {
  type ConvergenceOutcome,
  createEngineClient,
  type EngineClient,
  type ErrorsOutcome,
  type Frame,
  type RefitOutcome,
  type SearchOutcome,
  spawnEngineWorker,
  type TrackOutcome,
  type TrackRequest,
  type WorkerLike,
} from '../../workers/engineClient.ts';
import type { Wanted } from '../../workers/protocol.ts';
import { allBuses } from './allBuses.ts';
import type { AnalysisBus } from './analysisBus.ts';
import { sameLight } from './designValues.ts';
import type { DocumentStore } from './documentStore.ts';
import { type createEngineStore, setIssues } from './engineStore.ts';
import type { StoredFits } from './fitCheckpoints.ts';
import { createFitting, type Fitting } from './fitting.ts';
import { createFollowing, type Following } from './following.ts';
import type { FrameBus, PreviewBus } from './frameBus.ts';
import type { createSettingsStore } from './settingsStore.ts';
import { toast, uiStore } from './uiStore.ts';

export interface SessionParts {
  readonly registry: Registry;
  readonly documents: DocumentStore;
  readonly engine: ReturnType<typeof createEngineStore>;
  readonly settings: ReturnType<typeof createSettingsStore>;
  readonly frames: FrameBus;
  readonly previews: PreviewBus;
  readonly analyses: AnalysisBus;
  /** Where running fits are kept; nowhere when absent. */
  readonly fits?: StoredFits;
  readonly spawn?: () => WorkerLike;
}

export interface Session
  extends Pick<Fitting, 'run' | 'pause' | 'step' | 'stop' | 'goOn' | 'fitAside' | 'resetToStart'> {
  readonly start: () => void;
  /** Computes the design on larger grids and says whether what a node gives changes. */
  readonly converge: (nodeId: string) => Promise<ConvergenceOutcome>;
  /** Follows a movie with the design of the document or another. */
  readonly track: (request: TrackRequest) => Promise<TrackOutcome>;
  readonly controlTrack: (type: 'pauseFit' | 'resumeFit' | 'stopFit') => void;
  /** Shows another design in place of the document's, until the document changes or null is given. */
  readonly showInstead: (design: Design | null) => void;
  /** Goals that are dragged while the optics follow. */
  readonly following: Following;
  /** Every sphere in the target, for an element that stands for spheres. */
  readonly findSpheres: (nodeId: string) => Promise<SearchOutcome>;
  /** What errors a fit of the design would have. Never rejects. */
  readonly expectErrors: () => Promise<ErrorsOutcome>;
  /** How fits of simulated images scatter. Never rejects. @param onRefit called with the number that is done */
  readonly simulateRefit: (options: RefitOptions, onRefit: (done: number) => void) => Promise<RefitOutcome>;
  /** What has been fitted until then is told. */
  readonly stopRefit: () => void;
  /** Shows the state before the fit (or as opened) while a key is held. */
  readonly showBefore: (shown: boolean) => void;
  readonly dispose: () => void;
}

const TIMING_MILLISECONDS = 250;
/** A frame that takes longer is said to be computed; sooner, the words would only flicker. */
const SLOW_MILLISECONDS = 150;

/** The names as a set; the known set where it has the same, so that nothing is drawn anew. */
function sameNames(known: ReadonlySet<string>, names: readonly string[]): ReadonlySet<string> {
  const next = new Set(names);
  return next.size === known.size && names.every((name) => known.has(name)) ? known : next;
}

export function createSession(parts: SessionParts): Session {
  const { registry, documents, engine, settings } = parts;
  const buses = allBuses(parts.frames, parts.previews, parts.analyses);
  let shownDesign: Design | null = null;
  let openedDesign: Design | null = null;
  /** Pictures that the last request asked for. */
  let asked: Wanted = { views: [], previews: [] };
  let slowTimer: ReturnType<typeof setTimeout> | undefined;
  let lastTimings = 0;
  const unsubscribe: (() => void)[] = [];

  const client: EngineClient = createEngineClient(
    {
      onState: (state) => {
        const connectionMessage = 'message' in state ? state.message : null;
        engine.setState({ connection: state.kind, connectionMessage });
      },
      onReady: ({ backend, reason, adapter }) => {
        const before = engine.getState();
        // Nobody chose this: it is said once, and stays with the name of the backend in the status bar.
        if (before.connection === 'restarting' && before.backend !== backend) toast(reason, 'info');
        engine.setState({ backend, reason, adapter });
      },
      onFrame: receiveFrame,
      onProgress: (progress, seen) => fitting.receive(progress, seen),
      onFailed: (failure) => {
        const issues = failure.issues.length > 0 ? failure.issues : [engineIssue(failure.message)];
        setIssues(engine, { engineIssues: issues });
        engine.setState({ computed: new Set(), pictured: new Set() });
      },
      onBusy: (busy) => {
        engine.setState({ busy });
        clearTimeout(slowTimer);
        if (busy) slowTimer = setTimeout(() => engine.setState({ isSlow: true }), SLOW_MILLISECONDS);
        else engine.setState({ isSlow: false });
      },
    },
    parts.spawn ?? spawnEngineWorker,
  );

  function receiveFrame(frame: Frame): void {
    buses.publish(frame);
    buses.withdrawMissing(asked, frame);
    setIssues(engine, { engineIssues: frame.issues });
    const now = Date.now();
    const timings =
      now - lastTimings < TIMING_MILLISECONDS
        ? {}
        : {
            milliseconds: frame.milliseconds,
            nodeMilliseconds: frame.nodeMilliseconds,
            bytes: frame.bytes,
          };
    if (now - lastTimings >= TIMING_MILLISECONDS) lastTimings = now;
    const known = engine.getState();
    const computed = sameNames(known.computed, Object.keys(frame.nodeMilliseconds));
    const names = [...frame.views, ...frame.previews].map(({ nodeId }) => nodeId);
    const pictured = sameNames(known.pictured, names);
    engine.setState({ ...timings, computed, pictured, loss: frame.loss, shownRevision: frame.revision });
  }

  const show = (design: Design = documents.getState().design): void => {
    shownDesign = design;
    asked = buses.wants();
    client.show({ revision: documents.getState().revision, design, ...asked });
  };

  const following = createFollowing({
    client,
    registry,
    documents,
    engine,
    buses,
    show: () => show(),
  });

  const fitting = createFitting({
    ...{ client, registry, documents, engine, settings, buses, following, show },
    fits: parts.fits ?? null,
    openedDesign: () => openedDesign,
  });

  const documentChanged = (): void => {
    const { design, epoch, revision } = documents.getState();
    if (openedDesign === null || openedEpoch !== epoch) {
      openedEpoch = epoch;
      openedDesign = design;
      fitting.leave();
      engine.setState({ lossBefore: null, computed: new Set(), pictured: new Set() });
      buses.clear();
      client.setFloor(revision);
      client.control('stopFit');
      following.cancel();
      fitting.opened();
    } else fitting.edited();
    setIssues(engine, { documentIssues: validate(design, registry) });
    if (following.isActive()) {
      if (!following.moved()) show();
      return;
    }
    if (shownDesign !== null && sameLight(shownDesign, design)) return;
    fitting.overwritten();
    show();
  };
  let openedEpoch = -1;

  return {
    start() {
      unsubscribe.push(
        documents.subscribe((state, previous) => {
          if (state.design !== previous.design || state.epoch !== previous.epoch) documentChanged();
        }),
        settings.subscribe((state, previous) => {
          if (state.backend !== previous.backend) client.start(state.backend);
        }),
        buses.onWantsChanged(() => {
          if (following.wantsChanged()) return;
          if (engine.getState().fit.status === 'idle') show();
          else fitting.flush();
        }),
      );
      client.start(settings.getState().backend);
      documentChanged();
    },
    run: fitting.run,
    pause: fitting.pause,
    step: fitting.step,
    stop: fitting.stop,
    goOn: fitting.goOn,
    fitAside: fitting.fitAside,
    resetToStart: fitting.resetToStart,
    following,
    track: (request) => client.track(request),
    controlTrack: (type) => client.control(type),
    showInstead: (design) => show(design ?? undefined),
    converge: (nodeId) => client.converge(documents.getState().design, nodeId),
    expectErrors: () => client.expectErrors(documents.getState().design),
    simulateRefit: (options, onRefit) => client.simulateRefit(documents.getState().design, options, onRefit),
    stopRefit: () => client.control('stopFit'),
    findSpheres: (nodeId) => client.findSpheres(documents.getState().design, nodeId),
    showBefore(shown) {
      if (uiStore.getState().beforeShown === shown) return;
      const before = fitting.start() ?? openedDesign;
      if (before === null) return;
      uiStore.setState({ beforeShown: shown });
      if (buses.hasBefore()) buses.showBefore(shown);
      else show(shown ? before : undefined);
    },
    dispose() {
      for (const end of unsubscribe) end();
      client.dispose();
    },
  };
}

function engineIssue(message: string) {
  return {
    severity: 'error',
    code: 'engine',
    nodeId: null,
    paramId: null,
    message,
    fix: 'Change the design, or choose another backend in the settings.',
  } as const;
}
