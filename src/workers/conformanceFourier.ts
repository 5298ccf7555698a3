/** Holds Fourier transforms and filters of any backend against direct sums. */
import { type DeviceArray, filter2 } from '../optics/ops/kernels.ts';
import { type Bench, one, two } from './conformanceBench.ts';
import { conjugate, fourier, hostArray, pointwise, resized, times } from './conformanceLoops.ts';

export async function checkFourier<A extends DeviceArray>(
  bench: Bench<A>,
  next: () => number,
): Promise<void> {
  const { kernels: k } = bench;
  const shapes = [
    [16, 12],
    [2, 9, 10],
    [2, 2, 7, 5],
    [1, 1, 1],
    [3, 1, 6],
    [2, 3],
    [64, 32],
    [40, 21],
    [25, 49],
    [2, 11, 13],
    [22, 8],
    [37, 1],
  ];
  for (const shape of shapes) {
    const u = hostArray(shape, 'complex', next);
    const smooth = shape.slice(-2).every((n) => [2, 3, 5, 7].reduce(stripFactor, n) === 1);
    // A few roundings per pass of about log2(N) passes; a chirp-z convolution has three transforms of 2N to 4N.
    const limit = smooth ? 8 : 24;
    for (const direction of ['forward', 'inverse'] as const) {
      const name = `fourier2 ${direction} [${shape.join()}]`;
      await bench.compare(name, [u], (x) => k.fourier2(one(x), direction), fourier(u, direction), limit);
    }
  }
  const large = hostArray([96, 128], 'complex', next);
  const roundTrip = (x: A[]) => {
    const spectrum = k.fourier2(one(x), 'forward');
    const back = k.fourier2(spectrum, 'inverse');
    k.release(spectrum);
    return back;
  };
  await bench.compare('fourier2 forward then inverse [96,128]', [large], roundTrip, large, 12);
}

/** Transfer functions on larger windows, even and odd, prime and smooth, real and complex, one or many per field. */
export async function checkFilter<A extends DeviceArray>(bench: Bench<A>, next: () => number): Promise<void> {
  const { kernels: k } = bench;
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [16, 16],
      [16, 16],
    ],
    [
      [5, 7],
      [12, 16],
    ],
    [
      [2, 6, 24],
      [11, 24],
    ],
    [
      [6, 5],
      [2, 12, 16],
    ],
    [
      [2, 1, 4, 8],
      [2, 8, 16],
    ],
    [
      [7, 13],
      [14, 26],
    ],
    [
      [1, 8],
      [1, 8],
    ],
  ];
  for (const [shape, window] of cases) {
    const u = hostArray(shape, 'complex', next);
    const [ny = 1, nx = 1] = shape.slice(-2);
    const [my = 1, mx = 1] = window.slice(-2);
    const spectrum = fourier(resized(u, my, mx), 'forward');
    for (const dtype of ['real', 'complex'] as const) {
      const transfer = hostArray(window, dtype, next);
      for (const conjugated of [false, true]) {
        const product = pointwise(spectrum, transfer, 'complex', (x, h) =>
          times(x, conjugated ? conjugate(h) : h),
        );
        const expected = resized(fourier(product, 'inverse'), ny, nx);
        const name = `filter2 [${shape.join()}] by ${conjugated ? 'conjugate ' : ''}${dtype} [${window.join()}]`;
        // Two transforms and a product; prime windows go through chirp-z convolutions.
        const limit = window.slice(-2).some((n) => [2, 3, 5, 7].reduce(stripFactor, n) > 1) ? 48 : 16;
        const run = (x: A[]) => filter2(k, ...two(x), conjugated);
        await bench.compare(name, [u, transfer], run, expected, limit);
      }
    }
  }
}

function stripFactor(n: number, factor: number): number {
  let rest = n;
  while (rest % factor === 0) rest /= factor;
  return rest;
}
