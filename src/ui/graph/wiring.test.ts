import { expect, it } from 'vitest';
import { airy } from '../../graph/examples/airy.ts';
import { createDesign, node } from '../../graph/testSupport.ts';
import { documentStore } from '../stores/app.ts';
import { uiStore } from '../stores/uiStore.ts';
import { startKeyboardWire } from './wiring.ts';

it('a wire from the keyboard is offered open inputs before those that have one', () => {
  const nodes = [
    ...airy.nodes.map(({ id, type, params }) => node(id, type, params)),
    node('lens', 'thinLens'),
  ];
  documentStore.getState().open(createDesign(nodes, ['source.out>pupil.in', 'pupil.out>camera.in']));
  startKeyboardWire('source');
  const ports = uiStore.getState().wire?.candidates.map(({ node: id, port }) => `${id}.${port}`) ?? [];
  expect(ports).toContain('pupil.in');
  expect(ports.indexOf('lens.in')).toBeLessThan(ports.indexOf('pupil.in'));
});
