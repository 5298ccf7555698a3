/** Runs short chains of elements for tests: parameters by name, learnables in slots, no document and no planner. */
import type { Setting } from './contractSettings.ts';
import type {
  ElementSpec,
  HostImage,
  MapParam,
  Outputs,
  ParamSpec,
  ParamValue,
  SimulationGrid,
  TableParam,
  TableRow,
  TableRowValue,
} from './element.ts';
import { SeededRandom } from './maths/random.ts';
import { sizeOf } from './ops/kernels.ts';
import type { Complex, Ops, Real, Tensor } from './ops/ops.ts';
import { constantScalar, parameterScalar, type Scalar } from './ops/scalar.ts';
import { pupilGrid } from './pupil/pupilGrid.ts';
import { forwardSpectrum, mainChannel } from './spectral.ts';
import type { PortValue } from './values.ts';

export type { Setting };

/** One element of a chain: its parameters where they differ from the defaults, and what feeds its inputs. */
export interface Stage {
  readonly spec: ElementSpec;
  readonly params: Readonly<Record<string, Setting>>;
  readonly from: Readonly<Record<string, string>>;
}

/** Stages by name, each after those that feed it. */
export type Chain = Readonly<Record<string, Stage>>;

/** Values that replace parameters ("stage.param", "stage.zernike.8", "stage.photons.1") and slots to learn. */
export interface ChainValues {
  readonly values?: ReadonlyMap<string, number>;
  readonly slots?: ReadonlyMap<string, number>;
  /** As in `ForwardContext`; 1 where it is not given. */
  readonly every?: number;
  /** Outputs of stages that the values do not change: these are not run again. */
  readonly known?: Readonly<Record<string, PortValue>>;
}

const ROWS = 7;
const COLUMNS = 8;

/** A target that any model image of the chains differs from, without a zero or a symmetry. */
export const CONTRACT_IMAGE: HostImage = {
  shape: [ROWS, COLUMNS],
  data: Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => 1 + 0.5 * Math.sin(1 + 2.3 * i)),
  mask: Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => (i % 9 === 4 ? 0 : 1)),
  key: 'contract',
};

/** Runs a chain: every stage's (only) output. Differentiates in the mode of `ops`; the caller holds a scope. */
export function runChain(
  ops: Ops,
  chain: Chain,
  grid: SimulationGrid,
  change: ChainValues = {},
  replace: Readonly<Record<string, (value: PortValue) => PortValue>> = {},
): Record<string, PortValue> {
  const found: Record<string, PortValue> = {};
  for (const [name, { spec, params, from }] of Object.entries(chain)) {
    const known = change.known?.[name];
    if (known !== undefined) {
      found[name] = known;
      continue;
    }
    const inputs: Record<string, PortValue | undefined> = {};
    for (const [port, other] of Object.entries(from)) inputs[port] = found[other];
    const values: Record<string, ParamValue<ParamSpec>> = {};
    for (const [id, param] of Object.entries(spec.params)) {
      values[id] =
        param.kind === 'map'
          ? contractMap(ops, param, Number(params[param.cells]))
          : paramValue(`${name}.${id}`, param, params[id], change);
    }
    const outputs: Outputs = forwardSpectrum(spec, inputs, values, {
      ops,
      grid,
      nodeId: name,
      planes: null,
      share: null,
      every: change.every ?? 1,
      perPlane: (id, planes) =>
        Array.from({ length: planes }, (_, index) => {
          const setting = params[id];
          const listed = Array.isArray(setting) ? (setting as readonly number[])[index] : undefined;
          const path = `${name}.${id}.${index}`;
          const own =
            change.values?.has(path) === true || change.slots?.has(path) === true || listed !== undefined;
          const shared = scalarSetting(spec.params[id], setting);
          return own ? scalarAt(path, listed ?? shared, change) : scalarAt(`${name}.${id}`, shared, change);
        }),
    });
    const output = Object.values(outputs)[0];
    if (output === undefined) throw new Error(`${name} has no output.`);
    found[name] = replace[name]?.(output) ?? output;
  }
  return found;
}

