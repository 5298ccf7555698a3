import { describe, expect, it } from 'vitest';
import { bars, letterF, PHANTOM_OPTIONS, phantom, siemensStar, usafBars } from './phantoms.ts';

const N = 64;

function sampled(name: (typeof PHANTOM_OPTIONS)[number]['value'], seed = 1): Float64Array {
  const picture = phantom(name, seed);
  return Float64Array.from({ length: N * N }, (_, i) =>
    picture(((i % N) - N / 2) / N, (Math.floor(i / N) - N / 2) / N, 1 / N),
  );
}

describe.each(PHANTOM_OPTIONS)('$title', ({ value }) => {
  it('is between dark and bright and shows both', () => {
    const picture = sampled(value);
    expect(Math.min(...picture)).toBe(0);
    expect(Math.max(...picture)).toBeGreaterThan(0.9);
    expect(Math.max(...picture)).toBeLessThanOrEqual(1 + 1e-12);
  });
});

it.each(['beads', 'filaments', 'cells'] as const)('%s follow the seed', (name) => {
  expect(sampled(name, 3)).toEqual(sampled(name, 3));
  expect(sampled(name, 3)).not.toEqual(sampled(name, 4));
});

describe('shapes', () => {
  it('a Siemens star has as many bright as dark spokes on every circle', () => {
    const star = siemensStar(16);
    for (const radius of [0.1, 0.3, 0.4]) {
      let sum = 0;
      for (let i = 0; i < 3600; i++) {
        const angle = (2 * Math.PI * (i + 0.5)) / 3600;
        sum += star(radius * Math.cos(angle), radius * Math.sin(angle), 1e-3);
      }
      // Edges are antisymmetric about their middle; they are 1 to 6 of the sampled angles wide.
      expect(Math.abs(sum / 3600 - 0.5)).toBeLessThan(1e-3);
    }
    expect(star(0.3, 0, 1e-3)).toBe(1);
    expect(star(0.48, 0, 1e-3)).toBe(0);
  });

  it('bars are half bright, with one in the middle', () => {
    const grating = bars(8);
    const line = Array.from({ length: 800 }, (_, i) => grating((i + 0.5) / 800 - 0.5, 0, 1 / 800));
    expect(line.reduce((sum, x) => sum + x, 0) / 800).toBeCloseTo(0.5, 9);
    expect(grating(0, 0.2, 1e-3)).toBe(1);
    expect(grating(1 / 16, 0.2, 1e-3)).toBe(0);
  });

  it('the sixth element down a bar target is twice as fine', () => {
    const target = usafBars();
    // The widest element: three upright bars of 0.029 from -0.44 on.
    const row = (y: number, from: number, to: number) =>
      Array.from({ length: 400 }, (_, i) => target(from + ((to - from) * (i + 0.5)) / 400, y, 1e-4));
    const widest = row(-0.44 + 2.5 * 0.029, -0.45, -0.44 + 6 * 0.029);
    const rises = widest.filter((value, i) => i > 0 && value > 0.5 && (widest[i - 1] ?? 0) <= 0.5).length;
    expect(rises).toBe(3);
    const finer = row(-0.44 + 2.5 * 0.0145, 0.09, 0.1 + 6 * 0.0145);
    const share = (line: number[], length: number) => (line.reduce((sum, x) => sum + x, 0) / 400) * length;
    // Lit widths of three bars; the soft edges keep the area.
    expect(share(widest, 6 * 0.029 + 0.01)).toBeCloseTo(3 * 0.029, 3);
    expect(share(finer, 6 * 0.0145 + 0.01)).toBeCloseTo(3 * 0.0145, 3);
  });

  it('the letter F has its stem to the left and its bars at the top', () => {
    const f = letterF();
    expect([f(-0.15, 0.3, 0.01), f(0.15, -0.3, 0.01)]).toEqual([1, 1]);
    expect([f(0.15, 0.3, 0.01), f(0.15, 0, 0.01)]).toEqual([0, 0]);
  });
});
