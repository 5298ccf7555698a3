/** Bright spots that are equally bright: the brightest point is in one of them, not between them. */
import { describe, expect, it } from 'vitest';
import { peakShare } from '../optics/goals/sharpPeak.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops } from '../optics/ops/ops.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const SIGMA = 1.8;
const HALF = 6;
/** Of one of two spots: half of the light, in a Gaussian. */
const PEAK = 1 / (4 * Math.PI * SIGMA ** 2);

function twoSpots(side: number, [dx, dy]: readonly [number, number]): Float64Array {
  const middle = Math.floor(side / 2);
  const spot = (x: number, y: number) => Math.exp(-(x * x + y * y) / (2 * SIGMA ** 2));
  const light = Float64Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - middle, Math.floor(i / side) - middle];
    return spot(x - dx, y - dy) + spot(x + dx, y + dy);
  });
  const sum = light.reduce((a, b) => a + b, 0);
  return light.map((each) => each / sum);
}

const BACKENDS = [
  ['float64', async () => createFloat64Kernels()],
  ['float32', createWasmKernels],
] as const;

describe.each(BACKENDS)('the peak of two equal spots, %s', (_, kernels) => {
  it.each([
    ['in a row', [HALF, 0]],
    ['in a column', [0, HALF]],
    ['along a diagonal', [HALF, HALF]],
    ['along the other diagonal', [HALF, -HALF]],
    ['between the pixels', [HALF + 0.5, 0.5]],
  ] as const)('%s', async (_direction, apart) => {
    const ops = new Ops(await kernels());
    const scope = ops.open();
    for (const side of [64, 256]) {
      const share = ops.upload(twoSpots(side, apart), [1, side, side], 'real');
      const [found] = await ops.read([peakShare(ops, share)]);
      // Sums of 65536 weighted pixels in single precision: 1e-5; what a Gaussian has beyond the band: exp(-(πσ)²/2).
      expect(Math.abs((found?.[0] ?? Number.NaN) / PEAK - 1)).toBeLessThan(3e-5);
    }
    ops.close(scope);
  });
});
