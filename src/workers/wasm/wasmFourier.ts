/** How the WebAssembly backend runs Fourier transforms: which plan, which work space and which kernel. */
import type { Arena } from './arena.ts';
import type { KernelModule } from './module.ts';
import type { FourierPlan } from './plans.ts';
import { PlanCache } from './plans.ts';
import { COMPLEX_BYTES } from './wasmArray.ts';

/** Rows and columns of a batch are transformed in blocks of this size, which stay in the second-level cache. */
const CACHED_BYTES = 2 ** 17;
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
  private readonly workSpace: (bytes: number) => number;

  /** @param workSpace gives bytes that are valid until the next call. */
  constructor(module: KernelModule, arena: Arena, workSpace: (bytes: number) => number) {
    this.module = module;
    this.plans = new PlanCache(module.memory, arena);
    this.workSpace = workSpace;
  }

  /** Whether `filterPlane` takes windows of this many columns. */
  filters(columns: number): boolean {
    return this.module.hasFilter() === 1 && columns % LINES === 0;
  }

  /** Must come before the addresses of new arrays are taken: plans and space may make the memory grow. */
  prepare(ny: number, nx: number): PreparedFourier {
    const { rows, columns, workBytes } = this.plansOf(ny, nx);
    return { rows, columns, work: this.workSpace(workBytes) };
  }

  /** The same for `filterPlane` with a window of ny × nx samples of which `heldRows` hold light. */
  prepareFilter(ny: number, nx: number, heldRows: number): PreparedFilter {
    const { rows, columns, workBytes } = this.plansOf(ny, nx);
    // One cache line more per row: rows a power of two apart would fall on the same few places of the cache.
    const spectrumBytes = (nx + LINES) * COMPLEX_BYTES;
    const work = this.workSpace(workBytes + heldRows * spectrumBytes);
    return { rows, columns, work, spectra: work + workBytes, spectrumBytes };
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
    { rows: rowPlan, columns: columnPlan, work }: PreparedFourier,
    from: number,
    to: number,
    count: number,
    direction: 'forward' | 'inverse',
  ): void {
    const { length: nx } = rowPlan;
    const { length: ny } = columnPlan;
    const inverse = direction === 'inverse' ? 1 : 0;
    const rowBytes = nx * COMPLEX_BYTES;
    const planeBytes = ny * rowBytes;
    const unitary = 1 / Math.sqrt(ny * nx);
    const rowScale = ny === 1 ? unitary : 1;
    const { fourierLines } = this.module;
    const blockPlanes = Math.max(1, Math.floor(CACHED_BYTES / planeBytes));
    for (let first = 0; first < count; first += blockPlanes) {
      const planes = Math.min(blockPlanes, count - first);
      const source = from + first * planeBytes;
      const target = to + first * planeBytes;
      const rows = planes * ny;
      fourierLines(source, target, rowPlan.address, work, rows, rowBytes, COMPLEX_BYTES, rowScale, inverse);
      if (ny === 1) continue;
      for (let at = target; at < target + planes * planeBytes; at += planeBytes) {
        fourierLines(at, at, columnPlan.address, work, nx, COMPLEX_BYTES, rowBytes, unitary, inverse);
      }
    }
  }

  /** Pads one plane to the prepared window, transforms, multiplies, transforms back and crops. */
  filterPlane(prepared: PreparedFilter, { ny, nx }: Plane, plane: FilterPlane): void {
    const { rows, columns, work, spectra, spectrumBytes } = prepared;
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
      1 / (rows.length * columns.length),
    );
  }
}
