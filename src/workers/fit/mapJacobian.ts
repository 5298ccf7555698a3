/**
 * Derivatives of the camera's image, and of the phase in the pupil, by numbers and by every cell of maps: forward, some
 * columns in one run.
 */
import { type Plan, upstream } from '../../graph/compile.ts';
import { type GraphRunner, NO_OVERRIDES, type RunResult } from '../../graph/execute.ts';
import { memoryNeed } from '../../graph/memory.ts';
import type { SearchRole } from '../../optics/element.ts';
import type { Real, Tensor } from '../../optics/ops/ops.ts';
import type { Image, Pupil } from '../../optics/values.ts';
import type { Origin } from './fitObjective.ts';
import { FitProblemError, orRefused } from './fitProblemError.ts';
import type { LearnedPoint } from './learnedPoint.ts';
import type { Column } from './normalProducts.ts';
import { PlaneSlots } from './planeSlots.ts';
import { refuse } from './portionedRuns.ts';

type Numbers = Float64Array | Float32Array;

/** Columns of one run: more spare little, as each is a run of its own but for what all share. */
const AT_ONCE = 16;
/** Share of the memory that the arrays of one run may take. */
const SHARE = 0.25;

/** The light in the objective's pupil, of one part and one polarisation. */
export interface PupilSlopes {
  /** With the object in the middle of the field and in focus: interleaved, [side, side]. */
  readonly samples: Numbers;
  readonly side: number;
  /** Radius of the unit disc in samples. */
  readonly radius: number;
  readonly wavelength: number;
  /** Samples with light; of a large pupil those of every few rows and columns. */
  readonly places: Int32Array;
  /** Change of the phase at these, radians, by numbers in natural steps, then by cells; undefined where there is none. */
  readonly slopes: readonly (Float32Array | undefined)[];
}

export interface LearnedJacobian {
  readonly image: Image;
  /** On the camera's scale. */
  readonly model: Numbers;
  /** By numbers in natural steps, then by cells in the map's step. */
  readonly columns: readonly Column[];
  readonly pupil: PupilSlopes | null;
}

export interface Linearised {
  readonly runner: GraphRunner;
  readonly plan: Plan;
  readonly point: LearnedPoint;
  readonly modelFrom: Origin;
  /** Of the image that is compared. */
  readonly shape: readonly number[];
}

/** Below this share of the brightest sample there is no phase to speak of. */
const DARK = 1e-3;
/** Rows and columns of the pupil that are looked at: finer than the cells that errors are told of. */
const FINE = 48;

/** What one run differentiates by: numbers by their slots, cells from the first to before the last. */
interface Batch {
  readonly slots: ReadonlyMap<string, number>;
  readonly cells: readonly [number, number];
}

/**
 * @param asked what the derivatives are of
 * @param goOn called between runs with the share that is done; false ends it without a result
 */
export async function learnedJacobian(
  asked: Linearised,
  at: Float64Array,
  goOn: (share: number) => Promise<boolean>,
): Promise<LearnedJacobian | null> {
  const { point, plan, shape, runner } = asked;
  const { learnables } = point;
  const ofPlanes = new PlaneSlots(plan, learnables, shape);
  const slots = ofPlanes.slots();
  const pupilFrom = pupilIn(asked, runner);
  const batches = batchesOf(slots, at.length - learnables.length, await columnsAtOnce(asked, at));
  const images = new Map<number, Numbers>();
  const slopes = new Map<number, Float32Array>();
  const first = await forward(asked, at, pupilFrom, NOTHING);
  const places = placesOf(first);
  for (const [done, batch] of batches.entries()) {
    if (!(await goOn(done / batches.length))) return null;
    const part = await forward(asked, at, pupilFrom, batch);
    for (const [slot, values] of part.ofImage) images.set(slot, values);
    for (const [slot, values] of part.ofPupil) slopes.set(slot, phaseSlope(first.samples, values, places));
  }
  const cells = Array.from({ length: at.length - learnables.length }, (_, cell) => learnables.length + cell);
  const ofNumbers = learnables.map(({ path, step, role }) => {
    const slot = slots.get(path);
    return slot === undefined || isPlace(role) ? undefined : slopes.get(slot)?.map((x) => x * step);
  });
  const columns = [
    ...ofPlanes.columns((slot) => images.get(slot)),
    ...cells.map((slot) => cellColumn(images.get(slot))),
  ];
  const { image, model, pupil } = first;
  if (pupil === null) return { image, model, columns, pupil };
  const { samples } = await orRefused(forward(asked, centredAt(asked, at), pupilFrom, NOTHING), first);
  const { grid, wavelength } = pupil;
  const alongAll = [...ofNumbers, ...cells.map((slot) => slopes.get(slot))];
  const light = { samples, side: grid.samples, radius: grid.radius, wavelength: wavelength.value };
  return { image, model, columns, pupil: { ...light, places, slopes: alongAll } };
}

