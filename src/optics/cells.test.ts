import { describe, expect, it } from 'vitest';
import { fillingLayout, spreadCells } from './cells.ts';
import { SeededRandom } from './maths/random.ts';
import { createFloat64Kernels } from './ops/kernels.f64.ts';
import { Ops } from './ops/ops.ts';

async function spread(n: number, cells: number, side: number, middle: number, between: 'nearest' | 'linear') {
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  const random = new SeededRandom(4);
  const values = Float64Array.from({ length: cells * cells }, () => random.uniform());
  const map = ops.upload(values, [cells, cells], 'real');
  const [data = new Float64Array()] = await ops.read([spreadCells(ops, map, n, { side, middle }, between)]);
  ops.close(scope);
  return { values, data };
}

/** Share of cell `cell` in sample `sample` by a sum over a fine subdivision. */
function share(n: number, cells: number, side: number, middle: number, sample: number, cell: number) {
  const left = middle - (side * cells) / 2 + cell * side;
  let inside = 0;
  const parts = 2000;
  for (let k = 0; k < parts; k++) {
    const x = sample - Math.floor(n / 2) - 0.5 + (k + 0.5) / parts;
    if (x > left && x < left + side) inside += 1 / parts;
  }
  return inside;
}

describe('cells on samples', () => {
  it.each([
    ['copies, even', 12, 4, 3, -0.5],
    ['copies, odd', 15, 5, 3, 0],
    ['copies with a margin', 16, 4, 3, -0.5],
    ['cells of a broken number of samples', 16, 6, 2.3, -0.5],
    ['cells finer than samples', 7, 9, 0.7, 0],
    ['a pupil', 16, 6, 14 / 6, 0],
  ])('are means by area: %s', async (_name, n, cells, side, middle) => {
    const { values, data } = await spread(n, cells, side, middle, 'nearest');
    const along = (sample: number) =>
      Array.from({ length: cells }, (_, cell) => share(n, cells, side, middle, sample, cell));
    for (let row = 0; row < n; row++) {
      const ofRow = along(row);
      for (let column = 0; column < n; column += 3) {
        const ofColumn = along(column);
        let expected = 0;
        for (let i = 0; i < cells * cells; i++) {
          const [y, x] = [Math.floor(i / cells), i % cells];
          expected += (ofRow[y] ?? 0) * (ofColumn[x] ?? 0) * (values[i] ?? 0);
        }
        // The subdivision of the test resolves 1/2000 of a sample along each axis.
        expect(Math.abs((data[row * n + column] ?? 0) - expected)).toBeLessThan(3e-3);
      }
    }
  });

  it('follow a straight line between their middles', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const [cells, n] = [5, 20];
    const ramp = Float64Array.from({ length: cells * cells }, (_, i) => i % cells);
    const map = ops.upload(ramp, [cells, cells], 'real');
    const layout = { side: 4, middle: -0.5 };
    const [data = []] = await ops.read([spreadCells(ops, map, n, layout, 'linear')]);
    ops.close(scope);
    // Sample s lies at (s - 9.5) / 4 + 2 cells; half a cell at each end has nothing beyond it. Rounding only.
    for (let s = 0; s < n; s++) {
      const expected = Math.min(4, Math.max(0, (s - 9.5) / 4 + 2));
      expect(data[7 * n + s]).toBeCloseTo(expected, 12);
    }
  });

  it('fill a window and the square around a disc', () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const samples = ops.upload(new Float64Array(2 * 256), [16, 16], 'complex');
    expect(fillingLayout({ kind: 'field', samples }, 4)).toEqual({ side: 4, middle: -0.5 });
    ops.close(scope);
    const grid = { samples: 16, radius: 7 };
    expect(fillingLayout({ kind: 'pupil', grid }, 7)).toEqual({ side: 2, middle: 0 });
  });
});
