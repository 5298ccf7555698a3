/** Nodes over the cone of light that an aperture admits, and the Bessel functions of them at evenly spaced radii. */
import { besselTable, tabulatedBessel } from '../maths/besselTable.ts';
import { gaussLegendre } from '../maths/quadrature.ts';

/**
 * Directions of a Gauss-Legendre rule in the polar angle from 0 to the edge of the aperture; the last one is the edge
 * itself, of weight 0, through which an integral changes with the aperture.
 */
export interface ApertureRule {
  readonly sines: Float64Array;
  readonly cosines: Float64Array;
  readonly weights: Float64Array;
}

/** Numbers per radius and node in `BesselRows`: J0, then J2, each with its first and second derivative by the radius. */
export const BESSELS = 6;

/** Bessel functions of q_j ρ_i at ρ_i = i · step, [radii, BESSELS, nodes], derivatives in units of the step. */
export interface BesselRows {
  readonly rule: ApertureRule;
  /** Metres. */
  readonly step: number;
  readonly radii: number;
  readonly data: Float64Array;
}

/**
 * Largest wavenumber across the axis times the distance of radii. Quintics between them are then off by at most
 * 0.7⁶ / 46080 = 2.6e-6 of the sum of all plane waves' amplitudes, of which those across the axis are a small part: less
 * than 1e-6 of the reference.
 */
const LARGEST_STEP = 0.7;
/** Sizes go in such steps, so that what is kept serves while a sphere moves. */
const NODE_STEP = 16;
const SPARE_NODES = 16;
const RADIUS_STEP = 32;
/** Numbers in all tables that are kept: 48 MB. */
const MOST_NUMBERS = 6e6;

export interface ApertureShape {
  /** In the medium, 1/m. */
  readonly wavenumber: number;
  /** Sine of the largest angle to the axis, below 1. */
  readonly sine: number;
  /** Largest distance from the axis, metres. */
  readonly reach: number;
  /** Largest distance from focus, metres. */
  readonly depth: number;
  /** Radians that the phase of what is integrated turns from the axis to the edge besides. */
  readonly turns: number;
}

/** Nodes and radii that a shape takes. */
function sizesOf({ wavenumber, sine, reach, depth, turns }: ApertureShape) {
  const angle = Math.asin(sine);
  // k (ρ cos θ + z sin θ) is the steepest that position makes the phase. A rule of M nodes holds phases that turn by
  // less than 4 M radians at their steepest; spare ones bring the rest to rounding.
  const phase = angle * wavenumber * Math.hypot(reach, depth) + turns;
  const nodes = NODE_STEP * Math.ceil((phase / 4 + SPARE_NODES) / NODE_STEP);
  const step = LARGEST_STEP / (wavenumber * sine);
  const radii = 2 + RADIUS_STEP * Math.ceil((reach / step + 1) / RADIUS_STEP);
  return { nodes, step, radii, angle };
}

/** Whether the rows of a shape can be made and kept. */
export function areRowsAffordable(shape: ApertureShape): boolean {
  const { nodes, radii } = sizesOf(shape);
  return (nodes + 1) * radii * BESSELS <= MOST_NUMBERS;
}

const kept = new Map<string, BesselRows>();

/** The rows of a shape, remembered while wavenumber and aperture stay. */
export function besselRows(shape: ApertureShape): BesselRows {
  const { nodes, step, radii, angle } = sizesOf(shape);
  const key = `${shape.wavenumber}:${shape.sine}:${nodes}:${radii}`;
  const rows = kept.get(key) ?? makeRows(shape.wavenumber, ruleOf(angle, nodes), step, radii);
  kept.delete(key);
  kept.set(key, rows);
  let numbers = [...kept.values()].reduce((sum, { data }) => sum + data.length, 0);
  for (const [old, { data }] of kept) {
    if (numbers <= MOST_NUMBERS) break;
    numbers -= data.length;
    kept.delete(old);
  }
  return rows;
}

function ruleOf(angle: number, nodes: number): ApertureRule {
  const rule = gaussLegendre(nodes, 0, angle);
  const angles = Float64Array.of(...rule.nodes, angle);
  return {
    sines: angles.map(Math.sin),
    cosines: angles.map(Math.cos),
    weights: Float64Array.of(...rule.weights, 0),
  };
}

function makeRows(wavenumber: number, rule: ApertureRule, step: number, radii: number): BesselRows {
  const nodes = rule.sines.length;
  const data = new Float64Array(radii * nodes * BESSELS);
  const table = besselTable(LARGEST_STEP * radii);
  for (let j = 0; j < nodes; j++) {
    const q = wavenumber * (rule.sines[j] as number) * step;
    for (let i = 0; i < radii; i++) {
      const x = q * i;
      const at = i * nodes * BESSELS + j;
      const j0 = tabulatedBessel(table, 0, x);
      const j1 = tabulatedBessel(table, 1, x);
      const per = x > SMALL ? j1 / x : 0.5 - (x * x) / 16 + x ** 4 / 768;
      // Where x is small, J2 is what is left of larger terms.
      const perSquare = x > SMALL ? (2 * per - j0) / (x * x) : 1 / 8 - (x * x) / 96 + x ** 4 / 3072;
      const j2 = perSquare * x * x;
      data[at] = j0;
      data[at + nodes] = -q * j1;
      data[at + 2 * nodes] = q * q * (per - j0);
      data[at + 3 * nodes] = j2;
      data[at + 4 * nodes] = q * (j1 - 2 * perSquare * x);
      // J2'' = -J2'/x - (1 - 4/x²) J2.
      data[at + 5 * nodes] = q * q * (6 * perSquare - j2 - per);
    }
  }
  return { rule, step, radii, data };
}

/** Below this, series take the place of quotients, to x⁶/18432. */
const SMALL = 0.1;
