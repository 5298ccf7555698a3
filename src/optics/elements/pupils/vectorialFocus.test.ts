import { describe, expect, it } from 'vitest';
import { besselJ } from '../../maths/bessel.ts';
import { gaussLegendre } from '../../maths/quadrature.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { brightest, distance, evaluate, stage, total } from '../../testSupport.ts';
import type { PortValue } from '../../values.ts';
import { camera } from '../detection/camera.ts';
import { planeWave } from '../sources/planeWave.ts';
import { pupil } from './pupil.ts';
import { stack } from './stack.ts';
import { vectorialFocus } from './vectorialFocus.ts';

const WAVELENGTH = 500e-9;

interface Lens {
  readonly aperture: number;
  readonly index: number;
}
const OIL: Lens = { aperture: 1.4, index: 1.518 };

function focus(
  { aperture, index }: Lens,
  pixels: Record<string, Setting>,
  { apodisation = 'aplanatic', polarizationAngle = 0, planes = {} as Record<string, Setting> } = {},
): Chain {
  return {
    source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: index, polarizationAngle }),
    pupil: stage(pupil, { numericalAperture: aperture }, 'source'),
    focus: stage(vectorialFocus, { apodisation }, 'pupil'),
    stack: stage(stack, { planes: 1, ...planes }, 'focus'),
    camera: stage(camera, pixels, 'stack'),
  };
}

/**
 * |E|² at (x, y, z) for light polarised along x, of an aplanatic lens: E ∝ (I0 + I2 cos 2φ, I2 sin 2φ, -2i I1 cos φ)
 * with the integrals over the angle of Richards and Wolf (1959), by 40 Gauss-Legendre nodes.
 */
function richardsWolf({ aperture, index }: Lens, x: number, y: number, z = 0): number {
  const largest = Math.asin(aperture / index);
  const k = (2 * Math.PI * index) / WAVELENGTH;
  const [r, phi] = [Math.hypot(x, y), Math.atan2(y, x)];
  const rule = gaussLegendre(40, 0, largest);
  const sums = [0, 0, 0, 0, 0, 0];
  rule.nodes.forEach((theta, i) => {
    const [c, s] = [Math.cos(theta), Math.sin(theta)];
    const weight = (rule.weights[i] ?? 0) * Math.sqrt(c) * s;
    const kernels = [
      (1 + c) * besselJ(0, k * r * s),
      s * besselJ(1, k * r * s),
      (1 - c) * besselJ(2, k * r * s),
    ];
    kernels.forEach((value, order) => {
      sums[2 * order] = (sums[2 * order] ?? 0) + weight * value * Math.cos(k * z * c);
      sums[2 * order + 1] = (sums[2 * order + 1] ?? 0) + weight * value * Math.sin(k * z * c);
    });
  });
  const [a = 0, b = 0, p = 0, q = 0, g = 0, h = 0] = sums;
  const c2 = Math.cos(2 * phi);
  const ex = (a + g * c2) ** 2 + (b + h * c2) ** 2;
  const ey = (g * g + h * h) * Math.sin(2 * phi) ** 2;
  return ex + ey + 4 * (p * p + q * q) * Math.cos(phi) ** 2;
}

/** Largest difference from `expected`, both relative to their values on the middle sample. */
function deviation(
  image: Float64Array,
  columns: number,
  expected: (row: number, column: number) => number,
): number {
  const middle = Math.floor(columns / 2);
  const peak = image[middle * columns + middle] ?? 0;
  const wanted = expected(0, 0);
  let worst = 0;
  image.forEach((value, i) => {
    const [row, column] = [Math.floor(i / columns) - middle, (i % columns) - middle];
    worst = Math.max(worst, Math.abs(value / peak - expected(row, column) / wanted));
  });
  return worst;
}

