import { expect, it } from 'vitest';
import { clippedNote, LEFT_OUT, markedNumbers, notNumbersProblem, withoutMarks } from './clipped.ts';

const holed = Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY);

it('marks pixels that are not numbers and counts them in a sentence', () => {
  const { data, level } = markedNumbers(holed, null);
  expect(level).toBe(LEFT_OUT);
  expect(Array.from(data, (value) => value >= LEFT_OUT)).toEqual([false, true, false, true, false, true]);
  expect(clippedNote(data, level)).toMatch(/^3 pixels are not numbers .*50 %.*left out\.$/);
  expect(markedNumbers(Float32Array.of(1, 2), 255)).toEqual({ data: Float32Array.of(1, 2), level: 255 });
});

it('has the mean of the others in place of them', () => {
  expect([...withoutMarks(holed)]).toEqual([1, 2, 3, 2, 2, 2]);
  expect([...withoutMarks(Float32Array.of(4, LEFT_OUT, 8))]).toEqual([4, 6, 8]);
});

it('refuses them where all pixels are needed', () => {
  expect(notNumbersProblem('a.npy', holed)).toContain('“a.npy” contains 3 pixels that are not numbers');
  expect(notNumbersProblem('a.npy', Float32Array.of(1))).toBeNull();
});
