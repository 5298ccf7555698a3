/**
 * Where a fit is, as plain data: what going on exactly as if it had not been interrupted takes, together with the design
 * at its start and the options. Pages keep it in the browser's database over a reload.
 */
import type { FitMethod } from '../../graph/fitOptions.ts';
import type { BackendName } from '../backendName.ts';
import type { LevenbergMarquardtState } from './levenbergMarquardt.ts';
import type { DescentProgress } from './optimisers/descend.ts';
import type { EndedStart } from './starts.ts';

export const SNAPSHOT_VERSION = 2;

export interface FitSnapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  readonly method: FitMethod;
  readonly backend: BackendName;
  /** Steps so far, as they are shown. */
  readonly iteration: number;
  /** Steps of this start that count against the most that the options allow. */
  readonly spent: number;
  /** Of these, what was done before the walk began anew at its last values, as on another backend; absent where none. */
  readonly before?: number;
  /** Loss now, and when the fit began. */
  readonly loss: number;
  readonly startLoss: number;
  readonly seconds: number;
  /** Starts that have come to their end. */
  readonly starts: readonly EndedStart[];
  /** Whether values that wait for the others have joined them. */
  readonly isWhole: boolean;
  /** Where the present stage began: values that wait stay there. */
  readonly from: Float64Array;
  readonly walk:
    | ({ readonly kind: 'damped' } & { readonly state: LevenbergMarquardtState })
    | ({ readonly kind: 'descent' } & DescentProgress);
}

/** What a fit goes on from; without a walk only its values are known. */
export type FitResume = Omit<FitSnapshot, 'walk'> & { readonly walk: FitSnapshot['walk'] | null };

/**
 * A snapshot as a backend can use it: another one rounds otherwise and keeps other things for its steps, so that there
 * the walk begins anew at the best values so far.
 */
export function resumeOn(snapshot: FitSnapshot, backend: BackendName): FitResume {
  if (snapshot.backend === backend) return snapshot;
  const { walk, spent } = snapshot;
  const from = walk.kind === 'descent' ? walk.state.best : walk.state.point;
  return { ...snapshot, backend, from, before: spent, walk: null };
}

/** What a person is told of a fit that went on from values alone. */
export function anewSentence({ backend, iteration }: FitSnapshot, now: BackendName): string {
  return `The fit went on from the values of step ${iteration}, which ${backendTitle(backend)} had reached, on ${backendTitle(now)}: its steps began anew there.`;
}

function backendTitle(backend: BackendName): string {
  return { webgpu: 'WebGPU', wasm: 'WASM', f64: 'the float64 reference' }[backend];
}
