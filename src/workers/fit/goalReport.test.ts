import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { wantedOf } from './goalReport.ts';

function isMet(type: string, want: string, bound: number, value: number) {
  const spec = registry.get(type);
  if (spec === undefined) throw new Error(`There is no ${type}.`);
  const node = { id: 'goal', type, position: { x: 0, y: 0 }, params: { want, bound } };
  return wantedOf({ node, spec }, { value, factor: 1, unit: '' })?.isMet;
}

describe('a bound that was asked for', () => {
  it('of a share is reached within a five-hundredth of the whole, also of nothing', () => {
    expect(isMet('strehlGoal', 'equal', 0, 1e-3)).toBe(true);
    expect(isMet('strehlGoal', 'equal', 0, 3e-3)).toBe(false);
    expect(isMet('transferGoal', 'atMost', 0.01, 0.0115)).toBe(true);
    expect(isMet('strehlGoal', 'atLeast', 0.8, 0.797)).toBe(false);
  });

  it('of a length is reached within a five-hundredth of it', () => {
    expect(isMet('widthGoal', 'atMost', 250e-9, 250.4e-9)).toBe(true);
    expect(isMet('widthGoal', 'atMost', 250e-9, 251e-9)).toBe(false);
  });
});
