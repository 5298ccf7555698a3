import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceFault, type Kernels } from '../../optics/ops/kernels.ts';
import { kernelConformance } from '../conformance.ts';
import { acquireDevice, classifyAdapter, DeviceUnavailable, type WebgpuDevice } from './device.ts';
import type { WebgpuArray } from './program.ts';
import { selfTest } from './selfTest.ts';
import { createWebgpuKernels, type WebgpuKernels } from './webgpuKernels.ts';

let source: WebgpuDevice;
let kernels: WebgpuKernels;

beforeAll(async () => {
  source = await acquireDevice();
  kernels = createWebgpuKernels(source);
});

afterAll(() => {
  kernels.dispose();
  source.dispose();
});

describe('WebGPU kernels', () => {
  it('agree with float64 loops', async () => {
    const checks = await kernelConformance(kernels);
    expect(checks.length).toBeGreaterThan(150);
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
    expect(source.faults()).toEqual({ uncaptured: [], lost: null });
  });

  it('fold a dispatch of more than 65535 workgroups', async () => {
    // 65536 workgroups of 64 threads and a part of one more.
    const n = 65536 * 64 + 17;
    const ramp = Float32Array.from({ length: n }, (_, index) => index % 8191);
    const a = kernels.upload(ramp, [n], 'real');
    const doubled = kernels.scale(a, 2);
    const [result = []] = await kernels.readMany([doubled]);
    let wrong = 0;
    for (let index = 0; index < n; index++) if (result[index] !== 2 * (index % 8191)) wrong++;
    expect(result.length).toBe(n);
    expect(wrong).toBe(0);
    kernels.release(a);
    kernels.release(doubled);
  });

  it('keep large Fourier transforms within the float32 gate', async () => {
    // A shifted point source has the spectrum exp(-2πi k·s/N)/N, known in closed form at any size.
    const [n, shift] = [1024, 37];
    const field = new Float32Array(2 * n * n);
    field[2 * ((n / 2) * n + n / 2 + shift)] = 1;
    const u = kernels.upload(field, [n, n], 'complex');
    const spectrum = kernels.fourier2(u, 'forward');
    const [result = []] = await kernels.readMany([spectrum]);
    let squares = 0;
    for (let index = 0; index < n * n; index++) {
      const turns = (((index % n) - n / 2) * shift) / n;
      const angle = -2 * Math.PI * (turns - Math.round(turns));
      squares += ((result[2 * index] ?? 9) * n - Math.cos(angle)) ** 2;
      squares += ((result[2 * index + 1] ?? 9) * n - Math.sin(angle)) ** 2;
    }
    // Root mean square of relative errors: float32 roundings of three passes per axis.
    expect(Math.sqrt(squares) / n).toBeLessThan(5e-7);
    kernels.release(u);
    kernels.release(spectrum);
  });

  it('give buffers back: the pool stops growing when the same work repeats', async () => {
    const u = kernels.upload(new Float32Array(2 * 60 * 44), [60, 44], 'complex');
    const work = async () => {
      const spectrum = kernels.fourier2(u, 'forward');
      const power = kernels.absSquared(spectrum);
      const total = kernels.sum(power, [0, 1]);
      await kernels.readMany([total]);
      for (const array of [spectrum, power, total]) kernels.release(array);
    };
    for (let round = 0; round < 3; round++) await work();
    const before = kernels.pool().allocatedBytes;
    for (let round = 0; round < 20; round++) await work();
    expect(kernels.pool().allocatedBytes).toBe(before);
    kernels.release(u);
  });

  it('empty a pool that holds more idle bytes than allowed', async () => {
    const frugal = createWebgpuKernels(source, { idleLimit: 2 ** 20 });
    for (let side = 300; side < 320; side++) {
      const a = frugal.upload(new Float32Array(side * side), [side, side], 'real');
      const doubled = frugal.scale(a, 2);
      frugal.release(a);
      await frugal.readMany([doubled]);
      frugal.release(doubled);
    }
    const { usedBytes, allocatedBytes } = frugal.pool();
    // The limit, and the last round, which was released after its read.
    expect(allocatedBytes - usedBytes).toBeLessThan(2 ** 20 + 2 * 4 * 320 ** 2);
    expect(source.faults().uncaptured).toEqual([]);
  });

  it('turn NaN and infinity into NaN phasors instead of numbers', async () => {
    const phase = kernels.upload(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 3e7), [3], 'real');
    const result = kernels.phasor(phase);
    const [values = []] = await kernels.readMany([result]);
    expect([...values].every(Number.isNaN)).toBe(true);
    kernels.release(phase);
    kernels.release(result);
  });
});

