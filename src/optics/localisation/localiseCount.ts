/**
 * Whether the light that some emitters explain is that of one more: a quick test of the curvature that a second emitter
 * gives to the image of one, then fits of one more from several starts, decided by the Bayesian information criterion
 * (G. Schwarz, Ann. Stat. 6, 461 (1978)).
 */
import { choleskySolve } from '../maths/linearAlgebra.ts';
import { type JointFit, type JointFitter, MOST_TOGETHER, OWN, type Region } from './localiseJoint.ts';
import type { EmitterKernel } from './localiseKernel.ts';
import type { Shape } from './splineWindow.ts';

/** Standard deviations by which the deviance is above its mean where it is worth a look; and where one more is fitted. */
const [LOOK, SURE] = [1, 6];
/** Squared errors by which the curvature is there: of six that are not, above this in 0.6 %. */
const CURVED = 18;
/** Of the light of all, the least that counts as an emitter of its own: a point image is never known better. */
const LEAST_SHARE = 0.15;
/**
 * What a point image may be wrong by, as a share of its light, for several to explain what is there; and beyond which
 * what one leaves is that of others.
 */
const [FAIR_SHARE, LEFT_SHARE] = [0.1, 0.15];
/** Two that are nearer than this part of the width of a point's image, and the same in depth, are one. */
const NEAREST = 0.5;
/** Distance in depth that tells as much as a width across, metres. */
const DEPTH = 250e-9;
/** Halves of the distances between the two that one is parted into, in widths; depths go with the first two only. */
const PARTS = [0.6, 1.2];
const WIDE = [1.2, 2, 3];
/** Distances in widths at which one more is looked for. */
const BESIDE = [2.5, 4.5];
/** Depths that are tried of emitters that lie near to each other, in units of DEPTH. */
const DEPTHS = [-1.6, 0, 1.6];
/** The same for one, or two at one place. */
const LADDER = [-2.2, -1.1, 0, 1.1, 2.2];
const FITS = 4;

interface Place {
  readonly x: number;
  readonly y: number;
}

export class EmitterCounter {
  private readonly kernel: EmitterKernel;
  private readonly joint: JointFitter;
  /** Of the image of a point, pixels; and what stands for it in depth, planes. */
  private readonly width: number;
  private readonly depth: number;

  constructor(kernel: EmitterKernel, joint: JointFitter, width: number) {
    this.kernel = kernel;
    this.joint = joint;
    this.width = width;
    this.depth = DEPTH / kernel.spline.zStep;
  }

  /**
   * The best fit of more emitters than were found.
   * @param values of those that were found, as in `JointFit.values`
   * @param place where the frame is brightest
   * @returns null where there is no sign of more; 'unclear' where there is, and no fit that is sound
   */
  more(
    region: () => Region,
    { values, deviance }: Pick<JointFit, 'values' | 'deviance'>,
    place: Place,
    pixels: number,
  ): JointFit | 'unclear' | null {
    const excess = excessOf(deviance, values, pixels);
    if (excess < LOOK || countOf(values) >= MOST_TOGETHER) return null;
    const part = region();
    const isOne = countOf(values) === 1;
    if (excess < SURE && !(isOne && curvature(this.kernel, part, values) > CURVED)) return null;
    let [best, now]: [JointFit | null, Pick<JointFit, 'values' | 'deviance'>] = [null, { values, deviance }];
    let isUnsound = false;
    let prunes = 0;
    while (countOf(now.values) < MOST_TOGETHER) {
      const grown = this.oneMore(part, now.values, place);
      if (grown === null || !isBetter(grown, now, pixels)) break;
      // One that takes no light has helped the others to their places.
      const pruned = this.pruned(part, grown);
      const isPruned = pruned !== null && !isBetter(grown, pruned, pixels);
      const next: JointFit = isPruned ? pruned : grown;
      if (isPruned && !(next.deviance < now.deviance - 1)) break;
      now = next;
      const isSound = next.statuses.every((status) => status === 'good') && this.areApart(next.values);
      if (isSound && isExplained(next, pixels, FAIR_SHARE)) best = next;
      isUnsound = next.statuses.some((status) => status !== 'good');
      if (excessOf(next.deviance, next.values, pixels) < LOOK || (isPruned && ++prunes > MOST_TOGETHER))
        break;
    }
    if (best !== null) return best;
    const isLeft =
      countOf(now.values) > countOf(values) && !isExplained({ values, deviance }, pixels, LEFT_SHARE);
    return isUnsound || isLeft ? 'unclear' : null;
  }

