/** The bounds of `precision.ts` on the host in float64, from samples that were read: numbers and curves to look at. */
import { lengthOf } from '../axes.ts';
import type { HostValue } from '../element.ts';
import { symmetricInverse } from '../maths/linearAlgebra.ts';
import { pupilCoordinates } from '../pupil/pupilGrid.ts';
import { planeShape } from '../sampledGrid.ts';
import type { Pupil } from '../values.ts';
import type { PrecisionSettings } from './precision.ts';
import { type Counted, pixelPoints, type Region } from './precisionFields.ts';

/** Standard deviations in metres at one depth; null where the image does not tell the coordinate. */
export interface DepthBounds {
  readonly depth: number;
  readonly x: number | null;
  readonly y: number | null;
  readonly z: number | null;
}

interface HostPupil {
  readonly light: Pupil;
  readonly data: Float64Array | Float32Array;
  readonly weight: number;
}

/**
 * A coordinate whose natural step changes the image by less than this share, weighed by its noise, changes nothing:
 * rounding of the samples leaves so much.
 */
const NO_CHANGE = { f32: 3e-6, f64: 1e-9 } as const;
/** Of a coordinate's information, the least that must be left when all others are unknown. */
const LEFT_OF_ITSELF = 1e-9;

/** Bounds without what is known beforehand; what only rounding tells counts as not told. */
export function boundsByDepth(
  values: readonly HostValue[],
  { photons, background, region, depths, counted }: Omit<PrecisionSettings, 'known'>,
): readonly DepthBounds[] {
  const channels = values.flatMap(({ value, data }): HostPupil[] =>
    value.kind === 'pupil' ? [{ light: value, data, weight: value.weight.value }] : [],
  );
  const steps = naturalSteps(channels);
  const isRounded = channels.some(({ data }) => data instanceof Float32Array);
  const noChange = isRounded ? NO_CHANGE.f32 : NO_CHANGE.f64;
  return depths.map((depth) => {
    const maps = [0, 1, 2, 3].map(() => new Float64Array(region.pixels ** 2));
    for (const channel of channels) addResponse(maps, channel, region, depth, counted);
    const [x = null, y = null, z = null] = deviations(maps, photons, background, steps, noChange);
    return { depth, x, y, z };
  });
}

/** Along x, y and z, metres: what turns the phase at the rim of the pupil by about one radian. */
function naturalSteps(channels: readonly HostPupil[]): readonly number[] {
  const steps = channels.map(({ light }) => {
    const k = (2 * Math.PI) / light.wavelength.value;
    const [aperture, index] = [light.numericalAperture.value, light.refractiveIndex.value];
    const across = 1 / (k * aperture);
    return [across, across, 1 / (k * (index - Math.sqrt(Math.max(0, index ** 2 - aperture ** 2))))];
  });
  return [0, 1, 2].map((a) => Math.min(...steps.map((each) => each[a] ?? Number.POSITIVE_INFINITY)));
}

