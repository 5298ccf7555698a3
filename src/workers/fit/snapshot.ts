/**
 * Where a fit is, as plain data: what going on exactly as if it had not been interrupted takes, together with the design
 * at its start and the options. Pages keep it in the browser's database over a reload.
 */
import type { FitMethod } from '../../graph/fitOptions.ts';
import type { BackendName } from '../backendName.ts';
import type { LevenbergMarquardtState } from './levenbergMarquardt.ts';
import type { DescentProgress } from './optimisers/descend.ts';
import type { EndedStart } from './starts.ts';

export const SNAPSHOT_VERSION = 1;

export interface FitSnapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  readonly method: FitMethod;
  readonly backend: BackendName;
  /** Steps so far, as they are shown. */
  readonly iteration: number;
  /** Steps of this start that count against the most that the options allow. */
  readonly spent: number;
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
