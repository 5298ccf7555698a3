import { encircledEnergy as curveOf, radiusHolding } from '../../analysis/encircledEnergy.ts';
import { hostPlane } from '../../analysis/hostPlane.ts';
import { lengthAxis, lengthReadout, shareReadout } from '../../analysis/readouts.ts';
import { edgeShare, moments, withoutBackground } from '../../analysis/widths.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { backgroundParam, passes, planeParam } from './analysisParts.ts';

export const encircledEnergy: ElementSpec = defineElement({
  type: 'encircledEnergy',
  version: 1,
  category: 'analysis',
  title: 'Encircled energy',
  summary: 'How much of a spot’s energy lies inside a circle around its centroid, of what the window holds.',
  keywords: ['EE50', 'EE80', 'ensquared', 'PSF', 'concentration', 'radius'],
  inputs: { in: { accepts: ['image', 'field'], title: 'Light or image' } },
  outputs: { out: { type: { like: 'in' }, title: 'Unchanged' } },
  params: {
    radius: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Radius',
      doc: 'Circle whose share of the energy is told.',
      default: 1e-6,
      min: 0,
      max: 1,
      soft: [1e-8, 1e-3],
      display: 'µm',
      scale: 'log',
      learnable: false,
      step: 1e-7,
      prominent: true,
    },
    plane: planeParam,
    background: backgroundParam,
  },
  ...passes,
  equation: 'EE(r) = ∫_{|x − x̄| < r} I dA / ∫ I dA',
  references: ['Born and Wolf, Principles of Optics: 1 − J₀² − J₁² for an Airy disc'],
  analyse: (input, params) => {
    const seen = hostPlane(input, params.plane);
    const plane = params.background ? withoutBackground(seen) : seen;
    const curve = curveOf(plane, moments(plane));
    const at = curve.radius.findIndex((radius) => radius >= params.radius.value);
    return {
      readouts: [
        lengthReadout('EE50 radius', radiusHolding(curve, 0.5)),
        lengthReadout('EE80 radius', radiusHolding(curve, 0.8)),
        shareReadout('Inside the radius', at < 0 ? null : (curve.share[at] ?? null)),
        shareReadout('In the outer 5 % frame', edgeShare(plane)),
        lengthReadout('EE95 radius', radiusHolding(curve, 0.95)),
      ],
      charts: [
        {
          title: 'Encircled energy',
          x: lengthAxis('Radius', curve.radius.at(-1) ?? 0),
          y: { title: 'Share', quantity: 'dimensionless', display: '' },
          lines: [{ title: 'inside', x: curve.radius, y: curve.share }],
        },
      ],
    };
  },
});
