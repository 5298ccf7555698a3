import { describe, expect, it } from 'vitest';
import type { TableRow } from '../../element.ts';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { constantScalar } from '../../ops/scalar.ts';
import { overlaps, type PlacedSphere, strongestInfluence } from '../../scattering/independence.ts';
import { spheresOf } from '../../scattering/sphereLight.ts';
import { samplingNotes } from '../../spectral.ts';
import { type Chain, runChain } from '../../testChain.ts';
import { distance, evaluate, stage } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { interference } from '../interferometers/interference.ts';
import { pupil } from '../pupils/pupil.ts';
import { planeWave } from '../sources/planeWave.ts';
import { mieSphere } from './mieSphere.ts';
import { mieSpheres } from './mieSpheres.ts';

const WAVELENGTH = 532e-9;
const MEDIUM = 1.33;
const K = (2 * Math.PI * MEDIUM) / WAVELENGTH;
const GRID = { samples: 32, pitch: 0.3e-6 };

const source = stage(planeWave, { wavelength: WAVELENGTH, refractiveIndex: MEDIUM, polarizationAngle: 0.3 });

function many(particles: readonly TableRow[]): Chain {
  return { source, spheres: stage(mieSpheres, { particles }, 'source') };
}

const ROWS = [
  { x: 1e-6, y: -0.5e-6, z: 5e-6, radius: 0.4e-6, refractiveIndex: 1.5, extinctionCoefficient: 0.01 },
  { x: -2e-6, y: 1.5e-6, z: 8e-6, radius: 0.6e-6, refractiveIndex: 1.45, extinctionCoefficient: 0 },
  { x: 0.3e-6, y: 3e-6, z: 11e-6, radius: 0.4e-6, refractiveIndex: 1.5, extinctionCoefficient: 0.01 },
];

describe('many spheres', () => {
  it('are the sum of single ones, of one kind or not', async () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const seen = async (chain: Chain, from: string) => {
      const found = runChain(
        ops,
        {
          ...chain,
          interference: stage(interference, {}, { scattered: from, reference: 'source' }),
          pupil: stage(pupil, { numericalAperture: 0.9 }, 'interference'),
        },
        GRID,
      );
      const light = found['pupil'];
      if (light?.kind !== 'pupil') throw new Error('No pupil.');
      return Float64Array.from((await ops.read([light.samples]))[0] ?? []);
    };
    const all = await seen(many(ROWS), 'spheres');
    // Every pupil has the same disc; what a single sphere adds is linear in its wave.
    const sum = new Float64Array(all.length);
    for (const row of ROWS) {
      const one = await seen({ source, sphere: stage(mieSphere, row, 'source') }, 'sphere');
      one.forEach((value, i) => {
        sum[i] = (sum[i] ?? 0) + value;
      });
    }
    ops.close(scope);
    // Rounding of sums.
    expect(distance(all, sum)).toBeLessThan(1e-13);
  });

  it('of one group share one amplitude, and are known one by one', () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const light = runChain(ops, many(ROWS), GRID)['spheres'];
    if (light?.kind !== 'farField') throw new Error('No far field.');
    expect(light.place).toEqual({ lateral: 3e-6, distances: [5e-6, 8e-6, 11e-6] });
    expect(spheresOf(light)?.map(({ x, sphere }) => [x.value, sphere.layers[0]?.radius.value])).toEqual(
      ROWS.map(({ x, radius }) => [x, radius]),
    );
    ops.close(scope);
  });

  it('make a hologram with as many centres, each at its sphere', async () => {
    // Absorbing spheres in focus are dark discs: the darkest pixels are at their places.
    const rows = [
      { x: 2e-6, y: -3e-6, z: 0, radius: 0.4e-6, refractiveIndex: 1.5, extinctionCoefficient: 0.5 },
      { x: -3e-6, y: 1e-6, z: 0, radius: 0.4e-6, refractiveIndex: 1.5, extinctionCoefficient: 0.5 },
    ];
    const image = await evaluate(
      {
        ...many(rows),
        interference: stage(interference, {}, { scattered: 'spheres', reference: 'source' }),
        pupil: stage(pupil, { numericalAperture: 1.1 }, 'interference'),
        camera: stage(camera, { rows: 21, columns: 21, pixelPitch: 0.5e-6 }, 'pupil'),
      },
      { samples: 64, pitch: 0.2e-6 },
      'camera',
    );
    const { data } = image;
    const order = [...data.keys()].sort((a, b) => (data[a] ?? 0) - (data[b] ?? 0));
    // Pixel 10 is at 0; 0.5 µm each: columns 14 and 4, rows 4 and 12.
    expect(new Set(order.slice(0, 2))).toEqual(new Set([4 * 21 + 14, 12 * 21 + 4]));
  });
});

