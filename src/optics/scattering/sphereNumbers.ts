/** What a sphere takes from the light and where it sends it: numbers and charts. */
import { lengthAxis, lengthReadout, numberReadout } from '../analysis/readouts.ts';
import type { Analysis, Chart, Readout } from '../element.ts';
import { mieAmplitudes } from '../maths/mie/amplitudes.ts';
import { type MieCoefficients, mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import { type MieEfficiencies, mieEfficiencies } from '../maths/mie/efficiencies.ts';
import { outerRadius, type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';

/** Beyond Wiscombe's order, for back-scatter and small spheres to the last digit. */
const EXTRA_ORDERS = 15;
/** Directions of the phase function, and points of a scan. */
const DIRECTIONS = 361;
const SCAN_POINTS = 201;
/** Powers of ten from the rim of the polar chart to its centre. */
const DECADES = 5;
const SPEED_OF_LIGHT = 299792458;

function solve(sphere: ScatteringSphere): MieCoefficients {
  const layers = sphereLayers(sphereScalars(sphere).map(({ value }) => value));
  return mieCoefficients(layers, mieOrder(layers.at(-1)?.sizeParameter ?? 1) + EXTRA_ORDERS);
}

/** Efficiencies of a sphere as it is. */
export function sphereEfficiencies(sphere: ScatteringSphere): MieEfficiencies {
  return mieEfficiencies(solve(sphere));
}

export interface Scan {
  readonly by: 'wavelength' | 'radius';
  /** The sphere at a value of it, metres. */
  readonly at: (value: number) => ScatteringSphere;
  readonly from: number;
  readonly to: number;
  /** Whether more was asked for than the indices of the materials are known. */
  readonly isCut: boolean;
}

export function sphereNumbers(sphere: ScatteringSphere, scan: Scan): Analysis {
  const coefficients = solve(sphere);
  return {
    readouts: readouts(sphere, coefficients),
    charts: [
      phaseChart(coefficients),
      angleChart(coefficients),
      ...(scan.from < scan.to ? [scanChart(scan)] : []),
    ],
  };
}

function readouts(sphere: ScatteringSphere, coefficients: MieCoefficients): Readout[] {
  const { qExt, qSca, qBack, g } = mieEfficiencies(coefficients);
  const x = coefficients.sizeParameter;
  const radius = outerRadius(sphere);
  const area = (title: string, efficiency: number) =>
    numberReadout(`${title} (µm²)`, efficiency * Math.PI * (radius * 1e6) ** 2);
  const pressure = qExt - g * qSca;
  const forward = mieAmplitudes(coefficients, Float64Array.of(1));
  return [
    numberReadout('Q extinction', qExt),
    numberReadout('Q scattering', qSca),
    numberReadout('Asymmetry g', g),
    numberReadout('Q radiation pressure', pressure),
    numberReadout('Q absorption', qExt - qSca),
    numberReadout('Q back-scatter', qBack),
    area('C extinction', qExt),
    area('C scattering', qSca),
    // Momentum of light in the medium, n/c per unit of power (Bohren & Huffman p. 120): pN for each mW/µm².
    numberReadout(
      'Push (pN per mW/µm²)',
      (pressure * Math.PI * (radius * 1e6) ** 2 * sphere.mediumIndex.value * 1e9) / SPEED_OF_LIGHT,
    ),
    numberReadout('Size parameter', x),
    lengthReadout('Outer radius', radius),
    // The light that is missing ahead is that which is scattered and absorbed, each from its own sum.
    numberReadout('Optical theorem: 4 Re S(0) / x² ÷ Q', (4 * (forward.s1[0] ?? 0)) / (x * x * qExt)),
    numberReadout('Scattered in all directions ÷ Q', allDirections(coefficients) / qSca),
  ];
}

/** Power per direction, |S1|² and |S2|², at angles from 0 to 180°. */
function directions(coefficients: MieCoefficients) {
  const angles = Float64Array.from({ length: DIRECTIONS }, (_, i) => (Math.PI * i) / (DIRECTIONS - 1));
  const { s1, s2 } = mieAmplitudes(coefficients, angles.map(Math.cos));
  const power = (s: Float64Array) => angles.map((_, i) => (s[2 * i] ?? 0) ** 2 + (s[2 * i + 1] ?? 0) ** 2);
  return { angles, across: power(s1), along: power(s2) };
}

/** ∫ (|S1|² + |S2|²) sin θ dθ / x², by Simpson's rule over the chart's own directions. */
function allDirections(coefficients: MieCoefficients): number {
  const { angles, across, along } = directions(coefficients);
  const step = Math.PI / (DIRECTIONS - 1);
  return (
    angles.reduce((sum, angle, i) => {
      const weight = i === 0 || i === DIRECTIONS - 1 ? 1 : i % 2 === 1 ? 4 : 2;
      return sum + ((weight * step) / 3) * ((across[i] ?? 0) + (along[i] ?? 0)) * Math.sin(angle);
    }, 0) /
    coefficients.sizeParameter ** 2
  );
}

/** The phase function around the sphere, light coming from the left; the distance from the centre is logarithmic. */
function phaseChart(coefficients: MieCoefficients): Chart {
  const { angles, across, along } = directions(coefficients);
  const peak = Math.max(...across, ...along);
  const around = (power: Float64Array) => {
    const reach = power.map((value) => Math.max(0, DECADES + Math.log10(Math.max(value / peak, 1e-30))));
    const half = [...angles].map((angle, i) => [
      (reach[i] ?? 0) * Math.cos(angle),
      (reach[i] ?? 0) * Math.sin(angle),
    ]);
    const whole = [...half, ...half.map(([x = 0, y = 0]) => [x, -y]).reverse()];
    return {
      x: Float64Array.from(whole, ([x = 0]) => x),
      y: Float64Array.from(whole, ([, y = 0]) => y),
    };
  };
  const axis = (title: string) => ({ title, quantity: 'dimensionless', display: '' }) as const;
  return {
    title: 'Scattered light around the sphere',
    x: axis(`Forward, powers of ten above 1e-${DECADES} of the peak`),
    y: axis('Sideways'),
    lines: [
      { title: 'Across the polarisation', ...around(across) },
      { title: 'Along the polarisation', ...around(along) },
    ],
    isPlane: true,
  };
}

function angleChart(coefficients: MieCoefficients): Chart {
  const { angles, across, along } = directions(coefficients);
  const degrees = angles.map((angle) => (angle * 180) / Math.PI);
  const logs = (power: Float64Array) => power.map((value) => Math.log10(Math.max(value, 1e-30)));
  return {
    title: 'Scattered light by angle',
    x: { title: 'Angle (degrees)', quantity: 'dimensionless', display: '' },
    y: { title: 'log₁₀ |S|²', quantity: 'dimensionless', display: '' },
    lines: [
      { title: 'Across the polarisation, |S1|²', x: degrees, y: logs(across) },
      { title: 'Along the polarisation, |S2|²', x: degrees, y: logs(along) },
    ],
  };
}

/** Efficiencies against wavelength or radius: resonances of the sphere. */
function scanChart({ by, at, from, to, isCut }: Scan): Chart {
  const x = Float64Array.from(
    { length: SCAN_POINTS },
    (_, i) => from + ((to - from) * i) / (SCAN_POINTS - 1),
  );
  const found = [...x].map((value) => sphereEfficiencies(at(value)));
  const line = (title: string, pick: (q: MieEfficiencies) => number) => ({
    title,
    x,
    y: Float64Array.from(found, pick),
  });
  return {
    title: `Resonances by ${by}${isCut ? ', where the indices are known' : ''}`,
    x: lengthAxis(by === 'wavelength' ? 'Vacuum wavelength' : 'Radius', to),
    y: { title: 'Efficiency', quantity: 'dimensionless', display: '' },
    lines: [
      line('Extinction', ({ qExt }) => qExt),
      line('Scattering', ({ qSca }) => qSca),
      line('Back-scatter', ({ qBack }) => qBack),
    ],
  };
}
