import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, mapOverImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { goalContract, goalOutput, penaltyInput, shareWish, wished } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import { softDisc } from '../../softShapes.ts';
import { placeOnImage, radiusOnImage } from './goalParams.ts';

export const energyGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'energyGoal',
  title: 'Light in a circle',
  summary: 'The share of an image’s light within a circle (encircled energy), for a fit to raise.',
  keywords: ['goal', 'objective', 'encircled energy', 'efficiency', 'concentration', 'bucket', 'focus'],
  inputs: { in: { accepts: ['image'], title: 'Image' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: {
    ...shareWish('the light in the circle'),
    radius: radiusOnImage('Radius', 'Radius of the circle.', 2e-6),
    x: placeOnImage('x', 'Middle of the circle, from the middle of the picture to the right.'),
    y: placeOnImage('y', 'The same down the rows of the picture.'),
  },
  equation: 'E = Σ_{|x − x0| < r} I / Σ I',
  references: ['Born and Wolf, Principles of Optics: encircled energy'],
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const { share } = lightOfImage(ops, image);
    const places = [params.x, params.y, params.radius].map((scalar) => ({
      scalar,
      scale: image.pitch.value,
    }));
    const circle = mapOverImage(ops, 'energyGoal', image, places, ([x0 = 0, y0 = 0, radius = 0], pitch) => {
      return (x, y) => softDisc(Math.hypot(x - x0, y - y0), radius, pitch);
    });
    const value = meanOfPlanes(ops, ops.sum(ops.multiply(share, circle), [1, 2]));
    return wished(ops, inputs, params, value, {
      title: 'Light in the circle',
      quantity: 'dimensionless',
      display: '%',
      isShare: true,
    });
  },
});
