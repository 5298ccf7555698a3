import { describe, expect, it } from 'vitest';
import { isHighContrast } from './contrast.ts';

const SIDE = 64;

function view(pixel: (radius: number) => number, change: object = {}) {
  const data = Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    pixel(Math.hypot((i % SIDE) - SIDE / 2, Math.floor(i / SIDE) - SIDE / 2)),
  );
  return { portType: 'image', mode: 'intensity', data, ...change } as const;
}

/** Falls with the cube of the radius, as the rings of an Airy pattern do on average. */
const spot = (radius: number): number => 1 / (1 + radius ** 3);

describe('high contrast', () => {
  it('is a spot with faint rings', () => {
    expect(isHighContrast(view(spot), false)).toBe(true);
  });

  it('is not a hologram, a bead on a background, a black or a lone bright pixel', () => {
    const pictures = [
      view((radius) => 1 + 0.5 * Math.cos(radius)),
      view((radius) => 20 + 400 * spot(radius)),
      view(() => 0),
      view((radius) => (radius === 0 ? 1 : 0)),
    ];
    expect(pictures.map((each) => isHighContrast(each, false))).toEqual([false, false, false, false]);
  });

  it('is said of images only', () => {
    expect(isHighContrast(view(spot, { portType: 'field' }), false)).toBe(false);
  });

  it('does not change back and forth at the limit', () => {
    // The median lies at radius 26: there the background alone decides.
    const between = view((radius) => 2e-3 + spot(radius));
    expect([isHighContrast(between, false), isHighContrast(between, true)]).toEqual([false, true]);
  });
});
