/**
 * Messages between the page and the engine worker. Types only. Every request carries `seq`; the engine answers
 * each with exactly one of its result types, `failed` or `cancelled`. Results name the revision they belong to
 * and the client drops those that are not current.
 */
import type { Correlation } from '../graph/correlation.ts';
import type { Design, Issue, Prior } from '../graph/document.ts';
import type { FoundSpheres } from '../graph/findSpheres.ts';
import type { FitMethod, FitOptions } from '../graph/fitOptions.ts';
import type { HeldValue } from '../graph/held.ts';
import type { LocalisedFrame, LocaliseOptions } from '../graph/localisations.ts';
import type { RefitOptions } from '../graph/refitOptions.ts';
import type { RefitParameter } from '../graph/refitTable.ts';
import type { FrameFit, TrackOptions } from '../graph/trajectories.ts';
import type { PolarisationLattice } from '../optics/analysis/ellipses.ts';
import type { Analysis, Readout, SimulationGrid } from '../optics/element.ts';
import type { PortType } from '../optics/values.ts';
import type { Scaling, ViewMode } from '../pictures/scaling.ts';
import type { PictureStyle } from '../pictures/style.ts';
import type { BackendName } from './backendName.ts';
import type { DescentEnding } from './fit/optimisers/descend.ts';
import type { FitSnapshot } from './fit/snapshot.ts';
import type { StartsReport } from './fit/starts.ts';

export const PROTOCOL_VERSION = 2;

export type { BackendName };
export type BackendChoice = 'auto' | BackendName;

export type { FitSnapshot, ViewMode };

/** A picture to be had in numbers, at full size. */
export interface ViewRequest {
  readonly nodeId: string;
  readonly mode: ViewMode;
  /** Plane of a stack; clamped. Null: the one in the middle, which is in focus in most stacks. */
  readonly plane: number | null;
  readonly layer: Layer;
  /** With the polarisation of light on a coarse lattice. */
  readonly polarisation?: true;
}

/** The plane that a request shows of a stack. */
export function planeOfRequest(wanted: number | null, planes: number): number {
  if (wanted === null) return Math.floor(planes / 2);
  return Math.min(Math.max(0, Math.round(wanted)), Math.max(0, planes - 1));
}

/**
 * What of a node is shown: its first output or the one named, or, of a comparison, its target or residual.
 */
export type Layer = 'output' | `output:${string}` | 'target' | 'residual';

/** The layer of an output; null for the first. */
export function outputLayer(port: string | null): Layer {
  return port === null ? 'output' : `output:${port}`;
}

export interface View {
  readonly nodeId: string;
  readonly mode: ViewMode;
  readonly layer: ViewRequest['layer'];
  readonly portType: PortType;
  /** [ny, nx]. */
  readonly shape: readonly [number, number];
  readonly data: Float32Array;
  readonly planes: number;
  readonly plane: number;
  /** Metres between samples of `data` (0 where the axis is not a length). */
  readonly pitch: number;
  /** Unit of the values: 'W/m²', 'photons', 'counts', 'rad', 'relative', ... */
  readonly unit: string;
  /** Where it was asked for and the value is light. */
  readonly polarisation?: PolarisationLattice;
}

/** A small picture, coloured by the engine. */
export interface PreviewRequest extends ViewRequest {
  /** Longest side wanted; larger images are reduced by averaging (phase: by picking). 0 = full size. */
  readonly maxSize: number;
  readonly style: PictureStyle;
}

export type PreviewPixels =
  /** RGBA bytes, row-major. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8ClampedArray<ArrayBuffer> }
  /** A part of a picture that holds all previews of the frame; from its left and upper edge, in pixels. */
  | { readonly kind: 'tile'; readonly surface: ImageBitmap; readonly x: number; readonly y: number };

export interface Preview {
  readonly nodeId: string;
  readonly mode: ViewMode;
  readonly layer: ViewRequest['layer'];
  readonly portType: PortType;
  /** [ny, nx] of the pixels. */
  readonly shape: readonly [number, number];
  readonly pixels: PreviewPixels;
  readonly planes: number;
  readonly plane: number;
  /** The scaling that was taken where the style leaves it open. */
  readonly scaling: Scaling;
  /** Most of the picture is far darker than its peak. */
  readonly highContrast: boolean;
  /** The value where it is one number, in `unit`; null for a picture. */
  readonly number: number | null;
  readonly unit: string;
  /** Metres between samples before they were reduced (0 where the axis is not a length). */
  readonly pitch: number;
}