function placed(radius: number, index: number, [x, y, z]: readonly [number, number, number]): PlacedSphere {
  const layer = {
    radius: constantScalar(radius),
    refractiveIndex: constantScalar(index),
    extinctionCoefficient: constantScalar(0),
  };
  return {
    sphere: {
      wavelength: constantScalar(WAVELENGTH),
      mediumIndex: constantScalar(MEDIUM),
      polarizationAngle: constantScalar(0),
      layers: [layer],
    },
    x,
    y,
    z,
  };
}

describe('independent scattering', () => {
  it.each([
    ['across the polarisation', [0, 1], 0],
    ['along the polarisation', [1, 0], 1],
  ] as const)('fails for two small spheres as for two coupled dipoles, %s', (_, [ux, uy], along) => {
    // The exact solution for two dipoles of polarisability α: p = p₀ / (1 - α G), so that each changes by |αG| and more.
    const radius = 15e-9;
    const separation = 150e-9;
    const m2 = (1.59 / MEDIUM) ** 2;
    const alpha = (K * radius) ** 3 * ((m2 - 1) / (m2 + 2));
    const kr = K * separation;
    const coupling =
      along === 0 ? Math.hypot(1 / kr - 1 / kr ** 3, 1 / kr ** 2) : Math.hypot(2 / kr ** 3, 2 / kr ** 2);
    const influence = strongestInfluence([
      placed(radius, 1.59, [0, 0, 0]),
      placed(radius, 1.59, [ux * separation, uy * separation, 0]),
    ]);
    // A sphere of size parameter 0.24 is no point: (kr)² ~ 5 %, and the field varies over the sphere that it meets.
    expect(Math.abs((influence?.share ?? 0) / (alpha * coupling) - 1)).toBeLessThan(0.08);
  });

  it('is the same by the exact field and by the far field where the two meet, and falls with distance', () => {
    const radius = 0.5e-6;
    const at = (z: number) =>
      strongestInfluence([placed(radius, 1.59, [0, 0, 0]), placed(radius, 1.59, [0.4e-6, 0, z])])?.share ?? 0;
    // Beyond three sums of radii the far field is used: its error n²/(2kr) is 0.1 here, and an average over the sphere
    // that is met becomes the value at its middle.
    expect(Math.abs(at(2.95e-6) / at(3.05e-6) - 1)).toBeLessThan(0.2);
    expect(at(6e-6)).toBeLessThan(0.6 * at(3e-6));
  });

  it('names spheres that overlap, the one that lights another, and nothing where all are far', () => {
    const ops = new Ops(createFloat64Kernels());
    const scope = ops.open();
    const notes = (rows: readonly TableRow[]) => {
      const light = runChain(ops, { source }, GRID)['source'];
      const params = paramsOf(rows);
      return samplingNotes(mieSpheres, { in: light }, params, GRID);
    };
    const beside = { x: 12e-6, z: 10e-6 };
    expect(notes([{ z: 10e-6 }, beside])).toEqual([]);
    const touching = notes([beside, { z: 10e-6 }, { x: 0.9e-6, z: 10e-6 }]);
    expect(touching).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('Spheres 2 and 3 overlap') as string },
    ]);
    // The fix puts them 1.05 diameters apart.
    expect(touching[0]?.apply?.params?.['particles.2.x']).toBeCloseTo(1.05e-6, 12);
    expect(notes([{ z: 10e-6 }, { z: 10.1e-6 }])).toMatchObject([{ severity: 'error' }]);
    // One behind the other: light goes towards smaller z.
    expect(notes([{ z: 4e-6 }, { z: 14e-6 }])[0]?.message).toMatch(
      /^Sphere 2 scatters light of \d+ % of the incident amplitude onto sphere 1/,
    );
    ops.close(scope);
  });

  it('finds overlaps of any pair', () => {
    const spheres = [0, 5, 5.5].map((x) => placed(0.5e-6, 1.59, [x * 1e-6, 0, 0]));
    expect(overlaps(spheres)).toMatchObject([{ first: 1, second: 2 }]);
    expect(strongestInfluence(spheres.slice(0, 1))).toBeNull();
  });
});

function paramsOf(rows: readonly TableRow[]) {
  const spec = mieSpheres.params['particles'];
  if (spec?.kind !== 'table') throw new Error('No table.');
  const cells = (row: TableRow) =>
    Object.fromEntries(
      Object.entries(spec.columns).map(([name, column]) => [
        name,
        constantScalar(Number(row[name] ?? column.default)),
      ]),
    );
  return { particles: rows.map((row) => ({ group: null, cells: cells(row) })) };
}
