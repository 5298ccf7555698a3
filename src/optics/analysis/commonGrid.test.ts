import { describe, expect, it } from 'vitest';
import type { HostValue } from '../element.ts';
import { constantScalar } from '../ops/scalar.ts';
import type { Field } from '../values.ts';
import { fieldOnGrid } from './commonGrid.ts';
import { hostPlane } from './hostPlane.ts';
import { stokesPlane } from './stokes.ts';

/**
 * Focus of a square aperture of 15 samples that fills its window: one plane wave from each, so that the first zero is
 * one sample of 1 µm from the peak.
 */
function focus(n: number, pitch: number, shift: readonly [number, number]): Float64Array {
  const sum = (t: number) => {
    let all = 1;
    for (let f = 1; f <= 7; f++) all += 2 * Math.cos((2 * Math.PI * f * t) / 15);
    return all / 15;
  };
  const data = new Float64Array(2 * n * n);
  for (let i = 0; i < n * n; i++) {
    const [x, y] = [i % n, Math.floor(i / n)].map((at) => ((at - Math.floor(n / 2)) * pitch) / 1e-6);
    const amplitude = sum((x ?? 0) - shift[0]) * sum((y ?? 0) - shift[1]);
    data.set([0.6 * amplitude, 0.8 * amplitude], 2 * i);
  }
  return data;
}

describe('light on the grid of another wavelength', () => {
  it('is exact for a focus as narrow as its samples, whose irradiance is not', () => {
    const shift = [0.3, -0.4] as const;
    const [coarse, fine] = [
      { rows: 15, columns: 15, pitch: 1e-6 },
      { rows: 21, columns: 21, pitch: 0.7e-6 },
    ];
    const found = fieldOnGrid(focus(15, 1e-6, shift), coarse, fine);
    const expected = focus(21, 0.7e-6, shift);
    // Rounding of sums of 225 products.
    expected.forEach((value, i) => {
      expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(1e-12);
    });
  });

  it('is dark outside its window', () => {
    const small = { rows: 3, columns: 3, pitch: 1e-6 };
    const found = fieldOnGrid(new Float64Array(18).fill(1), small, { rows: 8, columns: 8, pitch: 0.5e-6 });
    // The window reaches 1.5 µm from the middle, sample 4; an even field stays even within it.
    for (let i = 0; i < 64; i++) {
      const isInside = [i % 8, Math.floor(i / 8)].every((at) => Math.abs(at - 4) <= 3);
      expect(found[2 * i]).toBeCloseTo(isInside ? 1 : 0, 12);
    }
  });
});

const N = 64;
const [WAIST, DISTANCE, WINDOW] = [40e-6, 1, 0.96e-3];
const LINES = [500e-9, 600e-9] as const;

/** Radius of the far beam at 1/e² of its peak, on whose samples its phase runs with π x²/(λ R). */
function farRadius(wavelength: number): number {
  return WAIST * Math.hypot(1, (wavelength * DISTANCE) / (Math.PI * WAIST ** 2));
}

/** A Gaussian beam of 1 W/m² on the axis, far behind its waist, on the pitch that one transform gives. */
function farBeam(wavelength: number, jones: readonly [number, number]): HostValue {
  const pitch = (wavelength * DISTANCE) / WINDOW;
  const rayleigh = (Math.PI * WAIST ** 2) / wavelength;
  const curvature = 1 / (DISTANCE * (1 + (rayleigh / DISTANCE) ** 2));
  const data = new Float64Array(4 * N * N);
  for (let i = 0; i < N * N; i++) {
    const square = (((i % N) - N / 2) ** 2 + (Math.floor(i / N) - N / 2) ** 2) * pitch ** 2;
    const amplitude = Math.exp(-square / farRadius(wavelength) ** 2);
    const phase = (Math.PI * square * curvature) / wavelength;
    jones.forEach((part, component) => {
      const at = 2 * (component * N * N + i);
      data.set([part * amplitude * Math.cos(phase), part * amplitude * Math.sin(phase)], at);
    });
  }
  const one = constantScalar(1);
  const value = {
    kind: 'field',
    samples: { shape: [2, N, N], dtype: 'complex' },
    axes: ['component'],
    pitch: constantScalar(pitch),
    planeWaves: null,
    wavelength: constantScalar(wavelength),
    refractiveIndex: one,
    polarizationAngle: one,
    weight: one,
  } as unknown as Field;
  return { value, data };
}

