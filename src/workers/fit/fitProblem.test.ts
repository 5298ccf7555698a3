import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { thinnedLength } from '../../optics/detection/thinning.ts';
import type { HostImage } from '../../optics/element.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { smallHologram, smallStack } from '../testDesigns.ts';
import { decimate } from './decimate.ts';
import { FitProblem } from './fitProblem.ts';

/** On the float64 backend; `change` may alter the target. */
async function problemOf(design: Design, change: (image: HostImage) => HostImage = (image) => image) {
  const ops = new Ops(createFloat64Kernels());
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const runner = new GraphRunner(ops, (id) => {
    const image = images.get(id);
    return image === null ? null : change(image);
  });
  const plan = compile(design, registry);
  return FitProblem.create(runner, plan, expandLearnables(design, registry, plan.planes));
}

/** Columns d model / d coordinate by central differences of step h: error h² times the third derivative. */
async function jacobianOf(problem: FitProblem, point: Float64Array, h = 1e-3): Promise<Float64Array[]> {
  const columns: Float64Array[] = [];
  for (let i = 0; i < point.length; i++) {
    const at = (side: number) => problem.model(point.map((x, k) => (k === i ? x + side * h : x)));
    const [up, down] = [await at(1), await at(-1)];
    columns.push(Float64Array.from(up, (u, k) => (u - (down[k] ?? 0)) / (2 * h)));
  }
  return columns;
}

const sum = (values: ArrayLike<number>, term: (value: number, index: number) => number): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += term(values[i] as number, i);
  return total;
};

/** The largest difference as a share of the largest expected value. */
function relative(actual: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((e, i) => Math.abs((actual[i] ?? Number.NaN) - e))) / scale;
}

const hologram = smallHologram({
  learn: ['sphere.x', 'sphere.z', 'sphere.radius', 'interference.scatteredAmplitude'],
  start: { 'sphere.x': 0.35e-6, 'sphere.z': 5.2e-6 },
  truth: { 'camera.readNoise': 0.02 },
  seed: 3,
});
/** The same image compared relative to its mean. */
const ratio = setAll(hologram, registry, { 'target.normalization': 'mean' });
const stack = smallStack({
  learn: ['bead.x', 'bead.photons.*', 'camera.background.*', 'pupil.zernike.5'],
  start: { 'bead.x': 0.03e-6 },
  truth: { 'camera.gain': 2, 'camera.offset': 100, 'camera.readNoise': 3 },
  seed: 4,
});
const POINT = Float64Array.of(0.3, -0.4, 0.2, 0.5);
/** Float32 pixels of a noisy target (6e-8), squared differences of the Jacobian (1e-6 of its third derivative). */
const DIFFERENCES = 2e-5;

describe('what a photon likelihood depends on', () => {
  it.each(['camera.gain', 'camera.offset'])('refuses to learn %s, which its data depend on', async (path) => {
    const design = smallStack({ learn: ['bead.x', path], truth: { 'camera.gain': 2 }, seed: 4 });
    const problem = await problemOf(design);
    expect(problem.kind).toBe('poisson');
    await expect(problem.merit(new Float64Array(2))).rejects.toThrow(/known gain and offset.*Fix the camera/);
    await expect(problem.lossGradient(new Float64Array(2))).rejects.toThrow(/known gain and offset/);
  });

  it('leaves gain and offset to least squares', async () => {
    const design = smallHologram({ learn: ['sphere.x', 'camera.gain', 'camera.offset'], seed: 3 });
    const problem = await problemOf(design);
    expect(problem.kind).toBe('leastSquares');
    expect(Number.isFinite(await problem.merit(new Float64Array(3)))).toBe(true);
  });
});

