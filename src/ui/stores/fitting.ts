/**
 * The document's fit: begun, driven by a person, told of while it runs, and written into the document as one step that
 * can be undone. One that a reload cut off is offered to be gone on with. React-free.
 */
import { suitable } from '../../graph/adamOnly.ts';
import type { Design } from '../../graph/document.ts';
import { setGrid } from '../../graph/edit.ts';
import { learnableMaps } from '../../graph/maps.ts';
import type { Registry } from '../../graph/registry.ts';
import { estimateStart, unlearned } from '../../graph/startEstimates.ts';
import type { SimulationGrid } from '../../optics/element.ts';
import type { EngineClient, FitOutcome, ProgressSeen } from '../../workers/engineClient.ts';
import type { FitProgress, FittedMap } from '../../workers/protocol.ts';
import type { AllBuses } from './allBuses.ts';
import { sameLight, unchangedSince, withMaps, withParamsOf, withValues } from './designValues.ts';
import type { DocumentStore } from './documentStore.ts';
import { type createEngineStore, IDLE_FIT, type LossSample, setFit } from './engineStore.ts';
import {
  createFitCheckpoints,
  type InterruptedFit,
  type KeptFit,
  type StoredFits,
} from './fitCheckpoints.ts';
import { contentKey } from './fitRecord.ts';
import { createPace, describeEnding } from './fitWords.ts';
import type { Following } from './following.ts';
import type { createSettingsStore } from './settingsStore.ts';
import { inOriginalPixels } from './targetImports.ts';
import { announce, toast } from './uiStore.ts';

/** What the session lends it. */
export interface FittingParts {
  readonly client: EngineClient;
  readonly registry: Registry;
  readonly documents: DocumentStore;
  readonly engine: ReturnType<typeof createEngineStore>;
  readonly settings: ReturnType<typeof createSettingsStore>;
  readonly buses: AllBuses;
  readonly following: Pick<Following, 'finish'>;
  /** Where running fits are kept; null for nowhere. */
  readonly fits: StoredFits | null;
  /** Shows the document, or another design in its place. */
  readonly show: (design?: Design) => void;
  /** The document as it was opened. */
  readonly openedDesign: () => Design | null;
}

/** What a fit came to. */
interface Ended {
  readonly values: FitProgress['values'];
  readonly maps: readonly FittedMap[];
}

export interface Fitting {
  /** Begins a fit, or goes on with one that is paused. */
  readonly run: () => void;
  readonly pause: () => void;
  readonly step: () => void;
  readonly stop: () => void;
  /** Goes on with a fit that was interrupted; does nothing where there is none. */
  readonly goOn: () => void;
  /** Fits another design than the document's, which stays as it is. Paused and stopped like a fit. Never rejects. */
  readonly fitAside: (design: Design) => Promise<FitOutcome>;
  /** Puts the values back that the last fit started from, and again those that were opened; nothing where no fit ran. */
  readonly resetToStart: () => void;
  /** What the last fit started from. */
  readonly start: () => Design | null;
  readonly receive: (progress: FitProgress, seen: ProgressSeen) => void;
  /** Tells at once what is otherwise told now and then. */
  readonly flush: () => void;
  /** The document is left: its fit is kept for who comes back. */
  readonly leave: () => void;
  /** Another document is there: what is known of its fit is told. */
  readonly opened: () => void;
  /** The document was changed in some way: a fit of what it was is no longer offered. */
  readonly edited: () => void;
  /** The document's light was changed: what is fitted of it stops, unless the fit itself has written. */
  readonly overwritten: () => void;
}

/** Field texts and curves follow the fit at this pace; pictures follow every message. */
const PROGRESS_MILLISECONDS = 100;

