/**
 * Projections between the plane of a phase mask and the planes of its target (Gerchberg and Saxton, Optik 35, 237 (1972)),
 * on any graph between them: the light U of a target plane is given the wanted amplitude D and goes back, u' = A⁻¹ U D/|U|,
 * and the mask takes the phase of u'. Where A keeps the power, A⁻¹ is its adjoint but for a factor κ, and u - u' is the
 * derivative of ½ Σ (|U| - D)² over κ (Fienup, Appl. Opt. 21, 2758 (1982)); the tape gives it. Several planes are averaged.
 */
import { NO_OVERRIDES, type ParameterOverrides } from '../../graph/execute.ts';
import type { LearnableMap } from '../../graph/maps.ts';
import type { Outputs } from '../../optics/element.ts';
import { sizeOf } from '../../optics/ops/kernels.ts';
import type { Complex, Real } from '../../optics/ops/ops.ts';
import { planeShape } from '../../optics/sampledGrid.ts';
import type { Field, Image, Pupil } from '../../optics/values.ts';
import type { DescentContext } from './descentContext.ts';
import { comparisonIn, type Origin } from './fitObjective.ts';
import { FitProblemError } from './fitProblemError.ts';
import { targetOf } from './fitTarget.ts';
import { type MapStart, refuse } from './portionedRuns.ts';

type Numbers = Float64Array | Float32Array;

export interface Projected {
  /** Loss of the graph before the projection. */
  readonly value: number;
  /** The cells afterwards, SI, within their range. */
  readonly values: Float64Array;
  /** Weights of the target's pixels for the next projection; as they were where none are used. */
  readonly weights: Float64Array;
}

/** Targets with fewer bright pixels than this share are spots, whose amplitudes are weighed to become even. */
const SPARSE = 0.02;
/** Next to the mean of an image: its root has a derivative in the dark. */
const DARK = 1e-8;

/** Roots of the target without the camera's offset, 0 where a pixel does not count; 1 where one does. */
interface Target {
  readonly roots: Float64Array;
  readonly counted: Numbers | null;
}

interface Light {
  readonly port: string;
  readonly value: Field | Pupil;
  readonly outputs: Outputs;
}

export class PhaseProjection {
  private readonly context: DescentContext;
  private readonly map: LearnableMap;
  private readonly mask: string;
  private readonly loss: string;
  private readonly modelFrom: Origin;
  private readonly targetFrom: Origin;
  private target: Target | null = null;
  /** Phase per unit of the map. */
  private slope: number | null = null;

  /** @throws FitProblemError with a sentence where the design is not of this kind */
  constructor(context: DescentContext) {
    const [map, ...others] = context.maps;
    if (map === undefined || others.length + context.learnables.length > 0)
      throw new FitProblemError(ONE_MAP);
    const { node, modelFrom, targetFrom } = comparisonIn(context.plan);
    this.context = context;
    this.map = map;
    this.mask = map.path.split('.')[0] ?? '';
    [this.loss, this.modelFrom, this.targetFrom] = [node.id, modelFrom, targetFrom];
  }

  /** One projection to the target and back. @param weights of the target's pixels, none at the start */
  async project(start: MapStart, weights: Float64Array): Promise<Projected> {
    const { ops } = this.context.runner;
    const scope = ops.open();
    try {
      const variable = ops.variable(ops.upload(start.values, start.shape, 'real').array);
      const overrides = { ...NO_OVERRIDES, maps: new Map([[this.map.path, variable]]) };
      const light = this.lightAt(overrides);
      const samples = light.value.samples;
      const free = ops.variable(samples.array, 'complex');
      const { model, value } = await this.seen(overrides, light, free);
      const { roots, counted } = await this.targetOf(model, overrides);
      const [shown = NONE, field = NONE] = await ops.read([model.samples, samples]);
      const offset = model.noise?.offset ?? 0;
      const irradiance = Float64Array.from(shown, (value) => Math.max(0, value - offset));
      const wanted = wantedAmplitudes(model, irradiance, { roots, counted }, weights, powerOf(field));
      ops.mode = 'reverse';
      const misfit = this.misfit(model, wanted.amplitude, wanted.scale, counted);
      ops.mode = 'value';
      const [away = NONE] = (await ops.gradient(misfit, 0, [free])).cotangents;
      const turned = field.map((u, i) => u - (away[i] ?? 0));
      const turns = await this.turnsTowards(samples, turned, variable);
      this.slope ??= await this.slopeOf(samples, field, variable);
      return { value, values: this.turned(start.values, turns, this.slope), weights: wanted.weights };
    } finally {
      ops.close(scope);
    }
  }

