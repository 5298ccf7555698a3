/** Free space in single precision: what float64 keeps to rounding, WASM keeps to the rounding of float32. */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../optics/maths/random.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { type Complex, Ops } from '../optics/ops/ops.ts';
import { constantScalar } from '../optics/ops/scalar.ts';
import { propagate } from '../optics/propagation/angularSpectrum.ts';
import { distance, intensity, total } from '../optics/testSupport.ts';
import { createWasmKernels } from './wasm/wasmKernels.ts';

const N = 64;
const pitch = constantScalar(2e-6);
const medium = { wavelength: constantScalar(532e-9), refractiveIndex: constantScalar(1.33) };

/** Light of random low frequencies and what becomes of it, the mean irradiance 1. */
async function moved(ops: Ops, ...distances: readonly number[]): Promise<Float64Array> {
  const random = new SeededRandom(3);
  const spectrum = new Float64Array(2 * N * N);
  for (let i = 0; i < N * N; i++) {
    const isLow = Math.hypot(Math.floor(i / N) - N / 2, (i % N) - N / 2) < N / 8;
    if (isLow) spectrum.set([random.normal(), random.normal()], 2 * i);
  }
  const scope = ops.open();
  const norm = Math.sqrt((N * N) / total(intensity(spectrum)));
  let field: Complex = ops.fourier2(
    ops.upload(
      spectrum.map((value) => value * norm),
      [N, N],
      'complex',
    ),
    'inverse',
  );
  for (const z of distances) field = propagate(ops, field, pitch, medium, constantScalar(z), N);
  const [read = []] = await ops.read([field]);
  ops.close(scope);
  return Float64Array.from(read);
}

describe.each([
  ['float64', () => Promise.resolve(createFloat64Kernels()), 1e-12, 1e-12],
  ['WASM', () => createWasmKernels(), 1e-6, 1e-5],
] as const)('free space on %s', (_, kernels, energy, amplitude) => {
  it('keeps its energy, through a transform and back and over a distance', async () => {
    const ops = new Ops(await kernels());
    for (const light of [await moved(ops), await moved(ops, 60e-6)]) {
      expect(Math.abs(total(intensity(light)) / (N * N) - 1)).toBeLessThan(energy);
    }
  });

  it('goes back the way it came, and two ways add up to one', async () => {
    const ops = new Ops(await kernels());
    expect(distance(await moved(ops, 40e-6, -40e-6), await moved(ops))).toBeLessThan(amplitude);
    expect(distance(await moved(ops, 18e-6, 32e-6), await moved(ops, 50e-6))).toBeLessThan(amplitude);
  });
});
