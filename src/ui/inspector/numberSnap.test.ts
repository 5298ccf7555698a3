import { describe, expect, it } from 'vitest';
import { snapped } from './NumberField.tsx';

describe('snapping while Ctrl is held', () => {
  it('goes in round steps of a linear range', () => {
    const aperture = { soft: [0, 1.5], scale: 'linear', min: 0, max: 2 } as const;
    expect([0.512, 0.56, 0.04].map((value) => snapped(value, aperture, 1))).toEqual([0.5, 0.6, 0]);
  });

  it('goes in round steps of the shown unit on a log scale', () => {
    const wavelength = { soft: [100e-9, 10e-6], scale: 'log', min: 1e-9, max: 1e-3 } as const;
    // 0.1 fm: the product of the shown number and the unit rounds in float64.
    expect(snapped(538e-9, wavelength, 1e-9)).toBeCloseTo(550e-9, 16);
    expect(snapped(1.13e-6, wavelength, 1e-6)).toBeCloseTo(1.15e-6, 16);
  });
});
