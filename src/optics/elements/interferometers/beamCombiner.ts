import { axesWith, withAxes } from '../../axes.ts';
import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { alignedFields, scaledLight } from '../../polarisation.ts';
import type { Field } from '../../values.ts';
import { reflectance, splitAmplitudes } from './splitting.ts';

export const beamCombiner: ElementSpec = defineElement({
  type: 'beamCombiner',
  version: 1,
  category: 'interferometers',
  title: 'Beam combiner',
  summary:
    'Brings two coherent arms together at a beam splitter; the two outputs share all the power. Coherent light of all sources interferes, as if one laser fed them; light in incoherent parts interferes part by part with light of the same source only.',
  keywords: ['interfere', 'recombine', 'michelson', 'mach-zehnder', 'sum', 'ports', 'fringes'],
  inputs: {
    a: { accepts: ['field'], title: 'Arm a' },
    b: { accepts: ['field'], title: 'Arm b' },
  },
  outputs: {
    out: { type: 'field', title: 'Output 1' },
    other: { type: 'field', title: 'Output 2' },
  },
  params: { reflectance },
  power: 'notApplicable',
  linearIn: 'a',
  equation: 'u₁ = √(1-R) a + i √R b,  u₂ = i √R a + √(1-R) b',
  references: ['Zeilinger, Am. J. Phys. 49, 882 (1981): phases at a lossless beam splitter'],
  forward: (inputs, params, { ops }) => {
    const [a, b] = alignedFields(ops, inputOf(inputs, 'a', 'field'), inputOf(inputs, 'b', 'field'));
    const { straight, reflected } = splitAmplitudes(params.reflectance);
    const axes = [...b.axes].reduce(axesWith, a.axes);
    const sum = (first: Field, second: Field): Field => ({
      ...a,
      planeWaves: null,
      axes,
      samples: ops.add(withAxes(ops, first, axes), withAxes(ops, second, axes)),
    });
    return {
      out: sum(scaledLight(ops, a, straight), scaledLight(ops, b, reflected)),
      other: sum(scaledLight(ops, a, reflected), scaledLight(ops, b, straight)),
    };
  },
});
