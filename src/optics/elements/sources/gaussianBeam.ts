import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { complexMap } from '../../sampledGrid.ts';
import { lightOf, polarizationAngle, position, power, refractiveIndex, wavelength } from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

export const gaussianBeam: ElementSpec = defineElement({
  type: 'gaussianBeam',
  version: 1,
  category: 'sources',
  title: 'Gaussian beam',
  summary: 'A laser beam with a waist; the plane may lie before or behind it.',
  keywords: ['laser', 'TEM00', 'waist', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle,
    power,
    waist: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Waist radius',
      doc: '1/e² intensity radius w0 at the waist.',
      default: 500e-6,
      min: 1e-8,
      max: 1,
      soft: [1e-6, 5e-3],
      display: 'µm',
      scale: 'log',
      learnable: true,
      step: 10e-6,
      prominent: true,
    },
    distance: position(
      'Distance from waist',
      'How far behind the waist this plane lies; negative before it.',
      null,
      {
        min: -1e6,
        max: 1e6,
        soft: [-0.1, 0.1],
        display: 'mm',
        step: 1e-3,
      },
    ),
    x: position('Centre x', 'Lateral position of the axis, +x right.', 'lateralX', {
      soft: [-1e-3, 1e-3],
      step: 10e-6,
    }),
    y: position('Centre y', 'Lateral position of the axis, +y down the rows.', 'lateralY', {
      soft: [-1e-3, 1e-3],
      step: 10e-6,
    }),
  },
  power: 'creates',
  linearIn: null,
  equation: 'u = sqrt(2P/π) / (w0 t) exp[-r² / (w0² t)],  t = 1 + i z / zR,  zR = π n w0² / λ',
  references: ['Siegman, Lasers, chapter 17: complex beam parameter'],
  sampling: (_inputs, params, grid) => {
    const waist = params.waist.value;
    const rayleighRange = (Math.PI * params.refractiveIndex.value * waist * waist) / params.wavelength.value;
    const radius = waist * Math.hypot(1, params.distance.value / rayleighRange);
    const width = grid.samples * grid.pitch;
    if (waist < 2 * grid.pitch) {
      return [
        {
          severity: 'warning',
          message: `The waist is only ${(waist / grid.pitch).toFixed(1)} samples wide.`,
          fix: 'Use a finer grid pitch or a larger waist (at least 2 samples).',
        },
      ];
    }
    if (4 * radius <= width) return [];
    return [
      {
        severity: 'warning',
        message: `The beam (radius ${(radius * 1e6).toPrecision(3)} µm) is cut off by the grid of ${(width * 1e6).toPrecision(3)} µm.`,
        fix: 'Use more samples, a larger pitch or a smaller beam.',
      },
    ];
  },
  forward: (_inputs, params, { ops, grid }) => {
    const scalars = [
      params.wavelength,
      params.refractiveIndex,
      params.power,
      params.waist,
      params.distance,
      params.x,
      params.y,
    ];
    const samples = complexMap(ops, [grid.samples, grid.samples], grid.pitch, scalars, (values) => {
      const [lambda = 1, index = 1, watts = 0, w0 = 1, z = 0, x0 = 0, y0 = 0] = values;
      const s = (z * lambda) / (Math.PI * index * w0 * w0);
      const norm = 1 + s * s;
      // 1/t = (1 - i s) / norm
      const [tr, ti] = [1 / norm, -s / norm];
      const amplitude = Math.sqrt((2 * watts) / Math.PI) / w0;
      return (x, y, out) => {
        const r2 = ((x - x0) ** 2 + (y - y0) ** 2) / (w0 * w0);
        const size = amplitude * Math.exp(-r2 * tr);
        const [c, d] = [Math.cos(-r2 * ti), Math.sin(-r2 * ti)];
        out.re = size * (c * tr - d * ti);
        out.im = size * (c * ti + d * tr);
        // q = d ln u / dt = -1/t + r²/(w0² t²)
        const qr = -tr + r2 * (tr * tr - ti * ti);
        const qi = -ti + 2 * r2 * tr * ti;
        // t depends on s as i s: d ln u / ds = i q
        const bySr = -qi;
        const bySi = qr;
        const logs = [
          [(bySr * s) / lambda, (bySi * s) / lambda],
          [(-bySr * s) / index, (-bySi * s) / index],
          [watts > 0 ? 0.5 / watts : 0, 0],
          [(-1 + 2 * r2 * tr - 2 * s * bySr) / w0, (2 * r2 * ti - 2 * s * bySi) / w0],
          [(bySr * lambda) / (Math.PI * index * w0 * w0), (bySi * lambda) / (Math.PI * index * w0 * w0)],
          [(2 * (x - x0) * tr) / (w0 * w0), (2 * (x - x0) * ti) / (w0 * w0)],
          [(2 * (y - y0) * tr) / (w0 * w0), (2 * (y - y0) * ti) / (w0 * w0)],
        ] as const;
        logs.forEach(([lr, li], j) => {
          out.partials[2 * j] = lr * out.re - li * out.im;
          out.partials[2 * j + 1] = lr * out.im + li * out.re;
        });
      };
    });
    return {
      out: {
        kind: 'field',
        samples,
        pitch: constantScalar(grid.pitch),
        axes: [],
        ...lightOf(params),
        isAxialPlaneWave: false,
      },
    };
  },
});
