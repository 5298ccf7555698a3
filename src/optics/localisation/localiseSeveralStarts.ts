/** Where fits of several emitters that overlap may begin. */
import { OWN } from './localiseJoint.ts';
import type { EmitterKernel } from './localiseKernel.ts';

/** Distance in depth that tells as much as a width across, metres. */
export const DEPTH = 250e-9;
/** Halves of the distances between the two that one is parted into, in widths; depths go with the first two only. */
const PARTS = [0.6, 1.2];
const WIDE = [1.2, 2, 3];
/** Distances in widths at which one more is looked for. */
const BESIDE = [2.5, 4.5];
/** Depths that are tried of emitters that lie near to each other, in units of DEPTH. */
const DEPTHS = [-1.6, 0, 1.6];
/** The same for one, or two at one place. */
const LADDER = [-2.2, -1.1, 0, 1.1, 2.2];

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** @param values x, y, z and photons of each, then the background */
export function emittersIn(values: ArrayLike<number>): number {
  return (values.length - 1) / OWN;
}

/** Starts from what was found; values as in `JointFit.values`. */
export class SeveralStarts {
  private readonly kernel: EmitterKernel;
  /** Of the image of a point, pixels; and what stands for it in depth, planes. */
  private readonly width: number;
  private readonly depth: number;

  constructor(kernel: EmitterKernel, width: number) {
    this.kernel = kernel;
    this.width = width;
    this.depth = DEPTH / kernel.spline.zStep;
  }

  /** One at a place, at each of several depths. */
  ladder(values: Float64Array, place: Place): Float64Array[] {
    return LADDER.map((depth) => this.moved(values, [place], [depth]));
  }

  /** As many as there are places, at all depths. */
  atDepths(values: Float64Array, places: readonly Place[]): Float64Array[] {
    return Array.from({ length: DEPTHS.length ** places.length }, (_, i) =>
      this.moved(
        values,
        places,
        places.map((_, k) => DEPTHS[Math.floor(i / DEPTHS.length ** k) % DEPTHS.length] ?? 0),
      ),
    );
  }

  /** Emitters of the same light as these in all, at places and at depths in units of DEPTH. */
  private moved(values: Float64Array, places: readonly Place[], depths: readonly number[]): Float64Array {
    let photons = 0;
    for (let k = 0; k < emittersIn(values); k++) photons += values[OWN * k + 3] as number;
    const each = places.flatMap((place, k) => this.at(place, depths[k] ?? 0, photons / places.length));
    return Float64Array.from([...each, values[values.length - 1] as number]);
  }

  private at({ x, y }: Place, depth: number, photons: number): readonly number[] {
    const { zStart, zStep } = this.kernel.spline;
    return [x, y, (depth * DEPTH - zStart) / zStep, photons];
  }

  /** Each of the emitters parted into two, along 13 directions. */
  parted(values: Float64Array): Float64Array[] {
    return this.partedBy(values, PARTS);
  }

  /** Two further apart around a place, instead of what was found. */
  partedAround(values: Float64Array, place: Place): Float64Array[] {
    return this.partedBy(this.moved(values, [place], [0]), WIDE);
  }

  private partedBy(values: Float64Array, parts: readonly number[]): Float64Array[] {
    const starts: Float64Array[] = [];
    for (let k = 0; k < emittersIn(values); k++) {
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
  beside(values: Float64Array): Float64Array[] {
    const starts: Float64Array[] = [];
    for (let k = 0; k < emittersIn(values); k++) {
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
  stacked(values: Float64Array): Float64Array[] {
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
}

/** Half of the neighbours of a cell in space: the other half are the same with the sign changed. */
const DIRECTIONS = Array.from({ length: 13 }, (_, i) => {
  const direction = [((i + 14) % 3) - 1, (Math.floor((i + 14) / 3) % 3) - 1, Math.floor((i + 14) / 9) - 1];
  const length = Math.hypot(...direction);
  return direction.map((each) => each / length) as [number, number, number];
});
