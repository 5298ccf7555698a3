/**
 * A sphere's field on a plane of samples as DeepTrack assembles it, with the sign and the scale of the optical theorem:
 * one component along the polarisation, S = S2 cos² α + S1 sin² α, within the cone of an objective.
 * - geometric: the far-field wave S e^{ikR} i/(kR) on a plane so far behind that the cone fills 0.9 of the window, then
 *   taken back by its angular spectrum. It lacks terms of the order n²/2kR, and light beyond the window.
 * - hybrid: S as the spectrum of plane waves, -S/(2π k kz), on the frequencies of the window.
 */
import { DIFFERENCE_STEP, eachMoved } from '../maths/difference.ts';
import { interpolateHermite } from '../maths/hermite.ts';
import { amplitudeTablePosition, mieAmplitudeTable } from '../maths/mie/amplitudes.ts';
import { mieCoefficients, mieOrder } from '../maths/mie/coefficients.ts';
import type { Complex, Ops } from '../ops/ops.ts';
import { mapScalar, type Scalar } from '../ops/scalar.ts';
import { type ScatteringSphere, sphereLayers, sphereScalars } from './sphere.ts';
import type { SpherePlace } from './sphereField.ts';

export type Assembly = 'geometric' | 'hybrid';

/** The radius of the cone on the geometric plane, as a share of the window. */
const CONE_SHARE = 0.45;
const LARGEST_SINE = 0.9995;
const TABLE_TOLERANCE = 1e-9;

/** How far behind the sphere the geometric plane is, metres. @param sine of the cone's half angle */
export function geometricDistance(window: number, sine: number): number {
  return (CONE_SHARE * window * Math.sqrt(1 - sine * sine)) / sine;
}

/** The scattered field [2, n, n] relative to the plane wave on the plane, without the waves beyond `aperture`. */
export function assembledField(
  ops: Ops,
  n: number,
  sphere: ScatteringSphere,
  place: SpherePlace,
  aperture: Scalar,
  assembly: Assembly,
): Complex {
  const matter = sphereScalars(sphere);
  const scalars = [...matter, place.pitch, aperture, sphere.polarizationAngle];
  const size = sphereLayers(matter.map(({ value }) => value)).at(-1)?.sizeParameter ?? 1;
  const order = mieOrder(size) + 3;
  const sampled = differenced(ops, n, scalars, `sphereAssembly:${assembly}:${order}`, (values, out) =>
    (assembly === 'geometric' ? fillPlane : fillSpectrum)(n, values, order, out),
  );
  const spectrum = assembly === 'geometric' ? ops.fourier2(sampled, 'forward') : sampled;
  const moves = [sphere.wavelength, sphere.mediumIndex, place.pitch, aperture, place.x, place.y, place.z];
  const turn = differenced(ops, n, moves, `sphereAssemblyPlace:${assembly}`, (values, out) =>
    fillPlace(n, values, assembly, out),
  );
  const field = ops.fourier2(ops.multiply(spectrum, turn), 'inverse');
  return ops.multiply(field, polarisationVector(ops, sphere.polarizationAngle));
}

/** [2, 1, 1]: the plane wave's components. */
export function polarisationVector(ops: Ops, angle: Scalar): Complex {
  const along = mapScalar(angle, Math.cos, (a) => -Math.sin(a));
  const across = mapScalar(angle, Math.sin, Math.cos);
  return ops.toComplex(ops.fromScalars([along, across], [2, 1, 1]));
}

function differenced(
  ops: Ops,
  n: number,
  scalars: readonly Scalar[],
  name: string,
  fill: (values: readonly number[], out: Float64Array) => void,
): Complex {
  return ops.hostMap(
    scalars,
    [n, n],
    'complex',
    (values, wanted) => {
      const value = new Float64Array(2 * n * n);
      fill(values, value);
      const moved = new Float64Array(2 * n * n);
      return {
        value,
        partials: wanted.map((want, which) => {
          if (!want) return undefined;
          const out = new Float64Array(2 * n * n);
          eachMoved(values, which, DIFFERENCE_STEP * scaleOf(n, values, which), (at, weight) => {
            fill(at, moved.fill(0));
            for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + weight * (moved[i] as number);
          });
          return out;
        }),
      };
    },
    name,
  );
}

/** How far a scalar may move before phases of the size of the window change much. */
function scaleOf(n: number, values: readonly number[], which: number): number {
  const [wavelength = 1, index = 1] = values;
  const value = Math.abs(values[which] ?? 0);
  const unit = wavelength / (2 * Math.PI * index);
  // Lengths are metres and the rest of the order 1.
  const isLength = which === 0 || value < 0.01;
  if (isLength && which > 1) return unit / n;
  return (which === 0 ? wavelength : 1) / (10 + n);
}

