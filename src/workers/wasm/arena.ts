/**
 * Blocks of bytes inside a WebAssembly memory. Freed blocks wait in a list per size class; when none fits,
 * the end of the used range moves up; when that would pass the grown memory, neighbouring free blocks are
 * merged first, so that a change of grid sizes does not pile up unusable blocks.
 */
import { OutOfMemory } from '../../optics/ops/kernels.ts';

const PAGE_BYTES = 65536;
/** Memory grows by at least this much, because each growth makes all views stale. */
const GROWTH_BYTES = 16 * 1024 * 1024;
const ADDRESSABLE_BYTES = 65535 * PAGE_BYTES;
const MEBIBYTE = 1024 * 1024;
const MINIMUM_BLOCK = 64;

/** Size of the block that serves a request: multiples of 64 bytes, then eight classes per power of two. */
function blockSize(bytes: number): number {
  const atLeast = Math.max(bytes, MINIMUM_BLOCK);
  const step = Math.max(MINIMUM_BLOCK, 2 ** (Math.floor(Math.log2(atLeast)) - 3));
  return Math.ceil(atLeast / step) * step;
}

export class Arena {
  private readonly memory: WebAssembly.Memory;
  private readonly budgetBytes: number;
  private readonly base: number;
  private readonly live = new Map<number, number>();
  private readonly free = new Map<number, number[]>();
  private end: number;
  private taken = 0;

  constructor(memory: WebAssembly.Memory, base: number, budgetBytes: number) {
    this.memory = memory;
    this.budgetBytes = budgetBytes;
    this.base = Math.ceil(base / MINIMUM_BLOCK) * MINIMUM_BLOCK;
    this.end = this.base;
  }

  /** Address of a block of at least `bytes`, aligned to 64. Throws when the budget would be passed. */
  allocate(bytes: number): number {
    const size = blockSize(bytes);
    if (this.taken + size > this.budgetBytes) this.refuse(size);
    let address = this.free.get(size)?.pop();
    if (address === undefined && this.end + size > this.memory.buffer.byteLength) {
      this.merge();
      address = this.split(size);
    }
    if (address === undefined) {
      this.reserve(this.end + size, size);
      address = this.end;
      this.end += size;
    }
    this.live.set(address, size);
    this.taken += size;
    return address;
  }

  release(address: number): void {
    const size = this.live.get(address);
    if (size === undefined) throw new Error('A block of memory was released twice.');
    this.live.delete(address);
    this.taken -= size;
    this.addFree(address, size);
  }

  /** Makes the memory reach `end`, or explains why it cannot. */
  private reserve(end: number, size: number): void {
    const missing = end - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    const wanted = Math.min(
      Math.max(missing, GROWTH_BYTES),
      ADDRESSABLE_BYTES - this.memory.buffer.byteLength,
    );
    for (const bytes of [wanted, missing]) {
      try {
        this.memory.grow(Math.ceil(bytes / PAGE_BYTES));
        if (this.memory.buffer.byteLength >= end) return;
      } catch {
        // A smaller growth may still be granted; the refusal below reports the rest.
      }
    }
    this.refuse(size);
  }

  private refuse(size: number): never {
    const mebibytes = (bytes: number) => Math.max(1, Math.round(bytes / MEBIBYTE));
    throw new OutOfMemory(
      `The calculation needs ${mebibytes(size)} MiB more memory, but ${Math.round(this.taken / MEBIBYTE)} MiB of the ` +
        `${mebibytes(this.budgetBytes)} MiB allowed on the processor are in use. ` +
        'Use fewer samples, wavelengths, planes or points.',
    );
  }

  private addFree(address: number, size: number): void {
    const list = this.free.get(size);
    if (list === undefined) this.free.set(size, [address]);
    else list.push(address);
  }

  /** Joins neighbouring free blocks and gives a free block at the end back to the unused range. */
  private merge(): void {
    const blocks: { address: number; size: number }[] = [];
    for (const [size, list] of this.free) for (const address of list) blocks.push({ address, size });
    blocks.sort((p, q) => p.address - q.address);
    this.free.clear();
    let run: { address: number; size: number } | undefined;
    for (const block of blocks) {
      if (run !== undefined && run.address + run.size === block.address) {
        run.size += block.size;
      } else {
        if (run !== undefined) this.addFree(run.address, run.size);
        run = block;
      }
    }
    if (run === undefined) return;
    if (run.address + run.size === this.end) this.end = run.address;
    else this.addFree(run.address, run.size);
  }

  /** Takes `size` bytes from the smallest free block that holds them. */
  private split(size: number): number | undefined {
    let best: number | undefined;
    for (const [candidate, list] of this.free) {
      if (list.length > 0 && candidate >= size && (best === undefined || candidate < best)) best = candidate;
    }
    if (best === undefined) return undefined;
    const address = this.free.get(best)?.pop();
    if (address !== undefined && best > size) this.addFree(address + size, best - size);
    return address;
  }
}
