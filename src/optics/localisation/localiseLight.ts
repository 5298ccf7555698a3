/** Parts of a frame, and the light that emitters send there. */
import type { EmitterKernel } from './localiseKernel.ts';

export interface Rectangle {
  /** Its first pixel. */
  readonly x0: number;
  readonly y0: number;
  readonly nx: number;
  readonly ny: number;
}

export interface Frame {
  /** [ny, nx] */
  readonly electrons: ArrayLike<number>;
  readonly ny: number;
  readonly nx: number;
  /** Of the read noise, electrons²: of each pixel, [ny, nx], or of all. */
  readonly variance: ArrayLike<number> | number;
}

/** Light of one emitter around its place, [ny, nx]. */
export interface Patch extends Rectangle {
  readonly light: Float64Array;
}

/** @param emitter x and y in pixels of the frame, z in planes of the spline, photons */
export function patchOf(kernel: EmitterKernel, emitter: ArrayLike<number>): Patch {
  const { x0, y0, side, width, layers } = kernel.shape(emitter, 0);
  const photons = emitter[3] as number;
  // The spline rings a little below zero where there is no light.
  const light = new Float64Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      light[row * side + column] = photons * Math.max(0, layers[row * width + column] as number);
    }
  }
  return { x0, y0, nx: side, ny: side, light };
}

export function isInside({ x0, y0, nx, ny }: Rectangle, frame: Pick<Frame, 'ny' | 'nx'>): boolean {
  return x0 >= 0 && y0 >= 0 && x0 + nx <= frame.nx && y0 + ny <= frame.ny;
}

export function meet(a: Rectangle, b: Rectangle): boolean {
  const isAlong = a.x0 < b.x0 + b.nx && b.x0 < a.x0 + a.nx;
  return isAlong && a.y0 < b.y0 + b.ny && b.y0 < a.y0 + a.ny;
}

/** The smallest that holds all of them. */
export function around(all: readonly Rectangle[]): Rectangle {
  const x0 = Math.min(...all.map((each) => each.x0));
  const y0 = Math.min(...all.map((each) => each.y0));
  const nx = Math.max(...all.map((each) => each.x0 + each.nx)) - x0;
  const ny = Math.max(...all.map((each) => each.y0 + each.ny)) - y0;
  return { x0, y0, nx, ny };
}

/** The part and as many pixels around it, where the frame has them. */
export function widened({ x0, y0, nx, ny }: Rectangle, margin: number, frame: Pick<Frame, 'ny' | 'nx'>) {
  const [left, top] = [Math.max(0, x0 - margin), Math.max(0, y0 - margin)];
  const [right, bottom] = [Math.min(frame.nx, x0 + nx + margin), Math.min(frame.ny, y0 + ny + margin)];
  return { x0: left, y0: top, nx: right - left, ny: bottom - top };
}

/** What a frame holds in a part of it, and the read noise there. */
export function cut({ electrons, nx: across, variance }: Frame, { x0, y0, nx, ny }: Rectangle) {
  const seen = new Float64Array(nx * ny);
  const noise = new Float64Array(nx * ny);
  for (let i = 0; i < seen.length; i++) {
    const at = (y0 + Math.floor(i / nx)) * across + x0 + (i % nx);
    seen[i] = electrons[at] as number;
    noise[i] = typeof variance === 'number' ? variance : (variance[at] as number);
  }
  return { electrons: seen, variance: noise };
}

/** Light of all patches in a part of the frame; null where there is none. */
export function lightIn(patches: readonly Patch[], part: Rectangle): Float64Array | null {
  const near = patches.filter((patch) => meet(patch, part));
  if (near.length === 0) return null;
  const sum = new Float64Array(part.nx * part.ny);
  for (const { x0, y0, nx, ny, light } of near) {
    for (let y = Math.max(y0, part.y0); y < Math.min(y0 + ny, part.y0 + part.ny); y++) {
      for (let x = Math.max(x0, part.x0); x < Math.min(x0 + nx, part.x0 + part.nx); x++) {
        const at = (y - part.y0) * part.nx + x - part.x0;
        sum[at] = (sum[at] as number) + (light[(y - y0) * nx + x - x0] as number);
      }
    }
  }
  return sum;
}

/** How much two patches are alike where they are: 0 where they do not meet, 1 for the same. */
export function overlapOf(a: Patch, b: Patch): number {
  if (!meet(a, b)) return 0;
  const other = lightIn([b], a) as Float64Array;
  const power = (light: Float64Array) => light.reduce((sum, value) => sum + value * value, 0);
  const common = a.light.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
  const scale = Math.sqrt(power(a.light) * power(b.light));
  return scale > 0 ? common / scale : 0;
}
