/** What the analysis elements share: light passes them unchanged, so they may stand in line. */
import type { Inputs, Outputs } from '../../element.ts';
import { ElementProblem } from '../../problem.ts';

/** The input, as it came. */
export function passOn(inputs: Inputs): Outputs {
  const { in: value } = inputs;
  if (value === undefined) {
    throw new ElementProblem('Nothing is connected to “in”.', 'Connect a wire to the input “in”.');
  }
  return { out: value };
}

/** Declaration of what passes an analysis: everything, at all wavelengths at once. */
export const passes = { power: 'keeps', linearIn: 'in', spectrum: 'whole', forward: passOn } as const;

export const planeParam = {
  kind: 'integer',
  title: 'Plane',
  doc: 'Plane of a focus stack, from 1; 0 takes the plane with the highest peak.',
  automatic: 'the one with the highest peak',
  default: 0,
  min: 0,
  max: 4096,
} as const;

export const backgroundParam = {
  kind: 'switch',
  title: 'Subtract background',
  doc: 'Takes the median of the outermost samples away first: widths of a spot on a grey background.',
  default: false,
} as const;