  /** The same without its faintest emitter, where that is faint; null where none is. */
  private pruned(region: Region, { values, statuses }: JointFit): JointFit | null {
    const at = statuses.indexOf('faint');
    if (at < 0 || statuses.length === 1) return null;
    return this.joint.fit(region, [...values.slice(0, OWN * at), ...values.slice(OWN * (at + 1))]);
  }

  /** The likeliest fit of one emitter more. */
  private oneMore(region: Region, values: Float64Array, place: Place): JointFit | null {
    const pixels = region.nx * region.ny;
    const families = [
      () => this.parted(values, PARTS),
      () => this.beside(values),
      () => (countOf(values) === 1 ? this.stacked(values) : []),
      () => (countOf(values) === 1 ? this.parted(this.moved(values, [place], [0]), WIDE) : []),
    ];
    let best: JointFit | null = null;
    for (const starts of families) {
      const next = this.joint.best(region, starts(), FITS);
      if (next !== null && (best === null || next.deviance < best.deviance)) best = next;
      if (best !== null && excessOf(best.deviance, best.values, pixels) < LOOK) return best;
    }
    if (best === null || excessOf(best.deviance, best.values, pixels) < SURE) return best;
    return this.again(region, best, placesOf(best));
  }

  /**
   * Emitters one after the other, from one in the middle of what shines: where maxima were no places of emitters, as
   * the lobes of one image are none.
   */
  anew(region: Region, fit: JointFit, places: readonly Place[]): JointFit {
    const pixels = region.nx * region.ny;
    if (excessOf(fit.deviance, fit.values, pixels) < LOOK) return fit;
    const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each / all.length, 0);
    const middle = { x: mean(places.map(({ x }) => x)), y: mean(places.map(({ y }) => y)) };
    const starts = LADDER.map((depth) => this.moved(fit.values, [middle], [depth]));
    const one = this.joint.best(region, starts, FITS);
    if (one === null) return fit;
    const more = this.more(() => region, one, middle, pixels);
    const other = more === null || more === 'unclear' ? one : more;
    const price = (each: JointFit) =>
      each.deviance +
      Math.max(1, each.deviance / (pixels - each.values.length)) * each.values.length * Math.log(pixels);
    return price(other) < price(fit) ? other : fit;
  }

  /**
   * As many emitters from other depths, where the fit leaves more than noise: one that has been fitted without its
   * neighbours may have taken their light.
   */
  again(region: Region, fit: JointFit, places: readonly Place[]): JointFit {
    const pixels = region.nx * region.ny;
    if (excessOf(fit.deviance, fit.values, pixels) < LOOK) return fit;
    const starts = Array.from({ length: DEPTHS.length ** places.length }, (_, i) =>
      this.moved(
        fit.values,
        places,
        places.map((_, k) => DEPTHS[Math.floor(i / DEPTHS.length ** k) % DEPTHS.length] ?? 0),
      ),
    );
    const next = this.joint.best(region, starts, FITS);
    return next !== null && next.deviance < fit.deviance ? next : fit;
  }

  /** Emitters of the same light as these in all, at places and at depths in units of DEPTH. */
  private moved(values: Float64Array, places: readonly Place[], depths: readonly number[]): Float64Array {
    let photons = 0;
    for (let k = 0; k < countOf(values); k++) photons += values[OWN * k + 3] as number;
    const each = places.flatMap((place, k) => this.at(place, depths[k] ?? 0, photons / places.length));
    return Float64Array.from([...each, values[values.length - 1] as number]);
  }

  private at({ x, y }: Place, depth: number, photons: number): readonly number[] {
    const { zStart, zStep } = this.kernel.spline;
    return [x, y, (depth * DEPTH - zStart) / zStep, photons];
  }

  /** Each of the emitters parted into two, along 13 directions. */
  private parted(values: Float64Array, parts: readonly number[]): Float64Array[] {
    const starts: Float64Array[] = [];
    for (let k = 0; k < countOf(values); k++) {
      for (const part of parts) {
        for (const [dx, dy, dz] of DIRECTIONS) {
          const deep = dz * Math.min(part, 1.2) * this.depth;
          const steps = [dx * part * this.width, dy * part * this.width, deep, 0];
          const moved = (sign: number) =>
            steps.map((step, a) => ((values[OWN * k + a] as number) + sign * step) * (a === 3 ? 0.5 : 1));
          const others = [...values.slice(0, OWN * k), ...values.slice(OWN * (k + 1))];
          starts.push(Float64Array.from([...moved(1), ...moved(-1), ...others]));
        }
      }
    }
    return starts.filter((start) => this.isWithin(start));
  }

  /** One more beside each emitter, in eight directions and at several distances and depths. */
  private beside(values: Float64Array): Float64Array[] {
    const starts: Float64Array[] = [];
    for (let k = 0; k < countOf(values); k++) {
      const [x = 0, y = 0, , photons = 0] = values.subarray(OWN * k, OWN * k + OWN);
      for (const distance of BESIDE) {
        for (const depth of DEPTHS) {
          for (let turn = 0; turn < 8; turn++) {
            const angle = (Math.PI * turn) / 4;
            const at = {
              x: x + distance * this.width * Math.cos(angle),
              y: y + distance * this.width * Math.sin(angle),
            };
            starts.push(Float64Array.from([...this.at(at, depth, photons / 2), ...values]));
          }
        }
      }
    }
    return starts;
  }

  /** Two at one place, at different depths. */
  private stacked(values: Float64Array): Float64Array[] {
    const [x = 0, y = 0] = values;
    return LADDER.flatMap((a, k) =>
      LADDER.slice(0, k).map((b) => {
        const place = { x, y };
        return this.moved(values, [place, place], [a, b]);
      }),
    );
  }

  private isWithin(start: Float64Array): boolean {
    const { planes } = this.kernel.spline;
    return [2, OWN + 2].every((at) => (start[at] as number) > 1 && (start[at] as number) < planes - 2);
  }

  /** Whether each has a fair share of the light and a place of its own. */
  private areApart(values: Float64Array): boolean {
    const count = countOf(values);
    const at = (k: number, a: number) => values[OWN * k + a] as number;
    let [photons, isApart] = [0, true];
    for (let k = 0; k < count; k++) {
      photons += at(k, 3);
      for (let j = 0; j < k; j++) {
        const across = Math.hypot(at(k, 0) - at(j, 0), at(k, 1) - at(j, 1)) / this.width;
        isApart &&= Math.hypot(across, (at(k, 2) - at(j, 2)) / this.depth) > NEAREST;
      }
    }
    for (let k = 0; k < count; k++) isApart &&= at(k, 3) > LEAST_SHARE * photons;
    return isApart;
  }
}

