/** Waves of closed form on the grid, with exact derivatives whatever their phase: what sources are made of. */
import { DIFFERENCE_STEP, eachMoved } from './maths/difference.ts';
import type { Complex, Ops } from './ops/ops.ts';
import type { MapArgument } from './sampledGrid.ts';

/** A wave at a point: a slowly varying complex amplitude times exp(i phase), which may turn fast. */
export interface WaveSample {
  re: number;
  im: number;
  phase: number;
}

type Wave = (x: number, y: number, out: WaveSample, mode: number) => void;

/**
 * Samples [...modes, ny, nx] of a wave f(x, y), in metres from sample floor(N/2) of each axis, made in float64. Amplitude
 * and phase are differenced apart, so that derivatives are exact for any number of turns.
 * @param shape [ny, nx] or [modes, ny, nx]; an axis of length 1 holds the position 0, for waves that separate.
 * @param name stands for everything that `prepare` uses besides its arguments.
 */
export function waveMap(
  ops: Ops,
  name: string,
  shape: readonly number[],
  pitch: number,
  args: readonly MapArgument[],
  prepare: (values: readonly number[]) => Wave,
): Complex {
  const [nx = 1, ny = 1, modes = 1] = [...shape].reverse();
  const count = modes * ny * nx;
  const scalars = args.map(({ scalar }) => scalar);
  const sampled = (values: readonly number[], put: (i: number, wave: WaveSample) => void) => {
    const wave = prepare(values);
    const sample: WaveSample = { re: 0, im: 0, phase: 0 };
    let i = 0;
    for (let mode = 0; mode < modes; mode++) {
      for (let row = 0; row < ny; row++) {
        const y = (row - Math.floor(ny / 2)) * pitch;
        for (let column = 0; column < nx; column++) {
          wave((column - Math.floor(nx / 2)) * pitch, y, sample, mode);
          put(i++, sample);
        }
      }
    }
  };
  return ops.hostMap(
    scalars,
    shape,
    'complex',
    (values, wanted) => {
      const value = new Float64Array(2 * count);
      const turn = new Float64Array(2 * count);
      const middle = new Float64Array(wanted.includes(true) ? 3 * count : 0);
      sampled(values, (i, { re, im, phase }) => {
        const [c, s] = [Math.cos(phase), Math.sin(phase)];
        value[2 * i] = re * c - im * s;
        value[2 * i + 1] = re * s + im * c;
        turn[2 * i] = c;
        turn[2 * i + 1] = s;
        if (middle.length > 0) middle.set([re, im, phase], 3 * i);
      });
      const partials = wanted.map((want, s) => {
        if (!want) return undefined;
        const h = DIFFERENCE_STEP * (args[s]?.scale ?? 1);
        const slopes = new Float64Array(3 * count);
        eachMoved(values, s, h, (moved, w) => {
          // Against the middle: what does not change is not rounded either.
          sampled(moved, (i, { re, im, phase }) => {
            const j = 3 * i;
            slopes[j] = (slopes[j] as number) + w * (re - (middle[j] as number));
            slopes[j + 1] = (slopes[j + 1] as number) + w * (im - (middle[j + 1] as number));
            slopes[j + 2] = (slopes[j + 2] as number) + w * (phase - (middle[j + 2] as number));
          });
        });
        return turnedSlopes(slopes, value, turn);
      });
      return { value, partials };
    },
    `${name}:${pitch}`,
  );
}

/** d(A exp(iφ)) = dA exp(iφ) + i A exp(iφ) dφ, interleaved. */
function turnedSlopes(slopes: Float64Array, value: Float64Array, turn: Float64Array): Float64Array {
  const out = new Float64Array(value.length);
  for (let i = 0; i < value.length / 2; i++) {
    const [dRe, dIm, dPhase] = [
      slopes[3 * i] as number,
      slopes[3 * i + 1] as number,
      slopes[3 * i + 2] as number,
    ];
    const [c, s] = [turn[2 * i] as number, turn[2 * i + 1] as number];
    out[2 * i] = dRe * c - dIm * s - (value[2 * i + 1] as number) * dPhase;
    out[2 * i + 1] = dRe * s + dIm * c + (value[2 * i] as number) * dPhase;
  }
  return out;
}