/** The camera's image at a point, on its own scale. */
export async function learnedImage(
  asked: Linearised,
  at: Float64Array,
): Promise<Pick<Forward, 'image' | 'model'>> {
  return forward(asked, at, null, NOTHING);
}

const NOTHING: Batch = { slots: new Map(), cells: [0, 0] };

/** Numbers first, then cells, so many at once. */
function batchesOf(slots: ReadonlyMap<string, number>, cells: number, atOnce: number): Batch[] {
  const own = [...new Set(slots.values())];
  const starts = (count: number) => Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => i * atOnce);
  return [
    ...starts(own.length).map((start): Batch => {
      const some = own.slice(start, start + atOnce);
      return { ...NOTHING, slots: new Map([...slots].filter(([, slot]) => some.includes(slot))) };
    }),
    ...starts(cells).map((start): Batch => ({ ...NOTHING, cells: [start, Math.min(start + atOnce, cells)] })),
  ];
}

interface Forward {
  readonly image: Image;
  readonly model: Numbers;
  readonly pupil: Pupil | null;
  /** Of the pupil. */
  readonly samples: Numbers;
  /** Derivatives by slot. */
  readonly ofImage: ReadonlyMap<number, Numbers>;
  readonly ofPupil: ReadonlyMap<number, Numbers>;
}

/** Where the object is moves the phase, but is no error of the objective. */
function isPlace(role: SearchRole | null): boolean {
  return role === 'lateralX' || role === 'lateralY' || role === 'axial';
}

function centredAt({ point }: Linearised, at: Float64Array): Float64Array {
  return at.map((x, i) => {
    const learnable = point.learnables[i];
    return learnable !== undefined && isPlace(learnable.role) ? -learnable.value / learnable.step : x;
  });
}

function placesOf({ pupil, samples }: Pick<Forward, 'pupil' | 'samples'>): Int32Array {
  if (pupil === null) return new Int32Array(0);
  const side = pupil.grid.samples;
  const stride = Math.max(1, Math.ceil((2 * pupil.grid.radius) / FINE));
  const middle = Math.floor(side / 2) % stride;
  const light = (i: number) => (samples[2 * i] as number) ** 2 + (samples[2 * i + 1] as number) ** 2;
  let most = 0;
  for (let i = 0; i < side * side; i++) most = Math.max(most, light(i));
  const places: number[] = [];
  for (let row = middle; row < side; row += stride) {
    for (let column = middle; column < side; column += stride) {
      const i = row * side + column;
      if (light(i) > DARK * most) places.push(i);
    }
  }
  return Int32Array.from(places);
}

/** Im(u* du) / |u|² at the places. */
function phaseSlope(u: Numbers, du: Numbers, places: Int32Array): Float32Array {
  return Float32Array.from(places, (i) => {
    const [re, im] = [u[2 * i] as number, u[2 * i + 1] as number];
    return (re * (du[2 * i + 1] as number) - im * (du[2 * i] as number)) / (re * re + im * im);
  });
}

function cellColumn(data: Numbers | undefined): Column {
  if (data === undefined) return { data: new Float64Array(0), first: 0, last: -1 };
  return { data: Float64Array.from(data), first: 0, last: data.length - 1 };
}

