import { describe, expect, it } from 'vitest';
import type { TableRow } from '../optics/element.ts';
import { tableFromText, tableToText } from './tableText.ts';
import { fakeRegistry } from './testSupport.ts';

const found = fakeRegistry.get('spheres')?.params['particles'];
if (found?.kind !== 'table') throw new Error('No table.');
const spec = found;
const UNITS = { x: 'µm', radius: 'nm' };
const ROWS: readonly TableRow[] = [
  { x: 1.5e-6, radius: 500e-9, group: 'A' },
  { x: -2e-6, radius: 500e-9, group: 'A' },
  { x: 0, radius: 1e-6 },
];

describe('tables as text', () => {
  it('come back from a spreadsheet and from a file, in the units that are shown', () => {
    expect(tableToText(spec, ROWS, UNITS, '\t')).toBe(
      'x (µm)\tradius (nm)\tgroup\n1.5\t500\tA\n-2\t500\tA\n0\t1000\t\n',
    );
    for (const separator of ['\t', ','] as const) {
      const read = tableFromText(spec, tableToText(spec, ROWS, UNITS, separator), UNITS);
      expect(read.ok && read.rows).toHaveLength(3);
      if (!read.ok) continue;
      read.rows.forEach((row, i) => {
        expect(row['group']).toBe(ROWS[i]?.['group']);
        // One rounding in each direction.
        for (const column of ['x', 'radius'])
          expect(Number(row[column])).toBeCloseTo(Number(ROWS[i]?.[column]), 18);
      });
    }
  });

  it.each([
    ['bare numbers in the order of the columns', '1\t250\n2\t300', [1e-6, 250e-9]],
    ['heads in any order with units of their own', 'Radius (µm);x [nm]\n0.25;1000', [1e-6, 250e-9]],
    ['decimals with commas', 'x\tradius\n1,0\t250', [1e-6, 250e-9]],
    ['empty cells, which have the default', 'x,radius\n1,', [1e-6, undefined]],
    ['quoted cells that hold the separator', '"x";"radius (nm)"\n"1,0";"250"', [1e-6, 250e-9]],
    ['a minus of typographers', '−1\t250', [-1e-6, 250e-9]],
  ])('may be %s', (_, text, [x, radius]) => {
    const read = tableFromText(spec, text, UNITS);
    const row = read.ok ? read.rows[0] : undefined;
    expect(row?.['x']).toBeCloseTo(x ?? 0, 15);
    if (radius === undefined) expect(row?.['radius']).toBeUndefined();
    else expect(row?.['radius']).toBeCloseTo(radius, 15);
  });

  it.each([
    ['x,radius,group\n1,250,"bright, ""round"""', 'bright, "round"'],
    ['x,radius,group\n"1",250,"6"" disc, thin"', '6" disc, thin'],
    ['x,radius,group\n1,250,5" disc', '5" disc'],
  ])('keep what is in quotation marks together: %j', (text, group) => {
    const read = tableFromText(spec, text, UNITS);
    expect(read).toMatchObject({ ok: true, rows: [{ group }] });
  });

  it.each([
    ['x\traduis\n1\t2', 'Did you mean radius?'],
    ['x\tx (nm)\n1\t2', 'Two columns are named x: leave one out.'],
    ['radius (µm),x,Radius\n1,2,3', 'Two columns are named radius'],
    ['x (kg)\n1', '“kg” is no unit of x'],
    ['x\tradius\n1\tbig', 'Line 2: radius: “big” is not a number'],
    ['1\t0', 'Line 1: radius: 0 is out of range'],
    ['x\tradius\n', 'There is no sphere'],
    [Array(21).fill('1\t250').join('\n'), 'at most 20 spheres'],
  ])('say what cannot be read: %j', (text, reason) => {
    expect(tableFromText(spec, text, UNITS)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason) as string,
    });
  });
});
