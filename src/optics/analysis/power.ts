/** How much light there is. */
import { lengthOf } from '../axes.ts';
import type { HostValue } from '../element.ts';
import { energyOf } from './components.ts';
import { planesIn } from './hostPlane.ts';

/** Power of light at one wavelength: watts of a field, mean |P|² over the disc of a pupil, the sum of an image. */
export function powerOf(light: HostValue): number {
  const { value, data } = light;
  if (value.kind === 'image') return sumOf(data) / planesIn(light);
  const energy = energyOf(data) / lengthOf(value, 'plane');
  return (
    value.weight.value *
    energy *
    (value.kind === 'field' ? value.pitch.value ** 2 : 1 / (Math.PI * value.grid.radius ** 2))
  );
}

function sumOf(data: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] as number;
  return sum;
}
