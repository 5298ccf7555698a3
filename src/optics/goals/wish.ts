/**
 * What goals share: a number is measured of the light, a person says what is wanted of it, and a penalty tells a fit
 * how far it is from that. Goals are chained through their inputs `penalty`: the last one is what becomes small.
 */
import type { ChoiceParam, Inputs, OutputSpec, PortSpec, QuantityParam } from '../element.ts';
import type { Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import type { Reading, ScalarValue } from '../values.ts';

const BOUNDED = ['atLeast', 'atMost', 'equal'] as const;

/** What is wanted of a number. */
function wantParam(what: string, standard: 'largest' | 'smallest'): ChoiceParam {
  return {
    kind: 'choice',
    title: 'Wanted',
    doc: `What a fit is to do with ${what}: as much or as little as possible, or only until a value is reached.`,
    default: standard,
    options: [
      { value: 'largest', title: 'As large as possible' },
      { value: 'smallest', title: 'As small as possible' },
      { value: 'atLeast', title: 'At least the value' },
      { value: 'atMost', title: 'At most the value' },
      { value: 'equal', title: 'Exactly the value' },
    ],
    prominent: true,
  };
}

const weight: QuantityParam = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'Weight',
  doc: 'Factor on what this goal adds where several are chained through “Penalty”.',
  default: 1,
  min: 0,
  max: 1e9,
  soft: [1e-3, 1e3],
  display: '',
  scale: 'log',
  learnable: false,
  step: 0.1,
};

/** Parameters of a goal for a share from 0 to 1. @param what continues “do with …” */
export function shareWish(what: string) {
  return {
    want: wantParam(what, 'largest'),
    bound: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Value',
      doc: 'The value that is wanted; the penalty grows with the square of what is missing.',
      default: 0.8,
      min: 0,
      max: 1,
      soft: [0.1, 1],
      display: '%',
      scale: 'linear',
      learnable: false,
      step: 0.01,
      when: { param: 'want', is: BOUNDED },
    },
    weight,
  } as const;
}

/** Parameters of a goal for a length, which counts in units of the value that is wanted. */
export function lengthWish(what: string) {
  return {
    want: wantParam(what, 'smallest'),
    bound: {
      kind: 'quantity',
      quantity: 'length',
      title: 'Value',
      doc: 'The length that is wanted, or, for the smallest and the largest, the one that counts as 1.',
      default: 1e-6,
      min: 1e-12,
      max: 1,
      soft: [1e-7, 1e-3],
      display: 'µm',
      scale: 'log',
      learnable: false,
      step: 1e-8,
    },
    weight,
  } as const;
}

export const penaltyInput: PortSpec = { accepts: ['scalar'], title: 'Penalty', optional: true };
export const goalOutput = { out: { type: 'scalar', title: 'Penalty' } as OutputSpec };

/** What every goal is; none is a power or linear in light. */
export const goalContract = {
  version: 1,
  category: 'fit',
  objective: true,
  power: 'notApplicable',
  linearIn: null,
} as const;

export interface Wish {
  readonly want: string;
  readonly bound: Scalar;
  readonly weight: Scalar;
}

/** How softly a bound begins, in units of the number: its penalty has a second derivative there. */
const SOFTNESS = 1e-3;

/**
 * The penalty of a number, shape [1]: 1 - x for the largest, x for the smallest; h(b - x)², h(x - b)² and (x - b)² for
 * bounds, with h(d) = (d + √(d² + ε²))/2, a maximum of d and 0 that is smooth.
 * @param value shape [1]
 * @param unit of the value that counts as 1
 */
function penaltyOf(ops: Ops, { want, bound }: Pick<Wish, 'want' | 'bound'>, value: Real, unit: number): Real {
  const x = ops.scale(value, 1 / unit);
  const wanted = number(ops, bound.value / unit);
  const squared = (a: Real) => ops.multiply(a, a);
  const above = (d: Real) => {
    const rounded = ops.squareRoot(ops.add(squared(d), number(ops, SOFTNESS ** 2)));
    return ops.scale(ops.add(d, rounded), 0.5);
  };
  switch (want) {
    case 'largest':
      return ops.subtract(number(ops, 1), x);
    case 'smallest':
      return x;
    case 'atLeast':
      return squared(above(ops.subtract(wanted, x)));
    case 'atMost':
      return squared(above(ops.subtract(x, wanted)));
    default:
      return squared(ops.subtract(x, wanted));
  }
}

/** The output of a goal whose number is a share (`unit` 1) or a length. */
export function wished(
  ops: Ops,
  inputs: Inputs,
  wish: Wish,
  value: Real,
  reading: Omit<Reading, 'samples'>,
): { readonly out: ScalarValue } {
  const unit = reading.quantity === 'length' ? wish.bound.value : 1;
  return addedTo(ops, inputs, wish.weight, penaltyOf(ops, wish, value, unit), [
    { ...reading, samples: value },
  ]);
}

/** Weight times a penalty, with what the goals before it say. */
export function addedTo(
  ops: Ops,
  inputs: Inputs,
  weight: Scalar,
  penalty: Real,
  readings: readonly Reading[],
): { readonly out: ScalarValue } {
  const own = ops.scale(penalty, weight.value);
  const before = inputs['penalty'];
  const samples = before?.kind === 'scalar' ? ops.add(own, ops.reshape(before.samples, [1])) : own;
  return { out: { kind: 'scalar', samples, readings } };
}

/** A number as a tensor of this evaluation, shape [1]. */
export function number(ops: Ops, value: number): Real {
  return ops.upload(Float64Array.of(value), [1], 'real');
}
