import type { QuantityParam } from './element.ts';

type Own = Partial<QuantityParam> & Pick<QuantityParam, 'default' | 'soft'>;

/**
 * Learnable quantities that share what they are and how far they reach, and differ by name, sentence and default. A
 * slider's scale is logarithmic where its range begins above zero, unless the family says otherwise.
 */
export function quantityFamily(
  shared: Pick<QuantityParam, 'quantity' | 'min' | 'max' | 'display' | 'step'> & Partial<QuantityParam>,
): (title: string, doc: string, own: Own) => QuantityParam {
  return (title, doc, own) => ({
    kind: 'quantity',
    title,
    doc,
    scale: own.soft[0] > 0 ? 'log' : 'linear',
    learnable: true,
    ...shared,
    ...own,
  });
}

const turns = quantityFamily({
  quantity: 'angle',
  min: -2 * Math.PI,
  max: 2 * Math.PI,
  display: 'deg',
  scale: 'linear',
  step: 0.05,
});

/** A direction in the plane, or a turn about the axis: from +x towards +y (clockwise as seen). */
export function direction(title: string, doc: string, own: Partial<QuantityParam> = {}): QuantityParam {
  return turns(title, doc, { default: 0, soft: [0, Math.PI], ...own });
}
