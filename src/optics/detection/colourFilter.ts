/** Colour filters over the pixels of a camera. */
import type { Ops, Real } from '../ops/ops.ts';
import type { Scalar } from '../ops/scalar.ts';

interface PassBand {
  /** Vacuum wavelength of the largest transmission, metres. */
  readonly centre: number;
  /** Standard deviation, metres. */
  readonly width: number;
}

/** Gaussian bands near those of common colour sensors; neighbours overlap as theirs do. */
const BANDS: Readonly<Record<'red' | 'green' | 'blue', PassBand>> = {
  red: { centre: 600e-9, width: 40e-9 },
  green: { centre: 535e-9, width: 40e-9 },
  blue: { centre: 460e-9, width: 32e-9 },
};

/** Dyes let some light of every colour through. */
const LEAK = 0.03;

/** Transmission of one of the filters. */
export function transmission(colour: keyof typeof BANDS, wavelength: number): number {
  const { centre, width } = BANDS[colour];
  return LEAK + (1 - LEAK) * Math.exp(-(((wavelength - centre) / width) ** 2) / 2);
}

/** Bayer's mosaic from the upper left pixel: red green / green blue. */
function colourAt(row: number, column: number): keyof typeof BANDS {
  if (row % 2 !== column % 2) return 'green';
  return row % 2 === 0 ? 'red' : 'blue';
}

/** Transmission [rows, columns] of a Bayer mosaic at a wavelength. */
export function bayerMosaic(ops: Ops, wavelength: Scalar, rows: number, columns: number): Real {
  return ops.hostMap(
    [wavelength],
    [rows, columns],
    'real',
    ([lambda = 0], [wanted = false]) => {
      const value = new Float64Array(rows * columns);
      const partial = wanted ? new Float64Array(rows * columns) : undefined;
      for (let i = 0; i < value.length; i++) {
        const colour = colourAt(Math.floor(i / columns), i % columns);
        const { centre, width } = BANDS[colour];
        value[i] = transmission(colour, lambda);
        if (partial) partial[i] = (-(lambda - centre) / width ** 2) * ((value[i] as number) - LEAK);
      }
      return { value, partials: [partial] };
    },
    'camera:bayer',
  );
}
