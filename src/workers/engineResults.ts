/** What fits and other questions to the engine come to. Types only; values are SI. */
import type { Correlation } from '../graph/correlation.ts';
import type { Prior } from '../graph/document.ts';
import type { FitMethod } from '../graph/fitOptions.ts';
import type { HeldValue } from '../graph/held.ts';
import type { RefitParameter } from '../graph/refitTable.ts';
import type { Readout, SimulationGrid } from '../optics/element.ts';
import type { BackendName } from './backendName.ts';
import type { WireHealth } from './enginePictures.ts';
import type { DescentEnding } from './fit/optimisers/descend.ts';
import type { StartsReport } from './fit/starts.ts';

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
  readonly display: {
    readonly value: number;
    readonly sigma: number | null;
    readonly unit: string;
    readonly tolerance?: number | null;
  };
  /**
   * How far it alone may be off before a goal changes as `toleranceOf` says (SI); null where nothing in its range does
   * that. Absent where it was not asked.
   */
  readonly tolerance?: number | null;
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
  /** Standard errors of the same, not a number where the data say nothing; absent where none are told. */
  readonly sigma?: string;
}

/** A Zernike term of a wavefront, with its standard error; metres RMS. */
interface WavefrontTerm {
  readonly noll: number;
  readonly value: number;
  /** Null where the data do not determine it. */
  readonly sigma: number | null;
}

/** The wavefront in the pupil after a fit, terms and maps together, with standard errors. */
export interface FittedWavefront {
  /** Vacuum, metres. */
  readonly wavelength: number;
  /** Samples along a side, and the radius of the unit disc in samples. */
  readonly side: number;
  readonly radius: number;
  /** Weighted with the light, without piston, tilts and defocus, metres. */
  readonly rms: number;
  readonly rmsSigma: number | null;
  /** Of the light in the pupil, without the same. */
  readonly strehl: number;
  readonly strehlSigma: number | null;
  /** Of the whole wavefront, from piston. */
  readonly terms: readonly WavefrontTerm[];
  /** Optical path without piston, tilts and defocus, unwrapped, metres: [side, side], not a number where there is no light. */
  readonly path: string;
}

export interface FitProgress {
  readonly iteration: number;
  readonly loss: number;
  readonly phase: 'search' | 'fit' | 'errors';
  /** Which of several starts it belongs to, from 0; absent where there is one. */
  readonly start?: number;
  /** Share of the coarse search, or of the errors of maps, that is done, 0 to 1; null outside these. */
  readonly searched: number | null;
  /** Current values, "node.param" -> SI. */
  readonly values: { readonly [path: string]: number };
}

/** Values that have come to rest on their way to a goal. */
export interface FollowRest {
  /** Titles of those that stand at a limit. */
  readonly atBound: readonly string[];
}

/** Where values are that followed a goal. */
export interface Followed extends FollowRest {
  /** "node.param" -> SI. */
  readonly values: FitProgress['values'];
  readonly maps: readonly FittedMap[];
  readonly loss: number;
  readonly steps: number;
  readonly evaluations: number;
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
  /** A value that is wanted of it, “at least 0.9”, and whether the end has it; absent where more is always better. */
  readonly wanted?: { readonly text: string; readonly isMet: boolean };
}

/** What standard errors are made from. */
export interface ErrorSource {
  /** The noise of a pixel: as the camera or its counts give it, or as what the model leaves over of the image. */
  readonly noise: 'given' | 'residual';
  /** On the errors of the given noise, where the residual is larger than it; else 1. */
  readonly factor: number;
  /** Present and true where they hold what a penalty on a map takes away, too. */
  readonly withPenalty?: boolean;
  /**
   * Present and true where they are not those of the image and its noise alone: something was known before, or the
   * brightness that is not known moves the values. Divided by `factor` they are no Cramér-Rao bound then.
   */
  readonly isMixed?: true;
}

export interface FitResult {
  readonly parameters: readonly ParameterResult[];
  /** Maps that were learned; absent without any. */
  readonly maps?: readonly FittedMap[];
  /** Absent where no map in a pupil was learned with errors. */
  readonly wavefront?: FittedWavefront;
  readonly loss: { readonly start: number; readonly end: number };
  readonly reducedChiSquare: number | null;
  /** Pixels that were compared less the unknowns; absent where no pixels were. */
  readonly freedom?: number;
  /** Absent where the values have no errors. */
  readonly errorSource?: ErrorSource;
  /** Of a design run, which has no data; absent where an image was fitted. */
  readonly goals?: readonly GoalNumber[];
  /** The change of a goal that tolerances of the values allow: “0.01” of “Strehl ratio”. */
  readonly toleranceOf?: { readonly change: string; readonly of: string };
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
