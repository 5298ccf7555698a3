/**
 * Whether the light that some emitters explain is that of one more: a quick test of the curvature that a second emitter
 * gives to the image of one, then fits of one more from several starts, decided by the Bayesian information criterion
 * (G. Schwarz, Ann. Stat. 6, 461 (1978)).
 */
import { curvature } from './localiseCurvature.ts';
import { type JointFit, type JointFitter, MOST_TOGETHER, OWN, type Region } from './localiseJoint.ts';
import type { EmitterKernel } from './localiseKernel.ts';
import type { Rectangle } from './localiseLight.ts';
import { DEPTH, emittersIn, type Place, SeveralStarts } from './localiseSeveralStarts.ts';

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
export const FAIR_SHARE = 0.1;
const LEFT_SHARE = 0.15;
/** Two that are nearer than this part of the width of a point's image, and the same in depth, are one. */
const NEAREST = 0.5;
/** Pixels around a part of a frame in which the rest of an image is looked for that lies only half in the part. */
const MARGIN = 4;
const FITS = 4;

/** What explains a part of a frame. */
export type Found = Pick<JointFit, 'values' | 'deviance' | 'part'>;

export class EmitterCounter {
  private readonly kernel: EmitterKernel;
  private readonly joint: JointFitter;
  private readonly starts: SeveralStarts;
  /** Of the image of a point, pixels; and what stands for it in depth, planes. */
  private readonly width: number;
  private readonly depth: number;

  constructor(kernel: EmitterKernel, joint: JointFitter, width: number) {
    this.kernel = kernel;
    this.joint = joint;
    this.starts = new SeveralStarts(kernel, width);
    this.width = width;
    this.depth = DEPTH / kernel.spline.zStep;
  }

  /**
   * The best fit of more emitters than were found, first in the part of the frame where these are. What is left there
   * may be half of an image whose other half tells what it is: then in a wider part.
   * @param regionOf the pixels of the part, and of as many around it
   * @param place where the frame is brightest
   * @returns null where there is no sign of more; 'unclear' where there is, and no fit that is sound
   */
  more(regionOf: (margin: number) => Region, found: Found, place: Place): JointFit | 'unclear' | null {
    const excess = excessOf(found);
    if (excess < LOOK || emittersIn(found.values) >= MOST_TOGETHER) return null;
    const part = regionOf(0);
    const isOne = emittersIn(found.values) === 1;
    if (excess < SURE && !(isOne && curvature(this.kernel, part, found.values) > CURVED)) return null;
    const near = this.moreIn(part, found, place);
    if (near === null || (near !== 'unclear' && isRest(near) && !isAtEdge(near))) return near;
    const wide = regionOf(MARGIN);
    if (pixelsOf(wide) === pixelsOf(part)) return near;
    const again = near === 'unclear' ? null : this.joint.fit(wide, near.values);
    const kept = again !== null && this.isSound(again) ? again : null;
    if (kept !== null && isRest(kept)) return kept;
    const far = this.moreIn(wide, this.joint.fit(wide, found.values), place);
    return far === null || far === 'unclear' ? (kept ?? 'unclear') : far;
  }

  private moreIn(part: Region, found: Found, place: Place): JointFit | 'unclear' | null {
    let [best, now]: [JointFit | null, Found] = [null, found];
    let isUnsound = false;
    let prunes = 0;
    while (emittersIn(now.values) < MOST_TOGETHER) {
      const grown = this.oneMore(part, now.values, place);
      if (grown === null || !isBetter(grown, now)) break;
      // One that takes no light has helped the others to their places.
      const pruned = this.pruned(part, grown);
      const isPruned = pruned !== null && !isBetter(grown, pruned);
      const next: JointFit = isPruned ? pruned : grown;
      if (isPruned && !(next.deviance < now.deviance - 1)) break;
      now = next;
      if (this.isSound(next)) best = next;
      isUnsound = next.statuses.some((status) => status !== 'good');
      if (excessOf(next) < LOOK || (isPruned && ++prunes > MOST_TOGETHER)) break;
    }
    if (best !== null) return best;
    const isLeft = emittersIn(now.values) > emittersIn(found.values) && !isExplained(found, LEFT_SHARE);
    return isUnsound || isLeft ? 'unclear' : null;
  }

  /** Whether emitters are there each by itself, and leave noise and no more than a point image may be wrong by. */
  private isSound(fit: JointFit): boolean {
    const isGood = fit.statuses.every((status) => status === 'good');
    return isGood && this.areApart(fit.values) && isExplained(fit, FAIR_SHARE);
  }

  /** The same without its faintest emitter, where that is faint; null where none is. */
  private pruned(region: Region, { values, statuses }: JointFit): JointFit | null {
    const at = statuses.indexOf('faint');
    if (at < 0 || statuses.length === 1) return null;
    return this.joint.fit(region, [...values.slice(0, OWN * at), ...values.slice(OWN * (at + 1))]);
  }

