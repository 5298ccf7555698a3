import { describe, expect, it } from 'vitest';
import type { ColormapName } from './colormaps.ts';
import { COLORMAP_NAMES, colorHex, colorTable, oklchToSrgb } from './colormaps.ts';

/** OKLab lightness of a table entry, from its bytes. */
function lightness(name: ColormapName, index: number): number {
  const [r, g, b] = [...new Uint8Array(colorTable(name).buffer, 4 * index, 3)].map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
}

const curve = (name: ColormapName): number[] => Array.from({ length: 256 }, (_, i) => lightness(name, i));

describe('colour maps', () => {
  it('have 256 opaque colours each', () => {
    for (const name of COLORMAP_NAMES) {
      const bytes = new Uint8Array(colorTable(name).buffer);
      expect(bytes.length).toBe(1024);
      expect(bytes.every((byte, i) => i % 4 !== 3 || byte === 255)).toBe(true);
    }
  });

  it('start and end at the published colours', () => {
    expect(colorHex('gray', 0)).toBe('#000000');
    expect(colorHex('gray', 255)).toBe('#ffffff');
    expect(colorHex('inferno', 0)).toBe('#000004');
    expect(colorHex('inferno', 255)).toBe('#fcffa4');
    expect(colorHex('magma', 255)).toBe('#fcfdbf');
    expect(colorHex('viridis', 0)).toBe('#440154');
    expect(colorHex('viridis', 255)).toBe('#fde725');
  });

  it('reproduce published colours between the anchors', () => {
    // matplotlib's inferno(101) and viridis(147); 2 of 255 is the error of 33 anchors.
    const near = (name: ColormapName, index: number, expected: readonly number[]): void => {
      const found = [...new Uint8Array(colorTable(name).buffer, 4 * index, 3)];
      found.forEach((byte, k) => {
        expect(Math.abs(byte - (expected[k] as number))).toBeLessThanOrEqual(2);
      });
    };
    near('inferno', 101, [146, 37, 104]);
    near('viridis', 147, [31, 162, 135]);
  });

  it('grow in lightness from end to end where they show amounts', () => {
    for (const name of ['gray', 'inferno', 'viridis', 'magma'] as const) {
      const values = curve(name);
      for (let i = 1; i < 256; i++) {
        // Rounding to bytes costs up to 0.004 of lightness; darker neighbours beyond it would be a real dip.
        expect(values[i] as number).toBeGreaterThan((values[i - 1] as number) - 0.004);
      }
      expect((values[255] as number) - (values[0] as number)).toBeGreaterThan(0.5);
    }
  });

  it('keep the signed map symmetric in lightness with its lightest colour in the middle', () => {
    const values = curve('diverging');
    for (let i = 0; i < 128; i++) {
      // 0.01: rounding to bytes on both sides.
      expect(Math.abs((values[i] as number) - (values[255 - i] as number))).toBeLessThan(0.01);
    }
    expect(Math.max(...values)).toBeLessThan((values[127] as number) + 0.005);
    const middle = [...new Uint8Array(colorTable('diverging').buffer, 4 * 127, 3)];
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThanOrEqual(3);
    expect(colorHex('diverging', 0)).not.toBe(colorHex('diverging', 255));
  });

  it('keep the phase wheel at one lightness, inside sRGB, without a seam', () => {
    for (const value of curve('phase')) expect(Math.abs(value - 0.75)).toBeLessThan(0.004);
    for (let i = 0; i < 256; i++) {
      const color = oklchToSrgb(0.75, 0.126, (2 * Math.PI * i) / 256);
      // Clamping would put a channel exactly on its limit.
      for (const channel of color) expect(channel > 0 && channel < 1).toBe(true);
    }
    const bytes = new Uint8Array(colorTable('phase').buffer);
    const step = (from: number, to: number): number =>
      Math.max(
        ...[0, 1, 2].map((k) => Math.abs((bytes[4 * from + k] as number) - (bytes[4 * to + k] as number))),
      );
    const steps = Array.from({ length: 256 }, (_, i) => step(i, (i + 1) % 256));
    expect(step(255, 0)).toBeLessThanOrEqual(Math.max(...steps.slice(0, 255)));
  });
});
