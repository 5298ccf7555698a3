/** A fit as the page sees it: where it is, and how it goes on in another worker when its own has died. */
import { registry } from '../graph/catalogue.ts';
import type { Design, Issue } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import { getAt, setAt } from '../graph/paths.ts';
import { planeCount } from '../graph/validate.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import type { FitProgress, FitResult, FitStepNote, Wanted } from './protocol.ts';

export type FitOutcome =
  | { readonly kind: 'done'; readonly result: FitResult; readonly trail: readonly FitStepNote[] }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly issues: readonly Issue[];
      /** Not the fit failed but its engine, or it was busy: another try may go on. */
      readonly canGoOn?: true;
    };

export interface FitRequest extends Wanted {
  readonly revision: number;
  readonly design: Design;
}

export interface RunningFit {
  /** As it was asked for. */
  readonly request: FitRequest;
  readonly options: FitOptions;
  readonly settle: (outcome: FitOutcome) => void;
  /** When it was asked for, milliseconds. */
  readonly began: number;
  seq: number;
  /** The last that was heard of it: every message brings the values, about thirty times a second. */
  checkpoint: FitProgress | null;
  /** What going on exactly there takes, of the design as it was asked for; null before the first. */
  snapshot: FitSnapshot | null;
  /** Step at which the living worker took over; null where it began. */
  from: number | null;
  /** Steps that dead workers did and the living one does not know of. */
  done: number;
  /** Loss at the start, as the first worker saw it. */
  startLoss: number | null;
  restarts: number;
  paused: boolean;
}

/** Workers that one fit may outlive. */
export const MOST_RESTARTS = 3;

export function newFit(
  request: FitRequest,
  options: FitOptions,
  settle: RunningFit['settle'],
  snapshot: FitSnapshot | null = null,
): RunningFit {
  const nothing = { seq: 0, checkpoint: null, from: null, done: 0, restarts: 0, paused: false };
  const startLoss = snapshot?.startLoss ?? null;
  return { request, options, settle, began: Date.now(), ...nothing, snapshot, startLoss };
}

/** Keeps what a worker tells; its count of steps goes on from that of the workers before. */
export function noted(fit: RunningFit, progress: FitProgress): FitProgress {
  const counted = { ...progress, iteration: progress.iteration + fit.done };
  fit.checkpoint = counted;
  fit.startLoss ??= progress.loss;
  return counted;
}

/** Steps of a worker counted on from those of the workers before. */
export function laterBy(done: number, trail: readonly FitStepNote[]): readonly FitStepNote[] {
  return done === 0 ? trail : trail.map((note) => ({ ...note, iteration: note.iteration + done }));
}

/** What a worker is asked. */
export interface Asked {
  readonly request: FitRequest;
  readonly options: FitOptions;
  readonly resume: FitSnapshot | null;
}

/** Keeps a snapshot; one of values that another worker had reached belongs to another start. */
export function kept(fit: RunningFit, snapshot: FitSnapshot): FitSnapshot | null {
  if (fit.done > 0) return null;
  fit.snapshot = snapshot;
  return snapshot;
}

/**
 * What is asked of the next worker: to go on from the last values, or to begin again where the search for a start had
 * not come to an end.
 */
export function continued(fit: RunningFit): Asked {
  fit.restarts += 1;
  const { checkpoint, request, options, snapshot } = fit;
  if (snapshot !== null) {
    fit.from = snapshot.iteration;
    return { request, options, resume: snapshot };
  }
  if (checkpoint === null || checkpoint.phase === 'search') {
    fit.done = 0;
    fit.from = null;
    return { request, options, resume: null };
  }
  fit.done = checkpoint.iteration;
  fit.from = checkpoint.iteration;
  const planes = planeCount(request.design, registry);
  const design = Object.entries(checkpoint.values).reduce(
    (soFar, [path, value]) => withValue(soFar, path, value, planes),
    request.design,
  );
  const maxIterations = Math.max(1, options.maxIterations - fit.done);
  return {
    ...{ request: { ...request, design }, resume: null },
    options: { ...options, coarseSearch: false, maxIterations },
  };
}

function withValue(design: Design, path: string, value: number, planes: number): Design {
  try {
    return setAt(design, registry, path, value, planes);
  } catch {
    // The engine that is gone named a path that the design does not have; there is nothing to go on from.
    return design;
  }
}

/** The result as of one fit, although several workers did it. */
export function wholeResult(fit: RunningFit, result: FitResult): FitResult {
  if (fit.restarts === 0) return result;
  const times = fit.restarts === 1 ? 'once' : `${fit.restarts} times`;
  const from = fit.from === null ? 'began again' : `went on from step ${fit.from}`;
  return {
    ...result,
    parameters: result.parameters.map((parameter) => ({
      ...parameter,
      start: startOf(fit.request.design, parameter.path) ?? parameter.start,
    })),
    loss: { ...result.loss, start: fit.startLoss ?? result.loss.start },
    iterations: result.iterations + fit.done,
    seconds: (Date.now() - fit.began) / 1000,
    warnings: [`The engine was restarted ${times} during this fit, which ${from}.`, ...result.warnings],
  };
}

function startOf(design: Design, path: string): number | null {
  try {
    const value = getAt(design, registry, path);
    return typeof value === 'number' ? value : null;
  } catch {
    return null;
  }
}
