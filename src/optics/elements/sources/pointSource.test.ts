import { expect, it } from 'vitest';
import { evaluate, intensity, stage } from '../../testSupport.ts';
import { pointSource } from './pointSource.ts';

it('a point source shines P / 4πR² everywhere on a plane, as a sphere about its place', async () => {
  const [x, y, z, pitch, wavelength] = [30e-6, -20e-6, 2e-3, 5e-6, 500e-9];
  const source = stage(pointSource, { x, y, z, power: 3, wavelength, refractiveIndex: 1.33 });
  const { data } = await evaluate({ source }, { samples: 32, pitch });
  const irradiance = intensity(data);
  for (const [row, column] of [
    [16, 16],
    [3, 27],
    [30, 1],
  ] as const) {
    const reach = Math.hypot((column - 16) * pitch - x, (row - 16) * pitch - y, z);
    const i = row * 32 + column;
    expect(((irradiance[i] ?? 0) * 4 * Math.PI * reach ** 2) / 3).toBeCloseTo(1, 12);
    // k (R - z): some 30 rad, to rounding of R.
    const phase = ((2 * Math.PI * 1.33) / wavelength) * (reach - z);
    const size = Math.sqrt(irradiance[i] ?? 1);
    expect((data[2 * i] ?? 0) / size).toBeCloseTo(Math.cos(phase), 7);
    expect((data[2 * i + 1] ?? 0) / size).toBeCloseTo(Math.sin(phase), 7);
  }
});
