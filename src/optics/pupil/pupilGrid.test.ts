import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../ops/kernels.f64.ts';
import { Ops } from '../ops/ops.ts';
import { constantScalar } from '../ops/scalar.ts';
import {
  axialWavenumber,
  positionPhasor,
  pupilCoordinates,
  pupilCoverage,
  pupilGrid,
  zernikeBasis,
} from './pupilGrid.ts';
import { fourierKernel } from './zoomTransform.ts';

async function sampled(make: (ops: Ops) => Parameters<Ops['read']>[0][number]): Promise<Float64Array> {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const [read] = await ops.read([make(ops)]);
  ops.close(scope);
  return Float64Array.from(read ?? []);
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe.each([32, 33, 128, 129])('pupil grid of %d samples', (samples) => {
  const grid = pupilGrid(samples);

  it('has its centre at sample floor(N/2) and room for the whole disc', async () => {
    const rho = pupilCoordinates(grid);
    expect(rho[Math.floor(samples / 2)]).toBe(0);
    const coverage = await sampled((ops) => pupilCoverage(ops, grid));
    // Exact areas: the disc is wholly inside.
    expect(sum(coverage) / grid.radius ** 2).toBeCloseTo(Math.PI, 12);
    const [across, down] = [0, 0].map((_, axis) =>
      coverage.reduce(
        (total, value, i) => total + value * (rho[axis === 0 ? i % samples : Math.floor(i / samples)] ?? 0),
        0,
      ),
    );
    expect(across).toBeCloseTo(0, 10);
    expect(down).toBeCloseTo(0, 10);
  });

  it('samples Zernike terms of unit RMS, x along columns and y along rows', async () => {
    const basis = await sampled((ops) => zernikeBasis(ops, grid, [2, 3, 4, 11]));
    const coverage = await sampled((ops) => pupilCoverage(ops, grid));
    const rho = pupilCoordinates(grid);
    const size = samples * samples;
    for (let term = 0; term < 4; term++) {
      const square = coverage.reduce(
        (total, weight, i) => total + weight * (basis[term * size + i] ?? 0) ** 2,
        0,
      );
      // Edge cells take the term at their middle: 12 / radius² for Noll 11, where it is steepest.
      expect(Math.abs(square / sum(coverage) - 1)).toBeLessThan(13 / grid.radius ** 2);
    }
    const right = Math.floor(samples / 2) * samples + Math.floor(samples / 2) + 5;
    const down = (Math.floor(samples / 2) + 5) * samples + Math.floor(samples / 2);
    const step = rho[Math.floor(samples / 2) + 5] ?? 0;
    expect(basis[right]).toBeCloseTo(2 * step, 12);
    expect(basis[down]).toBeCloseTo(0, 12);
    expect(basis[size + down]).toBeCloseTo(2 * step, 12);
    expect(basis[size + right]).toBeCloseTo(0, 12);
  });
});

describe('Zernike terms on the pixels of a disc', () => {
  /** Mean and mean square over the pixels whose middle lies in the disc. */
  async function statistics(samples: number, terms: readonly number[]) {
    const grid = pupilGrid(samples);
    const rho = pupilCoordinates(grid);
    const basis = await sampled((ops) => zernikeBasis(ops, grid, [...terms]));
    const size = samples * samples;
    const inside = Array.from({ length: size }, (_, i) => i).filter(
      (i) => Math.hypot(rho[i % samples] ?? 0, rho[Math.floor(i / samples)] ?? 0) <= 1,
    );
    return terms.map((_, term) => {
      let [mean, square] = [0, 0];
      for (const i of inside) {
        const value = basis[term * size + i] ?? 0;
        mean += value / inside.length;
        square += (value * value) / inside.length;
      }
      return { mean, square };
    });
  }

  it('have an RMS of 1 within 1e-3 on 500 samples, up to Noll 10', async () => {
    const found = await statistics(500, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // Their number is that of a disc to some 1e-4.
    for (const { square } of found) expect(Math.abs(Math.sqrt(square) - 1)).toBeLessThan(1e-3);
    const [piston] = found;
    expect(Math.abs((piston?.square ?? 1) - (piston?.mean ?? 0) ** 2)).toBeLessThan(1e-12);
  });
});

describe('axialWavenumber', () => {
  it('is k (cos θ - 1), without cancellation near the axis', async () => {
    const grid = pupilGrid(64);
    const [lambda, index, aperture] = [600e-9, 1.518, 1.4];
    const map = await sampled((ops) =>
      axialWavenumber(ops, grid, constantScalar(lambda), constantScalar(index), constantScalar(aperture)),
    );
    const k = (2 * Math.PI * index) / lambda;
    const edge = 32 * 64 + 32 + 31;
    expect((map[edge] ?? 0) / k).toBeCloseTo(Math.sqrt(1 - (aperture / index) ** 2) - 1, 12);
    const near = 32 * 64 + 33;
    const sine = aperture / index / 31;
    // k(cos θ - 1) = -k (s²/2 + s⁴/8 + s⁶/16 + …).
    expect((map[near] ?? 0) / (-k * (sine ** 2 / 2 + sine ** 4 / 8 + sine ** 6 / 16))).toBeCloseTo(1, 9);
    // Corners lie outside the light cone and stay finite.
    expect(map[0]).toBeCloseTo(-k, 3);
  });

  it('agrees with the published expansion of 1 µm of defocus in Noll terms (NA 1.2 in 1.33, 0.5 µm)', async () => {
    const grid = pupilGrid(256);
    const map = await sampled((ops) =>
      axialWavenumber(ops, grid, constantScalar(500e-9), constantScalar(1.33), constantScalar(1.2)),
    );
    const coverage = await sampled((ops) => pupilCoverage(ops, grid));
    const basis = await sampled((ops) => zernikeBasis(ops, grid, [4, 11, 22]));
    const terms = [0, 1, 2].map(
      (term) =>
        coverage.reduce(
          (total, weight, i) => total + weight * (basis[term * 65536 + i] ?? 0) * (map[i] ?? 0),
          0,
        ) /
        sum(coverage) /
        1e6,
    );
    // Inner products on 127 cells per radius, edge cells taken at their middle: 4e-3 radians for defocus.
    [-2.657594, -0.262543, -0.051773].forEach((expected, i) => {
      expect(Math.abs((terms[i] ?? 0) - expected)).toBeLessThan(5e-3);
    });
  });
});

describe('positionPhasor', () => {
  it('undoes the kernel of the image: a point at (x, y) adds up in phase at pixel (x, y)', async () => {
    const grid = pupilGrid(32);
    const light = { wavelength: constantScalar(500e-9), refractiveIndex: constantScalar(1) };
    const aperture = constantScalar(0.6);
    const at = { x: constantScalar(0.7e-6), y: constantScalar(-0.4e-6), z: constantScalar(0) };
    const phasor = await sampled((ops) => positionPhasor(ops, grid, light, aperture, at));
    const zoom = {
      step: constantScalar((0.6 / 500e-9) * 0.1e-6),
      spacing: 1 / grid.radius,
      sign: -1,
    } as const;
    const kernel = await sampled((ops) => fourierKernel(ops, zoom, 32, 32));
    // Rows of the kernel: pixel j is (j - 16) 0.1 µm from the axis.
    let [re, im] = [0, 0];
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) {
        const [ar, ai] = [kernel[2 * (12 * 32 + y)] ?? 0, kernel[2 * (12 * 32 + y) + 1] ?? 0];
        const [br, bi] = [kernel[2 * (23 * 32 + x)] ?? 0, kernel[2 * (23 * 32 + x) + 1] ?? 0];
        const [cr, ci] = [phasor[2 * (y * 32 + x)] ?? 0, phasor[2 * (y * 32 + x) + 1] ?? 0];
        const [kr, ki] = [ar * br - ai * bi, ar * bi + ai * br];
        re += kr * cr - ki * ci;
        im += kr * ci + ki * cr;
      }
    }
    expect(re).toBeCloseTo(1024, 8);
    expect(im).toBeCloseTo(0, 8);
  });
});
