/**
 * The WebAssembly backend: float32 arrays inside the memory of a WebAssembly module, whose kernels may run on
 * several threads. Sums, projections and the Poisson kernels run in float64 inside; everything else in float32.
 */
import type {
  AdamRates,
  AdamState,
  Dtype,
  Kernels,
  MatmulFlags,
  MemoryLimits,
  MemoryReport,
} from '../../optics/ops/kernels.ts';
import { composedFilter2, sizeOf } from '../../optics/ops/kernels.ts';
import { adam } from './adam.ts';
import type { Arena } from './arena.ts';
import type { BinaryLayout, SumStep } from './layout.ts';
import { batchOffsets, binaryLayout, sharedRuns, sumSteps } from './layout.ts';
import type { KernelModule, LoadedModule } from './module.ts';
import type { Block, WasmArray } from './wasmArray.ts';
import { bytesOf, COMPLEX_BYTES, expectDtype, matrixOf, planesOf, REAL_BYTES } from './wasmArray.ts';
import { WasmFourier } from './wasmFourier.ts';

/** Kinds of binary operation, as numbered in assembly/elementwise.ts. */
const KIND = {
  add: 0,
  subtract: 1,
  multiplyReal: 2,
  divide: 3,
  squareRoot: 4,
  addComplex: 5,
  subtractComplex: 6,
  multiplyComplex: 7,
  multiplyConjugate: 8,
  realByComplex: 9,
  realByConjugate: 10,
  realInner: 11,
  imaginaryInner: 12,
} as const;

/** Share of the budget for arrays: blocks are up to an eighth larger, plans and work space need some too. */
const ARRAY_SHARE = 0.8;
/** Words of the table of outer axes: three per axis, rank at most 6. */
const AXIS_TABLE_WORDS = 18;

export class WasmKernels implements Kernels<WasmArray> {
  readonly name = 'wasm';
  readonly bytesPerReal = 4;
  private readonly module: KernelModule;
  private readonly wasmMemory: WebAssembly.Memory;
  private readonly arena: Arena;
  private readonly fourier: WasmFourier;
  private readonly live = new Set<WasmArray>();
  private readonly axisTable: number;
  private readonly budgetBytes: number;
  private liveBytes = 0;
  private work = { address: 0, bytes: 0 };
  private floats: Float32Array;

  constructor(loaded: LoadedModule, threads: number, arena: Arena, budgetBytes: number) {
    this.module = loaded.exports;
    this.budgetBytes = budgetBytes;
    this.wasmMemory = loaded.memory;
    this.arena = arena;
    this.fourier = new WasmFourier(loaded, threads, arena, (bytes) => this.workSpace(bytes));
    this.axisTable = this.arena.allocate(AXIS_TABLE_WORDS * 4);
    this.floats = new Float32Array(loaded.memory.buffer);
  }

  upload(data: Float64Array | Float32Array, shape: readonly number[], dtype: Dtype): WasmArray {
    const reals = sizeOf(shape) * (dtype === 'complex' ? 2 : 1);
    if (data.length !== reals) {
      throw new Error(`${data.length} numbers do not fill a ${dtype} array of shape [${shape.join(', ')}].`);
    }
    const array = this.create([...shape], dtype);
    this.view().set(data, array.block.address / REAL_BYTES);
    return array;
  }

  async readMany(arrays: readonly WasmArray[]): Promise<Float32Array[]> {
    return arrays.map((array) => {
      const start = this.at(array) / REAL_BYTES;
      return this.view().slice(start, start + array.reals);
    });
  }

  release(array: WasmArray): void {
    if (!this.live.delete(array)) throw new Error('An array was released twice or is not of this backend.');
    const { block } = array;
    block.arrays--;
    if (block.arrays > 0) return;
    this.liveBytes -= block.bytes;
    this.arena.release(block.address);
  }

  reshape(a: WasmArray, shape: readonly number[]): WasmArray {
    this.at(a);
    if (sizeOf(shape) !== sizeOf(a.shape)) {
      throw new Error(`An array [${a.shape.join(', ')}] cannot be seen as [${shape.join(', ')}].`);
    }
    const result: WasmArray = { shape: [...shape], dtype: a.dtype, block: a.block, reals: a.reals };
    a.block.arrays++;
    this.live.add(result);
    return result;
  }