  /** The likeliest fit of one emitter more. */
  private oneMore(region: Region, values: Float64Array, place: Place): JointFit | null {
    const { starts } = this;
    const families = [
      () => starts.parted(values),
      () => starts.beside(values),
      () => (emittersIn(values) === 1 ? starts.stacked(values) : []),
      () => (emittersIn(values) === 1 ? starts.partedAround(values, place) : []),
    ];
    let best: JointFit | null = null;
    for (const family of families) {
      const next = this.joint.best(region, family(), FITS);
      if (next !== null && (best === null || next.deviance < best.deviance)) best = next;
      if (best !== null && excessOf(best) < LOOK) return best;
    }
    if (best === null || excessOf(best) < SURE) return best;
    return this.again(region, best, placesOf(best));
  }

  /**
   * Emitters one after the other, from one in the middle of what shines: where maxima were no places of emitters, as
   * the lobes of one image are none.
   */
  anew(region: Region, fit: JointFit, places: readonly Place[]): JointFit {
    if (excessOf(fit) < LOOK) return fit;
    const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each / all.length, 0);
    const middle = { x: mean(places.map(({ x }) => x)), y: mean(places.map(({ y }) => y)) };
    const one = this.joint.best(region, this.starts.ladder(fit.values, middle), FITS);
    if (one === null) return fit;
    const more = this.more(() => region, one, middle);
    const other = more === null || more === 'unclear' ? one : more;
    return priceOf(other) < priceOf(fit) ? other : fit;
  }

  /**
   * As many emitters from other depths, where the fit leaves more than noise: one that has been fitted without its
   * neighbours may have taken their light.
   */
  again(region: Region, fit: JointFit, places: readonly Place[]): JointFit {
    if (excessOf(fit) < LOOK) return fit;
    const next = this.joint.best(region, this.starts.atDepths(fit.values, places), FITS);
    return next !== null && next.deviance < fit.deviance ? next : fit;
  }

  /** Whether each has a fair share of the light and a place of its own. */
  private areApart(values: Float64Array): boolean {
    const count = emittersIn(values);
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

function placesOf({ values }: JointFit): readonly Place[] {
  return Array.from({ length: emittersIn(values) }, (_, k) => {
    return { x: values[OWN * k] as number, y: values[OWN * k + 1] as number };
  });
}

/**
 * Whether more emitters are worth their four unknowns each. What is left unexplained, as of a point image that is not
 * quite the true one, counts as noise.
 */
export function isBetter(more: Found, fewer: Pick<Found, 'values' | 'deviance'>): boolean {
  const price = (more.values.length - fewer.values.length) * Math.log(pixelsOf(more.part));
  return fewer.deviance - more.deviance > noiseOf(more) * price;
}

/** The Bayesian information criterion. */
function priceOf(found: Found): number {
  return found.deviance + noiseOf(found) * found.values.length * Math.log(pixelsOf(found.part));
}

/** Deviance per degree of freedom, 1 at least. */
function noiseOf({ values, deviance, part }: Found): number {
  return Math.max(1, deviance / (pixelsOf(part) - values.length));
}

function pixelsOf({ nx, ny }: Rectangle): number {
  return nx * ny;
}

/** Standard deviations of the deviance above its mean, which is 1 + 1/(6 μ) for each of Poisson's numbers. */
function excessOf({ deviance, values, part }: Found): number {
  const freedom = pixelsOf(part) - values.length;
  const mean = freedom * (1 + 1 / (6 * Math.max(1, values[values.length - 1] as number)));
  return (deviance - mean) / Math.sqrt(2 * freedom);
}

/** Whether what is left is noise. */
function isRest(found: Found): boolean {
  return excessOf(found) < LOOK;
}

/** Whether an emitter is so near to the end of the part that much of its image is not there. */
function isAtEdge({ values, part }: Found): boolean {
  const isNear = (at: number, first: number, count: number) =>
    Math.min(at - first, first + count - 1 - at) < MARGIN;
  return Array.from({ length: emittersIn(values) }, (_, k) => k).some(
    (k) =>
      isNear(values[OWN * k] as number, part.x0, part.nx) ||
      isNear(values[OWN * k + 1] as number, part.y0, part.ny),
  );
}

/** Whether what is left is noise and a point image that is wrong by a share: Σ (share·μ)²/μ = share² · photons. */
export function isExplained(found: Found, share: number): boolean {
  const { values, deviance } = found;
  let photons = 0;
  for (let k = 0; k < emittersIn(values); k++) photons += values[OWN * k + 3] as number;
  return excessOf({ ...found, deviance: deviance - share ** 2 * photons }) < SURE;
}
