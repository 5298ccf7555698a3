import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { setAll } from '../../graph/edit.ts';
import { dipoleDesign, dipoleError, dipoleOrientation } from '../../graph/examples/dipoleOrientation.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { FitResult } from '../protocol.ts';
import { createSession, type Session } from '../session.ts';
import { fitted } from '../testDesigns.ts';
import { areOfToldSize, errorsOf } from './testErrors.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

type Values = Readonly<Record<string, number>>;
const PLACE = { 'molecule.x': 20e-9, 'molecule.y': -35e-9 };
const DEGREE = Math.PI / 180;

/** The angles of a direction or of its opposite, the same dipole, that are nearest to those found. */
function nearestAngles({ parameters }: FitResult, polar: number, azimuth: number): Values {
  const found = (name: string) =>
    parameters.find(({ path }) => path === `molecule.${name}`)?.value ?? Number.NaN;
  // A negative polar angle is the same direction with an azimuth half a turn on.
  const same = [
    [polar, azimuth],
    [-polar, azimuth + Math.PI],
    [Math.PI - polar, azimuth + Math.PI],
    [polar - Math.PI, azimuth],
  ].map(([tilt = 0, turn = 0]) => {
    const turns = Math.round((found('azimuth') - turn) / (2 * Math.PI));
    return { 'molecule.polar': tilt, 'molecule.azimuth': turn + 2 * Math.PI * turns };
  });
  const distance = (angles: Values) =>
    Math.hypot(
      found('polar') - (angles['molecule.polar'] ?? 0),
      found('azimuth') - (angles['molecule.azimuth'] ?? 0),
    );
  return same.sort((a, b) => distance(a) - distance(b))[0] ?? {};
}

it('tells how sixteen molecules lie and where they are from one picture of each, within errors', {
  timeout: 120_000,
}, async () => {
  const random = new SeededRandom(12);
  const pulls: number[] = [];
  let sum = 0;
  for (let seed = 1; seed <= 16; seed++) {
    // Evenly over all directions, but for molecules that stand: their azimuth has no meaning.
    const polar = Math.acos(0.95 * random.uniform());
    const azimuth = (2 * random.uniform() - 1) * Math.PI;
    const result = await session.fit(dipoleDesign(polar, azimuth, null, seed), DEFAULT_FIT_OPTIONS);
    const errors = errorsOf(result, { ...PLACE, ...nearestAngles(result, polar, azimuth) });
    pulls.push(...errors.pulls);
    sum += errors.square;
    expect(Math.max(...errors.sigmas.slice(0, 2))).toBeLessThan(5e-9);
  }
  // Sixty-four normal errors: one beyond 3.5 sigma in 34 such sets.
  expect(pulls.filter((pull) => !(Math.abs(pull) < 3.5))).toEqual([]);
  expect(areOfToldSize(sum, pulls.length)).toBe(true);
});

it('tells how much a molecule wobbles, too, and errs by 50 nm where that is ignored', {
  timeout: 30_000,
}, async () => {
  const { design, goal } = dipoleOrientation;
  const [polar, cone] = [0.75, 0.5];
  let sum = 0;
  for (const [azimuth, tried] of [
    [0.8, design],
    [2.4, dipoleDesign(polar, 2.4, cone, 3)],
  ] as const) {
    const result = await session.fit(tried, DEFAULT_FIT_OPTIONS);
    const angles = { ...nearestAngles(result, polar, azimuth), 'molecule.coneAngle': cone };
    const { pulls, sigmas, square } = errorsOf(result, { ...PLACE, ...angles });
    sum += square;
    // Ten normal errors of both: one beyond 3.5 sigma in 215 seeds.
    expect(pulls.filter((pull) => !(Math.abs(pull) < 3.5))).toEqual([]);
    const [x = 0, y = 0, byPolar = 0, byAzimuth = 0] = sigmas;
    // What docs/localisation.md says of them.
    expect(Math.max(Math.abs(x - 5e-9), Math.abs(y - 5e-9))).toBeLessThan(0.5e-9);
    expect(Math.abs(byPolar - 2 * DEGREE)).toBeLessThan(0.5 * DEGREE);
    expect(Math.abs(byAzimuth - 4.5 * DEGREE)).toBeLessThan(DEGREE);
    expect(dipoleError(fitted(tried, result), polar, azimuth)).toBeLessThan(goal?.limit ?? 0);
  }
  expect(areOfToldSize(sum, 10)).toBe(true);
  const free = setAll(design, registry, { 'molecule.coneAngle': Math.PI / 2 });
  const learn = design.learn.filter((path) => !/polar|azimuth|cone/.test(path));
  const wrong = errorsOf(await session.fit({ ...free, learn }, DEFAULT_FIT_OPTIONS), PLACE);
  // A quarter of a micrometre before focus, with standard errors of 3 nm.
  expect(Math.hypot(...wrong.pulls.map((pull, i) => pull * (wrong.sigmas[i] ?? 0)))).toBeGreaterThan(40e-9);
  expect(Math.max(...wrong.sigmas)).toBeLessThan(4e-9);
});
