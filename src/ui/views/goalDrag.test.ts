import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dragTheRing } from '../../graph/examples/dragTheRing.ts';
import { getAt, setAt } from '../../graph/paths.ts';
import type { FollowRest } from '../../workers/protocol.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { frameBus } from '../stores/frameBus.ts';
import { uiStore } from '../stores/uiStore.ts';
import { GoalDrag, switchFollowing } from './goalDrag.ts';
import { marksOf } from './marks.ts';

const PITCH = 1e-6;
const SIDE = 21;
/** All light in one pixel, so many from the middle. */
function publishLight(x: number, y: number): void {
  const data = new Float32Array(SIDE * SIDE);
  data[(y + 10) * SIDE + x + 10] = 1;
  const shown = { nodeId: 'camera', layer: 'output', mode: 'intensity', portType: 'image' } as const;
  frameBus.publish([
    { ...shown, shape: [SIDE, SIDE], data, planes: 1, plane: 0, pitch: PITCH, unit: 'counts' },
  ]);
}

/** The ring of the example, held, so many pixels from the middle. */
function held(x: number, y: number) {
  const design = setAt(dragTheRing.design, registry, 'goal.spots.0.x', x * PITCH);
  documentStore.getState().open(setAt(design, registry, 'goal.spots.0.y', y * PITCH));
  const marks = () => marksOf(documentStore.getState().design, registry, 'camera', {});
  const drag = new GoalDrag('camera', marks);
  let tell: (rest: FollowRest | null) => void = () => undefined;
  vi.spyOn(session.following, 'begin').mockImplementation((_label, _gesture, onSeen = () => undefined) => {
    tell = onSeen;
    return true;
  });
  const [ring] = marks();
  if (ring === undefined) throw new Error('There is no ring.');
  drag.take(ring);
  return { drag, tell: (rest: FollowRest | null) => tell(rest) };
}

const toasts = () => uiStore.getState().toasts.map(({ text }) => text.replaceAll('\u202f', ' '));

beforeEach(() => {
  vi.useFakeTimers();
  uiStore.setState({ toasts: [] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('light that rests away from a ring which is held', () => {
  it('is explained once for a gesture, and not while it moves or the ring does', () => {
    const { drag, tell } = held(5, 0);
    publishLight(0, 0);
    tell({ atBound: ['Pupil: Tip'] });
    vi.advanceTimersByTime(500);
    tell(null);
    vi.advanceTimersByTime(5000);
    expect(toasts()).toEqual([]);
    tell({ atBound: ['Pupil: Tip'] });
    vi.advanceTimersByTime(1000);
    expect(toasts()).toEqual([
      'The light stays 5 µm away. Pupil: Tip is at its limit: let another value change with ◇.',
    ]);
    uiStore.setState({ toasts: [] });
    tell({ atBound: [] });
    vi.advanceTimersByTime(1000);
    expect(toasts()).toEqual([]);
    drag.cancel();
  });

  it('is no matter where it has come, or the ring is let go', () => {
    const there = held(5, 0);
    publishLight(4, 0);
    there.tell({ atBound: [] });
    vi.advanceTimersByTime(1000);
    there.drag.cancel();
    const gone = held(5, 0);
    publishLight(0, 0);
    gone.tell({ atBound: [] });
    gone.drag.cancel();
    vi.advanceTimersByTime(1000);
    expect(toasts()).toEqual([]);
  });

  it('cannot come to a ring outside the picture, which is brought back to its rim', () => {
    const { drag, tell } = held(40, -3);
    publishLight(0, 0);
    tell({ atBound: [] });
    vi.advanceTimersByTime(1000);
    expect(toasts()).toEqual(['The light stays 40 µm away. The ring is outside the picture.']);
    expect(uiStore.getState().toasts[0]?.action?.text).toBe('Bring it back');
    // The key of the offer.
    switchFollowing();
    const { design } = documentStore.getState();
    expect(getAt(design, registry, 'goal.spots.0.x')).toBe(10 * PITCH);
    expect(getAt(design, registry, 'goal.spots.0.y')).toBeCloseTo(-3 * PITCH, 12);
    drag.cancel();
  });
});
