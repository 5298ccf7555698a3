import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { type Chain, runChain } from '../testChain.ts';
import {
  brightest,
  distance,
  evaluate,
  intensity,
  letterF,
  moments,
  stage,
  total,
  withAmplitude,
} from '../testSupport.ts';
import { camera } from './detection/camera.ts';
import { interference } from './interferometers/interference.ts';
import { fourierLens } from './lenses/fourierLens.ts';
import { thinLens } from './lenses/thinLens.ts';
import { propagator } from './propagation/propagator.ts';
import { gaussianBeam } from './sources/gaussianBeam.ts';
import { planeWave } from './sources/planeWave.ts';
import { pointSource } from './sources/pointSource.ts';

const wavelength = 633e-9;
const waist = 100e-6;
/** π w0² / λ. */
const rayleighRange = (Math.PI * waist * waist) / wavelength;
const beam = stage(gaussianBeam, { wavelength, waist });
const grid = { samples: 128, pitch: 12e-6 };

/** Complex sample at the origin, floor(N/2). */
function centreOf({ data, shape }: { data: Float64Array; shape: readonly number[] }): [number, number] {
  const [ny = 1, nx = 1] = shape;
  const i = 2 * (Math.floor(ny / 2) * nx + Math.floor(nx / 2));
  return [data[i] ?? 0, data[i + 1] ?? 0];
}

describe('Gaussian beam', () => {
  it('has power P, peak 2P/πw² and a spread of w/2 at the waist', async () => {
    const sampled = await evaluate({ beam }, grid);
    const irradiance = intensity(sampled.data);
    // A Gaussian sampled this finely sums to its integral; cut off at 7.7 waists.
    expect(total(irradiance) * grid.pitch ** 2).toBeCloseTo(1, 12);
    expect(Math.max(...irradiance) * Math.PI * waist ** 2).toBeCloseTo(2, 12);
    const { varianceX } = moments({ data: irradiance, shape: sampled.shape });
    expect((2 * Math.sqrt(varianceX) * grid.pitch) / waist).toBeCloseTo(1, 10);
  });

  it('after one Rayleigh range is √2 wider, half as bright on axis and π/4 behind a plane wave', async () => {
    const moved = await evaluate(
      { beam, space: stage(propagator, { distance: rayleighRange }, 'beam') },
      grid,
    );
    const irradiance = intensity(moved.data);
    const { varianceX } = moments({ data: irradiance, shape: moved.shape });
    // Beyond the paraxial beam: k z (λ/π w0)^4 / 8, 1e-6; light outside 5 beam radii of the window 1e-6.
    expect(Math.abs((2 * Math.sqrt(varianceX) * grid.pitch) / waist - Math.SQRT2)).toBeLessThan(2e-6);
    const [re, im] = centreOf(moved);
    const [start] = centreOf(await evaluate({ beam }, grid));
    expect(Math.abs(Math.atan2(im, re) + Math.PI / 4)).toBeLessThan(2e-6);
    expect(Math.abs((re * re + im * im) / (start * start) - 0.5)).toBeLessThan(2e-6);
  });

  it('given behind its waist is what free space makes of it', async () => {
    const distanceBehind = 0.6 * rayleighRange;
    const moved = await evaluate(
      { beam, space: stage(propagator, { distance: distanceBehind }, 'beam') },
      grid,
    );
    const given = await evaluate(
      { beam: stage(gaussianBeam, { wavelength, waist, distance: distanceBehind }) },
      grid,
    );
    const peak = Math.sqrt(Math.max(...intensity(given.data)));
    // The same two errors as above.
    expect(distance(moved.data, given.data) / peak).toBeLessThan(5e-6);
  });

  it('keeps its shape off axis, at +x and +y', async () => {
    const shifted = await evaluate(
      { beam: stage(gaussianBeam, { wavelength, waist, x: 240e-6, y: -120e-6 }) },
      grid,
    );
    const { x, y } = moments({ data: intensity(shifted.data), shape: shifted.shape });
    expect(x).toBeCloseTo(20, 6);
    expect(y).toBeCloseTo(-10, 6);
  });
});

