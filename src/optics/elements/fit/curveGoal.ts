import { type HostPlane, hostPlane } from '../../analysis/hostPlane.ts';
import { frequencyUnit, lengthAxis } from '../../analysis/readouts.ts';
import { transferAlong } from '../../analysis/transferFunction.ts';
import type { Chart, ElementSpec, QuantityParam, TableParam, TableRowValue } from '../../element.ts';
import { defineElement } from '../../element.ts';
import { type CurvePoint, monotoneCurve } from '../../goals/curve.ts';
import { lightOfImage, meanOfPlanes } from '../../goals/lightOfImage.ts';
import { addedTo, goalContract, goalOutput, number, penaltyInput, shareWish } from '../../goals/wish.ts';
import { inputOf } from '../../inputs.ts';
import { DIFFERENCE_STEP, eachMoved } from '../../maths/difference.ts';
import type { Ops, Real } from '../../ops/ops.ts';
import type { Scalar } from '../../ops/scalar.ts';
import { softDisc } from '../../softShapes.ts';
import type { Image } from '../../values.ts';
import { placeOnImage, radiusOnImage } from './goalParams.ts';

const value: QuantityParam = {
  kind: 'quantity',
  quantity: 'dimensionless',
  title: 'Value',
  doc: 'Height of the curve at this point; of a profile only its shape counts, of a contrast or of light in a circle its value from 0 to 1.',
  default: 0,
  min: 0,
  max: 1e6,
  soft: [0, 1],
  display: '',
  scale: 'linear',
  learnable: false,
  step: 0.05,
};

const frequency: QuantityParam = {
  kind: 'quantity',
  quantity: 'spatialFrequency',
  title: 'Frequency',
  doc: 'Lines per length at which the contrast is wanted.',
  default: 0,
  min: 0,
  max: 1e9,
  soft: [0, 5e6],
  display: 'cycles/µm',
  scale: 'linear',
  learnable: false,
  step: 1e4,
};

const table = {
  kind: 'table',
  title: 'Curve',
  row: 'point',
  shared: [],
  min: 2,
  max: 64,
  prominent: true,
} as const satisfies Partial<TableParam>;

const PROFILES = ['profileX', 'profileY'];
const TRANSFERS = ['transferX', 'transferY'];
const ENCIRCLED = ['encircled'];
/** Frequencies or radii at which curves are compared, evenly between the first and the last point. */
const COMPARED = 33;
/** Contrast² below which the modulus is rounded. */
const ROUNDED = 1e-10;

type Rows = readonly TableRowValue[];

