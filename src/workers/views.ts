/** Pictures of what travels along the wires: planes picked, reduced to the size wanted, on the host. */
import type { GraphRunner, NodeResult } from '../graph/execute.ts';
import { onScaleOf } from '../optics/comparison.ts';
import { expose } from '../optics/detection.ts';
import type { Complex, Ops, Real, Tensor } from '../optics/ops/ops.ts';
import { constantScalar } from '../optics/ops/scalar.ts';
import { pupilGrid } from '../optics/pupil/pupilGrid.ts';
import type { Image, PortValue } from '../optics/values.ts';
import type { View, ViewMode, ViewRequest } from './protocol.ts';

/** Directions shown of scattered or emitted light: nearly the whole forward hemisphere. */
const PATTERN_SAMPLES = 96;
const PATTERN_SHARE = 0.98;

/** A tensor to be read and what to make of it. */
interface Pending {
  readonly request: ViewRequest;
  readonly tensor: Tensor;
  readonly portType: View['portType'];
  readonly mode: ViewMode;
  readonly pitch: number;
  readonly unit: string;
  /** Axes before the last two hold planes (true) or polarisation components summed here (false). */
  readonly components: number;
  readonly finish: (data: Float64Array | Float32Array) => Float64Array | Float32Array;
}

/** Makes every requested view that exists; all device reads happen in one transfer. */
export async function makeViews(
  runner: GraphRunner,
  results: ReadonlyMap<string, NodeResult>,
  sources: (nodeId: string, port: string) => PortValue | undefined,
  requests: readonly ViewRequest[],
  seed: number,
): Promise<View[]> {
  const { ops } = runner;
  const scope = ops.open();
  try {
    const pending = requests.flatMap((request) => {
      const value = valueFor(results, sources, request);
      return value === undefined ? [] : pendingView(ops, request, value, sources, seed);
    });
    const read = await ops.read(pending.map((p) => p.tensor));
    return pending.map((p, i) => finishView(p, read[i] ?? new Float32Array(0)));
  } finally {
    ops.close(scope);
  }
}

function valueFor(
  results: ReadonlyMap<string, NodeResult>,
  sources: (nodeId: string, port: string) => PortValue | undefined,
  request: ViewRequest,
): PortValue | undefined {
  if (request.layer === 'target') return sources(request.nodeId, 'target');
  return Object.values(results.get(request.nodeId)?.outputs ?? {})[0];
}

function pendingView(
  ops: Ops,
  request: ViewRequest,
  value: PortValue,
  sources: (nodeId: string, port: string) => PortValue | undefined,
  seed: number,
): Pending[] {
  const same = (data: Float64Array | Float32Array) => data;
  switch (value.kind) {
    case 'field': {
      const common = {
        request,
        portType: 'field',
        pitch: value.pitch.value,
        components: 1,
        finish: same,
      } as const;
      return [{ ...common, ...complexView(ops, value.samples, request.mode, 'W/m²') }];
    }
    case 'pupil': {
      const common = { request, portType: 'pupil', pitch: 0, finish: same } as const;
      const components = value.samples.shape[value.samples.shape.length - 3] ?? 1;
      return [{ ...common, components, ...complexView(ops, value.samples, request.mode, 'relative') }];
    }
    case 'farField': {
      const aperture = constantScalar(PATTERN_SHARE * value.refractiveIndex.value);
      const pattern = value.evaluate(ops, pupilGrid(PATTERN_SAMPLES), aperture);
      const common = {
        request,
        portType: 'farField',
        pitch: 0,
        components: value.components,
        finish: same,
      } as const;
      return [{ ...common, ...complexView(ops, pattern, request.mode, 'relative') }];
    }
    case 'image':
      return [imageView(request, value, sources(request.nodeId, 'model'), seed)];
    case 'scalar':
      return residualView(ops, request, sources);
    default:
      return value satisfies never;
  }
}

function complexView(
  ops: Ops,
  samples: Complex,
  mode: ViewMode,
  unit: string,
): Pick<Pending, 'tensor' | 'mode' | 'unit'> {
  if (mode === 'phase') return { tensor: samples, mode, unit: 'rad' };
  const shown = ops.absSquared(samples);
  return mode === 'amplitude'
    ? { tensor: shown, mode, unit: `√(${unit})` }
    : { tensor: shown, mode: 'intensity', unit };
}

