/** A fit as the page sees it: where it is, and how it goes on in another worker when its own has died. */
import { registry } from '../graph/catalogue.ts';
import type { Design, Issue } from '../graph/document.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import { getAt, setAt } from '../graph/paths.ts';
import { planeCount } from '../graph/validate.ts';
import type { FitProgress, FitResult, FitStepNote, Wanted } from './protocol.ts';

export type FitOutcome =
  | { readonly kind: 'done'; readonly result: FitResult; readonly trail: readonly FitStepNote[] }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string; readonly issues: readonly Issue[] };

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
  /** Steps that dead workers did. */
  done: number;
  /** Loss at the start, as the first worker saw it. */
  startLoss: number | null;
  restarts: number;
  paused: boolean;
}

/** Workers that one fit may outlive. */
export const MOST_RESTARTS = 3;

export function newFit(request: FitRequest, options: FitOptions, settle: RunningFit['settle']): RunningFit {
  const nothing = { seq: 0, checkpoint: null, done: 0, startLoss: null, restarts: 0, paused: false };
  return { request, options, settle, began: Date.now(), ...nothing };
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

/**
 * What is asked of the next worker: to go on from the last values, or to begin again where the search for a start had
 * not come to an end.
 */
export function continued(fit: RunningFit): { readonly request: FitRequest; readonly options: FitOptions } {
  fit.restarts += 1;
  const { checkpoint, request, options } = fit;
  if (checkpoint === null || checkpoint.phase === 'search') {
    fit.done = 0;
    return { request, options };
  }
  fit.done = checkpoint.iteration;
  const planes = planeCount(request.design, registry);
  const design = Object.entries(checkpoint.values).reduce(
    (soFar, [path, value]) => withValue(soFar, path, value, planes),
    request.design,
  );
  const maxIterations = Math.max(1, options.maxIterations - fit.done);
  return { request: { ...request, design }, options: { ...options, coarseSearch: false, maxIterations } };
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
  const from = fit.done === 0 ? 'began again' : `went on from step ${fit.done}`;
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
