import { describe, expect, it, vi } from 'vitest';
import { createContrastStore, REST_MILLISECONDS, sharedContrast } from './contrastStore.ts';

const seen = (nodeId: string, highContrast: boolean, pitch = 1e-7) =>
  ({
    nodeId,
    highContrast,
    pitch,
    unit: 'W per pixel',
    layer: 'output',
    portType: 'image',
    mode: 'intensity',
  }) as const;
const at = (nodeId: string) => ({ nodeId, layer: 'output' }) as const;

describe('automatic scaling', () => {
  it('is one for all pictures of one unit and pixel size', () => {
    const store = createContrastStore();
    const shared = (nodeId: string) => sharedContrast(store.getState().pictures, at(nodeId));
    expect(shared('sharp')).toBeNull();
    store.getState().note(seen('blurred', false));
    store.getState().note(seen('coarse', false, 5e-6));
    expect(shared('blurred')).toBe(false);
    store.getState().note(seen('sharp', true));
    expect([shared('sharp'), shared('blurred'), shared('coarse')]).toEqual([true, true, false]);
    store.getState().prune((nodeId) => nodeId !== 'sharp');
    expect([shared('sharp'), shared('blurred')]).toEqual([null, false]);
  });

  it('turns only when pictures have stopped coming, so not under a slider that moves', () => {
    vi.useFakeTimers();
    try {
      const store = createContrastStore();
      const isHigh = () => sharedContrast(store.getState().pictures, at('camera'));
      store.getState().note(seen('camera', false));
      for (let i = 0; i < 5; i++) {
        store.getState().note(seen('camera', true));
        vi.advanceTimersByTime(REST_MILLISECONDS - 1);
        expect(isHigh()).toBe(false);
      }
      vi.advanceTimersByTime(1);
      expect(isHigh()).toBe(true);
      // There and back again is no change.
      store.getState().note(seen('camera', false));
      store.getState().note(seen('camera', true));
      vi.advanceTimersByTime(2 * REST_MILLISECONDS);
      expect(isHigh()).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is of each by itself where brightness is relative to a background', () => {
    const store = createContrastStore();
    store.getState().note({ ...seen('darkField', true), unit: 'relative' });
    store.getState().note({ ...seen('brightField', false), unit: 'relative' });
    const { pictures } = store.getState();
    expect([sharedContrast(pictures, at('darkField')), sharedContrast(pictures, at('brightField'))]).toEqual([
      true,
      false,
    ]);
  });

  it('is of no concern to light, and changes nothing while nothing changes', () => {
    const store = createContrastStore();
    store.getState().note({ ...seen('beam', true), portType: 'field' });
    expect(store.getState().pictures).toEqual({});
    store.getState().note(seen('camera', true));
    const before = store.getState();
    store.getState().note(seen('camera', true));
    expect(store.getState()).toBe(before);
  });
});
