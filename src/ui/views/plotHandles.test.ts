import { expect, it } from 'vitest';
import { betweenNeighbours, PlotHand, type PlotHandles } from './plotHandles.ts';

const AREA = { x: 60, y: 10, width: 200, height: 100 };
const LAYOUT = { area: AREA, x: { low: -10, high: 10 }, y: { low: 0, high: 2 } };

function held() {
  const points = [
    { x: -10, y: 0 },
    { x: 0, y: 1 },
    { x: 5, y: 1 },
  ];
  const done: string[] = [];
  const handles: PlotHandles = {
    list: () => points,
    take: (index) => done.push(`take ${index}`),
    move: (index, to) => {
      points[index] = to;
    },
    drop: () => done.push('drop'),
    cancel: () => done.push('cancel'),
    add: (at) => points.push(at) - 1,
    remove: (index) => points.length > 2 && points.splice(index, 1).length > 0,
    subscribe: () => () => {},
  };
  return { points, done, hand: new PlotHand(handles, () => LAYOUT) };
}
const key = (name: string, more = {}) => ({ key: name, shiftKey: false, altKey: false, ...more });

it('a pointer takes the nearest point within reach and moves it on both axes, as one step', () => {
  const { points, done, hand } = held();
  expect(hand.down({ x: 100, y: 30 }, 'mouse')).toBe(false);
  // The second point is in the middle of the plot: 160, 60.
  expect(hand.down({ x: 166, y: 66 }, 'mouse')).toBe(true);
  hand.move({ x: 180, y: 35 });
  hand.move({ x: 210, y: 10 });
  hand.end();
  expect(points[1]).toEqual({ x: 5, y: 2 });
  expect(done).toEqual(['take 1', 'drop']);
  // A finger reaches further.
  expect(hand.down({ x: 60, y: 90 }, 'mouse')).toBe(false);
  expect(hand.down({ x: 60, y: 90 }, 'touch')).toBe(true);
  expect(hand.key(key('Escape'))).toBe('It is where it was');
  expect(done.at(-1)).toBe('cancel');
});

it('keys choose, move, add and remove; behind the last point the focus goes on', () => {
  const { points, hand } = held();
  expect(hand.key(key('ArrowUp'))).toBeNull();
  expect(hand.key(key('Tab'))).toBe('Point 1 of 3');
  hand.key(key('Tab'));
  hand.key(key('ArrowUp', { shiftKey: true }));
  hand.key(key('ArrowRight'));
  // A tenth and a hundredth of the axes.
  expect(points[1]?.y).toBeCloseTo(1.2, 12);
  expect(points[1]?.x).toBeCloseTo(0.2, 12);
  expect(hand.key(key('Insert'))).toBe('A point was added');
  expect(points[3]).toEqual({ x: 2.6, y: 1.1 });
  expect(hand.chosen).toBe(3);
  hand.key(key('Delete'));
  expect(points).toHaveLength(3);
  for (const wanted of ['Point 1 of 3', 'Point 2 of 3', 'Point 3 of 3', null])
    expect(hand.key(key('Tab'))).toBe(wanted);
});

it('a point stops at its neighbours, however far it is dragged and however near they are', () => {
  const points = [0, 1, 1.00001, 4].map((x) => ({ x }));
  expect(betweenNeighbours(points, 3, -7)).toBeCloseTo(1.00001 + 0.004, 12);
  expect(betweenNeighbours(points, 0, 9)).toBeCloseTo(1 - 0.004, 12);
  expect(betweenNeighbours(points, 3, 2.34567)).toBe(2.346);
  // Nearer than neighbours may be: there is no other place for it.
  expect(betweenNeighbours(points, 2, 0.5)).toBeGreaterThan(1);
  // Two at one place stay in the order of their rows.
  const both = [0, 2, 2, 4].map((x) => ({ x }));
  expect(betweenNeighbours(both, 1, 3)).toBeLessThan(2);
  expect(betweenNeighbours(both, 2, 1)).toBeGreaterThan(2);
});
