import { axesWith, lengthOf, withAxes } from '../../axes.ts';
import type {
  ElementSpec,
  ParamValues,
  QuantityParam,
  SamplingNote,
  TableParam,
  ZernikeParam,
} from '../../element.ts';
import { defineElement } from '../../element.ts';
import { moreSamples, setValue } from '../../fixes.ts';
import { inputOf } from '../../inputs.ts';
import { zernikeGradient } from '../../maths/zernike.ts';
import type { Complex, Ops, Real } from '../../ops/ops.ts';
import {
  addScalars,
  constantScalar,
  divideScalars,
  isConstant,
  multiplyScalars,
  type Scalar,
} from '../../ops/scalar.ts';
import { ElementProblem } from '../../problem.ts';
import { axialWavenumber, zernikeBasis } from '../../pupil/pupilGrid.ts';
import { formatNumber } from '../../units.ts';
import type { Pupil } from '../../values.ts';
import { position } from '../sources/lightParams.ts';

/** Noll terms 2 and 3 are ρ cos φ and ρ sin φ times this. */
const TILT = 2;

function fieldPlace(title: string, doc: string): QuantityParam {
  return {
    kind: 'quantity',
    quantity: 'dimensionless',
    title,
    doc,
    default: 0,
    min: -4,
    max: 4,
    soft: [-1, 1],
    display: '',
    scale: 'linear',
    learnable: false,
    step: 0.05,
  };
}

const near = { min: -1e-3, max: 1e-3, soft: [-1e-6, 1e-6], step: 0.02e-6 } as const;
const columns = {
  fieldX: fieldPlace('Field x', 'Place in the field along x; 1 is the edge of the field.'),
  fieldY: fieldPlace('Field y', 'Place in the field along y, down the rows; 1 is the edge of the field.'),
  x: position('Position x', 'Place of the bead in its own picture, +x right.', null, near),
  y: position('Position y', 'Place of the bead in its own picture, +y down the rows.', null, near),
  z: position(
    'Distance before focus',
    'Beyond that of the bead before the pupil; positive is nearer.',
    null,
    {
      ...near,
      step: 0.05e-6,
    },
  ),
};

const beads = {
  kind: 'table',
  title: 'Beads',
  doc: 'One row for each bead: where in the field it is, and where in its own small picture.',
  row: 'bead',
  columns,
  heads: { fieldX: 'field x', fieldY: 'field y', x: 'x', y: 'y', z: 'z' },
  shared: [],
  min: 1,
  max: 100,
  default: [-1, 0, 1].flatMap((fieldY) => [-1, 0, 1].map((fieldX) => ({ fieldX, fieldY }))),
  prominent: true,
} as const satisfies TableParam;

function growth(title: string, doc: string, isProminent = false): ZernikeParam {
  return {
    kind: 'zernike',
    title,
    doc: `Optical path in metres RMS at field 1, by Noll index, that each term gains ${doc}`,
    maxIndex: 37,
    min: -1e-4,
    max: 1e-4,
    soft: [-0.25e-6, 0.25e-6],
    display: 'waves',
    learnable: true,
    step: 20e-9,
    ...(isProminent ? { prominent: true } : {}),
  };
}

const params = {
  beads,
  planes: {
    kind: 'integer',
    title: 'Planes in all',
    doc: 'The beads one after the other, each with as many planes: a multiple of the number of beads.',
    default: 9,
    min: 1,
    max: 512,
  },
  zStep: position('Step', 'Distance from plane to plane of a bead along the light.', null, {
    default: 0.5e-6,
    min: -1e-3,
    max: 1e-3,
    soft: [0, 1e-6],
    step: 0.02e-6,
  }),
  alongX: growth('Along x', 'with field x.', true),
  alongY: growth('Along y', 'with field y.', true),
  squareX: growth('By x²', 'with the square of field x.'),
  product: growth('By x y', 'with field x times field y.'),
  squareY: growth('By y²', 'with the square of field y.'),
} as const;

type Params = ParamValues<typeof params>;

