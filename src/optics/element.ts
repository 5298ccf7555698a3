/**
 * One element = one declaration. Palette, inspector, validator, compiler, documentation page, command line and
 * contract tests all derive from it; nothing about an element is written twice.
 */
import type { Ops, Real } from './ops/ops.ts';
import type { Scalar } from './ops/scalar.ts';
import type { Quantity } from './units.ts';
import type { Field, Image, PortType, PortValue, Pupil } from './values.ts';

/** Also the name of the folder in which the element's file is. */
export type ElementCategory =
  | 'sources'
  | 'samples'
  | 'lenses'
  | 'masks'
  | 'polarisation'
  | 'pupils'
  | 'interferometers'
  | 'propagation'
  | 'detection'
  | 'analysis'
  | 'fit';

export interface PortSpec {
  readonly accepts: readonly PortType[];
  readonly title: string;
  readonly optional?: boolean;
}

export interface OutputSpec {
  /** Type of the value, or the name of the input whose type it repeats. */
  readonly type: PortType | { readonly like: string };
  readonly title: string;
}

export type SearchRole = 'lateralX' | 'lateralY' | 'axial' | 'size' | 'azimuth';

interface ParamBase {
  readonly title: string;
  /** One sentence for the inspector: meaning, sign, unit where it is not obvious. */
  readonly doc: string;
  /** Shown on the node card (at most a handful per element). */
  readonly prominent?: boolean;
  /** Shown only while another parameter (a choice, or a switch as 'true' or 'false') has one of these values. */
  readonly when?: { readonly param: string; readonly is: readonly string[] };
}

/** What the element takes where the parameter is 0: in words, or as a value (SI) where the grid alone tells. */
type Automatic = string | ((grid: SimulationGrid) => number);

/** A real number with a unit: what can be learned. */
export interface QuantityParam extends ParamBase {
  readonly kind: 'quantity';
  readonly quantity: Quantity;
  readonly default: number;
  /** Legal range (SI). */
  readonly min: number;
  readonly max: number;
  /** Range of the slider (SI); a value may leave it. */
  readonly soft: readonly [number, number];
  /** Unit symbol shown by default. */
  readonly display: string;
  readonly scale: 'linear' | 'log';
  readonly learnable: boolean;
  /** A change of this size matters about as much as a unit step of the optimiser (SI). */
  readonly step: number;
  /** Part of a coarse search before a fit: positions in the image plane or along the light, size or turn of an object. */
  readonly role?: SearchRole;
  readonly automatic?: Automatic;
  /** May hold one value per plane of a stack. */
  readonly perPlane?: boolean;
}

/** Zernike coefficients by Noll index: optical path in metres RMS. Sparse; missing means zero. */
export interface ZernikeParam extends ParamBase {
  readonly kind: 'zernike';
  readonly maxIndex: number;
  readonly min: number;
  readonly max: number;
  readonly soft: readonly [number, number];
  readonly display: string;
  readonly learnable: boolean;
  readonly step: number;
}

export interface IntegerParam extends ParamBase {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly automatic?: Automatic;
}

export interface ChoiceParam extends ParamBase {
  readonly kind: 'choice';
  readonly default: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
}

export interface SwitchParam extends ParamBase {
  readonly kind: 'switch';
  readonly default: boolean;
}

/** A reference to an image that belongs to the document. */
export interface ImageParam extends ParamBase {
  readonly kind: 'image';
}

/**
 * Values on a square of cells, which can be learned one by one. In the document: one number for all cells, the id of
 * an image of the document (in the unit of the map, resampled to the cells), or `{ low, high, seed }`, evenly random.
 */
export interface MapParam extends ParamBase {
  readonly kind: 'map';
  readonly quantity: Quantity;
  /** Value of all cells. */
  readonly default: number;
  /** Legal range (SI): values are kept within. */
  readonly min: number;
  readonly max: number;
  /** Range of a random start and of the picture (SI). */
  readonly soft: readonly [number, number];
  readonly display: string;
  readonly learnable: boolean;
  /** A change of this size matters about as much as a unit step of the optimiser (SI). */
  readonly step: number;
  /** The whole number among the parameters that tells the cells per side. */
  readonly cells: string;
  /** Light gets levels that are near the values, whose derivatives pass straight through: slope and loss differ a little. */
  readonly rounded?: true;
}

