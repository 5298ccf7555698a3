import { afterAll, beforeAll, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import { withRegistration } from '../../graph/registration.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { Registration } from '../../optics/maths/registration.ts';
import { createSession, type Session } from '../session.ts';
import { smallHologram } from '../testDesigns.ts';

let session: Session;
beforeAll(async () => {
  session = await createSession('wasm');
});
afterAll(() => session.dispose());

const SIDE = 24;
const NOISE = 0.02;
const NEAR = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false };

/** Light without a sphere that is worth its name, and an image of it that has nothing but noise. */
function flat(registration: Partial<Registration>, seed: number): Design {
  const random = new SeededRandom(seed);
  const data = Float32Array.from({ length: SIDE * SIDE }, () => 1 + NOISE * random.normal());
  const empty = setAll(smallHologram({ learn: ['camera.offset'] }), registry, {
    'sphere.radius': 1e-8,
    'camera.rows': SIDE,
    'camera.columns': SIDE,
  });
  const image = {
    kind: 'measured',
    name: 'noise',
    shape: [SIDE, SIDE],
    data: encodeFloat32(data),
    saturationLevel: null,
  } as const;
  const design = { ...empty, grid: { samples: 32, pitch: 1e-6 }, images: { simulated: image } };
  return withRegistration(design, registry, 'target', registration);
}

it.each([
  ['half a pixel away', { shiftX: 0.5, shiftY: 0.5 }],
  ['twice as large', { scale: 2 }],
])('errors of a target %s are the scatter of what is fitted', async (_, registration) => {
  const values: number[] = [];
  let sigmas = 0;
  const count = 16;
  for (let seed = 1; seed <= count; seed++) {
    const result = await session.fit(flat(registration, seed), NEAR);
    const [offset] = result.parameters;
    values.push(offset?.value ?? Number.NaN);
    sigmas += offset?.sigma ?? Number.NaN;
    expect(result.reducedChiSquare).toBeNull();
    expect(result.warnings.join()).toContain('its pixels share their noise');
  }
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const scatter = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count - 1));
  // The scatter of 16 is known to 18 %; without the factor these ratios are 1.56 and 2.5.
  expect(scatter / (sigmas / count)).toBeGreaterThan(0.7);
  expect(scatter / (sigmas / count)).toBeLessThan(1.4);
});

it.each([{ shiftX: 0.5, shiftY: 0.5 }, { scale: 2 }])(
  'says how far the residual of an interpolated target exceeds the given noise: %o',
  async (registration) => {
    const fitted = async (readNoise: number) => {
      const design = setAll(flat(registration, 1), registry, { 'camera.readNoise': readNoise });
      const { parameters, errorSource } = await session.fit(design, NEAR);
      return { sigma: parameters[0]?.sigma ?? Number.NaN, factor: errorSource?.factor ?? Number.NaN };
    };
    const [half, double] = [await fitted(NOISE / 2), await fitted(2 * NOISE)];
    expect(double.factor).toBe(1);
    // Of 576 pixels the noise is known to 3 %, of which interpolation leaves about a quarter to be told apart: 6 %; three times that.
    expect(half.factor / 2).toBeGreaterThan(0.8);
    expect(half.factor / 2).toBeLessThan(1.2);
    // Without the factor errors are those of the noise that is given.
    expect((half.sigma / half.factor) * 4).toBeCloseTo(double.sigma, 8);
  },
);

it('a moved target relative to its mean has one and the same best fit by all methods', async () => {
  const learn = ['sphere.radius'];
  const start = { 'sphere.x': 1.2e-6, 'sphere.radius': 0.52e-6 };
  // Nine pixels of 0.1 µm, as far as the model's sphere.
  const moved = setAll(
    smallHologram({ learn, start, truth: { 'camera.readNoise': 0.02 }, seed: 3 }),
    registry,
    {
      'target.normalization': 'mean',
      'target.shiftX': 9,
    },
  );
  const [squares, descent] = await Promise.all([
    session.fit(moved, NEAR),
    session.fit(moved, { ...NEAR, method: 'lbfgs', maxIterations: 60 }),
  ]);
  squares.parameters.forEach(({ value, sigma }, i) => {
    // Where the descent stops on its flat valley: a tenth of the error.
    expect(Math.abs(value - (descent.parameters[i]?.value ?? 0))).toBeLessThan(0.1 * (sigma ?? 0));
  });
});

it('a target that is made larger has no photon counts', async () => {
  const design = setAll(smallHologram({ learn: ['sphere.z'] }), registry, {
    'loss.kind': 'poisson',
    'target.scale': 1.5,
  });
  await expect(session.fit(design, NEAR)).rejects.toThrow('needs the counts of its own pixels');
});
