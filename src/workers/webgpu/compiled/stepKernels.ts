/**
 * The WebGPU kernels, able to prepare steps that come again (docs/decisions/0006). The first time a step runs in
 * full, through TensorFlow.js, and is recorded. From then on each call is only compared with the recorded one; at a
 * read everything is encoded from prepared bind groups and submitted at once. A call that differs is no fault: the
 * calls so far are done in full, and the step goes on so.
 */
import type { Recording } from '../../../optics/ops/kernels.ts';
import type { WebgpuDevice } from '../device.ts';
import { type Launch, observeLaunches, type WebgpuArray } from '../program.ts';
import { Readback } from '../readback.ts';
import type { WebgpuKernels } from '../webgpuKernels.ts';
import { actualOf, PlannedArray } from './plannedArray.ts';
import {
  type Attributes,
  PreparedStep,
  READ,
  type RecordedCall,
  replaySource,
  SCALE,
  UPLOAD,
} from './preparedStep.ts';
import { ReplayProgram, replayBytes } from './replayProgram.ts';

/** Steps kept ready; the least recently used goes first. */
const MOST_STEPS = 8;
/** Bytes of their buffers together. */
const MOST_BYTES = 2 ** 30;
/** A step that turns out different so often in a row is not prepared again. */
const MOST_SURPRISES = 3;

interface Entry {
  prepared: PreparedStep | null;
  surprises: number;
  /** Of the choice of Fourier plans that it was recorded with. */
  plans: number;
}

type State =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'recording';
      readonly calls: RecordedCall[];
      readonly launches: Launch[];
      /** Made in this step and not yet released. */
      readonly alive: Set<WebgpuArray>;
      /** Something happened that cannot be done again. */
      isUnique: boolean;
    }
  | {
      readonly kind: 'taping';
      /** What a loop uploads, which never changes. */
      readonly uploads: Map<object, Float32Array>;
      readonly made: Set<WebgpuArray>;
      /** Arrays from outside, and a hold on their samples: others may release them while the loop goes on. */
      readonly held: Map<WebgpuArray, WebgpuArray>;
    }
  | { readonly kind: 'following'; readonly entry: Entry; readonly prepared: PreparedStep };

const PLAIN: State = { kind: 'plain' };

export class StepKernels {
  private readonly inner: WebgpuKernels;
  private readonly source: WebgpuDevice;
  private readonly readback: Readback;
  private readonly entries = new Map<string, Entry>();
  private readonly loops = new Set<ReplayProgram>();
  private state: State = PLAIN;

  constructor(inner: WebgpuKernels, source: WebgpuDevice) {
    this.inner = inner;
    this.source = source;
    this.readback = new Readback(source.device);
  }