describe('plane wave', () => {
  it('carries its power through the circle inscribed in the grid', async () => {
    const { data } = await evaluate({ source: stage(planeWave, { power: 3 }) }, grid);
    expect((data[0] ?? 0) ** 2 * Math.PI * (63 * grid.pitch) ** 2).toBeCloseTo(3, 12);
  });

  it('tilted towards +x and +y has its phase rise there', async () => {
    const tilts = { tiltX: 2e-3, tiltY: -1e-3 };
    const { data } = await evaluate({ source: stage(planeWave, tilts) }, grid);
    const at = 2 * (64 * 128 + 64);
    const phaseStep = (offset: number) => Math.atan2(data[at + offset + 1] ?? 0, data[at + offset] ?? 1);
    const k = (2 * Math.PI) / 532e-9;
    expect(phaseStep(2)).toBeCloseTo(k * grid.pitch * Math.sin(2e-3), 10);
    expect(phaseStep(256)).toBeCloseTo(-k * grid.pitch * Math.sin(1e-3), 10);
  });

  it('focused by a lens of focal length f arrives at f·sin(tilt), also towards +x', async () => {
    const focalLength = 0.05;
    const chain: Chain = {
      source: stage(planeWave, { tiltX: 4e-3, tiltY: -2e-3 }),
      lens: stage(thinLens, { focalLength, diameter: 1e-3 }, 'source'),
      space: stage(propagator, { distance: focalLength }, 'lens'),
    };
    const focus = await evaluate(chain, { samples: 128, pitch: 10e-6 });
    // 200 µm and 100 µm, to the pixel.
    expect(brightest({ data: intensity(focus.data), shape: focus.shape })).toEqual([-10, 20]);
  });
});

describe('thin lens', () => {
  it('focuses a plane wave at f: first dark ring 0.61 λ f/a, peak (πa²/λf)²', async () => {
    const [focalLength, radius, pitch] = [0.05, 0.5e-3, 10e-6];
    const chain: Chain = {
      source: stage(planeWave),
      lens: stage(thinLens, { focalLength, diameter: 2 * radius }, 'source'),
      space: stage(propagator, { distance: focalLength }, 'lens'),
      camera: stage(camera, { rows: 3, columns: 201, pixelPitch: 0.5e-6 }, 'space'),
    };
    const { data } = await evaluate(chain, { samples: 128, pitch });
    const [before] = (await evaluate({ source: stage(planeWave) }, { samples: 128, pitch })).data;
    const gain = (data[301] ?? 0) / 0.5e-6 ** 2 / (before ?? 1) ** 2;
    const expected = ((Math.PI * radius ** 2) / (532e-9 * focalLength)) ** 2;
    // The quadratic phase is not a sphere (1e-5 here); the stop's edge is sampled with 50 cells per radius.
    expect(Math.abs(gain / expected - 1)).toBeLessThan(3e-3);
    const line = data.slice(301, 402);
    let dark = 10;
    while ((line[dark + 1] ?? 1) < (line[dark] ?? 0)) dark++;
    // Read to half a micrometre of 32.
    expect(Math.abs((dark * 0.5e-6) / ((0.609835 * 532e-9 * focalLength) / radius) - 1)).toBeLessThan(0.02);
  });

  it('images a point at 2f to 2f, turned over', async () => {
    const focalLength = 0.05;
    const image = (x: number, y: number) =>
      evaluate(
        {
          star: stage(pointSource, { x, y, z: 2 * focalLength }),
          lens: stage(thinLens, { focalLength, diameter: 1e-3 }, 'star'),
          space: stage(propagator, { distance: 2 * focalLength }, 'lens'),
        },
        { samples: 128, pitch: 10e-6 },
      );
    const onAxis = await image(0, 0);
    expect(brightest({ data: intensity(onAxis.data), shape: onAxis.shape })).toEqual([0, 0]);
    const offAxis = await image(120e-6, -70e-6);
    expect(brightest({ data: intensity(offAxis.data), shape: offAxis.shape })).toEqual([7, -12]);
  });

  it('diverges light when its focal length is negative', async () => {
    const size = async (focalLength: number) => {
      const chain: Chain = {
        beam,
        lens: stage(thinLens, { focalLength }, 'beam'),
        space: stage(propagator, { distance: 0.02 }, 'lens'),
      };
      const { data, shape } = await evaluate(chain, grid);
      return (2 * Math.sqrt(moments({ data: intensity(data), shape }).varianceX) * grid.pitch) / waist;
    };
    const s = 0.02 / rayleighRange;
    // ABCD law of the Gaussian beam: w = w0 sqrt((1 - z/f)² + (z/zR)²).
    expect(await size(0.05)).toBeCloseTo(Math.hypot(1 - 0.4, s), 4);
    expect(await size(-0.05)).toBeCloseTo(Math.hypot(1 + 0.4, s), 4);
  });

  it('keeps the power without a stop and passes the share of the stop with one', async () => {
    const through = async (diameter: number) => {
      const chain: Chain = { source: stage(planeWave), lens: stage(thinLens, { diameter }, 'source') };
      return total(intensity((await evaluate(chain, grid)).data)) * grid.pitch ** 2;
    };
    const circle = Math.PI * (63 * grid.pitch) ** 2;
    expect(await through(0)).toBeCloseTo((128 * grid.pitch) ** 2 / circle, 10);
    // Amplitude, not irradiance, is weighted by the covered area: edge cells lose 0.4 samples of radius, 1 %.
    const stop = 80 * grid.pitch;
    expect(Math.abs((await through(stop)) / ((Math.PI * stop ** 2) / 4 / circle) - 1)).toBeLessThan(0.015);
  });
});