/** A map whose cells all differ, in the range that its picture shows. */
function contractMap(ops: Ops, { soft: [low, high] }: MapParam, cells: number): Real {
  return ops.hostMap([], [cells, cells], 'real', () => ({
    value: Float64Array.from(
      { length: cells * cells },
      (_, i) => low + (high - low) * (0.5 + 0.4 * Math.sin(1 + 2.3 * i)),
    ),
    partials: [],
  }));
}

function scalarSetting(param: ParamSpec | undefined, setting: Setting | undefined): number {
  if (typeof setting === 'number') return setting;
  return param?.kind === 'quantity' ? param.default : 0;
}

function scalarAt(path: string, value: number, { values, slots }: ChainValues): Scalar {
  const current = values?.get(path) ?? value;
  const slot = slots?.get(path);
  return slot === undefined ? constantScalar(current) : parameterScalar(current, slot);
}

function paramValue(
  path: string,
  param: Exclude<ParamSpec, MapParam>,
  setting: Setting | undefined,
  change: ChainValues,
): ParamValue<ParamSpec> {
  switch (param.kind) {
    case 'quantity':
      return scalarAt(path, scalarSetting(param, setting), change);
    case 'zernike': {
      const stored =
        typeof setting === 'object' && !Array.isArray(setting) ? (setting as Record<string, number>) : {};
      const keys = [...(change.values?.keys() ?? []), ...(change.slots?.keys() ?? [])];
      const named = keys.filter((key) => key.startsWith(`${path}.`)).map((key) => key.slice(path.length + 1));
      const indices = [...new Set([...Object.keys(stored), ...named].map(Number))].sort((a, b) => a - b);
      return indices.map((nollIndex) => ({
        nollIndex,
        coefficient: scalarAt(`${path}.${nollIndex}`, stored[String(nollIndex)] ?? 0, change),
      }));
    }
    case 'table':
      return tableRows(path, param, setting, change);
    case 'image':
      return setting === undefined || setting === '' ? null : CONTRACT_IMAGE;
    default:
      return (setting ?? param.default) as number | string | boolean;
  }
}

/** A table without groups, its rows those of the setting or the default. */
function tableRows(
  path: string,
  { columns, default: rows }: TableParam,
  setting: Setting | undefined,
  change: ChainValues,
): readonly TableRowValue[] {
  return ((setting as readonly TableRow[] | undefined) ?? rows).map((row, index) => ({
    group: null,
    cells: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => {
        const value = row[name];
        const given = typeof value === 'number' ? value : column.default;
        return [name, scalarAt(`${path}.${index}.${name}`, given, change)] as const;
      }),
    ),
  }));
}

/** The device samples of a value, far fields evaluated on the pupil of the small grid. */
export function samplesOf(ops: Ops, value: PortValue, grid: SimulationGrid): Tensor {
  if (value.kind === 'polychromatic') return samplesOf(ops, mainChannel(value), grid);
  return value.kind === 'farField'
    ? value.evaluate(ops, pupilGrid(grid.samples), constantScalar(0.9))
    : value.samples;
}

/**
 * A number that depends on every sample: Σ w·x for real samples, Re Σ conj(w)·x for complex ones, with fixed
 * weights drawn from `seed` evenly in [-1, 1].
 */
export function weightedSum(ops: Ops, samples: Tensor, seed: number): Real {
  const random = new SeededRandom(seed);
  const count = sizeOf(samples.shape);
  const draw = (length: number) => Float64Array.from({ length }, () => 2 * random.uniform() - 1);
  const axes = samples.shape.map((_, axis) => axis);
  if (samples.dtype === 'real') {
    const weights = ops.upload(draw(count), samples.shape, 'real');
    return ops.sum(ops.multiply(weights, samples as Real), axes);
  }
  const weights = ops.upload(draw(2 * count), samples.shape, 'complex');
  return ops.sum(ops.realPart(ops.multiply(weights, samples as Complex)), axes);
}