function imageView(request: ViewRequest, image: Image, model: PortValue | undefined, seed: number): Pending {
  const noise = image.noise;
  // A target has neither pitch nor unit of its own: beside a model it is drawn to the model's.
  const { unit, pitch } = image.pitch.value === 0 && model?.kind === 'image' ? model : image;
  return {
    request,
    tensor: image.samples,
    portType: 'image',
    mode: 'intensity',
    pitch: pitch.value,
    unit: unit === 'W' ? 'W per pixel' : unit,
    components: 1,
    finish: (data) => (noise?.enabled === true ? expose(data, noise, seed, image.unit === 'counts') : data),
  };
}

/** Target minus model of a comparison. */
function residualView(
  ops: Ops,
  request: ViewRequest,
  sources: (nodeId: string, port: string) => PortValue | undefined,
): Pending[] {
  const model = sources(request.nodeId, 'model');
  const target = sources(request.nodeId, 'target');
  if (model?.kind !== 'image' || target?.kind !== 'image') return [];
  if (model.samples.shape.join() !== target.samples.shape.join()) return [];
  const difference: Real = ops.subtract(target.samples, onScaleOf(ops, model, target));
  const residual = target.mask === null ? difference : ops.multiply(difference, target.mask);
  const common = { request, tensor: residual, portType: 'scalar', mode: 'real', components: 1 } as const;
  return [{ ...common, pitch: model.pitch.value, unit: model.unit, finish: (data) => data }];
}

function finishView(pending: Pending, read: Float64Array | Float32Array): View {
  const { request, tensor, components } = pending;
  const shape = tensor.shape;
  const [ny, nx] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const complex = tensor.dtype === 'complex';
  const size = ny * nx * (complex ? 2 : 1);
  const planes = Math.max(1, Math.round(read.length / (size * components)));
  const plane = Math.min(Math.max(0, Math.round(request.plane)), planes - 1);
  const data = pending.finish(read);
  const start = plane * components * size;
  const values = complex
    ? phases(data.subarray(start, start + size))
    : summed(data, start, components, ny * nx);
  if (pending.mode === 'amplitude')
    for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(values[i] as number);
  const reduced = reduce(values, ny, nx, request.maxSize, complex);
  return {
    nodeId: request.nodeId,
    mode: pending.mode,
    layer: request.layer,
    portType: pending.portType,
    shape: reduced.shape,
    data: reduced.data,
    planes,
    plane,
    pitch: pending.pitch * reduced.factor,
    unit: pending.unit,
  };
}

/** Phase of one interleaved plane; not a number where there is no light to speak of (below 1 % of the largest). */
function phases(samples: Float64Array | Float32Array): Float32Array {
  const out = new Float32Array(samples.length / 2);
  let largest = 0;
  for (let i = 0; i < samples.length; i += 2) {
    largest = Math.max(largest, (samples[i] as number) ** 2 + (samples[i + 1] as number) ** 2);
  }
  for (let i = 0; i < out.length; i++) {
    const [re, im] = [samples[2 * i] as number, samples[2 * i + 1] as number];
    out[i] = re * re + im * im > 1e-4 * largest ? Math.atan2(im, re) : Number.NaN;
  }
  return out;
}

/** Sum over polarisation components. */
function summed(
  data: Float64Array | Float32Array,
  start: number,
  components: number,
  size: number,
): Float32Array {
  const out = new Float32Array(size);
  for (let component = 0; component < components; component++) {
    for (let i = 0; i < size; i++) out[i] = (out[i] as number) + (data[start + component * size + i] ?? 0);
  }
  return out;
}

/** Averages blocks (or picks their corner, for phases) until the longest side fits. */
function reduce(values: Float32Array, ny: number, nx: number, maxSize: number, pick: boolean) {
  const factor = maxSize > 0 ? Math.ceil(Math.max(ny, nx) / maxSize) : 1;
  if (factor === 1) return { data: values, shape: [ny, nx] as const, factor };
  const [my, mx] = [Math.floor(ny / factor), Math.floor(nx / factor)];
  const data = new Float32Array(my * mx);
  for (let y = 0; y < my; y++) {
    for (let x = 0; x < mx; x++) {
      let sum = 0;
      const block = pick ? 1 : factor;
      for (let j = 0; j < block; j++) {
        for (let i = 0; i < block; i++) sum += values[(y * factor + j) * nx + x * factor + i] as number;
      }
      data[y * mx + x] = sum / (block * block);
    }
  }
  return { data, shape: [my, mx] as const, factor };
}