describe('Fourier lens', () => {
  it('maps the pitch to λ f / (n N pitch)', async () => {
    const chain = (refractiveIndex: number): Chain => ({
      source: stage(planeWave, { wavelength: 0.5e-6, refractiveIndex }),
      lens: stage(fourierLens, { focalLength: 0.1 }, 'source'),
    });
    // 512 samples of 20 µm and 32 of 320 µm span the same window.
    const { value } = await evaluate(chain(1), { samples: 32, pitch: 320e-6 });
    expect(value.kind === 'field' ? value.pitch.value : 0).toBeCloseTo(4.8828125e-6, 18);
    const wet = await evaluate(chain(1.25), { samples: 32, pitch: 320e-6 });
    expect(wet.value.kind === 'field' ? wet.value.pitch.value : 0).toBeCloseTo(4.8828125e-6 / 1.25, 18);
  });

  it.each([
    // Wavelength, focal length, index, window and pitch behind the lens, in micrometres.
    ['a hologram of 22.5 mm', 1.035, 200e3, 1, 256 * 9.2, 87.890625],
    ['a camera of 1920 pixels', 0.532, 200e3, 1.33, 1920 * 6.5, 6.41025641],
    ['a camera of 1280 pixels', 0.532, 200e3, 1.33, 1280 * 6.5, 9.615384615],
    ['an objective with λf/n = 720 µm²', 0.532, 1800, 1.33, 720, 1],
  ])('has the known pitch of %s', async (_, lambda, focus, refractiveIndex, extent, expected) => {
    const { value } = await evaluate(
      {
        source: stage(planeWave, { wavelength: lambda * 1e-6, refractiveIndex }),
        lens: stage(fourierLens, { focalLength: focus * 1e-6 }, 'source'),
      },
      { samples: 16, pitch: (extent * 1e-6) / 16 },
    );
    // Digits of the table.
    const pitch = value.kind === 'field' ? value.pitch.value : 0;
    expect(Math.abs((pitch * 1e6) / expected - 1)).toBeLessThan(1e-9);
  });

  it('turns a waist w0 into λ f / (n π w0) with the phase of -i, keeping the power', async () => {
    const focalLength = 0.1;
    const far = await evaluate({ beam, lens: stage(fourierLens, { focalLength }, 'beam') }, grid);
    const pitch = far.value.kind === 'field' ? far.value.pitch.value : 0;
    const irradiance = intensity(far.data);
    const { varianceX } = moments({ data: irradiance, shape: far.shape });
    // A sampled Gaussian transforms into a Gaussian to rounding.
    expect(2 * Math.sqrt(varianceX) * pitch).toBeCloseTo((wavelength * focalLength) / (Math.PI * waist), 12);
    expect(total(irradiance) * pitch ** 2).toBeCloseTo(1, 12);
    const [re, im] = centreOf(far);
    expect(im).toBeLessThan(0);
    expect(Math.abs(re / im)).toBeLessThan(1e-12);
  });

  it('sends light that travels towards +x to +x', async () => {
    const chain: Chain = {
      source: stage(planeWave, {
        tiltX: Math.asin((5 * 532e-9) / (64 * 10e-6)),
        tiltY: Math.asin((-3 * 532e-9) / (64 * 10e-6)),
      }),
      lens: stage(fourierLens, {}, 'source'),
    };
    const { data, shape } = await evaluate(chain, { samples: 64, pitch: 10e-6 });
    expect(brightest({ data: intensity(data), shape })).toEqual([-3, 5]);
  });

  it.each([32, 33])(
    'twice turns the letter F by exactly 180° about sample floor(N/2), N = %d',
    async (samples) => {
      const window = { samples, pitch: 10e-6 };
      const write = (ops: Ops) => ({ source: withAmplitude(letterF(200e-6))(ops) });
      const chain: Chain = {
        source: stage(planeWave),
        first: stage(fourierLens, {}, 'source'),
        second: stage(fourierLens, {}, 'first'),
      };
      const before = await evaluate({ source: stage(planeWave) }, window, 'source', write);
      const after = await evaluate(chain, window, 'second', write);
      const half = Math.floor(samples / 2);
      for (let row = 1; row < 2 * half; row++) {
        for (let column = 1; column < 2 * half; column++) {
          const from = 2 * ((2 * half - row) * samples + 2 * half - column);
          const to = 2 * (row * samples + column);
          if (2 * half - row >= samples || 2 * half - column >= samples) continue;
          // (-i)² = -1; rounding of two transforms.
          expect(Math.abs((after.data[to] ?? 9) + (before.data[from] ?? 0))).toBeLessThan(1e-12);
          expect(Math.abs(after.data[to + 1] ?? 9)).toBeLessThan(1e-12);
        }
      }
      expect(total(intensity(before.data))).toBeGreaterThan(50);
    },
  );
});

