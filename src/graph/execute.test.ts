import { describe, expect, it } from 'vitest';
import type { HostImage } from '../optics/element.ts';
import { createFloat64Kernels } from '../optics/ops/kernels.f64.ts';
import { Ops, type Real } from '../optics/ops/ops.ts';
import { registry } from './catalogue.ts';
import { compile } from './compile.ts';
import type { Design, ParamData } from './document.ts';
import { GraphRunner, NO_OVERRIDES, type ParameterOverrides, type RunResult } from './execute.ts';
import { createDesign, node } from './testSupport.ts';

const IMAGE: HostImage = {
  shape: [9, 9],
  data: Float64Array.from({ length: 81 }, (_, i) => 1 + 0.1 * Math.sin(i)),
  mask: null,
  key: 'image-1',
};

/** source -> sphere -> interference -> pupil -> camera -> loss <- target. */
const design: Design = createDesign(
  [
    node('source', 'planeWave', { refractiveIndex: 1.33 }),
    node('sphere', 'mieSphere', { z: 2e-6, radius: 0.3e-6 }),
    node('interference', 'interference'),
    node('pupil', 'pupil', { numericalAperture: 1.1 }),
    node('camera', 'camera', { rows: 9, columns: 9, pixelPitch: 0.15e-6 }),
    node('target', 'target', { image: 'image' }),
    node('loss', 'loss'),
  ],
  [
    'source.out>sphere.in',
    'sphere.out>interference.scattered',
    'source.out>interference.reference',
    'interference.out>pupil.in',
    'pupil.out>camera.in',
    'camera.out>loss.model',
    'target.out>loss.target',
  ],
  { grid: { samples: 24, pitch: 1e-6 } },
);

function change(base: Design, id: string, params: Readonly<Record<string, ParamData>>): Design {
  const nodes = base.nodes.map((each) =>
    each.id === id ? { ...each, params: { ...each.params, ...params } } : each,
  );
  return { ...base, nodes };
}

function createRunner(image: () => HostImage | null = () => IMAGE) {
  const ops = new Ops(createFloat64Kernels());
  const runner = new GraphRunner(ops, image);
  const run = (current: Design, overrides: ParameterOverrides = NO_OVERRIDES) =>
    runner.run(compile(current, registry), overrides, 'value');
  return { ops, runner, run };
}

const computed = (result: RunResult) => [...result].filter(([, node]) => node.computed).map(([id]) => id);
const errors = (result: RunResult) =>
  [...result].flatMap(([, { issues }]) => issues.filter(({ severity }) => severity === 'error'));

async function lossOf(ops: Ops, result: RunResult): Promise<number> {
  const value = result.get('loss')?.outputs['out'];
  if (value?.kind !== 'scalar') throw new Error('No loss.');
  const [read] = await ops.read([value.samples]);
  return read?.[0] ?? Number.NaN;
}

