import { lengthOf } from '../../axes.ts';
import { fillingLayout, spreadWave } from '../../cells.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { goalContract, goalOutput, number, penaltyInput, shareWish, wished } from '../../goals/wish.ts';
import { inputOf, lightsOf } from '../../inputs.ts';
import { sizeOf } from '../../ops/kernels.ts';
import type { Complex, Ops, Real } from '../../ops/ops.ts';
import { ElementProblem } from '../../problem.ts';
import { planeShape } from '../../sampledGrid.ts';
import { spectralSum } from '../../spectral.ts';
import type { Axis, Field, Image, Pupil } from '../../values.ts';

export const phaseGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'phaseGoal',
  title: 'Wanted phase',
  summary:
    'Compares the phase of a pupil or of light with a picture of the phase that is wanted, for a fit to follow.',
  keywords: ['goal', 'objective', 'phase', 'wavefront', 'pupil', 'target', 'wrapped', 'aberrations', 'mask'],
  inputs: {
    in: { accepts: ['pupil', 'field'], title: 'Pupil or light' },
    wanted: { accepts: ['image'], title: 'Wanted phase' },
    penalty: penaltyInput,
  },
  outputs: goalOutput,
  params: {
    ...shareWish('the agreement'),
    turn: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Value of a turn',
      doc: 'What a whole turn of the phase is in the picture: 2π where it is in radians, the wavelength where it is a path, the number of levels where it is a grey picture. Larger values are a longer path. The picture’s longer side fills the window, or the square around the disc of a pupil.',
      default: 2 * Math.PI,
      min: 1e-12,
      max: 1e12,
      soft: [1, 1e3],
      display: '',
      scale: 'log',
      learnable: false,
      step: 1,
      prominent: true,
    },
    piston: {
      kind: 'switch',
      title: 'Piston counts',
      doc: 'Whether a phase that is the same everywhere counts as a difference; without it each component and mode of the light may have its own.',
      default: false,
    },
  },
  spectrum: 'whole',
  equation: 'A = |Σ I exp(i(φ − φ0))| / Σ I,  with the piston the real part;  rms = √(2 (1 − A))',
  references: [
    'Fisher, Statistical Analysis of Circular Data (1993): the mean resultant length of angles, whose wraps do not matter',
  ],
  forward: (inputs, params, { ops }) => {
    const channels = lightsOf(inputs, 'in', 'pupil', 'field');
    const wanted = wantedWave(ops, inputOf(inputs, 'wanted', 'image'), params.turn.value);
    const all = spectralSum(ops, channels, (light) => agreement(ops, light, wanted, params.piston));
    const weights = spectralSum(ops, channels, () => number(ops, 1));
    const value = ops.divide(all, weights);
    const { out } = wished(ops, inputs, params, value, {
      title: 'Agreement',
      quantity: 'dimensionless',
      display: '',
      isShare: true,
    });
    const apart = { title: 'RMS difference', quantity: 'angle', display: 'rad' } as const;
    const samples = chord(ops, value);
    return { out: { ...out, readings: [...(out.readings ?? []), { ...apart, samples }] } };
  },
});

/** exp(-i φ0) on the pixels of the picture, made square; 0 where a pixel does not count. */
function wantedWave(ops: Ops, { samples, mask, normalization }: Image, turn: number): Complex {
  if (normalization !== 'none') {
    throw new ElementProblem(
      'The picture of the phase is divided by its mean, so that its values are no phase.',
      'Set the target’s brightness to “As it is”.',
    );
  }
  const [ny, nx] = planeShape(samples);
  if (sizeOf(samples.shape) !== ny * nx) {
    throw new ElementProblem(
      'The picture of the phase has several planes, but one phase is wanted.',
      'Choose a picture with one plane.',
    );
  }
  const flat = (a: Real) => ops.reshape(a, [ny, nx]);
  const wave = ops.phasor(ops.scale(flat(samples), (-2 * Math.PI) / turn));
  const counted = mask === null ? wave : ops.multiply(flat(mask), wave);
  const side = Math.max(ny, nx);
  return ny === nx ? counted : ops.resize(counted, side, side);
}

/** Of intensities relative to their mean: keeps the slope of an amplitude finite in the dark. */
const DARK = 1e-10;
/** Of a size between 0 and 1, squared: keeps its slope finite where it vanishes. */
const VANISHING = 1e-16;

/** Mean over the planes of the size or real part of the mean phasor, weighted by intensity; shape [1]. */
function agreement(ops: Ops, light: Field | Pupil, wanted: Complex, isPistonCounted: boolean): Real {
  const { samples } = light;
  const axes: readonly Axis[] = light.axes;
  const planes = lengthOf(light, 'plane');
  const sides = [axes.length, axes.length + 1];
  const parts = axes.flatMap((axis, at) => (axis === 'plane' ? [] : [at]));
  const [n] = planeShape(samples);
  const [cells] = planeShape(wanted);
  const wave = spreadWave(ops, wanted, n, fillingLayout(light, cells));
  const squares = ops.absSquared(samples);
  const all = [...samples.shape.keys()];
  const mean = ops.add(ops.scale(ops.sum(squares, all), 1 / sizeOf(squares.shape)), number(ops, 1e-30));
  const relative = ops.divide(squares, mean);
  const amplitude = ops.squareRoot(ops.add(relative, number(ops, DARK)));
  // Where the picture is interpolated between unlike phases, its wave is shorter than 1 and counts less.
  const length = ops.squareRoot(ops.add(ops.absSquared(wave), number(ops, VANISHING)));
  const weight = ops.sum(ops.multiply(relative, length), [...sides, ...parts]);
  const overlap = ops.sum(ops.multiply(amplitude, ops.multiply(wave, samples)), sides);
  const scale = ops.add(ops.multiply(weight, ops.squareRoot(mean)), number(ops, 1e-30));
  const share = isPistonCounted
    ? ops.divide(ops.realPart(overlap), scale)
    : ops.squareRoot(
        ops.add(ops.divide(ops.absSquared(overlap), ops.multiply(scale, scale)), number(ops, VANISHING)),
      );
  const whole = ops.sum(share, parts);
  return ops.reshape(ops.scale(ops.sum(whole, [...whole.shape.keys()]), 1 / planes), [1]);
}

/** √(2 |1 - A|), the root mean square of |exp(iφ) - exp(iφ0)|: for small differences that of the phase. */
function chord(ops: Ops, value: Real): Real {
  const missing = ops.scale(ops.subtract(number(ops, 1), value), 2);
  const size = ops.squareRoot(ops.add(ops.multiply(missing, missing), number(ops, 1e-20)));
  return ops.squareRoot(size);
}