describe('least squares', () => {
  it.each([
    ['as it is', hologram],
    ['relative to its mean', ratio],
  ])('has the gradient and curvature of the explicit sums: %s', async (_, design) => {
    const problem = await problemOf(design);
    const [model, columns] = [await problem.model(POINT), await jacobianOf(problem, POINT)];
    const { merit, descent, curvature } = await problem.normalEquations(POINT);
    const residual = Float64Array.from(problem.data, (d, k) => d - (model[k] ?? 0));
    expect(problem.kind).toBe('leastSquares');
    // The same float64 sum in another order.
    expect(merit / sum(residual, (r) => 0.5 * r * r)).toBeCloseTo(1, 12);
    expect(await problem.merit(POINT)).toBe(merit);
    const gradients = columns.map((column) => sum(residual, (r, k) => r * (column[k] ?? 0)));
    expect(relative(descent, gradients)).toBeLessThan(DIFFERENCES);
    const products = columns.flatMap((a) => columns.map((b) => sum(a, (x, k) => x * (b[k] ?? 0))));
    expect(relative(curvature, products)).toBeLessThan(DIFFERENCES);
  });

  it('reports residual, pixels and curvature at the end', async () => {
    const problem = await problemOf(hologram);
    const statistics = await problem.statistics(POINT);
    const model = await problem.model(POINT);
    const { curvature, merit } = await problem.normalEquations(POINT);
    expect(statistics.pixels).toBe(48 * 48);
    expect(statistics.residual[100]).toBe((problem.data[100] ?? 0) - (model[100] ?? 0));
    expect(statistics.weightedSquares / (2 * merit)).toBeCloseTo(1, 12);
    expect([...statistics.curvature]).toEqual([...curvature]);
  });

  it('divides image and model by their means over the pixels that count', async () => {
    const half = (image: HostImage) => ({
      ...image,
      key: `${image.key}-half`,
      mask: Float32Array.from(image.data, (_, k) => (k < 24 * 48 ? 0 : 1)),
    });
    const [plain, relative] = [await problemOf(hologram, half), await problemOf(ratio, half)];
    const [a, b] = [await plain.model(POINT), await relative.model(POINT)];
    const mean = (values: ArrayLike<number>) => sum(values, (v, k) => (k < 24 * 48 ? 0 : v)) / (24 * 48);
    // Float64 sums.
    expect(b[5]).toBeCloseTo((a[5] ?? 0) / mean(a), 12);
    expect(relative.data[5]).toBeCloseTo((plain.data[5] ?? 0) / mean(plain.data), 12);
    expect(mean(b)).toBeCloseTo(1, 12);
  });

  it('does not depend on the brightness of an image that is relative to its mean', async () => {
    const brighter = (image: HostImage) => ({
      ...image,
      key: `${image.key}-brighter`,
      data: Float64Array.from(image.data, (d) => 26.3 * d),
    });
    const [dim, bright] = [await problemOf(ratio), await problemOf(ratio, brighter)];
    // Float64 products.
    expect((await bright.merit(POINT)) / (await dim.merit(POINT))).toBeCloseTo(1, 12);
    expect(
      (await (await problemOf(hologram, brighter)).merit(POINT)) / (await dim.merit(POINT)),
    ).toBeGreaterThan(2);
  });

  it('knows how much there is to explain', async () => {
    const problem = await problemOf(hologram);
    const mean = sum(problem.data, (d) => d) / problem.data.length;
    expect(problem.spread / sum(problem.data, (d) => 0.5 * (d - mean) ** 2)).toBeCloseTo(1, 12);
  });
});

describe('amplitudes', () => {
  it('are residuals of roots: gradient of the graph’s own loss, curvature of the explicit sums', async () => {
    const problem = await problemOf(setAll(hologram, registry, { 'loss.kind': 'amplitude' }));
    const { merit, descent, curvature } = await problem.normalEquations(POINT);
    const { value, gradient } = await problem.lossGradient(POINT);
    // Float64 sums in another order.
    expect((merit * problem.lossPerMerit) / value).toBeCloseTo(1, 10);
    expect(
      relative(
        descent,
        [...gradient].map((g) => -g / problem.lossPerMerit),
      ),
    ).toBeLessThan(1e-9);
    const [model, columns] = [await problem.model(POINT), await jacobianOf(problem, POINT)];
    const roots = columns.map((column) =>
      Float64Array.from(column, (c, k) => c / (2 * Math.sqrt(model[k] ?? 0))),
    );
    const products = roots.flatMap((a) => roots.map((b) => sum(a, (x, k) => x * (b[k] ?? 0))));
    expect(relative(curvature, products)).toBeLessThan(DIFFERENCES);
    const { residual, weightedSquares } = await problem.statistics(POINT);
    expect(weightedSquares / sum(residual, (r) => r * r)).toBeCloseTo(1, 10);
    expect(residual[9]).toBeCloseTo(Math.sqrt(problem.data[9] ?? 0) - Math.sqrt(model[9] ?? 0), 9);
  });
});

