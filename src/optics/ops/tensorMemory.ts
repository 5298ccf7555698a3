/** What tensors live in and how long: scopes, constants, and host samples kept for the next evaluation. */
import type { DeviceArray, Dtype, Kernels, MemoryReport } from './kernels.ts';
import { sizeOf } from './kernels.ts';
import { NO_TANGENTS, type Tensor } from './tensor.ts';

export interface Scope {
  readonly created: Set<DeviceArray>;
}

const CONSTANT_BUDGET_BYTES = 512 * 1024 * 1024;
/** Host maps kept for the next evaluation; the least recently used go first. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
/** And of one kind at so many values: a design may hold several at once, a slider leaves the others behind. */
const REMEMBERED_VALUES = 16;

export class TensorMemory {
  readonly kernels: Kernels;
  private readonly scopes: Scope[] = [];
  private readonly retained = new Map<DeviceArray, number>();
  private readonly constants = new Map<string, Tensor>();
  private constantBytes = 0;
  /** Least recently used first. */
  private readonly remembered = new Map<string, { readonly tensor: Tensor; readonly group: string }>();
  private rememberedBytes = 0;

  constructor(kernels: Kernels) {
    this.kernels = kernels;
  }

  protected get isOpen(): boolean {
    return this.scopes.length > 0;
  }

  /** Opens a scope: everything made until `close` is released there unless retained. */
  open(): Scope {
    const scope: Scope = { created: new Set() };
    this.scopes.push(scope);
    return scope;
  }

  close(scope: Scope): void {
    while (this.scopes.length > 0) {
      const top = this.scopes.pop();
      if (top === undefined) break;
      for (const array of top.created) if (!this.retained.has(array)) this.kernels.release(array);
      if (top === scope) break;
    }
  }

  retain(tensor: Tensor): void {
    for (const array of arraysOf(tensor)) this.retained.set(array, (this.retained.get(array) ?? 0) + 1);
  }

  release(tensor: Tensor): void {
    for (const array of arraysOf(tensor)) {
      const count = this.retained.get(array) ?? 0;
      if (count > 1) this.retained.set(array, count - 1);
      else if (count === 1) {
        this.retained.delete(array);
        // Within a step someone may still be using it: the outermost scope releases it at its end.
        const outermost = this.scopes[0];
        if (outermost === undefined) this.kernels.release(array);
        else if (!this.scopes.some((scope) => scope.created.has(array))) outermost.created.add(array);
      }
    }
  }

  /** Releases every cached constant and host map (for a change of sizes or the end of a session). */
  clearConstants(): void {
    for (const tensor of this.constants.values()) this.release(tensor);
    this.constants.clear();
    this.constantBytes = 0;
    this.forgetUntil(0);
  }

  memory(): MemoryReport {
    return this.kernels.memory();
  }

  async read(tensors: readonly Tensor[]): Promise<(Float64Array | Float32Array)[]> {
    return this.kernels.readMany(tensors.map((tensor) => tensor.array));
  }

  /** Host samples that do not depend on learnable parameters, uploaded once per `key`. */
  constant<D extends Dtype>(
    key: string,
    shape: readonly number[],
    dtype: D,
    make: () => Float64Array,
  ): Tensor<D> {
    const found = this.constants.get(key);
    if (found !== undefined) return found as Tensor<D>;
    const bytes = sizeOf(shape) * (dtype === 'complex' ? 2 : 1) * this.kernels.bytesPerReal;
    if (this.constantBytes + bytes > CONSTANT_BUDGET_BYTES) this.clearConstants();
    const tensor = this.plain(this.kernels.upload(make(), shape, dtype), dtype);
    this.retain(tensor);
    this.constants.set(key, tensor);
    this.constantBytes += bytes;
    return tensor;
  }

  /** Host samples by everything that they are made of, kept for the next evaluation. @param group what differs by values only. */
  protected recalled<D extends Dtype>(
    group: string,
    values: readonly number[],
    shape: readonly number[],
    dtype: D,
    make: () => Float64Array,
  ): Tensor<D> {
    const key = `${group}:${values.join()}`;
    const found = this.remembered.get(key)?.tensor;
    const tensor = found ?? this.plain(this.kernels.upload(make(), shape, dtype), dtype);
    this.remembered.delete(key);
    this.remembered.set(key, { tensor, group });
    if (found === undefined) {
      this.retain(tensor);
      this.rememberedBytes += this.bytesOf(tensor);
      const alike = [...this.remembered].filter(([, entry]) => entry.group === group);
      for (const [old] of alike.slice(0, -REMEMBERED_VALUES)) this.forget(old);
      this.forgetUntil(REMEMBERED_BYTES);
    }
    return tensor as Tensor<D>;
  }

  /** Releases the oldest host maps until those left take at most `bytes`; the newest is in use and stays. */
  private forgetUntil(bytes: number): void {
    for (const key of this.remembered.keys()) {
      if (this.rememberedBytes <= bytes || (bytes > 0 && this.remembered.size === 1)) return;
      this.forget(key);
    }
  }

  private forget(key: string): void {
    const entry = this.remembered.get(key);
    if (entry === undefined) return;
    this.remembered.delete(key);
    this.rememberedBytes -= this.bytesOf(entry.tensor);
    this.release(entry.tensor);
  }

  private bytesOf({ shape, dtype }: Tensor): number {
    return sizeOf(shape) * (dtype === 'complex' ? 2 : 1) * this.kernels.bytesPerReal;
  }

  protected own(array: DeviceArray): DeviceArray {
    const scope = this.scopes[this.scopes.length - 1];
    if (scope === undefined) throw new Error('Ops was used outside a scope.');
    scope.created.add(array);
    return array;
  }

  protected plain<D extends Dtype>(array: DeviceArray, dtype: D): Tensor<D> {
    return { dtype, shape: array.shape, array, tangents: NO_TANGENTS, tracked: false };
  }
}

function arraysOf(tensor: Tensor): DeviceArray[] {
  return [tensor.array, ...tensor.tangents.values()];
}