/** Numbers and charts to be had: of an analysis node, or (`port`) of what travels from one of a node's outputs. */
export interface AnalysisRequest {
  readonly nodeId: string;
  readonly port: string | null;
  /** Only where it costs next to nothing: for what nobody asked for by name. */
  readonly brief?: true;
}

/** Whether the samples on a wire can be trusted, with the reason in a sentence. */
export interface WireHealth {
  readonly level: 'good' | 'doubtful' | 'bad';
  readonly reason: string;
}

export interface Analysed extends AnalysisRequest, Analysis {
  /** What numbers do not say: kind and axes of what travels on a wire. */
  readonly facts: readonly { readonly title: string; readonly text: string }[];
  /** Null for analysis nodes. */
  readonly health: WireHealth | null;
}

/** What the page wants to see. */
export interface Wanted {
  readonly views: readonly ViewRequest[];
  readonly previews: readonly PreviewRequest[];
  /** Absent where nobody looks at one. */
  readonly analyses?: readonly AnalysisRequest[];
}

export interface Pictures {
  readonly views: readonly View[];
  readonly previews: readonly Preview[];
  /** Absent where none was asked for. */
  readonly analyses?: readonly Analysed[];
}

export interface ParameterResult {
  readonly path: string;
  readonly title: string;
  readonly start: number;
  readonly value: number;
  /** Standard error (SI); null when the data cannot determine it. */
  readonly sigma: number | null;
  readonly unit: string;
  readonly atBound: boolean;
  /** Largest distance of the value that another comparison gives, beyond noise (SI); absent where none was made. */
  readonly spread?: number;
  readonly display: { readonly value: number; readonly sigma: number | null; readonly unit: string };
  /** What was known of it before the fit; absent where nothing was. */
  readonly prior?: PriorResult;
  /** Pixel coordinate, for lateral positions. */
  readonly pixel: number | null;
}

/** What was known of a value before the fit, SI. */
interface PriorResult extends Prior {
  /** Of what is known in the end, how much was known before: σ² / (standard error of the prior)²; null without errors. */
  readonly share: number | null;
  /** In the display unit. */
  readonly display: Prior;
}

/** A map that a fit has learned. */
export interface FittedMap {
  readonly path: string;
  readonly title: string;
  readonly cells: number;
  /** [cells, cells], SI: little-endian float32, base64, as in a document. */
  readonly data: string;
}

export interface FitProgress {
  readonly iteration: number;
  readonly loss: number;
  readonly phase: 'search' | 'fit';
  /** Which of several starts it belongs to, from 0; absent where there is one. */
  readonly start?: number;
  /** Share of the coarse search that is done, 0 to 1; null outside it. */
  readonly searched: number | null;
  /** Current values, "node.param" -> SI. */
  readonly values: { readonly [path: string]: number };
}

/** Where values are that followed a goal. */
export interface Followed {
  /** "node.param" -> SI. */
  readonly values: FitProgress['values'];
  readonly maps: readonly FittedMap[];
  readonly loss: number;
  readonly steps: number;
  readonly evaluations: number;
  /** Titles of values that stand at a limit. */
  readonly atBound: readonly string[];
}

/** What the curve of the loss is made of. */
export type FitStepNote = Pick<FitProgress, 'iteration' | 'loss' | 'phase' | 'start'>;

/** A number that a design run was to better, in its display unit. */
export interface GoalNumber {
  readonly node: string;
  readonly title: string;
  readonly before: number;
  readonly after: number;
  readonly unit: string;
}

/** What standard errors are made from. */
export interface ErrorSource {
  /** The noise of a pixel: as the camera or its counts give it, or as what the model leaves over of the image. */
  readonly noise: 'given' | 'residual';
  /** On the errors of the given noise, where the residual is larger than it; else 1. */
  readonly factor: number;
}

