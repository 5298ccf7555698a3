/** A backend that computes nothing and counts bytes: a run on it tells what the same run needs elsewhere. */
import type {
  DeviceArray,
  Dtype,
  Kernels,
  MatmulFlags,
  MemoryLimits,
  MemoryReport,
} from '../optics/ops/kernels.ts';
import { broadcastShape, composedFilter2, sizeOf } from '../optics/ops/kernels.ts';
import { type HostSamples, Ops, type Tensor } from '../optics/ops/ops.ts';
import type { Scalar } from '../optics/ops/scalar.ts';

/** What arrays of one size share after a reshape. */
interface Block {
  readonly bytes: number;
  arrays: number;
}

interface SizedArray extends DeviceArray {
  readonly block: Block;
}

/** What is known of the most that was held at once. */
export interface Peak {
  readonly bytes: number;
  readonly arrayBytes: number;
  /** Where the limits were first passed, else where most was held; null outside nodes. */
  readonly nodeId: string | null;
}

/** The backend that is imitated. */
export type Sized = Pick<Kernels, 'name' | 'bytesPerReal' | 'limits' | 'fusesFilter2'>;

class SizingKernels implements Kernels<SizedArray> {
  readonly name: Kernels['name'];
  readonly bytesPerReal: 4 | 8;
  private readonly fuses: (columns: number) => boolean;
  private readonly bounds: MemoryLimits;
  private readonly where: () => string | null;
  private bytes = 0;
  private arrays = 0;
  private most = { bytes: 0, arrayBytes: 0, nodeId: null as string | null };
  private isOver = false;

  constructor(like: Sized, where: () => string | null) {
    this.name = like.name;
    this.bytesPerReal = like.bytesPerReal;
    this.bounds = like.limits();
    this.where = where;
    this.fuses = (columns) => like.fusesFilter2?.(columns) === true;
  }

  get peak(): Peak {
    return this.most;
  }

  upload(_data: Float64Array | Float32Array, shape: readonly number[], dtype: Dtype): SizedArray {
    return this.make(shape, dtype);
  }

  /** A graphics device stages what is read beside the arrays. */
  async readMany(arrays: readonly SizedArray[]): Promise<Float32Array[]> {
    const staged = arrays.reduce((total, { block }) => total + block.bytes, 0);
    if (this.name === 'webgpu') this.note(staged, staged);
    return arrays.map(() => new Float32Array(0));
  }

  release({ block }: SizedArray): void {
    this.arrays--;
    block.arrays--;
    if (block.arrays === 0) this.bytes -= block.bytes;
  }

  reshape(a: SizedArray, shape: readonly number[]): SizedArray {
    if (this.name === 'f64') return this.make(shape, a.dtype);
    a.block.arrays++;
    this.arrays++;
    return { shape, dtype: a.dtype, block: a.block };
  }

  memory(): MemoryReport {
    return { bytes: this.bytes, arrays: this.arrays };
  }

  limits(): MemoryLimits {
    return this.bounds;
  }

  add(a: SizedArray, b: SizedArray): SizedArray {
    return this.make(broadcastShape(a.shape, b.shape), a.dtype);
  }

  subtract(a: SizedArray, b: SizedArray): SizedArray {
    return this.add(a, b);
  }

  multiply(a: SizedArray, b: SizedArray): SizedArray {
    const dtype = a.dtype === 'complex' || b.dtype === 'complex' ? 'complex' : 'real';
    return this.make(broadcastShape(a.shape, b.shape), dtype);
  }

  divide(a: SizedArray, b: SizedArray): SizedArray {
    return this.make(broadcastShape(a.shape, b.shape), 'real');
  }

  scale(a: SizedArray): SizedArray {
    return this.make(a.shape, a.dtype);
  }

  squareRoot(a: SizedArray): SizedArray {
    return this.make(a.shape, 'real');
  }

  absSquared(u: SizedArray): SizedArray {
    return this.make(u.shape, 'real');
  }

  realInner(u: SizedArray, v: SizedArray): SizedArray {
    return this.make(broadcastShape(u.shape, v.shape), 'real');
  }

  imaginaryInner(u: SizedArray, v: SizedArray): SizedArray {
    return this.realInner(u, v);
  }

  phasor(phase: SizedArray): SizedArray {
    return this.make(phase.shape, 'complex');
  }

