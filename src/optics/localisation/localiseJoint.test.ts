/** Emitters whose images overlap; an astigmatic Gaussian, which is known in closed form, stands for the image of a point. */
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import { FrameLocaliser } from './localiseFrame.ts';
import { jointLikelihood } from './localiseJoint.ts';
import { splineKernel } from './localiseKernel.ts';
import { gaussian, SIDE, spline } from './testPoint.ts';

const ACROSS = 41;
const BACKGROUND = 8;
const PHOTONS = 3500;
const OPTIONS = { threshold: 6, readVariance: 0, depth: 0.6e-6 };
const kernel = splineKernel(spline, SIDE);
const localiser = new FrameLocaliser(kernel);

type Place = readonly [x: number, y: number, z: number];

function meanOf(places: readonly Place[], photons = PHOTONS): Float64Array {
  return Float64Array.from({ length: ACROSS * ACROSS }, (_, i) =>
    places.reduce(
      (sum, [x, y, z]) => sum + photons * gaussian((i % ACROSS) - x, Math.floor(i / ACROSS) - y, z),
      BACKGROUND,
    ),
  );
}

function found(mean: Float64Array, random: SeededRandom) {
  const frame = mean.map((value) => random.poisson(value));
  return localiser.emitters(frame, ACROSS, ACROSS, OPTIONS);
}

describe('the likelihood of two emitters', () => {
  const part = { x0: 1, y0: 2, nx: 33, ny: 31 };
  const random = new SeededRandom(3);
  const some = () => Float64Array.from({ length: part.nx * part.ny }, () => random.uniform());
  const electrons = some().map((value) => 20 * value);
  const region = { ...part, electrons, variance: some(), known: some() };
  const model = jointLikelihood(kernel, region, 2);

  test('has the slope of its values, also where the square of pixels of an image moves by one', () => {
    // Far out of focus, so that there is light where the squares end, which is within the region; one at a whole pixel.
    const at = Float64Array.of(15 + 1e-7, 17.3, 25.4, 9000, 18.6, 16.2, 2.1, 7000, 6);
    model.evaluate(at);
    const gradient = Float64Array.from(model.gradient);
    [0, 1, 2, 3, 4, 5, 6, 7, 8].forEach((a) => {
      const step = a % 4 === 3 || a === 8 ? 1e-2 : 1e-5;
      const moved = (by: number) => model.evaluate(at.map((value, b) => value + (a === b ? by : 0)));
      const slope = (moved(step) - moved(-step)) / (2 * step);
      // Differences of second order; at a whole pixel the slope of what comes in at the edge changes a little.
      expect(Math.abs(-2 * (gradient[a] ?? 0) - slope)).toBeLessThan(2e-3 * Math.abs(slope) + 1e-2);
    });
  });
});

describe('a frame', () => {
  test('with two emitters in one maximum has both, within what their bounds say of both together', () => {
    const random = new SeededRandom(5);
    const squares = [0, 0, 0];
    const frames = 7;
    for (let n = 0; n < frames; n++) {
      const [x, y] = [19.5 + random.uniform(), 19.5 + random.uniform()];
      // 2.2 pixels apart, 0.7 of the full width at half maximum of a point at its waist.
      const angle = 2 * Math.PI * random.uniform();
      const [dx, dy] = [1.1 * Math.cos(angle), 1.1 * Math.sin(angle)];
      const truth: readonly Place[] = [
        [x + dx, y + dy, 0.25e-6],
        [x - dx, y - dy, -0.2e-6],
      ];
      const emitters = found(meanOf(truth), random);
      expect(emitters.map(({ status, together }) => [status, together])).toEqual([
        ['good', 2],
        ['good', 2],
      ]);
      for (const [tx, ty, tz] of truth) {
        const [near] = emitters.toSorted((a, b) => Math.abs(a.z - tz) - Math.abs(b.z - tz));
        const { errors, ...each } = near ?? { x: 0, y: 0, z: 0, errors: [1, 1, 1] };
        [each.x - tx, each.y - ty, each.z - tz].forEach((off, a) => {
          squares[a] = (squares[a] ?? 0) + (off / (errors[a] ?? 1)) ** 2 / (2 * frames);
        });
      }
    }
    // Of 14 errors: 19 %; three times that.
    for (const square of squares) expect(Math.abs(Math.sqrt(square) - 1)).toBeLessThan(0.57);
  });

  test('with three in one heap has all three', () => {
    const truth: readonly Place[] = [
      [19, 19.4, 0.3e-6],
      [22.2, 20.1, -0.3e-6],
      [20.1, 22.8, 0],
    ];
    const emitters = found(meanOf(truth), new SeededRandom(8));
    expect(emitters.map(({ status, together }) => [status, together])).toEqual(truth.map(() => ['good', 3]));
    for (const [x, y] of truth) {
      const far = emitters.map(({ x: a, y: b, errors }) =>
        Math.hypot((a - x) / errors[0], (b - y) / errors[1]),
      );
      // Five standard errors.
      expect(Math.min(...far)).toBeLessThan(5);
    }
  });

  test('with one has one: noise does not part it, nor an image that is a little wider than the design’s', () => {
    const random = new SeededRandom(9);
    for (let n = 0; n < 100; n++) {
      const place: Place = [20 + random.uniform(), 20 + random.uniform(), 0.8e-6 * (random.uniform() - 0.5)];
      expect(found(meanOf([place]), random)).toHaveLength(1);
    }
    // Widened by 0.35 pixels in both directions, ten times as bright.
    const blurred = meanOf([[20.3, 20.1, 0.1e-6]], 0);
    for (const [dx, dy] of [
      [0.35, 0.35],
      [0.35, -0.35],
      [-0.35, 0.35],
      [-0.35, -0.35],
    ] as const) {
      const part = meanOf([[20.3 + dx, 20.1 + dy, 0.1e-6]], 2.5 * PHOTONS);
      for (const [i, value] of part.entries()) blurred[i] = (blurred[i] ?? 0) + value - BACKGROUND;
    }
    expect(found(blurred, random)).toHaveLength(1);
  });

  test('says of more than it can tell apart that they are, and gives no place for good', () => {
    const ring = Array.from({ length: 6 }, (_, k): Place => {
      return [20.2 + 2.6 * Math.cos(k), 19.8 + 2.6 * Math.sin(k), (k % 3) * 0.3e-6 - 0.3e-6];
    });
    const emitters = found(meanOf(ring), new SeededRandom(2));
    expect(emitters.length).toBeGreaterThan(0);
    expect(emitters.map(({ status }) => status)).not.toContain('good');
  });
});
