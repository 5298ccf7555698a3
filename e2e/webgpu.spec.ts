/** The WebGPU backend in the page; a software adapter where there is no graphics hardware. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

test('the Airy disc on WebGPU is that of WebAssembly', { tag: '@alone' }, async ({ workbench }) => {
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

/** The graphics device of the page is destroyed at its next use. */
async function loseDevice(page: Page): Promise<void> {
  const armed = await Promise.all(
    page.workers().map(async (worker) => {
      try {
        return await worker.evaluate(breakNextEncoder);
      } catch {
        // Threads of the engine that was left may be ending.
        return false;
      }
    }),
  );
  expect(armed).toContain(true);
}

/** In a worker: whether it has a graphics device, which then goes when it is next used. */
function breakNextEncoder(): boolean {
  const device = (globalThis as { GPUDevice?: { prototype: Destroyable } }).GPUDevice?.prototype;
  if (device === undefined) return false;
  const original = device.createCommandEncoder;
  device.createCommandEncoder = function (this: Destroyable, ...args: unknown[]) {
    device.createCommandEncoder = original;
    this.destroy();
    return original.apply(this, args);
  };
  return true;
}

interface Destroyable {
  createCommandEncoder(...args: unknown[]): unknown;
  destroy(): void;
}

test('a lost graphics device is replaced, and after the second loss by WebAssembly; a fit goes on', {
  tag: '@alone',
}, async ({ page, workbench }) => {
  await workbench.openSettled();
  await workbench.openExample('sphere-hologram');
  await workbench.chooseBackend('WebGPU');
  await expect(workbench.backendChip).toHaveText(/WebGPU/, { timeout: 60_000 });
  await workbench.settled();
  const before = await workbench.design();
  // On a software adapter the next engine is there before the notice can be read.
  const replaced = page.waitForEvent('worker');
  await loseDevice(page);
  await workbench.setField('sphere.x', '0.45');
  await replaced;
  await expect(workbench.backendChip).toHaveText('WebGPU', { timeout: 20_000 });
  expect((await workbench.design()).nodes.map(({ id }) => id)).toEqual(before.nodes.map(({ id }) => id));
  await workbench.settled();
  await loseDevice(page);
  await workbench.runButton.click();
  await expect(workbench.backendChip).toHaveText(/WebAssembly/, { timeout: 20_000 });
  await expect(page.getByTestId('toasts')).toContainText('The graphics device was lost 2 times');
  await expect.poll(async () => (await workbench.fitState()).status, { timeout: 60_000 }).toBe('idle');
  const { result } = await workbench.fitState();
  expect(result?.warnings.join()).toContain('The engine was restarted once during this fit');
  expect(result?.converged).toBe(true);
});