describe('device faults', () => {
  it('void the results of their batch and of reads under way, and no later ones', async () => {
    const a = kernels.upload(Float32Array.of(1, 2, 3), [3], 'real');
    for (let round = 0; round < 10; round++) {
      const b = kernels.scale(a, 2);
      source.device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE });
      const reads = [kernels.readMany([b]), kernels.readMany([a])];
      for (const outcome of await Promise.allSettled(reads)) {
        const reason: unknown = outcome.status === 'rejected' ? outcome.reason : null;
        expect(reason).toBeInstanceOf(DeviceFault);
        expect(String(reason)).toContain('size');
      }
      expect(await kernels.readMany([b])).toEqual([Float32Array.of(2, 4, 6)]);
      kernels.release(b);
    }
    kernels.release(a);
  });

  it('name the first error of the batch', async () => {
    const shader = (code: string) => source.device.createShaderModule({ code });
    shader('first_fault');
    for (let index = 0; index < 40; index++) shader('later_fault');
    await expect(kernels.readMany([])).rejects.toThrow(/first_fault/);
    shader('third_fault');
    await expect(kernels.readMany([])).rejects.toThrow(/third_fault/);
  });

  it('include a lost device', async () => {
    const other = await acquireDevice();
    const lost = createWebgpuKernels(other);
    const a = lost.upload(Float32Array.of(1), [1], 'real');
    other.device.destroy();
    expect(await other.lost).not.toBe('');
    expect(other.faults().lost).not.toBeNull();
    await expect(lost.readMany([a])).rejects.toThrow(/lost/);
    // The next acquisition starts afresh, as after a crash of the driver.
    source = await acquireDevice();
    kernels = createWebgpuKernels(source);
    expect((await selfTest(kernels)).ok).toBe(true);
  });
});

describe('selfTest', () => {
  it('accepts this adapter and leaves nothing behind', async () => {
    const before = kernels.memory();
    const report = await selfTest(kernels);
    expect(report.ok, report.detail).toBe(true);
    expect(report.worst).toBeLessThan(1);
    expect(kernels.memory()).toEqual(before);
  });

  it('rejects a phasor with the accuracy that WGSL promises for sin and cos', async () => {
    const poor: Kernels<WebgpuArray> = {
      ...kernels,
      phasor: (phase) => {
        const exact = kernels.phasor(phase);
        const worse = kernels.scale(exact, 1 + 2 ** -11);
        kernels.release(exact);
        return worse;
      },
    };
    const report = await selfTest(poor);
    expect(report.ok).toBe(false);
    expect(report.detail).toContain('phasor');
  });

  it('reports a fault as a failure', async () => {
    source.device.createShaderModule({ code: 'fault' });
    expect(await selfTest(kernels)).toMatchObject({ ok: false, worst: Number.POSITIVE_INFINITY });
  });
});

describe('classifyAdapter', () => {
  it('tells software renderers from graphics hardware', () => {
    const info = (vendor: string, architecture: string, description = '') =>
      classifyAdapter({ vendor, architecture, description }).isSoftware;
    expect(info('google', 'swiftshader')).toBe(true);
    expect(info('mesa', '', 'llvmpipe (LLVM 15.0.6, 256 bits)')).toBe(true);
    expect(info('microsoft', 'warp')).toBe(true);
    expect(info('microsoft', '', 'Microsoft Basic Render Driver')).toBe(true);
    expect(info('nvidia', 'hopper')).toBe(false);
    expect(info('apple', 'common-3')).toBe(false);
    const fallback = { vendor: '', architecture: '', description: '', isFallbackAdapter: true };
    expect(classifyAdapter(fallback).isSoftware).toBe(true);
  });

  it('is what acquireDevice reports and obeys', async ({ skip }) => {
    if (!source.adapter.isSoftware) skip('needs a software adapter');
    await expect(acquireDevice({ allowSoftware: false })).rejects.toThrow(DeviceUnavailable);
  });
});
