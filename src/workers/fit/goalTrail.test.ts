import { describe, expect, it } from 'vitest';
import { GoalTrail, type Rest } from './goalTrail.ts';

/** Values follow a goal along a straight line: tilts of a quarter of the place, in units of their own. */
const restAt = (x: number, y: number, value = 1): Rest => ({
  goal: Float64Array.of(1e-6 * x, 1e-6 * y, 1),
  point: Float64Array.of(0.25 * x, -0.5 * y, 7),
  value,
});

/** A trail whose last place is given back. */
function trailOf(...rests: readonly [Rest, ...Rest[]]) {
  const trail = new GoalTrail();
  for (const rest of rests) trail.note(rest);
  return { trail, last: rests.at(-1) ?? rests[0] };
}

const predicted = (rests: readonly [Rest, ...Rest[]], x: number, y: number): number[] | null => {
  const { trail, last } = trailOf(...rests);
  const point = trail.predict(last, restAt(x, y).goal);
  return point === null ? null : [...point];
};

describe('where values are wanted for a goal that moves on', () => {
  it('is told by the way so far, in all directions that were gone', () => {
    const [tip, tilt, other] = predicted([restAt(0, 0), restAt(4, 0), restAt(4, 3)], 6, 5) ?? [];
    // Secants are trusted to a tenth of their length, by which a guess falls short: a hundredth for each of the two.
    expect(tip).toBeCloseTo(0.25 * 6, 1);
    expect(tilt).toBeCloseTo(-0.5 * 5, 1);
    expect(other).toBe(7);
  });

  it('is not guessed without a way, across it, from places that are no goals, or far ahead', () => {
    expect(predicted([restAt(4, 0)], 5, 0)).toBeNull();
    expect(predicted([restAt(0, 0), restAt(4, 0)], 4, 3)).toBeNull();
    expect(predicted([restAt(0, 0, 50), restAt(4, 0)], 5, 0)).toBeNull();
    expect(predicted([restAt(0, 0), restAt(4, 0, 50)], 5, 0)).toBeNull();
    expect(predicted([restAt(0, 0), restAt(1, 0)], 30, 0)).toBeNull();
  });

  it('goes back to the last place that the light came to where it was lost', () => {
    const { trail } = trailOf(restAt(0, 0), restAt(4, 0), restAt(5, 0, 90));
    expect(trail.recall(80, restAt(8, 0).goal)?.[0]).toBeCloseTo(0.25 * 8, 1);
    expect(trail.recall(80, restAt(4, 3).goal)).toEqual(restAt(4, 0).point);
    expect(trail.recall(1.1, restAt(8, 0).goal)).toBeNull();
  });

  it('is told from the last place that the light came to where a fast goal has left it behind', () => {
    const [first, ...others] = [restAt(0, 0), restAt(1, 0), restAt(1, 1)];
    const { trail } = trailOf(first as Rest, ...others);
    for (let i = 0; i < 20; i++) trail.note(restAt(2 + i, 1, 60));
    const guess = trail.guess(restAt(22, 1, 60), restAt(3, 2).goal);
    // A hundredth short for each secant's length, two of which lead there.
    expect(guess?.[0]).toBeCloseTo(0.25 * 3, 1);
    expect(guess?.[1]).toBeCloseTo(-0.5 * 2, 1);
  });

  it('is gone on from where its loss is that of a goal, or a small share of the largest', () => {
    const { trail } = trailOf(restAt(0, 0, 100), restAt(4, 0, 1e-3));
    expect([0.3, 2.9, 3.1, Number.NaN].map((loss) => trail.isPromising(loss))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    // Where goals have not moved far yet, every loss is a large share of the largest.
    const { trail: young } = trailOf(restAt(0, 0, 1));
    expect(young.isPromising(1.2)).toBe(true);
  });

  it('takes a loss for good that is about as small as those before, measured by the largest', () => {
    const { trail } = trailOf(restAt(0, 0, 100), restAt(4, 0, 1e-3));
    expect(trail.isNear(0.3)).toBe(true);
    expect(trail.isNear(0.4)).toBe(false);
  });
});