export const curveGoal: ElementSpec = defineElement({
  ...goalContract,
  type: 'curveGoal',
  title: 'Wanted curve',
  summary:
    'Compares a profile, the contrast (MTF) or the light in circles of an image with a curve through points, for a fit to follow.',
  keywords: [
    'goal',
    'objective',
    'profile',
    'line',
    'MTF',
    'contrast',
    'curve',
    'flat top',
    'shape',
    'encircled energy',
  ],
  inputs: { in: { accepts: ['image'], title: 'Image' }, penalty: penaltyInput },
  outputs: goalOutput,
  params: {
    kind: {
      kind: 'choice',
      title: 'Curve of',
      doc: 'A profile: the light along x or y, summed across. Or the contrast that a point’s image leaves of lines across x or y, or the share of its light in circles about the middle of the picture.',
      default: 'profileX',
      options: [
        { value: 'profileX', title: 'Profile along x' },
        { value: 'profileY', title: 'Profile along y' },
        { value: 'transferX', title: 'Contrast (MTF) along x' },
        { value: 'transferY', title: 'Contrast (MTF) along y' },
        { value: 'encircled', title: 'Light in circles (encircled energy)' },
      ],
      prominent: true,
    },
    profile: {
      ...table,
      doc: 'Points of the wanted profile, from the middle of the picture; between them runs a smooth curve without overshoot.',
      columns: { place: placeOnImage('Place', 'From the middle of the picture.'), value },
      heads: { place: 'place', value: 'value' },
      curve: { x: 'place', y: 'value' },
      default: [
        { place: -2e-6, value: 0 },
        { place: 0, value: 1 },
        { place: 2e-6, value: 0 },
      ],
      when: { param: 'kind', is: PROFILES },
    },
    contrast: {
      ...table,
      doc: 'Points of the wanted contrast; it is compared between the first and the last.',
      columns: { frequency, value },
      heads: { frequency: 'frequency', value: 'contrast' },
      curve: { x: 'frequency', y: 'value' },
      default: [
        { frequency: 0, value: 1 },
        { frequency: 1e6, value: 0.5 },
        { frequency: 2e6, value: 0 },
      ],
      when: { param: 'kind', is: TRANSFERS },
    },
    encircled: {
      ...table,
      doc: 'Points of the wanted share of the light in a circle, by its radius; it is compared between the first and the last.',
      columns: { radius: { ...radiusOnImage('Radius', 'Radius of the circle.', 0), scale: 'linear' }, value },
      heads: { radius: 'radius', value: 'share' },
      curve: { x: 'radius', y: 'value' },
      default: [
        { radius: 0, value: 0 },
        { radius: 0.5e-6, value: 0.8 },
        { radius: 1e-6, value: 0.9 },
        { radius: 2e-6, value: 1 },
      ],
      when: { param: 'kind', is: ENCIRCLED },
    },
    weight: shareWish('').weight,
  },
  equation:
    'profile: 1 − (Σ p w)² / (Σ p² Σ w²);  contrast: Σ_k (|OTF(f_k)| − w_k)² / K;  circles: Σ_k (E(r_k) − w_k)² / K',
  references: [
    'Fritsch and Carlson, SIAM J. Numer. Anal. 17, 238 (1980): curves without overshoot',
    'Goodman, Introduction to Fourier Optics: frequency analysis of incoherent imaging',
  ],
  analyse: (input, params) => {
    const seen = hostPlane(input, 0);
    const [{ value: light }] = input;
    // As the goal sees it: what the camera adds is no light.
    const offset = light.kind === 'image' ? (light.noise?.offset ?? 0) : 0;
    const plane = offset === 0 ? seen : { ...seen, data: seen.data.map((each) => each - offset) };
    const chart = chartOf(plane, params);
    return { readouts: [], charts: [chart] };
  },
  forward: (inputs, params, { ops }) => {
    const image = inputOf(inputs, 'in', 'image');
    const off = unlike(ops, image, params);
    return addedTo(ops, inputs, params.weight, off, [
      { title: 'Difference', quantity: 'dimensionless', display: '', samples: off },
    ]);
  },
});

interface Wanted {
  readonly kind: string;
  readonly profile: Rows;
  readonly contrast: Rows;
  readonly encircled: Rows;
}

function chartOf(plane: HostPlane, { kind, profile, contrast, encircled }: Wanted): Chart {
  if (PROFILES.includes(kind)) return profileChart(plane, axisOf(kind), pointsOf(profile, 'place'));
  if (ENCIRCLED.includes(kind)) return circlesChart(plane, pointsOf(encircled, 'radius'));
  return contrastChart(plane, axisOf(kind), pointsOf(contrast, 'frequency'));
}

/** How far the image is from the curve, shape [1]. */
function unlike(ops: Ops, image: Image, { kind, profile, contrast, encircled }: Wanted): Real {
  if (ENCIRCLED.includes(kind)) return unlikeCircles(ops, image, pointsOf(encircled, 'radius'));
  const along = lineOf(ops, image, axisOf(kind));
  return PROFILES.includes(kind)
    ? unlikeProfile(ops, along, wantedProfile(ops, image, along, pointsOf(profile, 'place')))
    : unlikeContrast(ops, along, image.pitch, pointsOf(contrast, 'frequency'));
}

function axisOf(kind: string): 'x' | 'y' {
  return kind.endsWith('X') ? 'x' : 'y';
}

function pointsOf(rows: Rows, name: string): CurvePoint[] {
  return rows.map(({ cells }) => ({ x: cells[name]?.value ?? 0, y: cells['value']?.value ?? 0 }));
}

/** The light summed across an axis, [planes, 1, n]. */
function lineOf(ops: Ops, image: Image, axis: 'x' | 'y'): Real {
  const { share } = lightOfImage(ops, image);
  const sum = ops.sum(share, [axis === 'x' ? 1 : 2]);
  const [planes = 1, rows = 1, columns = 1] = sum.shape;
  return ops.reshape(sum, [planes, 1, rows * columns]);
}

