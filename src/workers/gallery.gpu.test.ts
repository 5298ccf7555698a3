import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../graph/examples/index.ts';
import { exactResult, exampleChecks } from './gallery.ts';
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

describe.each(examples)('gallery system $id', (example) => {
  it('shows its number on WebGPU, as float64 does', async () => {
    const checks = await exampleChecks(kernels, example, await exactResult(example));
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
  });
});
