import { describe, expect, it } from 'vitest';
import { registry } from './catalogue.ts';
import type { Design } from './document.ts';
import { addNode } from './edit.ts';
import { fitToGrid, joinNode, spliceNode } from './insertion.ts';
import { createDesign, node } from './testSupport.ts';

const chain = (): Design =>
  createDesign([node('beam', 'gaussianBeam'), node('camera', 'camera')], ['beam.out>camera.in']);

function add(design: Design, type: string) {
  return addNode(design, registry, type, { x: 0, y: 0 });
}

const wires = ({ edges }: Design): string[] =>
  edges.map(({ from, to }) => `${from.node}.${from.port}>${to.node}.${to.port}`).sort();

describe('a new node beside another', () => {
  it('takes its light, also where it already goes elsewhere, and leaves all other wires', () => {
    const { design, nodeId } = add(chain(), 'thinLens');
    const joined = joinNode(design, registry, 'beam', nodeId);
    expect(joined.side).toBe('after');
    expect(wires(joined.design)).toEqual(['beam.out>camera.in', 'beam.out>thinLens.in']);
  });

  it('takes the free output first', () => {
    const splitter = createDesign(
      [node('beam', 'gaussianBeam'), node('splitter', 'beamSplitter'), node('camera', 'camera')],
      ['beam.out>splitter.in', 'splitter.transmitted>camera.in'],
    );
    const [first] = Object.keys(registry.get('beamSplitter')?.outputs ?? {});
    expect(first).toBe('transmitted');
    const { design, nodeId } = add(splitter, 'thinLens');
    expect(wires(joinNode(design, registry, 'splitter', nodeId).design)).toContain(
      'splitter.reflected>thinLens.in',
    );
  });

  it('gives light to an open input where it can take none, and never takes the place of a wire', () => {
    const open = createDesign([node('camera', 'camera')], []);
    const source = add(open, 'gaussianBeam');
    const joined = joinNode(source.design, registry, 'camera', source.nodeId);
    expect([joined.side, wires(joined.design)]).toEqual(['before', ['gaussianBeam.out>camera.in']]);
    const second = add(joined.design, 'planeWave');
    const refused = joinNode(second.design, registry, 'camera', second.nodeId);
    expect([refused.side, wires(refused.design)]).toEqual([null, ['gaussianBeam.out>camera.in']]);
  });
});

describe('a new node in a wire', () => {
  it('stands between its ends', () => {
    const { design, nodeId } = add(chain(), 'thinLens');
    const [edge] = design.edges;
    const spliced = spliceNode(design, registry, edge?.id ?? '', nodeId);
    expect(spliced && wires(spliced)).toEqual(['beam.out>thinLens.in', 'thinLens.out>camera.in']);
  });

  it('is refused where the light cannot pass', () => {
    const { design, nodeId } = add(chain(), 'planeWave');
    const [edge] = design.edges;
    expect(spliceNode(design, registry, edge?.id ?? '', nodeId)).toBeNull();
    expect(spliceNode(design, registry, 'gone', nodeId)).toBeNull();
  });
});

describe('a new camera', () => {
  const beside = (anchor: string, type: string) => {
    const design = { ...createDesign([node(anchor, type)], []), grid: { samples: 256, pitch: 10e-6 } };
    const camera = add(design, 'camera');
    const wired = joinNode(camera.design, registry, anchor, camera.nodeId).design;
    expect(wired.edges).toHaveLength(1);
    return fitToGrid(wired, registry, camera.nodeId).nodes.find(({ id }) => id === camera.nodeId)?.params;
  };

  it('behind a field of light sees the whole window of the grid, sample by sample', () => {
    expect(beside('beam', 'gaussianBeam')).toEqual({ pixelPitch: 10e-6, columns: 256, rows: 256 });
  });

  it('behind a pupil, and without light, keeps its own pixels', () => {
    expect(beside('pupil', 'pupil')).toEqual({});
    const alone = add(createDesign([], []), 'camera');
    expect(fitToGrid(alone.design, registry, alone.nodeId)).toBe(alone.design);
  });
});
