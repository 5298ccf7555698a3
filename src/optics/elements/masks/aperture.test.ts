import { describe, expect, it } from 'vitest';
import { besselJ1 } from '../../maths/bessel.ts';
import type { Setting } from '../../testChain.ts';
import { evaluate, stage, total } from '../../testSupport.ts';
import { planeWave } from '../sources/planeWave.ts';
import { aperture } from './aperture.ts';

type Params = Readonly<Record<string, Setting>>;

/** Amplitude transmission [n, n] of an aperture, row-major, on samples 10 µm apart. */
async function transmission(params: Params, n = 64): Promise<Float64Array> {
  const grid = { samples: n, pitch: 10e-6 };
  const source = stage(planeWave);
  const { data } = await evaluate({ source, mask: stage(aperture, params, 'source') }, grid);
  const open = (await evaluate({ source }, grid)).data[0] ?? 1;
  return Float64Array.from({ length: n * n }, (_, i) => (data[2 * i] ?? 0) / open);
}

/** Fourier transform along x of the sum over rows, at `cycles` per metre: the focal field on the x axis. */
function transformAlongX(samples: Float64Array, n: number, pitch: number, cycles: number): number {
  let sum = 0;
  samples.forEach((value, i) => {
    if (value !== 0) sum += value * Math.cos(2 * Math.PI * cycles * ((i % n) - Math.floor(n / 2)) * pitch);
  });
  return sum * pitch * pitch;
}

