import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import type { Design } from '../../graph/document.ts';
import { setAll, setLearn } from '../../graph/edit.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { designFor } from '../../graph/guided/kinds.ts';
import { defaultRung, rungsOf } from '../../graph/guided/ladder.ts';
import { prepareForImage } from '../../graph/prepare.ts';
import { createSession } from '../session.ts';

/** Lateral distances in pixels of the kind's camera; a defocus that one plane can tell, and no sign of it. */
const KINDS = [
  { kind: 'bead', pitch: 0.1e-6, z: 0.3e-6 },
  { kind: 'star', pitch: 2e-6, z: 0 },
] as const;

function designOf(kind: 'bead' | 'star', pitch: number): Design {
  const design = designFor(kind, 'Mine');
  if (design === null) throw new Error('There is a design for this kind.');
  const rung = rungsOf(kind, design).find(({ id }) => id === defaultRung(kind));
  const sized = setAll(design, registry, { 'camera.rows': 32, 'camera.columns': 32 });
  return setLearn(setAll(sized, registry, { 'camera.pixelPitch': pitch }), rung?.learn ?? []);
}

describe.each(KINDS)('one plane of a $kind', ({ kind, pitch, z }) => {
  it('gives its position within its errors, with the defaults of the guided path', async () => {
    const session = await createSession('wasm');
    try {
      const design = designOf(kind, pitch);
      const truth = { 'bead.x': 1.3 * pitch, 'bead.y': -0.6 * pitch, 'bead.photons': 20000 };
      const noisy = { 'camera.noise': true, 'camera.background': 20, 'camera.blur': 0.7, 'bead.z': z };
      const seen = (
        await session.evaluate({ ...setAll(design, registry, { ...truth, ...noisy }), learn: [] })
      ).images.get('camera');
      if (seen === undefined) throw new Error('The camera has no image.');
      const image = {
        name: 'a',
        shape: seen.shape,
        data: Float32Array.from(seen.data),
        saturationLevel: null,
      };
      const options = { targetNode: 'target', image, background: null, crop: null, planes: null };
      const start = prepareForImage(design, registry, { ...options, keep: new Set() }).design;
      const result = await session.fit(start, DEFAULT_FIT_OPTIONS);
      expect(result.converged).toBe(true);
      for (const path of ['bead.x', 'bead.y'] as const) {
        const found = result.parameters.find((each) => each.path === path);
        // Four standard errors: once in sixteen thousand by chance.
        expect(Math.abs((found?.value ?? 0) - truth[path]), path).toBeLessThan(4 * (found?.sigma ?? 0));
        expect(found?.sigma).toBeLessThan(0.05 * pitch);
      }
      // 1024 pixels: 1 ± 0.044.
      expect(Math.abs((result.reducedChiSquare ?? 0) - 1)).toBeLessThan(0.2);
    } finally {
      session.dispose();
    }
  });
});
