/** Square cells of a map (pixels of a modulator, a painted mask) on the samples of a plane. */
import type { Complex, Ops, Real } from './ops/ops.ts';
import { constantScalar, isConstant } from './ops/scalar.ts';
import { ElementProblem } from './problem.ts';
import { referenceThroughSamples } from './pupil/reference.ts';
import { planeShape } from './sampledGrid.ts';
import type { Field, Pupil } from './values.ts';

/** Where the cells are, in samples from sample floor(n/2). */
export interface CellLayout {
  /** Side of a cell. */
  readonly side: number;
  /** Middle of the square of all cells. */
  readonly middle: number;
}

/** Cells that fill the window of a field, or the square around the disc of a pupil. */
export function fillingLayout(
  light: Pick<Field, 'kind' | 'samples'> | Pick<Pupil, 'kind' | 'grid'>,
  cells: number,
): CellLayout {
  if (light.kind === 'pupil') return { side: (2 * light.grid.radius) / cells, middle: 0 };
  const [n] = planeShape(light.samples);
  return { side: n / cells, middle: windowMiddle(n) };
}

/** Cells of a given size in the middle of the window. @throws ElementProblem where the window itself is learned. */
export function pitchLayout(light: Field, cellPitch: number): CellLayout {
  if (!isConstant(light.pitch)) {
    throw new ElementProblem(
      'The distance between samples depends on a parameter that is learned, but pixels of a fixed size cannot follow it.',
      'Fix the focal length or wavelength before this element, or use a map that fills the window.',
    );
  }
  return { side: cellPitch / light.pitch.value, middle: windowMiddle(planeShape(light.samples)[0]) };
}

function windowMiddle(n: number): number {
  return (n - 1) / 2 - Math.floor(n / 2);
}

/**
 * The values [cells, cells] of a map on n × n samples, [n, n]; 0 outside. A sample on the edge between cells gets
 * their mean by area.
 * @param between `nearest`: each cell is flat; `linear`: values lie at the cells' middles, straight between them
 */
export function spreadCells(
  ops: Ops,
  map: Real,
  n: number,
  layout: CellLayout,
  between: 'nearest' | 'linear',
): Real {
  const [cells] = planeShape(map);
  const { side, middle } = layout;
  const first = middle - (side * cells) / 2 + 0.5;
  const fits = Number.isInteger(side) && Number.isInteger(first) && -first === Math.floor((side * cells) / 2);
  if (fits && (between === 'nearest' || side === 1)) return ops.resize(repeated(ops, map, side), n, n);
  const weights = weightsOfCells(ops, n, cells, layout, between);
  return ops.realPart(ops.sandwich(weights, ops.toComplex(map), weights));
}

/** The same, straight between the cells' middles, for complex values, such as phasors whose phase wraps. */
export function spreadWave(ops: Ops, wave: Complex, n: number, layout: CellLayout): Complex {
  const [cells] = planeShape(wave);
  const { side, middle } = layout;
  const first = middle - cells / 2 + 0.5;
  if (side === 1 && -first === Math.floor(cells / 2)) return ops.resize(wave, n, n);
  const weights = weightsOfCells(ops, n, cells, layout, 'linear');
  return ops.sandwich(weights, wave, weights);
}

function weightsOfCells(
  ops: Ops,
  n: number,
  cells: number,
  layout: CellLayout,
  between: 'nearest' | 'linear',
): Complex {
  const evaluate = () => ({ value: interleaved(cellWeights(n, cells, layout, between)), partials: [] });
  const places = [constantScalar(layout.side), constantScalar(layout.middle)];
  return ops.hostMap(places, [n, cells], 'complex', evaluate, `cells:${between}`);
}

/**
 * One tile of a map that holds several side by side, stretched over n × n samples, [n, n].
 * @param tiles tiles along a side of the map, which need not divide its cells
 */
export function spreadTile(
  ops: Ops,
  map: Real,
  n: number,
  tiles: number,
  [row, column]: readonly [number, number],
): Real {
  const [cells] = planeShape(map);
  const weights = (tile: number) =>
    ops.constant(`tile:${tile}:${tiles}:${cells}:${n}`, [n, cells], 'complex', () =>
      interleaved(tileWeights(n, cells, tile, tiles)),
    );
  return ops.realPart(ops.sandwich(weights(row), ops.toComplex(map), weights(column)));
}

/** [n, cells]: share of each cell in each sample of a tile along one axis. */
function tileWeights(n: number, cells: number, tile: number, tiles: number): Float64Array {
  const weights = new Float64Array(n * cells);
  const cellsPerSample = cells / tiles / n;
  for (let sample = 0; sample < n; sample++) {
    const from = (tile * cells) / tiles + sample * cellsPerSample;
    for (let cell = Math.floor(from); cell < Math.min(cells, from + cellsPerSample); cell++) {
      const share = Math.min(from + cellsPerSample, cell + 1) - Math.max(from, cell);
      if (share > 0) weights[sample * cells + cell] = share / cellsPerSample;
    }
  }
  return weights;
}

/** Each value `side` times along both axes. */
function repeated(ops: Ops, map: Real, side: number): Real {
  if (side === 1) return map;
  const [cells] = planeShape(map);
  const ones = ops.constant(`cells:ones:${side}`, [1, side, 1, side], 'real', () =>
    new Float64Array(side * side).fill(1),
  );
  const spread = ops.multiply(ops.reshape(map, [cells, 1, cells, 1]), ones);
  return ops.reshape(spread, [cells * side, cells * side]);
}

/** [n, cells]: share of each cell in each sample along one axis. */
function cellWeights(n: number, cells: number, { side, middle }: CellLayout, between: string): Float64Array {
  const weights = new Float64Array(n * cells);
  const left = middle - (side * cells) / 2;
  for (let sample = 0; sample < n; sample++) {
    const [from, to] = [sample - Math.floor(n / 2) - 0.5, sample - Math.floor(n / 2) + 0.5];
    const row = weights.subarray(sample * cells, (sample + 1) * cells);
    let covered = 0;
    for (let cell = 0; cell < cells; cell++) {
      const share = Math.min(to, left + (cell + 1) * side) - Math.max(from, left + cell * side);
      if (share > 0) {
        row[cell] = share;
        covered += share;
      }
    }
    if (between !== 'linear' || covered === 0) continue;
    row.fill(0);
    const at = Math.min(cells - 1, Math.max(0, (from + 0.5 - left) / side - 0.5));
    const below = Math.min(cells - 1, Math.floor(at));
    row[below] = covered * (1 - (at - below));
    if (below + 1 < cells) row[below + 1] = covered * (at - below);
  }
  return weights;
}

function interleaved(values: Float64Array): Float64Array {
  const out = new Float64Array(2 * values.length);
  values.forEach((value, i) => {
    out[2 * i] = value;
  });
  return out;
}

/** Light that went through a mask [n, n]; the waves of a pupil's reference go through its samples around their places. */
export function throughMask(ops: Ops, light: Field | Pupil, mask: Real | Complex): Field | Pupil {
  const samples = ops.multiply(mask, light.samples);
  if (light.kind === 'field') return { ...light, samples, planeWaves: null };
  const reference = referenceThroughSamples(ops, light, mask);
  return { ...light, samples, reference };
}