/** What each set of coefficients is multiplied by at a place in the field. */
const MONOMIALS = {
  alongX: (x: Scalar) => x,
  alongY: (_: Scalar, y: Scalar) => y,
  squareX: (x: Scalar) => multiplyScalars(x, x),
  product: (x: Scalar, y: Scalar) => multiplyScalars(x, y),
  squareY: (_: Scalar, y: Scalar) => multiplyScalars(y, y),
} as const;
const SETS = Object.keys(MONOMIALS) as (keyof typeof MONOMIALS)[];

/** Terms that act: a zero one that is learned may have to move. */
function actingIndices(p: Params): number[] {
  const all = SETS.flatMap((set) => p[set]);
  const acting = all.filter(({ coefficient }) => coefficient.value !== 0 || !isConstant(coefficient));
  return [...new Set(acting.map(({ nollIndex }) => nollIndex))].sort((a, b) => a - b);
}

/** The coefficient of a Noll term at a bead, metres. */
function coefficientAt(p: Params, row: Params['beads'][number], nollIndex: number): Scalar {
  const { fieldX, fieldY } = row.cells;
  return SETS.reduce<Scalar>((sum, set) => {
    const own = p[set].find((term) => term.nollIndex === nollIndex)?.coefficient;
    return own === undefined ? sum : addScalars(sum, multiplyScalars(own, MONOMIALS[set](fieldX, fieldY)));
  }, constantScalar(0));
}

/** Σ_j coefficients[i, j] maps[j] for every plane i, [planes, N, N]. */
function mixed(ops: Ops, maps: Real, coefficients: readonly (readonly Scalar[])[]): Real {
  const [count = 1, n = 1] = maps.shape;
  const rows = ops.toComplex(ops.fromScalars(coefficients.flat(), [coefficients.length, count]));
  const flat = ops.toComplex(ops.reshape(maps, [count, n * n]));
  return ops.reshape(ops.realPart(ops.matmul(rows, flat)), [coefficients.length, n, n]);
}

/** Phase of every wanted plane over the pupil, [planes, 1, N, N]. */
function phasor(ops: Ops, p: Params, light: Pupil, wanted: readonly Place[]): Complex {
  const { wavelength, refractiveIndex, numericalAperture, grid } = light;
  const indices = actingIndices(p);
  const toRadians = (path: Scalar) => divideScalars(multiplyScalars(path, 2 * Math.PI), wavelength);
  const rows = new Map<number, readonly Scalar[]>();
  const coefficientsOf = (bead: number): readonly Scalar[] => {
    const row = p.beads[bead];
    if (row === undefined) throw new Error('A plane belongs to a bead.');
    const { x, y } = row.cells;
    const tilts = [x, y].map((shift) => multiplyScalars(multiplyScalars(shift, numericalAperture), 1 / TILT));
    const paths = [...tilts, ...indices.map((j) => coefficientAt(p, row, j))];
    const found = rows.get(bead) ?? paths.map(toRadians);
    rows.set(bead, found);
    return found;
  };
  const basis = zernikeBasis(ops, grid, [2, 3, ...indices]);
  const lateral = mixed(
    ops,
    basis,
    wanted.map(({ bead }) => coefficientsOf(bead)),
  );
  const slope = axialWavenumber(ops, grid, wavelength, refractiveIndex, numericalAperture);
  const heights = ops.fromScalars(
    wanted.map(({ z }) => z),
    [wanted.length, 1, 1],
  );
  const phase = ops.add(lateral, ops.multiply(heights, slope));
  return ops.phasor(ops.reshape(phase, [wanted.length, 1, grid.samples, grid.samples]));
}

interface Place {
  readonly bead: number;
  readonly z: Scalar;
}

/** Every plane of every bead: shared out evenly, in the order of the table. */
function placesOf({ planes, beads: rows, zStep }: Params): readonly Place[] {
  const first = rows.map((_, bead) => Math.ceil((bead * planes) / rows.length));
  return rows.flatMap(({ cells }, bead) => {
    const depths = (first[bead + 1] ?? planes) - (first[bead] ?? 0);
    return Array.from({ length: depths }, (_, i) => ({
      bead,
      z: addScalars(cells.z, multiplyScalars(zStep, i - Math.floor(depths / 2))),
    }));
  });
}

