import { afterAll, beforeAll, expect, it } from 'vitest';
import { sphereAmplitudeMisses } from './sphereRoutes.ts';
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

it('the amplitudes of spheres of all sizes are float64’s to 1e-4 on WebGPU', async () => {
  // Rounding of a phase of 100 rad to float32, and the sines of the GPU's shader.
  for (const [size, miss] of await sphereAmplitudeMisses(kernels)) {
    expect(miss, `size parameter ${size}`).toBeLessThan(1e-4);
  }
});