export function createFitting(parts: FittingParts): Fitting {
  const { client, registry, documents, engine, settings, buses, following, show } = parts;
  let fitStart: Design | null = null;
  let latest: FitProgress | null = null;
  let samples: LossSample[] = [];
  let progressTimer: ReturnType<typeof setTimeout> | undefined;
  /** Pictures that the running fit sends, to tell whether others are wanted. */
  let fitWants = '';
  /** Sampling that the running fit works with. */
  let fitGrid: SimulationGrid | null = null;
  /** Set while the fit itself writes to the document, so that it is not stopped by that. */
  let writing = false;
  /** Set when the user wants the values of before the running fit back. */
  let discarding = false;
  /** A design that is not the document's is fitted: nothing of it is shown, and changes of the document go on. */
  let aside = false;
  const pace = createPace();
  const checkpoints = createFitCheckpoints(parts.fits);
  /** The document's fit that runs. */
  let keptFit: KeptFit | null = null;
  /** What can be gone on with, and the document's design that it belongs to. */
  let interrupted: { readonly fit: InterruptedFit; readonly of: Design } | null = null;

  function receive(progress: FitProgress, pictures: ProgressSeen): void {
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
    progressTimer ??= setTimeout(flush, PROGRESS_MILLISECONDS);
  }

  function sample(notes: readonly LossSample[]): void {
    // While errors are told the loss stays where it is.
    for (const note of notes) if (Number.isFinite(note.loss) && note.phase !== 'errors') samples.push(note);
  }

  function flush(): void {
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
    flush();
    const ended = endOf(outcome);
    if (!discarding) write(start, ended);
    discarding = false;
    tell(outcome, start, ended);
    if (wasCutOff) {
      const { design, epoch } = documents.getState();
      kept.leave(contentKey(design));
      void offerToGoOn(epoch);
    }
    show();
  };

  const endOf = (outcome: FitOutcome): Ended => {
    if (outcome.kind !== 'done') return { values: latest?.values ?? {}, maps: [] };
    const { parameters, maps = [] } = outcome.result;
    return { values: Object.fromEntries(parameters.map(({ path, value }) => [path, value])), maps };
  };

  const write = (start: Design, { values, maps }: Ended): void => {
    writing = true;
    documents.getState().apply('Fit', (design) => {
      // A value that the user changed while the fit ran stays the user's.
      const own = unchangedSince(start, design, registry, values);
      const fitted = withMaps(withValues(design, registry, own), registry, maps);
      return design.grid === start.grid ? setGrid(fitted, fitGrid ?? fitted.grid) : fitted;
    });
    writing = false;
  };

  const tell = (outcome: FitOutcome, start: Design, { values, maps }: Ended): void => {
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
      return;
    }
    // The key is that of the fitted values, also where the user's own took their place meanwhile.
    const fitted = setGrid(
      withMaps(withValues(start, registry, values), registry, maps),
      fitGrid ?? start.grid,
    );
    // The maps are in the document.
    const { maps: _, ...told } = result;
    documents.getState().keepFit({ result: told, key: contentKey(fitted) });
    toast(describeEnding(result), result.converged ? 'good' : 'info');
  };

  /** What can be seen in a measured image is estimated again: pitch and wavelength may have changed since. */
  const preparedDesign = (design: Design): Design => {
    // A free map takes what another fit has left: it begins where that ended.
    const goesOn = documents.getState().fit !== null && learnableMaps(design, registry).length > 0;
    const isWanted = settings.getState().estimateStart && !goesOn;
    return isWanted ? estimateStart(design, registry, unlearned(design)) : design;
  };

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
    flush();
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

  const stop = (): void => {
    if (engine.getState().fit.status === 'idle') return;
    setFit(engine, { status: 'stopping' });
    client.control('stopFit');
  };

  return {
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
    fitAside,
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
        const opened = parts.openedDesign();
        // Who is there already wants what was opened, before any fit.
        return opened !== null && contentKey(before) === contentKey(design)
          ? withParamsOf(design, opened)
          : before;
      });
    },
    start: () => fitStart,
    receive,
    flush,
    leave() {
      fitStart = null;
      // Who comes back to that document can go on with it.
      keptFit?.leave();
      keptFit = null;
    },
    opened() {
      const { epoch, fit } = documents.getState();
      setFit(engine, { ...IDLE_FIT, result: fit?.result ?? null });
      void offerToGoOn(epoch);
    },
    edited() {
      if (interrupted !== null && !sameLight(interrupted.of, documents.getState().design))
        forgetInterrupted();
    },
    overwritten() {
      if (!writing && !aside && engine.getState().fit.status !== 'idle') stop();
    },
  };
}
