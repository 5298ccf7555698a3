/** What travels along the wires, as something that can be shown: which samples, in which mode and unit. */
import type { NodeResult } from '../../graph/execute.ts';
import { lengthOf, summedIrradiance } from '../../optics/axes.ts';
import { onScaleOf } from '../../optics/comparison.ts';
import { expose } from '../../optics/detection/expose.ts';
import type { Analysis, HostValue } from '../../optics/element.ts';
import { scaledModel } from '../../optics/likeness.ts';
import type { Ops, Real, Tensor } from '../../optics/ops/ops.ts';
import { constantScalar } from '../../optics/ops/scalar.ts';
import { pupilGrid } from '../../optics/pupil/pupilGrid.ts';
import { mainChannel, spectralSum } from '../../optics/spectral.ts';
import type {
  Field,
  Image,
  Monochromatic,
  Polychromatic,
  PortType,
  PortValue,
  ScalarValue,
} from '../../optics/values.ts';
import { planeOfRequest, type ViewMode, type ViewRequest } from '../protocol.ts';

/** Directions shown of scattered or emitted light: nearly the whole forward hemisphere. */
const PATTERN_SAMPLES = 96;
const PATTERN_SHARE = 0.98;

export type Samples = Float64Array | Float32Array;

/** One plane of a tensor and what is shown of it. */
export interface Source {
  /** Samples [..., planes, components, ny, nx] as they travel; complex where light has a phase. */
  readonly tensor: Tensor;
  readonly portType: PortType;
  readonly mode: ViewMode;
  /** Metres between samples, 0 where the axis is not a length. */
  readonly pitch: number;
  readonly unit: string;
  /** Polarisation components, which are summed over. */
  readonly components: number;
  readonly planes: number;
  readonly plane: number;
  readonly shape: readonly [number, number];
  /** What a camera makes of the samples of all planes, with noise; null where they are shown as they are. */
  readonly expose: ((data: Samples) => Samples) | null;
}

export interface Evaluated {
  readonly results: ReadonlyMap<string, NodeResult>;
  /** The value at an input of a node. */
  readonly inputOf: (nodeId: string, port: string) => PortValue | undefined;
  /** Of the camera's noise. */
  readonly seed: number;
  /** The analysis that a node makes; absent where nothing is analysed. */
  readonly analyserOf?: (nodeId: string) => Analyser | null;
}

/** An analysis with its parameters, waiting for samples. */
export interface Analyser {
  /** Names of the inputs that it looks at, at most two. */
  readonly inputs: readonly string[];
  readonly analyse: (input: readonly [HostValue, ...HostValue[]], second: readonly HostValue[]) => Analysis;
}

/** Makes an array of a node's layer that does not travel itself, or gives it again. */
type Once = <T extends Tensor>(make: () => T) => T;

/**
 * Finds what a request shows, null where there is nothing. What has to be computed for it is computed once for all
 * requests; it belongs to the open scope of `ops`.
 */
export function sourceFinder(ops: Ops, evaluated: Evaluated): (request: ViewRequest) => Source | null {
  const made = new Map<string, Tensor>();
  return (request) =>
    sourceOf(ops, evaluated, request, (make) => {
      const key = `${request.nodeId}\u0000${request.layer}`;
      const tensor = (made.get(key) as ReturnType<typeof make> | undefined) ?? make();
      made.set(key, tensor);
      return tensor;
    });
}

function sourceOf(ops: Ops, evaluated: Evaluated, request: ViewRequest, once: Once): Source | null {
  const value = valueFor(evaluated, request);
  if (value === undefined) return null;
  switch (value.kind) {
    case 'image':
      return located(request, imageSource(evaluated, request, value));
    case 'scalar':
      return (
        residualSource(ops, evaluated, request, once) ??
        (request.layer === 'output' ? numberSource(ops, value, request, once) : null)
      );
    case 'polychromatic':
      return spectrumSource(ops, value, request, once);
    default:
      return lightSource(ops, value, request, once);
  }
}

/** Light of one wavelength. */
function lightSource(ops: Ops, value: Monochromatic, request: ViewRequest, once: Once): Source {
  const { mode } = request;
  if (value.kind === 'farField') {
    const aperture = constantScalar(PATTERN_SHARE * value.refractiveIndex.value);
    const evaluated = () => value.evaluate(ops, pupilGrid(PATTERN_SAMPLES), aperture);
    // Parts that do not interfere are added up; of their phases only the first is shown.
    if (mode === 'intensity' && value.modes !== undefined) {
      const summed = () => summedIrradiance(ops, { samples: evaluated(), axes: ['mode', 'component'] });
      const shown = { ...complexMode(mode, 'relative'), portType: 'farField', pitch: 0 } as const;
      return located(request, { ...shown, tensor: once(summed), components: 1, expose: null });
    }
    const tensor = once(evaluated);
    const light = { ...complexMode(mode, 'relative'), portType: 'farField', pitch: 0 } as const;
    return located(request, { ...light, tensor, components: value.components, expose: null });
  }
  const isField = value.kind === 'field';
  const light = {
    ...complexMode(mode, isField ? 'W/m²' : 'relative'),
    portType: value.kind,
    pitch: isField ? value.pitch.value : 0,
    expose: null,
  } as const;
  // Parts that do not interfere are added up; of their phases only the first is shown.
  if (mode === 'intensity' && value.axes.includes('mode')) {
    return located(request, { ...light, tensor: once(() => summedIrradiance(ops, value)), components: 1 });
  }
  const components = lengthOf(value, 'component');
  return located(request, { ...light, tensor: value.samples, components }, lengthOf(value, 'plane'));
}

