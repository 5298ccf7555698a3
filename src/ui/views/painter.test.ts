import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paintTheLight } from '../../graph/examples/holograms.ts';
import { sheetOf } from '../../graph/painting.ts';
import { documentStore, registry, session } from '../stores/app.ts';
import { engineStore, IDLE_FIT, setFit } from '../stores/engineStore.ts';
import { fillSheet, Painter } from './painter.ts';

const document = () => documentStore.getState();
const rested = () => new Promise((resolve) => setTimeout(resolve, 5));
const painter = () => new Painter('goal', () => 0);

beforeEach(() => {
  vi.spyOn(session, 'stop').mockImplementation(() => setFit(engineStore, { status: 'stopping' }));
  vi.spyOn(session, 'run').mockImplementation(() => undefined);
  document().open(paintTheLight.design);
  setFit(engineStore, { ...IDLE_FIT, status: 'running' });
});
afterEach(() => {
  setFit(engineStore, IDLE_FIT);
  vi.restoreAllMocks();
});

/** What the session does at the end of a fit. */
function endOfFit() {
  document().apply('Fit', (design) => ({ ...design, title: 'Fitted' }));
  const { design } = document();
  setFit(engineStore, { status: 'idle' });
  return design;
}

it('a stroke while a fit runs is one step, after that of the fit, which then goes on', async () => {
  const brush = painter();
  expect(brush.begin({ x: 20, y: 20 })).toBe(true);
  brush.move({ x: 24, y: 20 });
  await rested();
  expect(session.stop).toHaveBeenCalledOnce();
  expect(document().undoLabel).toBeNull();
  const fitted = endOfFit();
  await rested();
  brush.move({ x: 30, y: 20 });
  brush.end();
  expect(document().undoLabel).toBe('Paint');
  await rested();
  expect(session.run).toHaveBeenCalledOnce();
  document().undo();
  expect(document().design).toBe(fitted);
  expect(document().undoLabel).toBe('Fit');
});

it('a stroke that ends before the fit does comes after it all the same', async () => {
  const brush = painter();
  brush.begin({ x: 20, y: 20 });
  brush.end();
  expect(brush.begin({ x: 1, y: 1 })).toBe(false);
  const fitted = endOfFit();
  await rested();
  expect(document().undoLabel).toBe('Paint');
  expect(brush.isHeld).toBe(false);
  document().undo();
  expect(document().design).toBe(fitted);
});

it.each(['before', 'after'])(
  'taken back %s the fit has ended, it leaves the fit and nothing else',
  async (when) => {
    const brush = painter();
    brush.begin({ x: 20, y: 20 });
    if (when === 'before') expect(brush.cancel()).toBe(true);
    const fitted = endOfFit();
    await rested();
    if (when === 'after') expect(brush.cancel()).toBe(true);
    await rested();
    expect(document().design).toBe(fitted);
    expect(document().undoLabel).toBe('Fit');
    expect(session.run).toHaveBeenCalledOnce();
  },
);

it('a filled sheet is one step, in front of which the fit writes its own', async () => {
  fillSheet('goal', 3);
  expect(session.stop).toHaveBeenCalledOnce();
  const fitted = endOfFit();
  await rested();
  expect(sheetOf(document().design, registry, 'goal').data.every((value) => value === 3)).toBe(true);
  document().undo();
  expect(document().design).toBe(fitted);
  expect(session.run).toHaveBeenCalledOnce();
});

it('light follows a sheet that is filled, and not one that is cleared', () => {
  setFit(engineStore, IDLE_FIT);
  const follow = vi.spyOn(session.following, 'begin').mockReturnValue(true);
  const release = vi.spyOn(session.following, 'release').mockResolvedValue(null);
  fillSheet('goal', 0);
  expect(follow).not.toHaveBeenCalled();
  fillSheet('goal', 2);
  expect(follow).toHaveBeenCalledOnce();
  expect(release).toHaveBeenCalledOnce();
});
