/**
 * Joins the stores with the engine: what is shown, what is fitted, and what happens to the results. React-free.
 */
import { suitable } from '../../graph/adamOnly.ts';
import type { Design } from '../../graph/document.ts';
import { setGrid } from '../../graph/edit.ts';
import { getAt } from '../../graph/paths.ts';
import type { RefitOptions } from '../../graph/refitOptions.ts';
import type { Registry } from '../../graph/registry.ts';
import { estimateStart, unlearned } from '../../graph/startEstimates.ts';
import { validate } from '../../graph/validate.ts';
import type { SimulationGrid } from '../../optics/element.ts';
import {
  type ConvergenceOutcome,
  createEngineClient,
  type EngineClient,
  type ErrorsOutcome,
  type FitOutcome,
  type Frame,
  type ProgressSeen,
  type RefitOutcome,
  type SearchOutcome,
  spawnEngineWorker,
  type TrackOutcome,
  type TrackRequest,
  type WorkerLike,
} from '../../workers/engineClient.ts';
import type { FitProgress, Wanted } from '../../workers/protocol.ts';
import { allBuses } from './allBuses.ts';
import type { AnalysisBus } from './analysisBus.ts';
import { sameLight, withMaps, withParamsOf, withValues } from './designValues.ts';
import type { DocumentStore } from './documentStore.ts';
import { type createEngineStore, IDLE_FIT, type LossSample, setFit, setIssues } from './engineStore.ts';
import {
  createFitCheckpoints,
  type InterruptedFit,
  type KeptFit,
  type StoredFits,
} from './fitCheckpoints.ts';
import { contentKey } from './fitRecord.ts';
import { createPace, describeEnding } from './fitWords.ts';
import { createFollowing, type Following } from './following.ts';
import type { FrameBus, PreviewBus } from './frameBus.ts';
import type { createSettingsStore } from './settingsStore.ts';
import { inOriginalPixels } from './targetImports.ts';
import { announce, toast, uiStore } from './uiStore.ts';

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

export interface Session {
  readonly start: () => void;
  readonly run: () => void;
  readonly pause: () => void;
  readonly step: () => void;
  readonly stop: () => void;
  /** Fits another design than the document's, which stays as it is. Paused and stopped like a fit. Never rejects. */
  readonly fitAside: (design: Design) => Promise<FitOutcome>;
  /** Goes on with a fit that a reload of the page interrupted; does nothing where there is none. */
  readonly goOn: () => void;
  /** Puts the values back that the last fit started from, and again those that were opened; nothing where no fit ran. */
  readonly resetToStart: () => void;
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

/** Field texts and curves follow the fit at this pace; pictures follow every message. */
const PROGRESS_MILLISECONDS = 100;
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
  let fitStart: Design | null = null;
  let openedDesign: Design | null = null;
  let latest: FitProgress | null = null;
  let samples: LossSample[] = [];
  /** Pictures that the last request asked for. */
  let asked: Wanted = { views: [], previews: [] };
  let progressTimer: ReturnType<typeof setTimeout> | undefined;
  let slowTimer: ReturnType<typeof setTimeout> | undefined;
  let lastTimings = 0;
  /** Pictures that the running fit sends, to tell whether others are wanted. */
  let fitWants = '';
  /** Sampling that the running fit works with. */
  let fitGrid: SimulationGrid | null = null;
  /** Set while the session itself writes to the document, so that it does not stop its own fit. */
  let writing = false;
  /** Set when the user wants the values of before the running fit back. */
  let discarding = false;
  /** A design that is not the document's is fitted: nothing of it is shown, and changes of the document go on. */
  let aside = false;
  const pace = createPace();
  const checkpoints = createFitCheckpoints(parts.fits ?? null);
  /** The document's fit that runs. */
  let keptFit: KeptFit | null = null;
  /** What can be gone on with, and the document's design that it belongs to. */
  let interrupted: { readonly fit: InterruptedFit; readonly of: Design } | null = null;
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
      onProgress: receiveProgress,
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

