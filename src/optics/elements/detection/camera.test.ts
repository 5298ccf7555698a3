import { describe, expect, it } from 'vitest';
import { coverageNotes } from '../../detection/coverage.ts';
import { besselJ1 } from '../../maths/bessel.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, moments, stage, total } from '../../testSupport.ts';
import { interference } from '../interferometers/interference.ts';
import { propagator } from '../propagation/propagator.ts';
import { pupil } from '../pupils/pupil.ts';
import { mieSphere } from '../samples/mieSphere.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { camera } from './camera.ts';

const grid = { samples: 64, pitch: 5e-6 };
const waist = 30e-6;
const beam = stage(gaussianBeam, { waist, x: 3e-6, y: -7e-6 });
const seen = (pixels: Record<string, Setting>): Chain => ({ beam, camera: stage(camera, pixels, 'beam') });
const native = { rows: 64, columns: 64, pixelPitch: 5e-6 };

describe('camera on a sampled field', () => {
  it('collects the power of the beam', async () => {
    expect(total((await evaluate(seen(native), grid)).data)).toBeCloseTo(1, 12);
  });

  it.each([
    [48, 49, 4.1e-6, 1],
    [33, 40, 57e-6, 10],
  ])(
    'interpolates the field exactly between samples: %d x %d pixels of %d m',
    async (rows, columns, pixelPitch, magnification) => {
      const { data } = await evaluate(seen({ rows, columns, pixelPitch, magnification }), grid);
      const pitch = pixelPitch / magnification;
      const expected = data.map((_, i) => {
        const y = (Math.floor(i / columns) - Math.floor(rows / 2)) * pitch + 7e-6;
        const x = ((i % columns) - Math.floor(columns / 2)) * pitch - 3e-6;
        return ((2 * pitch ** 2) / (Math.PI * waist ** 2)) * Math.exp((-2 * (x * x + y * y)) / waist ** 2);
      });
      // The beam has no light above the grid's frequencies (1e-12) and is cut off at 5 waists (1e-11 in amplitude).
      expect(distance(data, expected) / Math.max(...expected)).toBeLessThan(1e-9);
    },
  );

  it.each([
    ['its pixels’ centres', { pixelResponse: 'point' }, 0],
    ['its pixels’ areas', { pixelResponse: 'average', fillFactor: 1 }, 1],
  ])(
    'sees %s of a far beam whose phase turns by many π per sample, at any pitch',
    async (_, sees, aperture) => {
      const [z, wavelength] = [1, 500e-9];
      const pixelPitch = 0.7 * ((wavelength * z) / (64 * 15e-6));
      const chain = {
        beam: stage(gaussianBeam, { waist: 40e-6, wavelength }),
        far: stage(propagator, { distance: z, window: 'natural' }, 'beam'),
        camera: stage(camera, { rows: 80, columns: 80, pixelPitch, ...sees }, 'far'),
      };
      const { data } = await evaluate(chain, { samples: 64, pitch: 15e-6 });
      const w = 40e-6 * Math.hypot(1, (wavelength * z) / (Math.PI * 40e-6 ** 2));
      // Mean of exp(-2x²/w²) over a pixel by Gauss' three points, off by (pixel/w)⁶/1e5.
      const line = Array.from({ length: 80 }, (_, i) =>
        [-1, 0, 1].reduce((sum, point) => {
          const x = (i - 40 + 0.5 * aperture * point * Math.sqrt(0.6)) * pixelPitch;
          return sum + (point === 0 ? 8 / 18 : 5 / 18) * Math.exp((-2 * x * x) / w ** 2);
        }, 0),
      );
      const peak = (2 * pixelPitch ** 2) / (Math.PI * w ** 2);
      const expected = data.map((_, i) => peak * (line[i % 80] ?? 0) * (line[Math.floor(i / 80)] ?? 0));
      expect(distance(data, expected) / peak).toBeLessThan(1e-5);
    },
  );

  it('takes a shortcut at the field’s own pitch that gives the same', async () => {
    const [direct, interpolated] = [
      await evaluate(seen(native), grid),
      await evaluate(seen({ ...native, pixelPitch: 5e-6 * (1 + 1e-8) }), grid),
    ];
    expect(distance(direct.data, interpolated.data) / Math.max(...direct.data)).toBeLessThan(1e-6);
  });

  it('blurs by the variance σ² along both axes and keeps the sum', async () => {
    const [sharp, soft] = [
      await evaluate(seen(native), grid),
      await evaluate(seen({ ...native, blur: 1.7 }), grid),
    ];
    const [a, b] = [moments(sharp), moments(soft)];
    expect(b.total).toBeCloseTo(a.total, 12);
    // Tails at the edge of the window weigh 32² each: 1e-9.
    expect(b.varianceX - a.varianceX).toBeCloseTo(1.7 ** 2, 6);
    expect(b.varianceY - a.varianceY).toBeCloseTo(1.7 ** 2, 6);
    expect(b.x).toBeCloseTo(a.x, 6);
  });

  it('applies background, gain and offset in this order', async () => {
    const plain = await evaluate(seen(native), grid);
    const counts = await evaluate(seen({ ...native, background: 5, gain: 2, offset: 100 }), grid);
    expect(
      distance(
        counts.data,
        plain.data.map((value) => 100 + 2 * (value + 5)),
      ),
    ).toBeLessThan(1e-12);
  });

  it('has rows along y and columns along x', async () => {
    const { data, shape } = await evaluate(seen({ rows: 12, columns: 20, pixelPitch: 5e-6 }), grid);
    expect(shape).toEqual([12, 20]);
    const { x, y } = moments({ data: (await evaluate(seen(native), grid)).data, shape: [64, 64] });
    expect(x).toBeCloseTo(0.6, 9);
    expect(y).toBeCloseTo(-1.4, 9);
    expect(data.length).toBe(240);
  });
});

