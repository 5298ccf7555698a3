import { describe, expect, it } from 'vitest';
import type { ImportSummary } from '../stores/targetImports.ts';
import { type PartDraft, partTexts, readPart } from './importFields.ts';

const summary: ImportSummary = {
  source: 'file',
  name: 'beads.tif',
  planes: 101,
  rows: 128,
  columns: 140,
  crop: { y0: 13, y1: 124, x0: 10, x1: 121 },
  chosen: { start: 1, stop: 101, step: 4 },
  background: null,
  whole: false,
};
const WHOLE: PartDraft = { x0: '0', x1: '139', y0: '0', y1: '127', plane0: '0', plane1: '100', every: '1' };

describe('fields of the part in use', () => {
  it('show the last pixel, and read back what they show', () => {
    expect(partTexts(summary)).toEqual({
      x0: '10',
      x1: '120',
      y0: '13',
      y1: '123',
      plane0: '1',
      plane1: '100',
      every: '4',
    });
    expect(readPart(summary, {})).toEqual({ ok: true, crop: summary.crop, planes: summary.chosen });
  });

  it('mean all of it where they name all of it', () => {
    expect(readPart(summary, WHOLE)).toEqual({ ok: true, crop: null, planes: null });
    expect(readPart(summary, { ...WHOLE, every: '2' })).toMatchObject({
      crop: null,
      planes: { start: 0, stop: 101, step: 2 },
    });
    expect(readPart(summary, { ...WHOLE, y0: ' 1 ' })).toMatchObject({
      crop: { y0: 1, y1: 128, x0: 0, x1: 140 },
      planes: null,
    });
  });

  it.each([
    [{ x1: '140' }, 'x1', '“beads.tif” has 140 columns: give a whole number from 0 to 139.'],
    [{ y0: '-1' }, 'y0', '“beads.tif” has 128 rows: give a whole number from 0 to 127.'],
    [{ x0: '1.5' }, 'x0', 'whole number'],
    [{ x0: '' }, 'x0', 'whole number'],
    [{ x0: '1e2' }, 'x0', 'whole number'],
    [{ every: '0' }, 'every', 'from 1, for every plane, to 101'],
    [{ plane1: '101' }, 'plane1', '101 planes'],
    [{ x0: '120' }, 'x0', 'The last column must come after the first, 120.'],
    [{ x1: '10' }, 'x1', 'The last column must come after the first, 10.'],
    [{ plane1: '0' }, 'plane1', 'The last plane must not come before the first, 1.'],
  ] as const)('refuse %j at %s', (draft, field, sentence) => {
    expect(readPart(summary, draft)).toEqual({
      ok: false,
      field,
      reason: expect.stringContaining(sentence),
    });
  });

  it('allow one plane, and two ends that only together make sense', () => {
    expect(readPart(summary, { plane0: '5', plane1: '5' })).toMatchObject({
      planes: { start: 5, stop: 6 },
    });
    expect(readPart(summary, { x0: '125', x1: '130' })).toMatchObject({ crop: { x0: 125, x1: 131 } });
  });
});
