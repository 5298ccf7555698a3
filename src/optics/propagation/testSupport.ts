/** Light of any amplitude through free space, for tests. */
import { propagator } from '../elements/propagation/propagator.ts';
import { planeWave } from '../elements/sources/planeWave.ts';
import { evaluate, stage, withAmplitude } from '../testSupport.ts';
import type { Field } from '../values.ts';

/** Metres in a micrometre. */
export const micro = 1e-6;
type Params = Readonly<Record<string, number | string>>;
type Amplitude = (x: number, y: number) => number | readonly [number, number];

export interface Light {
  readonly samples: number;
  readonly pitch: number;
  readonly wavelength: number;
  readonly refractiveIndex?: number;
  readonly amplitude: Amplitude;
}

/** Light of a given amplitude after free space, or several in turn. */
export async function propagated(light: Light, ...steps: readonly Params[]) {
  const { samples, pitch, wavelength, refractiveIndex = 1, amplitude } = light;
  const chain = {
    source: stage(planeWave, { wavelength, refractiveIndex }),
    ...Object.fromEntries(
      steps.map((params, i) => [
        `space${i}`,
        stage(propagator, params, i === 0 ? 'source' : `space${i - 1}`),
      ]),
    ),
  };
  const { data, shape, value } = await evaluate(chain, { samples, pitch }, undefined, (ops) => ({
    source: withAmplitude(amplitude)(ops),
  }));
  return { data, shape, field: value as Field };
}

/** Even light within |x| and |y| of `half`. */
export const box =
  (half: number): Amplitude =>
  (x, y) =>
    Math.max(Math.abs(x), Math.abs(y)) < half ? 1 : 0;

/** Of the samples of a line, metres. */
export function positions(n: number, pitch: number): number[] {
  return Array.from({ length: n }, (_, j) => (j - Math.floor(n / 2)) * pitch);
}
