/** The WebGPU backend in the page; a software adapter where there is no graphics hardware. */
import { expect, test } from './fixtures.ts';

test('the Airy disc on WebGPU is that of WebAssembly', async ({ workbench }) => {
  await workbench.openSettled();
  await workbench.chooseBackend('WebAssembly');
  await expect(workbench.backendChip).toHaveText(/WebAssembly/);
  const wasm = await workbench.frame('camera');
  await workbench.chooseBackend('WebGPU');
  await expect(workbench.backendChip).toHaveText(/WebGPU/, { timeout: 60_000 });
  const webgpu = await workbench.frame('camera');
  expect(webgpu.shape).toEqual(wasm.shape);
  // Another engine: not the very same numbers, unless nothing was computed anew.
  expect(webgpu.data).not.toEqual(wasm.data);
  const peak = Math.max(...wasm.data);
  const worst = Math.max(...wasm.data.map((value, i) => Math.abs(value - (webgpu.data[i] ?? Number.NaN))));
  expect(worst / peak).toBeLessThan(5e-4);
  // A changed value is computed there too.
  await workbench.setField('pupil.numericalAperture', '0.35');
  const changed = await workbench.frame('camera');
  expect(Math.max(...changed.data)).not.toBe(Math.max(...webgpu.data));
  await expect(workbench.backendChip).toHaveText(/WebGPU/);
});
