/** What single values are called. */
import { nollToDegree, zernikeName } from '../optics/maths/zernike.ts';
import type { PathTarget } from './paths.ts';
import { cellTitle, tableRows } from './tables.ts';

/** What a value is called: the term of Zernike coefficients, the cell of a table, else the parameter. */
export function valueTitle({ node, param, spec, nollIndex, cell }: PathTarget): string {
  if (cell !== null)
    return cellTitle(cell.table, tableRows(cell.table, node.params[param]), cell.row, cell.column);
  if (nollIndex === null) return spec.title;
  // Terms of a pupil go by their own names, sets of terms beside them by the set's, too.
  return param === 'zernike' ? zernikeTitle(nollIndex) : `${zernikeTitle(nollIndex)}, ${spec.title}`;
}

/** "Z6 vertical astigmatism": the index for those who know it, the name for those who do not. */
function zernikeTitle(nollIndex: number): string {
  const { n, m } = nollToDegree(nollIndex);
  return `Z${nollIndex} ${zernikeName(n, m)}`;
}