/** The curve at the pixels of a line, [1, n]. */
function wantedProfile(ops: Ops, { pitch }: Image, { shape }: Real, points: readonly CurvePoint[]): Real {
  const [, , n = 1] = shape;
  const curve = monotoneCurve(points);
  const fill = ([step = 1]: readonly number[], weight: number, out: Float64Array) => {
    for (let i = 0; i < n; i++) out[i] = (out[i] as number) + weight * curve((i - Math.floor(n / 2)) * step);
  };
  return ops.hostMap([pitch], [1, n], 'real', (values, wanted) => {
    const samples = new Float64Array(n);
    fill(values, 1, samples);
    const partials = wanted.map((want) => {
      if (!want) return undefined;
      const partial = new Float64Array(n);
      eachMoved(values, 0, (DIFFERENCE_STEP * pitch.value) / n, (moved, weight) =>
        fill(moved, weight, partial),
      );
      return partial;
    });
    return { value: samples, partials };
  });
}

/** 1 - cosine², which ignores the brightness; shape [1]. */
function unlikeProfile(ops: Ops, line: Real, wanted: Real): Real {
  const sum = (a: Real) => ops.sum(a, [a.shape.length - 1]);
  const both = sum(ops.multiply(line, wanted));
  const sizes = ops.multiply(sum(ops.multiply(line, line)), sum(ops.multiply(wanted, wanted)));
  const alike = ops.divide(ops.multiply(both, both), ops.add(sizes, number(ops, 1e-20)));
  return ops.subtract(number(ops, 1), meanOfPlanes(ops, alike));
}

/** Mean square of the difference over frequencies, shape [1]. */
function unlikeContrast(ops: Ops, line: Real, pitch: Scalar, points: readonly CurvePoint[]): Real {
  const n = line.shape[2] ?? 1;
  const frequencies = comparedAt(points);
  const curve = monotoneCurve(points);
  const size = 2 * COMPARED * n;
  const waves = ops.hostMap([pitch], [COMPARED, n], 'complex', ([step = 1], [want = false]) => {
    const samples = new Float64Array(size);
    const slope = new Float64Array(want ? size : 0);
    for (let i = 0; i < size / 2; i++) {
      const place = (i % n) - Math.floor(n / 2);
      const turn = -2 * Math.PI * (frequencies[Math.floor(i / n)] as number) * place;
      const [re, im] = [Math.cos(turn * step), Math.sin(turn * step)];
      [samples[2 * i], samples[2 * i + 1]] = [re, im];
      if (want) [slope[2 * i], slope[2 * i + 1]] = [-turn * im, turn * re];
    }
    return { value: samples, partials: [want ? slope : undefined] };
  });
  const squared = ops.absSquared(ops.sum(ops.multiply(line, waves), [2]));
  const modulus = ops.squareRoot(ops.add(squared, number(ops, ROUNDED)));
  return meanSquareOff(ops, modulus, frequencies.map(curve));
}

/** @param seen [planes, COMPARED, 1] */
function meanSquareOff(ops: Ops, seen: Real, wanted: Float64Array): Real {
  const off = ops.subtract(seen, ops.upload(wanted, [COMPARED, 1], 'real'));
  return meanOfPlanes(ops, ops.scale(ops.sum(ops.multiply(off, off), [1]), 1 / COMPARED));
}

