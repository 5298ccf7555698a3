import { describe, expect, it } from 'vitest';
import { examples } from '../graph/examples/index.ts';
import { exactResult, exampleChecks, repaintMilliseconds } from './gallery.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

describe.each(examples)('gallery system $id', (example) => {
  it('shows its number on float64 and on WASM, and the same pictures', async () => {
    const checks = await exampleChecks(await createWasmKernels(), example, await exactResult(example));
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
  });

  it('follows each of its sliders ten times a second on WASM', { retry: 2 }, async () => {
    const enough = 100;
    expect(await repaintMilliseconds(await createWasmKernels(), example, enough)).toBeLessThan(enough);
  });
});
