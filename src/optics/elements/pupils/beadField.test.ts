import { describe, expect, it } from 'vitest';
import type { Chain, Setting } from '../../testChain.ts';
import { distance, evaluate, stage } from '../../testSupport.ts';
import type { PortValue } from '../../values.ts';
import { camera } from '../detection/camera.ts';
import { bead } from '../samples/bead.ts';
import { planeWave } from '../sources/planeWave.ts';
import { beadField } from './beadField.ts';
import { pupil } from './pupil.ts';
import { stack } from './stack.ts';

const GRID = { samples: 32, pitch: 1e-6 };
const PIXELS = { rows: 16, columns: 17, pixelPitch: 0.15e-6 };
type Settings = Record<string, Setting>;

function seen(emitter: Settings, zernike: Record<string, number>, between: Chain[string]): Chain {
  return {
    source: stage(planeWave, { wavelength: 600e-9, refractiveIndex: 1.33 }),
    bead: stage(bead, { photons: 1000, ...emitter }, 'source'),
    pupil: stage(pupil, { numericalAperture: 1.1, zernike }, 'bead'),
    planes: between,
    camera: stage(camera, PIXELS, 'planes'),
  };
}

describe('beads over the field', () => {
  it('shows each bead with the polynomials of its place, plane by plane', async () => {
    const own = { fieldX: 0.5, fieldY: -0.8, x: 0.1e-6, y: -0.2e-6, z: 0.15e-6 };
    const field = stage(
      beadField,
      {
        beads: [{ fieldX: 0, fieldY: 0 }, own],
        planes: 4,
        zStep: 0.4e-6,
        ...{ alongX: { 8: 40e-9 }, alongY: { 7: -30e-9, 8: 10e-9 } },
        ...{ squareX: { 6: 50e-9 }, product: { 5: 60e-9 }, squareY: { 6: -20e-9 } },
      },
      'pupil',
    );
    const common = { 6: 15e-9, 11: 20e-9 };
    const { data, shape } = await evaluate(seen({}, common, field), GRID);
    expect(shape).toEqual([4, 16, 17]);
    // Another way: one bead alone in a focus stack, with the sums as its pupil's own terms.
    const sums = {
      5: 60e-9 * 0.5 * -0.8,
      6: 15e-9 + 50e-9 * 0.25 - 20e-9 * 0.64,
      7: 30e-9 * 0.8,
      8: 40e-9 * 0.5 - 10e-9 * 0.8,
      11: 20e-9,
    };
    const planes = stage(stack, { planes: 2, zStep: 0.4e-6 }, 'pupil');
    const alone = [
      await evaluate(seen({}, common, planes), GRID),
      await evaluate(seen({ x: own.x, y: own.y, z: own.z }, sums, planes), GRID),
    ];
    const expected = alone.flatMap((each) => [...each.data]);
    expect(distance(data, expected) / Math.max(...expected)).toBeLessThan(1e-12);
  });

  it('says where some beads have fewer planes than others', () => {
    const light = {
      kind: 'pupil',
      wavelength: { value: 600e-9 },
      grid: { samples: 32, radius: 15 },
    } as unknown as PortValue;
    const none = { alongX: [], alongY: [], squareX: [], product: [], squareY: [] };
    const notes = (planes: number) =>
      beadField.sampling?.({ in: light }, { ...none, planes, beads: [row(0), row(1)] } as never, GRID);
    const row = (x: number) => ({ cells: { fieldX: { value: x }, fieldY: { value: 0 } } });
    expect(notes(6)).toEqual([]);
    expect(notes(5)).toEqual([
      expect.objectContaining({ apply: expect.objectContaining({ params: { planes: 6 } }) }),
    ]);
  });
});