/** Beads that have fewer planes than others, or none. */
function unevenNotes({ planes, beads: rows }: Params): readonly SamplingNote[] {
  if (planes % rows.length === 0) return [];
  const each = Math.max(1, Math.round(planes / rows.length));
  const wanted = each * rows.length;
  return [
    {
      severity: 'warning',
      message: `${planes} planes cannot be shared evenly by ${rows.length} beads: some have one plane less.`,
      fix: `Use ${wanted} planes, ${each} for each bead, or another number of beads.`,
      apply: setValue('planes', wanted, `Use ${wanted} planes`),
    },
  ];
}

/** Largest slope of a term at the edge of the pupil, where it is steepest. */
function edgeSlope(nollIndex: number): number {
  const slopes = Array.from({ length: 16 }, (_, i) => {
    const angle = (Math.PI * i) / 8;
    const { dx, dy } = zernikeGradient(nollIndex, Math.cos(angle), Math.sin(angle));
    return Math.hypot(dx, dy);
  });
  return Math.max(...slopes);
}

/** Largest slope of the added path over all beads, metres per radius of the pupil. */
function steepest(p: Params): number {
  const indices = actingIndices(p);
  return Math.max(
    ...p.beads.map((row) =>
      indices.reduce((sum, j) => sum + Math.abs(coefficientAt(p, row, j).value) * edgeSlope(j), 0),
    ),
  );
}

export const beadField: ElementSpec = defineElement({
  type: 'beadField',
  version: 1,
  category: 'pupils',
  title: 'Beads over the field',
  summary:
    'One objective seen by many beads: aberrations that change over the field, and planes of each bead in turn.',
  keywords: [
    'field-dependent',
    'aberrations',
    'nodal',
    'coma',
    'astigmatism',
    'beads',
    'calibration',
    'off-axis',
    'stack',
  ],
  inputs: { in: { accepts: ['pupil'], title: 'Pupil' } },
  outputs: { out: { type: 'pupil', title: 'Pupil, bead by bead' } },
  params,
  power: 'keeps',
  linearIn: 'in',
  equation: 'c_j(X, Y) = c_j + a_j X + b_j Y + d_j X² + e_j XY + f_j Y²; one pupil for each bead and plane',
  references: [
    'Thompson, J. Opt. Soc. Am. A 22, 1389 (2005): aberrations without symmetry are polynomials of the field',
    'Zheng et al., Opt. Express 21, 11973 (2013): aberrations over the field of a microscope',
  ],
  sampling: (inputs, p) => {
    const light = inputs['in'];
    if (light?.kind !== 'pupil') return [];
    const uneven = unevenNotes(p);
    // Waves from sample to sample; half a wave is the limit.
    const waves = steepest(p) / light.wavelength.value / light.grid.radius;
    if (waves < 0.5) return uneven;
    const needed = 4 * waves * light.grid.radius + 2;
    return [
      ...uneven,
      {
        severity: 'warning',
        message: `At the edge of the field the aberrations may change by ${formatNumber(waves, 2)} waves from sample to sample: the picture repeats into itself.`,
        fix: `Use at least ${Math.ceil(needed)} grid samples or smaller aberrations.`,
        ...moreSamples(light.grid.samples, needed),
      },
    ];
  },
  forward: (inputs, p, { ops, planes }) => {
    const light = inputOf(inputs, 'in', 'pupil');
    if (lengthOf(light, 'plane') > 1 || light.reference !== null || light.beside !== undefined) {
      throw new ElementProblem(
        'Beads over the field need one pupil without planes and without a reference wave.',
        'Leave out the focus stack: this element makes the planes of each bead itself.',
      );
    }
    const places = placesOf(p);
    const { first, count } = planes ?? { first: 0, count: places.length };
    const axes = axesWith(light.axes, 'plane');
    const turned = phasor(ops, p, light, places.slice(first, first + count));
    const lateral = Math.max(
      ...p.beads.flatMap(({ cells: { x, y } }) => [x, y].map((s) => Math.abs(s.value))),
    );
    const distances = light.place.distances.flatMap((z) => places.map((place) => z + place.z.value));
    return {
      out: {
        ...light,
        axes,
        samples: ops.multiply(turned, withAxes(ops, light, axes)),
        place: { ...light.place, lateral: light.place.lateral + lateral, distances },
      },
    };
  },
});
