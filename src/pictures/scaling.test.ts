import { describe, expect, it } from 'vitest';
import { colorTable } from './colormaps.ts';
import type { ColorScale } from './scaling.ts';
import { applyColormap, automaticRange, positionOf, statistics } from './scaling.ts';

const paint = (values: readonly number[], scale: ColorScale, width = values.length): Uint32Array => {
  const pixels = new Uint32Array(values.length);
  applyColormap(new Float32Array(values), width, scale, pixels);
  return pixels;
};
const index = (scale: ColorScale, pixel: number | undefined): number =>
  colorTable(scale.colormap).indexOf(pixel as number);

describe('statistics', () => {
  it('finds the ends and counts what is not finite', () => {
    const stats = statistics(new Float32Array([3, Number.NaN, -1, Number.POSITIVE_INFINITY, 2]), 0);
    expect(stats).toEqual({ min: -1, max: 3, low: -1, high: 3, invalid: 2 });
  });

  it('says so when nothing is finite', () => {
    const stats = statistics(new Float32Array([Number.NaN]), 0.01);
    expect([stats.min, stats.low, stats.high, stats.invalid]).toEqual([Number.NaN, 0, 1, 1]);
  });

  it('cuts the wanted share at each end', () => {
    const data = Float32Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000);
    const stats = statistics(data, 0.01);
    // One bin of 4096 over 10000 values is 2.5 wide; two bins allow for both edges.
    expect(Math.abs(stats.low - 100)).toBeLessThan(5);
    expect(Math.abs(stats.high - 9900)).toBeLessThan(5);
    expect([stats.min, stats.max]).toEqual([0, 9999]);
  });

  it('is not moved by a hot pixel', () => {
    const data = Float32Array.from({ length: 10_000 }, (_, i) => i % 100);
    data[5] = 1e6;
    // The hot pixel widens the bins to 244; the cut must still leave it out.
    expect(statistics(data, 0.001).high).toBeLessThan(500);
  });
});

describe('automatic range', () => {
  it('is -π..π for phases and symmetric for signed data', () => {
    expect(automaticRange({ low: 0, high: 1 }, 'phase', false)).toEqual({ low: -Math.PI, high: Math.PI });
    expect(automaticRange({ low: -3, high: 1 }, 'real', true)).toEqual({ low: -3, high: 3 });
    expect(automaticRange({ low: 0, high: 0 }, 'real', true)).toEqual({ low: -1, high: 1 });
  });

  it('does not magnify the rounding noise of a flat image', () => {
    expect(automaticRange({ low: 0.999999, high: 1.000001 }, 'intensity', false)).toEqual({
      low: 0,
      high: 1.000001,
    });
    expect(automaticRange({ low: 0, high: 0 }, 'intensity', false)).toEqual({ low: 0, high: 1 });
    expect(automaticRange({ low: 100, high: 101 }, 'intensity', false)).toEqual({ low: 100, high: 101 });
  });
});

describe('applyColormap', () => {
  const linear: ColorScale = { colormap: 'gray', scaling: 'linear', low: 10, high: 20 };

  it('puts the ends at the ends and clamps beyond', () => {
    const pixels = paint([10, 20, 15, -100, 100, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], linear);
    expect([...pixels].map((pixel) => index(linear, pixel))).toEqual([0, 255, 128, 0, 255, 255, 0]);
  });

  it('agrees with the scale of the legend for every scaling', () => {
    const values = [1, 2, 3, 5, 10, 30, 60, 99, 100];
    for (const scaling of ['linear', 'sqrt', 'log'] as const) {
      const scale: ColorScale = { colormap: 'gray', scaling, low: 1, high: 100 };
      [...paint(values, scale)].forEach((pixel, i) => {
        const expected = positionOf(values[i] as number, scale) * 255;
        // Half a step of rounding, and a little for float32.
        expect(Math.abs(index(scale, pixel) - expected)).toBeLessThanOrEqual(0.51);
      });
    }
  });

  it('spans four decades at most, so that rounding far below takes no colours', () => {
    const scale: ColorScale = { colormap: 'gray', scaling: 'log', low: 1e-11, high: 1 };
    expect(positionOf(1e-4, scale)).toBeCloseTo(0, 12);
    expect(positionOf(1e-2, scale)).toBeCloseTo(0.5, 12);
    expect(positionOf(0.1, { ...scale, low: 0.01 })).toBeCloseTo(0.5, 12);
  });

  it('starts a logarithmic scale four decades down when the range begins at or below zero', () => {
    const scale: ColorScale = { colormap: 'gray', scaling: 'log', low: -5, high: 1 };
    const found = [...paint([-5, 0, 1e-4, 1.01e-2, 1], scale)].map((pixel) => index(scale, pixel));
    expect(found).toEqual([0, 0, 0, 128, 255]);
    expect(positionOf(1e-2, scale)).toBeCloseTo(0.5, 12);
  });

  it('falls back to linear when nothing is positive', () => {
    const scale: ColorScale = { colormap: 'gray', scaling: 'log', low: -2, high: 0 };
    expect([...paint([-2, -1, 0], scale)].map((pixel) => index(scale, pixel))).toEqual([0, 128, 255]);
  });

  it('hatches what is not a number in two magentas that no map contains', () => {
    for (const scaling of ['linear', 'sqrt', 'log'] as const) {
      const scale: ColorScale = { colormap: 'viridis', scaling, low: 0.1, high: 1 };
      const pixels = paint(new Array<number>(16).fill(Number.NaN), scale, 4);
      expect(new Set(pixels).size).toBe(2);
      for (const pixel of pixels) expect(index(scale, pixel)).toBe(-1);
    }
  });

  it('draws nothing where there is no phase', () => {
    const phase: ColorScale = { colormap: 'phase', scaling: 'linear', low: -Math.PI, high: Math.PI };
    expect([...paint([Number.NaN], phase)]).toEqual([0]);
  });

  it('wraps phases round the wheel', () => {
    const scale: ColorScale = { colormap: 'phase', scaling: 'linear', low: -Math.PI, high: Math.PI };
    const [low, high, zero, turned] = paint([-Math.PI, Math.PI, 0.3, 0.3 + 2 * Math.PI], scale);
    expect(low).toBe(high);
    expect(zero).toBe(turned);
    expect(low).not.toBe(zero);
  });

  it('shows a range without width without dividing by zero', () => {
    const scale: ColorScale = { colormap: 'gray', scaling: 'linear', low: 5, high: 5 };
    expect([...paint([4, 5, 6], scale)].map((pixel) => index(scale, pixel))).toEqual([0, 0, 255]);
  });

  it('colours 256² in a few milliseconds', () => {
    const data = Float32Array.from({ length: 256 * 256 }, (_, i) => i);
    const pixels = new Uint32Array(data.length);
    const best = Math.min(
      ...(['linear', 'sqrt', 'log'] as const).map((scaling) => {
        const scale: ColorScale = { colormap: 'inferno', scaling, low: 0, high: 65_535 };
        let fastest = Number.POSITIVE_INFINITY;
        for (let run = 0; run < 20; run++) {
          const start = performance.now();
          applyColormap(data, 256, scale, pixels);
          fastest = Math.min(fastest, performance.now() - start);
        }
        return fastest;
      }),
    );
    // 0.1-1 ms when measured alone; the best of 20 runs leaves out what other processes take.
    expect(best).toBeLessThan(2);
  });
});
