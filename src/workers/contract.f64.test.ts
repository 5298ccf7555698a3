import { describe, expect, it } from 'vitest';
import { elements } from '../optics/elements/index.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { elementContract } from './contract.ts';

// On its own, so that this long test and the same on WASM use both cores.
describe.each(elements)('contract of $type', (spec) => {
  it('holds on float64', async () => {
    const checks = await elementContract(createFloat64Kernels(), [spec]);
    expect(checks.length).toBeGreaterThan(1);
    expect(checks.filter(({ error, limit }) => !(error <= limit))).toEqual([]);
  });
});