/** A row of a table as the document holds it: cells that are missing have the column's default. */
export type TableRow = Readonly<Record<string, number | string>>;

/**
 * Things of one kind, one row each, whose cells can be learned one by one. Rows that name the same group (the text in
 * their cell `group`) have the shared columns in common, which are then one value and one unknown.
 */
export interface TableParam extends ParamBase {
  readonly kind: 'table';
  /** What a row is: “sphere”. */
  readonly row: string;
  readonly columns: Readonly<Record<string, QuantityParam>>;
  /** A word over each column. */
  readonly heads: Readonly<Record<string, string>>;
  /** Names of the columns that rows of one group have in common. */
  readonly shared: readonly string[];
  /** Numbers of rows. */
  readonly min: number;
  readonly max: number;
  readonly default: readonly TableRow[];
  /** Its rows are points of a curve: the columns of place and height, for handles on the chart of the element. */
  readonly curve?: { readonly x: string; readonly y: string };
}

/** A row as an element gets it; cells that a group shares are the same scalar in all its rows. */
export interface TableRowValue<C extends string = string> {
  readonly group: string | null;
  readonly cells: Readonly<Record<C, Scalar>>;
}

export type ParamSpec =
  | QuantityParam
  | ZernikeParam
  | IntegerParam
  | ChoiceParam
  | SwitchParam
  | ImageParam
  | MapParam
  | TableParam;
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

export interface ZernikeTerm {
  readonly nollIndex: number;
  readonly coefficient: Scalar;
}

/** A target image handed to an element by the engine. */
export interface HostImage {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** 1 where a pixel counts; null when all do. */
  readonly mask: Float32Array | null;
  /** Changes whenever the content does. */
  readonly key: string;
  /** The image of which this is a part, for what is said of the whole. */
  readonly whole?: HostImage;
}

/** Some planes of a stack that is computed part by part. */
export interface PlaneRange {
  readonly first: number;
  readonly count: number;
  /** Planes of the whole stack. */
  readonly total: number;
}

/** One of `of` runs, in each of which sources make a share of the parts of their light that do not interfere. */
export interface LightShare {
  readonly index: number;
  readonly of: number;
}

/** What `forward` receives for each kind of parameter; of a map its values [cells, cells]. */
export type ParamValue<S extends ParamSpec> = S extends QuantityParam
  ? Scalar
  : S extends ZernikeParam
    ? readonly ZernikeTerm[]
    : S extends IntegerParam
      ? number
      : S extends ChoiceParam
        ? string
        : S extends SwitchParam
          ? boolean
          : S extends MapParam
            ? Real
            : S extends TableParam
              ? readonly TableRowValue<keyof S['columns'] & string>[]
              : HostImage | null;
export type ParamValues<P extends ParamSpecs> = { readonly [K in keyof P]: ParamValue<P[K]> };

/** Simulation grid of a document. */
export interface SimulationGrid {
  /** Samples along x and y. */
  readonly samples: number;
  /** Distance between samples, metres. */
  readonly pitch: number;
}

export interface ForwardContext {
  readonly ops: Ops;
  readonly grid: SimulationGrid;
  /** The node that is evaluated: what parts of light that it makes are named after. */
  readonly nodeId: string;
  /** Per-plane values of a parameter: `planes` scalars, repeated when the document holds one. */
  readonly perPlane: (param: string, planes: number) => readonly Scalar[];
  /** The planes that elements which make a stack are to make; null for all. */
  readonly planes: PlaneRange | null;
  /** The share of the light that sources are to make (see `incoherentParts`); null for all. */
  readonly share: LightShare | null;
  /** Every how many-th pixel along both axes, the middle one among them, detectors are to tell (see `thins`). */
  readonly every: number;
}

/** A warning or refusal from a sampling rule, or what an element chose and why, in a sentence with what to do. */
export interface SamplingNote {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly fix: string;
  /** The same as edits, for a button; see `fixes.ts`. */
  readonly apply?: Fix;
}

/** Edits that put a problem right, as one step that can be undone. */
export interface Fix {
  /** Words of the button: “Use 512 samples”. */
  readonly title: string;
  readonly grid?: Partial<SimulationGrid>;
  /** Parameters of the element that has the problem. */
  readonly params?: Readonly<Record<string, number | string | boolean>>;
}

