/** Light at many distances at once: transfer functions of whole stacks, and sections along the axis. */
import { alongAxis } from '../axes.ts';
import { foldedSide, unfold } from '../evenSamples.ts';
import type { Complex, HostSamples, Ops, Real } from '../ops/ops.ts';
import { constantScalar, type Scalar } from '../ops/scalar.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Axis } from '../values.ts';
import type { Medium } from './angularSpectrum.ts';

/**
 * Samples [.., plane, .., n, n] at each distance from light [.., 1, .., n, n] with these axes: one transform, a product
 * with exp[i z (kz - k)] for each plane, and one transform back for each. Frequencies beyond the light cone are left
 * out; those that a distance undersamples are removed over one step along x and along y, as in `transferFunction`,
 * unless the light repeats.
 */
export function propagateToPlanes(
  ops: Ops,
  samples: Complex,
  axes: readonly Axis[],
  pitch: Scalar,
  medium: Medium,
  distances: readonly Scalar[],
  padded: number,
  periodic: boolean,
): Complex {
  const count = distances.length;
  const z = ops.fromScalars(distances, alongAxis(axes, 'plane', count));
  const turned = ops.phasor(ops.multiply(z, detuning(ops, padded, pitch, medium)));
  const cone = lightCone(ops, padded, pitch.value, medium);
  if (periodic) return ops.filter2(samples, cone === null ? turned : ops.multiply(cone, turned));
  const lead = alongAxis(axes, 'plane', count).slice(0, -2);
  const edge = bandEdges(ops, padded, pitch, medium, distances);
  const band = ops.multiply(ops.reshape(edge, [...lead, padded, 1]), ops.reshape(edge, [...lead, 1, padded]));
  return ops.filter2(samples, ops.multiply(cone === null ? band : ops.multiply(cone, band), turned));
}

/** kz - k on an [n, n] spectrum, radians per metre; that at the light cone beyond it. */
function detuning(ops: Ops, n: number, pitch: Scalar, medium: Medium): Real {
  const evaluate = (values: readonly number[], wanted: readonly boolean[]): HostSamples => {
    const [lambda, index, dx] = values as [number, number, number];
    const side = foldedSide(n);
    const k = (2 * Math.PI * index) / lambda;
    const value = new Float64Array(side * side);
    const partials = wanted.map((want) => (want ? new Float64Array(side * side) : undefined));
    for (let row = 0; row < side; row++) {
      for (let column = 0; column <= row; column++) {
        const m = Math.min(1, ((lambda / index) ** 2 * (row * row + column * column)) / (n * dx) ** 2);
        const cosine = Math.sqrt(1 - m);
        const i = row * side + column;
        value[i] = (-k * m) / (1 + cosine);
        // By ln m; m goes with λ², 1/n² and 1/pitch².
        const slope = m < 1 ? (-k * m) / (2 * cosine) : 0;
        if (partials[0]) partials[0][i] = (2 * slope - (value[i] as number)) / lambda;
        if (partials[1]) partials[1][i] = ((value[i] as number) - 2 * slope) / index;
        if (partials[2]) partials[2][i] = (-2 * slope) / dx;
      }
    }
    const whole = (folded: Float64Array) => unfold(folded, n, 1);
    return { value: whole(value), partials: partials.map((each) => each && whole(each)) };
  };
  const scalars = [medium.wavelength, medium.refractiveIndex, pitch];
  return ops.hostMap(scalars, [n, n], 'real', evaluate, 'planes:detuning');
}

/** 1 within the light cone, else 0; null where the whole grid lies within. */
function lightCone(ops: Ops, n: number, pitch: number, medium: Medium): Real | null {
  const limit = (n * pitch * medium.refractiveIndex.value) / medium.wavelength.value;
  const centre = Math.floor(n / 2);
  if (limit > Math.SQRT2 * centre) return null;
  const evaluate = () => ({
    value: Float64Array.from({ length: n * n }, (_, i) =>
      Math.hypot(Math.floor(i / n) - centre, (i % n) - centre) < limit ? 1 : 0,
    ),
    partials: [],
  });
  return ops.hostMap([constantScalar(limit)], [n, n], 'real', evaluate, 'planes:cone');
}

