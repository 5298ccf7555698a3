import { describe, expect, test } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { tetrapod } from '../../graph/examples/psfEngineering.ts';
import { PointProblem, pointDesign } from '../../graph/pointDesign.ts';
import { Localiser } from '../../optics/localisation/localise.ts';
import { FrameLocaliser } from '../../optics/localisation/localiseFrame.ts';
import { type EmitterKernel, splineKernel } from '../../optics/localisation/localiseKernel.ts';
import { psfSpline } from '../../optics/localisation/psfSpline.ts';
import { reachOf } from '../../optics/localisation/splineWindow.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { openBackend } from '../backends.ts';
import { PointImages } from './pointImages.ts';
import { wasmEmitterKernel } from './wasmKernel.ts';

const SIDE = 17;
const PIXELS = SIDE + 10;
const RADIAN = 670e-9 / (2 * Math.PI);
const Z_STEP = 0.1e-6;
const Z_START = -1e-6;
const [PHOTONS, BACKGROUND] = [3500, 10];

/** @param terms Noll index to radians RMS */
function aberrated(terms: Readonly<Record<number, number>>): Design {
  const zernike = Object.entries(terms).map(([j, radians]) => [`pupil.zernike.${j}`, radians * RADIAN]);
  return setAll({ ...tetrapod.design, grid: { samples: 64, pitch: 1e-6 } }, registry, {
    'mask.strength': 0,
    ...Object.fromEntries(zernike),
  });
}

const designs = { astigmatic: aberrated({ 6: 1 }), tetrapod: aberrated({ 6: 1.068, 12: -1.21 }) };

describe.each(Object.entries(designs))('emitters of the %s image of a point', (_name, design) => {
  test('scatter as their bounds say over ±600 nm, and the spline takes less than a twentieth of a bound', async () => {
    const backend = await openBackend('wasm');
    const points = new PointImages(new Ops(backend.kernels), design, PIXELS, () => null);
    const spline = psfSpline(await points.samples(2, Z_START, Z_STEP, 21));
    const localiser = new Localiser(await wasmEmitterKernel(spline, SIDE));
    const random = new SeededRandom(7);
    const [places, shots] = [20, 10];
    const squares = [0, 0, 0];
    const worst = [0, 0, 0];
    const margin = Math.floor(PIXELS / 2) - Math.floor(SIDE / 2);
    for (let place = 0; place < places; place++) {
      const [x, y, z] = [random.uniform() - 0.5, random.uniform() - 0.5, 1.2e-6 * (random.uniform() - 0.5)];
      // By the pupil itself, so that what the spline gets wrong counts.
      const image = await points.at(x * points.pitch, y * points.pitch, z);
      const mean = Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
        const at = (Math.floor(i / SIDE) + margin) * PIXELS + (i % SIDE) + margin;
        return PHOTONS * (image[at] ?? 0) + BACKGROUND;
      });
      const middle = Math.floor(SIDE / 2);
      const truth = [x + middle, y + middle, (z - Z_START) / Z_STEP];
      for (let shot = 0; shot <= shots; shot++) {
        const seen = shot === 0 ? mean : mean.map((value) => random.poisson(value));
        const { values, errors, status } = localiser.fit(seen);
        expect(status).toBe('good');
        truth.forEach((value, a) => {
          const off = ((values[a] ?? 0) - value) / (errors[a] ?? 1);
          if (shot === 0) worst[a] = Math.max(worst[a] ?? 0, Math.abs(off));
          else squares[a] = (squares[a] ?? 0) + off ** 2 / (places * shots);
        });
      }
    }
    // Of an error that is 0.01 of a bound, where the fit stops.
    for (const off of worst) expect(off).toBeLessThan(0.05);
    // The ratio of 200 errors to their bound scatters by 1/sqrt(2·200) = 5 %: 3.5 times that.
    for (const square of squares) expect(Math.abs(Math.sqrt(square) - 1)).toBeLessThan(0.175);
    points.release();
    backend.dispose();
  });
});