describe('photon likelihood', () => {
  it('has the merit, gradient and Fisher curvature of electrons lifted by the read noise', async () => {
    const problem = await problemOf(stack);
    const point = Float64Array.from(problem.parameters, (_, i) => 0.2 * Math.sin(i));
    const { merit, descent, curvature } = await problem.normalEquations(point);
    const electrons = (counts: ArrayLike<number>) =>
      Float64Array.from(counts, (c) => (c - 100) / 2 + 1.5 ** 2);
    const [model, data] = [electrons(await problem.model(point)), electrons(problem.data)];
    const columns = (await jacobianOf(problem, point)).map((column) => column.map((x) => x / 2));
    expect(problem.kind).toBe('poisson');
    const deviance = sum(model, (m, k) => {
      const d = data[k] ?? 0;
      return m - d + (d > 0 ? d * Math.log(d / m) : 0);
    });
    // Cancelling terms of the size of the counts: 1e-16 of their sum.
    expect(merit / deviance).toBeCloseTo(1, 9);
    const gradients = columns.map((column) =>
      sum(column, (j, k) => j * ((data[k] ?? 0) / (model[k] ?? 1) - 1)),
    );
    expect(relative(descent, gradients)).toBeLessThan(DIFFERENCES);
    const fisher = columns.flatMap((a) =>
      columns.map((b) => sum(a, (x, k) => (x * (b[k] ?? 0)) / (model[k] ?? 1))),
    );
    expect(relative(curvature, fisher)).toBeLessThan(DIFFERENCES);
  });

  it('lets a parameter of one plane touch that plane only', async () => {
    const problem = await problemOf(stack);
    const { curvature } = await problem.normalEquations(new Float64Array(problem.parameters.length));
    const at = (a: string, b: string) => {
      const [i, j] = [a, b].map((path) => problem.parameters.findIndex((p) => p.path === path));
      return curvature[(i ?? -1) * problem.parameters.length + (j ?? -1)];
    };
    expect(at('bead.photons.0', 'bead.photons.1')).toBe(0);
    expect(at('bead.photons.2', 'camera.background.1')).toBe(0);
    expect(at('bead.photons.1', 'bead.photons.1')).toBeGreaterThan(0);
    expect(at('bead.photons.1', 'camera.background.1')).toBeGreaterThan(0);
    const start = await problem.model(new Float64Array(problem.parameters.length));
    const moved = await problem.model(
      Float64Array.from(problem.parameters, (p) => (p.path === 'bead.photons.1' ? 1 : 0)),
    );
    const planes = [0, 1, 2].map((plane) =>
      sum(moved, (m, k) => (Math.floor(k / 480) === plane ? Math.abs(m - (start[k] ?? 0)) : 0)),
    );
    expect(planes[0]).toBe(0);
    // 500 photons more, gain 2, of which the small window sees most.
    expect(planes[1]).toBeGreaterThan(500);
    expect(planes[2]).toBe(0);
  });
});

describe('the gradient of the loss by one backward pass', () => {
  it.each([
    ['least squares', hologram],
    ['relative to the mean', ratio],
    ['photon likelihood', stack],
  ])('agrees with central differences: %s', async (_, design) => {
    const problem = await problemOf(design);
    const point = Float64Array.from(problem.parameters, (_, i) => 0.2 * Math.cos(i));
    const { gradient } = await problem.lossGradient(point);
    const h = 1e-3;
    const expected: number[] = [];
    for (let i = 0; i < point.length; i++) {
      const at = async (side: number) =>
        (await problem.lossGradient(point.map((x, k) => (k === i ? x + side * h : x)))).value;
      expected.push(((await at(1)) - (await at(-1))) / (2 * h));
    }
    expect(relative(gradient, expected)).toBeLessThan(DIFFERENCES);
  });

  it('is the mean over pixels of what the normal equations sum', async () => {
    for (const [design, factor] of [
      [hologram, 2],
      [ratio, 2],
      [stack, 1],
      [setAll(hologram, registry, { 'loss.kind': 'cauchy' }), 2],
      [setAll(ratio, registry, { 'loss.kind': 'absolute', 'loss.noise': 0.03 }), 2],
    ] as const) {
      const problem = await problemOf(design);
      const point = Float64Array.from(problem.parameters, (_, i) => 0.2 * Math.cos(i));
      const { value, gradient } = await problem.lossGradient(point);
      const { merit, descent } = await problem.normalEquations(point);
      const pixels = problem.data.length;
      // Float64 sums in different orders.
      expect((value * pixels) / (factor * merit)).toBeCloseTo(1, 8);
      expect(problem.lossPerMerit).toBe(factor / pixels);
      expect(
        relative(
          gradient.map((g) => (-g * pixels) / factor),
          [...descent],
        ),
      ).toBeLessThan(1e-8);
    }
  });
});

