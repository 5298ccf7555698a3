import { describe, expect, it } from 'vitest';
import type { Design } from '../../graph/document.ts';
import { bench } from '../../graph/examples/bench.ts';
import { drawn, letter } from '../../graph/examples/drawn.ts';
import { DEFAULT_FIT_OPTIONS, type FitMethod } from '../../graph/fitOptions.ts';
import { createSession } from '../session.ts';

const session = await createSession('wasm');
const N = 64;
const PITCH = (633e-9 * 0.1) / (N * 10e-6);

/** A random phase before a lens, which is to draw a picture in its focal plane. */
function hologram(picture: (x: number, y: number) => number, kind: string, offset = 0): Design {
  return {
    ...bench(
      { title: 'Hologram', description: '' },
      { samples: N, pitch: 10e-6 },
      [
        ['source', 'planeWave', { wavelength: 633e-9, power: 1 }, 0, 0],
        ['mask', 'freeformPhase', { cells: N, phase: { low: -1, high: 1, seed: 3 } }, 1, 0],
        ['lens', 'fourierLens', { focalLength: 0.1 }, 2, 0],
        ['camera', 'camera', { rows: N, columns: N, pixelPitch: PITCH, offset }, 3, 0],
        ['goal', 'target', { image: 'goal', normalization: offset === 0 ? 'mean' : 'none' }, 3, 1],
        ['loss', 'loss', { kind }, 4, 0],
      ],
      [
        'source.out>mask.in',
        'mask.out>lens.in',
        'lens.out>camera.in',
        'camera.out>loss.model',
        'goal.out>loss.target',
      ],
    ),
    learn: ['mask.phase'],
    images: { goal: drawn('goal', N, [picture]) },
  };
}

async function fitted(design: Design, method: FitMethod, maxIterations: number) {
  const losses: number[] = [];
  const options = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations };
  await session.fit(design, options, async ({ loss }) => {
    losses.push(loss);
    return true;
  });
  return losses;
}

const last = (losses: readonly number[]) => losses.at(-1) ?? Number.NaN;

describe('projections', () => {
  it('come nearer to the amplitudes of a picture in every step, and faster than Adam', async () => {
    const design = hologram(letter('A', 10), 'amplitude');
    const losses = await fitted(design, 'projection', 20);
    expect(losses.length).toBe(21);
    for (let i = 1; i < losses.length; i++) {
      // Fienup, Appl. Opt. 21, 2758 (1982): the error never grows; 1e-5 for single precision.
      expect((losses[i] ?? 0) / (losses[i - 1] ?? 1)).toBeLessThan(1 + 1e-5);
    }
    expect(last(losses)).toBeLessThan(0.05 * (losses[0] ?? 0));
    expect(last(losses)).toBeLessThan(0.6 * last(await fitted(design, 'adam', 20)));
  });

  it('weigh spots until they are even: three with 92.56 % of the light', async () => {
    const spots = (x: number, y: number) => (y === 0 && Math.abs(x) <= 4 && x % 4 === 0 ? 1 : 0);
    const losses = await fitted(hologram(spots, 'overlap'), 'projection', 30);
    // Gori et al., Opt. Commun. 157, 13 (1998): the most that a phase can do; 16 samples per period change 1e-4 of it.
    expect(last(losses)).toBeCloseTo(1 - 0.9256, 3);
  });

  it('do not take the offset of a camera for light', async () => {
    const [drawnLetter, offset] = [letter('A', 10), 0.01];
    const above = (x: number, y: number) => drawnLetter(x, y) + offset;
    const without = await fitted(hologram(drawnLetter, 'correlation'), 'projection', 4);
    const losses = await fitted(hologram(above, 'correlation', offset), 'projection', 4);
    // Correlation knows no offset; 2.4e-4 of light on 0.01 is rounded to 4e-6 of it.
    losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(without[i] ?? Number.NaN, 3);
    });
  });

  it('leave pixels free that do not count', async () => {
    const walked = async (saturated: number) => {
      const picture = letter('A', 10);
      const beside = (x: number, y: number) => (x > 24 ? saturated : picture(x, y));
      const design = hologram(beside, 'correlation');
      const images = Object.entries(design.images).map(([id, image]) => [
        id,
        { ...image, saturationLevel: 2 },
      ]);
      return fitted({ ...design, images: Object.fromEntries(images) }, 'projection', 3);
    };
    const losses = await walked(3);
    // What a saturated pixel says is nothing.
    (await walked(30)).forEach((loss, i) => {
      expect(loss).toBeCloseTo(losses[i] ?? Number.NaN, 4);
    });
  });

  it('are refused in words for other things than one phase map', async () => {
    const design = hologram(letter('A', 10), 'amplitude');
    const two = { ...design, learn: [...design.learn, 'lens.focalLength'] };
    await expect(fitted(two, 'projection', 2)).rejects.toThrow('one phase map');
    const numbers = { ...design, learn: ['lens.focalLength'] };
    await expect(fitted(numbers, 'projection', 2)).rejects.toThrow('phase map');
  });
});
