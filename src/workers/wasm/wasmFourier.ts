/** How the WebAssembly backend runs Fourier transforms: which plan, which work space and which kernel. */
import type { Arena } from './arena.ts';
import type { KernelModule, LoadedModule } from './module.ts';
import type { FourierPlan } from './plans.ts';
import { PlanCache } from './plans.ts';
import { COMPLEX_BYTES } from './wasmArray.ts';

/** Lines that are transformed at once: one cache line of complex float32. */
const LINES = 8;
/** Largest spectrum that is kept for several transfer functions; it is made anew for each where it is larger. */
const LARGEST_KEPT_BYTES = 2 ** 26;

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
  /** Address of a spectrum that several transfer functions share; 0 where none is kept. */
  readonly kept: number;
}

export interface FilterPlanes {
  /** Address of the plane that is filtered. */
  readonly from: number;
  /** Addresses of the first result and the first transfer function; the others follow. */
  readonly to: number;
  readonly transfer: number;
  /** How many transfer functions; 1 where no spectrum is kept. */
  readonly count: number;
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

  /** Whether `filterPlanes` takes windows of this many columns. */
  filters(columns: number): boolean {
    return this.module.hasFilter() === 1 && columns % LINES === 0;
  }

  /** Must come before the addresses of new arrays are taken: plans and space may make the memory grow. */
  prepare(ny: number, nx: number): PreparedFourier {
    const { rows, columns, workBytes } = this.plansOf(ny, nx);
    return { rows, columns, work: this.workSpace(this.threads * workBytes), workBytes };
  }

  /**
   * The same for `filterPlanes` with a window of ny × nx samples of which `heldRows` hold light.
   * @param shares whether fields meet several transfer functions.
   */
  prepareFilter(ny: number, nx: number, heldRows: number, shares: boolean): PreparedFilter {
    // One cache line more per row: rows a power of two apart would fall on the same few places of the cache.
    const spectrumBytes = (nx + LINES) * COMPLEX_BYTES;
    const { rows, columns, workBytes } = this.plansOf(ny, nx);
    const windowBytes = ny * nx * COMPLEX_BYTES;
    const keeps = shares && windowBytes <= LARGEST_KEPT_BYTES;
    const allBytes = this.threads * workBytes;
    const spectraBytes = heldRows * spectrumBytes;
    const work = this.workSpace(allBytes + spectraBytes + (keeps ? windowBytes : 0));
    const spectra = work + allBytes;
    const kept = keeps ? spectra + spectraBytes : 0;
    return { rows, columns, work, workBytes, spectra, spectrumBytes, kept };
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
  filterPlanes(prepared: PreparedFilter, { ny, nx }: Plane, planes: FilterPlanes): void {
    const { rows, columns, work, workBytes, spectra, spectrumBytes, kept } = prepared;
    this.module.filterPlanes(
      planes.from,
      planes.to,
      ny,
      nx,
      rows.address,
      columns.address,
      planes.transfer,
      planes.count,
      planes.isComplex ? 1 : 0,
      planes.conjugate ? 1 : 0,
      spectra,
      spectrumBytes,
      work,
      workBytes,
      kept,
      1 / (rows.length * columns.length),
    );
  }
}
