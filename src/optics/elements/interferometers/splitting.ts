/**
 * What beam splitters and combiners share. Both sides reflect with the factor i, so that no power is lost or made:
 * t² + |r|² = 1 and the two outputs of a combiner are complementary.
 */
import type { QuantityParam } from '../../element.ts';
import { type ComplexScalar, complexScalar } from '../../jones.ts';
import { mapScalar, type Scalar, subtractScalars } from '../../ops/scalar.ts';

export const reflectance: QuantityParam = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'Reflectance',
  doc: 'Share of the power that is reflected; the rest goes straight on. What is reflected gets the factor i (a quarter period).',
  default: 0.5,
  min: 0,
  max: 1,
  soft: [0, 1],
  display: '',
  scale: 'linear',
  learnable: true,
  step: 0.02,
  prominent: true,
};

/** √x; its slope at 0, which is infinite, is bounded. */
function root(x: Scalar): Scalar {
  return mapScalar(
    x,
    (value) => Math.sqrt(Math.max(0, value)),
    (value) => 0.5 / Math.sqrt(Math.max(1e-12, value)),
  );
}

/** Amplitudes of what goes straight on and of what is reflected. */
export function splitAmplitudes(share: Scalar): { straight: ComplexScalar; reflected: ComplexScalar } {
  return {
    straight: complexScalar(root(subtractScalars(1, share))),
    reflected: complexScalar(0, root(share)),
  };
}
