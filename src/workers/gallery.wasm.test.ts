import { describe, expect, it } from 'vitest';
import { examples } from '../graph/examples/index.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { exampleChecks, PICTURE_LIMITS, repaintMilliseconds } from './gallery.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

/** Milliseconds; what else the machine does while a test waits does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

describe.each(examples)('gallery system $id', (example) => {
  it('shows its number on float64 and on WASM, and the same pictures', async () => {
    const [wasm, float64] = [await createWasmKernels(), createFloat64Kernels()];
    const checks = await exampleChecks(wasm, float64, example, PICTURE_LIMITS.wasmFromFloat64);
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
  });

  it('follows each of its sliders ten times a second on WASM', { retry: 2 }, async () => {
    const enough = 100;
    const kernels = await createWasmKernels();
    expect(await repaintMilliseconds(kernels, example, enough, processorTime)).toBeLessThan(enough);
  });
});
