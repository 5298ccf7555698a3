import { expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import { depthsOf } from './depths.ts';
import { beadStack } from './examples/beadStack.ts';

const withStep = (zStep: number) => ({
  ...beadStack,
  nodes: beadStack.nodes.map((node) =>
    node.id === 'stack' ? { ...node, params: { ...node.params, zStep, zOffset: 1e-7 } } : node,
  ),
});

it('the planes behind a focus stack lie where it puts them, those of a target where its model does', () => {
  const design = withStep(-2e-7);
  expect(depthsOf(design, registry, 'camera')).toEqual({ step: -2e-7, middle: 1e-7, model: null });
  expect(depthsOf(design, registry, 'target')).toEqual({ step: -2e-7, middle: 1e-7, model: 'camera' });
});

it('what comes before a stack, and a stack without a step, have no depths', () => {
  expect(depthsOf(beadStack, registry, 'pupil')).toBeNull();
  expect(depthsOf(withStep(0), registry, 'camera')).toBeNull();
});
