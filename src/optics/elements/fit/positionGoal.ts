import type { ElementSpec } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { spotCentroid } from '../../goals/spotMoments.ts';
import { goalContract, goalOutput, lengthWish, penaltyInput, wished } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { placeOnImage } from './goalParams.ts';

/** Metres that the distance is rounded by, as a share of a pixel: it has a derivative at 0. */
const ROUNDED = 1e-3;

export const positionGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'positionGoal',
  title: 'Centre of the light',
  summary: 'How far the centroid of an image’s light is from where it is wanted.',
  keywords: ['goal', 'objective', 'centroid', 'pointing', 'aim', 'tilt', 'alignment', 'position'],
  inputs: { in: { accepts: ['image'], title: 'Image' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: {
    x: {
      ...placeOnImage('x', 'Wanted place, from the middle of the picture to the right.'),
      prominent: true,
    },
    y: { ...placeOnImage('y', 'The same down the rows of the picture.'), prominent: true },
    ...lengthWish('the distance'),
  },
  equation: '|x̄ − x0|,  x̄ = Σ x I / Σ I',
  references: ['ISO 11146: centroids of beams'],
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const { share } = lightOfImage(ops, image);
    const off = (axis: 'x' | 'y', wanted: Scalar) => {
      const metres = ops.scaleBy(spotCentroid(ops, share, axis), image.pitch);
      const away = ops.subtract(metres, ops.fromScalars([wanted], [1]));
      return ops.multiply(away, away);
    };
    const rounded = ops.upload(Float64Array.of((ROUNDED * image.pitch.value) ** 2), [1], 'real');
    const squared = ops.add(ops.add(off('x', params.x), off('y', params.y)), rounded);
    const value = meanOfPlanes(ops, ops.squareRoot(squared));
    return wished(ops, inputs, params, value, { title: 'Distance', quantity: 'length', display: 'µm' });
  },
});
