import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { DesignNode } from './document.ts';
import { validateDetection } from './validateDetection.ts';

function node(type: string, bypassed = false): DesignNode {
  return { id: type, type, position: { x: 0, y: 0 }, params: {}, bypassed };
}

describe('light without a camera', () => {
  it('is noted', () => {
    const [note] = validateDetection({ nodes: [node('planeWave'), node('pupil')] }, registry);
    expect(note).toMatchObject({ severity: 'info', nodeId: null });
    expect(note?.message).toContain('Nothing is detected');
    expect(note?.fix).toContain('Add a camera');
    expect(validateDetection({ nodes: [node('planeWave'), node('camera', true)] }, registry)).toHaveLength(1);
  });

  it('is not noted of an empty design, of a lone target and with a camera', () => {
    for (const types of [[], ['target'], ['planeWave', 'camera'], ['not-known']]) {
      expect(validateDetection({ nodes: types.map((type) => node(type)) }, registry)).toEqual([]);
    }
  });
});
