import { describe, expect, it } from 'vitest';
import type { ElementSpec } from '../element.ts';
import { curveGoal } from '../elements/fit/curveGoal.ts';
import { energyGoal } from '../elements/fit/energyGoal.ts';
import { pictureStrehlGoal } from '../elements/fit/pictureStrehlGoal.ts';
import { positionGoal } from '../elements/fit/positionGoal.ts';
import { spotsGoal } from '../elements/fit/spotsGoal.ts';
import { strehlGoal } from '../elements/fit/strehlGoal.ts';
import { target } from '../elements/fit/target.ts';
import { transferGoal } from '../elements/fit/transferGoal.ts';
import { widthGoal } from '../elements/fit/widthGoal.ts';
import { pupil } from '../elements/pupils/pupil.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { constantScalar } from '../ops/scalar.ts';
import { type Chain, runChain, type Setting } from '../testChain.ts';
import { stage } from '../testSupport.ts';
import type { Image } from '../values.ts';

const MICRO = 1e-6;
const PITCH = 0.1 * MICRO;
const GRID = { samples: 64, pitch: MICRO };
const [ROWS, COLUMNS] = [50, 61];
/** What the camera adds, as it says. */
const OFFSET = 5;

type Settings = Readonly<Record<string, Setting>>;

/** Values of a function of the place, in µm from the middle pixel, above the camera's offset. */
function picture(f: (x: number, y: number) => number): Float64Array {
  return Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    return OFFSET + f(0.1 * (column - Math.floor(COLUMNS / 2)), 0.1 * (row - Math.floor(ROWS / 2)));
  });
}

/** Standard deviation in µm: the edge of the picture is five of them away, where 1e-6 of the light is lost. */
const SIGMA = 0.45;
const spot = (x0 = 0, y0 = 0) =>
  picture((x, y) => Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * SIGMA ** 2)));

/** Penalty and readings of a goal, and the gradient of its penalty by each pixel of the image. */
async function judged(spec: ElementSpec, params: Settings, data: Float64Array) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  ops.mode = 'reverse';
  const samples = ops.variable(ops.upload(data, [ROWS, COLUMNS], 'real').array);
  const noise = { enabled: false, gain: 1, offset: OFFSET, readNoise: 0, isCalibrated: true };
  const pitch = constantScalar(PITCH);
  const image: Image = {
    kind: 'image',
    samples,
    pitch,
    unit: 'photons',
    noise,
    mask: null,
    normalization: 'none',
  };
  const chain: Chain = { given: stage(target, { image: 'contract' }), goal: stage(spec, params, 'given') };
  const found = runChain(ops, chain, GRID, {}, { given: () => image })['goal'];
  if (found?.kind !== 'scalar') throw new Error('A goal gives a number.');
  const readings = await ops.read((found.readings ?? []).map((each) => each.samples));
  const { value, cotangents } = await ops.gradient(found.samples, 0, [samples]);
  ops.close(scope);
  return {
    penalty: value,
    readings: readings.map((each) => each[0] ?? Number.NaN),
    gradient: cotangents[0] ?? [],
  };
}