/** S along the polarisation at a place across the axis, of a table of amplitudes. */
function amplitudesOf(matter: readonly number[], order: number, angle: number) {
  const table = mieAmplitudeTable(mieCoefficients(sphereLayers(matter), order), {
    largestSine: LARGEST_SINE,
    tolerance: TABLE_TOLERANCE,
  });
  const found = new Float64Array(table.channels);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (x: number, y: number, sine: number): readonly [number, number] => {
    const bounded = Math.min(sine, LARGEST_SINE);
    interpolateHermite(table, amplitudeTablePosition(bounded, Math.sqrt(1 - bounded * bounded)), found, 0);
    const square = x * x + y * y;
    const along = square > 0 ? (x * c + y * s) ** 2 / square : 1;
    const [s1Re = 0, s1Im = 0, s2Re = 0, s2Im = 0] = found;
    return [s2Re * along + s1Re * (1 - along), s2Im * along + s1Im * (1 - along)];
  };
}

/** 1 within a radius, 0 beyond, smooth over the sample at it. */
function edge(radius: number, distance: number): number {
  const t = Math.max(-0.5, Math.min(0.5, radius - distance));
  return 0.5 * (1 + Math.sin(Math.PI * t));
}

/** The spherical wave on the geometric plane, less the phase of the plane wave there. */
function fillPlane(n: number, values: readonly number[], order: number, out: Float64Array): void {
  const [pitch = 1, aperture = 1, angle = 0] = values.slice(-3);
  const [wavelength = 1, index = 1] = values;
  const k = (2 * Math.PI * index) / wavelength;
  const h = geometricDistance(n * pitch, aperture / index);
  const amplitude = amplitudesOf(values.slice(0, -3), order, angle);
  const centre = Math.floor(n / 2);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const [i, j] = [column - centre, row - centre];
      const weight = edge(CONE_SHARE * n, Math.hypot(i, j));
      if (weight === 0) continue;
      const rho2 = (i * i + j * j) * pitch * pitch;
      const r = Math.sqrt(rho2 + h * h);
      const [re, im] = amplitude(i, j, Math.sqrt(rho2) / r);
      const phase = (k * rho2) / (r + h);
      const [c, s] = [(weight * Math.cos(phase)) / (k * r), (weight * Math.sin(phase)) / (k * r)];
      const at = 2 * (row * n + column);
      out[at] = -(re * s + im * c);
      out[at + 1] = re * c - im * s;
    }
  }
}

/** The spectrum of plane waves of a sphere in the middle of the plane. */
function fillSpectrum(n: number, values: readonly number[], order: number, out: Float64Array): void {
  const [pitch = 1, aperture = 1, angle = 0] = values.slice(-3);
  const [wavelength = 1, index = 1] = values;
  const k = (2 * Math.PI * index) / wavelength;
  const step = (2 * Math.PI) / (n * pitch);
  const amplitude = amplitudesOf(values.slice(0, -3), order, angle);
  const radius = (aperture * n * pitch) / wavelength;
  const centre = Math.floor(n / 2);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const [i, j] = [column - centre, row - centre];
      const weight = edge(radius, Math.hypot(i, j));
      const sine = (step * Math.hypot(i, j)) / k;
      if (weight === 0 || sine >= LARGEST_SINE) continue;
      const [re, im] = amplitude(i, j, sine);
      // -1/(2π k kz) times the area of a sample of the spectrum, for a unitary transform.
      const size = (-2 * Math.PI * weight) / (k * k * Math.sqrt(1 - sine * sine) * n * pitch * pitch);
      out[2 * (row * n + column)] = size * re;
      out[2 * (row * n + column) + 1] = size * im;
    }
  }
}

/** From where the field was assembled to the place wanted: exp i[(z - h)(kz - k) - kx x - ky y]. */
function fillPlace(n: number, values: readonly number[], assembly: Assembly, out: Float64Array): void {
  const [wavelength = 1, index = 1, pitch = 1, aperture = 1, x = 0, y = 0, z = 0] = values;
  const k = (2 * Math.PI * index) / wavelength;
  const step = (2 * Math.PI) / (n * pitch);
  const from = assembly === 'geometric' ? geometricDistance(n * pitch, aperture / index) : 0;
  const centre = Math.floor(n / 2);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const [kx, ky] = [(column - centre) * step, (row - centre) * step];
      const share = (kx * kx + ky * ky) / (k * k);
      if (share >= 1) continue;
      const phase = ((from - z) * k * share) / (1 + Math.sqrt(1 - share)) - kx * x - ky * y;
      out[2 * (row * n + column)] = Math.cos(phase);
      out[2 * (row * n + column) + 1] = Math.sin(phase);
    }
  }
}
