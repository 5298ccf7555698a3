import { describe, expect, it } from 'vitest';
import type { Design } from '../graph/document.ts';
import { halfGrid } from './fit/draftGrid.ts';
import type { FollowOrder } from './fit/follow.ts';
import { FollowLoop } from './followLoop.ts';
import type { Followed, FromEngine } from './protocol.ts';
import type { FollowLook, FollowPage, Session } from './session.ts';

const named = (title: string) => ({ title, grid: { samples: 64, pitch: 1 } }) as unknown as Design;
const RESULT: Followed = { values: {}, maps: [], loss: 0, steps: 0, evaluations: 0, atBound: [] };

/** An engine whose values come to rest a few steps after each goal; what happens between its steps is up to the test. */
function engine(stepsToRest = 3, milliseconds = 2) {
  const posted: FromEngine[] = [];
  const aims: string[] = [];
  let seq = 0;
  let between: (step: number) => void = () => undefined;
  let isFitWaiting = false;
  const session = {
    async follow(design: Design, page: FollowPage): Promise<Followed> {
      aims.push(design.title);
      let left = stepsToRest;
      for (let step = 0; ; step++) {
        between(step);
        const progress = { iteration: step, loss: 1, phase: 'fit', searched: null, values: {} } as const;
        const look: FollowLook = {
          ...{ progress, maps: () => [], isAtRest: left <= 0, atBound: () => ['Tip'], milliseconds },
          look: async () => ({ views: [], previews: [], loss: 1 }),
        };
        const order: FollowOrder = await page.onStep(look);
        if (order.kind === 'end') return { ...RESULT, steps: step };
        if (order.kind === 'aim') {
          const { title, grid } = order.design;
          aims.push(grid.samples === 64 ? title : `${title} on ${grid.samples}`);
          left = stepsToRest;
        } else left--;
      }
    },
    draftOf: async (design: Design) => (design.title.startsWith('fine') ? null : halfGrid(design)),
  } as unknown as Session;
  const loop = new FollowLoop({
    post: (message) => posted.push(message),
    breathe: () => new Promise((resolve) => setTimeout(resolve)),
    mustYield: () => isFitWaiting,
    fail: (failed, error) =>
      posted.push({ type: 'failed', seq: failed, code: 'internal', message: String(error), issues: [] }),
  });
  const request = (title: string) => ({
    ...{ seq: ++seq, revision: seq, design: named(title), views: [], previews: [] },
  });
  return {
    posted,
    aims,
    loop,
    session,
    follow: (title: string) => loop.receive({ type: 'follow', ...request(title) }),
    retarget: (title: string) => loop.receive({ type: 'retarget', ...request(title) }),
    end: (how: 'stop' | 'settle') => loop.receive({ type: 'endFollow', seq: ++seq, how }),
    fitWaits: () => {
      isFitWaiting = true;
    },
    between: (what: (step: number) => void) => {
      between = what;
    },
  };
}

it('goes for the newest goal only, and settles when it is let go', async () => {
  const e = engine();
  e.follow('first');
  e.between((step) => {
    if (step !== 1) return;
    for (const title of ['second', 'third', 'fourth']) e.retarget(title);
    e.end('settle');
  });
  await e.loop.run(e.session);
  expect(e.aims).toEqual(['first', 'fourth']);
  const last = e.posted.at(-1);
  // Revision 4 is that of the fourth goal; rest came three steps after it.
  expect(last).toMatchObject({ type: 'followDone', seq: 1, revision: 4 });
  expect(e.posted.filter(({ type }) => type === 'following').at(-1)).toMatchObject({ seq: 1, revision: 4 });
});

it('waits at rest for the next goal, and ends at once when it is stopped', async () => {
  const e = engine(0);
  e.follow('first');
  const running = e.loop.run(e.session);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(e.posted.some(({ type }) => type === 'followDone')).toBe(false);
  e.retarget('second');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(e.aims).toEqual(['first', 'second']);
  e.end('stop');
  await running;
  expect(e.posted.at(-1)?.type).toBe('followDone');
});

it('makes room for another one, whose end it does not take for its own', async () => {
  const e = engine();
  e.follow('first');
  e.between((step) => {
    if (step !== 1) return;
    e.follow('other');
    e.end('settle');
  });
  await e.loop.run(e.session);
  expect(e.loop.isWaiting).toBe(true);
  e.between(() => undefined);
  await e.loop.run(e.session);
  expect(e.aims).toEqual(['first', 'other']);
  expect(e.posted.filter(({ type }) => type === 'followDone').map(({ seq }) => seq)).toEqual([1, 2]);
});