  /** A phase beyond the range of its map is a whole turn less. */
  private turned(values: Float64Array, turns: Float64Array, slope: number): Float64Array {
    const { min, max } = this.map.spec;
    const turn = (2 * Math.PI) / Math.abs(slope);
    return values.map((value, i) => {
      const next = value + (turns[i] as number) / slope;
      if (next > max) return Math.max(min, next - turn * Math.ceil((next - max) / turn));
      return next < min ? Math.min(max, next + turn * Math.ceil((min - next) / turn)) : next;
    });
  }

  /** The light behind the mask, on the tape. */
  private lightAt(overrides: ParameterOverrides): Light {
    const { runner, plan } = this.context;
    const results = runner.run(plan, overrides, 'reverse', new Set([this.mask]));
    const outputs = results.get(this.mask)?.outputs ?? {};
    const [port = '', value] = Object.entries(outputs)[0] ?? [];
    if (value === undefined) refuse(results, plan);
    if (value?.kind !== 'field' && value?.kind !== 'pupil') throw new FitProblemError(COHERENT);
    if (value.axes.includes('mode') || value.axes.includes('plane')) throw new FitProblemError(COHERENT);
    return { port, value, outputs };
  }

  /** What the light gives at the camera, and the loss. */
  private async seen(given: ParameterOverrides, { port, value, outputs }: Light, samples: Complex) {
    const { runner, plan } = this.context;
    const replaced = { ...outputs, [port]: { ...value, samples } };
    const overrides = { ...given, outputs: new Map([[this.mask, replaced]]) };
    const results = runner.run(plan, overrides, 'reverse', new Set([this.loss]));
    const model = results.get(this.modelFrom.node)?.outputs[this.modelFrom.port];
    const loss = results.get(this.loss)?.outputs['out'];
    if (model?.kind !== 'image' || loss?.kind !== 'scalar') {
      refuse(results, plan);
      throw new FitProblemError(COHERENT);
    }
    const [[read = Number.NaN] = []] = await runner.ops.read([loss.samples]);
    return { model, value: read };
  }

  private async targetOf(model: Image, overrides: ParameterOverrides) {
    if (this.target !== null) return this.target;
    const { runner, plan } = this.context;
    const results = runner.run(plan, overrides, 'value', new Set([this.targetFrom.node]));
    const { samples, mask, normalization } = targetOf(results, this.targetFrom);
    const [data = NONE, counted] = await runner.ops.read(mask === null ? [samples] : [samples, mask]);
    if (data.length !== sizeOf(model.samples.shape)) throw new FitProblemError(COHERENT);
    // Only a target in the camera's own counts has its offset, too.
    const offset = normalization === 'none' ? (model.noise?.offset ?? 0) : 0;
    const counts = (i: number) => counted === undefined || (counted[i] as number) > 0;
    const roots = Float64Array.from(data, (value, i) =>
      counts(i) ? Math.sqrt(Math.max(0, value - offset)) : 0,
    );
    this.target = { roots, counted: counted ?? null };
    return this.target;
  }

  /** ½ Σ (√I - D)² over the pixels that count, each plane over its κ and the number of planes. */
  private misfit(model: Image, amplitude: Float64Array, scale: Float64Array, counted: Numbers | null): Real {
    const { ops } = this.context.runner;
    const { shape } = model.samples;
    const [ny, nx] = planeShape(model.samples);
    const planes = [sizeOf(shape) / (ny * nx), ny, nx];
    const offset = model.noise?.offset ?? 0;
    const lift = ops.upload(Float64Array.of(DARK * mean(amplitude) ** 2 - offset), [1], 'real');
    const root = ops.squareRoot(ops.add(ops.reshape(model.samples, planes), lift));
    const residual = ops.subtract(root, ops.upload(amplitude, planes, 'real'));
    const kept = counted === null ? residual : ops.multiply(residual, ops.upload(counted, planes, 'real'));
    const weighed = ops.multiply(ops.multiply(kept, kept), ops.upload(scale, [scale.length, 1, 1], 'real'));
    return ops.scale(ops.reshape(ops.sum(weighed, [0, 1, 2]), [1]), 0.5);
  }

