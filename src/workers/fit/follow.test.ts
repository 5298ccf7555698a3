import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { dragTheRing } from '../../graph/examples/dragTheRing.ts';
import { setAt } from '../../graph/paths.ts';
import type { Followed } from '../protocol.ts';
import { createSession, type FollowLook } from '../session.ts';
import type { FollowOrder } from './follow.ts';

const session = await createSession('wasm');
const { design, goal } = dragTheRing;

const withRing = (from: Design, x: number, y: number): Design =>
  setAt(setAt(from, registry, 'goal.spots.0.x', x), registry, 'goal.spots.0.y', y);

const reached = (from: Design, { values }: Followed): Design =>
  Object.entries(values).reduce((d, [path, value]) => setAt(d, registry, path, value), from);

/** Follows some goals one after the other, each until nothing moves any more. */
async function followed(designs: readonly [Design, ...Design[]], outdated: () => boolean = () => false) {
  const [first, ...others] = designs;
  const rests: FollowLook[] = [];
  const result = await session.follow(first, {
    isAwaited: async () => outdated(),
    onGuess: async () => null,
    onStep: async (look): Promise<FollowOrder> => {
      if (!look.isAtRest) return { kind: 'goOn' };
      rests.push(look);
      const next = others.shift();
      return next === undefined ? { kind: 'end' } : { kind: 'aim', design: next };
    },
  });
  return { result, rests };
}

describe('a goal that is followed', { timeout: 60_000 }, () => {
  it('finds the tilt of x NA/2λ waves RMS that puts the light into the ring', async () => {
    const { result } = await followed([design]);
    if (goal === undefined) throw new Error('The ring has no goal.');
    expect(goal.measure(design)).toBeGreaterThan(goal.limit);
    expect(goal.measure(reached(design, result))).toBeLessThan(goal.limit);
    expect(result.atBound).toEqual([]);
  });

  it('goes on from where it is when the goal moves on: a few evaluations for each place', async () => {
    // As a pointer goes: 3 pixels at a time.
    const way = Array.from({ length: 5 }, (_, i) => withRing(design, (6 - 0.6 * i) * 1e-6, -4e-6));
    const { result: alone } = await followed([design]);
    const { result } = await followed([design, ...way]);
    const last = goal?.measure(withRing(reached(design, result), 6e-6, -4e-6));
    // It went all the way: the last place is 2.4 µm from the first, by which goes 0.6 µm of path.
    expect(last).toBeCloseTo(0.6e-6, 7);
    // Two or three to be there, the others to see that nothing is left to gain.
    expect((result.evaluations - alone.evaluations) / way.length).toBeLessThan(18);
  });

  it('stands where the goal is wanted before a step is taken, once it knows the way', async () => {
    const way = Array.from({ length: 5 }, (_, i) => withRing(design, (6 - 0.6 * (i + 1)) * 1e-6, -4e-6));
    const [goals, seen]: [Design[], number[]] = [[...way], []];
    let [aimed, steps] = [0, 0];
    await session.follow(design, {
      isAwaited: async () => false,
      onGuess: async ({ progress: { values }, look }, isGood) => {
        const { loss } = await look({});
        expect(loss !== null && isGood(loss)).toBe(true);
        // Pixels from where the tilt of x NA/2 puts the light.
        seen.push(((values['pupil.zernike.2'] ?? 0) / 0.25 - (6 - 0.6 * aimed) * 1e-6) / 0.2e-6);
        return loss;
      },
      onStep: async ({ isAtRest }) => {
        steps++;
        const next = isAtRest || steps > 40 ? goals.shift() : null;
        if (next === undefined) return { kind: 'end' };
        if (next === null) return { kind: 'goOn' };
        aimed++;
        return { kind: 'aim', design: next };
      },
    });
    // The first place tells of no way. Guesses fall short by a hundredth of the three pixels, and by what the steps
    // before have left to gain.
    expect(seen.length).toBeGreaterThanOrEqual(way.length - 1);
    expect(Math.max(...seen.map(Math.abs))).toBeLessThan(0.2);
  });

  it('gets there after wild jumps, by which steps throw the light out of the picture', async () => {
    // Park and Miller's numbers.
    let seed = 1;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    for (let drag = 0; drag < 4; drag++) {
      const places = Array.from({ length: 6 }, () => [(random() - 0.5) * 22e-6, (random() - 0.5) * 22e-6]);
      let [[x = 0, y = 0], wait]: [number[], number] = [[], 0];
      const { values } = await session.follow(design, {
        isAwaited: async () => random() < 0.5,
        onGuess: async () => null,
        onStep: async ({ isAtRest }) => {
          if (--wait > 0 && !isAtRest) return { kind: 'goOn' };
          const next = places.shift();
          if (next === undefined) return { kind: isAtRest ? 'end' : 'goOn' };
          [[x = 0, y = 0], wait] = [next, Math.floor(random() * 6)];
          return { kind: 'aim', design: withRing(design, x, y) };
        },
      });
      // A tenth of a pixel: the camera's rim cuts off far rings of light.
      expect(Math.abs((values['pupil.zernike.2'] ?? 0) / 0.25 - x)).toBeLessThan(0.02e-6);
      expect(Math.abs((values['pupil.zernike.3'] ?? 0) / 0.25 - y)).toBeLessThan(0.02e-6);
    }
  });

  it('leaves alone what is not learned, and takes over where something else is learned', async () => {
    const onlyTip = { ...withRing(design, 2e-6, 3e-6), learn: ['pupil.zernike.2'] };
    const { result } = await followed([design, onlyTip]);
    expect(Object.keys(result.values)).toEqual(['pupil.zernike.2']);
    // From the values of the design, whose tip is 0; y cannot follow and makes the light broad in y only.
    expect(result.values['pupil.zernike.2']).toBeCloseTo((2e-6 * 0.5) / 2, 7);
  });

  it('tells limits that are in the way', async () => {
    const { result } = await followed([{ ...withRing(design, 0, 0), learn: ['camera.blur'] }]);
    expect(result.atBound).toEqual(['Camera: Blur']);
  });

  it('cuts a step short when a newer goal waits, at the best place that it has seen', async () => {
    const { result } = await followed([design, withRing(design, -6e-6, 5e-6)], () => true);
    expect(result.loss).toBeLessThan(10);
  });

  it('says what is wrong where nothing can follow', async () => {
    await expect(followed([{ ...design, learn: [] }])).rejects.toThrow('Nothing is marked as learnable');
  });
});
