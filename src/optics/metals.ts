/** Complex indices of metals by their measured tables, and of every material of the catalogue. */
import type { SamplingNote } from './element.ts';
import { formulaRange, indexOf, MATERIAL_OPTIONS, materialNotes } from './materials.ts';
import { constantScalar, mapScalar, type Scalar } from './ops/scalar.ts';
import { formatNumber } from './units.ts';

interface Metal {
  readonly id: string;
  readonly title: string;
  /** Real and imaginary part of the index at `MICRONS`. */
  readonly n: readonly number[];
  readonly k: readonly number[];
}

const SOURCE = 'Johnson and Christy, Phys. Rev. B 6, 4370 (1972)';

/** Vacuum wavelengths of the tables, µm. */
const MICRONS = [
  0.1879, 0.1916, 0.1953, 0.1993, 0.2033, 0.2073, 0.2119, 0.2164, 0.2214, 0.2262, 0.2313, 0.2371, 0.2426,
  0.249, 0.2551, 0.2616, 0.2689, 0.2761, 0.2844, 0.2924, 0.3009, 0.3107, 0.3204, 0.3315, 0.3425, 0.3542,
  0.3679, 0.3815, 0.3974, 0.4133, 0.4305, 0.4509, 0.4714, 0.4959, 0.5209, 0.5486, 0.5821, 0.6168, 0.6595,
  0.7045, 0.756, 0.8211, 0.892, 0.984, 1.088, 1.216, 1.393, 1.61, 1.937,
];

const TABULATED: readonly [number, number] = [(MICRONS[0] ?? 0) * 1e-6, (MICRONS.at(-1) ?? 0) * 1e-6];

const METALS: readonly Metal[] = [
  {
    id: 'gold',
    title: 'Gold',
    n: [
      1.28, 1.32, 1.34, 1.33, 1.33, 1.3, 1.3, 1.3, 1.3, 1.31, 1.3, 1.32, 1.32, 1.33, 1.33, 1.35, 1.38, 1.43,
      1.47, 1.49, 1.53, 1.53, 1.54, 1.48, 1.48, 1.5, 1.48, 1.46, 1.47, 1.46, 1.45, 1.38, 1.31, 1.04, 0.62,
      0.43, 0.29, 0.21, 0.14, 0.13, 0.14, 0.16, 0.17, 0.22, 0.27, 0.35, 0.43, 0.56, 0.92,
    ],
    k: [
      1.188, 1.203, 1.226, 1.251, 1.277, 1.304, 1.35, 1.387, 1.427, 1.46, 1.497, 1.536, 1.577, 1.631, 1.688,
      1.749, 1.803, 1.847, 1.869, 1.878, 1.889, 1.893, 1.898, 1.883, 1.871, 1.866, 1.895, 1.933, 1.952, 1.958,
      1.948, 1.914, 1.849, 1.833, 2.081, 2.455, 2.863, 3.272, 3.697, 4.103, 4.542, 5.083, 5.663, 6.35, 7.15,
      8.145, 9.519, 11.21, 13.78,
    ],
  },
  {
    id: 'silver',
    title: 'Silver',
    n: [
      1.07, 1.1, 1.12, 1.14, 1.15, 1.18, 1.2, 1.22, 1.25, 1.26, 1.28, 1.28, 1.3, 1.31, 1.33, 1.35, 1.38, 1.41,
      1.41, 1.39, 1.34, 1.13, 0.81, 0.17, 0.14, 0.1, 0.07, 0.05, 0.05, 0.05, 0.04, 0.04, 0.05, 0.05, 0.05,
      0.06, 0.05, 0.06, 0.05, 0.04, 0.03, 0.04, 0.04, 0.04, 0.04, 0.09, 0.13, 0.15, 0.24,
    ],
    k: [
      1.212, 1.232, 1.255, 1.277, 1.296, 1.312, 1.325, 1.336, 1.342, 1.344, 1.357, 1.367, 1.378, 1.389, 1.393,
      1.387, 1.372, 1.331, 1.264, 1.161, 0.964, 0.616, 0.392, 0.829, 1.142, 1.419, 1.657, 1.864, 2.07, 2.275,
      2.462, 2.657, 2.869, 3.093, 3.324, 3.586, 3.858, 4.152, 4.483, 4.838, 5.242, 5.727, 6.312, 6.992, 7.795,
      8.828, 10.1, 11.85, 14.08,
    ],
  },
];

