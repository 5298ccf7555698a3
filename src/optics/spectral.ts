/**
 * Light of many wavelengths. An element's `forward` is written for one wavelength: a source is evaluated once for
 * each line of its spectrum, other elements once for each wavelength that arrives, and only those that declare
 * `spectrum: 'whole'` (detectors) get all of it. So each wavelength keeps its own pitch and dispersion.
 */
import type {
  ElementSpec,
  ForwardContext,
  Inputs,
  Outputs,
  ParamSpec,
  ParamValue,
  SamplingNote,
  SimulationGrid,
} from './element.ts';
import { spectralLines } from './elements/sources/spectrumParams.ts';
import type { Ops, Real } from './ops/ops.ts';
import { isConstant, type Scalar } from './ops/scalar.ts';
import { ElementProblem } from './problem.ts';
import { formatNumber } from './units.ts';
import type { Field, Monochromatic, Polychromatic, PortValue } from './values.ts';

type Params = Readonly<Record<string, ParamValue<ParamSpec>>>;

/** What an element makes of its inputs, wavelength by wavelength. */
export function forwardSpectrum(
  spec: ElementSpec,
  inputs: Inputs,
  params: Params,
  context: ForwardContext,
): Outputs {
  if (spec.spectrum === 'whole') return spec.forward(inputs, params, context);
  const runs = separated(spec, inputs, params);
  const made = runs.map(({ inputs: own, params: values, weight }) => {
    sameGrid(own);
    sameMedium(own);
    sameWeights(own);
    const outputs = namedParts(spec.forward(own, values, context), context.nodeId);
    return weight === null ? outputs : weighted(outputs, weight);
  });
  const [first] = made;
  if (first === undefined || made.length === 1) return first ?? {};
  return Object.fromEntries(
    Object.keys(first).map((port) => [port, joined(made.map((outputs) => outputs[port]))]),
  );
}

/** Notes on sampling at every wavelength; notes that differ only in their numbers come from the first that has them. */
export function samplingNotes(
  spec: ElementSpec,
  inputs: Inputs,
  params: Params,
  grid: SimulationGrid,
): readonly SamplingNote[] {
  if (spec.sampling === undefined) return [];
  const found: SamplingNote[] = [];
  const runs = separated(spec, inputs, params);
  const wavelengths = runs.flatMap((run) => {
    const light = Object.values(run.inputs).find((value) => value !== undefined && 'wavelength' in value);
    return light === undefined ? [] : [light.wavelength.value];
  });
  const windows = runs.flatMap((run) =>
    Object.values(run.inputs).flatMap((value) =>
      value?.kind === 'field' ? [sizeOf(value) * value.pitch.value] : [],
    ),
  );
  for (const run of runs) {
    const known = new Set(found.map(kindOfNote));
    const notes = spec.sampling(run.inputs, run.params, grid, wavelengths, windows);
    found.push(...notes.filter((note) => !known.has(kindOfNote(note))));
  }
  return found;
}

/** What a note says, whatever its numbers and their units. */
function kindOfNote({ severity, message }: SamplingNote): string {
  return `${severity}: ${message.replace(/[\d.+-]*\d(e[+-]?\d+)?( [kmµnp]?m\b)?/g, '#')}`;
}

interface Run {
  readonly inputs: Inputs;
  readonly params: Params;
  /** Share of the spectrum; null where the light that arrives has one. */
  readonly weight: Scalar | null;
}

function separated(spec: ElementSpec, inputs: Inputs, params: Params): readonly Run[] {
  if (spec.spectrum === 'emits') {
    return spectralLines(params).map(({ wavelength, weight }) => ({
      inputs,
      params: { ...params, wavelength },
      weight,
    }));
  }
  // An element that takes spectra as a whole lets lights of different wavelengths stand side by side.
  const at = spec.spectrum === 'whole' ? partAt : atWavelength;
  const spectra = Object.values(inputs).filter((value) => value?.kind === 'polychromatic');
  const [longest] = [...spectra].sort((a, b) => b.channels.length - a.channels.length);
  if (longest === undefined) {
    const light = Object.values(inputs).find((value) => value !== undefined && 'wavelength' in value);
    if (light !== undefined) for (const value of Object.values(inputs)) at(value, light.wavelength.value);
    return [{ inputs, params, weight: null }];
  }
  return longest.channels.map(({ wavelength }) => ({
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([port, value]) => [port, at(value, wavelength.value)]),
    ),
    params,
    weight: null,
  }));
}

function sizeOf({ samples }: Field): number {
  return samples.shape[samples.shape.length - 1] ?? 0;
}