/** √(F⁻¹)_aa of x, y and z for counts N h + b; null without information. */
function deviations(
  maps: readonly Float64Array[],
  photons: number,
  background: number,
  steps: readonly number[],
  noChange: number,
): (number | null)[] {
  const information = new Float64Array(25);
  const slopes = [0, 0, 0, 0, 0];
  const share = maps[0] ?? new Float64Array(0);
  for (let i = 0; i < share.length; i++) {
    for (let a = 0; a < 4; a++) slopes[a] = photons * (maps[a]?.[i] ?? 0);
    slopes[4] = 1;
    const mean = photons * (share[i] as number) + background;
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 5; b++) {
        const at = 5 * a + b;
        information[at] = (information[at] as number) + ((slopes[a] ?? 0) * (slopes[b] ?? 0)) / mean;
      }
    }
  }
  // On one scale, so that a pivot that is small is small by itself.
  const scales = Float64Array.from({ length: 5 }, (_, a) => Math.sqrt(information[6 * a] as number) || 1);
  const scaled = information.map(
    (value, i) => value / ((scales[Math.floor(i / 5)] ?? 1) * (scales[i % 5] ?? 1)),
  );
  // Column 0 is N h, the whole image of the emitter.
  const whole = information[0] as number;
  const told = [1, 2, 3].filter(
    (a) => (information[6 * a] as number) * (steps[a - 1] ?? 0) ** 2 > noChange ** 2 * whole,
  );
  const kept = [0, ...told, 4];
  const inverse = symmetricInverse(
    Float64Array.from({ length: kept.length ** 2 }, (_, i) => {
      const [a, b] = [kept[Math.floor(i / kept.length)] ?? 0, kept[i % kept.length] ?? 0];
      return scaled[5 * a + b] ?? 0;
    }),
    kept.length,
  );
  return [1, 2, 3].map((a) => {
    const at = kept.indexOf(a);
    if (!inverse.ok || at < 0) return null;
    const inflation = inverse.inverse[at * (kept.length + 1)] ?? Number.POSITIVE_INFINITY;
    return inflation * LEFT_OF_ITSELF < 1 ? Math.sqrt(inflation) / (scales[a] ?? 1) : null;
  });
}

/** Adds the share h of the photons in each pixel and its derivatives by x, y and z, per metre. */
function addResponse(
  [share, byX, byY, byZ]: readonly Float64Array[],
  { light, data, weight }: HostPupil,
  region: Region,
  depth: number,
  counted: Counted,
): void {
  if (share === undefined || byX === undefined || byY === undefined || byZ === undefined) return;
  const n = planeShape(light.samples)[0];
  const [rows, size] = [region.pixels * region.subPixels, 2 * n * n];
  const parts = lengthOf(light, 'mode') * lengthOf(light, 'component');
  const cutoff = light.numericalAperture.value / light.wavelength.value;
  const factors = depthFactors(light, n, depth);
  const kernel = hostKernel(light, region, cutoff * region.pitch);
  const power = counted === 'pupil' ? light.grid.radius ** 2 : energy(data);
  const scale = (weight * (cutoff * region.pitch) ** 2) / (light.grid.radius ** 2 * power);
  for (let part = 0; part < parts; part++) {
    const [plain, axial] = refocused(data.subarray(part * size, (part + 1) * size), factors);
    const along = fields(kernel, plain, n, rows, 2 * Math.PI * cutoff);
    const depthField = fields(kernel, axial, n, rows, 0)[0];
    const [field, ofX, ofY] = along;
    if (field === undefined || ofX === undefined || ofY === undefined || depthField === undefined) continue;
    for (let row = 0; row < rows; row++) {
      const line = (row % region.pixels) * region.pixels;
      for (let column = 0; column < rows; column++) {
        const pixel = line + (column % region.pixels);
        const i = 2 * (row * rows + column);
        const [re, im] = [field[i] as number, field[i + 1] as number];
        share[pixel] = (share[pixel] as number) + scale * (re * re + im * im);
        // ∂E = i F, so ∂|E|² = 2 Re(E* i F).
        const slope = (of: Float64Array) => 2 * scale * (im * (of[i] as number) - re * (of[i + 1] as number));
        byX[pixel] = (byX[pixel] as number) + slope(ofX);
        byY[pixel] = (byY[pixel] as number) + slope(ofY);
        byZ[pixel] = (byZ[pixel] as number) + slope(depthField);
      }
    }
  }
}

function energy(data: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) ** 2;
  return sum;
}

interface DepthFactors {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** kz - k, radians per metre. */
  readonly axial: Float64Array;
}

function depthFactors(light: Pupil, n: number, depth: number): DepthFactors {
  const rho = pupilCoordinates(light.grid);
  const index = light.refractiveIndex.value;
  const k = (2 * Math.PI * index) / light.wavelength.value;
  const sine = light.numericalAperture.value / index;
  const axial = Float64Array.from({ length: n * n }, (_, i) => {
    const s2 = ((rho[i % n] as number) ** 2 + (rho[Math.floor(i / n)] as number) ** 2) * sine ** 2;
    return (-k * Math.min(1, s2)) / (1 + Math.sqrt(Math.max(0, 1 - s2)));
  });
  return {
    axial,
    re: axial.map((slope) => Math.cos(slope * depth)),
    im: axial.map((slope) => Math.sin(slope * depth)),
  };
}

