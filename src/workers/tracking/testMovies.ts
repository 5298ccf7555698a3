/** Small movies for tests: a fluorescent bead in focus, which a design of a few pixels follows quickly. */
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { beadStack } from '../../graph/examples/beadStack.ts';
import { setAt } from '../../graph/paths.ts';

/** 16 × 16 pixels of 0.1 µm with photon noise. */
export const BEAD: Design = {
  ...setAll(
    setAt({ ...beadStack, grid: { samples: 32, pitch: 1e-6 } }, registry, 'camera.noise', true),
    registry,
    {
      'stack.planes': 1,
      'bead.photons': 20000,
      'camera.rows': 16,
      'camera.columns': 16,
      'camera.background': 10,
    },
  ),
  learn: ['bead.x', 'bead.y', 'bead.photons'],
};