describe('aperture', () => {
  it('passes the share of a disc and of a square', async () => {
    // Check 17 of the reference at half its size, with its tolerance. A sample at the edge passes the square of its
    // share: up to a quarter of a sample along the edge is missing, 8e-4 of the window.
    const disc = await transmission({ diameter: 500e-6 }, 256);
    const power = (t: Float64Array) => total(t.map((value) => value * value)) / 256 ** 2;
    expect(Math.abs(power(disc) - (Math.PI * 25 ** 2) / 256 ** 2)).toBeLessThan(1e-3);
    const square = await transmission({ shape: 'rectangle', width: 500e-6, height: 500e-6 }, 256);
    expect(Math.abs(power(square) - 50 ** 2 / 256 ** 2)).toBeLessThan(1e-3);
  });

  it('has the far field of a disc, 2J₁(x)/x, and of a rectangle, sinc', async () => {
    // 512 samples across, ±8 λN; the sampled edge is right to second order of 1/512. That of the square lies between
    // samples, which halves its error: that of 1024 samples is asked for.
    const n = 514;
    const [diameter, side] = [512 * 10e-6, 511 * 10e-6];
    const disc = await transmission({ diameter }, n);
    const square = await transmission({ shape: 'rectangle', width: side, height: side }, n);
    const zero = transformAlongX(disc, n, 10e-6, 0);
    for (let order = 0.37; order < 8; order += 0.76) {
      const x = Math.PI * order;
      const round = transformAlongX(disc, n, 10e-6, order / diameter) / zero;
      expect(Math.abs(round - (2 * besselJ1(x)) / x)).toBeLessThan(3e-5);
      const straight = transformAlongX(square, n, 10e-6, order / side) / side ** 2;
      expect(Math.abs(straight - Math.sin(x) / x)).toBeLessThan(2e-5);
    }
  });

  it('of a rectangle has a focus 0.8859 λf/L wide with side lobes of 4.72 %', async () => {
    const [n, side] = [514, 512 * 10e-6];
    const square = await transmission({ shape: 'rectangle', width: side, height: side }, n);
    const peak = transformAlongX(square, n, 10e-6, 0);
    const seen = (order: number) => (transformAlongX(square, n, 10e-6, order / side) / peak) ** 2;
    // Half the full width at half maximum of sinc², whose slope is -1.9 there.
    const half = 0.8859 / 2;
    expect(Math.abs(seen(half) - 0.5) / 1.9).toBeLessThan(1e-4 / 2);
    // The greatest of sinc² beyond its first zero, at 1.4303.
    expect(Math.abs(seen(1.4303) / 0.0471904 - 1)).toBeLessThan(1e-4);
    expect(seen(1.4303)).toBeGreaterThan(Math.max(seen(1.42), seen(1.44)));
  });

  it.each([
    ['annulus', { diameter: 400e-6, innerDiameter: 200e-6 }, Math.PI * (20 ** 2 - 10 ** 2)],
    ['rectangle', { width: 300e-6, height: 120e-6, rotation: 0.4 }, 30 * 12],
    ['polygon', { diameter: 400e-6, sides: 6 }, ((3 * Math.sqrt(3)) / 2) * 20 ** 2],
    ['knifeEdge', { x: 33e-6, rotation: Math.PI / 2, y: 55e-6 }, 64 * 26],
  ] as const)('opens the area of a %s', async (shape, params, area) => {
    // Oblique edges are right to 0.006 samples; these shapes have less than 190 samples of edge.
    expect(Math.abs(total(await transmission({ shape, ...params })) - area)).toBeLessThan(1.2);
  });

  it('opens slits narrower than a sample by the right share', async () => {
    const slits = { shape: 'slits', slits: 3, slitWidth: 7e-6, spacing: 83e-6, height: 200e-6 };
    // Edges along rows and columns are exact.
    expect(total(await transmission(slits))).toBeCloseTo(3 * 0.7 * 20, 10);
  });

  it('closes arms of a spider: half a diameter times the width for each', async () => {
    const disc = total(await transmission({ diameter: 500e-6 }));
    const arms = { diameter: 500e-6, innerDiameter: 0, arms: 3, armWidth: 30e-6 };
    const spider = total(await transmission({ shape: 'spider', ...arms }));
    // Three arms of 25 x 3 samples overlap near the middle by less than 3 x 3 x 0.87.
    expect(Math.abs(disc - spider - 3 * 25 * 3 + 4)).toBeLessThan(4);
  });

  it('inverted passes what it stopped, softened is as large', async () => {
    const open = await transmission({ diameter: 300e-6 });
    const stop = await transmission({ diameter: 300e-6, inverse: true });
    open.forEach((value, i) => {
      expect(value + (stop[i] ?? 0)).toBeCloseTo(1, 12);
    });
    const soft = await transmission({ diameter: 300e-6, softness: 80e-6 });
    expect(soft.filter((t) => t > 0.01 && t < 0.99).length).toBeGreaterThan(500);
    // A linear edge of width w (8.06 samples) opens π w² / 12 more; oblique edges as above, 94 samples.
    expect(Math.abs(total(soft) - total(open) - (Math.PI * 65) / 12)).toBeLessThan(0.6);
  });

  it('lies where it is put: +x to the right, +y down the rows', async () => {
    const moved = await transmission({ diameter: 60e-6, x: 100e-6, y: -50e-6 });
    expect(moved[(32 - 5) * 64 + 32 + 10]).toBe(1);
    expect(Math.abs(total(moved) - Math.PI * 9)).toBeLessThan(0.15);
    // The open side of a knife edge is where it points to.
    const knife = await transmission({ shape: 'knifeEdge', rotation: Math.PI / 2 });
    expect([knife[40 * 64 + 32], knife[20 * 64 + 32]]).toEqual([1, 0]);
  });

  it('says when slits are not resolved and when the window is smaller than the opening', async () => {
    const grid = { samples: 64, pitch: 10e-6 };
    const { value } = await evaluate({ source: stage(planeWave) }, grid);
    const notes = (params: Params) => {
      const values = Object.fromEntries(
        Object.entries(aperture.params).map(([id, param]) => {
          const set = params[id] ?? ('default' in param ? param.default : 0);
          return [
            id,
            param.kind === 'quantity' ? { value: set as number, partials: new Map(), isAffine: true } : set,
          ];
        }),
      );
      return aperture.sampling?.({ in: value }, values as never, grid) ?? [];
    };
    expect(notes({ diameter: 300e-6 })).toEqual([]);
    const [coarse] = notes({ shape: 'slits', slitWidth: 12e-6 });
    expect(coarse?.message).toContain('1.2 samples');
    // Words, button and condition ask for the same: two samples across the slit.
    expect(coarse?.fix).toContain('at most 6.0 µm');
    expect(coarse?.apply?.grid?.pitch).toBe(5e-6);
    expect(notes({ shape: 'slits', slitWidth: 20e-6 })).toEqual([]);
    expect(notes({ diameter: 2e-3 })[0]?.message).toContain('window');
  });
});

describe('Young’s slits, sampled', () => {
  it('have fringes λ/d apart in angle', async () => {
    const n = 256;
    const mask = await transmission({ shape: 'slits', slitWidth: 30e-6, spacing: 250e-6 }, n);
    const dark = transformAlongX(mask, n, 10e-6, 1 / (2 * 250e-6));
    const bright = transformAlongX(mask, n, 10e-6, 1 / 250e-6);
    // The first fringe is lowered by a slit's own sinc(w/d); samples of a width p blur by 2 (π p/d)² / 6 more, 5e-3.
    const sinc = Math.sin((Math.PI * 30) / 250) / ((Math.PI * 30) / 250);
    expect(Math.abs(dark / bright)).toBeLessThan(1e-12);
    expect(Math.abs(-bright / total(mask) / 1e-10 - sinc)).toBeLessThan(6e-3);
  });
});