/** Fields that meet in an element must be sampled at the same places. */
function sameGrid(inputs: Inputs): void {
  const fields = Object.values(inputs).filter((value) => value?.kind === 'field');
  const [first, ...others] = fields;
  if (first === undefined) return;
  for (const other of others) {
    const same = Math.abs(other.pitch.value / first.pitch.value - 1) < 1e-6;
    if (same && sizeOf(other) === sizeOf(first)) continue;
    const grids = [first, other].map(
      (field) => `${sizeOf(field)} samples of ${formatNumber(field.pitch.value * 1e6, 4)} µm`,
    );
    throw new ElementProblem(
      `The lights that meet here lie on different grids: ${grids.join(' and ')}.`,
      'Put “Change grid” before one of the inputs: it brings light onto the bench’s grid.',
    );
  }
}

/** Light that meets is in one place, and a place is in one medium. */
function sameMedium(inputs: Inputs): void {
  const lights = Object.values(inputs).filter((value) => value !== undefined && 'refractiveIndex' in value);
  const [first, ...others] = lights.map(({ refractiveIndex }) => refractiveIndex.value);
  if (first === undefined) return;
  const other = others.find((index) => Math.abs(index / first - 1) > 1e-9);
  if (other === undefined) return;
  throw new ElementProblem(
    `The lights that meet here are in different media, of index ${formatNumber(first, 6)} and ${formatNumber(other, 6)}.`,
    'Give both sources the same medium index, or split one source into both arms.',
  );
}

/**
 * A wavelength has one share of the light, which is handed on with the first of the lights that meet: amplitudes of
 * another source, whose spectrum has another shape, would count by the wrong share.
 */
function sameWeights(inputs: Inputs): void {
  const lights = Object.values(inputs).filter((value) => value !== undefined && 'weight' in value);
  const [first, ...others] = lights.map(({ weight }) => weight.value);
  if (first === undefined) return;
  if (others.every((weight) => Math.abs(weight - first) <= 1e-9 * Math.max(weight, first))) return;
  throw new ElementProblem(
    'The lights that meet here have the same wavelengths, but spectra of different shapes.',
    'Split one source into both arms, or give both sources the same spectrum.',
  );
}

/** The part of a value at a wavelength; what has none (an image) is there at each. */
function partAt(value: PortValue | undefined, wavelength: number): PortValue | undefined {
  if (value === undefined || value.kind === 'image' || value.kind === 'scalar') return value;
  return channelsOf(value).find(
    (channel) => Math.abs(channel.wavelength.value - wavelength) < 1e-9 * wavelength,
  );
}

function atWavelength(value: PortValue | undefined, wavelength: number): PortValue | undefined {
  const part = partAt(value, wavelength);
  if (value === undefined || part !== undefined) return part;
  throw new ElementProblem(
    'The lights that meet here have different wavelengths: they cannot interfere.',
    'Split one source into both arms, or give both sources the same spectrum.',
  );
}

/** Light in parts that nobody has named: this node made them. */
function namedParts(outputs: Outputs, nodeId: string): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([port, value]) => {
      if (!('wavelength' in value) || value.parts !== null) return [port, value];
      const isDivided = value.kind === 'farField' ? value.modes !== undefined : value.axes.includes('mode');
      return [port, isDivided ? { ...value, parts: nodeId } : value];
    }),
  );
}

function weighted(outputs: Outputs, weight: Scalar): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([port, value]) => [port, 'weight' in value ? { ...value, weight } : value]),
  );
}

/** Lights become one of a spectrum; a number that says nothing of the light (a penalty) is taken once. */
function joined(values: readonly (PortValue | undefined)[]): PortValue {
  const [one] = values;
  if (one?.kind === 'scalar') return one;
  const channels = values.filter(
    (value): value is Monochromatic => value !== undefined && 'wavelength' in value,
  );
  const [first, ...rest] = channels;
  if (first === undefined || channels.length < values.length) {
    throw new Error('An element that makes no light must declare that it takes the whole spectrum.');
  }
  return { kind: 'polychromatic', channels: [first, ...rest] };
}

/** Light, wavelength by wavelength. */
export function channelsOf(
  light: Monochromatic | Polychromatic,
): readonly [Monochromatic, ...Monochromatic[]] {
  return light.kind === 'polychromatic' ? light.channels : [light];
}

/** Σ weight · detected(channel) over the wavelengths. */
export function spectralSum<C extends Monochromatic>(
  ops: Ops,
  channels: readonly [C, ...C[]],
  detected: (channel: C) => Real,
): Real {
  const [first, ...rest] = channels.map((channel) => {
    const seen = detected(channel);
    const { weight } = channel;
    return weight.value === 1 && isConstant(weight) ? seen : ops.scaleBy(seen, weight);
  });
  return rest.reduce((sum, each) => ops.add(sum, each), first as Real);
}

/** The wavelength with the largest weight: what a single picture of the light shows. */
export function mainChannel(light: Monochromatic | Polychromatic): Monochromatic {
  const [first, ...rest] = channelsOf(light);
  return rest.reduce((best, each) => (each.weight.value > best.weight.value ? each : best), first);
}
