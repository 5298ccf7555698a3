/**
 * Stokes parameters of light on the host: S0 = |Ex|² + |Ey|², S1 = |Ex|² - |Ey|², S2 = 2 Re(Ex* Ey),
 * S3 = -2 Im(Ex* Ey), which is positive for right circular light (clockwise to who looks towards the source) with
 * the time factor exp(-iωt). Sums over parts that do not interfere (modes, wavelengths) make light partly polarised.
 * A component along the axis (behind high-aperture lenses) is left out.
 */
import { lengthOf } from '../axes.ts';
import type { HostValue } from '../element.ts';
import { addOnGrid, commonGrid, type MapGrid } from './commonGrid.ts';
import { brightestPlane, gridOf, lightGridOf, planesIn, strongest } from './hostPlane.ts';

export type Stokes = readonly [s0: number, s1: number, s2: number, s3: number];

/** Stokes parameters of every sample of a plane, row by row. */
export interface StokesPlane {
  readonly maps: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  readonly rows: number;
  readonly columns: number;
  /** Distance between samples: metres, or parts of the pupil's radius. */
  readonly pitch: number;
}

/** What the Stokes parameters of one place say. Angles in radians; null where there is no light to tell. */
export interface PolarisationState {
  /** Shares of the light that are polarised, linearly polarised, circularly polarised. */
  readonly degree: number | null;
  readonly linearDegree: number | null;
  readonly circularDegree: number | null;
  /** Long axis of the ellipse from +x towards +y, in (-π/2, π/2]. */
  readonly angle: number | null;
  /** arctan of the short axis over the long one: π/4 right circular, 0 linear, -π/4 left circular. */
  readonly ellipticity: number | null;
}

/**
 * One plane of light, summed over modes and wavelengths, on the finest pitch of these.
 * @param plane from 1; 0 takes the plane with the highest peak
 */
export function stokesPlane(values: readonly [HostValue, ...HostValue[]], plane: number): StokesPlane {
  const main = strongest(values);
  const grid = commonGrid([gridOf(main), ...values.map(gridOf)]);
  const planes = planesIn(main);
  const empty = () => new Float64Array(grid.rows * grid.columns);
  const maps = [empty(), empty(), empty(), empty()] as const;
  const index = plane > 0 ? Math.min(plane, planes) - 1 : brightestPlane(values);
  for (const each of values) addPlane(maps, grid, each, Math.min(index, planesIn(each) - 1));
  return { maps, ...grid };
}

export function brightestSample(power: Float64Array): number {
  let best = 0;
  power.forEach((value, i) => {
    if (value > (power[best] as number)) best = i;
  });
  return best;
}

export function stokesAt({ maps }: StokesPlane, sample: number): Stokes {
  const [s0, s1, s2, s3] = maps.map((map) => map[sample] ?? 0);
  return [s0 ?? 0, s1 ?? 0, s2 ?? 0, s3 ?? 0];
}

/** Stokes parameters of all the light of a plane together. */
export function stokesSum({ maps }: StokesPlane): Stokes {
  const sum = (map: Float64Array) => map.reduce((total, value) => total + value, 0);
  return [sum(maps[0]), sum(maps[1]), sum(maps[2]), sum(maps[3])];
}

/** Below this share of the light a direction is rounding. */
const NOTHING = 1e-6;

export function polarisationState([s0, s1, s2, s3]: Stokes): PolarisationState {
  if (!(s0 > 0)) {
    return { degree: null, linearDegree: null, circularDegree: null, angle: null, ellipticity: null };
  }
  const linear = Math.hypot(s1, s2);
  const polarised = Math.hypot(linear, s3);
  return {
    degree: polarised / s0,
    linearDegree: linear / s0,
    circularDegree: Math.abs(s3) / s0,
    angle: linear > NOTHING * s0 ? 0.5 * Math.atan2(s2, s1) : null,
    ellipticity: polarised > NOTHING * s0 ? 0.5 * Math.atan2(s3, linear) : null,
  };
}

/** Adds weight times the Stokes parameters of one plane of light. */
function addPlane(maps: StokesPlane['maps'], grid: MapGrid, from: HostValue, plane: number): void {
  const { value, data } = from;
  if (value.kind === 'image') return;
  const own = lightGridOf(from);
  const size = own.rows * own.columns;
  const [modes, planes, components] = [
    lengthOf(value, 'mode'),
    lengthOf(value, 'plane'),
    lengthOf(value, 'component'),
  ];
  const angle = value.polarizationAngle.value;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const weight = value.weight.value;
  const fields = Array.from({ length: modes }, (_, mode) =>
    Array.from({ length: Math.min(components, 2) }, (_, component) => {
      const start = 2 * size * ((mode * planes + plane) * components + component);
      return data.subarray(start, start + 2 * size);
    }),
  );
  // Without components the light is linearly polarised along one direction.
  const [cx, cy] = components > 1 ? [1, 1] : [cosine, sine];
  addOnGrid(maps, fields, own, grid, (sums, [along, down = along]) => {
    const [s0, s1, s2, s3] = sums as StokesPlane['maps'];
    if (along === undefined || down === undefined) return;
    for (let i = 0; i < s0.length; i++) {
      const [xr, xi] = [cx * (along[2 * i] as number), cx * (along[2 * i + 1] as number)];
      const [yr, yi] = [cy * (down[2 * i] as number), cy * (down[2 * i + 1] as number)];
      const [powerX, powerY] = [xr * xr + xi * xi, yr * yr + yi * yi];
      s0[i] = (s0[i] as number) + weight * (powerX + powerY);
      s1[i] = (s1[i] as number) + weight * (powerX - powerY);
      s2[i] = (s2[i] as number) + weight * 2 * (xr * yr + xi * yi);
      s3[i] = (s3[i] as number) - weight * 2 * (xr * yi - xi * yr);
    }
  });
}
