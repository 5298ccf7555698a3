import { describe, expect, it } from 'vitest';
import { shelve } from './shelves.ts';

describe('tiles of a surface', () => {
  it('lie inside it and beside each other', () => {
    const shapes = Array.from({ length: 30 }, (_, i) => [1 + ((i * 37) % 96), 1 + ((i * 53) % 96)] as const);
    const { width, height, tiles } = shelve(shapes, 256);
    const taken = new Uint8Array(width * height);
    shapes.forEach(([ny, nx], i) => {
      const { x, y } = tiles[i] ?? { x: -1, y: -1 };
      expect(x + nx).toBeLessThanOrEqual(width);
      expect(y + ny).toBeLessThanOrEqual(height);
      for (let row = y; row < y + ny; row++) taken.fill(1, row * width + x, row * width + x + nx);
    });
    // Every pixel of every tile is its own.
    const pixels = shapes.reduce((sum, [ny, nx]) => sum + ny * nx, 0);
    expect(taken.reduce((sum, one) => sum + one, 0)).toBe(pixels);
    expect(width).toBeLessThanOrEqual(256);
  });

  it('make a surface as wide as the widest of them', () => {
    expect(shelve([[10, 300]], 256)).toEqual({ width: 320, height: 64, tiles: [{ x: 0, y: 0 }] });
  });
});
