import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { type Chain, runChain, type Setting } from '../../testChain.ts';
import { distance, evaluate, stage } from '../../testSupport.ts';
import { planeWave } from '../sources/planeWave.ts';
import { sphereField } from './sphereField.ts';
import { sphereInside } from './sphereInside.ts';

type Settings = Record<string, Setting>;

const LIGHT = { wavelength: 520e-9, refractiveIndex: 1.33, polarizationAngle: 0.4 };
const GRID = { samples: 16, pitch: 0.1e-6 };
const picture = (settings: Settings, light: Settings = LIGHT) =>
  evaluate({ source: stage(planeWave, light), inside: stage(sphereInside, settings, 'source') }, GRID);

describe('the picture of the field in a sphere', () => {
  it('across the light behind the sphere is the exact field on that plane', async () => {
    const sphere = { radius: 0.5e-6, refractiveIndex: 1.59, shells: '1', shell1Thickness: 0.1e-6 };
    const chain: Chain = {
      source: stage(planeWave, LIGHT),
      field: stage(sphereField, { ...sphere, z: 0.9e-6, components: 'all' }, 'source'),
    };
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const { source, field } = runChain(ops, chain, GRID);
    if (source?.kind !== 'field' || field?.kind !== 'field') throw new Error('Fields.');
    const [seen = [], wave = []] = await ops.read([field.samples, source.samples]);
    ops.close(scope);
    const unit = (wave[0] ?? 0) ** 2 + (wave[1] ?? 0) ** 2;
    const n2 = GRID.samples ** 2;
    const exact = Float64Array.from({ length: n2 }, (_, i) => {
      let sum = 0;
      for (let c = 0; c < 3; c++)
        sum += (seen[2 * (c * n2 + i)] ?? 0) ** 2 + (seen[2 * (c * n2 + i) + 1] ?? 0) ** 2;
      return sum / unit;
    });
    const { data } = await picture({
      ...sphere,
      ...{ plane: 'xy', offset: 0.9e-6, width: 1.6e-6, rows: 16, columns: 16 },
    });
    expect(Math.max(...exact)).toBeGreaterThan(4);
    // Orders that the plane's series leaves out so near to the sphere, and cubics between radii.
    expect(distance(data, exact)).toBeLessThan(1e-3);
  });

  it('sections agree where they meet, and the sum of the components at two moments is |E|²', async () => {
    const sphere = { radius: 0.4e-6, refractiveIndex: 1.5, extinctionCoefficient: 0.05 };
    const at = (settings: Settings) =>
      picture({ ...sphere, width: 1.1e-6, rows: 11, columns: 11, ...settings }).then(({ data }) => data);
    const [side, front, across] = [
      await at({ plane: 'xz' }),
      await at({ plane: 'yz' }),
      await at({ plane: 'xy', offset: 0.2e-6 }),
    ];
    for (let i = 0; i < 11; i++) {
      // The line x = y = 0 of both side views; the row y = 0 and the column x = 0 of the plane 0.2 µm behind the centre.
      expect(side[11 * i + 5]).toBeCloseTo(front[11 * i + 5] ?? 9, 12);
      // Pictures that reach less far have other radii between which cubics run.
      expect(side[11 * 7 + i]).toBeCloseTo(across[11 * 5 + i] ?? 9, 7);
      expect(front[11 * 7 + i]).toBeCloseTo(across[11 * i + 5] ?? 9, 7);
    }
    const sum = new Float64Array(121);
    for (const shown of ['x', 'y', 'z']) {
      for (const moment of [0, Math.PI / 2]) {
        (await at({ shown, moment })).forEach((value, i) => {
          sum[i] = (sum[i] ?? 0) + value * value;
        });
      }
    }
    expect(distance(sum, side)).toBeLessThan(1e-12);
  });

  it('refuses what is too large to hold, and says where a picture is too coarse', async () => {
    await expect(picture({ radius: 40e-6 })).rejects.toThrow(/wavelengths across/);
    const notes = (settings: Settings) => {
      const params = Object.fromEntries(
        Object.entries(sphereInside.params).map(([name, param]) => {
          const value = settings[name] ?? ('default' in param ? param.default : 0);
          return [
            name,
            typeof value === 'number' && param.kind === 'quantity' ? constantScalar(value) : value,
          ];
        }),
      );
      const ops = new Ops(createFloat64Kernels());
      ops.open();
      const { source } = runChain(ops, { source: stage(planeWave, LIGHT) }, GRID);
      return sphereInside.sampling?.({ in: source }, params as never, GRID) ?? [];
    };
    expect(notes({})).toEqual([]);
    // A fringe of 520 / (2 · 1.59) nm needs two points.
    const [coarse] = notes({ width: 20e-6 });
    expect(coarse?.message).toMatch(/finer than two points/);
    expect(coarse?.fix).toContain(String(Math.ceil(20e-6 / (520e-9 / (4 * 1.59)))));
    expect(notes({ width: 0.5e-6 }).map(({ message }) => message)).toEqual([
      expect.stringContaining('narrower than the sphere'),
    ]);
  });
});