  function receiveProgress(progress: FitProgress, pictures: ProgressSeen): void {
    // The engine may have missed a pause that came before the fit began.
    if (engine.getState().fit.status === 'paused' && latest === null) client.control('pauseFit');
    if (!aside) buses.publish(pictures);
    latest = progress;
    if (pictures.maps !== undefined) {
      setFit(engine, { maps: Object.fromEntries(pictures.maps.map((map) => [map.path, map])) });
    }
    if (pictures.snapshot) keptFit?.keep(pictures.snapshot);
    pace.note(progress.iteration, Date.now());
    const { iteration, loss, phase, start } = progress;
    sample([...pictures.trail, { iteration, loss, phase, ...(start === undefined ? {} : { start }) }]);
    progressTimer ??= setTimeout(flushProgress, PROGRESS_MILLISECONDS);
  }

  function sample(notes: readonly LossSample[]): void {
    for (const note of notes) if (Number.isFinite(note.loss)) samples.push(note);
  }

  function flushProgress(): void {
    clearTimeout(progressTimer);
    progressTimer = undefined;
    if (latest === null) return;
    const { phase, iteration, searched, values, loss } = latest;
    const stepsPerSecond = pace.stepsPerSecond();
    const shown = aside ? {} : { values };
    setFit(engine, { phase, iteration, searched, ...shown, stepsPerSecond, history: [...samples] });
    if (aside) return;
    engine.setState({ loss });
    // A fit sends the pictures that were asked for last.
    if (engine.getState().fit.status !== 'idle' && fitWants !== JSON.stringify(buses.wants())) {
      fitWants = JSON.stringify(buses.wants());
      show(withValues(documents.getState().design, registry, values));
    }
  }

  const show = (design: Design = documents.getState().design): void => {
    shownDesign = design;
    asked = buses.wants();
    client.show({ revision: documents.getState().revision, design, ...asked });
  };

  const finishFit = (outcome: FitOutcome, kept: KeptFit): void => {
    const start = fitStart;
    if (keptFit !== kept || start === null) {
      // Another document was opened meanwhile: the result belongs to nothing on screen.
      const { interruptedAt } = engine.getState().fit;
      if (keptFit === null)
        setFit(engine, { ...IDLE_FIT, interruptedAt, result: documents.getState().fit?.result ?? null });
      return;
    }
    keptFit = null;
    const wasCutOff = outcome.kind === 'failed' && outcome.canGoOn === true && !discarding;
    if (!wasCutOff) kept.end();
    if (outcome.kind === 'done') {
      const { iterations, loss } = outcome.result;
      sample(outcome.trail);
      if (samples.at(-1)?.iteration !== iterations) {
        sample([{ iteration: iterations, loss: loss.end, phase: 'fit' }]);
      }
    }
    flushProgress();
    const values =
      outcome.kind === 'done'
        ? Object.fromEntries(outcome.result.parameters.map(({ path, value }) => [path, value]))
        : (latest?.values ?? {});
    const maps = outcome.kind === 'done' ? (outcome.result.maps ?? []) : [];
    if (!discarding) {
      writing = true;
      documents.getState().apply('Fit', (design) => {
        const fitted = withMaps(
          withValues(design, registry, untouched(start, design, values)),
          registry,
          maps,
        );
        return design.grid === start.grid ? setGrid(fitted, fitGrid ?? fitted.grid) : fitted;
      });
      writing = false;
    }
    discarding = false;
    const result = outcome.kind === 'done' ? inOriginalPixels(outcome.result, start, registry) : null;
    setFit(engine, {
      status: 'idle',
      values: {},
      maps: {},
      stepsPerSecond: null,
      result,
      unseen: result !== null,
      error: outcome.kind === 'failed' ? outcome.message : null,
    });
    if (result === null) {
      const message = outcome.kind === 'failed' ? outcome.message : 'The fit was given up.';
      toast(message, outcome.kind === 'failed' ? 'error' : 'info');
    } else {
      // The key is that of the fitted values, also where the user's own took their place meanwhile.
      const fitted = setGrid(
        withMaps(withValues(start, registry, values), registry, maps),
        fitGrid ?? start.grid,
      );
      // The maps are in the document.
      const { maps: _, ...told } = result;
      documents.getState().keepFit({ result: told, key: contentKey(fitted) });
      toast(describeEnding(result), result.converged ? 'good' : 'info');
    }
    if (wasCutOff) {
      const { design, epoch } = documents.getState();
      kept.leave(contentKey(design));
      void offerToGoOn(epoch);
    }
    show();
  };