describe('vectorial focus', () => {
  const pixels = { rows: 21, columns: 21, pixelPitch: 50e-9 };

  it.each([
    // The pupil's edge, where 1/√cos θ is steep, on 47 and 79 cells per radius.
    [96, 1e-3],
    [160, 3e-4],
  ])('at NA 1.4 equals the Richards-Wolf integrals, on %d samples', async (samples, limit) => {
    const { data } = await evaluate(focus(OIL, pixels), { samples, pitch: 20e-6 });
    expect(deviation(data, 21, (row, column) => richardsWolf(OIL, column * 50e-9, row * 50e-9))).toBeLessThan(
      limit,
    );
  });

  it('at NA 1.4 equals them out of focus too, through the focus stack', async () => {
    const chain = focus(OIL, pixels, { planes: { zOffset: 0.3e-6 } });
    const { data } = await evaluate(chain, { samples: 128, pitch: 20e-6 });
    const expected = (row: number, column: number) => richardsWolf(OIL, column * 50e-9, row * 50e-9, 0.3e-6);
    expect(deviation(data, 21, expected)).toBeLessThan(1e-3);
  });

  it('does not change by 1e-3 of its peak when the pupil is sampled twice as finely', async () => {
    const coarse = await evaluate(focus(OIL, pixels), { samples: 96, pitch: 20e-6 });
    const fine = await evaluate(focus(OIL, pixels), { samples: 192, pitch: 10e-6 });
    const peak = Math.max(...fine.data);
    const difference = Math.max(...coarse.data.map((value, i) => Math.abs(value - (fine.data[i] ?? 0))));
    // Also the absolute height: nothing is normalised by its own peak. The power of the plane wave is the same.
    expect(difference / peak).toBeLessThan(1e-3);
  });

  it('at NA 1.4 has the published values beside the focus', async () => {
    // Two programs agree on these (psf.md V7): I/I0 100 and 200 nm from the focus along x and y, λ = 500 nm.
    const { data } = await evaluate(focus(OIL, { rows: 9, columns: 9, pixelPitch: 50e-9 }), {
      samples: 128,
      pitch: 20e-6,
    });
    const at = (row: number, column: number) => (data[(4 + row) * 9 + 4 + column] ?? 0) / (data[40] ?? 1);
    // Edge on 63 cells per radius.
    expect(Math.abs(at(0, 2) - 0.627222)).toBeLessThan(3e-4);
    expect(Math.abs(at(2, 0) - 0.382673)).toBeLessThan(3e-4);
    expect(Math.abs(at(0, 4) - 0.0967369)).toBeLessThan(3e-4);
    expect(Math.abs(at(4, 0) - 7.456e-5)).toBeLessThan(3e-4);
  });

  it.each([
    [0.9, 1, 0.730765, 0.5389],
    [1.4, 1.518, 0.480261, 0.344322],
  ])(
    'NA %d in n = %d is %d λ wide along the polarisation and %d λ across it',
    async (aperture, index, x, y) => {
      const steps = 61;
      const pitch = WAVELENGTH / 60;
      const lens = { aperture, index };
      const width = async (rows: number, columns: number) => {
        const { data } = await evaluate(focus(lens, { rows, columns, pixelPitch: pitch }), {
          samples: 128,
          pitch: 20e-6,
        });
        const line = Array.from(
          { length: steps },
          (_, i) => (rows === 3 ? data[steps + i] : data[3 * i + 1]) ?? 0,
        );
        return (2 * halfDrop(line.slice(30))) / 60;
      };
      // The pupil's edge on 63 cells per radius, and a line between samples of λ/60.
      expect(Math.abs((await width(3, steps)) - x)).toBeLessThan(1e-3);
      expect(Math.abs((await width(steps, 3)) - y)).toBeLessThan(1e-3);
    },
  );

  it('turns with the polarisation', async () => {
    const along = await evaluate(focus(OIL, pixels), { samples: 64, pitch: 20e-6 });
    const across = await evaluate(focus(OIL, pixels, { polarizationAngle: Math.PI / 2 }), {
      samples: 64,
      pitch: 20e-6,
    });
    // The transpose: rounding.
    across.data.forEach((value, i) => {
      const other = along.data[(i % 21) * 21 + Math.floor(i / 21)] ?? 0;
      expect(Math.abs(value - other)).toBeLessThan(1e-12 * Math.max(...along.data));
    });
  });

  it('along the diagonal, with light polarised along it, is what it is along x with light along x', async () => {
    const diagonal = await evaluate(focus(OIL, pixels, { polarizationAngle: Math.PI / 4 }), {
      samples: 96,
      pitch: 20e-6,
    });
    const peak = diagonal.data[10 * 21 + 10] ?? 1;
    for (const steps of [2, 4, 6]) {
      const expected = richardsWolf(OIL, steps * Math.SQRT2 * 50e-9, 0) / richardsWolf(OIL, 0, 0);
      const across = richardsWolf(OIL, 0, steps * Math.SQRT2 * 50e-9) / richardsWolf(OIL, 0, 0);
      // Edge on 47 cells per radius.
      const at = (row: number, column: number) => (diagonal.data[(10 + row) * 21 + 10 + column] ?? 0) / peak;
      expect(Math.abs(at(steps, steps) - expected)).toBeLessThan(1e-3);
      expect(Math.abs(at(-steps, steps) - across)).toBeLessThan(1e-3);
    }
  });

  it('treats Jones light of that direction alike', async () => {
    const angle = 0.7;
    const grid = { samples: 32, pitch: 20e-6 };
    const linear = await evaluate(focus(OIL, pixels, { polarizationAngle: angle }), grid, 'focus');
    const jones = await evaluate(focus(OIL, pixels), grid, 'focus', (ops) => ({
      pupil: (value: PortValue) => {
        if (value.kind !== 'pupil') throw new Error('No pupil.');
        const vector = ops.upload(
          Float64Array.of(Math.cos(angle), 0, Math.sin(angle), 0),
          [2, 1, 1],
          'complex',
        );
        return { ...value, samples: ops.multiply(value.samples, vector) };
      },
    }));
    expect(distance(jones.data, linear.data)).toBeLessThan(1e-14 * 16);
  });

  it('warns where the edge rays come so near to grazing that the pupil is too coarse for them', () => {
    const notes = (numericalAperture: number) => {
      const light = {
        kind: 'pupil',
        numericalAperture: { value: numericalAperture },
        refractiveIndex: { value: 1.518 },
        grid: { samples: 64, radius: 31 },
      } as unknown as PortValue;
      return vectorialFocus.sampling?.({ in: light }, {}, { samples: 64, pitch: 1e-6 });
    };
    expect(notes(1.3)).toEqual([]);
    expect(notes(1.5)).toHaveLength(1);
  });

  it('at low aperture is the scalar image', async () => {
    const chain = focus({ aperture: 0.05, index: 1 }, { rows: 21, columns: 21, pixelPitch: 1e-6 });
    const grid = { samples: 64, pitch: 20e-6 };
    const vectorial = await evaluate(chain, grid);
    const { focus: _, ...rest } = chain;
    const scalar = await evaluate({ ...rest, stack: stage(stack, { planes: 1 }, 'pupil') }, grid);
    const peak = Math.max(...scalar.data);
    // Ez² and the apodisation are of the order (NA/n)²/4 = 6e-4.
    scalar.data.forEach((value, i) => {
      expect(Math.abs((vectorial.data[i] ?? 0) - value)).toBeLessThan(7e-4 * peak);
    });
  });

  it.each(['aplanatic', 'herschel', 'helmholtz', 'even'])(
    'keeps the power of an even pupil (%s)',
    async (apodisation) => {
      const { data } = await evaluate(
        focus(OIL, pixels, { apodisation }),
        { samples: 128, pitch: 20e-6 },
        'focus',
      );
      // Edge cells on 63 per radius weigh with the square of their coverage: short by 0.4/63 of the edge's share.
      const share = total(data.map((value) => value * value)) / 63 ** 2;
      expect(share).toBeLessThan(1 + 1e-6);
      expect(share).toBeGreaterThan(0.93);
    },
  );
});

