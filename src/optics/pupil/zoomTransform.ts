/** Fourier transforms to any pitch and window: sampling an image plane from a pupil or from a spectrum. */
import { centredFourierLine } from '../ops/fourier.f64.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';
import { isConstant } from '../ops/scalar.ts';

export interface Zoom {
  /** Phase in turns between neighbouring output samples at a coordinate of 1; differentiable. */
  readonly step: Scalar;
  /** Coordinates of the input's samples are (m - floor(N/2))·spacing. */
  readonly spacing: number;
  readonly rows: number;
  readonly columns: number;
  readonly sign: 1 | -1;
}

/**
 * U[j, k] = Σ u[m, n] exp(sign·2πi·step·(j' q_m + k' q_n)) with j', k' counted from floor(rows/2), floor(columns/2);
 * u complex [..., N, N], result [..., rows, columns]. By two matrix products (Soummer et al., Opt. Express 15,
 * 15935 (2007)), or where that is less work and the step is no learnable, by a chirp transform. Both are exact.
 */
export function zoomTransform(ops: Ops, u: Complex, zoom: Zoom): Complex {
  const samples = u.shape[u.shape.length - 1] ?? 1;
  if (isConstant(zoom.step) && isChirpQuicker(samples, zoom)) return chirpTransform(ops, u, samples, zoom);
  const left = fourierKernel(ops, zoom, zoom.rows, samples);
  const right = zoom.rows === zoom.columns ? left : fourierKernel(ops, zoom, zoom.columns, samples);
  return ops.sandwich(left, u, right);
}

/** K[j, m] = exp(sign·2πi·step·j'·q_m), complex [outputs, samples]. Phases are formed and reduced in float64. */
export function fourierKernel(
  ops: Ops,
  { step, spacing, sign }: Pick<Zoom, 'step' | 'spacing' | 'sign'>,
  outputs: number,
  samples: number,
): Complex {
  return ops.hostMap(
    [step],
    [outputs, samples],
    'complex',
    (values, wanted) => {
      const s = values[0] as number;
      const value = new Float64Array(2 * outputs * samples);
      const partial = wanted[0] ? new Float64Array(2 * outputs * samples) : undefined;
      const [centre, middle] = [Math.floor(outputs / 2), Math.floor(samples / 2)];
      for (let j = 0; j < outputs; j++) {
        for (let m = 0; m < samples; m++) {
          const perStep = sign * (j - centre) * (m - middle) * spacing;
          const turns = perStep * s;
          const phase = 2 * Math.PI * (turns - Math.round(turns));
          const i = 2 * (j * samples + m);
          const [re, im] = [Math.cos(phase), Math.sin(phase)];
          value[i] = re;
          value[i + 1] = im;
          if (partial !== undefined) {
            partial[i] = -2 * Math.PI * perStep * im;
            partial[i + 1] = 2 * Math.PI * perStep * re;
          }
        }
      }
      return { value, partials: [partial] };
    },
    `fourierKernel:${sign}:${spacing}`,
  );
}

/** Products of matrices run nearer to a processor's peak than transforms do, and need less around them. */
const CHIRP_ADVANTAGE = 1.5;

function isChirpQuicker(samples: number, { rows, columns }: Zoom): boolean {
  const matrices = 8 * rows * samples * (samples + columns);
  const [ly, lx] = [windowLength(samples + rows), windowLength(samples + columns)];
  const held = Math.max(samples, rows);
  const transforms = 10 * (held * lx * Math.log2(lx) + lx * ly * Math.log2(ly));
  return CHIRP_ADVANTAGE * transforms < matrices;
}

/** The least length from `least` on that is 8·2^a·3^b·5^c: what transforms are quickest at. */
export function windowLength(least: number): number {
  if (!Number.isFinite(least)) throw new Error(`No transform is ${least} samples long.`);
  for (let length = 8 * Math.ceil(least / 8); ; length += 8) {
    let rest = length;
    for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
    if (rest === 1) return length;
  }
}

/**
 * The same by 2 j m = j² + m² - (j - m)²: a chirp, a convolution with a chirp, a chirp (Bluestein 1970; Rabiner,
 * Schafer and Rader 1969). The window of the convolution holds every difference j - m once.
 */
function chirpTransform(ops: Ops, u: Complex, samples: number, zoom: Zoom): Complex {
  const { step, spacing, rows, columns, sign } = zoom;
  const [ly, lx] = [windowLength(samples + rows), windowLength(samples + columns)];
  const chirped = (ny: number, nx: number) =>
    ops.hostMap(
      [step],
      [ny, nx],
      'complex',
      ([s = 0]) => ({
        value: outer(chirp(ny, sign * s * spacing), chirp(nx, sign * s * spacing)),
        partials: [undefined],
      }),
      `zoom:chirp:${sign}:${spacing}`,
    );
  const response = ops.hostMap(
    [step],
    [ly, lx],
    'complex',
    ([s = 0]) => {
      const line = (length: number) =>
        centredFourierLine(chirp(length, -sign * s * spacing), -1).map((x) => x * Math.sqrt(length));
      return { value: outer(line(ly), line(lx)), partials: [undefined] };
    },
    `zoom:response:${sign}:${spacing}`,
  );
  const lit = ops.multiply(u, chirped(samples, samples));
  const roomy = ops.resize(lit, Math.max(samples, rows), Math.max(samples, columns));
  const image = ops.resize(ops.filter2(roomy, response), rows, columns);
  return ops.multiply(image, chirped(rows, columns));
}

/** exp(iπ·turns·k²) for k counted from floor(length/2), interleaved. */
function chirp(length: number, turns: number): Float64Array {
  const out = new Float64Array(2 * length);
  for (let index = 0; index < length; index++) {
    const half = 0.5 * turns * (index - Math.floor(length / 2)) ** 2;
    const phase = 2 * Math.PI * (half - Math.round(half));
    out[2 * index] = Math.cos(phase);
    out[2 * index + 1] = Math.sin(phase);
  }
  return out;
}

/** a[y]·b[x] of interleaved complex lines, row by row. */
function outer(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array((a.length / 2) * b.length);
  for (let y = 0; y < a.length / 2; y++) {
    const [re, im] = [a[2 * y] as number, a[2 * y + 1] as number];
    for (let x = 0; x < b.length; x += 2) {
      const [p, q] = [b[x] as number, b[x + 1] as number];
      out[y * b.length + x] = re * p - im * q;
      out[y * b.length + x + 1] = re * q + im * p;
    }
  }
  return out;
}
