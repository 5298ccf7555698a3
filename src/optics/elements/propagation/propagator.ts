import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { propagate } from '../../propagation/angularSpectrum.ts';
import { planeShape } from '../../sampledGrid.ts';

/** Doubling the window makes the circular convolution linear: light that leaves does not re-enter. */
const PADDING = 2;

export const propagator: ElementSpec = defineElement({
  type: 'propagator',
  version: 1,
  category: 'propagation',
  title: 'Free space',
  summary: 'Propagates light over a distance by the band-limited angular spectrum.',
  keywords: ['propagate', 'distance', 'angular spectrum', 'fresnel', 'space', 'diffraction'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    distance: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Distance',
      doc: 'Distance along the light; negative goes back.',
      default: 0.05,
      min: -1e6,
      max: 1e6,
      soft: [0, 0.2],
      display: 'mm',
      scale: 'linear',
      learnable: true,
      step: 1e-3,
      role: 'axial',
      prominent: true,
    },
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'U(f; z) = U(f; 0) exp[i z (kz - k)],  kz = 2π sqrt(n²/λ² - f²)',
  references: ['Matsushima and Shimobaba, Opt. Express 17, 19662 (2009)'],
  sampling: (inputs, params) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const [n] = planeShape(light.samples);
    const pitch = light.pitch.value;
    const lambda = light.wavelength.value / light.refractiveIndex.value;
    const width = PADDING * n * pitch;
    const kept = 1 / Math.hypot((2 * params.distance.value) / width, 1) / lambda;
    const share = Math.min(1, kept * 2 * pitch);
    if (share > 0.25) return [];
    return [
      {
        severity: 'warning',
        message: `At this distance only ${(100 * share).toPrecision(2)} % of the grid’s frequencies can be propagated without ghosts.`,
        fix: `Use more samples, a larger pitch or a distance below ${((1e3 * 4 * n * pitch * pitch * 2) / lambda / 2).toPrecision(3)} mm.`,
      },
    ];
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    return {
      out: {
        ...light,
        samples: propagate(ops, light.samples, light.pitch, light, params.distance, PADDING),
        isAxialPlaneWave: false,
      },
    };
  },
});