/** One run. */
async function forward(
  { runner, plan, point, modelFrom }: Linearised,
  at: Float64Array,
  pupilFrom: Origin | null,
  { slots, cells }: Batch,
): Promise<Forward> {
  const { ops } = runner;
  const scope = ops.open();
  try {
    const overrides = { ...point.overridesAt(at), slots, maps: new Map(mapsAt(runner, point, at, cells)) };
    const only = new Set([modelFrom.node, ...(pupilFrom === null ? [] : [pupilFrom.node])]);
    const results = runner.run(plan, overrides, 'forward', only);
    const image = results.get(modelFrom.node)?.outputs[modelFrom.port];
    if (image?.kind !== 'image') {
      refuse(results, plan);
      throw new FitProblemError('The model image could not be computed at these values.');
    }
    const pupil = pupilFrom === null ? null : pupilOf(results, pupilFrom);
    const tensors: Tensor[] = [image.samples, ...(pupil === null ? [] : [pupil.samples])];
    const parts = tensors.flatMap((tensor) => [tensor, ...tangentsOf(tensor)]);
    const read = await ops.read(parts);
    const take = (tensor: Tensor) => {
      const start = parts.indexOf(tensor);
      const keys = [...tensor.tangents.keys()];
      return new Map(keys.map((slot, i) => [slot, read[start + 1 + i] ?? new Float64Array(0)] as const));
    };
    const model = read[0] ?? new Float64Array(0);
    const samples = pupil === null ? model : (read[parts.indexOf(pupil.samples)] ?? model);
    return {
      ...{ image, model, pupil, samples, ofImage: take(image.samples) },
      ofPupil: pupil === null ? new Map<number, Numbers>() : take(pupil.samples),
    };
  } finally {
    ops.close(scope);
  }
}

function tangentsOf(tensor: Tensor): Tensor[] {
  return [...tensor.tangents.values()].map((array) => ({ ...tensor, array, tangents: new Map() }));
}

/** The maps with unit changes of some cells, whose slots follow those of the numbers. */
function mapsAt(
  { ops }: GraphRunner,
  point: LearnedPoint,
  at: Float64Array,
  [first, last]: readonly [number, number],
): [string, Real][] {
  let before = 0;
  return point.mapStarts(at).map(({ path, shape, values }, map) => {
    const tangents = new Map<number, Tensor['array']>();
    for (let cell = Math.max(first, before); cell < Math.min(last, before + values.length); cell++) {
      const unit = new Float64Array(values.length);
      unit[cell - before] = point.mapStep(map);
      tangents.set(point.learnables.length + cell, ops.upload(unit, shape, 'real').array);
    }
    before += values.length;
    return [path, { ...ops.upload(values, shape, 'real'), tangents }];
  });
}

/** The last pupil before the camera that holds light of one part only. */
function pupilIn({ plan, modelFrom }: Linearised, runner: GraphRunner): Origin | null {
  const needed = upstream(plan, new Set([modelFrom.node]));
  const only = new Set([modelFrom.node]);
  const { ops } = runner;
  const scope = ops.open();
  try {
    const results = runner.run(plan, NO_OVERRIDES, 'value', only);
    const last = plan.order.findLast(
      ({ node }) => needed.has(node.id) && pupilOf(results, { node: node.id, port: 'out' }) !== null,
    );
    return last === undefined ? null : { node: last.node.id, port: 'out' };
  } finally {
    ops.close(scope);
  }
}

function pupilOf(results: RunResult, { node, port }: Origin): Pupil | null {
  const value = results.get(node)?.outputs[port];
  if (value?.kind !== 'pupil') return null;
  const parts = value.samples.shape.slice(0, -2).reduce((product, n) => product * n, 1);
  return parts === 1 ? value : null;
}

/** As many columns in one run as a share of the memory holds. */
async function columnsAtOnce(
  { plan, runner, point, modelFrom }: Linearised,
  at: Float64Array,
): Promise<number> {
  const { images, ops } = runner;
  const overrides = { ...point.overridesAt(at), slots: new Map() };
  const only = new Set([modelFrom.node]);
  const { kernels } = ops;
  const { bytes } = await memoryNeed({ plan, mode: 'value', overrides, only, images, kernels });
  const { totalBytes } = kernels.limits();
  return Math.max(1, Math.min(AT_ONCE, Math.floor((SHARE * totalBytes) / Math.max(1, bytes))));
}
