import { lengthOf } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { goalContract, goalOutput, number, penaltyInput, shareWish, wished } from '../../goals/wish.ts';
import { lightsOf } from '../../inputs.ts';
import { roots } from '../../likeness.ts';
import { sizeOf } from '../../ops/kernels.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { spectralSum } from '../../spectral.ts';
import type { Pupil } from '../../values.ts';

export const strehlGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'strehlGoal',
  title: 'Strehl ratio wanted',
  summary:
    'The peak of a point’s image over that of the same light without phase errors, for a fit to raise.',
  keywords: ['goal', 'objective', 'Strehl', 'aberrations', 'wavefront', 'focus', 'correct', 'adaptive'],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: shareWish('the Strehl ratio'),
  spectrum: 'whole',
  equation: 'S = Σ_c |Σ P_c|² / Σ_c (Σ |P_c|)²',
  references: [
    'Born and Wolf, Principles of Optics: Strehl intensity',
    'Mahajan, J. Opt. Soc. Am. 72, 1258 (1982)',
  ],
  forward: (inputs, params, { ops }) => {
    const channels = lightsOf(inputs, 'in', 'pupil');
    const whole = spectralSum(ops, channels, (pupil) => strehl(ops, pupil));
    const weights = spectralSum(ops, channels, () => number(ops, 1));
    return wished(ops, inputs, params, ops.divide(whole, weights), {
      title: 'Strehl ratio',
      quantity: 'dimensionless',
      display: '',
      isShare: true,
    });
  },
});

/** Of the whole light, mean over the planes; shape [1]. */
function strehl(ops: Ops, { samples, axes }: Pupil): Real {
  const planes = lengthOf({ samples, axes }, 'plane');
  const sides = [axes.length, axes.length + 1];
  const others = axes.flatMap((axis, at) => (axis === 'plane' ? [] : [at]));
  const squares = ops.absSquared(samples);
  const all = [...samples.shape.keys()];
  // Relative to the mean, so that the rounding of the root is small beside it.
  const mean = ops.scale(ops.sum(squares, all), 1 / sizeOf(samples.shape));
  const relative = ops.divide(squares, ops.add(mean, number(ops, 1e-30)));
  const aligned = ops.sum(roots(ops, relative), sides);
  const best = ops.multiply(ops.sum(ops.multiply(aligned, aligned), others), mean);
  const peak = ops.sum(ops.absSquared(ops.sum(samples, sides)), others);
  const ratio = ops.divide(peak, ops.add(best, number(ops, 1e-30)));
  return ops.reshape(ops.scale(ops.sum(ratio, [...ratio.shape.keys()]), 1 / planes), [1]);
}
