import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { ElementProblem } from '../../problem.ts';
import { pupilGrid } from '../../pupil/pupilGrid.ts';
import { waveMap } from '../../waveMap.ts';
import {
  emittedField,
  phaseNotes,
  polarizationAngle,
  position,
  power,
  refractiveIndex,
  wavelength,
} from './lightParams.ts';
import { spectrumParams } from './spectrumParams.ts';

export const structuredLight: ElementSpec = defineElement({
  type: 'structuredLight',
  version: 1,
  category: 'sources',
  title: 'Structured illumination',
  summary: 'Two coherent beams that cross: fringes of any period, direction and phase.',
  keywords: ['fringes', 'SIM', 'two-beam', 'grating', 'pattern', 'sinusoidal', 'source'],
  inputs: {},
  outputs: { out: { type: 'field', title: 'Light' } },
  spectrum: 'emits',
  params: {
    wavelength,
    ...spectrumParams,
    refractiveIndex,
    polarizationAngle: {
      ...polarizationAngle,
      doc: 'Direction of linear polarisation, from +x towards +y. Both beams are taken to be polarised alike: true along the fringes; across them, steep beams have less contrast.',
    },
    power: { ...power, doc: 'Mean power through the circle inscribed in the grid: that of both beams.' },
    period: position('Period', 'Distance from bright fringe to bright fringe; at least λ/2n.', null, {
      default: 200e-6,
      min: 1e-8,
      max: 1,
      soft: [1e-6, 1e-3],
      display: 'µm',
      step: 1e-6,
      prominent: true,
    }),
    orientation: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Orientation',
      doc: 'Direction across the fringes, from +x towards +y.',
      default: 0,
      min: -2 * Math.PI,
      max: 2 * Math.PI,
      soft: [-Math.PI / 2, Math.PI / 2],
      display: 'deg',
      scale: 'linear',
      learnable: true,
      step: 0.02,
      prominent: true,
    },
    phase: {
      kind: 'quantity',
      quantity: 'angle',
      title: 'Phase',
      doc: 'Moves the fringes: 0 puts a bright one at the centre, a full turn moves them by one period towards the direction across them.',
      default: 0,
      min: -1e3,
      max: 1e3,
      soft: [-Math.PI, Math.PI],
      display: 'deg',
      scale: 'linear',
      learnable: true,
      step: 0.05,
      prominent: true,
    },
    contrast: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Contrast',
      doc: 'Visibility of the fringes: 1 for equal beams, less for unequal ones.',
      default: 1,
      min: 0,
      max: 1,
      soft: [0, 1],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.05,
    },
  },
  power: 'creates',
  followsWindow: () => 'power',
  linearIn: null,
  equation: '|u|² = P / π R² {1 + c cos[2π (x cos α + y sin α) / p - φ]},  u = a₁ exp(iψ/2) + a₂ exp(-iψ/2)',
  references: ['Gustafsson, J. Microsc. 198, 82 (2000)'],
  sampling: (_inputs, params, grid) => phaseNotes(1 / params.period.value, 'Across the fringes', grid),
  forward: (_inputs, params, { ops, grid }) => {
    const { period, orientation, phase, contrast } = params;
    const shortest = params.wavelength.value / (2 * params.refractiveIndex.value);
    if (period.value < shortest) {
      throw new ElementProblem(
        `No two beams of this light make fringes of ${(period.value * 1e9).toPrecision(3)} nm.`,
        `Use a period of at least λ/2n = ${(shortest * 1e9).toPrecision(3)} nm.`,
      );
    }
    const n = grid.samples;
    const radius = pupilGrid(n).radius * grid.pitch;
    // a₁² + a₂² = 1 and 2 a₁ a₂ = c.
    const sum = Math.sqrt(1 + contrast.value);
    const difference = Math.sqrt(1 - contrast.value);
    const scale = 1 / (Math.sqrt(Math.PI) * radius);
    const args = [
      { scalar: period, scale: (period.value * period.value) / (period.value + n * grid.pitch) },
      { scalar: orientation, scale: period.value / (period.value + n * grid.pitch) },
      { scalar: phase, scale: 1 },
    ];
    const name = `structuredLight:${contrast.value}`;
    const unit = waveMap(ops, name, [n, n], grid.pitch, args, ([p = 1, angle = 0, shift = 0]) => {
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      return (x, y, out) => {
        const half = (Math.PI * (x * c + y * s)) / p - 0.5 * shift;
        // a₁ exp(iψ/2) + a₂ exp(-iψ/2) with a₁, a₂ = (sum ± difference) / 2.
        out.re = scale * sum * Math.cos(half);
        out.im = scale * difference * Math.sin(half);
        out.phase = 0;
      };
    });
    return { out: emittedField(ops, unit, [], params, grid) };
  },
});
