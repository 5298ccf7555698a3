import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import {
  estimateDiffusion,
  meanSquareDisplacement,
  pooledDiffusion,
  stokesEinsteinRadius,
} from './brownian.ts';

interface Walk {
  readonly frames: number;
  readonly diffusion: number;
  readonly interval: number;
  readonly noise: number;
  readonly drift?: number;
}

/** Positions of one coordinate, seen with noise. */
function walk(random: SeededRandom, { frames, diffusion, interval, noise, drift = 0 }: Walk): number[] {
  let x = 0;
  return Array.from({ length: frames }, () => {
    const seen = x + noise * random.normal();
    x += Math.sqrt(2 * diffusion * interval) * random.normal() + drift * interval;
    return seen;
  });
}

const WALK: Walk = { frames: 100, diffusion: 0.4e-12, interval: 0.02, noise: 60e-9, drift: 2e-6 };

describe('diffusion from the covariance of displacements', () => {
  it('is unbiased and knows its error, drift and localisation noise', () => {
    const random = new SeededRandom(7);
    const found = Array.from({ length: 800 }, () => estimateDiffusion(walk(random, WALK), WALK.interval));
    const of = (pick: (d: NonNullable<(typeof found)[number]>) => number) =>
      found.map((each) => (each === null ? Number.NaN : pick(each)));
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const spread = (values: readonly number[]) => {
      const m = mean(values);
      return Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length - 1));
    };
    const diffusions = of((d) => d.diffusion);
    // Three standard errors of the mean of 800 walks.
    const tolerance = (3 * spread(diffusions)) / Math.sqrt(found.length);
    expect(Math.abs(mean(diffusions) - WALK.diffusion)).toBeLessThan(tolerance);
    // The scatter of 800 values is known to 2.5 %; the formula leaves out terms of order 1/N (5 %).
    expect(mean(of((d) => d.diffusionError)) / spread(diffusions)).toBeCloseTo(1, 0.9);
    const drifts = of((d) => d.drift);
    expect(Math.abs(mean(drifts) - (WALK.drift ?? 0))).toBeLessThan((3 * spread(drifts)) / Math.sqrt(800));
    expect(mean(of((d) => d.driftError)) / spread(drifts)).toBeCloseTo(1, 0.9);
    // The square is unbiased; roots of scattered squares are low by an eighth of their relative variance, here 6 %.
    expect(Math.abs(mean(of((d) => d.localisation)) / WALK.noise - 1)).toBeLessThan(0.1);
  });

  it('leaves out what was not found and says nothing of too little', () => {
    const random = new SeededRandom(3);
    const positions: (number | null)[] = walk(random, { ...WALK, frames: 4000, noise: 0, drift: 0 });
    for (let k = 5; k < positions.length; k += 10) positions[k] = null;
    const found = estimateDiffusion(positions, WALK.interval);
    expect(found?.displacements).toBe(3999 - 2 * 400);
    expect(Math.abs((found?.diffusion ?? 0) - WALK.diffusion)).toBeLessThan(3 * (found?.diffusionError ?? 0));
    expect(estimateDiffusion(positions.slice(0, 6), WALK.interval)).toBeNull();
    expect(estimateDiffusion(positions, 0)).toBeNull();
  });

  it('of a movie with gaps knows its error, and says nothing where no two displacements meet', () => {
    const random = new SeededRandom(13);
    const still: Walk = { ...WALK, frames: 160, drift: 0 };
    const withGaps = (every: number) =>
      estimateDiffusion(
        walk(random, still).map((x, k) => (k % every === every - 1 ? null : x)),
        still.interval,
      );
    // Two positions, a gap: displacements, but no neighbours, so a still particle's noise would look like diffusion.
    expect(withGaps(3)).toBeNull();
    // Three positions, a gap: 80 displacements in 40 pairs, which carry the most of the error.
    const found = Array.from({ length: 800 }, () => withGaps(4)).flatMap((each) => each ?? []);
    expect(found).toHaveLength(800);
    const mean = found.reduce((sum, { diffusion }) => sum + diffusion, 0) / 800;
    const spread = Math.sqrt(found.reduce((sum, { diffusion }) => sum + (diffusion - mean) ** 2, 0) / 799);
    // Three standard errors of the mean of 800 walks.
    expect(Math.abs(mean - still.diffusion)).toBeLessThan((3 * spread) / Math.sqrt(800));
    // The scatter of 800 values is known to 2.5 %; as if there were 80 pairs the error would be 30 % too small.
    const error = found.reduce((sum, { diffusionError }) => sum + diffusionError, 0) / 800;
    expect(Math.abs(error / spread - 1)).toBeLessThan(0.1);
  });

  it('pools coordinates: the mean, with the error of independent values', () => {
    const axis = {
      diffusion: 2,
      diffusionError: 0.3,
      localisation: 0,
      drift: 0,
      driftError: 0,
      displacements: 9,
    };
    const pooled = pooledDiffusion([axis, { ...axis, diffusion: 4, diffusionError: 0.4 }]);
    expect(pooled).toEqual({ value: 3, error: 0.25 });
    expect(pooledDiffusion([])).toBeNull();
  });
});

describe('mean-square displacement', () => {
  it('of a straight run is the square of the way, over all pairs of a quarter of the movie', () => {
    const x = Array.from({ length: 17 }, (_, k) => 3 * k);
    const y = Array.from({ length: 17 }, (_, k) => 4 * k);
    const points = meanSquareDisplacement([x, y]);
    expect(points.map(({ lag, value }) => [lag, value])).toEqual([
      [1, 25],
      [2, 100],
      [3, 225],
      [4, 400],
    ]);
  });

  it('of a walk grows by 2 D t per coordinate, within its error', () => {
    const random = new SeededRandom(11);
    const long = { ...WALK, frames: 2000, noise: 0, drift: 0 };
    const points = meanSquareDisplacement([walk(random, long), walk(random, long)]);
    for (const { lag, value, error } of points.slice(0, 5)) {
      expect(Math.abs(value - 4 * WALK.diffusion * lag * WALK.interval)).toBeLessThan(3 * error);
    }
  });
});

it('the radius of Stokes and Einstein: 1 µm in water of 20 °C diffuses at 0.2144 µm²/s', () => {
  // kT = 4.0474e-21 J; 6π · 1.0016 mPa s · 1 µm = 1.88798e-8 kg/s (viscosity of water: IAPWS 2008).
  const radius = stokesEinsteinRadius({ value: 0.21438e-12, error: 0.02e-12 }, 293.15, 1.0016e-3);
  expect(radius?.value).toBeCloseTo(1e-6, 9);
  expect((radius?.error ?? 0) / (radius?.value ?? 1)).toBeCloseTo(0.02 / 0.21438, 6);
  // Of a coefficient that is not above its error there is no radius, least of all a negative one.
  for (const value of [-0.1e-12, 0, 0.02e-12])
    expect(stokesEinsteinRadius({ value, error: 0.02e-12 }, 293.15, 1.0016e-3)).toBeNull();
});
