/** What a fit is made of and what it tells: plain data that the parts of a fit hand on. */
import type { Prior } from '../../graph/document.ts';
import type { Image, NoiseModel } from '../../optics/values.ts';
import type { TargetImage } from './fitTarget.ts';
import type { PixelMeasure } from './measures.ts';
import type { Column } from './normalProducts.ts';
import type { Priors } from './priors.ts';

/** What a fit varies: a path with its range and natural step (SI). */
export interface FitParameter {
  readonly path: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What is known of it before the fit. */
  readonly prior?: Prior | null;
}

/** Model image on the data's scale and, where asked for, its Jacobian columns by scaled parameters. */
export interface Evaluation {
  readonly model: Float64Array | Float32Array;
  readonly columns: readonly Column[];
  readonly noise: NoiseModel | null;
  /** Standard deviation of the read noise on the data's scale, where it is given and is all the noise there is. */
  readonly readNoise: number | null;
  readonly unit: Image['unit'];
  /** From the camera's scale to the data's. */
  readonly factor: number;
}

export interface FitStatistics {
  /** With what priors add. */
  readonly merit: number;
  /** JᵀWJ by scaled parameters, of the data alone; of a robust measure JᵀJ. */
  readonly curvature: Float64Array;
  /** Σ W r² over counted pixels, or what stands for it: over the degrees of freedom, the factor on the inverse. */
  readonly weightedSquares: number;
  readonly pixels: number;
  readonly residual: Float64Array;
  /** Standard deviation per pixel as the design gives it; null where it does not. */
  readonly noise: number | null;
}

export interface TargetData extends TargetImage {
  /** How the model is compared with it. */
  readonly measure: PixelMeasure;
  readonly every: number;
  /** Other than those of the parameters. */
  readonly priors?: Priors;
  /** Of a pixel, by which priors are weighed against squares; null where it is to be found. */
  readonly variance?: number | null;
}
