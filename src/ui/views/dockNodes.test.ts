import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { DesignNode } from '../../graph/document.ts';
import { dockContents } from './dockNodes.ts';

const node = (id: string, type: string, title?: string): DesignNode => ({
  id,
  type,
  position: { x: 0, y: 0 },
  params: {},
  ...(title === undefined ? {} : { title }),
});

describe('contents of the dock', () => {
  it('list cameras first, then light from the camera backwards; numbers and unknown elements are left out', () => {
    const nodes = [
      node('wave', 'planeWave', 'Wave'),
      node('pupil', 'pupil', 'Pupil'),
      node('camera', 'camera', 'Camera'),
      node('loss', 'loss'),
      node('x', 'fromTheFuture'),
    ];
    const { nodes: listed } = dockContents({ nodes, edges: [] }, registry);
    expect(listed.map(({ id }) => id)).toEqual(['camera', 'pupil', 'wave']);
    expect(listed[0]).toMatchObject({ group: 'Cameras', portType: 'image' });
  });

  it('tell nodes of one title apart', () => {
    const { nodes } = dockContents(
      { nodes: [node('a', 'camera', 'C'), node('b', 'camera', 'C')], edges: [] },
      registry,
    );
    expect(nodes.map(({ title }) => title)).toEqual(['C 2', 'C']);
  });

  it('find what a fit compares', () => {
    const nodes = [node('camera', 'camera'), node('loss', 'loss'), node('target', 'target')];
    const edges = [{ id: 'e', from: { node: 'camera', port: 'out' }, to: { node: 'loss', port: 'model' } }];
    expect(dockContents({ nodes, edges }, registry).pair).toEqual({ lossId: 'loss', modelId: 'camera' });
    expect(dockContents({ nodes, edges: [] }, registry).pair).toEqual({ lossId: 'loss', modelId: null });
    expect(dockContents({ nodes: [node('target', 'target')], edges: [] }, registry).pair).toBeNull();
  });
});