  /** What is kept ready: steps and the bytes of their buffers. */
  get report(): { readonly steps: number; readonly bytes: number } {
    const prepared = [...this.entries.values()].flatMap((entry) => entry.prepared ?? []);
    const all = [...prepared, ...this.loops];
    return { steps: prepared.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  async step<T>(key: string, body: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    const plans = this.inner.fourierPlanner.version;
    const entry = known ?? { prepared: null, surprises: 0, plans };
    if (this.state.kind !== 'plain' || entry.surprises > MOST_SURPRISES) return body();
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (entry.plans !== plans) {
      entry.prepared?.dispose();
      entry.prepared = null;
      entry.plans = plans;
    }
    if (entry.prepared !== null) {
      entry.prepared.begin();
      this.state = { kind: 'following', entry, prepared: entry.prepared };
    } else {
      this.state = { kind: 'recording', calls: [], launches: [], alive: new Set(), isUnique: false };
    }
    try {
      const result = await body();
      this.finish(entry);
      return result;
    } finally {
      this.state = PLAIN;
    }
  }

  record(body: () => void): Recording {
    if (this.state.kind !== 'plain') throw new Error('A loop cannot be recorded within a step.');
    const launches: Launch[] = [];
    const [uploads, held] = [new Map<object, Float32Array>(), new Map<WebgpuArray, WebgpuArray>()];
    this.state = { kind: 'taping', uploads, held, made: new Set() };
    try {
      observeLaunches((launch) => launches.push(launch), body);
    } finally {
      this.state = PLAIN;
    }
    const sizes = new Map([...uploads].map(([dataId, data]) => [dataId, data.byteLength]));
    const program = new ReplayProgram(this.source, { launches, uploads: sizes, readUntil: new Map() });
    for (const [dataId, data] of uploads) program.write(dataId, data);
    this.loops.add(program);
    const { device } = this.source;
    return {
      repeat: async (times) => {
        this.inner.flush();
        const encoder = device.createCommandEncoder();
        for (let i = 0; i < times; i++) program.encode(encoder);
        device.queue.submit([encoder.finish()]);
        await device.queue.onSubmittedWorkDone();
      },
      release: () => {
        if (!this.loops.delete(program)) return;
        program.dispose();
        for (const array of held.values()) this.inner.release(array);
      },
    };
  }

  forget(prefix: string): void {
    for (const [key, entry] of this.entries) {
      if (!key.startsWith(prefix)) continue;
      entry.prepared?.dispose();
      this.entries.delete(key);
    }
  }

  call(
    name: string,
    inputs: readonly WebgpuArray[],
    attributes: Attributes,
    run: (inputs: readonly WebgpuArray[]) => WebgpuArray,
    data: Float64Array | Float32Array | null = null,
  ): WebgpuArray {
    const { state } = this;
    if (state.kind === 'following') {
      const full = (arrays: readonly WebgpuArray[]) => run(arrays.map(actualOf));
      const followed = state.prepared.follow({ name, inputs, attributes, data, run: full });
      if (followed?.output) return followed.output;
      this.leave(state);
    }
    if (state.kind === 'taping') return this.tape(state, name, inputs, run, data);
    if (state.kind !== 'recording') return run(inputs.map(actualOf));
    const firstLaunch = state.launches.length;
    const output = observeLaunches(
      (launch) => state.launches.push(launch),
      () => run(inputs),
    );
    const endLaunch = state.launches.length;
    state.calls.push({ name, inputs, attributes, data, run, output, firstLaunch, endLaunch });
    state.alive.add(output);
    return output;
  }

  /** Something that must not happen twice. */
  once(work: () => void): void {
    const { state } = this;
    if (state.kind === 'recording') state.isUnique = true;
    if (state.kind === 'following') this.leave(state);
    work();
  }

  async readMany(arrays: readonly WebgpuArray[]): Promise<(Float64Array | Float32Array)[]> {
    const { state } = this;
    const none = () => {
      throw new Error('A read makes no array.');
    };
    const call = { name: READ, inputs: arrays, attributes: [], data: null, run: none };
    if (state.kind === 'following') {
      if (state.prepared.follow(call) !== null) {
        this.inner.flush();
        return this.inner.guarded(() => state.prepared.read());
      }
      this.leave(state);
    }
    if (state.kind === 'recording') {
      const count = state.launches.length;
      state.calls.push({ ...call, output: null, firstLaunch: count, endLaunch: count });
    }
    return this.inner.readMany(arrays.map(actualOf));
  }

  release(array: WebgpuArray): void {
    if (this.state.kind === 'recording') this.state.alive.delete(array);
    if (!(array instanceof PlannedArray)) {
      this.inner.release(array);
      return;
    }
    array.isReleased = true;
    if (array.actual !== null) {
      this.inner.release(array.actual);
      array.actual = null;
    }
  }

  dispose(): void {
    this.forget('');
    for (const program of this.loops) program.dispose();
    this.loops.clear();
    this.readback.dispose();
  }

  private tape(
    { uploads, made, held }: State & { kind: 'taping' },
    name: string,
    inputs: readonly WebgpuArray[],
    run: (inputs: readonly WebgpuArray[]) => WebgpuArray,
    data: Float64Array | Float32Array | null,
  ): WebgpuArray {
    for (const input of inputs) {
      if (!made.has(input) && !held.has(input)) held.set(input, this.inner.reshape(input, input.shape));
    }
    const output = run(inputs);
    made.add(output);
    if (name === UPLOAD && data !== null) uploads.set(output.tensor.dataId, Float32Array.from(data));
    return output;
  }

  /** Goes on in full from here. */
  private leave({ entry, prepared }: State & { kind: 'following' }): void {
    this.state = PLAIN;
    entry.surprises++;
    entry.prepared = null;
    prepared.runInFull((array) => this.inner.release(array));
    prepared.dispose();
  }

  private finish(entry: Entry): void {
    const { state } = this;
    if (state.kind === 'following') {
      if (state.prepared.isComplete) {
        entry.surprises = 0;
      } else {
        entry.surprises++;
        entry.prepared = null;
        state.prepared.dispose();
      }
    }
    if (state.kind !== 'recording' || state.isUnique || state.alive.size > 0) return;
    if (!state.calls.some(({ name }) => name === READ)) return;
    const replay = replaySource(state.calls, state.launches);
    const bytes = replayBytes(replay);
    if (!this.makeRoom(bytes)) {
      // It would not fit the next time either.
      entry.surprises = MOST_SURPRISES + 1;
      return;
    }
    entry.prepared = new PreparedStep(this.source, this.readback, state.calls, replay);
  }

  /** Forgets the oldest steps until so many bytes more may be taken; false where that is not enough. */
  private makeRoom(bytes: number): boolean {
    const { totalBytes } = this.inner.limits();
    const most = Math.min(MOST_BYTES, totalBytes - this.inner.memory().bytes);
    if (bytes > most) return false;
    for (const [key, { prepared }] of this.entries) {
      const { steps, bytes: taken } = this.report;
      if (steps < MOST_STEPS && taken + bytes <= most) break;
      if (prepared !== null) this.forget(key);
    }
    return this.report.bytes + bytes <= most;
  }
}

/** `inner` with steps that can be prepared and loops that stay on the device. */
export function withSteps(inner: WebgpuKernels, source: WebgpuDevice): WebgpuKernels {
  const steps = new StepKernels(inner, source);
  type Binary = (a: WebgpuArray, b: WebgpuArray) => WebgpuArray;
  const binary =
    (name: string, run: Binary): Binary =>
    (a, b) =>
      steps.call(name, [a, b], [], ([p, q]) => run(p as WebgpuArray, q as WebgpuArray));
  const unary = (
    name: string,
    a: WebgpuArray,
    attributes: Attributes,
    run: (a: WebgpuArray) => WebgpuArray,
    data: Float64Array | null = null,
  ) => steps.call(name, [a], attributes, ([p]) => run(p as WebgpuArray), data);
  const { filter2 } = inner;
  const kernels: WebgpuKernels = {
    ...inner,
    step: (key, body) => steps.step(key, body),
    record: (body) => steps.record(body),
    forget: (prefix) => steps.forget(prefix),
    upload: (data, shape, dtype) =>
      steps.call(UPLOAD, [], [...shape, dtype], () => inner.upload(data, shape, dtype), data),
    readMany: (arrays) => steps.readMany(arrays),
    release: (array) => steps.release(array),
    memory: () => ({ ...inner.memory(), bytes: inner.memory().bytes + steps.report.bytes }),
    reshape: (a, shape) => unary('reshape', a, shape, (p) => inner.reshape(p, shape)),
    add: binary('add', inner.add),
    subtract: binary('subtract', inner.subtract),
    multiply: (a, b, conjugate = false) =>
      binary(conjugate ? 'multiplyConjugate' : 'multiply', (p, q) => inner.multiply(p, q, conjugate))(a, b),
    divide: binary('divide', inner.divide),
    squareRoot: (a) => unary('squareRoot', a, [], inner.squareRoot),
    scale: (a, factor) => unary(SCALE, a, [], (p) => inner.scale(p, factor), Float64Array.of(factor)),
    absSquared: (u) => unary('absSquared', u, [], inner.absSquared),
    realInner: binary('realInner', inner.realInner),
    imaginaryInner: binary('imaginaryInner', inner.imaginaryInner),
    phasor: (phase) => unary('phasor', phase, [], inner.phasor),
    fourier2: (u, direction) => unary('fourier2', u, [direction], (p) => inner.fourier2(p, direction)),
    resize: (a, ny, nx) => unary('resize', a, [ny, nx], (p) => inner.resize(p, ny, nx)),
    matmul: (a, b, flags = {}) => {
      const { conjugateA = false, conjugateB = false, transposeA = false, transposeB = false } = flags;
      const attributes = [conjugateA, conjugateB, transposeA, transposeB];
      return steps.call('matmul', [a, b], attributes, ([p, q]) =>
        inner.matmul(p as WebgpuArray, q as WebgpuArray, flags),
      );
    },
    sum: (a, axes) => unary('sum', a, axes, (p) => inner.sum(p, axes)),
    combine: (basis, coefficients) => {
      if (!(coefficients instanceof Float64Array))
        return binary('combine', inner.combine)(basis, coefficients);
      const uploaded = kernels.upload(coefficients, [coefficients.length], 'real');
      const result = binary('combine', inner.combine)(basis, uploaded);
      kernels.release(uploaded);
      return result;
    },
    project: binary('project', inner.project),
    poissonDeviance: binary('poissonDeviance', inner.poissonDeviance),
    poissonSlope: binary('poissonSlope', inner.poissonSlope),
    adam: (state, loss, gradient, rates) => steps.once(() => inner.adam(state, loss, gradient, rates)),
    dispose: () => {
      steps.dispose();
      inner.dispose();
    },
  };
  return filter2 === undefined
    ? kernels
    : {
        ...kernels,
        filter2: (u, transfer, conjugate = false) =>
          steps.call('filter2', [u, transfer], [conjugate], ([p, q]) =>
            filter2(p as WebgpuArray, q as WebgpuArray, conjugate),
          ),
      };
}
