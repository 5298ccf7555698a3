/** Refractive indices of transparent materials by Sellmeier's formula of the vacuum wavelength. */
import type { ChoiceParam, SamplingNote } from './element.ts';
import { mapScalar, type Scalar } from './ops/scalar.ts';
import { ElementProblem } from './problem.ts';
import { formatNumber } from './units.ts';

export interface Material {
  readonly id: string;
  readonly title: string;
  /** n² - 1 = Σ B λ² / (λ² - C), λ² and C in µm². */
  readonly terms: readonly (readonly [B: number, C: number])[];
  /** Wavelengths for which the formula was fitted, metres. */
  readonly from: number;
  readonly to: number;
  readonly source: string;
}

const SCHOTT = 'Schott, optical glass data sheets';

const MATERIALS: readonly Material[] = [
  {
    id: 'nBk7',
    title: 'N-BK7 (crown)',
    terms: [
      [1.03961212, 0.00600069867],
      [0.231792344, 0.0200179144],
      [1.01046945, 103.560653],
    ],
    from: 300e-9,
    to: 2500e-9,
    source: SCHOTT,
  },
  {
    id: 'fusedSilica',
    title: 'Fused silica',
    terms: [
      [0.6961663, 0.0684043 ** 2],
      [0.4079426, 0.1162414 ** 2],
      [0.8974794, 9.896161 ** 2],
    ],
    from: 210e-9,
    to: 3710e-9,
    source: 'Malitson, J. Opt. Soc. Am. 55, 1205 (1965), 20 °C',
  },
  {
    id: 'f2',
    title: 'F2 (flint)',
    terms: [
      [1.34533359, 0.00997743871],
      [0.209073176, 0.0470450767],
      [0.937357162, 111.886764],
    ],
    from: 320e-9,
    to: 2500e-9,
    source: SCHOTT,
  },
  {
    id: 'nSf11',
    title: 'N-SF11 (dense flint)',
    terms: [
      [1.73759695, 0.013188707],
      [0.313747346, 0.0623068142],
      [1.89878101, 155.23629],
    ],
    from: 370e-9,
    to: 2500e-9,
    source: SCHOTT,
  },
  {
    id: 'sf11',
    title: 'SF11 (dense flint)',
    terms: [
      [1.73848403, 0.0136068604],
      [0.311168974, 0.0615960463],
      [1.17490871, 121.922711],
    ],
    from: 370e-9,
    to: 2500e-9,
    source: SCHOTT,
  },
  {
    id: 'caF2',
    title: 'Calcium fluoride',
    terms: [
      [0.5675888, 0.050263605 ** 2],
      [0.4710914, 0.1003909 ** 2],
      [3.8484723, 34.64904 ** 2],
    ],
    from: 230e-9,
    to: 9700e-9,
    source: 'Malitson, Appl. Opt. 2, 1103 (1963), 24 °C',
  },
  {
    id: 'mgF2',
    title: 'Magnesium fluoride (ordinary ray)',
    terms: [
      [0.48755108, 0.04338408 ** 2],
      [0.39875031, 0.09461442 ** 2],
      [2.3120353, 23.793604 ** 2],
    ],
    from: 200e-9,
    to: 7000e-9,
    source: 'Dodge, Appl. Opt. 23, 1980 (1984), 19 °C',
  },
  {
    id: 'sapphire',
    title: 'Sapphire (ordinary ray)',
    terms: [
      [1.4313493, 0.0726631 ** 2],
      [0.65054713, 0.1193242 ** 2],
      [5.3414021, 18.028251 ** 2],
    ],
    from: 200e-9,
    to: 5000e-9,
    source: 'Malitson and Dodge, J. Opt. Soc. Am. 62, 1405 (1972), 20 °C',
  },
  {
    id: 'water',
    title: 'Water (20 °C)',
    terms: [
      [0.5684027565, 0.005101829712],
      [0.1726177391, 0.01821153936],
      [0.02086189578, 0.02620722293],
      [0.1130748688, 10.69792721],
    ],
    from: 182e-9,
    to: 1129e-9,
    source: 'Daimon and Masumura, Appl. Opt. 46, 3811 (2007)',
  },
  {
    id: 'pmma',
    title: 'Acrylic (PMMA)',
    terms: [[1.1819, 0.011313]],
    from: 436.8e-9,
    to: 1052e-9,
    source: 'Sultanova, Kasarova and Nikolov, Acta Phys. Pol. A 116, 585 (2009)',
  },
  {
    id: 'polystyrene',
    title: 'Polystyrene',
    terms: [[1.4435, 0.020216]],
    from: 436.8e-9,
    to: 1052e-9,
    source: 'Sultanova, Kasarova and Nikolov, Acta Phys. Pol. A 116, 585 (2009)',
  },
  {
    id: 'polycarbonate',
    title: 'Polycarbonate',
    terms: [[1.4182, 0.021304]],
    from: 436.8e-9,
    to: 1052e-9,
    source: 'Sultanova, Kasarova and Nikolov, Acta Phys. Pol. A 116, 585 (2009)',
  },
];

export const MATERIAL_OPTIONS = MATERIALS.map(({ id, title }) => ({ value: id, title }));

/** Which material a thing is made of. */
export function materialParam(doc: string, own: Partial<ChoiceParam> = {}): ChoiceParam {
  return { kind: 'choice', title: 'Material', doc, default: 'nBk7', options: MATERIAL_OPTIONS, ...own };
}

function materialOf(id: string): Material {
  const material = MATERIALS.find((each) => each.id === id);
  if (material === undefined) throw new Error(`There is no material “${id}”.`);
  return material;
}

/**
 * The index of a material (by its id) at a vacuum wavelength in metres, with its derivative. Outside the range of the
 * formula it is an extrapolation, which `materialNotes` says; where the formula has no real index it is refused.
 */
export function indexOf(id: string, wavelength: Scalar): Scalar {
  const { title, terms } = materialOf(id);
  const square = (l2: number) => terms.reduce((sum, [b, c]) => sum + (b * l2) / (l2 - c), 1);
  const microns = wavelength.value * 1e6;
  if (!(square(microns * microns) >= 1)) {
    throw new ElementProblem(
      `${title} lets no light of ${formatNumber(microns * 1e3, 4)} nm through.`,
      'Use a wavelength between its absorption bands, or another material.',
    );
  }
  return mapScalar(
    wavelength,
    (l) => Math.sqrt(square((l * 1e6) ** 2)),
    (l) => {
      const l2 = (l * 1e6) ** 2;
      // d n²/d λ² = -Σ B C / (λ² - C)², and d λ²/d l = 2 l (1e6)².
      const slope = terms.reduce((sum, [b, c]) => sum - (b * c) / (l2 - c) ** 2, 0);
      return (slope * l * 1e12) / Math.sqrt(square(l2));
    },
  );
}

/** Vacuum wavelengths, metres, between which a material's formula was fitted to measurements. */
export function formulaRange(id: string): readonly [number, number] {
  const { from, to } = materialOf(id);
  return [from, to];
}

/** A warning where a wavelength lies outside the measured range of a material. */
export function materialNotes(id: string, wavelength: number): readonly SamplingNote[] {
  const { title, from, to, source } = materialOf(id);
  if (wavelength >= from && wavelength <= to) return [];
  return [
    {
      severity: 'warning',
      message: `The index of ${title} is known from ${formatNumber(from * 1e9, 4)} to ${formatNumber(to * 1e9, 4)} nm (${source}); at ${formatNumber(wavelength * 1e9, 4)} nm it is a guess.`,
      fix: 'Use a wavelength in that range or another material.',
    },
  ];
}
