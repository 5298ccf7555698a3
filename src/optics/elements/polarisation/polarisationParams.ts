/** Parameters that polarising elements share. */
import type { QuantityParam } from '../../element.ts';
import { direction } from '../../quantityFamily.ts';

/** A direction in the plane, from +x towards +y. */
export function axisAngle(
  title: string,
  doc: string,
  options: Partial<Pick<QuantityParam, 'default' | 'prominent' | 'when'>> = {},
): QuantityParam {
  return direction(title, doc, { soft: [-Math.PI / 2, Math.PI / 2], prominent: true, ...options });
}

/** How much one polarisation lags another, in waves. */
export function retardanceInWaves(doc: string, options: Partial<QuantityParam> = {}): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Retardance',
    doc,
    default: 0.25,
    min: -100,
    max: 100,
    soft: [0, 1],
    display: '',
    scale: 'linear',
    learnable: true,
    step: 0.02,
    prominent: true,
    ...options,
  };
}
