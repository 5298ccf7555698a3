import { describe, expect, it } from 'vitest';
import { createFloat64Kernels } from '../../ops/kernels.f64.ts';
import { Ops } from '../../ops/ops.ts';
import { type Chain, runChain, type Setting } from '../../testChain.ts';
import { distance, evaluate, stage, total } from '../../testSupport.ts';
import { camera } from '../detection/camera.ts';
import { interference } from '../interferometers/interference.ts';
import { coverslip } from '../pupils/coverslip.ts';
import { pupil } from '../pupils/pupil.ts';
import { stack } from '../pupils/stack.ts';
import { kohler } from '../sources/kohler.ts';
import { planeWave } from '../sources/planeWave.ts';
import { mieSphere } from './mieSphere.ts';

const WAVELENGTH = 532e-9;
const MEDIUM = 1.33;
const LIGHT = { wavelength: WAVELENGTH, refractiveIndex: MEDIUM };
const GRID = { samples: 18, pitch: 1e-6 };

type Settings = Record<string, Setting>;

function microscope(source: Chain[string], sphere: Settings, aperture: number, pixels: Settings): Chain {
  return {
    source,
    sphere: stage(mieSphere, sphere, 'source'),
    interference: stage(interference, {}, { scattered: 'sphere', reference: 'source' }),
    pupil: stage(pupil, { numericalAperture: aperture, zernike: { 5: 20e-9 } }, 'interference'),
    camera: stage(camera, pixels, 'pupil'),
  };
}

/**
 * How far the derivatives of all samples of the last stage are from four-point differences, of their largest: with all
 * parameters moving together, each by its step.
 */
async function derivativeError(chain: Chain, steps: Readonly<Record<string, number>>): Promise<number> {
  const names = Object.keys(steps);
  const last = Object.keys(chain).at(-1) ?? '';
  const ops = new Ops(createFloat64Kernels());
  const scope = ops.open();
  ops.mode = 'forward';
  const made = runChain(ops, chain, GRID, { slots: new Map(names.map((name, slot) => [name, slot])) })[last];
  if (made?.kind !== 'image') throw new Error('The chain ends in an image.');
  const tangents = names.map((_, slot) => made.samples.tangents.get(slot));
  const read = await ops.kernels.readMany(tangents.flatMap((tangent) => tangent ?? []));
  ops.close(scope);
  expect(read).toHaveLength(names.length);
  const exact = Float64Array.from(read[0] ?? [], (_, i) =>
    names.reduce((sum, name, k) => sum + (read[k]?.[i] ?? 0) * (steps[name] ?? 0), 0),
  );
  const middle = (name: string) => {
    const [node = '', param = ''] = name.split('.');
    const spec = chain[node]?.spec.params[param];
    return Number(chain[node]?.params[param] ?? (spec?.kind === 'quantity' ? spec.default : 0));
  };
  const moved = async (by: number) => {
    const values = new Map(names.map((name) => [name, middle(name) + by * (steps[name] ?? 0)]));
    return (await evaluate(chain, GRID, last, () => ({}), { values })).data;
  };
  const [a, b, c, d] = await Promise.all([-2, -1, 1, 2].map(moved));
  const difference = exact.map(
    (_, i) => ((a?.[i] ?? 0) - 8 * (b?.[i] ?? 0) + 8 * (c?.[i] ?? 0) - (d?.[i] ?? 0)) / 12,
  );
  return distance(exact, difference) / Math.max(...difference.map(Math.abs));
}

const SPHERE = { x: 0.4e-6, y: -0.3e-6, z: 3e-6, radius: 0.5e-6, extinctionCoefficient: 0.02 };
const PIXELS = { rows: 6, columns: 7, pixelPitch: 0.3e-6 };
/** Each changes the picture by about the same. */
const STEPS = {
  'sphere.x': 2e-9,
  'sphere.y': -3e-9,
  'sphere.z': 5e-9,
  'sphere.radius': 1e-9,
  'sphere.refractiveIndex': 1e-3,
  'sphere.extinctionCoefficient': -1e-3,
  'source.wavelength': 2e-10,
  'source.refractiveIndex': 4e-4,
  'source.polarizationAngle': 1e-2,
  'pupil.numericalAperture': 1e-3,
};

describe('derivatives of holograms', () => {
  it.each([
    ['in a tilted wave', { tiltX: 0.3, tiltY: -0.2 }, {}, 'point'],
    ['in an axial wave whose tilt is learned', {}, {}, 'point'],
    ['in a tilted wave, over pixels', { tiltX: 0.3, tiltY: -0.2 }, {}, 'average'],
    ['from the back', { tiltX: 0.1 }, { collects: 'backward' }, 'point'],
  ] as const)('%s are those of differences', async (_, tilt, more, pixelResponse) => {
    const source = stage(planeWave, { ...LIGHT, ...tilt });
    const chain = microscope(source, { ...SPHERE, ...more }, 1.0, { ...PIXELS, pixelResponse });
    const isBack = 'collects' in more;
    const steps = {
      ...STEPS,
      'source.tiltX': 3e-4,
      'source.tiltY': 5e-4,
      ...(isBack ? { 'interference.coverIndex': 1e-3 } : {}),
    };
    // Back-scatter turns its phase by 2 k z: smaller steps.
    const smaller = Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, step / 3]));
    const error = await derivativeError(chain, isBack ? smaller : steps);
    // The table's slopes are right to 1e-6, differences to 1e-7.
    expect(error).toBeLessThan(3e-6);
  });

  it('under a condenser are those of differences, layers and stacks behind it too', async () => {
    const source = stage(kohler, { ...LIGHT, numericalAperture: 0.6, innerShare: 0.3, rings: 1 });
    const { camera: _, ...before } = microscope(source, SPHERE, 1.0, PIXELS);
    const chain = {
      ...before,
      layers: stage(coverslip, { model: 'full', depth: 1e-6, designImmersionIndex: MEDIUM }, 'pupil'),
      stack: stage(stack, { planes: 2, zStep: 0.5e-6 }, 'layers'),
      camera: stage(camera, PIXELS, 'stack'),
    };
    const error = await derivativeError(chain, {
      'source.numericalAperture': 1e-3,
      'source.innerShare': 2e-3,
      'source.wavelength': 2e-10,
      'sphere.radius': 1e-9,
      'pupil.numericalAperture': 1e-3,
      'layers.depth': 1e-8,
      'stack.zStep': 5e-9,
    });
    expect(error).toBeLessThan(3e-6);
  });
});

describe('a sphere under a condenser', () => {
  it('is lit by waves that pass the pupil, and makes a background of 1', async () => {
    const source = stage(kohler, { ...LIGHT, numericalAperture: 0.8, rings: 3 });
    const chain = microscope(source, { ...SPHERE, radius: 5e-9 }, 1.0, PIXELS);
    const { data } = await evaluate(chain, GRID);
    // A sphere of 5 nm scatters 1e-4.
    expect(Math.abs(total(data) / data.length - 1)).toBeLessThan(1e-3);
    // Half of the condenser's area beyond the objective: half of the light, but for the points at its edge.
    const wide = microscope(source, { ...SPHERE, radius: 5e-9 }, 0.8 * Math.SQRT1_2, PIXELS);
    expect(Math.abs(total((await evaluate(wide, GRID)).data) / data.length - 0.5)).toBeLessThan(0.15);
  });
});
