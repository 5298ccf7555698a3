import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { beamAt, hermiteGauss as mode, rayleighRange } from '../../maths/paraxialBeam.ts';
import { waveMap } from '../../waveMap.ts';
import { beamNotes, beamPlace, waist } from './beamParams.ts';
import { emittedField, polarizationAngle, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

export const hermiteGauss: ElementSpec = defineElement({
  type: 'hermiteGauss',
  version: 1,
  category: 'sources',
  title: 'Hermite-Gauss mode',
  summary:
    'A mode of a laser with rectangular symmetry: rows and columns of spots that keep their shape as they travel.',
  keywords: ['laser', 'TEM', 'mode', 'resonator', 'cavity', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power,
    orderX: {
      kind: 'integer',
      title: 'Order along x',
      doc: 'Number of dark lines crossed along x; M² along x is twice the order plus 1.',
      default: 1,
      min: 0,
      max: 60,
      prominent: true,
    },
    orderY: {
      kind: 'integer',
      title: 'Order along y',
      doc: 'Number of dark lines crossed along y; M² along y is twice the order plus 1.',
      default: 0,
      min: 0,
      max: 60,
      prominent: true,
    },
    waist: {
      ...waist,
      default: 200e-6,
      doc: '1/e² intensity radius w0 of the lowest mode at the waist; mode m is sqrt(2m + 1) times as wide.',
    },
    ...beamPlace,
  },
  power: 'creates',
  linearIn: null,
  equation:
    'u = sqrt(P) h_m(√2 x/w) h_n(√2 y/w) √2/w exp{i [k r²/2R - (m + n + 1) atan(z/zR)]},  h Hermite functions of unit norm',
  references: ['Siegman, Lasers, chapter 16: Hermite-Gaussian modes'],
  sampling: (_inputs, params, grid) =>
    beamNotes(
      params,
      params.waist.value,
      params.distance.value,
      Math.max(Math.abs(params.x.value), Math.abs(params.y.value)),
      Math.sqrt(2 * Math.max(params.orderX, params.orderY) + 1),
      grid,
    ),
  forward: (_inputs, params, { ops, grid }) => {
    const { wavelength: l, refractiveIndex: m, waist: w, orderX, orderY } = params;
    const finest = w.value / (1 + Math.max(orderX, orderY));
    const args = [
      { scalar: l, scale: l.value / (1 + orderX + orderY) },
      { scalar: m, scale: m.value / (1 + orderX + orderY) },
      { scalar: w, scale: finest },
      { scalar: params.distance, scale: rayleighRange(w.value, l.value, m.value) / (1 + orderX + orderY) },
      { scalar: params.x, scale: finest },
      { scalar: params.y, scale: finest },
    ];
    const n = grid.samples;
    const unit = waveMap(ops, `hermiteGauss:${orderX}:${orderY}`, [n, n], grid.pitch, args, (values) => {
      const [lambda = 1, index = 1, w0 = 1, z = 0, x0 = 0, y0 = 0] = values;
      const { radius, curvature, gouy } = beamAt(w0, z, lambda, index);
      const k = (2 * Math.PI * index) / lambda;
      return (x, y, out) => {
        const [dx, dy] = [x - x0, y - y0];
        out.re = mode(orderX, dx, radius) * mode(orderY, dy, radius);
        out.im = 0;
        out.phase = 0.5 * k * curvature * (dx * dx + dy * dy) - (orderX + orderY + 1) * gouy;
      };
    });
    return { out: emittedField(ops, unit, [], params, grid) };
  },
});
