import { describe, expect, it } from 'vitest';
import { gaussLegendre } from '../../maths/quadrature.ts';
import { layersTransmission, transmissionScale } from '../../pupil/layers.ts';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, stage } from '../../testSupport.ts';
import type { PortValue } from '../../values.ts';
import { camera } from '../detection/camera.ts';
import { bead } from '../samples/bead.ts';
import { mieSphere } from '../samples/mieSphere.ts';
import { planeWave } from '../sources/planeWave.ts';
import { coverslip } from './coverslip.ts';
import { pupil } from './pupil.ts';
import { stack } from './stack.ts';
import { vectorialFocus } from './vectorialFocus.ts';

const WAVELENGTH = 600e-9;
const OIL = 1.515;
const MATCHED = { designImmersionIndex: OIL, coverIndex: OIL, designCoverIndex: OIL };
const grid = { samples: 96, pitch: 1e-6 };

interface Setup {
  readonly aperture?: number;
  readonly layers: Record<string, Setting>;
  readonly planes?: Record<string, Setting>;
  readonly pixels?: Record<string, Setting>;
}

function seen({ aperture = 1.4, layers, planes = { planes: 1 }, pixels = {} }: Setup): Chain {
  return {
    source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: OIL }),
    bead: stage(bead, { photons: 1 }, 'source'),
    pupil: stage(pupil, { numericalAperture: aperture }, 'bead'),
    layers: stage(coverslip, { ...MATCHED, ...layers }, 'pupil'),
    stack: stage(stack, planes, 'layers'),
    camera: stage(camera, { rows: 3, columns: 3, pixelPitch: 20e-9, ...pixels }, 'stack'),
  };
}

/** Where on the axis it is brightest, and how bright: the parabola through the brightest of 9 planes. */
async function bestFocus(setup: Setup, around: number, step: number): Promise<[number, number]> {
  const planes = { planes: 9, zStep: step, zOffset: around };
  const { data } = await evaluate(seen({ ...setup, planes }), { ...grid, samples: 128 });
  const axis = Array.from({ length: 9 }, (_, i) => data[9 * i + 4] ?? 0);
  const best = axis.indexOf(Math.max(...axis));
  const [a = 0, b = 0, c = 0] = axis.slice(best - 1, best + 2);
  const offset = (0.5 * (a - c)) / (a - 2 * b + c);
  return [around + (best - 4 + offset) * step, b - 0.25 * (a - c) * offset];
}