describe('four Fourier lenses', () => {
  it('give back the light: two after two undo them', async () => {
    const chain: Chain = {
      beam: stage(gaussianBeam, { wavelength, waist, x: 60e-6, y: -24e-6 }),
      a: stage(fourierLens, {}, 'beam'),
      b: stage(fourierLens, {}, 'a'),
      c: stage(fourierLens, {}, 'b'),
      d: stage(fourierLens, {}, 'c'),
    };
    const [before, after] = [await evaluate(chain, grid, 'beam'), await evaluate(chain, grid, 'd')];
    // Rounding of four transforms.
    expect(distance(after.data, before.data) / Math.max(...before.data)).toBeLessThan(1e-12);
  });
});

describe('letter F through lens, space and camera', () => {
  it('keeps its orientation: rows are y and grow downwards', async () => {
    const chain: Chain = {
      source: stage(planeWave),
      lens: stage(thinLens, { focalLength: 0.5 }, 'source'),
      space: stage(propagator, { distance: 0.002 }, 'lens'),
      camera: stage(camera, { rows: 64, columns: 64, pixelPitch: 10e-6 }, 'space'),
    };
    const window = { samples: 64, pitch: 10e-6 };
    const { data } = await evaluate(chain, window, 'camera', (ops) => ({
      source: withAmplitude(letterF(400e-6))(ops),
    }));
    // Cell centres of the 5 x 3 raster (8 pixels each): lit ones are bright (Fresnel fringes of some ten percent).
    const lit = ['###', '#..', '##.', '#..', '#..'].map((line, row) =>
      [...line].map((mark, column) => {
        const value = data[(32 + 8 * (row - 2)) * 64 + 32 + 8 * (column - 1)] ?? Number.NaN;
        return mark === '#' ? value > 0.5e-10 : value < 0.2e-10;
      }),
    );
    expect(lit.flat()).not.toContain(false);
  });
});

describe('interference of two fields', () => {
  it('adds the reference and the scaled field, with visibility 2α/(1+α²)', async () => {
    const chain: Chain = {
      straight: stage(planeWave),
      tilted: stage(planeWave, { tiltX: Math.asin((4 * 532e-9) / (64 * 10e-6)) }),
      sum: stage(interference, { scatteredAmplitude: 0.5 }, { scattered: 'tilted', reference: 'straight' }),
    };
    const { data, shape } = await evaluate(chain, { samples: 64, pitch: 10e-6 });
    const fringes = intensity(data).slice(0, shape[1]);
    const [high, low] = [Math.max(...fringes), Math.min(...fringes)];
    expect((high - low) / (high + low)).toBeCloseTo(1 / 1.25, 12);
    expect(fringes[32]).toBeCloseTo(high, 12);
  });

  it('of different pitches is refused in a sentence', async () => {
    const chain: Chain = {
      straight: stage(planeWave),
      far: stage(fourierLens, {}, 'straight'),
      sum: stage(interference, {}, { scattered: 'far', reference: 'straight' }),
    };
    await expect(evaluate(chain, grid)).rejects.toThrow(/different grids/);
  });
});

describe('gradient through lens and space', () => {
  it('of the irradiance on axis by f agrees with the Gaussian beam’s own', async () => {
    const distanceBehind = 0.02;
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    ops.mode = 'reverse';
    const chain: Chain = {
      beam,
      lens: stage(thinLens, { focalLength: 0.05 }, 'beam'),
      space: stage(propagator, { distance: distanceBehind }, 'lens'),
    };
    const { space } = runChain(ops, chain, grid, { slots: new Map([['lens.focalLength', 0]]) });
    if (space?.kind !== 'field') throw new Error('Space gives a field.');
    const irradiance = ops.multiply(
      ops.absSquared(space.samples),
      ops.upload(
        Float64Array.from({ length: 128 * 128 }, (_, i) => (i === 64 * 129 ? 1 : 0)),
        [128, 128],
        'real',
      ),
    );
    const { value, gradient } = await ops.gradient(ops.sum(irradiance, [0, 1]), 1);
    ops.close(scope);
    // I(f) = 2P / (π w²), w² = w0² [(1 - z/f)² + (z/zR)²].
    const f = 0.05;
    const spread = (1 - distanceBehind / f) ** 2 + (distanceBehind / rayleighRange) ** 2;
    const slope = (-value / spread) * 2 * (1 - distanceBehind / f) * (distanceBehind / f ** 2);
    // Paraxial beam against the angular spectrum: 1e-5.
    expect(Math.abs((gradient[0] ?? 0) / slope - 1)).toBeLessThan(1e-4);
  });
});
