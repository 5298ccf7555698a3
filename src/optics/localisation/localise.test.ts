/** An astigmatic Gaussian, which is known in closed form, stands for the image of a point. */
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../maths/random.ts';
import { Localiser } from './localise.ts';
import { fitEmitter } from './localiseFit.ts';
import { splineKernel, UNKNOWNS } from './localiseKernel.ts';
import { reachOf } from './splineWindow.ts';
import { depthOf, gaussian, SIDE, spline } from './testPoint.ts';

/** Expected electrons in a window. */
function windowOf([x = 0, y = 0, plane = 0, photons = 0, background = 0]: ArrayLike<number> &
  Iterable<number>) {
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
    const density = gaussian((i % SIDE) - x, Math.floor(i / SIDE) - y, depthOf(plane));
    return photons * density + background;
  });
}

/** Derivatives of the expected electrons by differences of the closed form, [5][pixels]. */
function slopesOf(unknowns: Float64Array) {
  return Array.from({ length: UNKNOWNS }, (_, a) => {
    const moved = (by: number) => windowOf(unknowns.map((value, b) => value + (a === b ? by : 0)));
    const [after, before] = [moved(1e-4), moved(-1e-4)];
    return after.map((value, i) => (value - (before[i] ?? 0)) / 2e-4);
  });
}

const PLACE = Float64Array.of(6.37, 5.81, 15.6, 2000, 8);

describe('sums over a window', () => {
  const kernel = splineKernel(spline, SIDE);
  const data = windowOf(PLACE).map((value, i) => Math.round(value + 3 * Math.sin(i)));
  const variance = Float64Array.from({ length: SIDE * SIDE }, (_, i) => 1 + (i % 7));
  const at = PLACE.map((value, a) => value * ([1.01, 0.99, 1.02, 1.1, 0.9][a] ?? 1));
  const model = windowOf(at);
  kernel.load(data, variance, null);
  const deviance = kernel.evaluate(at);

  test('give the deviance of counts with read noise', () => {
    const expected = model.reduce((sum, mean, i) => {
      const [m, d] = [mean + (variance[i] ?? 0), (data[i] ?? 0) + (variance[i] ?? 0)];
      return sum + 2 * (m - d + d * Math.log(d / m));
    }, 0);
    // The spline between samples that are 0.38 of a standard deviation apart at the waist: 0.1 % of the peak.
    expect(deviance / expected).toBeCloseTo(1, 2);
  });

  test('give its slope and the Fisher information', () => {
    const slopes = slopesOf(at);
    slopes.forEach((slope, a) => {
      const gradient = slope.reduce(
        (sum, s, i) =>
          sum + s * (((data[i] ?? 0) + (variance[i] ?? 0)) / ((model[i] ?? 0) + (variance[i] ?? 0)) - 1),
        0,
      );
      const information = (b: number) =>
        slope.reduce(
          (sum, s, i) => sum + (s * (slopes[b]?.[i] ?? 0)) / ((model[i] ?? 0) + (variance[i] ?? 0)),
          0,
        );
      const scale = Math.sqrt(information(a));
      // In standard errors and shares of them; the spline as above.
      expect((kernel.gradient[a] ?? 0) / scale - gradient / scale).toBeCloseTo(0, 1);
      for (let b = 0; b < UNKNOWNS; b++) {
        const own =
          scale *
          Math.sqrt(
            slopes[b]?.reduce((sum, s, i) => sum + s ** 2 / ((model[i] ?? 0) + (variance[i] ?? 0)), 0) ?? 1,
          );
        expect((kernel.curvature[a * UNKNOWNS + b] ?? 0) / own - information(b) / own).toBeCloseTo(0, 2);
      }
    });
  });
});