  /** Angle by which each cell is to turn: of z = Σ conj(u) u' over its samples. */
  private async turnsTowards(samples: Complex, turned: Numbers, variable: Real): Promise<Float64Array> {
    // d Re⟨u, u'⟩ is the imaginary part of z, d Re⟨u, i u'⟩ its real part, per unit of the phase.
    const sine = await this.slopesOfInner(samples, turned, variable);
    const cosine = await this.slopesOfInner(samples, timesI(turned), variable);
    return Float64Array.from(sine, (y, i) => Math.atan2(y, cosine[i] as number));
  }

  /** Derivative of Re Σ conj(other) u by each cell. */
  private async slopesOfInner(samples: Complex, other: Numbers, variable: Real): Promise<Numbers> {
    const { ops } = this.context.runner;
    ops.mode = 'reverse';
    const conjugate = ops.upload(
      other.map((value, i) => (i % 2 === 1 ? -value : value)),
      samples.shape,
      'complex',
    );
    const product = ops.realPart(ops.multiply(conjugate, samples));
    const sum = ops.reshape(ops.sum(product, [...product.shape.keys()]), [1]);
    ops.mode = 'value';
    const [slopes = NONE] = (await ops.gradient(sum, 0, [variable])).cotangents;
    return slopes;
  }

  /** @throws FitProblemError where the map is not a phase */
  private async slopeOf(samples: Complex, field: Numbers, variable: Real): Promise<number> {
    const slopes = await this.slopesOfInner(samples, timesI(field), variable);
    let sum = 0;
    for (const each of slopes) sum += each;
    const slope = sum / powerOf(field);
    if (!(Math.abs(slope) > 0.1)) throw new FitProblemError(NO_PHASE);
    return slope;
  }
}

/** What the camera is to see as amplitudes, each plane with the power that it has, and the next weights. */
function wantedAmplitudes(
  { samples }: Image,
  shown: Numbers,
  { roots, counted }: Target,
  before: Float64Array,
  power: number,
) {
  const [ny, nx] = planeShape(samples);
  const pixels = ny * nx;
  const planes = shown.length / pixels;
  const bright = roots.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
  const counts = (i: number) => counted === null || (counted[i] as number) > 0;
  const compared = roots.reduce((count, _, i) => count + (counts(i) ? 1 : 0), 0);
  const isSparse = bright > 0 && bright < SPARSE * compared;
  const weights = isSparse ? nextWeights(shown, roots, before) : before;
  const amplitude = isSparse ? roots.map((value, i) => value * (weights[i] as number)) : roots.slice();
  const scale = new Float64Array(planes);
  for (let plane = 0; plane < planes; plane++) {
    let [light, seen, asked] = [0, 0, 0];
    for (let i = plane * pixels; i < (plane + 1) * pixels; i++) {
      light += shown[i] as number;
      if (counts(i)) seen += shown[i] as number;
      asked += (amplitude[i] as number) ** 2;
    }
    const factor = asked > 0 ? Math.sqrt(seen / asked) : 0;
    for (let i = plane * pixels; i < (plane + 1) * pixels; i++)
      amplitude[i] = factor * (amplitude[i] as number);
    scale[plane] = light > 0 ? power / light / planes : 0;
  }
  return { amplitude, scale, weights };
}

/** Weights grow where a spot is darker than wanted (Di Leonardo, Ianni and Ruocco, Opt. Express 15, 1913 (2007)). */
function nextWeights(shown: Numbers, roots: Float64Array, before: Float64Array): Float64Array {
  const reached = roots.map((root, i) => (root > 0 ? Math.sqrt(Math.max(0, shown[i] as number)) / root : 0));
  const spots = reached.filter((_, i) => (roots[i] as number) > 0);
  const typical = spots.reduce((sum, value) => sum + value, 0) / spots.length;
  return roots.map((root, i) => {
    if (!(root > 0)) return 0;
    const had = before.length > 0 ? (before[i] as number) : 1;
    return had * (typical / Math.max(reached[i] as number, 1e-3 * typical));
  });
}

function powerOf(field: Numbers): number {
  let sum = 0;
  for (const value of field) sum += value * value;
  return sum;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** i times interleaved complex numbers. */
function timesI(field: Numbers): Float64Array {
  return Float64Array.from(field, (_, i) =>
    i % 2 === 0 ? -(field[i + 1] as number) : (field[i - 1] as number),
  );
}

const NONE = new Float64Array(0);
const ONE_MAP = 'Projections need one phase map as all that is learned: mark only the map, or choose Adam.';
const NO_PHASE = 'Projections turn the phase of light, which this map does not: choose Adam for it.';
const COHERENT =
  'Projections need coherent light of one wavelength from the phase map to a camera that is compared with a target: choose Adam.';
