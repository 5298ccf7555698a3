import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../graph/examples/index.ts';
import type { Kernels } from '../optics/ops/kernels.ts';
import { exampleChecks, PICTURE_LIMITS } from './gallery.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';
import { acquireDevice, type WebgpuDevice } from './webgpu/device.ts';
import { createWebgpuKernels, type WebgpuKernels } from './webgpu/webgpuKernels.ts';

let source: WebgpuDevice;
let kernels: WebgpuKernels;
let wasm: Kernels;

beforeAll(async () => {
  source = await acquireDevice();
  kernels = createWebgpuKernels(source);
  wasm = await createWasmKernels();
});

afterAll(() => {
  kernels.dispose();
  source.dispose();
});

describe.each(examples)('gallery system $id', (example) => {
  it('shows its number on WebGPU, and the pictures of WASM', async () => {
    const checks = await exampleChecks(kernels, wasm, example, PICTURE_LIMITS.webgpuFromWasm);
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
  });
});
