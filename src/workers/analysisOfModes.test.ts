/** What analyses say of light with modes, components and wavelengths that do not interfere. */
import { expect, it } from 'vitest';
import { createDesign, node } from '../graph/testSupport.ts';
import { createSession } from './session.ts';

async function numbers(
  chain: readonly ReturnType<typeof node>[],
  grid: { readonly samples: number; readonly pitch: number },
) {
  const session = await createSession('f64');
  const edges = chain.slice(1).map(({ id }, i) => `${chain[i]?.id}.out>${id}.in`);
  const { readings, issues } = await session.evaluate(createDesign([...chain], edges, { grid }));
  session.dispose();
  const of = (id: string, title: string) => readings.get(id)?.find((each) => each.title === title)?.value;
  return { of, issues };
}

it('beam numbers of a partially coherent beam are those of all its modes together', async () => {
  const { of } = await numbers(
    [
      node('source', 'schellBeam', { beamQuality: 1.5, waist: 200e-6, highestOrder: 8 }),
      node('beam', 'beamQuality'),
      node('widths', 'spotWidths'),
    ],
    { samples: 48, pitch: 26e-6 },
  );
  // Orders above 8 hold 0.2^9 · 8.2 of the light, 4e-6, times their order in M².
  expect(Math.abs((of('beam', 'M² x') ?? 0) / 1.5 - 1)).toBeLessThan(2e-4);
  expect(Math.abs((of('beam', 'Radius y') ?? 0) / 200e-6 - 1)).toBeLessThan(2e-4);
  // Twice the radius, by the irradiance alone.
  expect((of('widths', 'D4σ x') ?? 0) / (2 * (of('beam', 'Radius x') ?? 1))).toBeCloseTo(1, 9);
});

it('light of many modes has no wavefront, and it is said', async () => {
  const { of, issues } = await numbers(
    [node('source', 'schellBeam', { highestOrder: 2 }), node('front', 'wavefront')],
    { samples: 32, pitch: 40e-6 },
  );
  expect(of('front', 'Strehl ratio')).toBeNull();
  expect(issues.some(({ nodeId, message }) => nodeId === 'front' && message.includes('modes'))).toBe(true);
});

it('the perfect focus of vector light is not called aberrated', async () => {
  const { of, issues } = await numbers(
    [
      node('source', 'planeWave', { refractiveIndex: 1.518 }),
      node('pupil', 'pupil', { numericalAperture: 1.4 }),
      node('before', 'wavefront'),
      node('focus', 'vectorialFocus'),
      node('front', 'wavefront'),
    ],
    { samples: 32, pitch: 20e-6 },
  );
  expect(of('before', 'Strehl ratio')).toBeCloseTo(1, 9);
  expect(of('front', 'Strehl ratio')).toBeNull();
  expect(issues.some(({ nodeId, message }) => nodeId === 'front' && message.includes('axis'))).toBe(true);
});

it('all colours count where the pitch depends on the wavelength', async () => {
  const [waist, focalLength, wavelength, bandwidth, lines] = [200e-6, 0.1, 600e-9, 300e-9, 5];
  const { of } = await numbers(
    [
      node('source', 'gaussianBeam', {
        ...{ waist, distance: 0, wavelength, spectrum: 'flat', bandwidth, spectralLines: lines },
      }),
      node('lens', 'fourierLens', { focalLength }),
      node('widths', 'spotWidths'),
    ],
    { samples: 64, pitch: 40e-6 },
  );
  // A Gaussian focus of radius λf / (π w₀) for each line, at 480, 540, ... 720 nm: their variances add up.
  const colours = Array.from({ length: lines }, (_, i) => wavelength + ((i + 0.5) / lines - 0.5) * bandwidth);
  const meanSquare = colours.reduce((sum, colour) => sum + colour ** 2, 0) / lines;
  const expected = (2 * Math.sqrt(meanSquare) * focalLength) / (Math.PI * waist);
  // Interpolation adds up to pitch²/6 to the variance of (48 µm)², at 28 µm and less: 2.8 % of the width.
  expect(Math.abs((of('widths', 'D4σ x') ?? 0) / expected - 1)).toBeLessThan(0.028);
});