describe('Gibson-Lanni', () => {
  it('with matched indices and a source on the glass changes nothing', async () => {
    const layers = { sampleIndex: OIL };
    const { layers: _, ...bare } = seen({ layers });
    const plain = await evaluate({ ...bare, stack: stage(stack, { planes: 1 }, 'pupil') }, grid);
    const covered = await evaluate(seen({ layers }), grid);
    expect(distance(covered.data, plain.data)).toBeLessThan(1e-12 * Math.max(...plain.data));
  });

  it('in a matched sample is the focus stack: depth d is sharp in the plane at -d', async () => {
    // Depth adds d (kz - k), as the stack's plane at +d does.
    const deep = await evaluate(
      seen({ layers: { sampleIndex: OIL, depth: 1.5e-6 }, pixels: { rows: 9, columns: 9 } }),
      grid,
    );
    const moved = await evaluate(
      seen({
        layers: { sampleIndex: OIL },
        planes: { planes: 1, zOffset: 1.5e-6 },
        pixels: { rows: 9, columns: 9 },
      }),
      grid,
    );
    expect(distance(deep.data, moved.data)).toBeLessThan(1e-12 * Math.max(...moved.data));
    const [z] = await bestFocus({ layers: { sampleIndex: OIL, depth: 1.5e-6 } }, -1.5e-6, 0.05e-6);
    expect(Math.abs(z + 1.5e-6)).toBeLessThan(1e-9);
  });

  it('limits the pupil to the light that exists in the sample: first dark ring at 0.2751 µm', async () => {
    const pixels = { rows: 3, columns: 141, pixelPitch: 5e-9 };
    const { data } = await evaluate(seen({ layers: { sampleIndex: 1.33 }, pixels }), grid);
    const line = data.slice(141 + 70, 282);
    const dark = line.indexOf(Math.min(...line.slice(0, 65)));
    const [a = 0, b = 0, c = 0] = line.slice(dark - 1, dark + 2);
    const ring = (dark + (0.5 * (a - c)) / (a - 2 * b + c)) * 5e-9;
    // 0.609835 λ/1.33; the end of the light inside a cell of the pupil.
    expect(Math.abs(ring - 0.2751e-6)).toBeLessThan(1e-9);
  });

  // Facts 60 and psf.md G3, G4: depth, move of the focus, peak over that at depth 0. Immersion towards the sample.
  it.each([
    [0.5e-6, 1.390547, 0.964141],
    [1e-6, 1.376689, 0.874509],
    [2e-6, 1.327484, 0.700647],
    [5e-6, 1.266112, 0.489393],
  ])(
    'at depth %d in water moves the best focus by -%d of it and keeps %d of the peak',
    async (depth, move, peak) => {
      const [, reference] = await bestFocus({ layers: { sampleIndex: 1.33 } }, 0, 0.03e-6);
      const [z, height] = await bestFocus({ layers: { sampleIndex: 1.33, depth } }, -move * depth, 0.03e-6);
      // The end of the pupil inside a cell (60 cells per radius), where the path has infinite slope.
      expect(Math.abs(z + move * depth)).toBeLessThan(0.02e-6);
      expect(Math.abs(height / reference - peak)).toBeLessThan(5e-3);
    },
  );

  it('has the published profiles around focus for a depth of 0.5 µm', async () => {
    // psf.md G1, G2: I over the peak at the best focus, at r = 0, 0.1, 0.2, 0.3 µm.
    const pixels = { rows: 3, columns: 7, pixelPitch: 0.1e-6 };
    const layers = { sampleIndex: 1.33, depth: 0.5e-6 };
    const [, peak] = await bestFocus({ layers }, -0.7e-6, 0.03e-6);
    for (const [zOffset, expected] of [
      [-1e-6, [0.585293, 0.35104, 0.08646, 0.063357]],
      [-0.6e-6, [0.95325, 0.584657, 0.096627, 0.00481]],
    ] as const) {
      const { data } = await evaluate(seen({ layers, planes: { planes: 1, zOffset }, pixels }), grid);
      // Pixels of 0.1 µm are 25 times as large as those of the reference peak. Edge as above.
      expected.forEach((value, i) => {
        expect(Math.abs((data[10 + i] ?? 0) / 25 / peak - value)).toBeLessThan(4e-3);
      });
    }
  });

  it.each([5e-6, 10e-6])('at NA 0.3 focuses %d deep after a move by n/ns of it', async (depth) => {
    const setup = { aperture: 0.3, layers: { sampleIndex: 1.33, depth } };
    const [z] = await bestFocus(setup, (-depth * OIL) / 1.33, 1e-6);
    // Fact 61 asks 1 %: spherical aberration of the order (NA/n)² moves the best focus by 0.3 %.
    expect(Math.abs((z * 1.33) / OIL / depth + 1)).toBeLessThan(5e-3);
  });

  it('of a small sphere in water under an oil objective is that of a bead: depth, move and spherical aberration', async () => {
    // As the bead's facts above ask: the light's medium is the sample, the immersion is given.
    const layers = { ...MATCHED, sampleIndex: 1.33, depth: 10e-6, immersionIndex: OIL };
    const moved = -(10e-6 * OIL) / 1.33;
    const onAxis = async (aperture: number, focusMove: number, z: number, depth: number) => {
      const chain: Chain = {
        source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: 1.33 }),
        sphere: stage(mieSphere, { radius: 10e-9, z }, 'source'),
        pupil: stage(pupil, { numericalAperture: aperture }, 'sphere'),
        layers: stage(coverslip, { ...layers, depth, focusMove }, 'pupil'),
        camera: stage(camera, { rows: 3, columns: 3, pixelPitch: 20e-9 }, 'layers'),
      };
      const { data } = await evaluate(chain, { samples: 64, pitch: 1e-6 });
      return data[4] ?? Number.NaN;
    };
    const [onGlass, sharp] = [await onAxis(0.3, 0, 0, 0), await onAxis(0.3, moved, 0, 10e-6)];
    // Paraxial: what is left is spherical aberration of the order (NA/n)⁴ d/8, 0.01 waves.
    expect(sharp / onGlass).toBeGreaterThan(0.99);
    const [before, behind] = [
      await onAxis(0.3, 0.7 * moved, 0, 10e-6),
      await onAxis(0.3, 1.3 * moved, 0, 10e-6),
    ];
    // The parabola's top: the same aberration moves the best focus by (NA/n)² of the depth's share, 0.5 %.
    const top = 1 + (0.3 * 0.5 * (before - behind)) / (before - 2 * sharp + behind);
    expect(Math.abs(top - 1)).toBeLessThan(0.01);
    // Depth is counted in the sample, as the sphere's own distance before focus is.
    expect(
      distance([await onAxis(1.2, moved, 4e-6, 6e-6)], [await onAxis(1.2, moved, 0, 10e-6)]),
    ).toBeLessThan(1e-12 * sharp);
    // At NA 1.2 the best focus lies deeper, and the light is spread: between the facts for a full aperture of 1.33.
    expect((await onAxis(1.2, moved, 0, 10e-6)) / (await onAxis(1.2, 0, 0, 0))).toBeLessThan(0.5);
  });

  it('shows a cover glass 10 µm too thick as a blur that a focus move makes good only in part', async () => {
    const layers = { sampleIndex: OIL, coverIndex: 1.523, designCoverIndex: 1.523, coverThickness: 180e-6 };
    const [z, peak] = await bestFocus({ layers }, -9.9e-6, 0.02e-6);
    const [, perfect] = await bestFocus({ layers: { sampleIndex: OIL } }, 0, 0.02e-6);
    // Glass of 1.523 in place of oil of 1.515: between the moves that axial and marginal rays ask for.
    const marginal = (Math.sqrt(1.523 ** 2 - 1.4 ** 2) - 1.523) / (Math.sqrt(OIL ** 2 - 1.4 ** 2) - OIL);
    expect(z).toBeGreaterThan((-10e-6 * OIL) / 1.523);
    expect(z).toBeLessThan(-10e-6 * marginal);
    expect(peak / perfect).toBeLessThan(1);
    expect(peak / perfect).toBeGreaterThan(0.5);
  });
});