/** A number that an analysis tells. */
export interface Readout {
  readonly title: string;
  /** SI; null where it cannot be told from what is seen (no half maximum in the window, for example). */
  readonly value: number | null;
  readonly quantity: Quantity;
  /** Unit symbol of the display, one of `DISPLAY_UNITS[quantity]`. */
  readonly display: string;
  /** Why there is no value, or what to enter, in two or three words; absent: it is unknown. */
  readonly missing?: string;
}

/** A chart that an analysis draws: lines over one axis. */
export interface Chart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly lines: readonly { readonly title: string; readonly x: Float64Array; readonly y: Float64Array }[];
  /** Both axes are places on one plane: they have one scale, and y points down the rows. */
  readonly isPlane?: true;
}

export interface ChartAxis {
  readonly title: string;
  readonly quantity: Quantity;
  readonly display: string;
}

export interface Analysis {
  readonly readouts: readonly Readout[];
  readonly charts: readonly Chart[];
}

/** What arrived at an input with its samples on the host (interleaved when complex), one per wavelength. */
export interface HostValue {
  readonly value: Field | Pupil | Image;
  readonly data: Float64Array | Float32Array;
}

export type Inputs = Readonly<Record<string, PortValue | undefined>>;
export type Outputs = Readonly<Record<string, PortValue>>;

export interface ElementSpec<P extends ParamSpecs = ParamSpecs> {
  /** Never changes once released. */
  readonly type: string;
  readonly version: number;
  readonly category: ElementCategory;
  readonly title: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly inputs: Readonly<Record<string, PortSpec>>;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  readonly params: P;
  /** Contract that the generic tests check: total power out against power in. */
  readonly power: 'creates' | 'keeps' | 'keepsOrLoses' | 'notApplicable';
  /** Whether outputs are linear in a field at this input; null when the element is not linear. */
  readonly linearIn: string | null;
  /**
   * `emits`: a source with `spectrumParams`, evaluated once for each line; `whole`: gets the light of all
   * wavelengths (see `channelsOf`). Without it the element is evaluated wavelength by wavelength.
   */
  readonly spectrum?: 'emits' | 'whole';
  /**
   * Says with given parameters whether what it does is measured by the grid's own window (a source that is even over
   * it, `power`; a mask or picture that fills it, `shape`): in a wider window it is something else.
   */
  followsWindow?(params: ParamValues<P>): 'power' | 'shape' | null;
  /** How many parts that do not interfere a source makes; of these, those of `context.share`. */
  incoherentParts?(params: ParamValues<P>): number;
  /**
   * Images of the shares of all light add up to the image of the light: what is there without light is in that of the
   * first share only.
   */
  readonly addsUp?: true;
  /** Its first output is a number that a fit can make small (see `graph/objective.ts`). */
  readonly objective?: true;
  /** That number has many shallow minima between good ones: numbers that are to make it small need long steps. */
  readonly rugged?: true;
  /** Tells some of its pixels only, each as it is among all, where `context.every` asks for it. */
  readonly thins?: true;
  /** What its parameters begin with where it is put behind a field of light; absent: with their defaults. */
  behindField?(grid: SimulationGrid): Readonly<Record<string, number>>;
  readonly equation: string;
  readonly references: readonly string[];
  /**
   * Checks sampling with real inputs before or after `forward`; cheap, host only.
   * @param wavelengths of all the light that arrives, of which `inputs` hold one; absent where there is one only
   * @param windows sides of the windows of all fields that arrive, metres: they differ behind a Fourier lens
   */
  sampling?(
    inputs: Inputs,
    params: ParamValues<P>,
    grid: SimulationGrid,
    wavelengths?: readonly number[],
    windows?: readonly number[],
  ): readonly SamplingNote[];
  /**
   * Numbers and charts from the samples at the first input, in float64 on the host; shown, not differentiated.
   * @param second samples at the second input; empty where there is none or nothing is wired to it
   * @param secondName what a person calls the element that the second input's light comes from
   */
  analyse?(
    input: readonly [HostValue, ...HostValue[]],
    params: ParamValues<P>,
    second: readonly HostValue[],
    secondName: string,
  ): Analysis;
  /** Method syntax on purpose: a specific element is usable where any element is expected. */
  forward(inputs: Inputs, params: ParamValues<P>, context: ForwardContext): Outputs;
}

export function defineElement<const P extends ParamSpecs>(spec: ElementSpec<P>): ElementSpec {
  return spec;
}
