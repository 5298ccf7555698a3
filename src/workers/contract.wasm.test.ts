import { describe, expect, it } from 'vitest';
import { elements } from '../optics/elements/index.ts';
import { elementContract } from './contract.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

describe.each(elements)('contract of $type', (spec) => {
  it('holds on WASM', async () => {
    const checks = await elementContract(await createWasmKernels(), [spec], 'brief');
    expect(checks.length).toBeGreaterThan(1);
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
  });
});
