import { describe, expect, it } from 'vitest';
import { examples } from '../graph/examples/index.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { exampleChecks, repaintMilliseconds } from './gallery.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const failed = (checks: Awaited<ReturnType<typeof exampleChecks>>) =>
  checks.filter(({ error, limit }) => !(error <= limit));

describe.each(examples)('gallery system $id', (example) => {
  it('shows its number on float64', async () => {
    expect(failed(await exampleChecks(createFloat64Kernels(), example))).toEqual([]);
  });

  it('shows its number on WASM, as float64 does', async () => {
    expect(failed(await exampleChecks(await createWasmKernels(), example))).toEqual([]);
  });

  it('follows each of its sliders ten times a second on WASM', async () => {
    expect(await repaintMilliseconds(await createWasmKernels(), example)).toBeLessThan(100);
  });
});
