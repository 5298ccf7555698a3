import { describe, expect, it } from 'vitest';
import type { Area } from '../stores/places.ts';
import { routeAround } from './route.ts';

const card = (x: number, y: number): Area => ({ x, y, width: 252, height: 300 });

describe('the way of a wire', () => {
  it('is a plain curve where no card lies in between', () => {
    expect(routeAround({ x: 252, y: 40 }, { x: 300, y: 40 }, [card(0, 0), card(300, 0)])).toBeNull();
  });

  it('goes above or below a card in between, whichever is nearer', () => {
    const cards = [card(0, 60), card(300, 0), card(600, 60)];
    const route = routeAround({ x: 252, y: 100 }, { x: 600, y: 100 }, cards);
    expect(route?.middle.y).toBe(-12);
    const low = routeAround({ x: 252, y: 290 }, { x: 600, y: 290 }, cards);
    expect(low?.middle.y).toBe(312);
  });

  it('runs back to the left between two rows', () => {
    const cards = [card(300, 0), card(0, 340)];
    const route = routeAround({ x: 552, y: 40 }, { x: 0, y: 380 }, cards);
    expect(route?.middle.y).toBeGreaterThan(300);
    expect(route?.middle.y).toBeLessThan(340);
  });

  it('stays a curve where cards touch and leave no gap', () => {
    const wall = [card(252, 0), card(252, 300), card(252, -300)];
    expect(routeAround({ x: 252, y: 40 }, { x: 504, y: 40 }, [card(0, 0), ...wall])).toBeNull();
  });
});
