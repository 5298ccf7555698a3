/**
 * Where to start the fit of an emitter: its window is compared with the image of a point at a ladder of depths and at
 * places around the middle, with photons and background in closed form (variable projection).
 */
import type { PsfSpline } from './psfSpline.ts';

export interface EmitterStart {
  /** x, y (pixels from the window's first pixel), z (planes of the spline), photons, background per pixel. */
  readonly values: readonly [number, number, number, number, number];
  /** Share of the window's variance that the image of a point explains, 0 to 1. */
  readonly score: number;
}

interface Template {
  readonly x: number;
  readonly y: number;
  readonly plane: number;
  /** Less its mean, [side, side]. */
  readonly values: Float32Array;
  readonly mean: number;
  /** Sum of squares of the values. */
  readonly power: number;
}

/** Starts at other depths are tried where they explain nearly as much. */
const RIVAL = 0.5;

/** Finds starts in windows of one size. */
export class StartFinder {
  private readonly side: number;
  private readonly ladder: readonly (readonly Template[])[];
  private readonly centred: Float32Array;

  /**
   * @param every planes of the spline from step to step of the ladder
   * @param around pixels around the window's middle pixel at which an emitter is looked for
   */
  constructor(spline: PsfSpline, side: number, every: number, around = 1) {
    this.side = side;
    this.centred = new Float32Array(side * side);
    const planes: number[] = [];
    const first = 1 + Math.floor(((spline.planes - 3) % every) / 2);
    for (let plane = first; plane <= spline.planes - 2; plane += every) planes.push(plane);
    this.ladder = planes.map((plane) => templatesOf(spline, side, plane, around));
  }

  /** The best start, then the best of every other depth that is likely too; best first. */
  starts(electrons: ArrayLike<number>, most = 3): readonly EmitterStart[] {
    const size = this.side * this.side;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += electrons[i] as number;
    const mean = sum / size;
    let power = 0;
    for (let i = 0; i < size; i++) {
      const value = (electrons[i] as number) - mean;
      this.centred[i] = value;
      power += value * value;
    }
    const best = this.ladder.map((templates) => this.bestOf(templates, mean, power));
    const peaks = best.filter(
      ({ score }, k) => score > (best[k - 1]?.score ?? -1) && score >= (best[k + 1]?.score ?? -1),
    );
    peaks.sort((a, b) => b.score - a.score);
    if (peaks.length === 0) return best.slice(0, 1);
    return peaks.filter(({ score }) => score >= RIVAL * (peaks[0]?.score ?? 0)).slice(0, most);
  }

  private bestOf(templates: readonly Template[], mean: number, power: number): EmitterStart {
    let best: EmitterStart | null = null;
    for (const template of templates) {
      const { values } = template;
      let product = 0;
      for (let i = 0; i < values.length; i++) product += (values[i] as number) * (this.centred[i] as number);
      const score = Math.max(0, product) ** 2 / template.power / (power > 0 ? power : 1);
      if (best !== null && score <= best.score) continue;
      const photons = Math.max(1, product / template.power);
      const background = Math.max(0.1, mean - photons * template.mean);
      best = { values: [template.x, template.y, template.plane, photons, background], score };
    }
    return best ?? { values: [this.side / 2, this.side / 2, 1, 1, 1], score: 0 };
  }
}

function templatesOf(spline: PsfSpline, side: number, plane: number, around: number): readonly Template[] {
  const { pixels, centred } = spline;
  const centre = Math.floor(pixels / 2);
  const middle = Math.floor(side / 2);
  const out: Template[] = [];
  for (let y = middle - around; y <= middle + around; y++) {
    for (let x = middle - around; x <= middle + around; x++) {
      const values = new Float32Array(side * side);
      let mean = 0;
      for (let i = 0; i < values.length; i++) {
        const row = Math.floor(i / side) - y + centre;
        const column = (i % side) - x + centre;
        const isInside = row >= 0 && row < pixels && column >= 0 && column < pixels;
        values[i] = isInside ? (centred[(plane * pixels + row) * pixels + column] as number) : 0;
        mean += (values[i] as number) / values.length;
      }
      let power = 0;
      for (let i = 0; i < values.length; i++) {
        values[i] = (values[i] as number) - mean;
        power += (values[i] as number) ** 2;
      }
      out.push({ x, y, plane, values, mean, power });
    }
  }
  return out;
}
