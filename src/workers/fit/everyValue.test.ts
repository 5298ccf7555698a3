/** Every value that a sphere's hologram depends on can be learned: derivative and recovery, one by one. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { smallHologram } from '../testDesigns.ts';
import { levenbergMarquardt } from './levenbergMarquardt.ts';
import { normalProducts } from './normalProducts.ts';
import { PortionedRuns } from './portionedRuns.ts';

/** An absorbing sphere with a coat, off axis and out of focus, through an aberrated pupil, seen with blur and offset. */
const VALUES = {
  'source.polarizationAngle': 0.4,
  'sphere.z': 2e-6,
  'sphere.shells': '1',
  'sphere.extinctionCoefficient': 0.03,
  'sphere.shell1Thickness': 0.1e-6,
  'sphere.shell1Index': 1.45,
  'sphere.shell1Extinction': 0.02,
  'interference.scatteredAmplitude': 0.8,
  'pupil.zernike.4': 15e-9,
  'camera.magnification': 1.25,
  'camera.pixelPitch': 0.3e-6,
  'camera.blur': 0.5,
  'camera.background': 0.1,
  'camera.gain': 1.2,
  'camera.offset': 0.2,
  'camera.rows': 11,
  'camera.columns': 12,
};

/** What the vision lists, with how far off a fit of it alone starts; terms that are zero in the model among them. */
const OFF: readonly (readonly [path: string, off: number])[] = [
  ['sphere.x', 0.15e-6],
  ['sphere.y', -0.15e-6],
  ['sphere.z', 0.4e-6],
  ['sphere.radius', 0.05e-6],
  ['sphere.refractiveIndex', -0.04],
  ['sphere.extinctionCoefficient', 0.03],
  ['sphere.shell1Thickness', -0.04e-6],
  ['sphere.shell1Index', 0.04],
  ['sphere.shell1Extinction', 0.02],
  ['source.wavelength', 8e-9],
  ['source.refractiveIndex', 0.01],
  ['source.polarizationAngle', 0.3],
  ['interference.scatteredAmplitude', 0.3],
  ['pupil.numericalAperture', -0.05],
  // Noll 2 to 11: tilts, defocus, astigmatism, coma, trefoil, spherical aberration; all but Z4 are zero.
  ...Array.from({ length: 10 }, (_, i) => [`pupil.zernike.${i + 2}`, 20e-9] as const),
  ['camera.pixelPitch', 4e-9],
  ['camera.magnification', -0.04],
  ['camera.blur', 0.3],
  ['camera.background', 0.1],
  ['camera.gain', -0.2],
  ['camera.offset', 0.1],
];

const ops = new Ops(createFloat64Kernels());
const runner = new GraphRunner(ops, () => null);
const PIXELS = 11 * 12;
/** Quintics between the radii of a profile: slopes to some 1e-6 of the largest (`sphereImage.test.ts`). */
const INTERPOLATED = 5e-6;

function designWith(learn: readonly string[]): Design {
  const small = setAll(smallHologram({ learn }), registry, VALUES);
  return { ...small, grid: { ...small.grid, samples: 24 } };
}

/** One value that is learned, in the camera's image; all float64. */
function imagesOf(path: string) {
  const design = designWith([path]);
  const [learnable] = expandLearnables(design, registry, 1);
  if (learnable === undefined) throw new Error(`${path} is learnable.`);
  const runs = new PortionedRuns(runner, compile(design, registry), { node: 'camera', port: 'out' }, 'loss');
  const run = async (value: number, mode: 'value' | 'forward') => {
    const overrides = { ...NO_OVERRIDES, values: new Map([[path, value]]), slots: new Map([[path, 0]]) };
    return runs.image(overrides, mode, PIXELS);
  };
  return {
    truth: learnable.value,
    ...{ step: learnable.step, min: learnable.min, max: learnable.max },
    image: async (value: number) => Float64Array.from((await run(value, 'value')).model),
    /** Derivative by one step. */
    slope: async (value: number) => {
      const column = (await run(value, 'forward')).tangent(0);
      return Float64Array.from(column ?? [], (c) => c * learnable.step);
    },
  };
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0);

describe.each(OFF)('%s', (path, off) => {
  const { truth, step, min, max, image, slope } = imagesOf(path);

  it('has its exact derivative in the image', async () => {
    // Differences over h and 2h, joined (Richardson): error h⁴ times the fifth derivative, rounding 1e-16 / h.
    const h = 0.02;
    const at = (k: number) => image(truth + k * h * step);
    const [up, down, up2, down2] = [await at(1), await at(-1), await at(2), await at(-2)];
    const difference = up.map(
      (u, i) => (8 * (u - (down[i] ?? 0)) - ((up2[i] ?? 0) - (down2[i] ?? 0))) / (12 * h),
    );
    const scale = largest(difference);
    const column = await slope(truth);
    // A natural step is one that is seen.
    expect(scale).toBeGreaterThan(1e-4);
    expect(largest(column.map((c, i) => c - (difference[i] ?? 0))) / scale).toBeLessThan(INTERPOLATED);
  });

  it('is found from a start that is off', async () => {
    const data = await image(truth);
    const start = truth + off;
    const valueAt = ([x = 0]: Float64Array) => start + x * step;
    const residualAt = async (point: Float64Array) => {
      const model = await image(valueAt(point));
      return data.map((d, i) => d - (model[i] ?? 0));
    };
    const meritOf = (residual: Float64Array) => residual.reduce((sum, r) => sum + 0.5 * r * r, 0);
    const problem = {
      lower: Float64Array.of((min - start) / step),
      upper: Float64Array.of((max - start) / step),
      merit: async (point: Float64Array) => meritOf(await residualAt(point)),
      normalEquations: async (point: Float64Array) => {
        const gradientFactor = await residualAt(point);
        const columns = [{ data: await slope(valueAt(point)), first: 0, last: data.length - 1 }];
        const weights = new Float64Array(data.length).fill(1);
        return { merit: meritOf(gradientFactor), ...normalProducts(columns, { gradientFactor, weights }) };
      },
    };
    let found = start;
    const steps = levenbergMarquardt(problem, new Float64Array(1), { maxIterations: 30, tolerance: 1e-3 });
    for await (const { point } of steps) found = valueAt(point);
    // Without noise the steps of Gauss and Newton shrink to rounding; 1e-6 leaves room for one fewer of them.
    expect(Math.abs(found - truth)).toBeLessThan(1e-6 * Math.abs(off));
  });
});
