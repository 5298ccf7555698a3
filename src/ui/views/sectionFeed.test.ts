import { expect, it, vi } from 'vitest';
import type { View } from '../../workers/protocol.ts';
import { createFrameBus } from '../stores/frameBus.ts';
import { SectionCross } from './sectionCross.ts';
import { MOST_SAMPLES, SectionFeed } from './sectionFeed.ts';

const PLANES = 4;
const source = (frames = createFrameBus()) =>
  ({ frames, nodeId: 'camera', layer: 'output', mode: 'intensity', plane: 0 }) as const;

/** 3 × 5 pixels; the brightest of all is at column 3, row 1 of the plane 2. */
function planeView(plane: number, side: readonly [number, number] = [3, 5]): View {
  const data = new Float32Array(side[0] * side[1]).fill(plane);
  if (plane === 2) data[side[1] + 3] = 9;
  const seen = { mode: 'intensity', layer: 'output', portType: 'image', unit: 'counts' } as const;
  return { ...seen, nodeId: 'camera', shape: side, data, planes: PLANES, plane, pitch: 1e-7 };
}

async function cutStack() {
  const frames = createFrameBus();
  const feed = new SectionFeed(source(frames), PLANES, { step: 2e-7, middle: 0, model: null }, 0);
  const end = feed.start();
  frames.publish([0, 1, 2, 3].map((plane) => planeView(plane)));
  await vi.waitFor(() => expect(feed.state.cut).not.toBeNull());
  return { frames, feed, end };
}

it('asks for all planes, cuts them through the brightest sample, and asks for nothing when it ends', async () => {
  const { frames, feed, end } = await cutStack();
  expect(frames.wants().map(({ plane }) => plane)).toEqual([0, 1, 2, 3]);
  expect(feed.state).toMatchObject({ cut: { x: 3, y: 1 }, range: { low: 0, high: 9 }, stretch: 1 });
  // Two rows for each plane: the step is two pixels.
  const section = feed.frames.latest('x');
  expect(section?.shape).toEqual([8, 5]);
  expect(Array.from(section?.data.slice(20, 30) ?? [])).toEqual([2, 2, 2, 9, 2, 2, 2, 2, 9, 2]);
  expect(feed.frames.latest('y')?.shape).toEqual([8, 3]);
  end();
  expect(frames.wants()).toEqual([]);
});

it('says where a place of a section lies', async () => {
  const { feed, end } = await cutStack();
  const picture = feed.frames.latest('x');
  if (picture === undefined) throw new Error('No section.');
  const words = feed.describe('x', picture, { x: 3, y: 5 });
  expect(words.replaceAll('\u202f', ' ')).toBe('x 100 nm, z 0 m · plane 3 · 9 counts');
  expect(feed.describe('x', picture, { x: 9, y: 5 })).toBe('');
  end();
});

it('is moved by the cross: by pointer and keys, within the picture, and back with Escape', async () => {
  const { feed, end } = await cutStack();
  const cross = new SectionCross(feed);
  const press = (key: string, shiftKey = false) => cross.key({ key, shiftKey, altKey: false });
  expect(press('ArrowLeft')).toBe('Sections through column 2, row 1');
  press('ArrowRight', true);
  expect(feed.state.cut).toEqual({ x: 4, y: 1 });
  cross.begin({ x: 0.4, y: 2 });
  expect(feed.state.cut).toEqual({ x: 0, y: 2 });
  expect(cross.cancel()).toBe(true);
  expect(feed.state.cut).toEqual({ x: 4, y: 1 });
  press('b');
  expect(feed.state.cut).toEqual({ x: 3, y: 1 });
  end();
});

it('refuses a stack that would take too long to come with every change', () => {
  const frames = createFrameBus();
  const feed = new SectionFeed(source(frames), PLANES, { step: 2e-7, middle: 0, model: null }, 0);
  const end = feed.start();
  const side = Math.ceil(Math.sqrt(MOST_SAMPLES / PLANES)) + 1;
  frames.publish([planeView(0, [side, side])]);
  expect(feed.state.isTooLarge).toBe(true);
  expect(frames.wants()).toEqual([]);
  end();
});
