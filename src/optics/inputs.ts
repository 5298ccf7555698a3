/** Typed access to what arrives at an element's inputs. The compiler has checked the port types already. */
import type { Inputs } from './element.ts';
import { ElementProblem } from './problem.ts';
import type { Monochromatic, PortValue } from './values.ts';

const WORDS: Readonly<Record<PortValue['kind'], string>> = {
  field: 'light',
  farField: 'scattered or emitted light',
  pupil: 'a pupil',
  image: 'an image',
  scalar: 'a number',
  polychromatic: 'light of many wavelengths',
};

type OfKind<K extends PortValue['kind']> = Extract<PortValue, { kind: K }>;

/** The value at input `name`, which must be one of `kinds`. */
export function inputOf<K extends PortValue['kind']>(inputs: Inputs, name: string, ...kinds: K[]): OfKind<K> {
  const value = inputs[name];
  if (value === undefined) {
    throw new ElementProblem('Nothing is connected to an input.', 'Connect a wire to it.');
  }
  if (!(kinds as string[]).includes(value.kind)) {
    throw new ElementProblem(
      `What is wired to an input is ${WORDS[value.kind]}; it takes ${kinds.map((kind) => WORDS[kind]).join(' or ')}.`,
      'Connect the input to another output.',
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
