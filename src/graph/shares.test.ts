import { describe, expect, it } from 'vitest';
import { lengthOf } from '../optics/axes.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { channelsOf } from '../optics/spectral.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { Design, DesignNode } from './document.ts';
import { examples } from './examples/index.ts';
import { GraphRunner, NO_OVERRIDES } from './execute.ts';
import { memoryNeed, portion } from './memory.ts';
import { modesAtMost } from './shares.ts';
import { SizingOps } from './sizing.ts';
import { createDesign, node } from './testSupport.ts';

const grid = { samples: 16, pitch: 20e-6 };
const unlimited = Object.assign(Object.create(createFloat64Kernels()), {
  limits: () => ({ arrayBytes: Number.POSITIVE_INFINITY, totalBytes: Number.POSITIVE_INFINITY }),
});

/** The parts and wavelengths that light has somewhere in a design, and the bound. */
function modesOf(design: Design): { found: number; bound: number } {
  const plan = compile(design, registry);
  const ops = new SizingOps(unlimited, () => null);
  const runner = new GraphRunner(ops, () => null);
  const outputs = [...runner.run(plan, NO_OVERRIDES, 'value').values()].flatMap((result) =>
    Object.values(result.outputs),
  );
  // Some light makes its samples when they are looked at.
  const scope = ops.open();
  const counts = outputs.map((value) => {
    if (value.kind === 'image' || value.kind === 'scalar') return 1;
    const lights = channelsOf(value);
    const parts = lights.map((light) =>
      light.kind === 'farField' ? (light.modes ?? 1) : lengthOf(light, 'mode'),
    );
    return lights.length * Math.max(...parts);
  });
  ops.close(scope);
  return { found: Math.max(1, ...counts), bound: modesAtMost(plan, runner) };
}

const lamp = (id: string, highestOrder: number): DesignNode => node(id, 'schellBeam', { highestOrder });
const mix = (id: string): DesignNode => node(id, 'beamCombiner');

describe('the parts that light consists of', () => {
  it.each([
    [
      'a dipole that turns',
      [node('source', 'dipole', { motion: 'rotating' }), node('pupil', 'pupil')],
      ['source.out>pupil.in'],
      3,
    ],
    [
      'two points',
      [node('source', 'twoPoints', { coherence: 'incoherent' }), node('pupil', 'pupil')],
      ['source.out>pupil.in'],
      2,
    ],
    [
      'points of the field',
      [
        node('source', 'dipole', { motion: 'fixed' }),
        node('pupil', 'pupil'),
        node('seidel', 'seidel', { points: 5 }),
      ],
      ['source.out>pupil.in', 'pupil.out>seidel.in'],
      5,
    ],
    [
      'lights that meet one after the other',
      [lamp('a', 2), lamp('b', 1), lamp('c', 1), mix('first'), mix('next')],
      ['a.out>first.a', 'b.out>first.b', 'first.out>next.a', 'c.out>next.b'],
      24,
    ],
    [
      'light of three wavelengths',
      [node('a', 'schellBeam', { highestOrder: 1, spectrum: 'gaussian', spectralLines: 3 })],
      [],
      9,
    ],
  ] as const)('are counted for %s', (_, nodes, wires, expected) => {
    const { found, bound } = modesOf(createDesign(nodes, wires, { grid }));
    expect(found).toBe(expected);
    expect(bound).toBeGreaterThanOrEqual(found);
  });

  it('are, like the memory of each gallery system, at most what is taken for granted where there is room', async () => {
    for (const { id, design } of examples) {
      const { found, bound } = modesOf(design);
      expect(bound, id).toBeGreaterThanOrEqual(found);
      const plan = compile(design, registry);
      const request = {
        plan,
        images: () => null,
        mode: 'value',
        overrides: NO_OVERRIDES,
        kernels: unlimited,
      } as const;
      const { bytes } = await portion(request);
      expect(bytes, id).toBeGreaterThanOrEqual((await memoryNeed(request)).bytes);
    }
  });
});
