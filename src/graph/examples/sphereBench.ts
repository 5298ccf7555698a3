/** Microscopes that look at one sphere: what they share, and what stands behind the objective. */
import type { Design, ParamData } from '../document.ts';
import { type BenchNode, bench } from './bench.ts';
import type { Measured } from './example.ts';

type Params = Readonly<Record<string, ParamData>>;

interface SphereBench {
  readonly grid: Design['grid'];
  /** A plane wave along the axis, unless there is a condenser. */
  readonly source?: 'planeWave' | 'kohler';
  readonly light: Params;
  readonly sphere: Params;
  readonly numericalAperture: number;
  /** Nodes behind the pupil, with their places. */
  readonly behind: readonly BenchNode[];
  readonly wires: readonly string[];
}

/** Light meets a sphere; scattered and direct light pass an objective's pupil. */
export function sphereBench(words: Pick<Design, 'title' | 'description'>, parts: SphereBench): Design {
  return bench(
    words,
    parts.grid,
    [
      ['source', parts.source ?? 'planeWave', parts.light, 0, 0],
      ['sphere', 'mieSphere', parts.sphere, 1, 0],
      ['interference', 'interference', {}, 2, 0],
      ['pupil', 'pupil', { numericalAperture: parts.numericalAperture }, 3, 0],
      ...parts.behind,
    ],
    [
      'source.out>sphere.in',
      'sphere.out>interference.scattered',
      'source.out>interference.reference',
      'interference.out>pupil.in',
      ...parts.wires,
    ],
  );
}

/** A hologram of a sphere in water, and a simulated measurement to which it is fitted, in so many pixels. */
export function fittedHologram(
  words: Pick<Design, 'title' | 'description'>,
  sphere: Params,
  pixels: number,
): Design {
  return sphereBench(words, {
    grid: { samples: 160, pitch: 1e-6 },
    light: { wavelength: 532e-9, refractiveIndex: 1.33 },
    sphere,
    numericalAperture: 1.2,
    behind: [
      ['camera', 'camera', { pixelPitch: 0.1e-6, rows: pixels, columns: pixels }, 2, 1],
      ['target', 'target', { image: 'simulated' }, 1, 1],
      ['loss', 'loss', {}, 3, 1],
    ],
    wires: ['pupil.out>camera.in', 'camera.out>loss.model', 'target.out>loss.target'],
  });
}

/** Of an image, so many pixels right of and below the middle, sample floor(N/2). */
export function pixelAt({ data, shape }: Measured, x: number, y: number): number {
  const [ny = 1, nx = 1] = shape.slice(-2);
  return data[(Math.floor(ny / 2) + y) * nx + Math.floor(nx / 2) + x] ?? Number.NaN;
}
