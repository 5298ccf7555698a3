import { describe, expect, it } from 'vitest';
import { type Chain, CONTRACT_IMAGE, type Setting } from '../../testChain.ts';
import { distance, evaluate, intensity, moments, stage, total } from '../../testSupport.ts';
import { gaussianBeam } from '../sources/gaussianBeam.ts';
import { planeWave } from '../sources/planeWave.ts';
import { thinObject } from './thinObject.ts';

const grid = { samples: 32, pitch: 5e-6 };
const beam = stage(gaussianBeam, { waist: 40e-6, x: 4e-6 });
/** The bright middle bar of a picture of 0.1 m covers the whole grid: a plate. */
const plate = { shape: 'bars', size: 0.1 };
const through = (params: Record<string, Setting>): Chain => ({
  beam,
  object: stage(thinObject, params, 'beam'),
});

describe('a plate', () => {
  it('with Δn = 1/2 of one wavelength turns the sign of light and keeps its power', async () => {
    const before = await evaluate({ beam }, grid);
    const after = await evaluate(
      through({ ...plate, givenBy: 'index', indexDifference: 0.5, thickness: 532e-9 }),
      grid,
    );
    const scale = Math.max(...before.data.map(Math.abs));
    expect(
      distance(
        after.data,
        before.data.map((value) => -value),
      ) / scale,
    ).toBeLessThan(1e-12);
  });

  it('with κ = 1/2π of one wavelength leaves 1/e of the amplitude', async () => {
    const before = await evaluate({ beam }, grid);
    const absorbing = { indexDifference: 0, extinctionCoefficient: 1 / (2 * Math.PI), thickness: 532e-9 };
    const after = await evaluate(through({ ...plate, givenBy: 'index', ...absorbing }), grid);
    const scale = Math.max(...before.data.map(Math.abs));
    expect(
      distance(
        after.data,
        before.data.map((value) => value / Math.E),
      ) / scale,
    ).toBeLessThan(1e-12);
    expect(total(intensity(after.data)) / total(intensity(before.data))).toBeCloseTo(Math.exp(-2), 12);
  });

  it('of nothing is nothing', async () => {
    const after = await evaluate(through({ ...plate, opticalPath: 0 }), grid);
    expect(after.data).toEqual((await evaluate({ beam }, grid)).data);
  });

  it('given by optical path delays more waves of shorter light', async () => {
    const phases = await Promise.all(
      [500e-9, 400e-9].map(async (wavelength) => {
        const chain: Chain = {
          source: stage(planeWave, { wavelength }),
          object: stage(thinObject, { ...plate, opticalPath: 100e-9, transmittance: 0.25 }, 'source'),
        };
        const { data } = await evaluate(chain, grid);
        const [re = 0, im = 0] = data;
        const bare = (await evaluate({ source: stage(planeWave) }, grid)).data[0] ?? 1;
        expect(Math.hypot(re, im) / bare).toBeCloseTo(0.5, 12);
        return Math.atan2(im, re);
      }),
    );
    expect(phases[0]).toBeCloseTo((2 * Math.PI) / 5, 12);
    expect(phases[1]).toBeCloseTo(Math.PI / 2, 12);
  });
});

/** What an opaque picture takes away, as an image. */
async function shadow(params: Record<string, Setting>, samples = 32) {
  const chain: Chain = {
    source: stage(planeWave),
    object: stage(thinObject, { opticalPath: 0, transmittance: 0, ...params }, 'source'),
  };
  const { data } = await evaluate(chain, { ...grid, samples });
  const bare = (await evaluate({ source: stage(planeWave) }, { ...grid, samples })).data[0] ?? 1;
  const taken = Float64Array.from({ length: samples ** 2 }, (_, i) => 1 - (data[2 * i] ?? 0) / bare);
  return { data: taken, shape: [samples, samples] };
}

describe('a picture', () => {
  it.each([32, 33])('lies where it is put and turns from +x to +y, N = %d', async (samples) => {
    const upright = moments(await shadow({ shape: 'letterF', size: 100e-6 }, samples));
    // The letter's strokes weigh 10 cells of 0.15: x = (5·(-1) + 2·... ) by hand: (5·-1 + 2·0.5 + 1·0)/8 cells.
    expect(upright.x).toBeCloseTo(((-5 + 1) / 8) * 0.15 * 20, 2);
    const [x, y, rotation] = [10e-6, -15e-6, 0.5];
    const turned = moments(await shadow({ shape: 'letterF', size: 100e-6, x, y, rotation }, samples));
    const [c, s] = [Math.cos(rotation), Math.sin(rotation)];
    // Soft edges of one sample keep a stroke's first moment to their square over its width: 1e-2 samples.
    expect(Math.abs(turned.x - (2 + c * upright.x - s * upright.y))).toBeLessThan(0.02);
    expect(Math.abs(turned.y - (-3 + s * upright.x + c * upright.y))).toBeLessThan(0.02);
  });

  it('from an image has its pixels on the grid’s own samples', async () => {
    const { data } = await shadow({ shape: 'image', image: 'contract', size: 8 * grid.pitch });
    const peak = Math.max(...CONTRACT_IMAGE.data);
    for (let row = 0; row < 7; row++) {
      for (let column = 0; column < 8; column++) {
        const expected = (CONTRACT_IMAGE.data[row * 8 + column] ?? 0) / peak;
        expect(data[(row - 3 + 16) * 32 + column - 4 + 16]).toBeCloseTo(expected, 12);
      }
    }
    expect(total(data)).toBeCloseTo(total(Float64Array.from(CONTRACT_IMAGE.data)) / peak, 10);
  });
});