describe('full Fresnel', () => {
  it('with matched indices is the same light', async () => {
    const layers = { sampleIndex: OIL, depth: 1e-6 };
    const plain = await evaluate(seen({ layers }), grid);
    const full = await evaluate(seen({ layers: { ...layers, model: 'full' } }), grid);
    expect(distance(full.data, plain.data)).toBeLessThan(1e-12 * Math.max(...plain.data));
  });

  it('lets light of an emitter on the glass into the pupil beyond the critical angle, and less of it from above', async () => {
    const beyond = async (depth: number) => {
      const { data } = await evaluate(
        seen({ layers: { sampleIndex: 1.33, depth, model: 'full' } }),
        grid,
        'layers',
      );
      let [outer, all] = [0, 0];
      for (let i = 0; i < data.length / 2; i++) {
        const row = (Math.floor(i / 96) % 96) - 48;
        const square = (data[2 * i] ?? 0) ** 2 + (data[2 * i + 1] ?? 0) ** 2;
        all += square;
        if (Math.hypot(row, (i % 96) - 48) > (47 * 1.33) / 1.4) outer += square;
      }
      return { outer, all: all / 47 ** 2 };
    };
    const [near, far] = [await beyond(0), await beyond(300e-9)];
    // Even pupil of power 1, edge cells short by 0.4/47 and a rim that shines more than the mean.
    expect(Math.abs(near.all - 1)).toBeLessThan(0.02);
    expect(far.outer / near.outer).toBeLessThan(0.35);
    expect(far.outer / near.outer).toBeGreaterThan(0.05);
  });

  it('passes Jones light along x as p along x and as s along y', async () => {
    const layers = { sampleIndex: 1.33, model: 'full' };
    const small = { ...grid, samples: 33 };
    const { data } = await evaluate(seen({ aperture: 1.2, layers }), small, 'layers', (ops) => ({
      pupil: (value: PortValue) => {
        if (value.kind !== 'pupil') throw new Error('No pupil.');
        const jones = ops.upload(Float64Array.of(1, 0, 0, 0), [2, 1, 1], 'complex');
        return { ...value, samples: ops.multiply(value.samples, jones) };
      },
    }));
    const ex = (row: number, column: number) => data[2 * ((16 + row) * 33 + 16 + column)] ?? 0;
    const ey = (row: number, column: number) => data[2 * ((49 + row) * 33 + 16 + column)] ?? 0;
    const q = ((1.2 * 10) / 15.5) ** 2;
    const [a, b] = [Math.sqrt(OIL ** 2 - q), Math.sqrt(1.33 ** 2 - q)];
    const normal = (2 * OIL) / (OIL + 1.33);
    expect(ex(0, 10) / ex(0, 0)).toBeCloseTo(
      (2 * OIL * 1.33 * a) / (1.33 ** 2 * a + OIL ** 2 * b) / normal,
      12,
    );
    expect(ex(10, 0) / ex(0, 0)).toBeCloseTo((2 * a) / (a + b) / normal, 12);
    expect(Math.abs(ey(0, 10)) + Math.abs(ey(10, 0))).toBeLessThan(1e-15);
    // On the diagonal p passes better than s: light along x gains a part along y there, of the sign of x·y.
    expect(ey(7, 7)).toBeGreaterThan(0);
    expect(ey(-7, 7)).toBeCloseTo(-ey(7, 7), 15);
  });

  it('focused vectorially into water has the field on the axis of the two-layer integral', async () => {
    // Török et al. 1995 on the axis: I0 = ∫ √cos θ sin θ (ts + tp cos θs) exp(i phase), light along x.
    const [aperture, sample, depth] = [1.2, 1.33, 2e-6];
    const chain: Chain = {
      source: stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: OIL }),
      pupil: stage(pupil, { numericalAperture: aperture }, 'source'),
      focus: stage(vectorialFocus, {}, 'pupil'),
      layers: stage(coverslip, { ...MATCHED, sampleIndex: sample, depth, model: 'full' }, 'focus'),
      stack: stage(stack, { planes: 9, zStep: 0.2e-6, zOffset: -2.4e-6 }, 'layers'),
      camera: stage(camera, { rows: 3, columns: 3, pixelPitch: 20e-9 }, 'stack'),
    };
    const { data } = await evaluate(chain, grid);
    const k = (2 * Math.PI) / WAVELENGTH;
    const layers = {
      immersionIndex: OIL,
      designImmersionIndex: OIL,
      immersionThickness: 150e-6,
      coverIndex: OIL,
      designCoverIndex: OIL,
      coverThickness: 170e-6,
      designCoverThickness: 170e-6,
      sampleIndex: sample,
      depth,
      focusMove: 0,
    };
    const rule = gaussLegendre(120, 0, Math.asin(aperture / OIL));
    const amplitude = (z: number) => {
      let [re, im] = [0, 0];
      rule.nodes.forEach((theta, i) => {
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        const below = Math.sqrt(1 - ((OIL * s) / sample) ** 2);
        // Fresnel for one surface, written for angles.
        const ts = (2 * OIL * c) / (OIL * c + sample * below);
        const tp = (2 * OIL * c) / (sample * c + OIL * below);
        const phase = k * (depth * sample * below + z * OIL * c);
        const weight = (rule.weights[i] ?? 0) * Math.sqrt(c) * s * (ts + tp * below);
        re += weight * Math.cos(phase);
        im += weight * Math.sin(phase);
      });
      return re * re + im * im;
    };
    const axis = Array.from({ length: 9 }, (_, i) => data[9 * i + 4] ?? 0);
    const expected = Array.from({ length: 9 }, (_, i) => amplitude(-2.4e-6 + (i - 4) * 0.2e-6));
    const peak = expected.indexOf(Math.max(...expected));
    // Edge of the pupil on 47 cells per radius.
    axis.forEach((value, i) => {
      const off = value / (axis[peak] ?? 1) - (expected[i] ?? 0) / (expected[peak] ?? 1);
      expect(Math.abs(off)).toBeLessThan(2e-3);
    });
    expect(transmissionScale(layers, aperture)).toBeGreaterThan(layersTransmission(layers, 0).s[0]);
  });
});