  memory(): MemoryReport {
    return { bytes: this.liveBytes, arrays: this.live.size };
  }

  limits(): MemoryLimits {
    const bytes = Math.floor(ARRAY_SHARE * this.budgetBytes);
    return { arrayBytes: bytes, totalBytes: bytes };
  }

  add(a: WasmArray, b: WasmArray): WasmArray {
    return this.sumLike(KIND.add, KIND.addComplex, a, b);
  }

  subtract(a: WasmArray, b: WasmArray): WasmArray {
    return this.sumLike(KIND.subtract, KIND.subtractComplex, a, b);
  }

  multiply(a: WasmArray, b: WasmArray, conjugateB = false): WasmArray {
    if (a.dtype === 'real' && b.dtype === 'real') return this.binary(KIND.multiplyReal, a, b, 'real');
    if (b.dtype === 'real') return this.binary(KIND.realByComplex, b, a, 'complex');
    if (a.dtype === 'real') {
      return this.binary(conjugateB ? KIND.realByConjugate : KIND.realByComplex, a, b, 'complex');
    }
    return this.binary(conjugateB ? KIND.multiplyConjugate : KIND.multiplyComplex, a, b, 'complex');
  }

  divide(a: WasmArray, b: WasmArray): WasmArray {
    expectDtype('real', a, b);
    return this.binary(KIND.divide, a, b, 'real');
  }

  squareRoot(a: WasmArray): WasmArray {
    expectDtype('real', a);
    return this.binary(KIND.squareRoot, a, a, 'real');
  }

  scale(a: WasmArray, factor: number): WasmArray {
    const from = this.at(a);
    const result = this.create(a.shape, a.dtype);
    this.module.scale(a.reals, from, factor, result.block.address);
    return result;
  }

  absSquared(u: WasmArray): WasmArray {
    return this.realInner(u, u);
  }

  realInner(u: WasmArray, v: WasmArray): WasmArray {
    expectDtype('complex', u, v);
    return this.binary(KIND.realInner, u, v, 'real');
  }

  imaginaryInner(u: WasmArray, v: WasmArray): WasmArray {
    expectDtype('complex', u, v);
    return this.binary(KIND.imaginaryInner, u, v, 'real');
  }

  phasor(phase: WasmArray): WasmArray {
    expectDtype('real', phase);
    const from = this.at(phase);
    const result = this.create(phase.shape, 'complex');
    this.module.phasor(phase.reals, from, result.block.address);
    return result;
  }

  fourier2(u: WasmArray, direction: 'forward' | 'inverse'): WasmArray {
    expectDtype('complex', u);
    const { count, ny, nx } = planesOf(u);
    const from = this.at(u);
    const prepared = this.fourier.prepare(ny, nx);
    const result = this.create(u.shape, 'complex');
    this.fourier.transform(prepared, from, result.block.address, count, direction);
    return result;
  }

  fusesFilter2(columns: number): boolean {
    return this.fourier.filters(columns);
  }

  filter2(u: WasmArray, transfer: WasmArray, conjugate = false): WasmArray {
    expectDtype('complex', u);
    const { ny, nx } = planesOf(u);
    const window = planesOf(transfer);
    if (!this.fusesFilter2(window.nx) || window.ny < ny || window.nx < nx) {
      return composedFilter2<WasmArray>(this, u, transfer, conjugate);
    }
    const { shape, pairs } = batchOffsets(u.shape.slice(0, -2), transfer.shape.slice(0, -2));
    const from = this.at(u);
    const transferAt = this.at(transfer);
    const runs = sharedRuns(pairs);
    const prepared = this.fourier.prepareFilter(window.ny, window.nx, ny, runs.length < pairs.length);
    const result = this.create([...shape, ny, nx], 'complex');
    const transferBytes = window.ny * window.nx * bytesOf(transfer.dtype);
    const planeBytes = ny * nx * COMPLEX_BYTES;
    for (const { a, b, first, count } of prepared.kept === 0 ? sharedRuns(pairs, 1) : runs) {
      const planes = {
        from: from + a * planeBytes,
        to: result.block.address + first * planeBytes,
        transfer: transferAt + b * transferBytes,
        count,
        isComplex: transfer.dtype === 'complex',
        conjugate,
      };
      this.fourier.filterPlanes(prepared, { ny, nx }, planes);
    }
    return result;
  }