function countOf(values: Float64Array): number {
  return (values.length - 1) / OWN;
}

function placesOf({ values }: JointFit): readonly Place[] {
  return Array.from({ length: countOf(values) }, (_, k) => {
    return { x: values[OWN * k] as number, y: values[OWN * k + 1] as number };
  });
}

/**
 * Whether more emitters are worth their four unknowns each. What is left unexplained, as of a point image that is not
 * quite the true one, counts as noise.
 */
export function isBetter(
  more: Pick<JointFit, 'values' | 'deviance'>,
  fewer: Pick<JointFit, 'values' | 'deviance'>,
  pixels: number,
): boolean {
  const noise = Math.max(1, more.deviance / (pixels - more.values.length));
  const price = (more.values.length - fewer.values.length) * Math.log(pixels);
  return fewer.deviance - more.deviance > noise * price;
}

/** Standard deviations of the deviance above its mean, which is 1 + 1/(6 μ) for each of Poisson's numbers. */
function excessOf(deviance: number, values: Float64Array, pixels: number): number {
  const freedom = pixels - values.length;
  const mean = freedom * (1 + 1 / (6 * Math.max(1, values[values.length - 1] as number)));
  return (deviance - mean) / Math.sqrt(2 * freedom);
}

/** Whether what is left is noise and a point image that is wrong by a share: Σ (share·μ)²/μ = share² · photons. */
function isExplained(
  { values, deviance }: Pick<JointFit, 'values' | 'deviance'>,
  pixels: number,
  share: number,
): boolean {
  let photons = 0;
  for (let k = 0; k < countOf(values); k++) photons += values[OWN * k + 3] as number;
  return excessOf(deviance - share ** 2 * photons, values, pixels) < SURE;
}

