import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { steepPhaseNotes } from '../../phaseNotes.ts';
import type { MapArgument } from '../../sampledGrid.ts';
import { planeShape, transmissionMap } from '../../sampledGrid.ts';
import { vortex } from '../../softShapes.ts';
import {
  angleArgument,
  behindMask,
  centreParams,
  designWavelength,
  edgeArgument,
  localFrame,
  maskLength,
  maskNumber,
  phaseRatio,
  rotation,
} from './maskParams.ts';

export const spiralPhase: ElementSpec = defineElement({
  type: 'spiralPhase',
  version: 1,
  category: 'masks',
  title: 'Spiral phase',
  summary: 'A phase that winds about the axis: focused, the light becomes a ring with a dark core.',
  keywords: ['vortex', 'helical', 'orbital angular momentum', 'doughnut', 'charge', 'helix', 'potato chip'],
  inputs: { in: { accepts: ['field'], title: 'Light' } },
  outputs: { out: { type: 'field', title: 'Light' } },
  params: {
    charge: maskNumber('Charge', 'Turns of the phase in one way round, from +x towards +y.', {
      default: 1,
      min: -1000,
      max: 1000,
      soft: [-4, 4],
      prominent: true,
    }),
    twist: maskNumber(
      'Twist',
      'Charge gained from the centre to the twist radius, as r²: the focus turns with depth (helical or “potato chip” mask).',
      {
        default: 0,
        min: -1000,
        max: 1000,
        soft: [-10, 10],
        prominent: true,
      },
    ),
    twistRadius: maskLength('Twist radius', 'Radius at which the charge has changed by the twist.', {
      default: 1e-3,
      soft: [50e-6, 5e-3],
      display: 'mm',
    }),
    ...centreParams,
    rotation,
    designWavelength,
  },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 't(r, θ) = exp[i θ (ℓ + ℓ₂ r²/R²)]',
  references: [
    'Allen et al., Phys. Rev. A 45, 8185 (1992)',
    'Broxton, PhD thesis, Stanford (2017): helical masks',
  ],
  sampling: (inputs, params, grid) => {
    const light = inputs['in'];
    if (light?.kind !== 'field') return [];
    const radius = (planeShape(light.samples)[0] * light.pitch.value) / 2;
    const rim = params.twist.value * (radius / params.twistRadius.value) ** 2;
    // At the rim: radially θ · 2 ℓ₂ r / R² with θ up to π; around, the charge there over r.
    const slope = Math.hypot((2 * Math.PI * rim) / radius, (params.charge.value + rim) / radius);
    return steepPhaseNotes(
      {
        cyclesPerMetre: slope / (2 * Math.PI),
        pitch: light.pitch.value,
        where: 'At the rim of the window',
        effect: 'the mask is aliased',
        instead: 'a smaller twist or charge',
      },
      grid,
    );
  },
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field');
    const [n] = planeShape(light.samples);
    const args: MapArgument[] = [
      edgeArgument(params.x, light),
      edgeArgument(params.y, light),
      angleArgument(params.rotation, n),
      { scalar: params.charge, scale: 1 },
      { scalar: params.twist, scale: 1 },
      { scalar: params.twistRadius, scale: params.twistRadius.value },
      { scalar: phaseRatio(light, params.designWavelength), scale: 1 },
    ];
    const transmission = transmissionMap(ops, 'spiralPhase', n, light.pitch, args, (values, pitch) => {
      const [x0 = 0, y0 = 0, turn = 0, charge = 0, twist = 0, radius = 1, ratio = 1] = values;
      const frame = localFrame(x0, y0, turn);
      return (x, y) => {
        const [dx, dy] = frame(x, y);
        return vortex(dx, dy, ratio * (charge + (twist * (dx * dx + dy * dy)) / radius ** 2), pitch);
      };
    });
    return { out: behindMask(ops, light, transmission) };
  },
});
