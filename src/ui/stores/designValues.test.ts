import { expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { getAt } from '../../graph/paths.ts';
import { planeCount, validate } from '../../graph/validate.ts';
import { withValues } from './designValues.ts';

it('gives one plane of a stack a value of its own without leaving others out', () => {
  const planes = planeCount(beadStack, registry);
  expect(planes).toBeGreaterThan(2);
  const fitted = withValues(beadStack, registry, { 'bead.photons.1': 5000 });
  const photons = getAt(fitted, registry, 'bead.photons');
  expect(photons).toHaveLength(planes);
  expect((photons as number[])[1]).toBe(5000);
  expect(validate(fitted, registry).filter(({ severity }) => severity === 'error')).toEqual([]);
});

it('leaves out values of nodes that are gone', () => {
  expect(withValues(beadStack, registry, { 'nothing.x': 1 })).toBe(beadStack);
});
