/** A pupil's phase learned cell by cell from a stack, beside the Zernike terms that carry most of it. */
import { choleskySolve } from '../../optics/maths/linearAlgebra.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { nollToDegree, zernike } from '../../optics/maths/zernike.ts';
import type { Design } from '../document.ts';
import { isTerms } from '../format.ts';
import { decodeFloat32 } from '../imageData.ts';
import { bench } from './bench.ts';
import type { Example } from './example.ts';
import { largestError, truthOf } from './truth.ts';

const WAVELENGTH = 580e-9;
const APERTURE = 1.1;
const INDEX = 1.33;
const CELLS = 20;
const PLANES = 7;
const PIXELS = 32;
/** RMS step of the phase from cell to cell that is expected beside the Zernike terms, radians. */
const EXPECTED_STEP = 0.2;
/** Highest Noll index that is a number of its own. */
const NAMED = 15;

/** Noll 5 to 36, smaller with the radial order as aberrations are: metres RMS. */
export function hiddenTerms(seed: number): Readonly<Record<number, number>> {
  const random = new SeededRandom(seed);
  return Object.fromEntries(
    Array.from({ length: 32 }, (_, i) => {
      const { n } = nollToDegree(i + 5);
      return [i + 5, ((2 * random.uniform() - 1) * 0.2 * WAVELENGTH) / n ** 1.5];
    }),
  );
}

const base = bench(
  {
    title: 'Free pupil from a bead stack',
    description:
      'Press Run fit. Zernike terms up to Noll 15 leave a sixth of a radian of this objective’s errors unexplained. A phase map with 20 × 20 cells learns the rest by maximum likelihood, together with the place, brightness and blur of the bead; a penalty on steps between cells keeps noise out of it. Look at the map when the fit is done.',
  },
  { samples: 40, pitch: 1e-6 },
  [
    ['source', 'planeWave', { wavelength: WAVELENGTH, refractiveIndex: INDEX }, 0, 0],
    ['bead', 'bead', { photons: 25000 }, 1, 0],
    ['pupil', 'pupil', { numericalAperture: APERTURE }, 2, 0],
    [
      'map',
      'freeformPhase',
      {
        cells: CELLS,
        phase: 0,
        interpolation: 'linear',
        // Place, focus and the terms that are numbers of their own are not the map's.
        leaveOut: NAMED,
        penalty: 'smooth',
        // What makes loss and penalty the negative logarithm of the likelihood and of a normal step of that size.
        penaltyWeight: (2 * Math.PI ** 2 * CELLS ** 2) / (EXPECTED_STEP ** 2 * PLANES * PIXELS ** 2),
      },
      3,
      0,
      'Rest of the phase',
    ],
    ['stack', 'stack', { planes: PLANES, zStep: 0.35e-6 }, 0, 1],
    [
      'camera',
      'camera',
      { pixelPitch: 0.12e-6, rows: PIXELS, columns: PIXELS, blur: 0.6, background: 20 },
      1,
      1,
    ],
    ['target', 'target', { image: 'simulated' }, 2, 1],
    ['loss', 'loss', { kind: 'poisson' }, 3, 1],
  ],
  [
    'source.out>bead.in',
    'bead.out>pupil.in',
    'pupil.out>map.in',
    'map.out>stack.in',
    'stack.out>camera.in',
    'camera.out>loss.model',
    'target.out>loss.target',
    'map.penalty>loss.penalty',
  ],
);

const PLACE = { 'bead.x': 0.05e-6, 'bead.y': -0.04e-6 };
const FOCUS = { 'bead.z': 0.1e-6 };

const termsOf = (terms: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(terms).map(([j, value]) => [`pupil.zernike.${j}`, value]));

/** The system with hidden terms of a seed; the simulated noise has the same. */
export function freePupilDesign(seed: number): Design {
  const terms = hiddenTerms(seed);
  const truth = {
    ...PLACE,
    ...FOCUS,
    'bead.photons': 30000,
    'camera.blur': 0.7,
    ...termsOf(terms),
  };
  return {
    ...base,
    learn: [
      ...['bead.x', 'bead.y', 'bead.z', 'bead.photons', 'camera.background', 'camera.blur'],
      ...Array.from({ length: NAMED - 4 }, (_, i) => `pupil.zernike.${i + 5}`),
      'map.phase',
    ],
    images: {
      simulated: {
        kind: 'simulated',
        name: 'Simulated bead stack',
        camera: 'camera',
        truth: truthOf(
          base.nodes.filter(({ id }) => id !== 'map'),
          truth,
        ),
        noise: true,
        seed: 100 + seed,
      },
    },
  };
}

/** The same with Zernike terms alone, for comparison. */
export function withoutMap(design: Design): Design {
  return {
    ...design,
    learn: design.learn.filter((path) => path !== 'map.phase'),
    edges: design.edges.filter(({ to }) => to.port !== 'penalty'),
  };
}

/** Coefficients of columns 1 ... that leave least of column 0 of the rows. */
function leastSquares(rows: readonly (readonly number[])[]): Float64Array {
  const columns = Array.from({ length: (rows[0]?.length ?? 1) - 1 }, (_, i) => i + 1);
  const product = (a: number, b: number) => rows.reduce((sum, row) => sum + (row[a] ?? 0) * (row[b] ?? 0), 0);
  const matrix = Float64Array.from(columns.flatMap((a) => columns.map((b) => product(a, b))));
  const right = Float64Array.from(columns, (a) => product(a, 0));
  const solved = choleskySolve(matrix, right, columns.length);
  return solved.ok ? solved.solution : right.fill(Number.NaN);
}

