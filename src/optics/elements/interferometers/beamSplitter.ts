import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { inputOf } from '../../inputs.ts';
import { scaledLight } from '../../polarisation.ts';
import { reflectance, splitAmplitudes } from './splitting.ts';

export const beamSplitter: ElementSpec = defineElement({
  type: 'beamSplitter',
  version: 1,
  category: 'interferometers',
  title: 'Beam splitter',
  summary:
    'Divides light into two arms. The bench is drawn unfolded: reflected light is not mirrored left to right.',
  keywords: ['half mirror', 'michelson', 'mach-zehnder', 'split', 'arms', 'ports', '50/50'],
  inputs: { in: { accepts: ['field', 'pupil'], title: 'Light' } },
  outputs: {
    transmitted: { type: { like: 'in' }, title: 'Transmitted' },
    reflected: { type: { like: 'in' }, title: 'Reflected' },
  },
  params: { reflectance },
  power: 'keepsOrLoses',
  linearIn: 'in',
  equation: 'u_t = √(1-R) u,  u_r = i √R u',
  references: ['Zeilinger, Am. J. Phys. 49, 882 (1981): phases at a lossless beam splitter'],
  forward: (inputs, params, { ops }) => {
    const light = inputOf(inputs, 'in', 'field', 'pupil');
    const { straight, reflected } = splitAmplitudes(params.reflectance);
    return {
      transmitted: scaledLight(ops, light, straight),
      reflected: scaledLight(ops, light, reflected),
    };
  },
});
