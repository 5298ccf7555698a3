import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure, UsageError } from './io.ts';
import { parseCrop, parseSlice, resolveSlice } from './slices.ts';

const planes = (text: string, length: number) =>
  resolveSlice(parseSlice('--planes', text, 'a:b:step', true), length, 'planes');

describe('slices', () => {
  // Expected values are those of Python's slice(...).indices(10), worked out by hand.
  it.each([
    ['2:5', 2, 5, 1],
    [':', 0, 10, 1],
    ['3:', 3, 10, 1],
    [':4', 0, 4, 1],
    ['-3:', 7, 10, 1],
    [':-2', 0, 8, 1],
    ['1:100:4', 1, 10, 4],
    ['::2', 0, 10, 2],
    ['-100:3', 0, 3, 1],
    [' 1 : 2 ', 1, 2, 1],
  ])('reads %s', (text, start, stop, step) => {
    expect(planes(text, 10)).toEqual({ start, stop, step });
  });

  it('takes the same items as Array.slice, for any bounds', () => {
    const bound = fc.option(fc.integer({ min: -30, max: 30 }), { nil: null });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 1, max: 20 }), (a, b, length) => {
        const items = Array.from({ length }, (_, i) => i);
        const expected = items.slice(a ?? 0, b ?? length);
        const text = `${a ?? ''}:${b ?? ''}`;
        if (expected.length === 0) {
          expect(() => planes(text, length)).toThrow(Failure);
          return;
        }
        const { start, stop } = planes(text, length);
        expect(items.slice(start, stop)).toEqual(expected);
      }),
    );
  });

  it.each(['', '5', '1:2:3:4', 'a:b', '1.5:2', '1:2:0', '1:2:-1', '1-2', ':::'])('refuses “%s”', (text) => {
    expect(() => planes(text, 10)).toThrow(UsageError);
  });

  it('says so when nothing is left', () => {
    expect(() => planes('8:3', 10)).toThrow('8:3 leaves none of the 10 planes of the image.');
  });

  it('reads a crop as rows, then columns', () => {
    const { rows, columns } = parseCrop('10:20,:-5');
    expect(resolveSlice(rows, 100, 'rows')).toEqual({ start: 10, stop: 20, step: 1 });
    expect(resolveSlice(columns, 50, 'columns')).toEqual({ start: 0, stop: 45, step: 1 });
  });

  it.each(['1:2', '1:2,3:4,5:6', '1:2;3:4', '1:2,3', '1:2:2,3:4'])('refuses the crop “%s”', (text) => {
    expect(() => parseCrop(text)).toThrow(UsageError);
  });
});
