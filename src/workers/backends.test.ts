import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../optics/ops/kernels.ts';
import { BackendUnavailable, openBackend } from './backends.ts';

const cores = Math.min(availableParallelism(), 4);
const THREADS = cores === 1 ? '1 thread' : `${cores} threads`;

/** |u|² of two numbers, computed on the backend. */
async function squared(kernels: Kernels): Promise<number[]> {
  const u = kernels.upload(Float64Array.of(3, 4, 1 / 3, 0), [2], 'complex');
  const result = kernels.absSquared(u);
  const [read = []] = await kernels.readMany([result]);
  kernels.release(u);
  kernels.release(result);
  return Array.from(read);
}

describe('a backend', () => {
  it('is the float64 reference when asked for', async () => {
    const backend = await openBackend('f64');
    expect(backend).toMatchObject({ name: 'f64', adapter: null, reason: 'Float64 reference, as chosen.' });
    expect(backend.kernels.bytesPerReal).toBe(8);
    // Float64: 1/9 to the last bit but one.
    expect((await squared(backend.kernels))[1]).toBeCloseTo(1 / 9, 15);
    backend.dispose();
  });

  it('is WebAssembly when asked for', async () => {
    const backend = await openBackend('wasm');
    expect(backend).toMatchObject({ name: 'wasm', adapter: null });
    expect(backend.reason).toBe(`WebAssembly with ${THREADS}, as chosen.`);
    expect(backend.kernels.bytesPerReal).toBe(4);
    const [first, second] = await squared(backend.kernels);
    expect(first).toBe(25);
    // Float32.
    expect(second).toBeCloseTo(1 / 9, 7);
    expect(second).not.toBe(1 / 9);
  });

  it('is WebAssembly where there is no graphics card, and says why', async () => {
    const backend = await openBackend('auto');
    expect(backend.name).toBe('wasm');
    expect(backend.reason).toBe(
      `WebAssembly with ${THREADS}, on this processor. WebGPU is not available here.`,
    );
    backend.dispose();
  });

  it('is the float64 reference where WebAssembly computes wrongly, and says why', async () => {
    const backend = await openBackend('auto', true, async () => {
      throw new Error('WebAssembly computes wrongly on this machine: a test.');
    });
    expect(backend.name).toBe('f64');
    expect(backend.reason).toBe(
      'Float64 reference, which is slow. WebGPU is not available here. WebAssembly computes wrongly on this machine: a test.',
    );
  });

  it('is refused by name where it cannot be had', async () => {
    const refusal = openBackend('webgpu');
    await expect(refusal).rejects.toBeInstanceOf(BackendUnavailable);
    await expect(refusal).rejects.toThrow('WebGPU is not available here.');
  });

  it('without a device is never lost', async () => {
    const { lost } = await openBackend('wasm');
    const soon = new Promise<string>((resolve) => setTimeout(() => resolve('still here'), 20));
    expect(await Promise.race([lost, soon])).toBe('still here');
  });
});
