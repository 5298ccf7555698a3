import { describe, expect, it } from 'vitest';
import type { Design } from '../../graph/document.ts';
import { setGrid } from '../../graph/edit.ts';
import { dragTheRing } from '../../graph/examples/dragTheRing.ts';
import { createDesign, node } from '../../graph/testSupport.ts';
import { createSession } from '../session.ts';
import { halfGrid } from './draftGrid.ts';

const session = await createSession('wasm');
const fine = setGrid(dragTheRing.design, { samples: 128, pitch: 10e-6 });

const imageOf = async (design: Design) => {
  const { views } = await session.show(design, {
    views: [{ nodeId: 'camera', layer: 'output', mode: 'intensity', plane: 0 }],
  });
  return views[0]?.data ?? new Float32Array(0);
};

describe('a draft of light that follows a hand', () => {
  it('has every second sample of the same window, and nearly the same picture', async () => {
    const draft = await session.draftOf(fine);
    expect(draft?.grid).toEqual({ samples: 64, pitch: 20e-6 });
    const [whole, half] = [await imageOf(fine), await imageOf(halfGrid(fine))];
    const most = whole.reduce((a, b) => Math.max(a, b), 0);
    const error = whole.reduce((sum, value, i) => Math.max(sum, Math.abs(value - (half[i] ?? 0))), 0);
    // The aperture's rim runs through squares of 2/64 of its radius, whose weights differ by a tenth from the whole grid's.
    expect(error).toBeLessThan(0.02 * most);
    expect(error).toBeGreaterThan(0);
  });

  it('is none where the grid cannot be halved, or a map is learned', async () => {
    for (const samples of [32, 65])
      expect(await session.draftOf(setGrid(fine, { samples, pitch: 20e-6 }))).toBeNull();
    const mask = { nodes: [...fine.nodes, node('mask', 'freeformPhase')], learn: ['mask.phase'] };
    expect(await session.draftOf({ ...fine, ...mask })).toBeNull();
  });

  it('is none where half the samples do not carry the light, as of a narrow waist', async () => {
    const beam = (waist: number) =>
      setGrid(
        createDesign(
          [
            node('source', 'gaussianBeam', { waist }),
            node('space', 'propagator', { distance: 0.2e-3 }),
            node('camera', 'camera'),
          ],
          ['source.out>space.in', 'space.out>camera.in'],
        ),
        { samples: 256, pitch: 1e-6 },
      );
    expect((await session.draftOf(beam(20e-6)))?.grid.samples).toBe(128);
    // One and a half samples of the coarser grid.
    expect(await session.draftOf(beam(3e-6))).toBeNull();
  });
});