/** Materials that may absorb, for choice parameters: the transparent ones first. */
export const ALL_MATERIAL_OPTIONS: readonly { readonly value: string; readonly title: string }[] = [
  ...MATERIAL_OPTIONS,
  ...METALS.map(({ id, title }) => ({ value: id, title })),
];

/** Index of a material with its imaginary part (positive absorbs). */
export interface ComplexIndex {
  readonly refractiveIndex: Scalar;
  readonly extinctionCoefficient: Scalar;
}

/** The complex index of a material (by its id) at a vacuum wavelength in metres, with its derivatives. */
export function complexIndexOf(id: string, wavelength: Scalar): ComplexIndex {
  const metal = METALS.find((each) => each.id === id);
  if (metal === undefined) {
    return { refractiveIndex: indexOf(id, wavelength), extinctionCoefficient: constantScalar(0) };
  }
  return {
    refractiveIndex: tabulated(metal.n, wavelength),
    extinctionCoefficient: tabulated(metal.k, wavelength),
  };
}

/** Vacuum wavelengths, metres, between which the index of a material has been measured. */
export function measuredRange(id: string): readonly [number, number] {
  return METALS.some((each) => each.id === id) ? TABULATED : formulaRange(id);
}

/** A warning where a wavelength lies outside the measured range of a material. */
export function complexIndexNotes(id: string, wavelength: number): readonly SamplingNote[] {
  const metal = METALS.find((each) => each.id === id);
  if (metal === undefined) return materialNotes(id, wavelength);
  const [first, last] = TABULATED;
  if (wavelength >= first && wavelength <= last) return [];
  return [
    {
      severity: 'warning',
      message: `The index of ${metal.title} is known from ${formatNumber(first * 1e9, 4)} to ${formatNumber(last * 1e9, 4)} nm (${SOURCE}); at ${formatNumber(wavelength * 1e9, 4)} nm its value at the end of the table is taken.`,
      fix: 'Use a wavelength in that range or another material.',
    },
  ];
}

/** A smooth curve through a table: cubics with the slopes of the parabola through three neighbours. */
function tabulated(values: readonly number[], wavelength: Scalar): Scalar {
  const [first, last] = [MICRONS[0] ?? 0, MICRONS.at(-1) ?? 0];
  const within = (l: number) => Math.min(last, Math.max(first, l * 1e6));
  const segment = (microns: number) => {
    const found = MICRONS.findIndex((each) => each > microns);
    const i = found === -1 ? MICRONS.length - 2 : Math.max(0, found - 1);
    const [low, high] = [MICRONS[i] ?? 0, MICRONS[i + 1] ?? 1];
    const width = high - low;
    return { i, t: (microns - low) / width, width };
  };
  const [v, slope] = [(i: number) => values[i] ?? 0, (i: number) => slopeAt(values, i)];
  return mapScalar(
    wavelength,
    (l) => {
      const { i, t, width } = segment(within(l));
      const rest = 1 - t;
      return (
        rest * rest * ((1 + 2 * t) * v(i) + t * width * slope(i)) +
        t * t * ((1 + 2 * rest) * v(i + 1) - rest * width * slope(i + 1))
      );
    },
    (l) => {
      if (within(l) !== l * 1e6) return 0;
      const { i, t, width } = segment(l * 1e6);
      const rest = 1 - t;
      const bySlope = rest * (1 - 3 * t) * slope(i) + t * (3 * t - 2) * slope(i + 1);
      return ((6 * t * rest * (v(i + 1) - v(i))) / width + bySlope) * 1e6;
    },
  );
}

/** Per µm, of the parabola through an entry and its neighbours; at the ends of the line to the only one. */
function slopeAt(values: readonly number[], i: number): number {
  const rise = (from: number) =>
    ((values[from + 1] ?? 0) - (values[from] ?? 0)) / ((MICRONS[from + 1] ?? 0) - (MICRONS[from] ?? 0));
  if (i === 0) return rise(0);
  if (i === values.length - 1) return rise(i - 1);
  const [before, after] = [
    (MICRONS[i] ?? 0) - (MICRONS[i - 1] ?? 0),
    (MICRONS[i + 1] ?? 0) - (MICRONS[i] ?? 0),
  ];
  return (after * rise(i - 1) + before * rise(i)) / (before + after);
}
