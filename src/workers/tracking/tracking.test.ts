import { beforeAll, describe, expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { sphereHologram } from '../../graph/examples/sphereHologram.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import { type FrameSource, withFrame } from '../../graph/movieFrames.ts';
import { setAt } from '../../graph/paths.ts';
import { type FrameFit, seriesOf, type TrackOptions } from '../../graph/trajectories.ts';
import { estimateDiffusion, pooledDiffusion } from '../../optics/analysis/brownian.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { PortionedRuns } from '../fit/portionedRuns.ts';
import { createSession } from '../session.ts';
import { smallHologram } from '../testDesigns.ts';
import { brownianWalk, simulateMovie, type Truth } from './simulateMovie.ts';
import { BEAD } from './testMovies.ts';

const INTERVAL = 0.01;

const following = (stop: number, changes: Partial<TrackOptions> = {}): TrackOptions => ({
  frames: { start: 0, stop, step: 1 },
  background: 'none',
  medianFrames: null,
  maxIterations: 30,
  pixels: 'all',
  ...changes,
});

async function tracked(
  design: Design,
  source: FrameSource,
  options: TrackOptions,
  backend: 'f64' | 'wasm' = 'f64',
): Promise<readonly FrameFit[]> {
  const session = await createSession(backend);
  const seen: FrameFit[] = [];
  await session.track(design, options, source, (fit) => seen.push(fit));
  return seen;
}

/** Frames whose every value lies within so many of its standard errors of the truth. */
function within(seen: readonly FrameFit[], truth: readonly Truth[], sigmas: number): number {
  return seen.filter(({ frame, values, errors }) =>
    Object.entries(truth[frame] ?? {}).every(
      ([path, value]) => Math.abs((values[path] ?? Number.NaN) - value) < sigmas * (errors[path] ?? 0),
    ),
  ).length;
}

describe('a bead in the plane of focus', () => {
  it('is followed through 40 frames: positions and coefficient of diffusion within their errors', {
    timeout: 120_000,
  }, async () => {
    const diffusion = 0.02e-12;
    const walk = { diffusion, interval: INTERVAL, seed: 4 };
    const truth = brownianWalk({ 'bead.x': 0, 'bead.y': 0 }, 40, walk);
    const source = await simulateMovie(await createSession('f64'), BEAD, truth, null);
    const seen = await tracked(BEAD, source, following(40));
    expect(seen.filter(({ status }) => status === 'good')).toHaveLength(40);
    // Two values within three standard errors each: 99.5 % of the frames.
    expect(within(seen, truth, 3)).toBeGreaterThanOrEqual(38);
    const axes = ['bead.x', 'bead.y'].flatMap(
      (path) => estimateDiffusion(seriesOf(seen, path), INTERVAL) ?? [],
    );
    const found = pooledDiffusion(axes);
    // Two standard errors.
    expect(Math.abs((found?.value ?? 0) - diffusion)).toBeLessThan(2 * (found?.error ?? 0));
  });

  it('is lost and found again, and bad frames are named without ending the run', {
    timeout: 60_000,
  }, async () => {
    // From frame 5 on it lies at the other corner: three steps do not lead there.
    const truth = Array.from({ length: 8 }, (_, k) => {
      const aside = k < 5 ? -0.45e-6 : 0.45e-6;
      return { 'bead.x': aside, 'bead.y': aside };
    });
    const movie = await simulateMovie(await createSession('f64'), BEAD, truth, null);
    const source = {
      ...movie,
      read: async (k: number) => {
        if (k === 2) throw new Error('“f2.tif” is cut short.');
        return k === 3 ? new Float32Array(256).fill(10) : movie.read(k);
      },
    };
    const seen = await tracked(BEAD, source, following(8, { maxIterations: 3 }));
    expect(seen.map(({ status }) => status)).toEqual([
      'good',
      'good',
      'unreadable',
      'lost',
      'good',
      'found',
      'good',
      'good',
    ]);
    expect(seen[2]?.reason).toBe('“f2.tif” is cut short.');
    expect(seen[3]?.reason).toContain('next to nothing to see');
    expect(seen[5]?.reason).toContain('Lost and found again');
    expect(seen[3]?.values).toEqual({});
    const good = seen.filter(({ values }) => 'bead.x' in values);
    // Four standard errors of twelve values: one in a thousand runs.
    expect(within(good, truth, 4)).toBe(6);
  });
});

it('a movie that begins with nothing but noise begins where there is something to see', {
  timeout: 60_000,
}, async () => {
  const truth = [{ 'bead.x': 0.2e-6, 'bead.y': -0.1e-6 }];
  const movie = await simulateMovie(await createSession('f64'), BEAD, truth, null);
  const random = new SeededRandom(8);
  const source: FrameSource = {
    ...movie,
    count: 3,
    // The background of the camera is 10 photons.
    read: async (k) =>
      k < 2
        ? Float32Array.from({ length: 256 }, () => Math.round(10 + Math.sqrt(10) * random.normal()))
        : movie.read(0),
  };
  const seen = await tracked(BEAD, source, following(3));
  expect(seen.map(({ status }) => status)).toEqual(['lost', 'lost', 'good']);
  expect(seen[0]?.reason).toContain('next to nothing to see');
  expect(seen[0]?.values).toEqual({});
  // Four standard errors of two values: one in ten thousand runs.
  expect(
    within(
      seen.slice(2).map((fit) => ({ ...fit, frame: 0 })),
      truth,
      4,
    ),
  ).toBe(1);
});

it('errors of a frame whose mean stands for its background are those of a single fit', {
  timeout: 60_000,
}, async () => {
  const learn = ['sphere.x', 'sphere.y', 'sphere.radius', 'sphere.refractiveIndex'];
  const design = setAt(smallHologram({ learn }), registry, 'target.normalization', 'background');
  const session = await createSession('wasm');
  const source = await simulateMovie(session, design, [{}, {}], 0.001);
  const seen: FrameFit[] = [];
  await session.track(design, following(2), source, (fit) => seen.push(fit));
  const data = encodeFloat32(await source.read(1));
  const { shape } = source;
  const image = { kind: 'measured', name: 'frame 1', shape, data, saturationLevel: null } as const;
  const alone = await session.fit(withFrame(design, registry, 'target', image, {}, 1), {
    ...DEFAULT_FIT_OPTIONS,
    coarseSearch: false,
  });
  for (const { path, value, sigma } of alone.parameters) {
    const [found, error] = [seen[1]?.values[path] ?? Number.NaN, seen[1]?.errors[path] ?? Number.NaN];
    // Both stop where a further step would gain less than 3 % of an error.
    expect(Math.abs(found - value)).toBeLessThan(0.1 * (sigma ?? 0));
    // The two ends differ by that, and so do the curvatures and the brightness that would suit them better.
    expect(error / (sigma ?? 0)).toBeCloseTo(1, 1.3);
  }
});

it('a sphere in a hologram is followed along all three axes with its radius, behind a spoiled background', {
  timeout: 120_000,
}, async () => {
  const design = smallHologram({ learn: ['sphere.x', 'sphere.y', 'sphere.z', 'sphere.radius'] });
  const walk = { diffusion: 0.4e-12, interval: INTERVAL, seed: 2 };
  const truth = brownianWalk({ 'sphere.x': 0, 'sphere.y': 0, 'sphere.z': 5e-6 }, 3, walk);
  const clean = await simulateMovie(await createSession('wasm'), design, truth, 0.01);
  // Illumination that falls off to one side, and a camera with an offset.
  const shading = Float32Array.from({ length: 48 * 48 }, (_, i) => 40 + (i % 48));
  const dark = Float32Array.from(shading, (_, i) => 7 + (i % 3));
  const source: FrameSource = {
    ...clean,
    dark,
    background: shading.map((value, i) => value + (dark[i] ?? 0)),
    read: async (k) => (await clean.read(k)).map((v, i) => v * (shading[i] ?? 0) + (dark[i] ?? 0)),
  };
  const seen = await tracked(design, source, following(3), 'wasm');
  expect(seen.map(({ status }) => status)).toEqual(Array(3).fill('good'));
  // Four standard errors of nine values: one in a thousand runs.
  expect(within(seen, truth, 4)).toBe(3);
  for (const { values, errors } of seen) {
    expect(Math.abs((values['sphere.radius'] ?? 0) - 0.5e-6)).toBeLessThan(
      4 * (errors['sphere.radius'] ?? 0),
    );
  }
});

describe('a sphere in a hologram of 96² pixels, five values in each of 20 frames', () => {
  const learn = ['x', 'y', 'z', 'radius', 'refractiveIndex'].map((name) => `sphere.${name}`);
  const size = { 'camera.rows': 96, 'camera.columns': 96 };
  const design: Design = { ...setAll(sphereHologram, registry, size), learn };
  const walk = { diffusion: 0.3e-12, interval: INTERVAL, seed: 7 };
  const truth = brownianWalk({ 'sphere.x': 0, 'sphere.y': 0, 'sphere.z': 8e-6 }, 20, walk);
  let source: FrameSource;
  beforeAll(async () => {
    source = await simulateMovie(await createSession('wasm'), design, truth, 0.02);
  }, 60_000);

  it.each([
    ['all', 1],
    ['some', 0],
  ] as const)(
    'is followed on %s pixels with %d looks at the whole image in a frame',
    {
      timeout: 60_000,
    },
    async (pixels, whole) => {
      const looks = vi.spyOn(PortionedRuns.prototype, 'image');
      const session = await createSession('wasm');
      const seen: FrameFit[] = [];
      const frames: { whole: number; few: number; processor: number }[] = [];
      let last = process.cpuUsage();
      await session.track(design, following(20, { pixels }), source, (fit) => {
        seen.push(fit);
        const sizes = looks.mock.calls.map(([, , numbers]) => numbers);
        const { user, system } = process.cpuUsage(last);
        frames.push({
          whole: sizes.filter((numbers) => numbers === 96 * 96).length,
          few: sizes.filter((numbers) => numbers < 96 * 96).length,
          processor: (user + system) / 1000,
        });
        looks.mockClear();
        last = process.cpuUsage();
      });
      looks.mockRestore();
      session.dispose();
      expect(seen.filter(({ status }) => status === 'good')).toHaveLength(20);
      // Three values within three standard errors each: 99.2 % of the frames.
      expect(within(seen, truth, 3)).toBeGreaterThanOrEqual(19);
      const warm = frames.slice(1);
      expect(warm.map((frame) => frame.whole)).toEqual(warm.map(() => whole));
      // Full steps from 80 nm off: one from what is known of the frame before, and two or so more.
      const few = warm.map((frame) => frame.few).sort((a, b) => a - b);
      expect(few[few.length >> 1]).toBeLessThanOrEqual(3);
      // Processor time, which other work on the machine changes by half: four times what it is, 30 ms.
      const times = warm.map(({ processor }) => processor).sort((a, b) => a - b);
      expect(times[times.length >> 1]).toBeLessThan(120);
    },
  );
});