describe('a run', () => {
  it('computes each node once and remembers all of them', () => {
    const { run } = createRunner();
    const all = ['source', 'sphere', 'target', 'interference', 'pupil', 'camera', 'loss'];
    expect(computed(run(design)).sort()).toEqual(all.sort());
    expect(computed(run(design))).toEqual([]);
    expect(computed(run(structuredClone(design)))).toEqual([]);
  });

  it.each([
    ['sphere', { x: 1e-7 }, ['sphere', 'interference', 'pupil', 'camera', 'loss']],
    ['pupil', { zernike: { 4: 1e-8 } }, ['pupil', 'camera', 'loss']],
    ['camera', { gain: 2 }, ['camera', 'loss']],
    ['loss', { kind: 'poisson' }, ['loss']],
    ['source', { wavelength: 500e-9 }, ['source', 'sphere', 'interference', 'pupil', 'camera', 'loss']],
  ])('after a change of %s recomputes what lies downstream and nothing else', (id, params, expected) => {
    const { run } = createRunner();
    run(design);
    expect(computed(run(change(design, id, params))).sort()).toEqual([...expected].sort());
  });

  it('gives the same numbers as a run without memory', async () => {
    const warm = createRunner();
    warm.run(design);
    const moved = change(change(design, 'sphere', { z: 3e-6 }), 'camera', { offset: 4 });
    const cold = createRunner();
    const [a, b] = [await lossOf(warm.ops, warm.run(moved)), await lossOf(cold.ops, cold.run(moved))];
    expect(a).toBe(b);
    expect(await lossOf(warm.ops, warm.run(design))).not.toBe(a);
  });

  it('recomputes everything that samples light when the grid changes, but not the target’s image', () => {
    const { run } = createRunner();
    run(design);
    const ids = computed(run({ ...design, grid: { samples: 26, pitch: 1e-6 } }));
    for (const id of ['source', 'sphere', 'pupil', 'camera', 'loss']) expect(ids).toContain(id);
  });

  it('notices another image under the same name', () => {
    let image = IMAGE;
    const { run } = createRunner(() => image);
    run(design);
    image = { ...IMAGE, data: IMAGE.data.map((value) => 2 * value), key: 'image-2' };
    expect(computed(run(design)).sort()).toEqual(['loss', 'target']);
  });

  it('takes values that replace the document’s', async () => {
    const { ops, run } = createRunner();
    const replaced = await lossOf(
      ops,
      run(design, { values: new Map([['sphere.z', 2.5e-6]]), slots: new Map() }),
    );
    expect(replaced).toBe(await lossOf(ops, run(change(design, 'sphere', { z: 2.5e-6 }))));
  });

  it('evaluates only what is asked for and what that needs', () => {
    const { runner } = createRunner();
    const result = runner.run(compile(design, registry), NO_OVERRIDES, 'value', new Set(['pupil']));
    expect([...result.keys()].sort()).toEqual(['interference', 'pupil', 'source', 'sphere']);
  });
});

describe('memory', () => {
  it('stays flat over 100 changes and returns to nothing', async () => {
    const { ops, runner, run } = createRunner();
    const at = (i: number) =>
      change(change(design, 'sphere', { x: 1e-9 * (i + 1), radius: 0.3e-6 + 1e-9 * i }), 'pupil', {
        zernike: { 4: 1e-9 * (i + 1) },
      });
    // Samples of the last few values are kept.
    for (let i = 0; i < 20; i++) await lossOf(ops, run(at(i)));
    const before = ops.memory();
    for (let i = 20; i <= 100; i++) await lossOf(ops, run(at(i)));
    expect(ops.memory()).toEqual(before);
    runner.forgetAll();
    ops.clearConstants();
    expect(ops.memory()).toEqual({ bytes: 0, arrays: 0 });
  });

  it('keeps nothing of a gradient once its scope has closed', async () => {
    const { ops, runner, run } = createRunner();
    run(design);
    const slots = new Map([
      ['sphere.z', 0],
      ['pupil.zernike.8', 1],
    ]);
    const step = async () => {
      const scope = ops.open();
      const result = runner.run(compile(design, registry), { values: new Map(), slots }, 'reverse');
      const value = result.get('loss')?.outputs['out'];
      if (value?.kind !== 'scalar') throw new Error('No loss.');
      const found = await ops.gradient(value.samples, 2);
      ops.close(scope);
      return found;
    };
    const first = await step();
    const before = ops.memory();
    for (let i = 0; i < 5; i++) expect(await step()).toEqual(first);
    expect(ops.memory()).toEqual(before);
    // What does not depend on the parameters was remembered from the first run.
    expect(ops.mode).toBe('value');
    expect(computed(run(design))).toEqual([]);
  });

  it('forgets nodes that are no longer in the design', () => {
    const { ops, runner, run } = createRunner();
    run(design);
    const nodes = design.nodes.filter(({ id }) => id === 'source');
    run({ ...design, nodes, edges: [] });
    const left = ops.memory().arrays;
    runner.forgetAll();
    expect(left - ops.memory().arrays).toBe(1);
  });
});

