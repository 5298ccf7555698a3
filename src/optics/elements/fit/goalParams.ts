/** Parameters that goals for images share. */
import type { QuantityParam } from '../../element.ts';

/** A place on the picture, metres from its middle pixel. */
export function placeOnImage(title: string, doc: string): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'length',
    title,
    doc,
    default: 0,
    min: -1,
    max: 1,
    soft: [-10e-6, 10e-6],
    display: 'µm',
    scale: 'linear',
    learnable: false,
    step: 1e-7,
  };
}

export function radiusOnImage(title: string, doc: string, standard: number): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'length',
    title,
    doc,
    default: standard,
    min: 0,
    max: 1,
    soft: [1e-7, 1e-3],
    display: 'µm',
    scale: 'log',
    learnable: false,
    step: 1e-7,
    prominent: true,
  };
}

/** Column of a table of spots. */
export const weightOfSpot = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'Weight',
  doc: 'Share of the light that this spot is to get, relative to the others.',
  default: 1,
  min: 1e-3,
  max: 1e3,
  soft: [0.1, 10],
  display: '',
  scale: 'log',
  learnable: false,
  step: 0.1,
} as const satisfies QuantityParam;
