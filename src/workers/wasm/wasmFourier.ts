/** How the WebAssembly backend runs Fourier transforms: which plan, which work space and which kernel. */
import type { Arena } from './arena.ts';
import type { KernelModule, LoadedModule } from './module.ts';
import type { FourierPlan } from './plans.ts';
import { PlanCache } from './plans.ts';
import { COMPLEX_BYTES } from './wasmArray.ts';

/** Lines that are transformed at once: one cache line of complex float32. */
const LINES = 8;

interface Plane {
  readonly ny: number;
  readonly nx: number;
}

/** Plans and space for one operation, valid until the next is prepared. */
export interface PreparedFourier {
  readonly rows: FourierPlan;
  readonly columns: FourierPlan;
  readonly work: number;
  /** Bytes of the part that each thread has. */
  readonly workBytes: number;
}

export interface PreparedFilter extends PreparedFourier {
  /** Rows of frequencies between the passes. */
  readonly spectra: number;
  readonly spectrumBytes: number;
}

export interface FilterPlane {
  /** Addresses of one plane each. */
  readonly from: number;
  readonly to: number;
  readonly transfer: number;
  readonly isComplex: boolean;
  readonly conjugate: boolean;
}

export class WasmFourier {
  private readonly module: KernelModule;
  private readonly plans: PlanCache;
  private readonly threads: number;
  private readonly workSpace: (bytes: number) => number;

  /** @param workSpace gives bytes that are valid until the next call. */
  constructor(
    { exports, memory }: Pick<LoadedModule, 'exports' | 'memory'>,
    threads: number,
    arena: Arena,
    workSpace: (bytes: number) => number,
  ) {
    this.module = exports;
    this.plans = new PlanCache(memory, arena);
    this.threads = threads;
    this.workSpace = workSpace;
  }

  /** Whether `filterPlane` takes windows of this many columns. */
  filters(columns: number): boolean {
    return this.module.hasFilter() === 1 && columns % LINES === 0;
  }

  /** Must come before the addresses of new arrays are taken: plans and space may make the memory grow. */
  prepare(ny: number, nx: number): PreparedFourier {
    const { rows, columns, workBytes } = this.plansOf(ny, nx);
    return { rows, columns, work: this.workSpace(this.threads * workBytes), workBytes };
  }

  /** The same for `filterPlane` with a window of ny × nx samples of which `heldRows` hold light. */
  prepareFilter(ny: number, nx: number, heldRows: number): PreparedFilter {
    const { rows, columns, workBytes } = this.plansOf(ny, nx);
    // One cache line more per row: rows a power of two apart would fall on the same few places of the cache.
    const spectrumBytes = (nx + LINES) * COMPLEX_BYTES;
    const allBytes = this.threads * workBytes;
    const work = this.workSpace(allBytes + heldRows * spectrumBytes);
    return { rows, columns, work, workBytes, spectra: work + allBytes, spectrumBytes };
  }

  private plansOf(ny: number, nx: number) {
    const rows = this.plans.plan(nx);
    const columns = this.plans.plan(ny);
    // Two halves of planar points.
    const workBytes = 2 * Math.max(rows.points, columns.points) * LINES * COMPLEX_BYTES;
    return { rows, columns, workBytes };
  }

  /** Centred unitary transform of `count` planes. */
  transform(
    { rows, columns, work, workBytes }: PreparedFourier,
    from: number,
    to: number,
    count: number,
    direction: 'forward' | 'inverse',
  ): void {
    this.module.fourierPlanes(
      from,
      to,
      rows.address,
      columns.address,
      count,
      work,
      workBytes,
      1 / Math.sqrt(rows.length * columns.length),
      direction === 'inverse' ? 1 : 0,
    );
  }

  /** Pads one plane to the prepared window, transforms, multiplies, transforms back and crops. */
  filterPlane(prepared: PreparedFilter, { ny, nx }: Plane, plane: FilterPlane): void {
    const { rows, columns, work, workBytes, spectra, spectrumBytes } = prepared;
    this.module.filterPlane(
      plane.from,
      plane.to,
      ny,
      nx,
      rows.address,
      columns.address,
      plane.transfer,
      plane.isComplex ? 1 : 0,
      plane.conjugate ? 1 : 0,
      spectra,
      spectrumBytes,
      work,
      workBytes,
      1 / (rows.length * columns.length),
    );
  }
}