function furthest(map: Float64Array, from: (i: number) => number): number {
  return map.reduce((most, value, i) => Math.max(most, Math.abs(value - from(i))), 0);
}

describe('white light far behind its waist, whose phases turn by more than the samples can hold', () => {
  const light = [farBeam(LINES[0], [0.8, 0.6]), farBeam(LINES[1], [0.8, 0.6])] as const;

  /** Sum of both beams by the closed form, at a sample of the common grid. */
  const expected = (
    i: number,
    { columns, rows, pitch }: { columns: number; rows: number; pitch: number },
  ) => {
    const square =
      (((i % columns) - Math.floor(columns / 2)) ** 2 +
        (Math.floor(i / columns) - Math.floor(rows / 2)) ** 2) *
      pitch ** 2;
    return LINES.reduce((sum, line) => sum + Math.exp((-2 * square) / farRadius(line) ** 2), 0);
  };

  it('is the sum of both beams', () => {
    const plane = hostPlane(light, 1);
    expect(plane.columns).toBe(Math.ceil((N * LINES[1]) / LINES[0]));
    // Of the irradiance's contrast exp(-π² w² / 8) lies beyond its own samples' band, w = 7.6 of them.
    expect(furthest(plane.data, (i) => expected(i, plane))).toBeLessThan(1e-6);
  });

  it('has its polarisation on the common grid', () => {
    const { maps, ...grid } = stokesPlane(light, 1);
    expect(furthest(maps[2], (i) => 2 * 0.8 * 0.6 * expected(i, grid))).toBeLessThan(1e-6);
    expect(furthest(maps[3], () => 0)).toBeLessThan(1e-6);
  });
});

describe('white light behind two slits that fill half the window, at a small Fresnel number', () => {
  /**
   * Fringes too fine for an interpolation of their irradiance, on the sphere of their distance: slits of 1/8 of the
   * window, 3/8 apart, one plane wave from each of their samples.
   */
  function slits(wavelength: number): HostValue {
    const [n, open] = [32, [-8, -7, -6, -5, 4, 5, 6, 7]];
    const pitch = wavelength / 500e-9;
    const data = new Float64Array(2 * n * n);
    const perSample = 0.31 * pitch;
    for (let i = 0; i < n * n; i++) {
      const [j, k] = [(i % n) - n / 2, Math.floor(i / n) - n / 2];
      const phase = Math.PI * perSample * (j * j + k * k);
      let [re, im] = [0, 0];
      for (const f of open) {
        re += Math.cos((2 * Math.PI * f * j) / n + phase);
        im += Math.sin((2 * Math.PI * f * j) / n + phase);
      }
      data.set([re, im], 2 * i);
    }
    const one = constantScalar(1);
    const zero = constantScalar(0);
    const samples = { shape: [n, n], dtype: 'complex' };
    const value = {
      kind: 'field',
      samples,
      axes: [],
      pitch: constantScalar(pitch),
      planeWaves: null,
      wavelength: constantScalar(wavelength),
      refractiveIndex: one,
      polarizationAngle: one,
      weight: one,
      sphere: { samples, perSample: constantScalar(perSample), x: zero, y: zero },
    } as unknown as Field;
    return { value, data };
  }

  it('is exact where the sphere is known', () => {
    const plane = hostPlane([slits(500e-9), slits(600e-9)], 1);
    const expected = (i: number) => {
      const j = (i % plane.columns) - Math.floor(plane.columns / 2);
      const k = Math.floor(i / plane.columns) - Math.floor(plane.rows / 2);
      return [1, 1.2].reduce((sum, pitch) => {
        if ([j, k].some((at) => at / pitch < -16.5 || at / pitch > 15.5)) return sum;
        let [re, im] = [0, 0];
        for (const f of [-8, -7, -6, -5, 4, 5, 6, 7]) {
          re += Math.cos((2 * Math.PI * f * j) / (32 * pitch));
          im += Math.sin((2 * Math.PI * f * j) / (32 * pitch));
        }
        return sum + re * re + im * im;
      }, 0);
    };
    // Rounding of sums of 1024 products of 64.
    expect(furthest(plane.data, expected)).toBeLessThan(1e-9);
  });
});
