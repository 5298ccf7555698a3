/** The spectrum of a source: parameters that every source shares, and the lines that stand for it. */
import type { ChoiceParam, IntegerParam, ParamSpec, ParamValue, QuantityParam } from '../../element.ts';
import { lineShape, photonOccupation, photonOccupationSlope, type ShapeName } from '../../maths/spectra.ts';
import {
  addScalars,
  constantScalar,
  divideScalars,
  mapScalar,
  multiplyScalars,
  type Scalar,
} from '../../ops/scalar.ts';

const spectrum: ChoiceParam = {
  kind: 'choice',
  title: 'Spectrum',
  doc: 'Shape of the spectrum around the wavelength. Its lines do not interfere with each other; each keeps its own diffraction and dispersion.',
  default: 'line',
  options: [
    { value: 'line', title: 'Single line' },
    { value: 'gaussian', title: 'Gaussian' },
    { value: 'lorentzian', title: 'Lorentzian' },
    { value: 'led', title: 'LED' },
    { value: 'flat', title: 'Filter band' },
    { value: 'blackBody', title: 'Black body' },
  ],
};

const BROAD = ['gaussian', 'lorentzian', 'led', 'flat', 'blackBody'] as const;

const bandwidth: QuantityParam = {
  kind: 'quantity',
  quantity: 'length',
  title: 'Bandwidth',
  doc: 'Full width at half maximum of the spectrum; the whole band for a filter or a black body.',
  default: 30e-9,
  min: 0,
  max: 1e-3,
  soft: [0, 200e-9],
  display: 'nm',
  scale: 'linear',
  learnable: true,
  step: 1e-9,
  when: { param: 'spectrum', is: BROAD },
};

const temperature: QuantityParam = {
  kind: 'quantity',
  quantity: 'temperature',
  title: 'Temperature',
  doc: 'Temperature of the black body; its light is taken within the band.',
  default: 3200,
  min: 100,
  max: 1e5,
  soft: [1000, 10000],
  display: 'K',
  scale: 'log',
  learnable: true,
  step: 50,
  when: { param: 'spectrum', is: ['blackBody'] },
};

const lineCount: IntegerParam = {
  kind: 'integer',
  title: 'Lines',
  doc: 'How many wavelengths stand for the spectrum. The light of each is computed on its own.',
  default: 7,
  min: 1,
  max: 64,
  when: { param: 'spectrum', is: BROAD },
};

export const spectrumParams = { spectrum, bandwidth, temperature, spectralLines: lineCount };

/** Any length near the spectrum: keeps λ⁻⁵ near 1. */
const REFERENCE = 550e-9;

export interface SpectralLine {
  readonly wavelength: Scalar;
  /** Share of the light; all add up to 1. */
  readonly weight: Scalar;
}

/** The lines of a source's spectrum; wavelengths and weights keep their derivatives. */
export function spectralLines(params: Readonly<Record<string, ParamValue<ParamSpec>>>): SpectralLine[] {
  const centre = params['wavelength'] as Scalar;
  const shape = params['spectrum'] as string;
  const count = params['spectralLines'] as number;
  const width = params['bandwidth'] as Scalar;
  const isNarrow = width.value === 0 && width.partials.size === 0;
  if (shape === 'line' || isNarrow) return [{ wavelength: centre, weight: constantScalar(1) }];
  const { offsets, weights } = lineShape(shape === 'blackBody' ? 'flat' : (shape as ShapeName), count);
  const lines = offsets.map((offset, i) => ({
    wavelength: addScalars(centre, multiplyScalars(width, offset)),
    weight: constantScalar(weights[i] ?? 0),
  }));
  // Far tails of a broad Lorentzian would reach wavelengths that do not exist.
  const real = lines.filter((line) => line.wavelength.value > 0.1 * centre.value);
  return shape === 'blackBody' ? thermal(real, params['temperature'] as Scalar) : renormalised(real);
}

function renormalised(lines: readonly SpectralLine[]): SpectralLine[] {
  const sum = lines.reduce((total, { weight }) => total + weight.value, 0);
  return lines.map(({ wavelength, weight }) => ({ wavelength, weight: multiplyScalars(weight, 1 / sum) }));
}

/** Weights by Planck's law. */
function thermal(lines: readonly SpectralLine[], temperature: Scalar): SpectralLine[] {
  const radiances = lines.map(({ wavelength }) => planckScalar(wavelength, temperature));
  const sum = radiances.reduce((total, each) => addScalars(total, each));
  return lines.map(({ wavelength }, i) => ({
    wavelength,
    weight: divideScalars(radiances[i] ?? constantScalar(0), sum),
  }));
}

/** Radiance as a function of λT and λ: λ⁻⁵ f(λT). */
function planckScalar(wavelength: Scalar, temperature: Scalar): Scalar {
  const product = multiplyScalars(wavelength, temperature);
  const occupation = mapScalar(product, photonOccupation, photonOccupationSlope);
  const factor = mapScalar(
    wavelength,
    (l) => (l / REFERENCE) ** -5,
    (l) => (-5 / l) * (l / REFERENCE) ** -5,
  );
  return multiplyScalars(factor, occupation);
}
