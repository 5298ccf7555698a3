import { expect, it } from 'vitest';
import { strehlRatio } from '../../optics/analysis/strehl.ts';
import { wavefrontOf } from '../../optics/analysis/wavefront.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { zernikeAt } from '../../optics/maths/zernike.ts';
import { CellInverse, HeldErrors, MapCovariance } from './mapCovariance.ts';
import type { PupilSlopes } from './mapJacobian.ts';
import { PupilErrors } from './pupilErrors.ts';

const [SIDE, RADIUS, WAVELENGTH] = [40, 17, 5e-7];
const TURN = (2 * Math.PI) / WAVELENGTH;
const MIDDLE = SIDE / 2;
const [NUMBERS, CELLS] = [3, 6];
const COUNT = NUMBERS + CELLS;

const all = Array.from({ length: SIDE * SIDE }, (_, i) => i);
const x = Float64Array.from(all, (i) => ((i % SIDE) - MIDDLE) / RADIUS);
const y = Float64Array.from(all, (i) => (Math.floor(i / SIDE) - MIDDLE) / RADIUS);
/** More light on one side than on the other and less towards the edge, so that Zernike terms are not orthogonal. */
const amplitude = all.map((i) => {
  const r = Math.hypot(x[i] ?? 0, y[i] ?? 0);
  return r <= 1 ? (1 + 0.3 * (x[i] ?? 0)) * (1 - 0.4 * r * r) : 0;
});

/** Radians at every sample. */
function phaseOf(terms: Readonly<Record<number, number>>): Float64Array {
  const parts = Object.entries(terms).map(([j, radians]) => [zernikeAt(Number(j), x, y), radians] as const);
  return Float64Array.from(all, (i) => parts.reduce((sum, [map, a]) => sum + a * (map[i] ?? 0), 0));
}

const PHASE = phaseOf({ 1: 0.2, 2: 0.1, 4: 0.15, 5: 0.3, 7: -0.25, 8: 0.1, 11: 0.35, 17: 0.1 });
/** What numbers and cells do to the phase: mixtures of terms, the image's place among them, and bumps. */
const CHANGES = Array.from({ length: COUNT }, (_, k) => {
  if (k < NUMBERS) return phaseOf({ [2 + k]: 0.5, [5 + 2 * k]: 1, [8 + 3 * k]: -0.6 });
  const [cx, cy] = [0.5 * Math.cos(k), 0.5 * Math.sin(2 * k)];
  return Float64Array.from(all, (i) => Math.exp(-6 * (((x[i] ?? 0) - cx) ** 2 + ((y[i] ?? 0) - cy) ** 2)));
});

const samplesOf = (phase: Float64Array) =>
  Float64Array.from(
    all.flatMap((i) => [
      (amplitude[i] ?? 0) * Math.cos(phase[i] ?? 0),
      (amplitude[i] ?? 0) * Math.sin(phase[i] ?? 0),
    ]),
  );

/** @param step every how many-th row and column is looked at */
function pupilOf(step: number): PupilSlopes {
  const places = all.filter(
    (i) => (amplitude[i] ?? 0) > 0 && i % step === 0 && Math.floor(i / SIDE) % step === 0,
  );
  const slopes = CHANGES.map((change) => Float32Array.from(places, (i) => change[i] ?? 0));
  return {
    ...{ samples: samplesOf(PHASE), side: SIDE, radius: RADIUS, wavelength: WAVELENGTH },
    ...{ places: Int32Array.from(places), slopes },
  };
}

/** Errors of numbers and cells that hang together, with some of each held back. */
function someErrors(): HeldErrors {
  const random = new SeededRandom(5);
  const rows = Array.from({ length: 3 * COUNT }, () => Array.from({ length: COUNT }, () => random.normal()));
  const block = (row: number, column: number, height: number, width: number) =>
    Float64Array.from({ length: height * width }, (_, at) => {
      const [i, j] = [row + Math.floor(at / width), column + (at % width)];
      return 1e4 * rows.reduce((sum, each) => sum + (each[i] ?? 0) * (each[j] ?? 0), 0);
    });
  const cells = CellInverse.of({
    ...{ cells: block(NUMBERS, NUMBERS, CELLS, CELLS), cellCount: CELLS },
    cross: block(NUMBERS, 0, CELLS, NUMBERS),
    ...{ numbers: block(0, 0, NUMBERS, NUMBERS), numberCount: NUMBERS },
  });
  if (cells === null) throw new Error('The curvature is that of a minimum.');
  const held = {
    numbers: Float64Array.of(1e-3, 0, -5e-4),
    cells: Float64Array.from({ length: CELLS }, (_, k) => 1e-3 * Math.sin(k)),
  };
  return new HeldErrors(new MapCovariance(cells, cells.left, 1), held);
}

interface Told {
  readonly rms: number;
  readonly strehl: number;
  readonly terms: readonly number[];
}

/** RMS and Strehl ratio without the image's place, and all terms, made from the phase itself. */
function toldOf(phase: Float64Array): Told {
  const disc = { rows: SIDE, columns: SIDE, radius: RADIUS };
  const { rms, path, coefficients } = wavefrontOf(samplesOf(phase), disc, WAVELENGTH, 'defocus', 36);
  const left = path.map((length) => (Number.isNaN(length) ? 0 : TURN * length));
  return { rms, strehl: strehlRatio([samplesOf(left)]), terms: [...(coefficients ?? [])] };
}

const STEP = 1e-3;

/** Standard error of a number that is told, from its differences along each unknown. */
function sigmaByDifferences(errors: HeldErrors, of: (told: Told) => number): number {
  const slopes = CHANGES.map((change) => {
    const [up = 0, down = 0] = [STEP, -STEP].map((h) =>
      of(toldOf(PHASE.map((p, i) => p + h * (change[i] ?? 0)))),
    );
    return (up - down) / (2 * STEP);
  });
  return errors.sigma({ numbers: slopes.slice(0, NUMBERS), cells: slopes.slice(NUMBERS) }) ?? Number.NaN;
}

it('tells RMS, Strehl ratio and terms with the errors that differences of the wavefront give', () => {
  const errors = someErrors();
  const found = new PupilErrors(pupilOf(1), errors, NUMBERS).wavefront();
  const told = toldOf(PHASE);
  expect(found?.rms).toBeCloseTo(told.rms, 15);
  expect(found?.strehl).toBeCloseTo(told.strehl, 12);
  // Second-order differences of steps of 1e-3, and slopes in float32.
  const off = (sigma: number | null | undefined, of: (each: Told) => number) =>
    Math.abs((sigma ?? Number.NaN) / sigmaByDifferences(errors, of) - 1);
  expect(off(found?.rmsSigma, ({ rms }) => rms)).toBeLessThan(1e-4);
  expect(off(found?.strehlSigma, ({ strehl }) => strehl)).toBeLessThan(1e-4);
  for (const noll of [1, 2, 4, 5, 11, 28])
    expect(off(found?.terms[noll - 1]?.sigma, ({ terms }) => terms[noll - 1] ?? 0)).toBeLessThan(1e-4);
});

it('tells nearly the same errors from every second row and column', () => {
  const [whole, some] = [1, 2].map((step) =>
    new PupilErrors(pupilOf(step), someErrors(), NUMBERS).wavefront(),
  );
  // The sums of 230 samples of the disc in place of 900 miss parts of its edge.
  for (const of of ['rmsSigma', 'strehlSigma'] as const)
    expect(Math.abs((some?.[of] ?? 0) / (whole?.[of] ?? 1) - 1)).toBeLessThan(0.1);
});
