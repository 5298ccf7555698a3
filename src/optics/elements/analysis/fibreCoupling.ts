import { componentsOf, energyOf } from '../../analysis/components.ts';
import { fibreParameter, gaussianCoupling, modeRadius, SINGLE_MODE_LIMIT } from '../../analysis/fibre.ts';
import { strongest } from '../../analysis/hostPlane.ts';
import { lengthReadout, numberReadout, shareReadout } from '../../analysis/readouts.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { finerSamples } from '../../fixes.ts';
import { passes } from './analysisParts.ts';

const place = (title: string, axis: string) =>
  ({
    kind: 'quantity',
    quantity: 'length',
    title,
    doc: `Place of the fibre's axis towards ${axis}.`,
    default: 0,
    min: -1,
    max: 1,
    soft: [-50e-6, 50e-6],
    display: 'µm',
    scale: 'linear',
    learnable: false,
    step: 1e-6,
  }) as const;

export const fibreCoupling: ElementSpec = defineElement({
  type: 'fibreCoupling',
  version: 1,
  category: 'analysis',
  title: 'Fibre coupling',
  summary: 'Share of the light that the fundamental mode of a step-index fibre would take up here.',
  keywords: ['fiber', 'single mode', 'V number', 'mode field', 'overlap', 'efficiency'],
  inputs: { in: { accepts: ['field'], title: 'Light on the fibre' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {
    coreRadius: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Core radius',
      doc: 'Radius of the core.',
      default: 2e-6,
      min: 1e-8,
      max: 1e-2,
      soft: [1e-6, 50e-6],
      display: 'µm',
      scale: 'log',
      learnable: false,
      step: 1e-7,
      prominent: true,
    },
    numericalAperture: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Numerical aperture',
      doc: 'Of the fibre: √(n_core² − n_cladding²).',
      default: 0.13,
      min: 1e-3,
      max: 1,
      soft: [0.05, 0.5],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.01,
      prominent: true,
    },
    x: place('x', '+x'),
    y: place('y', '+y'),
  },
  ...passes,
  equation: 'η = |Σ u m*|² / (Σ|u|² Σ|m|²),  m = exp(−r²/w²),  w after Marcuse from V = 2π a NA/λ',
  references: ['Marcuse, Bell Syst. Tech. J. 56, 703 (1977)'],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const v = fibreParameter(params.coreRadius.value, params.numericalAperture.value, light.wavelength.value);
    const mode = modeRadius(params.coreRadius.value, v);
    if (mode > 1.5 * light.pitch.value) return [];
    return [
      {
        severity: 'warning',
        message: `The mode's radius of ${(mode * 1e6).toPrecision(3)} µm is less than 1.5 samples: its overlap cannot be told.`,
        fix: `Use a grid pitch below ${((mode * 1e6) / 2).toPrecision(2)} µm at the fibre.`,
        ...finerSamples(light.pitch.value, grid, mode / 1.5),
      },
    ];
  },
  analyse: (input, params) => {
    const light = strongest(input);
    const { value } = light;
    if (value.kind !== 'field') return { readouts: [], charts: [] };
    const v = fibreParameter(params.coreRadius.value, params.numericalAperture.value, value.wavelength.value);
    const mode = { radius: modeRadius(params.coreRadius.value, v), x: params.x.value, y: params.y.value };
    const parts = componentsOf(light, 0);
    const energy = parts.reduce((sum, { samples }) => sum + energyOf(samples), 0);
    const coupled = parts.reduce((sum, { samples, rows }) => {
      return sum + gaussianCoupling(samples, rows, value.pitch.value, mode) * energyOf(samples);
    }, 0);
    return {
      readouts: [
        shareReadout('Coupled', energy > 0 ? coupled / energy : null),
        numberReadout('V number', v),
        lengthReadout('Mode radius', mode.radius),
        numberReadout('V over the single-mode limit', v / SINGLE_MODE_LIMIT),
      ],
      charts: [],
    };
  },
});
