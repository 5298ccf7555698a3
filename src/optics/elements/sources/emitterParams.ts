/** Parameters of what shines as a point: place and photons. */
import type { QuantityParam } from '../../element.ts';
import { position } from './lightParams.ts';

/** Photons, 10 000 at first. */
export function photonsParam(
  doc: string,
  options: Partial<Pick<QuantityParam, 'perPlane' | 'prominent'>> = {},
) {
  return {
    kind: 'quantity',
    quantity: 'photons',
    title: 'Photons',
    doc,
    default: 10000,
    min: 0,
    max: 1e12,
    soft: [100, 1e6],
    display: 'photons',
    scale: 'log',
    learnable: true,
    step: 500,
    ...options,
  } as const satisfies QuantityParam;
}

/** Place across the light, and distance before focus. */
export const emitterPlace = {
  x: position('Position x', 'Lateral position from the centre of the image, +x right.', 'lateralX', {
    step: 0.02e-6,
  }),
  y: position('Position y', 'Lateral position from the centre of the image, +y down the rows.', 'lateralY', {
    step: 0.02e-6,
  }),
  z: position(
    'Distance before focus',
    'Distance before the focal plane of the middle plane; positive.',
    'axial',
    { soft: [-5e-6, 5e-6], min: -1e-3, max: 1e-3 },
  ),
};