/** Weights [planes, n] of the frequency orders along one axis: 1 within the band limit, 0 outside, one order wide. */
function bandEdges(ops: Ops, n: number, pitch: Scalar, medium: Medium, distances: readonly Scalar[]): Real {
  const shape = [distances.length, n];
  const scalars = [medium.wavelength, medium.refractiveIndex, pitch, ...distances];
  return ops.hostMap(scalars, shape, 'real', (values, wanted) => {
    const [lambda, index, dx, ...z] = values as [number, number, number, ...number[]];
    const value = new Float64Array(z.length * n);
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    const width = n * dx;
    z.forEach((distance, plane) => {
      const a = (2 * distance) / width;
      const limit = (width * index) / (lambda * Math.hypot(a, 1));
      const bend = (limit * a * a) / (a * a + 1);
      const slopes = [-limit / lambda, limit / index, (limit + bend) / dx];
      for (let j = 0; j < n; j++) {
        const inside = limit - Math.abs(j - Math.floor(n / 2)) + 0.5;
        const i = plane * n + j;
        value[i] = Math.min(1, Math.max(0, inside));
        if (inside <= 0 || inside >= 1) continue;
        slopes.forEach((slope, s) => {
          const partial = partials[s];
          if (partial) partial[i] = slope;
        });
        const own = partials[3 + plane];
        if (own && distance !== 0) own[i] = -bend / distance;
      }
    });
    return { value, partials };
  });
}

/** A section through light along its axis: which line of the plane, and where along the light. */
export interface Section {
  readonly along: 'x' | 'y';
  /** Distance of the line from the axis. */
  readonly offset: Scalar;
  readonly start: Scalar;
  /** From one distance to the next. */
  readonly step: Scalar;
  readonly rows: number;
}

/**
 * The spectrum [.., rows, n] of the light on one line at each distance, along that line, from the spectrum [.., n, n]
 * of a plane. The phase z (kz - k) is taken as the sum of its parts along x and along y, each exact: matrix products
 * then do. What is neglected is z (π/2) λ³ fx² fy² to lowest order, see `crossTerm`; nothing where the light varies
 * along one direction only.
 */
export function sectionSpectrum(
  ops: Ops,
  spectrum: Complex,
  pitch: Scalar,
  medium: Medium,
  section: Section,
  periodic: boolean,
): Complex {
  const [n] = planeShape(spectrum);
  const across = lineFactors(ops, n, pitch, medium, section, 'across', periodic);
  const along = lineFactors(ops, n, pitch, medium, section, 'along', periodic);
  return ops.multiply(ops.matmul(across, spectrum, section.along === 'y'), along);
}

/** exp{i [z (kz - k) + 2π f offset]} for waves with one transverse component f, [rows, n]; the offset only across. */
function lineFactors(
  ops: Ops,
  n: number,
  pitch: Scalar,
  medium: Medium,
  { offset, start, step, rows }: Section,
  direction: 'across' | 'along',
  periodic: boolean,
): Complex {
  const scalars = [start, step, medium.wavelength, medium.refractiveIndex, pitch, offset];
  const evaluate = (values: readonly number[], wanted: readonly boolean[]): HostSamples => {
    const [first, dz, lambda, index, dx, at] = values as [number, number, number, number, number, number];
    const value = new Float64Array(2 * rows * n);
    const partials = wanted.map((want) => (want ? new Float64Array(value.length) : undefined));
    const k = (2 * Math.PI * index) / lambda;
    const width = n * dx;
    for (let row = 0; row < rows; row++) {
      const z = first + row * dz;
      const limit = periodic
        ? Number.POSITIVE_INFINITY
        : (width * index) / (lambda * Math.hypot((2 * z) / width, 1));
      for (let j = 0; j < n; j++) {
        const order = j - Math.floor(n / 2);
        const m = ((lambda / index) * (order / width)) ** 2;
        if (m >= 1 || Math.abs(order) > limit) continue;
        const cosine = Math.sqrt(1 - m);
        const turn = (-k * m) / (1 + cosine);
        const side = direction === 'across' ? (2 * Math.PI * order) / width : 0;
        const turns = (z * turn + side * at) / (2 * Math.PI);
        const phase = 2 * Math.PI * (turns - Math.round(turns));
        const [re, im] = [Math.cos(phase), Math.sin(phase)];
        const i = 2 * (row * n + j);
        value[i] = re;
        value[i + 1] = im;
        const slope = (-k * m) / (2 * cosine);
        const byScalar = [
          turn,
          row * turn,
          (z * (2 * slope - turn)) / lambda,
          (z * (turn - 2 * slope)) / index,
          (-2 * slope * z - side * at) / dx,
          side,
        ];
        byScalar.forEach((d, s) => {
          const partial = partials[s];
          if (partial === undefined) return;
          partial[i] = -d * im;
          partial[i + 1] = d * re;
        });
      }
    }
    return { value, partials };
  };
  return ops.hostMap(scalars, [rows, n], 'complex', evaluate, `section:${direction}:${periodic}`);
}

/** Radians that `sectionSpectrum` neglects at most for light with direction sines up to `sine` along x and along y. */
export function crossTerm(wavelength: number, distance: number, sine: number): number {
  const s2 = Math.min(0.4999, sine * sine);
  const exact = Math.sqrt(1 - 2 * s2) - 1;
  return ((2 * Math.PI * Math.abs(distance)) / wavelength) * Math.abs(exact - 2 * (Math.sqrt(1 - s2) - 1));
}