  fourier2(u: SizedArray): SizedArray {
    return this.make(u.shape, 'complex');
  }

  filter2(u: SizedArray, transfer: SizedArray): SizedArray {
    const columns = transfer.shape[transfer.shape.length - 1] ?? 1;
    if (!this.fuses(columns)) return composedFilter2<SizedArray>(this, u, transfer);
    const lead = broadcastShape(u.shape.slice(0, -2), transfer.shape.slice(0, -2));
    const [ny = 1, nx = 1] = u.shape.slice(-2);
    // A graphics device keeps the transformed rows before and after the columns; WebAssembly has room of its own.
    const between =
      this.name === 'webgpu' ? [0, 1].map(() => this.make([...lead, ny, columns], 'complex')) : [];
    const result = this.make([...lead, ny, nx], 'complex');
    for (const array of between) this.release(array);
    return result;
  }

  resize(a: SizedArray, ny: number, nx: number): SizedArray {
    return this.make([...a.shape.slice(0, -2), ny, nx], a.dtype);
  }

  matmul(a: SizedArray, b: SizedArray, flags: MatmulFlags = {}): SizedArray {
    const [rows, columns] = [axis(a, flags.transposeA === true ? 1 : 2), axis(b, flags.transposeB ? 2 : 1)];
    const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return this.make([...lead, rows, columns], 'complex');
  }

  sum(a: SizedArray, axes: readonly number[]): SizedArray {
    return this.make(
      a.shape.map((n, index) => (axes.includes(index) ? 1 : n)),
      a.dtype,
    );
  }

  combine(basis: SizedArray): SizedArray {
    return this.make(basis.shape.slice(1), 'real');
  }

  project(basis: SizedArray): SizedArray {
    return this.make(basis.shape.slice(0, 1), 'real');
  }

  poissonDeviance(model: SizedArray): SizedArray {
    return this.make(model.shape, 'real');
  }

  poissonSlope(model: SizedArray): SizedArray {
    return this.make(model.shape, 'real');
  }

  /** Changes arrays in place. */
  adam(): void {}

  private make(shape: readonly number[], dtype: Dtype): SizedArray {
    const bytes = sizeOf(shape) * (dtype === 'complex' ? 2 : 1) * this.bytesPerReal;
    this.bytes += bytes;
    this.arrays++;
    this.note(0, bytes);
    return { shape, dtype, block: { bytes, arrays: 1 } };
  }

  private note(extra: number, arrayBytes: number): void {
    const bytes = this.bytes + extra;
    const { most, bounds } = this;
    // The node that first passes the limits is the one to blame, even where later ones need more.
    if (!this.isOver && (bytes > most.bytes || arrayBytes > bounds.arrayBytes)) most.nodeId = this.where();
    most.bytes = Math.max(most.bytes, bytes);
    most.arrayBytes = Math.max(most.arrayBytes, arrayBytes);
    this.isOver ||= bytes > bounds.totalBytes || arrayBytes > bounds.arrayBytes;
  }
}

const NOTHING = new Float64Array(0);

/** `Ops` whose samples are never computed: only their shapes matter. */
export class SizingOps extends Ops {
  private readonly counted: SizingKernels;

  /** @param where the node that is being computed. */
  constructor(like: Sized, where: () => string | null) {
    const counted = new SizingKernels(like, where);
    super(counted as unknown as Kernels);
    this.counted = counted;
  }

  get peak(): Peak {
    return this.counted.peak;
  }

  override constant<D extends Dtype>(key: string, shape: readonly number[], dtype: D): Tensor<D> {
    return super.constant(key, shape, dtype, () => NOTHING);
  }

  override hostMap<D extends Dtype>(
    scalars: readonly Scalar[],
    shape: readonly number[],
    dtype: D,
    _evaluate: (values: readonly number[], wanted: readonly boolean[]) => HostSamples,
    name: string | null = null,
  ): Tensor<D> {
    const sample = (_values: readonly number[], wanted: readonly boolean[]): HostSamples => ({
      value: NOTHING,
      partials: wanted.map((want) => (want ? NOTHING : undefined)),
    });
    return super.hostMap(scalars, shape, dtype, sample, name);
  }
}

/** Length of the second-last (2) or last (1) axis. */
function axis({ shape }: SizedArray, fromEnd: 1 | 2): number {
  return shape[shape.length - fromEnd] ?? 1;
}