  /** A value that the user changed while the fit ran stays the user's. */
  const untouched = (start: Design, design: Design, values: FitProgress['values']): FitProgress['values'] =>
    Object.fromEntries(
      Object.entries(values).filter(
        ([path]) => getAt(design, registry, path) === getAt(start, registry, path),
      ),
    );

  /** What can be seen in a measured image is estimated again: pitch and wavelength may have changed since. */
  const preparedDesign = (design: Design): Design =>
    settings.getState().estimateStart ? estimateStart(design, registry, unlearned(design)) : design;

  /** @param resume a fit of this document to go on with; null for a new one */
  const startFit = (paused: boolean, resume: InterruptedFit | null = null): void => {
    // A goal that was let go and still settles would change the document under the fit, and so stop it.
    following.finish();
    const { id, design, revision } = documents.getState();
    if (design.learn.length === 0) {
      toast('Nothing is learnable yet: click the ◇ beside a parameter to let the fit change it.', 'info');
      return;
    }
    fitStart = design;
    latest = null;
    samples = [];
    pace.reset();
    buses.captureBefore();
    setFit(engine, { ...IDLE_FIT, status: 'running', hasStart: true });
    engine.setState({ lossBefore: engine.getState().loss });
    announce('The fit runs.');
    const pictures = buses.wants();
    fitWants = JSON.stringify(pictures);
    const prepared = resume?.design ?? preparedDesign(design);
    fitGrid = prepared.grid;
    const options = resume?.options ?? suitable(settings.getState().fit, prepared, registry);
    interrupted = null;
    const kept = checkpoints.begin(
      { id, key: contentKey(design), design: prepared, options },
      resume?.snapshot,
    );
    keptFit = kept;
    const request = { revision, design: prepared, ...pictures };
    const fitting = client.fit(request, options, resume?.snapshot ?? null);
    if (paused) {
      client.control('pauseFit');
      client.control('stepFit');
      setFit(engine, { status: 'paused' });
    }
    fitting.then(
      (outcome) => finishFit(outcome, kept),
      (error: unknown) => finishFit({ kind: 'failed', message: String(error), issues: [] }, kept),
    );
  };

  const fitAside = async (design: Design): Promise<FitOutcome> => {
    if (engine.getState().fit.status !== 'idle')
      return { kind: 'failed', message: 'A fit is running already.', issues: [] };
    following.finish();
    const { result } = engine.getState().fit;
    latest = null;
    samples = [];
    pace.reset();
    setFit(engine, { ...IDLE_FIT, status: 'running', result });
    aside = true;
    const request = { revision: documents.getState().revision, design, views: [], previews: [] };
    const outcome = await client
      .fit(request, suitable(settings.getState().fit, design, registry))
      .catch((error: unknown) => ({ kind: 'failed' as const, message: String(error), issues: [] }));
    flushProgress();
    aside = false;
    setFit(engine, { status: 'idle', values: {}, maps: {}, stepsPerSecond: null });
    show();
    return outcome;
  };

  const offerToGoOn = async (epoch: number): Promise<void> => {
    const { id, design } = documents.getState();
    interrupted = null;
    const found = await checkpoints.interrupted(id, contentKey(design));
    const now = documents.getState();
    if (found === null || now.epoch !== epoch || now.design !== design) return;
    if (engine.getState().fit.status !== 'idle') return;
    interrupted = { fit: found, of: design };
    const { iteration } = found.snapshot;
    setFit(engine, { interruptedAt: iteration });
    const action = { text: `Go on with the fit (step ${iteration})`, keys: 'Shift+G', run: goOn };
    toast('A fit of this design was interrupted.', 'info', action);
  };