describe.each([
  ['several pixels at once', true],
  ['one pixel at a time', false],
])('sums in WebAssembly, %s', (_how, simd) => {
  test.each([
    [1, 13],
    [2, 14],
    [3, 15],
  ])('are those of the reference, with %i samples per pixel and windows of %i pixels', async (fine, side) => {
    const pixels = side + 10;
    const random = new SeededRandom(fine);
    const data = Float64Array.from({ length: 9 * (fine * pixels) ** 2 }, () => 0.001 * random.uniform());
    const spline = psfSpline({ data, pixels, fine, planes: 9, zStart: -0.4e-6, zStep: 0.1e-6 });
    const kernels = [splineKernel(spline, side), await wasmEmitterKernel(spline, side, simd)] as const;
    const electrons = Float64Array.from({ length: side * side }, () => random.poisson(3));
    const variance = electrons.map(() => random.uniform());
    const known = electrons.map(() => random.uniform());
    const vectors = Float32Array.from({ length: 5 * 8 }, () => random.normal());
    const one = Float32Array.from({ length: 8 }, () => random.normal());
    const found = kernels.map((kernel) => {
      kernel.load(electrons, variance, known);
      const products = [...kernel.productsWith(vectors, 8)(one)];
      const { low, high } = reachOf(spline, side);
      const sums = [0, 0.3, 1].flatMap((share) => {
        const x = low + share * (high - low);
        const deviance = kernel.evaluate(Float64Array.of(x, low + high - x, 1 + 4.9 * share, 2000, 2));
        return [deviance, ...kernel.gradient, ...kernel.curvature];
      });
      return [...products, ...sums, ...shapeNumbers(kernel)];
    });
    const [expected = [], given = []] = found;
    // Rounding of float32 in sums of up to 225 terms; gradients are sums of both signs.
    given.forEach((value, i) => {
      expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThan(2e-5 * Math.abs(expected[i] ?? 0) + 2e-3);
    });
  });
});

/** Where the image of one photon is, its sum, and some of its values and slopes; one after another in all slots. */
function shapeNumbers(kernel: EmitterKernel): number[] {
  const shapes = [0, 1].map((slot) => kernel.shape([-3.3 + 7 * slot, 40.6, 2.7 + slot], slot));
  return shapes.flatMap(({ x0, y0, side, width, layers }) => [
    ...[x0, y0, side],
    ...[0, 1, 2, 3].flatMap((layer) =>
      Array.from({ length: side * side }, (_, i) => {
        return layers[(layer * side + Math.floor(i / side)) * width + (i % side)] ?? 0;
      }),
    ),
  ]);
}

describe('a design that shows no single point', () => {
  const design = designs.astigmatic;

  test('is told what it lacks', () => {
    const without = { ...design, nodes: design.nodes.filter(({ type }) => type !== 'bead') };
    expect(() => pointDesign(without, registry, PIXELS)).toThrow(PointProblem);
    const blind = { ...design, edges: design.edges.filter(({ to }) => to.node !== 'camera') };
    expect(() => pointDesign(blind, registry, PIXELS)).toThrow(/seen by no camera/);
  });
});

describe('two tetrapods seven pixels apart', () => {
  /** Pixels from the middle of the frame, and metres, of both: one's window holds half of the other's lobes. */
  const pairs = [
    [3.1, -0.9, 351e-9, -3.7, 1.7, -472e-9],
    [-0.8, 3.9, -398e-9, 1.3, -3.2, 482e-9],
    [3.3, 1.9, -496e-9, -3.3, -1.4, -552e-9],
    [3.1, -1.1, -452e-9, -3.9, 1.2, -429e-9],
    [-2.8, 1.9, 176e-9, 3.8, -1.2, 192e-9],
    [1.8, 2.8, -288e-9, -1.3, -3.8, 472e-9],
  ] as const;
  const [across, middle] = [41, 20];

  test('are both found where they are: half an image is not taken for other emitters', async () => {
    const backend = await openBackend('wasm');
    const open = (pixels: number) =>
      new PointImages(new Ops(backend.kernels), designs.tetrapod, pixels, () => null);
    const [window, frame] = [open(SIDE + 16), open(across)];
    const spline = psfSpline(await window.samples(2, Z_START, Z_STEP, 21));
    const localiser = new FrameLocaliser(await wasmEmitterKernel(spline, SIDE));
    const random = new SeededRandom(31);
    for (const [ax, ay, az, bx, by, bz] of pairs) {
      const [a, b] = [
        await frame.at(ax * frame.pitch, ay * frame.pitch, az),
        await frame.at(bx * frame.pitch, by * frame.pitch, bz),
      ];
      const seen = Float64Array.from(a, (share, i) =>
        random.poisson(PHOTONS * (share + (b[i] as number)) + BACKGROUND),
      );
      const options = { threshold: 6, readVariance: 0, depth: 700e-9 };
      const emitters = localiser.emitters(seen, across, across, options);
      expect(emitters.map(({ status }) => status)).toEqual(['good', 'good']);
      for (const [x, y, z] of [
        [ax, ay, az],
        [bx, by, bz],
      ] as const) {
        const far = emitters.map((each) =>
          [each.x - middle - x, each.y - middle - y, each.z - z].map((off, k) =>
            Math.abs(off / (each.errors[k] as number)),
          ),
        );
        // Five standard errors: of 36 one is beyond them in 2e-5.
        expect(Math.min(...far.map((offs) => Math.max(...offs)))).toBeLessThan(5);
      }
    }
    window.release();
    frame.release();
    backend.dispose();
  });
});
