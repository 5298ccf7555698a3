import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elements } from '../optics/elements/index.ts';
import { elementContract } from './contract.ts';
import { acquireDevice, type WebgpuDevice } from './webgpu/device.ts';
import { createWebgpuKernels, type WebgpuKernels } from './webgpu/webgpuKernels.ts';

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

describe.each(elements)('contract of $type', (spec) => {
  it('holds on WebGPU', async () => {
    const checks = await elementContract(kernels, [spec], 'least');
    expect(checks.length).toBeGreaterThan(1);
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
    expect(source.faults()).toEqual({ uncaptured: [], lost: null });
  });
});