export interface FitResult {
  readonly parameters: readonly ParameterResult[];
  /** Maps that were learned; absent without any. */
  readonly maps?: readonly FittedMap[];
  readonly loss: { readonly start: number; readonly end: number };
  readonly reducedChiSquare: number | null;
  /** Pixels that were compared less the unknowns; absent where no pixels were. */
  readonly freedom?: number;
  /** Absent where the values have no errors. */
  readonly errorSource?: ErrorSource;
  /** Of a design run, which has no data; absent where an image was fitted. */
  readonly goals?: readonly GoalNumber[];
  readonly iterations: number;
  readonly seconds: number;
  readonly backend: BackendName;
  readonly converged: boolean;
  /** What it was fitted with. */
  readonly method?: FitMethod;
  /** Why it ended; `converged` sums it up. */
  readonly ending?: DescentEnding;
  /** How fits from several starts ended; absent where there was one. */
  readonly starts?: StartsReport;
  /** The same image compared otherwise; absent where it was not. */
  readonly comparisons?: readonly {
    readonly title: string;
    /** Value by path, SI. */
    readonly values: { readonly [path: string]: number };
  }[];
  /** How errors of the values hang together; absent where there are none. */
  readonly correlation?: Correlation;
  /** Paths of values whose signs turn, with the same images, if the stage moved the other way; absent without any. */
  readonly turning?: readonly string[];
  /** What the model took as known. */
  readonly held?: readonly HeldValue[];
  /** Plain sentences: unidentifiable mixes, strong correlations, bounds hit. */
  readonly warnings: readonly string[];
}

/** What errors a fit of one image would have, before there is one: from the derivatives of the image and its noise. */
export interface ExpectedErrors {
  /** `start` and `value` are those of the design. */
  readonly parameters: readonly ParameterResult[];
  readonly correlation: Correlation;
  /** Mixes that the image tells least of, weakest first. */
  readonly weakest: readonly {
    /** Share of the information that is left to the mix: 1 where its values share none, 0 for none. */
    readonly information: number;
    readonly mix: readonly { readonly path: string; readonly share: number }[];
  }[];
  readonly noise: ExpectedNoise;
  readonly pixels: number;
  readonly backend: BackendName;
  readonly seconds: number;
  /** Plain sentences with what to do. */
  readonly warnings: readonly string[];
}

/** Photons and read noise of the camera, or one standard deviation for all pixels, in the image's unit. */
export type ExpectedNoise =
  | { readonly kind: 'photons' }
  | { readonly kind: 'gaussian'; readonly deviation: number };

export interface RefitReport {
  /** Images that were simulated and fitted, and fits that settled. */
  readonly images: number;
  readonly settled: number;
  readonly parameters: readonly RefitParameter[];
  readonly backend: BackendName;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** The same design on another grid, compared with its own. */
export interface ConvergenceStep {
  /** “half the pitch”, “twice the window”. */
  readonly title: string;
  readonly grid: SimulationGrid;
  /** Relative change at the samples that both grids have; null where they have none. */
  readonly image: { readonly rms: number; readonly peak: number } | null;
  readonly readouts: readonly {
    readonly readout: Readout;
    readonly after: number;
    readonly change: number;
  }[];
}

export interface ConvergenceReport {
  readonly nodeId: string;
  readonly grid: SimulationGrid;
  readonly steps: readonly ConvergenceStep[];
  readonly level: WireHealth['level'];
  /** A sentence with what to do. */
  readonly verdict: string;
}

/** One measured thing: what it is and how long one takes (median over the runs). */
export interface DiagnosisRow {
  readonly id: string;
  readonly title: string;
  readonly milliseconds: number;
  readonly runs: number;
}

/** What an engine finds out about itself on this machine. */
export interface Diagnosis {
  readonly backend: BackendName;
  readonly adapter: string | null;
  readonly reason: string;
  /** Threads of the processor that compute; null where the graphics card does. */
  readonly threads: number | null;
  /** Whether the worker is cross-origin isolated, which several threads need. */
  readonly isolated: boolean;
  readonly selfTest: { readonly ok: boolean; readonly detail: string };
  readonly rows: readonly DiagnosisRow[];
}

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
