/** The document: plain JSON, SI units, names instead of positions. */
import type { Fix, SimulationGrid, TableRow } from '../optics/element.ts';

/** Zernike coefficients are keyed by Noll index; a list holds one value per plane, or the rows of a table. */
export type ParamData =
  | number
  | string
  | boolean
  | readonly number[]
  | { readonly [key: string]: number }
  | readonly TableRow[];

export interface DesignNode {
  /** Stable for ever: letters, digits, - and _; scripts refer to it. */
  readonly id: string;
  readonly type: string;
  readonly title?: string;
  readonly position: { readonly x: number; readonly y: number };
  /** Only what differs from the element's defaults. */
  readonly params: { readonly [name: string]: ParamData };
  readonly bypassed?: boolean;
}

export interface DesignEdge {
  readonly id: string;
  readonly from: { readonly node: string; readonly port: string };
  readonly to: { readonly node: string; readonly port: string };
}

/** An image that belongs to the document. */
export type DesignImage =
  | {
      readonly kind: 'measured';
      readonly name: string;
      readonly shape: readonly number[];
      /** Little-endian float32, base64. */
      readonly data: string;
      /** Value at which the detector clips, if known. */
      readonly saturationLevel: number | null;
      /** Drawn by hand: strokes go into this very image, while others are left alone and a copy takes them. */
      readonly painted?: true;
    }
  | {
      /** Made by the design itself with other values: a simulated measurement with known truth. */
      readonly kind: 'simulated';
      readonly name: string;
      /** Camera node whose image it is. */
      readonly camera: string;
      /** "node.param" -> value (SI); every number and table not named here is at its element's default. */
      readonly truth: { readonly [path: string]: number | readonly number[] | readonly TableRow[] };
      readonly noise: boolean;
      readonly seed: number;
    };

/** What is known of a number before a fit: a normal distribution, SI. */
export interface Prior {
  readonly mean: number;
  /** Standard deviation, above 0. */
  readonly sigma: number;
}

export interface Design {
  readonly format: 'luminode';
  readonly formatVersion: 1;
  readonly title: string;
  readonly description?: string;
  /** Id of the ready system that it began as: the page shows what is known of it. */
  readonly example?: string;
  readonly grid: SimulationGrid;
  readonly seed: number;
  readonly nodes: readonly DesignNode[];
  readonly edges: readonly DesignEdge[];
  /** "node.param", "node.zernike.8", "node.param.*" for one value per plane, "node.table.2.x", "node.table.*.x". */
  readonly learn: readonly string[];
  /** By paths as in `learn`: `node.photons.*` holds for each plane. Numbers that are not learned have no use for it. */
  readonly priors?: { readonly [path: string]: Prior };
  /**
   * "node.param", "node.zernike.8" or "node.table.2.x" -> the expression that it follows: "2*lens.focalLength". The
   * node's own value is what the expression gave last.
   */
  readonly links?: { readonly [path: string]: string };
  readonly images: { readonly [id: string]: DesignImage };
}

export type Severity = 'error' | 'warning' | 'info';

/** A problem, for a person: where, what is wrong, what to do. */
export interface Issue {
  readonly severity: Severity;
  readonly code: string;
  readonly nodeId: string | null;
  readonly paramId: string | null;
  readonly message: string;
  readonly fix: string;
  /** The same as edits, where they are known. */
  readonly apply?: Fix;
}