/** Samples to the half of the first value, which is the largest. */
function halfDrop(line: readonly number[]): number {
  const half = (line[0] ?? 0) / 2;
  const after = line.findIndex((value) => value < half);
  const [high = 0, low = 0] = line.slice(after - 1, after + 1);
  return after - 1 + (high - half) / (high - low);
}

describe('radially polarised light', () => {
  const grid = { samples: 64, pitch: 20e-6 };

  /** Replaces the pupil's light by even amplitude with the Jones vector (x, y)/ρ turned by `angle`. */
  async function radial(angle: number) {
    const chain = focus(OIL, { rows: 41, columns: 41, pixelPitch: 25e-9 });
    return evaluate(chain, grid, 'camera', (ops) => ({
      pupil: (value: PortValue) => {
        if (value.kind !== 'pupil') throw new Error('No pupil.');
        const n = value.grid.samples;
        const centre = Math.floor(n / 2);
        const jones = new Float64Array(4 * n * n);
        for (let row = 0; row < n; row++) {
          for (let column = 0; column < n; column++) {
            const phi = Math.atan2(row - centre, column - centre) + angle;
            const i = row * n + column;
            if (i === centre * n + centre) continue;
            jones[2 * i] = Math.cos(phi);
            jones[2 * (n * n + i)] = Math.sin(phi);
          }
        }
        return { ...value, samples: ops.multiply(value.samples, ops.upload(jones, [2, n, n], 'complex')) };
      },
    }));
  }

  it('meets on the axis in a field along z, azimuthally polarised light nowhere on it', async () => {
    const image = await radial(0);
    expect(brightest(image)).toEqual([0, 0]);
    const dark = await radial(Math.PI / 2);
    const axis = 20 * 41 + 20;
    // Symmetric sums cancel to rounding.
    expect((dark.data[axis] ?? 1) / Math.max(...dark.data)).toBeLessThan(1e-12);
    // Only Ez is left on the axis: |2 ∫ (sin θ/√cos θ) ρ dρ|² against the sum over the grid.
    const sine = OIL.aperture / OIL.index;
    const rule = gaussLegendre(60, 0, 1);
    let sum = 0;
    rule.nodes.forEach((rho, i) => {
      sum += (2 * (rule.weights[i] ?? 0) * rho * rho * sine) / (1 - (rho * sine) ** 2) ** 0.25;
    });
    const scale = (1 + Math.sqrt(1 - sine * sine)) / 2;
    const lit = Math.PI * (OIL.aperture / WAVELENGTH) ** 2 * 25e-9 ** 2 * scale;
    // Edge on 31 cells per radius.
    expect(Math.abs((image.data[axis] ?? 0) / (lit * sum * sum) - 1)).toBeLessThan(5e-3);
  });
});
