import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../optics/ops/kernels.ts';
import { startWasm } from './startup.ts';
import { threadsHere } from './threads.ts';
import { openWasmBackend, type WasmBackend, type WasmKernelOptions } from './wasmKernels.ts';

/** Opens backends, some of which have a kernel replaced by a faulty one. */
function opening(fault: (options: WasmKernelOptions) => Partial<Kernels> | null) {
  const opened: WasmBackend[] = [];
  const open = async (options: WasmKernelOptions): Promise<WasmBackend> => {
    const backend = await openWasmBackend(options);
    opened.push(backend);
    const faults = fault(options) ?? {};
    const kernels = new Proxy(backend.kernels, {
      get(target, name) {
        const value: unknown = Reflect.get(faults, name) ?? Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return { ...backend, kernels };
  };
  return { open, opened };
}

/** Turns the transform round where it has more than so many samples. */
function wrongFrom(samples: number): Partial<Kernels> {
  return {
    fourier2(this: Kernels, u, direction) {
      const shape = u.shape.reduce((product, n) => product * n, 1);
      const prototype = Object.getPrototypeOf(this) as Kernels;
      const other = direction === 'forward' ? 'inverse' : 'forward';
      return prototype.fourier2.call(this, u, shape > samples ? other : direction);
    },
  };
}

describe('the WebAssembly backend at its start', () => {
  it('uses the threads that there are, with nothing to remark', async () => {
    const started = await startWasm();
    expect(started).toMatchObject({ threads: threadsHere().count, notes: '' });
    expect(started.kernels.memory()).toEqual({ bytes: 0, arrays: 0 });
    started.dispose();
  });

  it('keeps to one thread where threads disturb each other', async () => {
    const { open } = opening(({ threads }) => (threads === undefined ? null : wrongFrom(1000)));
    // Where there is one core only, nothing can be disturbed.
    const disturbed = threadsHere().count > 1;
    const started = await startWasm(open);
    expect(started.threads).toBe(1);
    expect(started.notes).toBe(
      disturbed ? 'A faster form does not work here and is not used: Threads disturb each other.' : '',
    );
  });

  it('keeps to one thread where the memory for several cannot be had', async () => {
    const started = await startWasm(async (options) => {
      if (options.threads !== undefined) throw new RangeError('could not allocate memory');
      return openWasmBackend(options);
    });
    expect(started.threads).toBe(1);
    expect(started.notes).toBe(
      'A faster form does not work here and is not used: could not allocate memory.',
    );
  });

  it('does without SIMD where that computes wrongly, and says so', async () => {
    const { open, opened } = opening(({ simd }) => (simd === false ? null : wrongFrom(0)));
    const started = await startWasm(open);
    expect(opened.at(-1)?.build).toBe('scalar');
    expect(started.notes).toMatch(/^A faster form does not work here and is not used: .*fourier2/);
    expect(started.notes).toContain('It is several times slower than where SIMD is.');
  });

  it('refuses where nothing computes rightly', async () => {
    const { open } = opening(() => wrongFrom(0));
    await expect(startWasm(open)).rejects.toThrow('WebAssembly does not work on this machine: ');
  });
});
