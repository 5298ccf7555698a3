import { expect, test } from 'vitest';
import { type LocalisedFrame, localisationTable } from './localisations.ts';
import { CHUNK, framesOf, NO_FRAMES, withFrame } from './localisedFrames.ts';

function frame(index: number, statuses: readonly ('good' | 'faint')[]): LocalisedFrame {
  const emitters = statuses.map((status) => ({
    ...{
      x: index,
      y: 0,
      z: 0,
      photons: 1,
      background: 1,
      chiSquare: 1,
      score: 9,
      neighbours: 0,
      together: 1,
      status,
    },
    errors: [1, 1, 1, 1, 1] as const,
  }));
  return { frame: index, pitch: 1e-7, emitters, problem: null, milliseconds: 1 };
}

test('frames come out as they went in, and chunks that are full are handed on untouched', () => {
  const count = 2 * CHUNK + 3;
  let all = NO_FRAMES;
  for (let k = 0; k < count - 1; k++) all = withFrame(all, frame(k, ['good', 'faint']));
  const next = withFrame(all, frame(count - 1, ['good']));
  expect(Array.from(framesOf(next), (each) => each.frame)).toEqual(
    Array.from({ length: count }, (_, k) => k),
  );
  expect(next).toMatchObject({ frames: count, emitters: 2 * count - 1, good: count });
  expect(next.chunks.slice(0, -1)).toEqual(all.chunks.slice(0, -1));
  next.chunks.slice(0, -1).forEach((chunk, k) => {
    expect(chunk).toBe(all.chunks[k]);
  });
  // What was handed out before stays as it was.
  expect(all.frames).toBe(count - 1);
  expect(all.chunks.at(-1)).toHaveLength(2);
});

test('the rows that are shown ask for no more frames than they need', () => {
  let asked = 0;
  function* movie(): Iterable<LocalisedFrame> {
    for (; asked < 1000; ) yield frame(asked++, ['good', 'good', 'good']);
  }
  const columns = localisationTable(movie(), 7);
  expect(columns.map(({ values }) => values.length)).toEqual(columns.map(() => 7));
  expect(columns[1]?.values).toEqual([1, 1, 1, 2, 2, 2, 3]);
  expect(asked).toBe(3);
});
