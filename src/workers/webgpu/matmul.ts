/** Batched complex matrix products. */
import { broadcastShape, type MatmulFlags, sizeOf } from '../../optics/ops/kernels.ts';
import { mergeAxes, pairOffsets, pairUniforms } from './elementwise.ts';
import { runProgram, type WebgpuArray } from './program.ts';

/** Rows and columns of the product that one thread keeps in registers; loads per product fall by this factor. */
const TILE = 4;
/** Terms added before the partial sum joins the total, so that rounding grows with n/BLOCK + BLOCK, not n. */
const BLOCK = 32;

function matmulCode(batchAxes: number): string {
  const tile = Array.from({ length: TILE }, (_, index) => index);
  const cells = tile.flatMap((row) => tile.map((column) => ({ row, column, name: `${row}${column}` })));
  const each = (write: (cell: (typeof cells)[number]) => string) => cells.map(write).join('\n');
  return `
    fn compute(g : u32) {
      let row = g / uniforms.columnThreads;
      let column = g - row * uniforms.columnThreads;
      let batch = row / uniforms.rowThreads;
      let top = row - batch * uniforms.rowThreads;
      var rest = batch;
      ${pairOffsets(batchAxes)}
      // Rows and columns lie one thread count apart, so that neighbouring threads load neighbouring samples;
      // those beyond the edge repeat the last one and are not stored.
      ${tile
        .map(
          (index) => `
            let m${index} = top + ${index}u * uniforms.rowThreads;
            let n${index} = column + ${index}u * uniforms.columnThreads;
            var pa${index} = ia + min(m${index}, uniforms.rows - 1u) * uniforms.aRow;
            var pb${index} = ib + min(n${index}, uniforms.columns - 1u) * uniforms.bColumn;`,
        )
        .join('\n')}
      ${each(({ name }) => `var total${name} = vec2<f32>(0.0);`)}
      for (var start = 0u; start < uniforms.terms; start += ${BLOCK}u) {
        let end = min(start + ${BLOCK}u, uniforms.terms);
        ${each(({ name }) => `var sum${name} = vec2<f32>(0.0);`)}
        for (var k = start; k < end; k++) {
          ${tile
            .map(
              (index) => `
                let a${index} = a[pa${index}]; pa${index} += uniforms.aColumn;
                let b${index} = b[pb${index}] * vec2<f32>(1.0, uniforms.signB); pb${index} += uniforms.bRow;
                let c${index} = vec2<f32>(-b${index}.y, b${index}.x);
                let y${index} = uniforms.signA * a${index}.y;`,
            )
            .join('\n')}
          ${each(({ row, column, name }) => `sum${name} += a${row}.x * b${column} + y${row} * c${column};`)}
        }
        ${each(({ name }) => `total${name} += sum${name};`)}
      }
      let base = batch * uniforms.rows * uniforms.columns;
      ${each(
        ({ row, column, name }) => `
          if (m${row} < uniforms.rows && n${column} < uniforms.columns) {
            result[base + m${row} * uniforms.columns + n${column}] = total${name};
          }`,
      )}
    }`;
}

/** Complex matrix product over the last two axes; see `Kernels.matmul`. */
export function matmul(a: WebgpuArray, b: WebgpuArray, flags: MatmulFlags = {}): WebgpuArray {
  const [aRows = 1, aColumns = 1] = a.shape.slice(-2);
  const [bRows = 1, bColumns = 1] = b.shape.slice(-2);
  const [rows, terms] = flags.transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bTerms, columns] = flags.transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (terms !== bTerms) {
    throw new Error(`Matrices [${a.shape.join(', ')}] and [${b.shape.join(', ')}] do not multiply.`);
  }
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcastShape(batchA, batchB);
  const axes = mergeAxes(batch, batchA, batchB).map((axis) => ({
    length: axis.length,
    strideA: axis.strideA * aRows * aColumns,
    strideB: axis.strideB * bRows * bColumns,
  }));
  const rowThreads = Math.ceil(rows / TILE);
  const columnThreads = Math.ceil(columns / TILE);
  const shape = [...batch, rows, columns];
  const tensor = runProgram(
    {
      kernel: 'LuminodeMatmul',
      key: `${axes.length}`,
      inputs: { a: 'complex', b: 'complex' },
      output: 'complex',
      code: () => matmulCode(axes.length),
    },
    { a: a.tensor, b: b.tensor },
    shape,
    sizeOf(batch) * rowThreads * columnThreads,
    [
      { name: 'rows', type: 'u32', value: [rows] },
      { name: 'columns', type: 'u32', value: [columns] },
      { name: 'terms', type: 'u32', value: [terms] },
      { name: 'rowThreads', type: 'u32', value: [rowThreads] },
      { name: 'columnThreads', type: 'u32', value: [columnThreads] },
      { name: 'aRow', type: 'u32', value: [flags.transposeA ? 1 : aColumns] },
      { name: 'aColumn', type: 'u32', value: [flags.transposeA ? aColumns : 1] },
      { name: 'bRow', type: 'u32', value: [flags.transposeB ? 1 : bColumns] },
      { name: 'bColumn', type: 'u32', value: [flags.transposeB ? bColumns : 1] },
      { name: 'signA', type: 'f32', value: [flags.conjugateA ? -1 : 1] },
      { name: 'signB', type: 'f32', value: [flags.conjugateB ? -1 : 1] },
      ...pairUniforms(axes),
    ],
  );
  return { shape, dtype: 'complex', tensor };
}
