/** Typed access to what arrives at an element's inputs. The compiler has checked the port types already. */
import type { Inputs } from './element.ts';
import { ElementProblem } from './problem.ts';
import type { Monochromatic, PortValue } from './values.ts';

type OfKind<K extends PortValue['kind']> = Extract<PortValue, { kind: K }>;

/** The value at input `name`, which must be one of `kinds`. */
export function inputOf<K extends PortValue['kind']>(inputs: Inputs, name: string, ...kinds: K[]): OfKind<K> {
  const value = inputs[name];
  if (value === undefined) {
    throw new ElementProblem(`Nothing is connected to “${name}”.`, `Connect a wire to the input “${name}”.`);
  }
  if (!(kinds as string[]).includes(value.kind)) {
    throw new ElementProblem(
      `The input “${name}” got a ${value.kind}, but needs a ${kinds.join(' or ')}.`,
      'Connect it to another output.',
    );
  }
  return value as OfKind<K>;
}

/** The light at input `name`, wavelength by wavelength, all of one kind: for elements that take the whole spectrum. */
export function lightsOf<K extends Monochromatic['kind']>(
  inputs: Inputs,
  name: string,
  ...kinds: K[]
): readonly [OfKind<K> & Monochromatic, ...(OfKind<K> & Monochromatic)[]] {
  const value = inputs[name];
  const channels = value?.kind === 'polychromatic' ? value.channels : [value];
  const [first, ...rest] = channels.map((channel) => inputOf({ [name]: channel }, name, ...kinds));
  if (first === undefined) throw new Error('Light has at least one wavelength.');
  return [first, ...rest];
}