/** The samples at a depth, and the same times kz - k. */
function refocused(data: Float64Array | Float32Array, { re, im, axial }: DepthFactors) {
  const plain = new Float64Array(data.length);
  const sloped = new Float64Array(data.length);
  for (let i = 0; i < re.length; i++) {
    const [a, b, c, d] = [data[2 * i] as number, data[2 * i + 1] as number, re[i] as number, im[i] as number];
    const [x, y, slope] = [a * c - b * d, a * d + b * c, axial[i] as number];
    plain[2 * i] = x;
    plain[2 * i + 1] = y;
    sloped[2 * i] = slope * x;
    sloped[2 * i + 1] = slope * y;
  }
  return [plain, sloped] as const;
}

interface HostKernel {
  /** √w exp(-2πi x ρ), [rows, N] interleaved, as in `precisionFields.ts`. */
  readonly samples: Float64Array;
  readonly rho: Float64Array;
}

function hostKernel({ grid }: Pupil, region: Region, step: number): HostKernel {
  const rho = pupilCoordinates(grid);
  const { nodes, weights } = pixelPoints(region);
  const rows = region.pixels * region.subPixels;
  const samples = new Float64Array(2 * rows * rho.length);
  for (let row = 0; row < rows; row++) {
    const point = Math.floor(row / region.pixels);
    const x = (row % region.pixels) - Math.floor(region.pixels / 2) + (nodes[point] ?? 0);
    const root = Math.sqrt(weights[point] ?? 0);
    rho.forEach((each, m) => {
      const phase = -2 * Math.PI * step * x * each;
      samples.set([root * Math.cos(phase), root * Math.sin(phase)], 2 * (row * rho.length + m));
    });
  }
  return { samples, rho };
}

/** K u Kᵀ, and where `perRho` is not 0 the same with u times perRho·ρx and perRho·ρy, each [rows, rows] interleaved. */
function fields(
  kernel: HostKernel,
  u: Float64Array,
  n: number,
  rows: number,
  perRho: number,
): Float64Array[] {
  const { samples, rho } = kernel;
  const left = product(samples, u, rows, n, n);
  const right = turned(samples, rows, n);
  const plain = product(left, right, rows, n, rows);
  if (perRho === 0) return [plain];
  const sloped = samples.map((value, i) => perRho * (rho[(i >> 1) % n] as number) * value);
  const byX = product(left, turned(sloped, rows, n), rows, n, rows);
  const byY = product(product(sloped, u, rows, n, n), right, rows, n, rows);
  return [plain, byX, byY];
}

/** The transpose of an interleaved complex matrix [rows, columns]. */
function turned(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [from, to] = [2 * (row * columns + column), 2 * (column * rows + row)];
      out[to] = a[from] as number;
      out[to + 1] = a[from + 1] as number;
    }
  }
  return out;
}

/** a·b of interleaved complex matrices, [rows, inner] and [inner, columns]. */
function product(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(2 * rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let m = 0; m < inner; m++) {
      const at = 2 * (row * inner + m);
      addRow(out, 2 * row * columns, b, 2 * m * columns, 2 * columns, a[at] as number, a[at + 1] as number);
    }
  }
  return out;
}

/** Adds a number times a row; a function of its own, which engines compile well. */
function addRow(
  out: Float64Array,
  to: number,
  row: Float64Array,
  from: number,
  length: number,
  re: number,
  im: number,
): void {
  for (let i = 0; i < length; i += 2) {
    const p = row[from + i] as number;
    const q = row[from + i + 1] as number;
    out[to + i] = (out[to + i] as number) + re * p - im * q;
    out[to + i + 1] = (out[to + i + 1] as number) + re * q + im * p;
  }
}
