import type { ElementSpec, QuantityParam, TableParam, TableRowValue } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { lightOfImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { addedTo, goalContract, goalOutput, number, penaltyInput, shareWish } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import { DIFFERENCE_STEP, eachMoved } from '../../maths/difference.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { planeShape } from '../../sampledGrid.ts';
import { softDisc } from '../../softShapes.ts';
import type { Image } from '../../values.ts';
import { placeOnImage, radiusOnImage, weightOfSpot } from './goalParams.ts';

const columns = {
  x: placeOnImage('x', 'Middle of a spot, from the middle of the picture to the right.'),
  y: placeOnImage('y', 'The same down the rows of the picture.'),
  weight: weightOfSpot,
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
    '1 − (1 − a) Σ E_j − a min_j E_j/w_j,  E_j: share of the light in spot j, Σ w_j = 1; the minimum by powers: (Σ e_j⁻⁸/N)^(−1/8)',
  references: [
    'Di Leonardo, Ianni and Ruocco, Opt. Express 15, 1913 (2007): efficiency and uniformity of spots',
    'Gori et al., Opt. Commun. 157, 13 (1998): the best splitters',
  ],
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const { share, total } = lightOfImage(ops, image);
    const known = params.total.value;
    const light = known > 0 ? ops.scale(ops.multiply(share, total), 1 / known) : share;
    const shape = [light.shape[0] ?? 1, 1, ...light.shape.slice(1)];
    const inDiscs = ops.multiply(ops.reshape(light, shape), discs(ops, image, params.spots, params.radius));
    const shares = ops.sum(inDiscs, [2, 3]);
    const sum = params.spots.reduce((all, { cells }) => all + cells.weight.value, 0);
    const perWeight = Float64Array.from(params.spots, ({ cells }) => sum / cells.weight.value);
    const reached = ops.multiply(shares, ops.upload(perWeight, [params.spots.length, 1, 1], 'real'));
    const efficiency = meanOfPlanes(ops, ops.reshape(ops.sum(shares, [1]), [shape[0] ?? 1, 1, 1]));
    const darkest = meanOfPlanes(ops, softMinimum(ops, reached));
    const even = params.evenness.value;
    const reward = ops.add(ops.scale(efficiency, 1 - even), ops.scale(darkest, even));
    const penalty = ops.subtract(number(ops, 1), reward);
    return addedTo(ops, inputs, params.weight, penalty, [
      {
        title: 'Light in the spots',
        quantity: 'dimensionless',
        display: '%',
        isShare: true,
        samples: efficiency,
      },
      {
        title: 'Darkest, of its share',
        quantity: 'dimensionless',
        display: '%',
        isShare: true,
        samples: darkest,
      },
    ]);
  },
});

type Spot = TableRowValue<keyof typeof columns>;

/** The disc of each spot, [spots, ny, nx]. */
function discs(ops: Ops, { samples, pitch }: Image, spots: readonly Spot[], radius: Scalar): Real {
  const [ny, nx] = planeShape(samples);
  const places = spots.flatMap(({ cells }) => [cells.x, cells.y]);
  const fill = ([step = 1, reach = 0, ...at]: readonly number[], weight: number, out: Float64Array) => {
    for (let i = 0; i < out.length; i++) {
      const spot = Math.floor(i / (ny * nx));
      const row = Math.floor(i / nx) % ny;
      const x = ((i % nx) - Math.floor(nx / 2)) * step - (at[2 * spot] ?? 0);
      const y = (row - Math.floor(ny / 2)) * step - (at[2 * spot + 1] ?? 0);
      out[i] = (out[i] as number) + weight * softDisc(Math.hypot(x, y), reach, step);
    }
  };
  const size = spots.length * ny * nx;
  return ops.hostMap(
    [pitch, radius, ...places],
    [spots.length, ny, nx],
    'real',
    (values, wanted) => {
      const value = new Float64Array(size);
      fill(values, 1, value);
      const partials = wanted.map((want, s) => {
        if (!want) return undefined;
        const partial = new Float64Array(size);
        // As far as moves the outermost discs by a small share of a pixel.
        const step = (DIFFERENCE_STEP * pitch.value) / (s === 0 ? 10 * Math.max(ny, nx) : 1);
        eachMoved(values, s, step, (moved, weight) => fill(moved, weight, partial));
        return partial;
      });
      return { value, partials };
    },
    'spotsGoal',
  );
}

/** (Σ (e + d)⁻⁸/N)^(−1/8) − d over the spots [planes, spots, 1, 1]: the least of few numbers, smoothly; [planes, 1, 1]. */
function softMinimum(ops: Ops, values: Real): Real {
  const lifted = ops.add(values, number(ops, DARK));
  const [square, root] = [(a: Real) => ops.multiply(a, a), (a: Real) => ops.squareRoot(a)];
  const inverse = ops.divide(number(ops, 1), square(square(square(lifted))));
  const mean = ops.scale(ops.sum(inverse, [1]), 1 / (values.shape[1] ?? 1));
  const least = ops.divide(number(ops, 1), root(root(root(mean))));
  return ops.reshape(ops.subtract(least, number(ops, DARK)), [values.shape[0] ?? 1, 1, 1]);
}