describe('camera on a pupil', () => {
  it('sees all of the pupil’s light over one period of the sampled image', async () => {
    const samples = 34;
    const aperture = 0.5;
    // The image repeats after radius·λ/NA; as many pixels as pupil samples or more over one period sum exactly.
    const pixels = 40;
    const pixelPitch = (((samples - 2) / 2) * 532e-9) / aperture / pixels;
    const chain: Chain = {
      source: stage(planeWave),
      pupil: stage(pupil, { numericalAperture: aperture }, 'source'),
      camera: stage(camera, { rows: pixels, columns: pixels, pixelPitch }, 'pupil'),
    };
    const small = { samples, pitch: 20e-6 };
    const image = await evaluate(chain, small);
    const exit = await evaluate(chain, small, 'pupil');
    const power = exit.data.reduce((sum, value) => sum + value * value, 0) / ((samples - 2) / 2) ** 2;
    expect(total(image.data)).toBeCloseTo(power, 12);
    // The edge cells weigh the amplitude by their covered area, so their share of the power is short by 0.4/radius.
    expect(power).toBeGreaterThan(1 - 0.5 / 16);
    expect(power).toBeLessThan(1);
  });
});

/** ∫ of a Gaussian of 1/e² radius w and unit power between two places, along one axis. */
function gaussianShare(from: number, to: number, w: number): number {
  // Gauss-Legendre with 5 points on 20 pieces: 1e-12 for the widths here.
  const [nodes, weights] = [
    [0, 0.5384693101056831, 0.906179845938664],
    [0.5688888888888889, 0.4786286704993665, 0.23692688505618908],
  ] as const;
  let sum = 0;
  const h = (to - from) / 40;
  for (let piece = 0; piece < 20; piece++) {
    const middle = from + (2 * piece + 1) * h;
    nodes.forEach((node, k) => {
      for (const x of node === 0 ? [0] : [-node, node]) {
        sum += (weights[k] ?? 0) * h * Math.exp((-2 * (middle + x * h) ** 2) / w ** 2);
      }
    });
  }
  return (sum * Math.sqrt(2 / Math.PI)) / w;
}

describe('camera behind an objective of NA 0.5, 25 times magnified', () => {
  it('has the first dark ring 16.22 pixels of 1 µm from the middle, and Airy’s pattern within', async () => {
    const chain: Chain = {
      source: stage(planeWave),
      pupil: stage(pupil, { numericalAperture: 0.5 }, 'source'),
      camera: stage(camera, { rows: 3, columns: 81, pixelPitch: 1e-6, magnification: 25 }, 'pupil'),
    };
    const { data } = await evaluate(chain, { samples: 192, pitch: 20e-6 });
    const line = data.slice(81 + 40, 162);
    const peak = line[0] ?? 1;
    const unit = (532e-9 * 25) / 0.5 / 1e-6;
    line.forEach((value, i) => {
      const x = (2 * Math.PI * i) / unit;
      const airy = x === 0 ? 1 : ((2 * besselJ1(x)) / x) ** 2;
      // The pupil's edge on 95 cells per radius.
      expect(Math.abs(value / peak - airy)).toBeLessThan(1e-4);
    });
    expect(line.indexOf(Math.min(...line.slice(0, 25)))).toBe(16);
    expect((1.21967 * unit) / 2).toBeCloseTo(16.22, 2);
  });
});