  const forgetInterrupted = (): void => {
    interrupted = null;
    checkpoints.forget(documents.getState().id);
    setFit(engine, { interruptedAt: null });
  };

  const goOn = (): void => {
    const { connection, fit } = engine.getState();
    if (interrupted === null || fit.status !== 'idle') return;
    if (connection === 'ready') {
      settings.getState().set({ fit: interrupted.fit.options });
      startFit(false, interrupted.fit);
    } else toast('The engine is not ready yet; try again in a moment.', 'info');
  };

  const following = createFollowing({
    client,
    registry,
    documents,
    engine,
    buses,
    show: () => show(),
  });

  const documentChanged = (): void => {
    const { design, epoch, revision, fit } = documents.getState();
    if (openedDesign === null || openedEpoch !== epoch) {
      openedEpoch = epoch;
      openedDesign = design;
      fitStart = null;
      // Who comes back to that document can go on with it.
      keptFit?.leave();
      keptFit = null;
      engine.setState({ lossBefore: null, computed: new Set(), pictured: new Set() });
      buses.clear();
      client.setFloor(revision);
      client.control('stopFit');
      following.cancel();
      setFit(engine, { ...IDLE_FIT, result: fit?.result ?? null });
      void offerToGoOn(epoch);
    } else if (interrupted !== null && !sameLight(interrupted.of, design)) forgetInterrupted();
    setIssues(engine, { documentIssues: validate(design, registry) });
    if (following.isActive()) {
      if (!following.moved()) show();
      return;
    }
    if (shownDesign !== null && sameLight(shownDesign, design)) return;
    if (!writing && !aside && engine.getState().fit.status !== 'idle') stop();
    show();
  };
  let openedEpoch = -1;

  const stop = (): void => {
    if (engine.getState().fit.status === 'idle') return;
    setFit(engine, { status: 'stopping' });
    client.control('stopFit');
  };

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
          else flushProgress();
        }),
      );
      client.start(settings.getState().backend);
      documentChanged();
    },
    run() {
      const { status } = engine.getState().fit;
      if (status === 'idle') startFit(false);
      if (status === 'paused') {
        client.control('resumeFit');
        pace.reset();
        setFit(engine, { status: 'running' });
      }
    },
    pause() {
      if (engine.getState().fit.status !== 'running') return;
      client.control('pauseFit');
      setFit(engine, { status: 'paused' });
      announce('The fit is paused.');
    },
    step() {
      const { status } = engine.getState().fit;
      if (status === 'idle') startFit(true);
      else {
        if (status === 'running') client.control('pauseFit');
        client.control('stepFit');
        setFit(engine, { status: 'paused' });
      }
    },
    stop,
    goOn,
    following,
    fitAside,
    track: (request) => client.track(request),
    controlTrack: (type) => client.control(type),
    showInstead: (design) => show(design ?? undefined),
    converge: (nodeId) => client.converge(documents.getState().design, nodeId),
    expectErrors: () => client.expectErrors(documents.getState().design),
    simulateRefit: (options, onRefit) => client.simulateRefit(documents.getState().design, options, onRefit),
    stopRefit: () => client.control('stopFit'),
    findSpheres: (nodeId) => client.findSpheres(documents.getState().design, nodeId),
    resetToStart() {
      const start = fitStart;
      const kept = documents.getState().fit;
      if (start === null && kept === null) return;
      discarding = engine.getState().fit.status !== 'idle';
      stop();
      // After a reload, what the fit started from is known from the kept result.
      const starts = Object.fromEntries(
        kept?.result.parameters.map(({ path, start: from }) => [path, from]) ?? [],
      );
      documents.getState().apply('Reset to start', (design) => {
        if (start === null) return withValues(design, registry, starts);
        const before = withParamsOf(design, start);
        // Who is there already wants what was opened, before any fit.
        return openedDesign !== null && contentKey(before) === contentKey(design)
          ? withParamsOf(design, openedDesign)
          : before;
      });
    },
    showBefore(shown) {
      if (uiStore.getState().beforeShown === shown) return;
      const before = fitStart ?? openedDesign;
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
