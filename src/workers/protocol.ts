import type { Design, Issue } from '../graph/document.ts';
import type { FoundSpheres } from '../graph/findSpheres.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import type { LocalisedFrame, LocaliseOptions } from '../graph/localisations.ts';
import type { RefitOptions } from '../graph/refitOptions.ts';
import type { FrameFit, TrackOptions } from '../graph/trajectories.ts';
import type { ViewMode } from '../pictures/scaling.ts';
import type { BackendName } from './backendName.ts';
import type { Pictures, Wanted } from './enginePictures.ts';
import type {
  ConvergenceReport,
  Diagnosis,
  ExpectedErrors,
  FitProgress,
  FitResult,
  FitStepNote,
  FittedMap,
  Followed,
  FollowRest,
  RefitReport,
} from './engineResults.ts';
import type { FitSnapshot } from './fit/snapshot.ts';

export const PROTOCOL_VERSION = 2;

export type { BackendName };
export type BackendChoice = 'auto' | BackendName;

/** What messages carry: who sends or reads them needs this file only. */
export * from './enginePictures.ts';
export type * from './engineResults.ts';
export type { FitSnapshot, ViewMode };

/** A movie whose frames lie with the page. */
export interface MovieDescription {
  readonly name: string;
  readonly count: number;
  /** [ny, nx] of its frames. */
  readonly shape: readonly [number, number];
  readonly saturationLevel: number | null;
  /** The part that is used; all of it where it is null. */
  readonly window: {
    readonly y0: number;
    readonly y1: number;
    readonly x0: number;
    readonly x1: number;
  } | null;
  /** Divides every frame, as large as these. */
  readonly background: Float32Array | null;
}

export type ToEngine =
  | {
      readonly type: 'hello';
      readonly seq: number;
      readonly version: number;
      readonly backend: BackendChoice;
      /** False: an engine died here, and drawing on surfaces of the graphics device may have been why. */
      readonly surfaces: boolean;
    }
  /** Structure or values changed; the engine reuses everything that did not. Latest wins. */
  | (Wanted & {
      readonly type: 'show';
      readonly seq: number;
      readonly revision: number;
      readonly design: Design;
    })
  /** A later `show` says what is to be seen from then on. */
  | (Wanted & {
      readonly type: 'fit';
      readonly seq: number;
      readonly revision: number;
      readonly design: Design;
      readonly options: FitOptions;
      /** Of a fit of this design with these options that was interrupted, to go on from. */
      readonly resume?: FitSnapshot;
    })
  /** Follows a movie; its frames are asked for one by one. Paused, resumed and stopped like a fit. */
  | {
      readonly type: 'track';
      readonly seq: number;
      readonly design: Design;
      readonly options: TrackOptions;
      readonly movie: MovieDescription;
    }
  /** Localises the emitters of a movie; otherwise as above. */
  | {
      readonly type: 'localise';
      readonly seq: number;
      readonly design: Design;
      readonly options: LocaliseOptions;
      readonly movie: MovieDescription;
    }
  /** Answers `frameWanted`. */
  | {
      readonly type: 'movieFrame';
      readonly seq: number;
      readonly frame: number;
      readonly data: Float32Array | null;
      /** Why there is none; a sentence. */
      readonly problem: string | null;
    }
  | { readonly type: 'pauseFit' | 'resumeFit' | 'stepFit' | 'stopFit'; readonly seq: number }
  /** Learned values follow the design's goal until `endFollow`; pictures and values come as they go. */
  | (Wanted & {
      readonly type: 'follow';
      readonly seq: number;
      readonly revision: number;
      readonly design: Design;
    })
  /**
   * The same design with another goal, for what follows. Has no answer of its own: pictures name its revision. Latest
   * wins.
   */
  | (Wanted & {
      readonly type: 'retarget';
      readonly seq: number;
      readonly revision: number;
      readonly design: Design;
    })
  /** Ends it at once, or when it has come to rest. */
  | { readonly type: 'endFollow'; readonly seq: number; readonly how: 'stop' | 'settle' }
  /** Whether what a node gives depends on the grid; the pictures stay as they are. Latest wins. */
  | { readonly type: 'converge'; readonly seq: number; readonly design: Design; readonly nodeId: string }
  /** Every sphere in the target of a design. Latest wins. */
  | { readonly type: 'findSpheres'; readonly seq: number; readonly design: Design; readonly nodeId: string }
  /** What errors a fit of the design would have. Latest wins. */
  | { readonly type: 'expectErrors'; readonly seq: number; readonly design: Design }
  /** Images of the design's noise are simulated and fitted. Stopped like a fit; latest wins. */
  | {
      readonly type: 'simulateRefit';
      readonly seq: number;
      readonly design: Design;
      readonly options: RefitOptions;
    }
  /** A short benchmark. Meant for an engine of its own: nothing else is answered meanwhile. */
  | { readonly type: 'diagnose'; readonly seq: number }
  | { readonly type: 'ping'; readonly seq: number };