describe('masked pixels', () => {
  /** Every seventh pixel clipped to a huge value, and marked or not. */
  const clipped = (value: number) => (image: HostImage) => ({
    ...image,
    key: `${image.key}-${value}`,
    data: Float64Array.from(image.data, (d, k) => (k % 7 === 0 ? value : d)),
    mask: Float32Array.from(image.data, (_, k) => (k % 7 === 0 ? 0 : 1)),
  });

  it.each([
    ['least squares', hologram],
    ['relative to the mean', ratio],
    ['photon likelihood', stack],
  ])('do not count: %s', async (_, design) => {
    const [plain, one, other] = [
      await problemOf(design),
      await problemOf(design, clipped(1e6)),
      await problemOf(design, clipped(-7)),
    ];
    const point = Float64Array.from(plain.parameters, (_, i) => 0.2 * Math.cos(i));
    const [a, b] = [await one.normalEquations(point), await other.normalEquations(point)];
    expect([...a.descent]).toEqual([...b.descent]);
    expect(a.merit).toBe(b.merit);
    expect(a.merit).toBeLessThan(await plain.merit(point));
    expect([...a.curvature]).toEqual([...b.curvature]);
    const whole = await plain.normalEquations(point);
    // A seventh of the pixels carries about a seventh of the information.
    const share = (a.curvature[0] ?? 0) / (whole.curvature[0] ?? 1);
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(0.97);
    const pixels = plain.data.length;
    expect((await one.statistics(point)).pixels).toBe(pixels - Math.ceil(pixels / 7));
    expect(one.spread).toBe(other.spread);
    const [left, right] = [await one.lossGradient(point), await other.lossGradient(point)];
    expect(left.value).toBe(right.value);
    expect([...left.gradient]).toEqual([...right.gradient]);
  });
});

describe('every k-th pixel', () => {
  it.each([
    [9, 8, 3],
    [8, 9, 2],
    [48, 47, 5],
    [7, 7, 3],
  ])('keeps the origin of %i × %i pixels, factor %i', (ny, nx, factor) => {
    const origin = Math.floor(ny / 2) * nx + Math.floor(nx / 2);
    const values = Float64Array.from({ length: 2 * ny * nx }, (_, i) => (i % (ny * nx)) - origin);
    const { data, shape } = decimate(values, [2, ny, nx], factor);
    const [planes = 0, my = 0, mx = 0] = shape;
    expect([planes, my % 2, mx % 2]).toEqual([2, 1, 1]);
    expect(my).toBe(thinnedLength(ny, factor));
    expect(data).toHaveLength(planes * my * mx);
    const middle = Math.floor(my / 2) * mx + Math.floor(mx / 2);
    for (const plane of [0, 1]) {
      expect(data[plane * my * mx + middle]).toBe(0);
      expect(data[plane * my * mx + middle + 1]).toBe(factor);
      expect(data[plane * my * mx + middle - mx]).toBe(-factor * nx);
    }
    // As many as fit: one more on either side would leave the image.
    const reach = (mx - 1) / 2 + 1;
    expect(Math.floor(nx / 2) - reach * factor < 0 || Math.floor(nx / 2) + reach * factor > nx - 1).toBe(
      true,
    );
  });

  it.each([
    ['points', hologram, {}],
    ['points of a scale that is learned', hologram, { 'camera.pixelPitch': 0.11e-6 }],
    ['areas', hologram, { 'camera.pixelResponse': 'average' }],
    ['photons at points', stack, { 'camera.blur': 0 }],
    [
      'photons in areas',
      stack,
      { 'camera.blur': 0, 'camera.pixelResponse': 'average', 'camera.fillFactor': 0.6 },
    ],
  ])('are what they are among all: %s', async (_, design, values) => {
    const problem = await problemOf(setAll(design, registry, values));
    const small = problem.decimated(3);
    const point = new Float64Array(problem.parameters.length).fill(0.3);
    const expected = decimate(await problem.model(point), problem.shape, 3);
    // Both are exact transforms of the same pupil: float64 rounding of 64² terms.
    expect(relative(await small.model(point), [...expected.data])).toBeLessThan(1e-11);
    expect([...small.data]).toEqual([...decimate(problem.data, problem.shape, 3).data]);
    expect(small.shape).toEqual(expected.shape);
  });

  it('are relative to the mean of those that are left, on both sides', async () => {
    const few = (await problemOf(ratio)).decimated(3);
    for (const values of [few.data, await few.model(POINT)])
      expect(sum(values, (value) => value) / values.length).toBeCloseTo(1, 12);
  });
});

describe('what cannot be fitted', () => {
  it('is refused in a sentence', async () => {
    const without = { ...hologram, edges: hologram.edges.filter((edge) => edge.to.port !== 'target') };
    await expect(problemOf(without)).rejects.toThrow(/nothing to fit to: add a “Compare” element/);
    const sized = setAll(hologram, registry, { 'camera.rows': 40 });
    const problem = problemOf({ ...sized, images: hologram.images }, (image) => ({
      ...image,
      shape: [24, 96],
      key: 'other',
    }));
    await expect(problem).rejects.toThrow(/The camera gives 40 × 48 pixels, the target has 24 × 96\./);
  });
});
