import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { throughTransmission } from '../../pupil/pupilTransmission.ts';
import { direction, quantityFamily } from '../../quantityFamily.ts';
import { formatNumber } from '../../units.ts';

const phase = quantityFamily({
  quantity: 'angle',
  min: -2 * Math.PI,
  max: 2 * Math.PI,
  display: 'deg',
  scale: 'linear',
  step: 0.05,
});

export const nomarski: ElementSpec = defineElement({
  type: 'nomarski',
  version: 1,
  category: 'pupils',
  title: 'DIC prism',
  summary:
    'Differential interference contrast (Nomarski): two images, sheared by less than one can see, interfere with opposite signs.',
  keywords: ['DIC', 'Nomarski', 'Wollaston', 'shear', 'bias', 'relief', 'gradient', 'microscope'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil' } },
  params: {
    shear: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Shear',
      doc: 'Distance between the two images in the sample; prisms of microscopes have 0.1 to 0.6 µm, below the resolution.',
      default: 0.2e-6,
      min: 0,
      max: 1e-3,
      soft: [0, 1e-6],
      display: 'µm',
      scale: 'linear',
      learnable: true,
      step: 0.02e-6,
      prominent: true,
    },
    direction: direction(
      'Shear direction',
      'Direction of the shear, from +x towards +y: with a positive bias what delays light ever more along it is bright.',
      { prominent: true, soft: [-Math.PI, Math.PI] },
    ),
    bias: phase(
      'Bias',
      'Phase between the two images where the sample is even, set by the prism’s position: 0° is dark with bright edges on both sides, 90° steepest, 180° bright.',
      { default: Math.PI / 2, soft: [-Math.PI, Math.PI], prominent: true },
    ),
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'E(r) → ½ [E(r + s/2) exp(iβ/2) - E(r - s/2) exp(-iβ/2)],  P(ρ) → i P(ρ) sin(β/2 - π NA ρ·s/λ)',
  references: [
    'Nomarski, J. Phys. Radium 16, 9S (1955)',
    'Preza, Snyder and Conchello, J. Opt. Soc. Am. A 16, 2185 (1999): models of DIC',
  ],
  sampling: (inputs, p) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    const turns = (light.numericalAperture.value * p.shear.value) / light.wavelength.value;
    const notes = [];
    if (turns > 0.61) {
      notes.push({
        severity: 'info',
        message: `The shear of ${formatNumber(p.shear.value * 1e6, 3)} µm is above the resolution, 0.61 λ/NA: everything is seen twice.`,
        fix: 'Choose a smaller shear for a relief.',
      } as const);
    }
    // Two images that lie half a turn per sample apart meet the repeats of each other.
    if (turns > 0.5 * light.grid.radius) {
      notes.push({
        severity: 'warning',
        message: 'The two images are so far apart that the picture repeats into itself.',
        fix: 'Use more grid samples or less shear.',
        ...moreSamples(light.grid.samples, 4 * turns + 2),
      } as const);
    }
    return notes;
  },
  forward: (inputs, p, { ops }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    const { wavelength, numericalAperture, place } = light;
    const out = throughTransmission(ops, light, {
      name: 'nomarski',
      args: [
        { scalar: wavelength, scale: 0.01 * wavelength.value },
        { scalar: numericalAperture, scale: 0.01 },
        { scalar: p.shear, scale: 0.05e-6 },
        { scalar: p.direction, scale: 0.05 },
        { scalar: p.bias, scale: 0.1 },
      ],
      prepare: ([lambda = 1, aperture = 1, shear = 0, angle = 0, bias = 0]) => {
        const along = (Math.PI * aperture * shear) / lambda;
        const [c, s] = [along * Math.cos(angle), along * Math.sin(angle)];
        return (x, y, at) => {
          at[0] = 0;
          at[1] = Math.sin(bias / 2 - c * x - s * y);
        };
      },
    });
    return { out: { ...out, place: { ...place, lateral: place.lateral + p.shear.value / 2 } } };
  },
});
