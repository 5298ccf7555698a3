import { describe, expect, it } from 'vitest';
import type { ElementSpec, ParamSpec, ParamValue } from '../../element.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import type { Field } from '../../values.ts';
import { dmd } from './dmd.ts';
import { freeformPhase } from './freeformPhase.ts';
import { slm } from './slm.ts';

const N = 16;
const PITCH = 20e-6;

type Settings = Readonly<Record<string, number>>;

/** Amplitudes behind an element in a plane wave of amplitude 1, for a map given cell by cell. */
async function behind(
  spec: ElementSpec,
  name: string,
  map: Float64Array,
  settings: Settings,
  wavelength = 500e-9,
) {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const side = Math.sqrt(map.length);
  const ones = Float64Array.from({ length: 2 * N * N }, (_, i) => (i % 2 === 0 ? 1 : 0));
  const light: Field = {
    kind: 'field',
    samples: ops.upload(ones, [N, N], 'complex'),
    axes: [],
    pitch: constantScalar(PITCH),
    wavelength: constantScalar(wavelength),
    refractiveIndex: constantScalar(1),
    polarizationAngle: constantScalar(0),
    parts: null,
    weight: constantScalar(1),
    planeWaves: [{ x: constantScalar(0), y: constantScalar(0), amplitude: 1 }],
  };
  const params: Record<string, ParamValue<ParamSpec>> = {};
  for (const [id, param] of Object.entries(spec.params)) {
    if (param.kind === 'quantity') params[id] = constantScalar(settings[id] ?? param.default);
    else if (param.kind === 'map') params[id] = ops.upload(map, [side, side], 'real');
    else if (param.kind === 'integer')
      params[id] = id === 'pixels' || id === 'cells' ? side : (settings[id] ?? param.default);
    else if ('default' in param) params[id] = param.default as number | string | boolean;
  }
  expect(Object.keys(spec.params)).toContain(name);
  const grid = { samples: N, pitch: PITCH };
  const { out } = spec.forward({ in: light }, params, {
    ops,
    grid,
    nodeId: '',
    share: null,
    every: 1,
    planes: null,
    perPlane: () => [],
  });
  if (out?.kind !== 'field') throw new Error('No light.');
  const [data = []] = await ops.read([out.samples]);
  ops.close(scope);
  return Array.from({ length: N * N }, (_, i) => ({ re: data[2 * i] ?? 0, im: data[2 * i + 1] ?? 0 }));
}

const phaseOf = ({ re, im }: { re: number; im: number }) => Math.atan2(im, re);
/** Power in the Fourier order (column, row) as a share of what fell in. */
function order(field: readonly { re: number; im: number }[], column: number): number {
  let [re, im] = [0, 0];
  field.forEach((u, i) => {
    const angle = (-2 * Math.PI * column * (i % N)) / N;
    re += u.re * Math.cos(angle) - u.im * Math.sin(angle);
    im += u.re * Math.sin(angle) + u.im * Math.cos(angle);
  });
  return (re * re + im * im) / (N * N) ** 2;
}

/** A ramp of one turn over `period` pixels along x. */
const ramp = (period: number) =>
  Float64Array.from({ length: N * N }, (_, i) => (2 * Math.PI * ((i % N) % period)) / period);

describe('an SLM', () => {
  const ideal = { pixelPitch: PITCH, bits: 0, fillFactor: 1, crosstalk: 0 };

  it('has the levels of its bits', async () => {
    const map = Float64Array.from({ length: N * N }, (_, i) => -9 + 0.07 * i);
    const field = await behind(slm, 'phase', map, { ...ideal, bits: 3 });
    field.forEach((u, i) => {
      const levels = (phaseOf(u) / (2 * Math.PI)) * 8;
      expect(Math.abs(levels - Math.round(levels))).toBeLessThan(1e-9);
      const wanted = (((map[i] ?? 0) / (2 * Math.PI)) * 8 - levels) / 8;
      // Half a level at most, and whole turns.
      expect(Math.abs(wanted - Math.round(wanted))).toBeLessThan(1 / 16 + 1e-9);
    });
  });

  // An L-level blaze puts sinc²(1/L) into the first order (facts of wave optics, 50), at samples as fine as its pixels 1.
  it.each([
    [2, 0.405285],
    [4, 0.810569],
    [8, 0.949641],
  ])('splits as a blaze of %i levels', async (levels, efficiency) => {
    // Pixels of one sample: the sampled order lacks the envelope of the pixel, sinc²(1/L) at this order.
    const period = levels;
    const field = await behind(slm, 'phase', ramp(period), { ...ideal, bits: Math.log2(levels) });
    const envelope = (Math.sin(Math.PI / levels) / (Math.PI / levels)) ** 2;
    expect(order(field, N / period) * envelope).toBeCloseTo(efficiency, 6);
  });

  it('leaves (1 - F)² of the light in the zero order of a blaze', async () => {
    const field = await behind(slm, 'phase', ramp(8), { ...ideal, fillFactor: 0.9 });
    // The blaze of eight steps has nothing at the order 0, so only the gaps do.
    expect(order(field, 0)).toBeCloseTo(0.01, 9);
    const black = await behind(slm, 'phase', ramp(8), { ...ideal, fillFactor: 0.9, gapAmplitude: 0 });
    expect(order(black, 0)).toBeCloseTo(0, 9);
  });

  it('loses diffracted light to the flyback of its crosstalk, but keeps all the power', async () => {
    const sharp = await behind(slm, 'phase', ramp(8), ideal);
    const soft = await behind(slm, 'phase', ramp(8), { ...ideal, crosstalk: 0.7 });
    expect(order(soft, 2)).toBeLessThan(0.9 * order(sharp, 2));
    for (const u of soft) expect(Math.hypot(u.re, u.im)).toBeCloseTo(1, 12);
  });

  it('gives less phase at longer wavelengths, after it was taken modulo a turn', async () => {
    const map = new Float64Array(N * N).fill(2 * Math.PI + 1);
    const settings = { ...ideal, calibrationWavelength: 500e-9 };
    const [middle] = (await behind(slm, 'phase', map, settings, 1000e-9)).slice(N * 8 + 8);
    expect(phaseOf(middle ?? { re: 0, im: 0 })).toBeCloseTo(0.5, 9);
  });

  it('loses what falls beside it', async () => {
    const field = await behind(slm, 'phase', new Float64Array(36), ideal);
    const lit = field.filter(({ re, im }) => re * re + im * im > 0.5);
    expect(lit).toHaveLength(36);
  });
});

describe('a DMD', () => {
  it('is on or off', async () => {
    const map = Float64Array.from({ length: N * N }, (_, i) => i / (N * N - 1));
    const field = await behind(dmd, 'mirrors', map, { pixelPitch: PITCH, fillFactor: 0.92 });
    field.forEach(({ re, im }, i) => {
      expect(im).toBeCloseTo(0, 12);
      expect(re).toBeCloseTo((map[i] ?? 0) >= 0.5 ? 0.92 : 0, 12);
    });
  });
});

describe('a phase map', () => {
  it('keeps its optical path at other wavelengths where it is told to', async () => {
    const map = new Float64Array(16).fill(1);
    const [u] = await behind(freeformPhase, 'phase', map, { designWavelength: 500e-9 }, 250e-9);
    expect(phaseOf(u ?? { re: 0, im: 0 })).toBeCloseTo(2, 12);
  });
});
