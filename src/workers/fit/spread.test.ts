import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { encodeFloat32 } from '../../graph/imageData.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import type { FitResult, ParameterResult } from '../protocol.ts';
import { createSession } from '../session.ts';
import { smallHologram } from '../testDesigns.ts';
import { spreadSentence, withSpread } from './spread.ts';

const session = await createSession('wasm');
const OPTIONS = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false, compareLosses: 'always' } as const;
const TRUTH = { 'sphere.x': 0.3e-6, 'sphere.radius': 0.5e-6, 'sphere.refractiveIndex': 1.59 };
const NOISE = 0.02;
const SIDE = 36;
/** What is said of values that depend on the comparison. */
const TOLD = /quote the spread/i;

/** A hologram of 36² pixels with normal noise and, on the given share of its pixels, dust that darkens by half. */
async function measured(dust: number): Promise<Design> {
  const size = { 'camera.rows': SIDE, 'camera.columns': SIDE };
  const small = setAll(smallHologram({ learn: Object.keys(TRUTH) }), registry, size);
  const clean = { ...small, grid: { ...small.grid, samples: 48 } };
  const seen = (await session.evaluate(clean)).images.get('camera');
  const random = new SeededRandom(2);
  const data = Float32Array.from(seen?.data ?? [], (value) => {
    const noisy = value + NOISE * random.normal();
    return random.uniform() < dust ? noisy - 0.5 : noisy;
  });
  const image = {
    name: 'dusty',
    shape: [SIDE, SIDE],
    data: encodeFloat32(data),
    saturationLevel: null,
  } as const;
  const off = setAll(clean, registry, { 'sphere.x': 0.34e-6, 'sphere.radius': 0.52e-6 });
  return { ...off, images: { simulated: { kind: 'measured', ...image } } };
}

const parameterOf = (result: FitResult, path: string) => result.parameters.find((p) => p.path === path);
const pulls = ({ parameters }: FitResult) =>
  parameters.map(({ path, value, sigma }) =>
    Math.abs((value - (TRUTH[path as keyof typeof TRUTH] ?? Number.NaN)) / (sigma ?? Number.NaN)),
  );

describe('an image with dust on one pixel in ten', () => {
  it('is fitted to within its errors by a robust measure', async () => {
    const dusty = setAll(await measured(0.1), registry, { 'loss.kind': 'cauchy' });
    const result = await session.fit(dusty, { ...DEFAULT_FIT_OPTIONS, coarseSearch: false });
    expect(result.converged).toBe(true);
    // Three normal errors: one beyond four sigma in 5000 images.
    expect(Math.max(...pulls(result))).toBeLessThan(4);
  });

  it('moves the values of least squares by more than their errors say, and the result tells', async () => {
    const result = await session.fit(await measured(0.1), OPTIONS);
    expect(result.comparisons?.map(({ title }) => title)).toEqual(['Cauchy']);
    const radius = parameterOf(result, 'sphere.radius');
    const other = result.comparisons?.[0]?.values['sphere.radius'] ?? Number.NaN;
    expect(radius?.spread).toBe(Math.abs(other - (radius?.value ?? 0)));
    // Dust on one pixel in ten darkens the rings: 4 nm of radius, ten times what Cauchy leaves of that.
    expect(Math.abs(other - 0.5e-6)).toBeLessThan(0.3 * Math.abs((radius?.value ?? 0) - 0.5e-6));
    expect(result.warnings.join(' ')).toMatch(
      /“Sphere: Radius”.* depend on how the image is compared \(cauchy\)/,
    );
    expect(result.warnings.join(' ')).toMatch(TOLD);
  });
});

describe('an image that the model explains', () => {
  it('gives the same values by every measure, within their errors', async () => {
    const result = await session.fit(await measured(0), OPTIONS);
    for (const { sigma, spread } of result.parameters) expect(spread).toBeLessThan(sigma ?? 0);
    expect(result.warnings.join(' ')).not.toMatch(TOLD);
    const alone = await session.fit(await measured(0), { ...DEFAULT_FIT_OPTIONS, coarseSearch: false });
    expect(alone.comparisons).toBeUndefined();
    expect(parameterOf(alone, 'sphere.x')?.spread).toBeUndefined();
  });

  it('without any noise has no values that depend on the comparison, though its errors are tiny', () => {
    const common = { title: 'Bead: Position x', start: 0, unit: 'm', atBound: false, pixel: null } as const;
    const bead: ParameterResult = {
      ...common,
      path: 'bead.x',
      value: 1e-7,
      sigma: 1e-16,
      display: { value: 100, sigma: 1e-7, unit: 'nm' },
    };
    const steps = new Map([['bead.x', 20e-9]]);
    const told = (distance: number) => {
      const found = [{ title: 'Cauchy', values: { 'bead.x': 1e-7 + distance } }];
      return spreadSentence(withSpread([bead], steps, found, 1), found);
    };
    // Rounding of the fits, and a fifth of a nanometre.
    expect(told(5e-15)).toBeNull();
    expect(told(0.2e-9)).toMatch(TOLD);
  });
});