describe('goals measure a Gaussian spot as its closed forms say:', () => {
  it('light in a circle', async () => {
    const { readings, penalty } = await judged(
      energyGoal,
      { radius: 0.8 * MICRO, x: 0.3 * MICRO },
      spot(0.3),
    );
    // The circle's edge is drawn over a pixel p: p²/24 times the slope of the density there is 1e-3; once more askew.
    expect(readings[0]).toBeCloseTo(1 - Math.exp(-(0.8 ** 2) / (2 * SIGMA ** 2)), 2);
    expect(penalty).toBeCloseTo(1 - (readings[0] ?? 0), 12);
  });

  it('contrast at a frequency, in any direction and place', async () => {
    const seen = await judged(transferGoal, { frequency: 0.3 / MICRO, angle: 0.5 }, spot(0.2, -0.1));
    // What the window cuts off.
    expect(seen.readings[0]).toBeCloseTo(Math.exp(-2 * (Math.PI * SIGMA * 0.3) ** 2), 5);
  });

  it.each([
    ['core', 2 * Math.sqrt(2 * Math.log(2))],
    ['radial', Math.SQRT2],
    ['x', 1],
    ['y', 1],
  ])('width, %s', async (measure, ofSigma) => {
    const { readings, penalty } = await judged(widthGoal, { measure, bound: 2 * MICRO }, spot(0.2, -0.1));
    // 1e-4 of the variance lies beyond the window, and 1e-6 pixels² are added.
    expect((readings[0] ?? 0) / (ofSigma * SIGMA * MICRO)).toBeCloseTo(1, 3);
    expect(penalty).toBeCloseTo((readings[0] ?? 0) / (2 * MICRO), 12);
  });

  it('distance of the centre', async () => {
    const { readings } = await judged(positionGoal, { x: 0.1 * MICRO, y: 0.3 * MICRO }, spot(0.4, -0.1));
    // Rounded by a thousandth of a pixel.
    expect(readings[0]).toBeCloseTo(0.5 * MICRO, 11);
  });

  it('a profile and a contrast along curves through points of the true ones', async () => {
    const profile = [-1.8, -1.2, -0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9, 1.2, 1.8].map((x) => ({
      place: x * MICRO,
      value: 7 * Math.exp(-(x ** 2) / (2 * SIGMA ** 2)),
    }));
    const drawn = await judged(curveGoal, { kind: 'profileX', profile }, spot());
    // Points at 2/3 of σ: the cubics between miss the curve by 1 % of its height.
    expect(drawn.penalty).toBeLessThan(1e-3);
    expect((await judged(curveGoal, { kind: 'profileY', profile }, spot(0, 0.9))).penalty).toBeGreaterThan(
      0.5,
    );
    const contrast = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((f) => ({
      frequency: f / MICRO,
      value: Math.exp(-2 * (Math.PI * SIGMA * f) ** 2),
    }));
    const transfer = await judged(curveGoal, { kind: 'transferY', contrast }, spot(0.3, 0.2));
    expect(Math.sqrt(transfer.penalty)).toBeLessThan(0.01);
    const wider = contrast.map(({ frequency, value }) => ({ frequency, value: value ** 4 }));
    expect((await judged(curveGoal, { kind: 'transferY', contrast: wider }, spot())).penalty).toBeGreaterThan(
      0.01,
    );
  });

  it('light in circles along a curve through points of the true one', async () => {
    const held = (r: number, width = SIGMA) => 1 - Math.exp(-(r ** 2) / (2 * width ** 2));
    const encircled = (width: number) =>
      [0, 0.15, 0.3, 0.45, 0.6, 0.8, 1, 1.3, 1.8, 2.4].map((r) => ({
        radius: r * MICRO,
        value: held(r, width),
      }));
    const kind = 'encircled';
    const same = await judged(curveGoal, { kind, encircled: encircled(SIGMA) }, spot());
    // Points at a third of σ: the cubics between and the pixels at the edge of a circle are 1 % off at most.
    expect(Math.sqrt(same.penalty)).toBeLessThan(0.01);
    const wider = await judged(curveGoal, { kind, encircled: encircled(1.3 * SIGMA) }, spot());
    // What the two closed forms differ by, averaged over the compared radii.
    const radii = Array.from({ length: 33 }, (_, k) => (2.4 * k) / 32);
    const off = radii.reduce((sum, r) => sum + (held(r) - held(r, 1.3 * SIGMA)) ** 2, 0) / radii.length;
    expect(Math.abs(Math.sqrt(wider.penalty) - Math.sqrt(off))).toBeLessThan(0.01);
  });

  it('light in spots and the darkest of them', async () => {
    const data = picture((x, y) => {
      if (Math.abs(y) > 0.05) return 0;
      if (Math.abs(x + 1) < 0.05) return 3;
      return Math.abs(x - 1) < 0.05 ? 6 : Math.abs(x) < 0.05 ? 1 : 0;
    });
    const spots = [{ x: -MICRO }, { x: MICRO, weight: 2 }];
    const even = await judged(spotsGoal, { spots, radius: 0.3 * MICRO, evenness: 1 }, data);
    // Both have what they are to get of 9 tenths.
    expect(even.readings.map((value) => value.toFixed(9))).toEqual(['0.900000000', '0.900000000']);
    expect(even.penalty).toBeCloseTo(0.1, 9);
    const equal = [{ x: -MICRO }, { x: MICRO }];
    const uneven = await judged(spotsGoal, { spots: equal, radius: 0.3 * MICRO, evenness: 0 }, data);
    expect(uneven.penalty).toBeCloseTo(0.1, 9);
    // The shares 0.6 and 1.2 in the soft minimum, and 0.02 beside each.
    expect(uneven.readings[1]).toBeCloseTo(((0.62 ** -8 + 1.22 ** -8) / 2) ** -0.125 - 0.02, 9);
    const known = await judged(spotsGoal, { spots, radius: 0.3 * MICRO, total: 20 }, data);
    expect(known.readings[0]).toBeCloseTo(9 / 20, 9);
  });
});

