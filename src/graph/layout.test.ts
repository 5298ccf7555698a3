import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from './document.ts';
import { autoLayout, type NodeSize } from './layout.ts';
import { designArbitrary } from './testArbitraries.ts';
import { bench, createDesign, node } from './testSupport.ts';
import { topologicalOrder } from './topology.ts';

const size: NodeSize = { width: 200, height: 160 };

function overlaps(design: Design, sizes: ReadonlyMap<string, NodeSize>): string[] {
  const boxes = [...autoLayout(design, sizes)].map(([id, at]) => ({ id, ...at, ...(sizes.get(id) ?? size) }));
  return boxes.flatMap((a, index) =>
    boxes.slice(index + 1).flatMap((b) => {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      return apart ? [] : [`${a.id}/${b.id}`];
    }),
  );
}

describe('autoLayout', () => {
  it('lays a chain out in a straight line', () => {
    const design = createDesign(
      ['d', 'c', 'b', 'a'].map((id) => node(id, 'lens')),
      ['a.out>b.in', 'b.out>c.in', 'c.out>d.in'],
    );
    const places = autoLayout(design, new Map());
    expect(['a', 'b', 'c', 'd'].map((id) => places.get(id))).toEqual([
      { x: 0, y: 0 },
      { x: 280, y: 0 },
      { x: 560, y: 0 },
      { x: 840, y: 0 },
    ]);
  });

  it('puts a late source just before what it feeds', () => {
    const places = autoLayout(bench(), new Map());
    expect(places.get('target')?.x).toBe(places.get('camera')?.x);
  });

  it('uncrosses wires', () => {
    const design = createDesign(
      ['a', 'b', 'c', 'd'].map((id) => node(id, 'lens')),
      ['a.out>d.in', 'b.out>c.in'],
    );
    const y = (id: string): number => autoLayout(design, new Map()).get(id)?.y ?? Number.NaN;
    expect(y('a') < y('b')).toBe(y('d') < y('c'));
  });

  it('never overlaps, sends wires to the right and repeats itself, for any design and sizes', () => {
    fc.assert(
      fc.property(
        designArbitrary,
        fc.array(fc.integer({ min: 40, max: 600 }), { minLength: 1 }),
        (design, lengths) => {
          const pick = (index: number): number => lengths[index % lengths.length] ?? 100;
          const sizes = new Map(
            design.nodes.map(({ id }, index) => [id, { width: pick(index), height: pick(3 * index + 1) }]),
          );
          expect(overlaps(design, sizes)).toEqual([]);
          const places = autoLayout(design, sizes);
          expect(autoLayout(design, sizes)).toEqual(places);
          expect([...places.keys()].sort()).toEqual(design.nodes.map(({ id }) => id).sort());
          const { leftOver } = topologicalOrder(design);
          for (const { from, to } of design.edges) {
            if (leftOver.has(from.node) || leftOver.has(to.node)) continue;
            expect(places.get(from.node)?.x ?? 0).toBeLessThan(places.get(to.node)?.x ?? 0);
          }
        },
      ),
      { numRuns: 300 },
    );
  }, 30_000);

  it('places an empty design and a large one', () => {
    expect(autoLayout(createDesign([], []), new Map()).size).toBe(0);
    const nodes = Array.from({ length: 2000 }, (_, index) => node(`n${index}`, 'lens'));
    const wires = nodes.slice(1).map((_, index) => `n${index >> 1}.out>n${index + 1}.in`);
    expect(autoLayout(createDesign(nodes, wires), new Map()).size).toBe(2000);
  });
});