/** Mean square of the difference over radii, shape [1]. */
function unlikeCircles(ops: Ops, image: Image, points: readonly CurvePoint[]): Real {
  const { share } = lightOfImage(ops, image);
  const [planes = 1, ny = 1, nx = 1] = share.shape;
  const radii = comparedAt(points);
  const fill = (step: number, weight: number, out: Float64Array) => {
    radii.forEach((radius, k) => {
      eachPlace(ny, nx, (i, dx, dy) => {
        const at = k * ny * nx + i;
        out[at] = (out[at] as number) + weight * softDisc(Math.hypot(dx, dy) * step, radius, step);
      });
    });
  };
  const size = COMPARED * ny * nx;
  const circles = ops.hostMap(
    [image.pitch],
    [COMPARED, ny * nx],
    'real',
    ([step = 1], [isWanted]) => {
      const samples = new Float64Array(size);
      fill(step, 1, samples);
      if (isWanted !== true) return { value: samples, partials: [undefined] };
      const partial = new Float64Array(size);
      // The outermost edges move by a small part of a pixel.
      eachMoved([step], 0, (DIFFERENCE_STEP * step) / Math.max(ny, nx), ([moved = step], weight) =>
        fill(moved, weight, partial),
      );
      return { value: samples, partials: [partial] };
    },
    `curveGoal:circles:${ny}x${nx}:${radii[0]}:${radii.at(-1)}`,
  );
  const held = ops.sum(ops.multiply(ops.reshape(share, [planes, 1, ny * nx]), circles), [2]);
  return meanSquareOff(ops, held, radii.map(monotoneCurve(points)));
}

/** Calls with the index of each pixel and its place in pixels from the middle. */
function eachPlace(ny: number, nx: number, visit: (i: number, dx: number, dy: number) => void): void {
  for (let i = 0; i < ny * nx; i++)
    visit(i, (i % nx) - Math.floor(nx / 2), Math.floor(i / nx) - Math.floor(ny / 2));
}

/** Frequencies or radii. */
function comparedAt(points: readonly CurvePoint[]): Float64Array {
  const [low, high] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  return Float64Array.from({ length: COMPARED }, (_, k) => low + ((high - low) * k) / (COMPARED - 1));
}

/** What is seen, at the brightness nearest to the curve, and what is wanted. */
function profileChart(plane: HostPlane, axis: 'x' | 'y', points: readonly CurvePoint[]): Chart {
  const { data, rows, columns, pitch } = plane;
  const n = axis === 'x' ? columns : rows;
  const seen = new Float64Array(n);
  for (let i = 0; i < data.length; i++) {
    const at = axis === 'x' ? i % columns : Math.floor(i / columns);
    seen[at] = (seen[at] as number) + (data[i] as number);
  }
  const x = Float64Array.from(seen, (_, i) => (i - Math.floor(n / 2)) * pitch);
  const wanted = x.map(monotoneCurve(points));
  let [both, own] = [0, 0];
  seen.forEach((p, i) => {
    both += p * (wanted[i] as number);
    own += p * p;
  });
  const scale = own > 0 ? both / own : 0;
  return {
    title: 'Profile',
    x: lengthAxis('Place', (n * pitch) / 2),
    y: { title: 'Value', quantity: 'dimensionless', display: '' },
    lines: [
      { title: 'wanted', x, y: wanted },
      { title: 'seen', x, y: seen.map((p) => scale * p) },
    ],
  };
}

function contrastChart(plane: HostPlane, axis: 'x' | 'y', points: readonly CurvePoint[]): Chart {
  const x = comparedAt(points);
  return {
    title: 'Contrast',
    x: { title: 'Frequency', quantity: 'spatialFrequency', display: frequencyUnit(x.at(-1) ?? 0) },
    y: { title: 'Contrast', quantity: 'dimensionless', display: '' },
    lines: [
      { title: 'wanted', x, y: x.map(monotoneCurve(points)) },
      { title: 'seen', x, y: transferAlong(plane, axis, x).modulus },
    ],
  };
}

function circlesChart({ data, rows, columns, pitch }: HostPlane, points: readonly CurvePoint[]): Chart {
  const x = comparedAt(points);
  const total = data.reduce((sum, each) => sum + each, 0);
  const seen = x.map((radius) => {
    let held = 0;
    eachPlace(rows, columns, (i, dx, dy) => {
      held += (data[i] as number) * softDisc(Math.hypot(dx, dy) * pitch, radius, pitch);
    });
    return total > 0 ? held / total : 0;
  });
  return {
    title: 'Light in circles',
    x: lengthAxis('Radius', x.at(-1) ?? 0),
    y: { title: 'Share', quantity: 'dimensionless', display: '' },
    lines: [
      { title: 'wanted', x, y: x.map(monotoneCurve(points)) },
      { title: 'seen', x, y: seen },
    ],
  };
}
