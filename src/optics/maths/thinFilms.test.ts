import { describe, expect, it } from 'vitest';
import { filmResponse } from './thinFilms.ts';

const colour = 587.725e-9;

describe('thin films', () => {
  it('without films are Fresnel’s equations', () => {
    // Fact 47.
    const bare = filmResponse(1, [], 1.5, colour);
    expect(bare.reflectance).toBeCloseTo(0.04, 14);
    expect(bare.transmittance).toBeCloseTo(0.96, 14);
    const brewster = Math.sin(Math.atan(1.5));
    expect((Math.asin(brewster) * 180) / Math.PI).toBeCloseTo(56.30993, 5);
    expect(filmResponse(1, [], 1.5, colour, brewster, 'p').reflectance).toBeCloseTo(0, 14);
    expect(filmResponse(1, [], 1.5, colour, brewster, 's').reflectance).toBeGreaterThan(0.1);
    // Critical angle 41.81031°: all is reflected above it, not all below.
    const sine = (degrees: number) => Math.sin((degrees * Math.PI) / 180);
    expect(filmResponse(1.5, [], 1, colour, sine(41.811)).reflectance).toBeCloseTo(1, 12);
    expect(filmResponse(1.5, [], 1, colour, sine(41.8)).reflectance).toBeLessThan(0.99);
  });

  it('have the known reflectance of single layers', () => {
    // Fact 48.
    const fluoride = { index: 1.3698, extinction: 0, thickness: 150e-9 };
    expect(filmResponse(1, [fluoride], 1.458461, colour).reflectance).toBeCloseTo(0.022332, 6);
    const quarter = { index: 1.38, extinction: 0, thickness: colour / 4 / 1.38 };
    expect(filmResponse(1, [quarter], 1.52, colour).reflectance).toBeCloseTo(0.012601, 6);
  });

  it('lose nothing where nothing absorbs, at any angle, and something where a film does', () => {
    const films = [
      { index: 2.3, extinction: 0, thickness: 60e-9 },
      { index: 1.38, extinction: 0, thickness: 110e-9 },
    ];
    for (const polarization of ['s', 'p'] as const) {
      const { reflectance, transmittance } = filmResponse(1, films, 1.52, colour, 0.6, polarization);
      expect(reflectance + transmittance).toBeCloseTo(1, 13);
    }
    const metal = [{ index: 0.2, extinction: 3, thickness: 20e-9 }];
    const { reflectance, transmittance } = filmResponse(1, metal, 1.52, colour);
    expect(reflectance + transmittance).toBeLessThan(1 - 1e-3);
    // Beer's law in a thick weak absorber without reflections: exp(-4πκd/λ), and the phase 2πnd/λ.
    const grey = filmResponse(1.5, [{ index: 1.5, extinction: 1e-6, thickness: 5e-3 }], 1.5, colour);
    expect(grey.transmittance).toBeCloseTo(Math.exp((-4 * Math.PI * 1e-6 * 5e-3) / colour), 5);
    const clear = filmResponse(1.5, [{ index: 1.5, extinction: 0, thickness: 30e-9 }], 1.5, colour);
    const [re, im] = clear.transmitted;
    expect(Math.atan2(im, re)).toBeCloseTo((2 * Math.PI * 1.5 * 30e-9) / colour, 12);
  });

  it('stacked as quarter waves mirror', () => {
    const pair = [
      { index: 2.3, extinction: 0, thickness: colour / 4 / 2.3 },
      { index: 1.38, extinction: 0, thickness: colour / 4 / 1.38 },
    ];
    const stack = Array.from({ length: 6 }, () => pair).flat();
    // Admittance (nH/nL)^2N ns of N pairs (Macleod): ((1 - Y)/(1 + Y))².
    const admittance = (2.3 / 1.38) ** 12 * 1.52;
    const expected = ((1 - admittance) / (1 + admittance)) ** 2;
    expect(filmResponse(1, stack, 1.52, colour).reflectance).toBeCloseTo(expected, 12);
  });
});