describe('pixels with areas', () => {
  it.each([
    [16, 17, 19e-6, 1],
    [20, 20, 15e-6, 0.36],
  ])(
    'collect the integral over their sensitive squares: %d x %d of %d m, filled by %d',
    async (rows, columns, pixelPitch, fillFactor) => {
      const { data } = await evaluate(
        seen({ rows, columns, pixelPitch, pixelResponse: 'average', fillFactor }),
        grid,
      );
      const half = (Math.sqrt(fillFactor) * pixelPitch) / 2;
      const expected = data.map((_, i) => {
        const y = (Math.floor(i / columns) - Math.floor(rows / 2)) * pixelPitch + 7e-6;
        const x = ((i % columns) - Math.floor(columns / 2)) * pixelPitch - 3e-6;
        return gaussianShare(x - half, x + half, waist) * gaussianShare(y - half, y + half, waist);
      });
      // The beam is cut off at 5 waists (1e-11 in amplitude), and the series repeats it there.
      expect(distance(data, expected) / Math.max(...expected)).toBeLessThan(1e-9);
    },
  );

  it('keep all counts of a field that is seen with coarser pixels', async () => {
    // 64 pixels of 5 µm become 32 of 10 µm; the wings beyond 150 µm hold 1e-22.
    const coarse = { rows: 32, columns: 32, pixelPitch: 10e-6, pixelResponse: 'average' };
    expect(total((await evaluate(seen(coarse), grid)).data)).toBeCloseTo(1, 10);
  });

  it('blur an Airy disc by the square’s own transform', async () => {
    const small = { samples: 34, pitch: 20e-6 };
    const pupilOf = (pixels: Record<string, Setting>): Chain => ({
      source: stage(planeWave),
      pupil: stage(pupil, { numericalAperture: 0.5, zernike: { 8: 40e-9 } }, 'source'),
      camera: stage(camera, pixels, 'pupil'),
    });
    // One pixel of 0.6 µm against the 21 x 21 points inside it, by Simpson's rule: error 1e-7 of h⁴.
    const wide = { rows: 3, columns: 3, pixelPitch: 0.6e-6, pixelResponse: 'average' };
    const fine = { rows: 21, columns: 21, pixelPitch: 0.03e-6 };
    const area = await evaluate(pupilOf(wide), small);
    const points = await evaluate(pupilOf(fine), small);
    const simpson = (k: number) => (k === 0 || k === 20 ? 1 : k % 2 === 1 ? 4 : 2) / 3;
    const expected = points.data.reduce(
      (sum, value, i) => sum + value * simpson(Math.floor(i / 21)) * simpson(i % 21),
      0,
    );
    expect(Math.abs((area.data[4] ?? 0) / expected - 1)).toBeLessThan(1e-5);
  });
});

describe('pixels coarser than the samples', () => {
  const window = { rows: 16, columns: 16, averages: false, magnification: 1 };

  it('are reported from 1.5 samples on where they see points, with a choice that averages', async () => {
    const { value } = await evaluate({ beam }, grid);
    expect(coverageNotes(value, { ...window, pitch: 7.4e-6 })).toEqual([]);
    expect(coverageNotes(value, { ...window, pitch: 7.6e-6 })).toMatchObject([
      { severity: 'warning', apply: { params: { pixelResponse: 'average' } } },
    ]);
    expect(coverageNotes(value, { ...window, pitch: 7.6e-6, averages: true })).toEqual([]);
  });
});

describe('light relative to its background', () => {
  it('is 1 without a sphere, whatever share of the pixels is sensitive', async () => {
    const chain: Chain = {
      source: stage(planeWave),
      sphere: stage(mieSphere, { radius: 1e-9 }, 'source'),
      interference: stage(interference, {}, { scattered: 'sphere', reference: 'source' }),
      pupil: stage(pupil, { numericalAperture: 0.5 }, 'interference'),
      camera: stage(
        camera,
        { rows: 4, columns: 5, pixelPitch: 0.2e-6, pixelResponse: 'average', fillFactor: 0.5 },
        'pupil',
      ),
    };
    const { data } = await evaluate(chain, { samples: 34, pitch: 20e-6 });
    // A sphere of 1 nm scatters 1e-6 of the light's amplitude into the pupil.
    for (const value of data) expect(value).toBeCloseTo(1, 4);
  });
});

