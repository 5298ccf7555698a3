import { afterEach, expect, it, vi } from 'vitest';
import { earlyMoves } from './earlyMoves.ts';

afterEach(() => vi.unstubAllGlobals());

it('hears moves before their frame, not more than one in eight milliseconds, while a drag lasts', () => {
  class Move extends Event {
    override readonly timeStamp: number;
    constructor(time: number) {
      super('pointerrawupdate');
      this.timeStamp = time;
    }
  }
  vi.stubGlobal('PointerEvent', Move);
  const target = new EventTarget();
  const heard: number[] = [];
  const end = earlyMoves(target as HTMLElement, ({ timeStamp }) => heard.push(timeStamp));
  // A mouse that tells a place each millisecond, then one that has paused.
  for (let time = 0; time <= 20; time++) target.dispatchEvent(new Move(time));
  target.dispatchEvent(new Move(500));
  end();
  target.dispatchEvent(new Move(600));
  expect(heard).toEqual([0, 8, 16, 500]);
});
