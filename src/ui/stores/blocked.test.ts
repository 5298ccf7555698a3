import { describe, expect, it } from 'vitest';
import type { DesignNode } from '../../graph/document.ts';
import { failingBefore, failingFor } from './blocked.ts';

const node = (id: string): DesignNode => ({ id, type: 'pupil', position: { x: 0, y: 0 }, params: {} });
const wire = (from: string, to: string) => ({
  id: `${from}-${to}`,
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
});
const error = [{ severity: 'error' }] as const;
const design = {
  nodes: ['wave', 'pupil', 'camera', 'target', 'loss'].map(node),
  edges: [wire('wave', 'pupil'), wire('pupil', 'camera'), wire('camera', 'loss'), wire('target', 'loss')],
};

describe('nodes that wait', () => {
  it('name the first failing node that light comes to', () => {
    const issues = new Map([
      ['camera', error],
      ['pupil', error],
    ]);
    expect(failingBefore(design, issues, 'loss')).toBe('pupil');
  });

  it('are only those after it, and not the failing one itself', () => {
    const issues = new Map([['camera', error]]);
    expect(failingBefore(design, issues, 'loss')).toBe('camera');
    for (const id of ['wave', 'pupil', 'camera', 'target'])
      expect(failingBefore(design, issues, id)).toBeNull();
  });

  it('have no picture for the same reason, and the failing one for its own', () => {
    const issues = new Map([['camera', error]]);
    expect(failingFor(design, issues, 'loss')).toBe('camera');
    expect(failingFor(design, issues, 'camera')).toBe('camera');
    expect(failingFor(design, issues, 'pupil')).toBeNull();
  });

  it('do not wait for a warning, and a loop of wires ends', () => {
    const looped = { ...design, edges: [...design.edges, wire('camera', 'pupil')] };
    expect(failingBefore(looped, new Map([['wave', [{ severity: 'warning' }]]]), 'camera')).toBeNull();
    expect(failingBefore(looped, new Map([['wave', error]]), 'camera')).toBe('wave');
  });
});