export type FromEngine =
  | {
      readonly type: 'ready';
      readonly seq: number;
      readonly version: number;
      readonly backend: BackendName;
      /** A sentence: adapter and why this backend was chosen. */
      readonly reason: string;
      readonly adapter: string | null;
    }
  | (Pictures & {
      readonly type: 'frame';
      readonly seq: number;
      readonly revision: number;
      readonly issues: readonly Issue[];
      readonly milliseconds: number;
      readonly nodeMilliseconds: { readonly [nodeId: string]: number };
      readonly bytes: number;
      /** Value of the loss node, if the design has one. */
      readonly loss: number | null;
    })
  | (Pictures & {
      readonly type: 'fitProgress';
      readonly seq: number;
      readonly revision: number;
      readonly progress: FitProgress;
      /** Steps since the message before, which were not shown. */
      readonly trail: readonly FitStepNote[];
      /** What going on from here takes: once a second, and where the fit is paused. */
      readonly snapshot?: FitSnapshot;
      /** Maps that are learned, a few times a second; absent otherwise. */
      readonly maps?: readonly FittedMap[];
    })
  | {
      readonly type: 'fitDone';
      readonly seq: number;
      readonly revision: number;
      readonly result: FitResult;
      /** Steps since the last message of progress. */
      readonly trail: readonly FitStepNote[];
    }
  | (Pictures & {
      readonly type: 'following';
      readonly seq: number;
      /** Of the newest goal that the values go towards. */
      readonly revision: number;
      readonly progress: FitProgress;
      readonly maps?: readonly FittedMap[];
      /** Where no step gains anything. */
      readonly rest?: FollowRest;
      /** The light is that of half the grid, until the goal is let go. */
      readonly isDraft?: boolean;
    })
  | {
      readonly type: 'followDone';
      readonly seq: number;
      readonly revision: number;
      readonly result: Followed;
    }
  | {
      readonly type: 'failed';
      readonly seq: number;
      readonly code: 'invalid' | 'memory' | 'internal' | 'protocol';
      readonly message: string;
      readonly issues: readonly Issue[];
    }
  | { readonly type: 'frameWanted'; readonly seq: number; readonly frame: number }
  | { readonly type: 'frameTracked'; readonly seq: number; readonly fit: FrameFit }
  | { readonly type: 'frameLocalised'; readonly seq: number; readonly found: LocalisedFrame }
  /** @property notes sentences on what is not as good as it could be */
  | { readonly type: 'trackDone'; readonly seq: number; readonly notes: readonly string[] }
  | { readonly type: 'converged'; readonly seq: number; readonly report: ConvergenceReport }
  | { readonly type: 'spheresFound'; readonly seq: number; readonly found: FoundSpheres }
  | { readonly type: 'errorsExpected'; readonly seq: number; readonly errors: ExpectedErrors }
  /** So many simulated images have been fitted. */
  | { readonly type: 'refitted'; readonly seq: number; readonly done: number }
  | { readonly type: 'refitDone'; readonly seq: number; readonly report: RefitReport }
  | { readonly type: 'diagnosing'; readonly seq: number; readonly next: string; readonly share: number }
  | { readonly type: 'diagnosed'; readonly seq: number; readonly diagnosis: Diagnosis }
  | { readonly type: 'cancelled'; readonly seq: number }
  /** The graphics device is gone or has failed; nothing else will be answered. */
  | { readonly type: 'deviceLost'; readonly seq: number; readonly message: string }
  | { readonly type: 'pong'; readonly seq: number };