/** Phase that the map of a design adds at places of the pupil, radians; 0 without one. */
export function addedPhase({ nodes, images }: Design): (x: number, y: number) => number {
  const params = nodes.find(({ id }) => id === 'map')?.params;
  const phase = params?.['phase'];
  const image = typeof phase === 'string' ? images[phase] : undefined;
  if (image?.kind !== 'measured') return () => 0;
  const cells = decodeFloat32(image.data, CELLS ** 2);
  const held = (x: number, y: number) => {
    const [column, row] = [x, y].map((at) => Math.min(CELLS - 1, Math.max(0, ((at + 1) * CELLS - 1) / 2)));
    return straight(cells, column ?? 0, row ?? 0);
  };
  if (params?.['leaveOut'] !== NAMED) return held;
  // The light gets it without these terms, over the whole disc.
  const named = Array.from({ length: NAMED }, (_, j) => j + 1);
  const fine = 2 * CELLS;
  const places = Array.from({ length: fine ** 2 }, (_, i) => [i % fine, Math.floor(i / fine)] as const)
    .map(([column, row]) => [(2 * column + 1) / fine - 1, (2 * row + 1) / fine - 1] as const)
    .filter(([x, y]) => Math.hypot(x, y) <= 1);
  const own = leastSquares(places.map(([x, y]) => [held(x, y), ...named.map((j) => zernike(j, x, y))]));
  return (x, y) => held(x, y) - named.reduce((sum, j) => sum + (own[j - 1] ?? 0) * zernike(j, x, y), 0);
}

/** Between the values of cells, at a column and a row that need not be whole. */
function straight(cells: Float32Array, column: number, row: number): number {
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, down] = [column - left, row - top];
  const cell = (x: number, y: number) => cells[Math.min(CELLS - 1, y) * CELLS + Math.min(CELLS - 1, x)] ?? 0;
  const along = (y: number) => (1 - right) * cell(left, y) + right * cell(left + 1, y);
  return (1 - down) * along(top) + down * along(top + 1);
}

/**
 * RMS over the pupil of how far the wavefront of a design, terms and map together, is from the hidden one, in waves;
 * without piston and what moves of the bead do.
 */
export function wavefrontError(design: Design, hidden: Readonly<Record<number, number>>): number {
  const held = design.nodes.find(({ id }) => id === 'pupil')?.params['zernike'];
  const terms: Readonly<Record<string, number>> = held !== undefined && isTerms(held) ? held : {};
  const map = addedPhase(design);
  const rows = Array.from({ length: CELLS ** 2 }, (_, i) => {
    const at = (index: number) => (2 * index + 1) / CELLS - 1;
    const [x, y] = [at(i % CELLS), at(Math.floor(i / CELLS))];
    const sum = (of: Readonly<Record<string, number>>) =>
      Object.entries(of).reduce((path, [j, value]) => path + value * zernike(Number(j), x, y), 0);
    const waves = map(x, y) / (2 * Math.PI) + (sum(terms) - sum(hidden)) / WAVELENGTH;
    const lean = Math.hypot(x, y);
    // Middles of cells that lie inside.
    return lean > 1 - 1 / CELLS ? [] : [waves, 1, x, y, Math.sqrt(INDEX ** 2 - (APERTURE * lean) ** 2)];
  }).filter(({ length }) => length > 0);
  const moves = leastSquares(rows);
  const left = rows.map(([waves = 0, ...row]) =>
    row.reduce((sum, value, k) => sum - value * (moves[k] ?? 0), waves),
  );
  return Math.sqrt(left.reduce((sum, value) => sum + value ** 2, 0) / left.length);
}

/**
 * The largest error of a design as a share of what is allowed: of the wavefront, and of the place and the terms that have
 * numbers of their own, which the map must not share. Of 200 000 photons the noise of x and y is half a nanometre, of z
 * two; that of a term, and what the penalty moves where it bends the map, one each. Allowed is three to five times this.
 */
export function largestShare(design: Design, hidden: Readonly<Record<number, number>>): number {
  const named = Object.entries(hidden).filter(([j]) => Number(j) <= NAMED);
  return Math.max(
    wavefrontError(design, hidden) * 80,
    largestError(design, PLACE) / 3e-9,
    largestError(design, FOCUS) / 10e-9,
    largestError(design, termsOf(Object.fromEntries(named))) / 3e-9,
  );
}

const design = freePupilDesign(1);

export const freePupil: Example = {
  id: 'free-pupil',
  title: design.title,
  summary: 'Press Run fit: a phase map learns what Zernike terms leave of an objective’s errors.',
  topic: 'fit',
  level: 'research',
  design,
  proof: null,
  goal: {
    // Zernike terms to Noll 15 alone leave λ/30.
    statement: 'No error is more than 100 % of its limit: wavefront λ/80, x, y and terms 3 nm, z 10 nm',
    nodes: [],
    limit: 1,
    bound: 'atMost',
    quantity: 'dimensionless',
    display: '%',
    measure: (fitted) => largestShare(fitted, hiddenTerms(1)),
  },
};