describe('the derivative of a run', () => {
  it('moves a Zernike term of value zero', async () => {
    const { ops, runner, run } = createRunner();
    const path = 'pupil.zernike.8';
    const slots = new Map([[path, 0]]);
    const gradient = async () => {
      const scope = ops.open();
      const result = runner.run(compile(design, registry), { values: new Map(), slots }, 'reverse');
      const value = result.get('loss')?.outputs['out'];
      if (value?.kind !== 'scalar') throw new Error('No loss.');
      const found = await ops.gradient(value.samples as Real, 1);
      ops.close(scope);
      return found.gradient[0] ?? Number.NaN;
    };
    const at = async (z: number) =>
      lossOf(ops, run(design, { values: new Map([[path, z]]), slots: new Map() }));
    const h = 1e-11;
    const difference = ((await at(h)) - (await at(-h))) / (2 * h);
    const found = await gradient();
    expect(Math.abs(difference)).toBeGreaterThan(1);
    // Central difference: 1e-16 · loss / h of rounding, 1e-5 here.
    expect(Math.abs(found / difference - 1)).toBeLessThan(1e-4);
  });
});

describe('problems', () => {
  it('are reported at the node that has them, and nowhere else', () => {
    const { run } = createRunner();
    const result = run(change(design, 'pupil', { numericalAperture: 1.4 }));
    expect(errors(result).map(({ nodeId }) => nodeId)).toEqual(['pupil']);
    expect(errors(result)[0]?.message).toMatch(/1\.4.*1\.33/);
    expect(Object.keys(result.get('camera')?.outputs ?? {})).toEqual([]);
    expect(result.get('interference')?.outputs['out']?.kind).toBe('farField');
  });

  it('of a missing wire, a missing image and unequal sizes are sentences', () => {
    const { run } = createRunner(() => null);
    const open = { ...design, edges: design.edges.filter(({ to }) => to.node !== 'pupil') };
    const found = errors(run(open));
    expect(found.map(({ nodeId }) => nodeId).sort()).toEqual(['pupil', 'target']);
    for (const { message, fix } of found) expect(`${message} ${fix}`).toMatch(/\. .*\.$/);
    const other = createRunner();
    const small = errors(other.run(change(design, 'camera', { rows: 8 })));
    expect(small.map(({ nodeId }) => nodeId)).toEqual(['loss']);
    expect(small[0]?.message).toMatch(/8 × 9.*9 × 9/);
  });

  it('of sampling are warnings, and the node still runs', () => {
    const { run } = createRunner();
    // Through a pupil without coma the sphere is seen by its profiles, which have no samples to be too coarse.
    const sampled = change(design, 'pupil', { zernike: { 7: 1e-15 } });
    const result = run(change(sampled, 'camera', { pixelPitch: 3e-6 }));
    expect(result.get('camera')?.issues.map(({ severity }) => severity)).toContain('warning');
    expect(result.get('camera')?.outputs['out']?.kind).toBe('image');
  });

  it('go away when they are repaired', () => {
    const { run } = createRunner();
    run(change(design, 'pupil', { numericalAperture: 1.4 }));
    expect(errors(run(design))).toEqual([]);
  });

  it('of a per-plane list that does not fit name the parameter', () => {
    const { run } = createRunner();
    const result = run(change(design, 'camera', { background: [1, 2, 3] }));
    expect(errors(result).map(({ nodeId }) => nodeId)).toEqual(['camera']);
    expect(errors(result)[0]?.message).toMatch(/Background.*3 values for 1 plane/);
  });
});

describe('a bypassed node', () => {
  const bypassed = (id: string): Design => ({
    ...design,
    nodes: design.nodes.map((each) => (each.id === id ? { ...each, bypassed: true } : each)),
  });

  it('hands its input on unchanged', () => {
    const { run } = createRunner();
    const result = run(bypassed('interference'));
    expect(result.get('interference')?.outputs['out']).toBe(result.get('sphere')?.outputs['out']);
    expect(errors(result)).toEqual([]);
  });

  it('changes the result, and back again', async () => {
    const { ops, run } = createRunner();
    const on = await lossOf(ops, run(design));
    const off = await lossOf(ops, run(bypassed('interference')));
    expect(off).not.toBe(on);
    expect(await lossOf(ops, run(design))).toBe(on);
  });
});

describe('a design with a loop', () => {
  it('runs what is not on it', () => {
    const loop = createDesign(
      [node('source', 'planeWave'), node('lens', 'thinLens'), node('space', 'propagator')],
      ['lens.out>space.in', 'space.out>lens.in'],
      { grid: { samples: 8, pitch: 1e-5 } },
    );
    const { run } = createRunner();
    expect([...run(loop).keys()]).toEqual(['source']);
  });
});