describe('an emitter', () => {
  const localiser = new Localiser(splineKernel(spline, SIDE));

  test('is found exactly where there is no noise', () => {
    const { values, errors, status } = localiser.fit(windowOf(PLACE));
    expect(status).toBe('good');
    values.forEach((value, a) => {
      // 3 % of a standard error is where a fit stops; the spline is nearer.
      expect(Math.abs(value - (PLACE[a] ?? 0))).toBeLessThan(0.04 * (errors[a] ?? 0));
    });
  });

  test('scatters as its bounds say, with read noise too', () => {
    const random = new SeededRandom(4);
    const count = 200;
    const squares = new Float64Array(UNKNOWNS);
    const variance = new Float64Array(SIDE * SIDE).fill(4);
    for (let n = 0; n < count; n++) {
      const truth = Float64Array.of(
        5.5 + random.uniform(),
        5.5 + random.uniform(),
        8 + 12 * random.uniform(),
        2000,
        8,
      );
      const seen = windowOf(truth).map((mean) => random.poisson(mean) + 2 * random.normal());
      const { values, errors } = localiser.fit(seen, { variance });
      values.forEach((value, a) => {
        squares[a] = (squares[a] ?? 0) + ((value - (truth[a] ?? 0)) / (errors[a] ?? 1)) ** 2 / count;
      });
    }
    // The ratio of 200 errors to their bound scatters by 1/sqrt(2·200) = 5 %: 3.5 times that.
    for (const square of squares) expect(Math.abs(Math.sqrt(square) - 1)).toBeLessThan(0.175);
  });

  test('on a noisy pixel scatters as its bounds say where its variance is known, and more where it is not', () => {
    const random = new SeededRandom(14);
    const count = 120;
    const known = new Float64Array(SIDE * SIDE);
    // Read noise of 60 electrons on the flank of the image, where it tells most of the place.
    known[6 * SIDE + 8] = 60 ** 2;
    const squares = { known: 0, ignored: 0 };
    const offs = { known: 0, ignored: 0 };
    for (let n = 0; n < count; n++) {
      const truth = Float64Array.of(5.8 + 0.4 * random.uniform(), 6, 12 + 4 * random.uniform(), 2000, 8);
      const seen = windowOf(truth).map(
        (mean, i) => random.poisson(mean) + Math.sqrt(known[i] as number) * random.normal(),
      );
      for (const [which, variance] of [
        ['known', known],
        ['ignored', null],
      ] as const) {
        const { values, errors } = localiser.fit(seen, { variance });
        const off = (values[0] as number) - (truth[0] as number);
        offs[which] += off ** 2;
        squares[which] += (off / (errors[0] as number)) ** 2 / count;
      }
    }
    // The ratio of 120 errors to their bound scatters by 6.5 %: 3.5 times that.
    expect(Math.abs(Math.sqrt(squares.known) - 1)).toBeLessThan(0.23);
    expect(Math.sqrt(squares.ignored)).toBeGreaterThan(1.5);
    expect(Math.sqrt(offs.ignored / offs.known)).toBeGreaterThan(1.5);
  });

  test('that lies deeper than the spline, or beside the window, is said to', () => {
    const deep = windowOf(PLACE).fill(0);
    for (let i = 0; i < deep.length; i++)
      deep[i] = 2000 * gaussian((i % SIDE) - 6, Math.floor(i / SIDE) - 6, 1.6e-6) + 8;
    expect(localiser.fit(deep).status).toBe('atDepthLimit');
    const { low } = reachOf(spline, SIDE);
    expect(localiser.fit(windowOf([low - 1, 6, 15, 2000, 8])).status).toBe('atEdge');
  });

  test('is not found in light without any', () => {
    expect(localiser.fit(new Float64Array(SIDE * SIDE).fill(8)).status).toBe('faint');
  });

  test('moves to where the data are from a start at the wrong side of focus', () => {
    const kernel = splineKernel(spline, SIDE);
    kernel.load(windowOf(PLACE), null, null);
    const { values, status } = fitEmitter(kernel, [6, 6, 13, 1000, 20]);
    expect(status).toBe('good');
    expect(values[2]).toBeCloseTo(15.6, 1);
  });
});

test('the spline passes through its samples', () => {
  const kernel = splineKernel(spline, SIDE);
  // On a sample: the middle of a pixel and a whole plane.
  const at = Float64Array.of(6, 6, 10, 1000, 2);
  kernel.load(windowOf(at), null, null);
  // Rounding.
  expect(kernel.evaluate(at)).toBeLessThan(1e-9);
});