describe('sampling of the layers', () => {
  const notes = (layers: Record<string, number | string>, samples = 64) => {
    const scalar = (value: number) => ({ value, partials: new Map(), isAffine: true });
    const params = Object.fromEntries(
      Object.entries(coverslip.params).map(([name, spec]) => {
        const value = layers[name] ?? ('default' in spec && spec.kind !== 'table' ? spec.default : 0);
        return [name, spec.kind === 'quantity' ? scalar(Number(value)) : value];
      }),
    );
    const light = {
      kind: 'pupil',
      wavelength: scalar(WAVELENGTH),
      refractiveIndex: scalar(1.518),
      numericalAperture: scalar(1.4),
      grid: { samples, radius: (samples - 2) / 2 },
    } as unknown as PortValue;
    return (coverslip.sampling?.({ in: light }, params, grid) ?? []).map(({ severity }) => severity);
  };

  it('says nothing where all is well, and what is wrong else', () => {
    expect(notes({ sampleIndex: 1.5 })).toEqual([]);
    // The sample ends the pupil; the cover glass cannot pass the rays; 100 µm deep turn the phase too fast.
    expect(notes({ sampleIndex: 1.33 })).toEqual(['info']);
    expect(notes({ sampleIndex: 1.33, model: 'full' })).toEqual([]);
    expect(notes({ sampleIndex: 1.5, coverIndex: 1.35 })).toContain('error');
    expect(notes({ sampleIndex: 1.5, depth: 100e-6 })).toEqual(['warning']);
  });
});