  resize(a: WasmArray, ny: number, nx: number): WasmArray {
    const planes = planesOf(a);
    const from = this.at(a);
    const result = this.create([...a.shape.slice(0, -2), ny, nx], a.dtype);
    const { address } = result.block;
    const pixelBytes = bytesOf(a.dtype);
    this.module.resize(from, address, planes.count, planes.ny, planes.nx, ny, nx, pixelBytes);
    return result;
  }

  matmul(a: WasmArray, b: WasmArray, flags: MatmulFlags = {}): WasmArray {
    expectDtype('complex', a, b);
    const left = matrixOf(a, flags.transposeA === true);
    const right = matrixOf(b, flags.transposeB === true);
    if (left.columns !== right.rows) {
      throw new Error(`Matrices [${a.shape.join(', ')}] and [${b.shape.join(', ')}] do not chain.`);
    }
    const { shape, pairs } = batchOffsets(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const depth = left.columns;
    // A batch of left matrices against one right matrix is a single tall matrix.
    const tall = flags.transposeA !== true && sizeOf(b.shape.slice(0, -2)) === 1;
    const rows = tall ? left.rows * pairs.length : left.rows;
    const work = this.workSpace(this.module.matmulWorkBytes(rows, depth));
    const products = tall ? pairs.slice(0, 1) : pairs;
    const aAt = this.at(a);
    const bAt = this.at(b);
    const result = this.create([...shape, left.rows, right.columns], 'complex');
    products.forEach(([i, j], index) => {
      this.module.matmul(
        aAt + i * left.bytes,
        left.rowStep,
        left.columnStep,
        bAt + j * right.bytes,
        right.rowStep,
        right.columnStep,
        result.block.address + index * left.rows * right.columns * COMPLEX_BYTES,
        rows,
        depth,
        right.columns,
        flags.conjugateA === true ? 1 : 0,
        flags.conjugateB === true ? 1 : 0,
        work,
      );
    });
    return result;
  }

  sum(a: WasmArray, axes: readonly number[]): WasmArray {
    const shape = a.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
    const steps = sumSteps(a.shape, axes);
    const parts = a.dtype === 'complex' ? 2 : 1;
    const between: WasmArray[] = [];
    try {
      let current = a;
      steps.slice(0, -1).forEach((step) => {
        current = this.sumStep(current, step, parts, [step.outer, step.inner]);
        between.push(current);
      });
      const last = steps[steps.length - 1];
      return last === undefined ? this.reshape(a, shape) : this.sumStep(current, last, parts, shape);
    } finally {
      for (const array of between) this.release(array);
    }
  }

  combine(basis: WasmArray, coefficients: Float64Array | WasmArray): WasmArray {
    expectDtype('real', basis);
    const [count = 0, ...rest] = basis.shape;
    const isHost = coefficients instanceof Float64Array;
    const given = isHost ? coefficients.length : coefficients.reals;
    if (given !== count) throw new Error(`${given} coefficients do not fit a basis of ${count} maps.`);
    const from = this.at(basis);
    const values = isHost ? this.workSpace(count * REAL_BYTES) : this.at(coefficients);
    const result = this.create(rest, 'real');
    if (isHost) this.view().set(coefficients, values / REAL_BYTES);
    this.module.combine(from, values, count, result.reals, result.block.address);
    return result;
  }

  adam(state: AdamState<WasmArray>, loss: WasmArray, gradient: WasmArray, rates: AdamRates): void {
    adam(this.module, this.view(), state, loss, gradient, rates, (array) => this.at(array));
  }

  project(basis: WasmArray, map: WasmArray): WasmArray {
    expectDtype('real', basis, map);
    const [count = 0, ...rest] = basis.shape;
    if (sizeOf(rest) !== map.reals) {
      throw new Error(`A basis [${basis.shape.join(', ')}] does not fit a map [${map.shape.join(', ')}].`);
    }
    const basisAt = this.at(basis);
    const mapAt = this.at(map);
    const work = this.workSpace(this.module.projectWorkBytes(count, map.reals));
    const result = this.create([count], 'real');
    this.module.project(basisAt, mapAt, count, map.reals, result.block.address, work);
    return result;
  }

  poissonDeviance(model: WasmArray, data: WasmArray): WasmArray {
    return this.poisson(this.module.poissonDeviance, model, data);
  }

  poissonSlope(model: WasmArray, data: WasmArray): WasmArray {
    return this.poisson(this.module.poissonSlope, model, data);
  }

  // ---- inside ---------------------------------------------------------------------------------------

  private sumStep(a: WasmArray, step: SumStep, parts: number, shape: readonly number[]): WasmArray {
    const { outer, length } = step;
    const inner = step.inner * parts;
    const from = this.at(a);
    const work = this.workSpace(this.module.sumWorkBytes(outer, length, inner));
    const result = this.create(shape, a.dtype);
    this.module.sumMiddle(from, result.block.address, outer, length, inner, work);
    return result;
  }

  private sumLike(real: number, complex: number, a: WasmArray, b: WasmArray): WasmArray {
    expectDtype(a.dtype, b);
    return this.binary(a.dtype === 'real' ? real : complex, a, b, a.dtype);
  }

  private binary(kind: number, a: WasmArray, b: WasmArray, dtype: Dtype): WasmArray {
    const layout = binaryLayout(a.shape, b.shape);
    const aAt = this.at(a);
    const bAt = this.at(b);
    const result = this.create(layout.shape, dtype);
    this.writeAxes(layout, bytesOf(a.dtype), bytesOf(b.dtype));
    this.module.binary(
      kind,
      layout.n,
      aAt,
      layout.aStep,
      bAt,
      layout.bStep,
      result.block.address,
      this.axisTable,
      layout.outer.length,
    );
    return result;
  }

  private writeAxes(layout: BinaryLayout, aBytes: number, bBytes: number): void {
    if (layout.outer.length === 0) return;
    const words = new Uint32Array(this.wasmMemory.buffer, this.axisTable, AXIS_TABLE_WORDS);
    words.set(layout.outer.flatMap((axis) => [axis.length, axis.aStride * aBytes, axis.bStride * bBytes]));
  }

  private poisson(kernel: KernelModule['poissonSlope'], model: WasmArray, data: WasmArray): WasmArray {
    expectDtype('real', model, data);
    if (model.reals !== data.reals) {
      throw new Error(`Arrays [${model.shape.join(', ')}] and [${data.shape.join(', ')}] differ in shape.`);
    }
    const modelAt = this.at(model);
    const dataAt = this.at(data);
    const result = this.create(model.shape, 'real');
    kernel(model.reals, modelAt, dataAt, result.block.address);
    return result;
  }

  private create(shape: readonly number[], dtype: Dtype): WasmArray {
    const reals = sizeOf(shape) * (dtype === 'complex' ? 2 : 1);
    const bytes = reals * REAL_BYTES;
    const block: Block = { address: this.arena.allocate(bytes), bytes, arrays: 1 };
    const array: WasmArray = { shape, dtype, block, reals };
    this.live.add(array);
    this.liveBytes += bytes;
    return array;
  }

  private at(array: WasmArray): number {
    if (!this.live.has(array))
      throw new Error('An array was used after its release or is not of this backend.');
    return array.block.address;
  }

  /** Space that is only valid until the next kernel. Grows to the largest request. */
  private workSpace(bytes: number): number {
    if (bytes > this.work.bytes) {
      if (this.work.bytes > 0) this.arena.release(this.work.address);
      this.work = { address: 0, bytes: 0 };
      this.work = { address: this.arena.allocate(bytes), bytes };
    }
    return this.work.address;
  }

  /** The whole memory as float32; made anew after the memory has grown. */
  private view(): Float32Array {
    if (this.floats.buffer !== this.wasmMemory.buffer) {
      this.floats = new Float32Array(this.wasmMemory.buffer);
    }
    return this.floats;
  }
}
