/** A ready system of the gallery: a design and the number that proves it. */
import type { Quantity } from '../../optics/units.ts';
import type { Design } from '../document.ts';

export type ExampleTopic =
  | 'imaging'
  | 'microscopes'
  | 'waves'
  | 'beams'
  | 'fourier'
  | 'masks'
  | 'aberrations'
  | 'coherence'
  | 'polarisation'
  | 'samples'
  | 'fit'
  | 'sampling';

/** What a node shows, on the host. */
export interface Measured {
  /** [ny, nx] or [planes, ny, nx]: intensity of light (W/m²), or the values of an image. */
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  /** Distance between samples, metres. */
  readonly pitch: number;
}

/** A number of the system that is known from elsewhere: tested on every backend and shown in the gallery. */
export interface Proof {
  /** What is measured, as a short phrase: “First dark ring at 0.610 λ/NA”. */
  readonly statement: string;
  /** The node whose first output is measured, and others that the measure compares it with. */
  readonly nodes: readonly [string, ...string[]];
  readonly expected: number;
  /** Largest absolute deviation; a comment beside it names the source of the error. */
  readonly tolerance: number;
  readonly quantity: Quantity;
  readonly display: string;
  /** From what the nodes show, in their order. */
  readonly measure: (...measured: readonly Measured[]) => number;
}

/** What a fit must reach from the start that the design holds: tested, and shown in the gallery and on the page. */
export interface Goal {
  /** What is measured, with its limit, as a short phrase: “Each slice is like the true one by at least 0.9”. */
  readonly statement: string;
  /** Nodes whose first outputs are measured, if any. */
  readonly nodes: readonly string[];
  readonly limit: number;
  readonly bound: 'atLeast' | 'atMost';
  readonly quantity: Quantity;
  readonly display: string;
  /** From the design, whose values and maps the fit has set, and from what the nodes show. */
  readonly measure: (design: Design, ...measured: readonly Measured[]) => number;
}

export interface Example {
  readonly id: string;
  readonly title: string;
  /** One sentence: what to do and see. */
  readonly summary: string;
  readonly topic: ExampleTopic;
  readonly level: 'start' | 'course' | 'research';
  readonly design: Design;
  /** Null only for fits, whose proof is their goal. */
  readonly proof: Proof | null;
  readonly goal?: Goal;
  /** Id of the node whose charts tell what it is about: they are open at once. */
  readonly charts?: string;
}
