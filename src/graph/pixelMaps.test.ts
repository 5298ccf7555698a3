/** A camera whose pixels have been measured one by one: what it counts, what noise it claims, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { expose } from '../optics/detection/expose.ts';
import { pixelVariance } from '../optics/detection/pixelVariance.ts';
import { quantumScale } from '../optics/detection/quanta.ts';
import type { HostImage } from '../optics/element.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { ParamData } from './document.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { createDesign, node } from './testSupport.ts';

const [ROWS, COLUMNS] = [5, 6];

function image(
  key: string,
  value: (i: number) => number,
  shape: readonly number[] = [ROWS, COLUMNS],
): HostImage {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i));
  return { shape, data, mask: null, key };
}

const MAPS: Readonly<Record<string, HostImage>> = {
  offset: image('offset', (i) => 90 + 2 * i),
  gain: image('gain', (i) => 0.5 + 0.1 * i),
  variance: image('variance', (i) => 3 * i),
  small: image('small', () => 1, [3, 3]),
  quiet: image('quiet', (i) => (i % 3 === 0 ? 4 : 1)),
  broken: image('broken', (i) => (i === 8 ? 1e6 : i % 3 === 0 ? 4 : 1)),
  single: image('single', (i) => (i === 8 ? 1e6 : 0)),
  dull: image('dull', (i) => (i === 8 ? 0 : 1)),
  negative: image('negative', (i) => (i === 7 ? -2 : 1)),
  holes: {
    ...image('holes', () => 1),
    mask: Float32Array.from({ length: 30 }, (_, i) => (i === 29 ? 0 : 1)),
  },
};

function seen(camera: Readonly<Record<string, ParamData>>) {
  const design = createDesign(
    [
      node('source', 'planeWave', { refractiveIndex: 1.33 }),
      node('bead', 'bead', { photons: 4000 }),
      node('pupil', 'pupil', { numericalAperture: 1.1 }),
      node('camera', 'camera', {
        ...{ rows: ROWS, columns: COLUMNS, pixelPitch: 0.12e-6, background: 20, sensor: 'detailed' },
        ...{ bits: 0, fullWell: 0, quantumEfficiency: 1, ...camera },
      }),
    ],
    ['source.out>bead.in', 'bead.out>pupil.in', 'pupil.out>camera.in'],
    { grid: { samples: 24, pitch: 1e-6 } },
  );
  const ops = new Ops(createFloat64Kernels());
  const runner = new GraphRunner(ops, (id) => MAPS[id] ?? null);
  const { issues, outputs } = runner.run(compile(design, registry), NO_OVERRIDES, 'value').get('camera') ?? {
    issues: [],
  };
  return { ops, issues, made: outputs?.['out'] };
}

async function counted(camera: Readonly<Record<string, ParamData>>) {
  const { ops, made, issues } = seen(camera);
  if (made?.kind !== 'image' || made.noise === null)
    throw new Error(issues[0]?.message ?? 'There is no image.');
  const [counts = []] = await ops.read([made.samples]);
  return { counts: Array.from(counts), noise: made.noise };
}

const value = (name: string, i: number) => MAPS[name]?.data[i] ?? Number.NaN;

describe('measured maps of the pixels', () => {
  it('stand for gain, offset and read noise, whatever the numbers beside them say', async () => {
    const { counts: electrons } = await counted({ gain: 1, offset: 0 });
    const maps = { gainMap: 'gain', offsetMap: 'offset', varianceMap: 'variance' };
    const { counts, noise } = await counted({ ...maps, gain: 7, offset: 11, readNoise: 5 });
    counts.forEach((count, i) => {
      expect(count).toBeCloseTo(value('offset', i) + value('gain', i) * (electrons[i] ?? 0), 9);
    });
    const scale = quantumScale(noise);
    counts.forEach((count, i) => {
      const quanta = (count - (scale.offset[i] ?? 0)) * (scale.perCount[i] ?? 0);
      expect(quanta).toBeCloseTo(electrons[i] ?? 0, 9);
      expect(scale.lift[i]).toBeCloseTo(value('variance', i) / value('gain', i) ** 2, 9);
    });
    // Poisson's variance in counts, and what was measured in the dark.
    pixelVariance(counts, noise, true).forEach((variance, i) => {
      expect(variance).toBeCloseTo(value('gain', i) ** 2 * (electrons[i] ?? 0) + value('variance', i), 8);
    });
    expect((await counted({ ...maps, multiplication: 4 })).noise.gain).toBeCloseTo(4, 12);
  });

  it('show in exposures: the scatter of a dark pixel is what was measured', async () => {
    const { noise } = await counted({ varianceMap: 'variance', background: 0, noise: true });
    const dark = new Float64Array(ROWS * COLUMNS);
    const sums = new Float64Array(dark.length);
    const exposures = 2000;
    for (let seed = 1; seed <= exposures; seed++) {
      expose(dark, noise, seed, true).forEach((each, i) => {
        sums[i] = (sums[i] ?? 0) + each ** 2 / exposures;
      });
    }
    // A variance of 2000 numbers scatters by 3.2 %; five times that.
    for (const [i, sum] of sums.entries())
      expect(Math.abs(sum - value('variance', i))).toBeLessThan(0.16 * value('variance', i) + 1e-9);
  });

  it('leave pixels that shall not count out of the one read noise that stands for all', async () => {
    const noiseOf = async (varianceMap: string) => (await counted({ varianceMap })).noise;
    expect((await noiseOf('quiet')).readNoise).toBeCloseTo(Math.sqrt(2), 12);
    const { readNoise, ...others } = await noiseOf('broken');
    // One of the thirty is left out, with a variance of 1: (10 · 4 + 19) / 29.
    expect(readNoise).toBeCloseTo(Math.sqrt(59 / 29), 12);
    // The pixel itself keeps its own.
    const dark = new Float64Array(ROWS * COLUMNS);
    expect(pixelVariance(dark, { readNoise, ...others }, true)[8]).toBeCloseTo(1e6, 6);
    expect((await noiseOf('single')).readNoise).toBe(1);
  });

  it('go with what is drawn of the others', async () => {
    const drawn = { gainSpread: 0.1, patternSeed: 3, gain: 2 };
    const { counts: without } = await counted(drawn);
    const { counts: with_ } = await counted({ ...drawn, offsetMap: 'offset' });
    with_.forEach((count, i) => {
      expect(count).toBeCloseTo((without[i] ?? 0) + value('offset', i), 9);
    });
  });

  it.each([
    [{ gainMap: 'small' }, 'The gain map has 3 × 3 pixels, the camera 5 × 6.'],
    [
      { gainMap: 'dull' },
      'The gain map has 1 pixel with an impossible value; the first, in row 1, column 2, is 0.',
    ],
    [{ varianceMap: 'negative' }, 'in row 1, column 1, is -2.'],
    [{ offsetMap: 'holes' }, 'in row 4, column 5, is no number.'],
  ])('are refused in words where they do not fit: %o', (params, sentence) => {
    const [issue] = seen(params).issues.filter(({ severity }) => severity === 'error');
    expect(issue?.message).toContain(sentence);
    expect(issue?.fix).not.toBe('');
  });

  it('do nothing to a linear camera', async () => {
    const { counts } = await counted({ sensor: 'linear', gainMap: 'small' });
    expect(counts).toEqual((await counted({ sensor: 'linear' })).counts);
  });
});
