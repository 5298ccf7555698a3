/** What commands need of an engine, wherever it runs. */
import type { Design, Issue } from '../graph/document.ts';
import type { FoundSpheres } from '../graph/findSpheres.ts';
import type { FitOptions } from '../graph/fitOptions.ts';
import type { LocalisedFrame, LocaliseOptions, LocaliseSetup } from '../graph/localisations.ts';
import type { FrameSource } from '../graph/movieFrames.ts';
import type { RefitOptions } from '../graph/refitOptions.ts';
import type { FrameFit, TrackOptions } from '../graph/trajectories.ts';
import type { Readout } from '../optics/element.ts';
import type { EvaluatedImage } from '../workers/evaluator.ts';
import type {
  BackendName,
  ExpectedErrors,
  FitProgress,
  FitResult,
  RefitReport,
} from '../workers/protocol.ts';

export interface Evaluation {
  readonly issues: readonly Issue[];
  /** By node id. */
  readonly images: ReadonlyMap<string, EvaluatedImage>;
  /** Numbers of analysis nodes, by node id. */
  readonly readings: ReadonlyMap<string, readonly Readout[]>;
}

export interface Engine {
  readonly backend: BackendName;
  /** A sentence: what computes and why. */
  readonly reason: string;
  /** @param nodes whose light is wanted beside the images of cameras */
  readonly evaluate: (design: Design, nodes: readonly string[]) => Promise<Evaluation>;
  /** Rejects with a sentence. */
  readonly fit: (
    design: Design,
    options: FitOptions,
    onProgress: (progress: FitProgress) => void,
  ) => Promise<FitResult>;
  /** Follows a movie; null where frames cannot be handed over. */
  readonly track:
    | ((
        design: Design,
        options: TrackOptions,
        source: FrameSource,
        onFrame: (fit: FrameFit) => void,
      ) => Promise<void>)
    | null;
  /** Localises the emitters of a movie; null where frames cannot be handed over. */
  readonly localise:
    | ((
        design: Design,
        options: LocaliseOptions,
        source: FrameSource,
        onFrame: (frame: LocalisedFrame) => void,
      ) => Promise<LocaliseSetup>)
    | null;
  /** What errors a fit would have; null where it is not asked for. @param noise of a pixel, instead of the camera's */
  readonly expectedErrors: ((design: Design, noise: number | null) => Promise<ExpectedErrors>) | null;
  /** Fits images that are simulated with noise; null where it is not asked for. */
  readonly simulateRefit:
    | ((design: Design, options: RefitOptions, onRefit: (done: number) => void) => Promise<RefitReport>)
    | null;
  /** Every sphere in the target of a design; null where it is not asked for. */
  readonly findSpheres: ((design: Design, nodeId: string) => Promise<FoundSpheres>) | null;
  readonly dispose: () => Promise<void>;
}
