import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import { findEmitters, pointWidth } from './localiseFind.ts';
import { FrameLocaliser } from './localiseFrame.ts';
import { splineKernel } from './localiseKernel.ts';
import { gaussian, SIDE, spline } from './testPoint.ts';

const [NY, NX] = [60, 72];
const BACKGROUND = 8;
const READ_VARIANCE = 1;

interface True {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly photons: number;
}

const ALONE: readonly True[] = [
  { x: 15.3, y: 12.6, z: 0.3e-6, photons: 3000 },
  { x: 50.2, y: 14.1, z: -0.4e-6, photons: 2000 },
  { x: 14.8, y: 45.5, z: 0, photons: 2500 },
];
/** Nearer to each other than half a window. */
const PAIR: readonly True[] = [
  { x: 47.4, y: 43.3, z: 0.2e-6, photons: 4000 },
  { x: 54.3, y: 41.9, z: -0.3e-6, photons: 3000 },
];

const OPTIONS = { threshold: 6, readVariance: READ_VARIANCE, depth: 0.6e-6 };
const localiser = new FrameLocaliser(splineKernel(spline, SIDE));

function frameOf(emitters: readonly True[], random: SeededRandom): Float64Array {
  return Float64Array.from({ length: NY * NX }, (_, i) => {
    const mean = emitters.reduce(
      (sum, { x, y, z, photons }) => sum + photons * gaussian((i % NX) - x, Math.floor(i / NX) - y, z),
      BACKGROUND,
    );
    return random.poisson(mean) + Math.sqrt(READ_VARIANCE) * random.normal();
  });
}

function found(emitters: readonly True[], seed: number) {
  const frame = frameOf(emitters, new SeededRandom(seed));
  return localiser.emitters(frame, NY, NX, OPTIONS);
}

function nearest(emitters: ReturnType<typeof found>, to: True) {
  return emitters.reduce((best, each) =>
    Math.hypot(each.x - to.x, each.y - to.y) < Math.hypot(best.x - to.x, best.y - to.y) ? each : best,
  );
}

describe('a frame of emitters', () => {
  test('gives each of them once, within five of its bounds, with what is left like noise', () => {
    const truth = [...ALONE, ...PAIR];
    const emitters = found(truth, 3);
    expect(emitters).toHaveLength(truth.length);
    for (const each of truth) {
      const { x, y, z, photons, errors, status, chiSquare } = nearest(emitters, each);
      expect(status).toBe('good');
      const off = [x - each.x, y - each.y, z - each.z, photons - each.photons];
      off.forEach((value, a) => {
        expect(Math.abs(value)).toBeLessThan(5 * (errors[a] ?? 0));
      });
      // Of 164 degrees of freedom: 1 ± 0.11; Poisson's deviance of few electrons is a few percent above its χ².
      expect(Math.abs(chiSquare - 1)).toBeLessThan(0.45);
    }
    expect(nearest(emitters, PAIR[0] as True).neighbours).toBe(1);
    expect(nearest(emitters, ALONE[0] as True).neighbours).toBe(0);
  });

  test('takes the light of a neighbour into account: a close pair scatters as its bounds say', () => {
    const squares = [0, 0, 0];
    const frames = 8;
    for (let seed = 0; seed < frames; seed++) {
      const emitters = found(PAIR, 100 + seed);
      for (const each of PAIR) {
        const { x, y, z, errors } = nearest(emitters, each);
        [x - each.x, y - each.y, z - each.z].forEach((value, a) => {
          squares[a] = (squares[a] ?? 0) + (value / (errors[a] ?? 1)) ** 2 / (2 * frames);
        });
      }
    }
    // Of 16 errors: 18 %, three times that.
    for (const square of squares) expect(Math.abs(Math.sqrt(square) - 1)).toBeLessThan(0.54);
  });

  test('says of a point beyond the depth that is asked for that it is, though the spline goes on there', () => {
    const [deep] = found([{ x: 30.2, y: 30, z: 0.75e-6, photons: 4000 }], 5);
    expect(deep?.status).toBe('atDepthLimit');
    // Five errors of some 25 nm.
    expect(Math.abs((deep?.z ?? 0) - 0.75e-6)).toBeLessThan(125e-9);
    const [within] = found([{ x: 30.2, y: 30, z: 0.45e-6, photons: 4000 }], 5);
    expect(within?.status).toBe('good');
  });

  test('says of a hot pixel that it does not look like a point', () => {
    const frame = frameOf([], new SeededRandom(5));
    frame[30 * NX + 30] = 3000;
    const emitters = localiser.emitters(frame, NY, NX, OPTIONS);
    expect(emitters.length).toBeGreaterThan(0);
    expect(emitters.every(({ status }) => status !== 'good')).toBe(true);
    expect(emitters.map(({ status }) => status)).toContain('misfit');
  });

  test('says of what is too near to the edge that it is, and finds nothing in noise', () => {
    const [edge] = found([{ x: 2.2, y: 30, z: 0.1e-6, photons: 4000 }], 5);
    expect(edge?.status).toBe('atEdge');
    expect(found([], 6)).toHaveLength(0);
  });

  test('finds the emitter beside pixels that are known to be noisy, and not these', () => {
    const random = new SeededRandom(12);
    const readVariance = new Float64Array(NY * NX).fill(READ_VARIANCE);
    for (const [row, column] of [
      [30, 31],
      [12, 55],
      [50, 20],
    ] as const) {
      readVariance[row * NX + column] = 200 ** 2;
    }
    const [x, y, z] = [30.3, 29.8, 0.25e-6];
    const frame = frameOf([{ x, y, z, photons: 3000 }], random).map(
      (value, i) =>
        value + Math.sqrt((readVariance[i] as number) - READ_VARIANCE) * Math.abs(random.normal()),
    );
    const known = localiser.emitters(frame, NY, NX, { ...OPTIONS, readVariance });
    expect(known.map(({ status }) => status)).toEqual(['good']);
    // Five errors.
    expect(Math.abs((known[0]?.x ?? 0) - x)).toBeLessThan(5 * (known[0]?.errors[0] ?? 0));
    const width = pointWidth(spline);
    expect(findEmitters(frame, NY, NX, { width, threshold: 6 }).length).toBeGreaterThan(1);
  });
});