it('makes room for a fit that waits, also at rest with the goal still held', async () => {
  const e = engine(0);
  e.follow('first');
  const running = e.loop.run(e.session);
  await new Promise((resolve) => setTimeout(resolve, 20));
  e.fitWaits();
  await running;
  expect(e.posted.at(-1)?.type).toBe('followDone');
});

it('shows a guess where its loss is good, and no other', async () => {
  const e = engine();
  const asked: (number | null)[] = [];
  const session = {
    async follow(_: Design, page: FollowPage): Promise<Followed> {
      const progress = { iteration: 0, loss: 9, phase: 'fit', searched: null, values: {} } as const;
      const look: FollowLook = {
        ...{ progress, maps: () => [], isAtRest: false, atBound: () => [], milliseconds: 2 },
        look: async () => ({ views: [], previews: [], loss: 2 }),
      };
      asked.push(await page.onGuess(look, (loss) => loss < 2));
      expect(e.posted).toEqual([]);
      asked.push(await page.onGuess(look, (loss) => loss < 3));
      return RESULT;
    },
  } as unknown as Session;
  e.follow('first');
  await e.loop.run(session);
  expect(asked).toEqual([2, 2]);
  expect(e.posted.filter(({ type }) => type === 'following')).toMatchObject([{ progress: { loss: 2 } }]);
});

it('pictures each place of the goal once values have followed it, and no more of it while a newer one waits', async () => {
  const e = engine(2);
  e.follow('first');
  const awaited: boolean[] = [];
  const follow = e.session.follow.bind(e.session);
  const session = {
    follow: (design: Design, page: FollowPage) =>
      follow(design, {
        ...page,
        onStep: async (look) => {
          awaited.push(await page.isAwaited());
          return page.onStep(look);
        },
      }),
  } as unknown as Session;
  e.between((step) => {
    // One is at rest two steps after it; the third comes at that moment.
    if (step === 1) e.retarget('second');
    if (step === 4) {
      e.retarget('third');
      e.end('settle');
    }
  });
  await e.loop.run(session);
  const seen = e.posted.flatMap((m) => (m.type === 'following' ? [[m.progress.iteration, m.revision]] : []));
  // Step 4 would show the second place at rest.
  expect(seen.filter(([step = 0]) => step > 0)).toEqual([
    [1, 1],
    [2, 2],
    [5, 3],
    [7, 3],
  ]);
  expect(e.posted.findLast(({ type }) => type === 'following')).toMatchObject({ rest: { atBound: ['Tip'] } });
  // The first picture of a place is waited for as a newer place is.
  expect(awaited).toEqual([true, true, true, false, true, true, false, false]);
});

describe('light that is slow', () => {
  it('is drafted on half its grid while the goal is held, says so, and is refined when it is let go', async () => {
    const e = engine(3, 50);
    e.follow('first');
    e.between((step) => {
      if (step === 2) e.retarget('second');
      if (step === 4) e.end('settle');
    });
    await e.loop.run(e.session);
    expect(e.aims).toEqual(['first', 'first on 32', 'second on 32', 'second']);
    const seen = e.posted.flatMap((m) =>
      m.type === 'following' ? [[m.revision, m.progress.iteration, m.isDraft === true]] : [],
    );
    expect(seen).toEqual([
      [1, 1, true],
      [2, 3, true],
      [2, 5, false],
      [2, 8, false],
    ]);
  });

  it('goes on with the newest place on the whole grid where it is let go meanwhile', async () => {
    const e = engine(3, 50);
    e.follow('first');
    e.between((step) => {
      if (step !== 2) return;
      e.retarget('second');
      e.end('settle');
    });
    await e.loop.run(e.session);
    expect(e.aims).toEqual(['first', 'first on 32', 'second']);
  });

  it('keeps its grid where half of it is too coarse, steps are fast, or nothing holds the goal', async () => {
    for (const [title, milliseconds] of [
      ['fine', 50],
      ['first', 30],
    ] as const) {
      const e = engine(3, milliseconds);
      e.follow(title);
      e.between((step) => {
        if (step === 2) e.end('settle');
      });
      await e.loop.run(e.session);
      expect(e.aims).toEqual([title]);
    }
    const e = engine(3, 50);
    e.follow('first');
    e.end('settle');
    await e.loop.run(e.session);
    expect(e.aims).toEqual(['first']);
  });
});

it('says what went wrong', async () => {
  const e = engine();
  e.follow('first');
  e.between(() => {
    throw new Error('Nothing is learnable.');
  });
  await e.loop.run(e.session);
  expect(e.posted).toMatchObject([{ type: 'failed', seq: 1, message: 'Error: Nothing is learnable.' }]);
  expect(e.loop.isWaiting).toBe(false);
});
