import { describe, expect, it, vi } from 'vitest';
import type { Preview } from '../../workers/protocol.ts';
import { createPreviewBus } from './frameBus.ts';

function surface() {
  const close = vi.fn();
  return { image: { close } as unknown as ImageBitmap, close };
}

function preview(nodeId: string, image: ImageBitmap, change: Partial<Preview> = {}): Preview {
  return {
    nodeId,
    mode: 'intensity',
    layer: 'output',
    portType: 'image',
    shape: [1, 1],
    pixels: { kind: 'tile', surface: image, x: 0, y: 0 },
    planes: 1,
    plane: 0,
    scaling: 'linear',
    highContrast: false,
    pitch: 1e-6,
    number: null,
    unit: '',
    ...change,
  };
}

describe('surfaces of previews', () => {
  it('are closed when the last preview on them was replaced', () => {
    const bus = createPreviewBus();
    const [first, second] = [surface(), surface()];
    bus.publish([preview('a', first.image), preview('b', first.image)]);
    bus.publish([preview('a', second.image)]);
    expect(first.close).not.toHaveBeenCalled();
    bus.publish([preview('b', second.image)]);
    expect(first.close).toHaveBeenCalledTimes(1);
    bus.withdraw([{ nodeId: 'a', layer: 'output' }]);
    expect(second.close).not.toHaveBeenCalled();
    bus.clear();
    expect(second.close).toHaveBeenCalledTimes(1);
  });

  it('are kept while they are the picture before', () => {
    const bus = createPreviewBus();
    const [before, now] = [surface(), surface()];
    bus.publish([preview('a', before.image)]);
    bus.captureBefore();
    bus.publish([preview('a', now.image)]);
    expect(before.close).not.toHaveBeenCalled();
    const shown: Preview[] = [];
    bus.subscribe('a', (each) => shown.push(each));
    bus.showBefore(true);
    expect(shown.at(-1)?.pixels).toMatchObject({ surface: before.image });
    bus.captureBefore();
    expect(before.close).toHaveBeenCalledTimes(1);
    expect(now.close).not.toHaveBeenCalled();
  });
});