describe('a detailed sensor', () => {
  const detailed = { ...native, sensor: 'detailed', bits: 0, fullWell: 0 };

  it('counts the photons of watts: P t λ/(hc) times the quantum efficiency', async () => {
    const { data, value } = await evaluate(
      seen({ ...detailed, exposureTime: 2e-12, quantumEfficiency: 0.5, multiplication: 3, gain: 2 }),
      grid,
    );
    // 1 W at 532 nm: 2.6781695e18 photons per second, from h c = 1.98644586e-25 J m.
    const photons = (2e-12 * 532e-9) / 1.98644586e-25;
    expect(Math.abs(total(data) / (photons * 0.5 * 3 * 2) - 1)).toBeLessThan(1e-8);
    expect(value).toMatchObject({ unit: 'counts' });
  });

  it('adds dark electrons, which the quantum efficiency does not reduce', async () => {
    const light = { ...detailed, exposureTime: 2, quantumEfficiency: 0.5, offset: 7, gain: 3 };
    const dark: Chain = {
      beam: stage(gaussianBeam, { waist, power: 0 }),
      camera: stage(camera, { ...light, darkCurrent: 5, background: 4 }, 'beam'),
    };
    const { data } = await evaluate(dark, grid);
    expect(
      distance(
        data,
        data.map(() => 7 + 3 * (4 + 10)),
      ),
    ).toBeLessThan(1e-12);
  });

  it('has pixels that differ by the given spreads, alike in every exposure of the same sensor', async () => {
    const flat: Chain = {
      beam: stage(gaussianBeam, { waist, power: 0 }),
      camera: stage(
        camera,
        { ...detailed, background: 100, gainSpread: 0.02, offsetSpread: 3, patternSeed: 5 },
        'beam',
      ),
    };
    const { data } = await evaluate(flat, grid);
    const mean = total(data) / data.length;
    const deviation = Math.sqrt(total(data.map((value) => (value - mean) ** 2)) / data.length);
    // 4096 pixels: the mean scatters by 3.6/64 and the deviation by 1.1 %; five times that.
    expect(Math.abs(mean - 100)).toBeLessThan(0.3);
    expect(Math.abs(deviation / Math.hypot(2, 3) - 1)).toBeLessThan(0.055);
    expect((await evaluate(flat, grid)).data).toEqual(data);
  });
});

describe('a Bayer mosaic', () => {
  it('passes each colour at its own pixels', async () => {
    const at = async (wavelength: number, blur = 0) => {
      const chain: Chain = {
        source: stage(planeWave, { wavelength }),
        camera: stage(
          camera,
          { rows: 4, columns: 4, pixelPitch: 5e-6, colourFilter: 'rggb', blur },
          'source',
        ),
      };
      const { data } = await evaluate(chain, grid);
      const plain = (
        await evaluate(
          { ...chain, camera: stage(camera, { rows: 4, columns: 4, pixelPitch: 5e-6 }, 'source') },
          grid,
        )
      ).data;
      return data.map((value, i) => value / (plain[i] ?? 1));
    };
    const [red, green, blue] = [await at(600e-9), await at(535e-9), await at(460e-9)];
    for (const [image, open] of [
      [red, [0, 2]],
      [green, [1, 3, 4, 6]],
      [blue, [5, 7]],
    ] as const) {
      for (const pixel of open) expect(image[pixel]).toBeCloseTo(1, 12);
    }
    // Blur comes before the filters: an evenly lit mosaic stays what it was.
    const blurred = await at(600e-9, 1);
    expect(distance(blurred, red)).toBeLessThan(1e-12);
    // Gaussian bands above a leak of 3 %: red light 140 nm from blue's centre, 32 nm wide; 65 nm from green's, 40 nm wide.
    expect(red[5]).toBeCloseTo(0.03 + 0.97 * Math.exp(-((140 / 32) ** 2) / 2), 12);
    expect(red[1]).toBeCloseTo(0.03 + 0.97 * Math.exp(-((65 / 40) ** 2) / 2), 12);
  });
});

describe('camera on an image', () => {
  const first = stage(camera, { ...native, rows: 65, columns: 65 }, 'beam');
  const again = (pixels: Record<string, Setting>): Chain => ({
    beam,
    first,
    camera: stage(camera, pixels, 'first'),
  });

  it('sees the same at the same pitch, and the integrals over wider pixels', async () => {
    const image = await evaluate({ beam, first }, grid);
    expect(
      distance((await evaluate(again({ rows: 65, columns: 65, pixelPitch: 5e-6 }), grid)).data, image.data),
    )
      // One division and one product by the pixel's area.
      .toBeLessThan(1e-15);
    const wide = { rows: 21, columns: 21, pixelPitch: 15e-6, pixelResponse: 'average' };
    const direct = await evaluate(seen(wide), grid);
    const { data } = await evaluate(again(wide), grid);
    // Irradiance has twice the frequencies of the field, of which pixels of 5 µm hold all but exp(-π² (30/20)²).
    expect(distance(data, direct.data) / Math.max(...direct.data)).toBeLessThan(1e-8);
  });
});
