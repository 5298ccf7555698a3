import { describe, expect, it } from 'vitest';
import type { Design } from '../../graph/document.ts';
import { examples } from '../../graph/examples/index.ts';
import { type Area, CARD_SIZE, freePlaceAmong, tidyPlaces } from './places.ts';

const SIGHT: Area = { x: 0, y: 0, width: 900, height: 700 };

function disjoint(areas: readonly Area[]): boolean {
  return areas.every((a, i) =>
    areas
      .slice(i + 1)
      .every(
        (b) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
      ),
  );
}

describe('a free place', () => {
  it('is the wanted one where nothing is', () => {
    expect(freePlaceAmong({ x: 100, y: 60 }, [], SIGHT)).toEqual({ x: 100, y: 60 });
  });

  it('stays in sight while there is room, and covers nothing', () => {
    const taken: Area[] = [];
    for (let i = 0; i < 6; i++)
      taken.push({ ...freePlaceAmong({ x: 0, y: 10 }, taken, SIGHT), ...CARD_SIZE });
    expect(disjoint(taken)).toBe(true);
    // Three columns of 276 and two rows of 314 fit into 900 × 700.
    for (const { x, y, width, height } of taken) {
      expect([x >= 0, y >= 0, x + width <= 900, y + height <= 700]).toEqual([true, true, true, true]);
    }
    const seventh = { ...freePlaceAmong({ x: 0, y: 10 }, taken, SIGHT), ...CARD_SIZE };
    expect(disjoint([...taken, seventh])).toBe(true);
    expect(seventh.x).toBeGreaterThan(Math.max(...taken.map(({ x }) => x)));
  });
});

describe('tidy places', () => {
  it('put cards without a wire in rows below the others, none on another', () => {
    const [airy] = examples;
    if (airy === undefined) throw new Error('There are no examples.');
    const loose = Array.from({ length: 6 }, (_, i) => ({
      id: `loose${i}`,
      type: 'camera',
      position: { x: 0, y: 0 },
      params: {},
    }));
    const design: Design = { ...airy.design, nodes: [...loose, ...airy.design.nodes] };
    const sizes = new Map([['loose1', { width: 252, height: 420 }]]);
    const places = tidyPlaces(design, sizes);
    const areas = design.nodes.map(({ id }) => {
      const place = places.get(id);
      if (place === undefined) throw new Error(`${id} has no place.`);
      return { ...place, ...(sizes.get(id) ?? CARD_SIZE) };
    });
    expect(disjoint(areas)).toBe(true);
    const wiredBottom = Math.max(...areas.slice(6).map(({ y, height }) => y + height));
    expect(Math.min(...areas.slice(0, 6).map(({ y }) => y))).toBeGreaterThan(wiredBottom);
    const rows = new Set(areas.slice(0, 6).map(({ y }) => y));
    expect(rows.size).toBe(2);
  });
});