describe('the Strehl ratio', () => {
  it.each([0, 30e-9, 90e-9])('of a defocus of %d m RMS is (sin c / c)²', async (defocus) => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const chain: Chain = {
      wave: stage(planeWave, { wavelength: 532e-9 }),
      pupil: stage(pupil, { numericalAperture: 0.2, zernike: { 4: defocus } }, 'wave'),
      goal: stage(strehlGoal, {}, 'pupil'),
    };
    const found = runChain(ops, chain, GRID)['goal'];
    if (found?.kind !== 'scalar') throw new Error('A goal gives a number.');
    const [penalty, seen] = await ops.read([found.samples, found.readings?.[0]?.samples ?? found.samples]);
    ops.close(scope);
    const c = (2 * Math.PI * Math.sqrt(3) * defocus) / 532e-9;
    // 62 samples across the disc, its edge weighed by area; the roots round by 1e-5.
    expect(seen?.[0]).toBeCloseTo(c === 0 ? 1 : (Math.sin(c) / c) ** 2, 2.7);
    expect(penalty?.[0]).toBeCloseTo(1 - (seen?.[0] ?? 0), 12);
  });
});

describe('what is wanted', () => {
  const share = async (want: string, bound: number) =>
    judged(energyGoal, { radius: 0.5 * MICRO, want, bound, weight: 3 }, spot());

  it('turns a number into a penalty', async () => {
    const value = (await share('largest', 0)).readings[0] ?? 0;
    const penalty = async (want: string, bound: number) => (await share(want, bound)).penalty;
    expect(await penalty('largest', 0)).toBeCloseTo(3 * (1 - value), 12);
    expect(await penalty('smallest', 0)).toBeCloseTo(3 * value, 12);
    expect(await penalty('equal', 0.9)).toBeCloseTo(3 * (0.9 - value) ** 2, 12);
    // A bound is rounded by 1e-3: 3 ε²/2 where it is missed, next to nothing where it is kept.
    expect(await penalty('atLeast', 0.9)).toBeCloseTo(3 * (0.9 - value) ** 2, 5);
    expect(await penalty('atMost', 0.9)).toBeCloseTo(0, 9);
    expect(await penalty('atMost', 0.1)).toBeCloseTo(3 * (value - 0.1) ** 2, 5);
    expect(await penalty('atLeast', 0.1)).toBeCloseTo(0, 9);
  });

  const cases: readonly { readonly spec: ElementSpec; readonly params: Settings }[] = [
    { spec: curveGoal, params: {} },
    { spec: curveGoal, params: { kind: 'encircled' } },
    { spec: energyGoal, params: {} },
    { spec: pictureStrehlGoal, params: { numericalAperture: 0.5, background: true } },
    { spec: positionGoal, params: {} },
    { spec: spotsGoal, params: { spots: [{ x: -MICRO }, { x: 0.4 * MICRO }] } },
    { spec: transferGoal, params: {} },
    { spec: widthGoal, params: {} },
  ];

  it.each(cases)('has the slope of its differences: $spec.type $params', async ({ spec, params }) => {
    const data = spot(0.3, 0.2);
    const { gradient } = await judged(spec, { ...params, weight: 2 }, data);
    const size = Math.max(...Array.from(gradient, Math.abs));
    expect(size).toBeGreaterThan(0);
    for (const i of [0, 1400, 1567, 1800]) {
      const h = 1e-3;
      const at = async (step: number) =>
        (
          await judged(
            spec,
            { ...params, weight: 2 },
            data.map((value, k) => (k === i ? value + step : value)),
          )
        ).penalty;
      const slope =
        (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
      // Rounding of a penalty of 1 over the step.
      expect(Math.abs(slope - (gradient[i] ?? 0))).toBeLessThan(1e-7 * size + 1e-12);
    }
  });
});