/** Irradiance over the spectrum where all wavelengths have the same samples; else the strongest wavelength. */
function spectrumSource(ops: Ops, light: Polychromatic, request: ViewRequest, once: Once): Source {
  const main = mainChannel(light);
  const fields = light.channels.filter(
    (channel) => channel.kind === 'field' && main.kind === 'field' && samePitch(channel, main),
  ) as Field[];
  const [first, ...rest] = fields;
  if (request.mode !== 'intensity' || first === undefined || fields.length < light.channels.length) {
    return lightSource(ops, main, request, once);
  }
  const tensor = once(() => spectralSum(ops, [first, ...rest], (channel) => summedIrradiance(ops, channel)));
  const shown = { ...complexMode('intensity', 'W/m²'), portType: 'field', pitch: first.pitch.value } as const;
  return located(request, { ...shown, tensor, components: 1, expose: null });
}

function samePitch(a: Field, b: Field): boolean {
  return Math.abs(a.pitch.value / b.pitch.value - 1) < 1e-9;
}

export function valueFor({ results, inputOf }: Evaluated, request: ViewRequest): PortValue | undefined {
  if (request.layer === 'target') return inputOf(request.nodeId, 'target');
  const outputs = results.get(request.nodeId)?.outputs ?? {};
  const [first] = Object.keys(outputs);
  const [, port = first] = request.layer.split(/:(.*)/s);
  return port !== undefined && Object.hasOwn(outputs, port) ? outputs[port] : undefined;
}

type Unlocated = Omit<Source, 'planes' | 'plane' | 'shape'>;

function located(request: ViewRequest, source: Unlocated, count?: number): Source {
  const { shape } = source.tensor;
  const [ny, nx] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const size = shape.reduce((product, n) => product * n, 1);
  const planes = count ?? Math.max(1, Math.round(size / (ny * nx * source.components)));
  const plane = planeOfRequest(request.plane, planes);
  return { ...source, planes, plane, shape: [ny, nx] };
}

function complexMode(mode: ViewMode, unit: string): Pick<Source, 'mode' | 'unit'> {
  if (mode === 'phase') return { mode, unit: 'rad' };
  return mode === 'amplitude' ? { mode, unit: `√(${unit})` } : { mode: 'intensity', unit };
}

function imageSource({ inputOf, seed }: Evaluated, request: ViewRequest, image: Image): Unlocated {
  const { noise } = image;
  const model = inputOf(request.nodeId, 'model');
  // A target has neither pitch nor unit of its own: beside a model it is drawn to the model's.
  const { unit, pitch } = image.pitch.value === 0 && model?.kind === 'image' ? model : image;
  return {
    tensor: image.samples,
    portType: 'image',
    mode: 'intensity',
    pitch: pitch.value,
    unit: unit === 'W' ? 'W per pixel' : unit,
    components: 1,
    expose: noise?.enabled === true ? (data) => expose(data, noise, seed, image.unit === 'counts') : null,
  };
}

/** A number that compares no pictures, as a picture of one pixel. */
function numberSource(ops: Ops, { samples }: ScalarValue, request: ViewRequest, once: Once): Source {
  const tensor = once(() => ops.reshape(samples, [1, 1]));
  const shown = { portType: 'scalar', mode: 'real', components: 1, pitch: 0, unit: 'relative' } as const;
  return located(request, { ...shown, tensor, expose: null });
}

/** Target minus model of a comparison, the model on the scale on which they were compared. */
function residualSource(ops: Ops, evaluated: Evaluated, request: ViewRequest, once: Once): Source | null {
  const { inputOf, results } = evaluated;
  const model = inputOf(request.nodeId, 'model');
  const target = inputOf(request.nodeId, 'target');
  if (model?.kind !== 'image' || target?.kind !== 'image') return null;
  if (model.samples.shape.join() !== target.samples.shape.join()) return null;
  const [compared] = Object.values(results.get(request.nodeId)?.outputs ?? {});
  const likeness = compared?.kind === 'scalar' ? compared.likeness : undefined;
  const tensor = once(() => {
    const seen =
      likeness === undefined ? onScaleOf(ops, model, target) : scaledModel(ops, likeness, model, target);
    const difference: Real = ops.subtract(target.samples, seen);
    return target.mask === null ? difference : ops.multiply(difference, target.mask);
  });
  const pitch = model.pitch.value;
  const shown = { tensor, portType: 'scalar', mode: 'real', components: 1, pitch, unit: model.unit } as const;
  return located(request, { ...shown, expose: null });
}
