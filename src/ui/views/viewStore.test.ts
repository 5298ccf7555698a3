import { describe, expect, it } from 'vitest';
import { createViewStore, effectiveMode, settingsOf, styleOf } from './viewStore.ts';

describe('view store', () => {
  it('cycles through the modes that a value has', () => {
    const store = createViewStore();
    const mode = () => effectiveMode(settingsOf(store.getState(), 'n'), 'field');
    const seen = [mode()];
    for (let i = 0; i < 4; i++) {
      store.getState().cycleMode('n', 'field');
      seen.push(mode());
    }
    expect(seen).toEqual(['intensity', 'phase', 'amplitude', 'intensity', 'phase']);
  });

  it('shows the phase of a pupil first, and images only as they are', () => {
    const store = createViewStore();
    expect(effectiveMode(settingsOf(store.getState(), 'p'), 'pupil')).toBe('phase');
    store.getState().cycleMode('c', 'image');
    expect(store.getState().nodes).toEqual({});
    store.getState().change('c', { mode: 'phase' });
    // A node whose type changed must not ask for a mode that its value lacks.
    expect(effectiveMode(settingsOf(store.getState(), 'c'), 'image')).toBe('intensity');
    expect(effectiveMode(settingsOf(store.getState(), 'c'), 'scalar')).toBe('real');
  });

  it('unlocks the range with the mode, and keeps it otherwise', () => {
    const store = createViewStore();
    const locked = { low: 0, high: 5 };
    store.getState().change('n', { mode: 'intensity', locked });
    store.getState().change('n', { plane: 3 });
    expect(settingsOf(store.getState(), 'n').locked).toEqual(locked);
    store.getState().change('n', { mode: 'amplitude' });
    expect(settingsOf(store.getState(), 'n').locked).toBeNull();
  });

  it('opens a node in the picture that is open, or else in the image tab', () => {
    const store = createViewStore();
    store.getState().setTab('results');
    store.getState().openInDock('a');
    expect([store.getState().imageNode, store.getState().tab]).toEqual(['a', 'image']);
    store.getState().setTab('profile');
    store.getState().openInDock('b');
    expect([store.getState().imageNode, store.getState().tab]).toEqual(['b', 'profile']);
  });

  it('forgets nodes that are gone', () => {
    const store = createViewStore();
    store.getState().change('a', { plane: 1 });
    store.getState().change('b', { plane: 2 });
    store.getState().openInDock('a');
    store.getState().prune((id) => id === 'b');
    expect(Object.keys(store.getState().nodes)).toEqual(['b']);
    expect(store.getState().imageNode).toBeNull();
  });
});

describe('style of a picture', () => {
  const settings = settingsOf({ nodes: {} }, 'n');

  it('follows the preference for amounts only', () => {
    expect(styleOf(settings, 'intensity', 'output', 'viridis').colormap).toBe('viridis');
    expect(styleOf(settings, 'intensity', 'output', 'no such map').colormap).toBe('inferno');
    expect(styleOf(settings, 'intensity', 'output', 'phase').colormap).toBe('inferno');
    expect(styleOf(settings, 'phase', 'output', 'viridis').colormap).toBe('phase');
  });

  it('is symmetric about zero for signed data', () => {
    expect(styleOf(settings, 'real', 'output', 'gray')).toMatchObject({
      colormap: 'diverging',
      signed: true,
    });
    expect(styleOf(settings, 'intensity', 'residual', 'gray')).toMatchObject({
      colormap: 'diverging',
      signed: true,
    });
  });

  it('never locks or clips a phase', () => {
    const odd = { ...settings, clip: 0.01, locked: { low: 0, high: 1 }, scaling: 'log' as const };
    expect(styleOf(odd, 'phase', 'output', 'gray')).toMatchObject({
      clip: 0,
      locked: null,
      scaling: 'linear',
    });
  });

  it('shows images of high contrast logarithmically, unless someone chose', () => {
    const scalingOf = (scaling: 'auto' | 'linear' | 'sqrt', highContrast: boolean) =>
      styleOf({ ...settings, scaling }, 'intensity', 'output', 'gray', highContrast).scaling;
    expect(scalingOf('auto', true)).toBe('log');
    expect(scalingOf('auto', false)).toBe('linear');
    expect(scalingOf('linear', true)).toBe('linear');
    expect(scalingOf('sqrt', false)).toBe('sqrt');
  });
});
