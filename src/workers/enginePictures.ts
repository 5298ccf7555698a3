/** Pictures, numbers and charts that the page asks of the engine, and what comes back. SI; arrays are [ny, nx]. */
import type { PolarisationLattice } from '../optics/analysis/ellipses.ts';
import type { Analysis } from '../optics/element.ts';
import type { PortType } from '../optics/values.ts';
import type { Scaling, ViewMode } from '../pictures/scaling.ts';
import type { PictureStyle } from '../pictures/style.ts';

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
