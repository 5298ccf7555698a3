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
