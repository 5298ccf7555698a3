/** How the WebAssembly backend runs Fourier transforms: which plan, which work space and which kernel. */
import type { Arena } from './arena.ts';
import type { KernelModule, LoadedModule } from './module.ts';
import type { FourierPlan } from './plans.ts';
import { PlanCache } from './plans.ts';
import { COMPLEX_BYTES } from './wasmArray.ts';

/** Lines that are transformed at once: one cache line of complex float32. */
const LINES = 8;
/** Space for the spectra of results that share one forward transform; more of them share it group by group. */
const SPECTRA_BYTES = 2 ** 26;

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
  /** Results that may share one forward transform. */
  readonly most: number;
}

export interface FilterPlanes {
  /** Address of the plane that is filtered. */
  readonly from: number;
  /** Addresses of the first result and the first transfer function; the others follow. */
  readonly to: number;
  readonly transfer: number;
  /** How many transfer functions, at most `most`. */
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
   * @param sharing results of one plane, one after the other.
   */
  prepareFilter(ny: number, nx: number, heldRows: number, sharing: number): PreparedFilter {
    // One cache line more per row: rows a power of two apart would fall on the same few places of the cache.
    const spectrumBytes = (nx + LINES) * COMPLEX_BYTES;
    const most = Math.max(1, Math.min(sharing, Math.floor(SPECTRA_BYTES / (heldRows * spectrumBytes))));
    const { rows, columns, workBytes } = this.plansOf(ny, nx, most > 1 ? 3 : 2);
    const allBytes = this.threads * workBytes;
    const work = this.workSpace(allBytes + most * heldRows * spectrumBytes);
    return { rows, columns, work, workBytes, spectra: work + allBytes, spectrumBytes, most };
  }

  /** @param buffers of planar points that each line needs. */
  private plansOf(ny: number, nx: number, buffers = 2) {
    const rows = this.plans.plan(nx);
    const columns = this.plans.plan(ny);
    const workBytes = buffers * Math.max(rows.points, columns.points) * LINES * COMPLEX_BYTES;
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
    const { rows, columns, work, workBytes, spectra, spectrumBytes } = prepared;
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
      1 / (rows.length * columns.length),
    );
  }
}