/** Half of the neighbours of a cell in space: the other half are the same with the sign changed. */
const DIRECTIONS = Array.from({ length: 13 }, (_, i) => {
  const direction = [((i + 14) % 3) - 1, (Math.floor((i + 14) / 3) % 3) - 1, Math.floor((i + 14) / 9) - 1];
  const length = Math.hypot(...direction);
  return direction.map((each) => each / length) as [number, number, number];
});

/**
 * How surely the image of an emitter is curved as the sum of two would be: the score test (C. R. Rao, Proc. Camb. Phil.
 * Soc. 44, 50 (1948)) of its six second derivatives by place and depth, beside the five first ones, in squared errors.
 */
function curvature(kernel: EmitterKernel, region: Region, values: Float64Array): number {
  const { nx, ny, electrons, variance, known } = region;
  const pixels = nx * ny;
  const step = (axis: number, by: number) =>
    values.slice(0, 3).map((value, a) => value + (a === axis ? by : 0));
  const middle = kernel.shape(values, 0);
  const sides = [0, 1, 2].map(
    (axis) =>
      [kernel.shape(step(axis, STEP), 1 + 2 * axis), kernel.shape(step(axis, -STEP), 2 + 2 * axis)] as const,
  );
  const columns = Array.from({ length: 11 }, () => new Float64Array(pixels));
  const weights = new Float64Array(pixels);
  const rest = new Float64Array(pixels);
  const [photons, background] = [values[3] as number, values[4] as number];
  for (let i = 0; i < pixels; i++) {
    const [x, y] = [region.x0 + (i % nx), region.y0 + Math.floor(i / nx)];
    const v = variance[i] as number;
    const model =
      photons * sample(middle, 0, x, y) + background + v + (known === null ? 0 : (known[i] as number));
    weights[i] = 1 / Math.max(1e-3, model);
    rest[i] = Math.max(0, (electrons[i] as number) + v) - model;
    for (let layer = 0; layer < 4; layer++) (columns[layer] as Float64Array)[i] = sample(middle, layer, x, y);
    (columns[4] as Float64Array)[i] = 1;
    SECOND.forEach(([axis, layer], k) => {
      const [after, before] = sides[axis] as readonly [Shape, Shape];
      (columns[5 + k] as Float64Array)[i] = sample(after, layer, x, y) - sample(before, layer, x, y);
    });
  }
  const matrix = new Float64Array(11 * 11);
  const right = new Float64Array(11);
  columns.forEach((a, row) => {
    const weighted = a.map((value, i) => value * (weights[i] as number));
    right[row] = weighted.reduce((sum, value, i) => sum + value * (rest[i] as number), 0);
    columns.forEach((b, column) => {
      matrix[11 * row + column] = weighted.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    });
  });
  const solved = choleskySolve(matrix, right, 11);
  return solved.ok ? solved.solution.reduce((sum, value, a) => sum + value * (right[a] as number), 0) : 0;
}

/** Pixels, and planes, to either side of a place for differences of slopes. */
const STEP = 0.5;
/** Axis of the difference and layer of the slope: xx, xy, xz, yy, yz, zz. */
const SECOND = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
  [2, 3],
] as const;

function sample({ x0, y0, side, width, layers }: Shape, layer: number, x: number, y: number): number {
  const [row, column] = [y - y0, x - x0];
  const isIn = row >= 0 && row < side && column >= 0 && column < side;
  return isIn ? (layers[(layer * side + row) * width + column] as number) : 0;
}
