import type { ElementSpec, QuantityParam, TableParam } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, mapOverImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { addedTo, goalContract, goalOutput, number, penaltyInput, shareWish } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import { softDisc } from '../../softShapes.ts';
import { placeOnImage, radiusOnImage } from './goalParams.ts';

const columns = {
  x: placeOnImage('x', 'Middle of a spot, from the middle of the picture to the right.'),
  y: placeOnImage('y', 'The same down the rows of the picture.'),
  weight: {
    kind: 'quantity',
    quantity: 'dimensionless',
    title: 'Weight',
    doc: 'Share of the light that this spot is to get, relative to the others.',
    default: 1,
    min: 1e-3,
    max: 1e3,
    soft: [0.1, 10],
    display: '',
    scale: 'log',
    learnable: false,
    step: 0.1,
  },
} as const satisfies Readonly<Record<string, QuantityParam>>;

const spots = {
  kind: 'table',
  title: 'Spots',
  doc: 'One row for each spot that is to be bright.',
  row: 'spot',
  columns,
  heads: { x: 'x', y: 'y', weight: 'weight' },
  shared: [],
  min: 1,
  max: 100,
  default: [{ x: -4e-6 }, { x: 0 }, { x: 4e-6 }],
  prominent: true,
} as const satisfies TableParam;

/** Light of a spot, as a share of what it is to get, below which darkness counts no more. */
const DARK = 0.02;

export const spotsGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'spotsGoal',
  title: 'Bright, even spots',
  summary: 'Efficiency and evenness of spots of light, for designing splitters and holograms.',
  keywords: ['goal', 'objective', 'hologram', 'splitter', 'efficiency', 'uniformity', 'tweezers', 'fan-out'],
  inputs: { in: { accepts: ['image'], title: 'Image' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: {
    spots,
    radius: radiusOnImage('Radius', 'Light within this distance of a spot’s place belongs to it.', 1e-6),
    evenness: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'Evenness',
      doc: 'What counts: 0 the light in all spots together (efficiency), 1 the darkest spot only.',
      default: 0.5,
      min: 0,
      max: 1,
      soft: [0, 1],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.1,
      prominent: true,
    },
    total: {
      kind: 'quantity',
      quantity: 'dimensionless',
      title: 'All light',
      doc: 'Light that a share of 100 % stands for, in the unit of the picture (watts, photons): the power of the source, where the camera may miss some.',
      default: 0,
      min: 0,
      max: 1e18,
      soft: [0, 1],
      display: '',
      scale: 'linear',
      learnable: false,
      step: 0.1,
      automatic: 'all that is in the picture',
    },
    weight: shareWish('').weight,
  },
  equation:
    '1 − (1 − a) Σ E_j − a min_j E_j/w_j,  E_j: share of the light in spot j, Σ w_j = 1; the minimum by powers: (Σ e_j⁻⁴/N)^(−1/4)',
  references: [
    'Di Leonardo, Ianni and Ruocco, Opt. Express 15, 1913 (2007): efficiency and uniformity of spots',
    'Gori et al., Opt. Commun. 157, 13 (1998): the best splitters',
  ],
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const { share, total } = lightOfImage(ops, image);
    const known = params.total.value;
    const light = known > 0 ? ops.scale(ops.multiply(share, total), 1 / known) : share;
    const scale = image.pitch.value;
    const sum = params.spots.reduce((all, { cells }) => all + cells.weight.value, 0);
    const reached = params.spots.map(({ cells }) => {
      const places = [cells.x, cells.y, params.radius].map((scalar) => ({ scalar, scale }));
      const disc = mapOverImage(ops, 'spotsGoal', image, places, ([x0 = 0, y0 = 0, radius = 0], pitch) => {
        return (x, y) => softDisc(Math.hypot(x - x0, y - y0), radius, pitch);
      });
      return ops.scale(ops.sum(ops.multiply(light, disc), [1, 2]), sum / cells.weight.value);
    });
    const shares = reached.map((part, j) =>
      ops.scale(part, (params.spots[j]?.cells.weight.value ?? 0) / sum),
    );
    const efficiency = meanOfPlanes(ops, added(ops, shares));
    const darkest = meanOfPlanes(ops, softMinimum(ops, reached));
    const even = params.evenness.value;
    const reward = ops.add(ops.scale(efficiency, 1 - even), ops.scale(darkest, even));
    const penalty = ops.subtract(number(ops, 1), reward);
    return addedTo(ops, inputs, params.weight, penalty, [
      { title: 'Light in the spots', quantity: 'dimensionless', display: '%', samples: efficiency },
      { title: 'Darkest, of its share', quantity: 'dimensionless', display: '%', samples: darkest },
    ]);
  },
});

function added(ops: Ops, [first, ...rest]: readonly Real[]): Real {
  if (first === undefined) throw new Error('There is at least one spot.');
  return rest.reduce((sum, each) => ops.add(sum, each), first);
}

/** (Σ (e + d)⁻⁴/N)^(−1/4) − d: the least of few numbers, smoothly. */
function softMinimum(ops: Ops, values: readonly Real[]): Real {
  const inverses = values.map((value) => {
    const squared = ops.multiply(ops.add(value, number(ops, DARK)), ops.add(value, number(ops, DARK)));
    return ops.divide(number(ops, 1), ops.multiply(squared, squared));
  });
  const mean = ops.scale(added(ops, inverses), 1 / values.length);
  const root = ops.squareRoot(ops.squareRoot(mean));
  return ops.subtract(ops.divide(number(ops, 1), root), number(ops, DARK));
}
