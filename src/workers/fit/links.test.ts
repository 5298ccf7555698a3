/** Values that follow others in fits: derivatives go through the expressions. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design, DesignNode } from '../../graph/document.ts';
import { setAll } from '../../graph/edit.ts';
import { GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { setLink } from '../../graph/expressions/editLinks.ts';
import { relinked } from '../../graph/expressions/links.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { getAt } from '../../graph/paths.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { createSession } from '../session.ts';
import { smallStack } from '../testDesigns.ts';
import { FitProblem } from './fitProblem.ts';
import { PortionedRuns } from './portionedRuns.ts';

/** Light through two lenses a little apart onto a camera: both focal lengths shape the spot; the first, upstream, follows. */
function twoLenses(truth: number, start: number): Design {
  const node = (id: string, type: string, params: DesignNode['params'] = {}): DesignNode => ({
    ...{ id, type, params },
    position: { x: 0, y: 0 },
  });
  const wire = (from: string, to: string, port = 'in') => ({
    id: `${from}>${to}.${port}`,
    from: { node: from, port: 'out' },
    to: { node: to, port },
  });
  const design: Design = {
    format: 'luminode',
    formatVersion: 1,
    title: 'Two lenses',
    grid: { samples: 24, pitch: 25e-6 },
    seed: 1,
    nodes: [
      node('beam', 'gaussianBeam', { waist: 100e-6 }),
      node('lens1', 'thinLens', { diameter: 0 }),
      node('gap', 'propagator', { distance: 10e-3 }),
      node('lens2', 'thinLens', { diameter: 0 }),
      node('screen', 'propagator', { distance: 40e-3 }),
      node('camera', 'camera', { rows: 16, columns: 16, pixelPitch: 25e-6 }),
      node('seen', 'target', { image: 'simulated' }),
      node('loss', 'loss'),
    ],
    edges: [
      wire('beam', 'lens1'),
      wire('lens1', 'gap'),
      wire('gap', 'lens2'),
      wire('lens2', 'screen'),
      wire('screen', 'camera'),
      wire('camera', 'loss', 'model'),
      wire('seen', 'loss', 'target'),
    ],
    learn: ['lens2.focalLength'],
    images: {
      simulated: {
        ...{ kind: 'simulated', name: 'seen', camera: 'camera', noise: false, seed: 1 },
        truth: {
          ...{ 'beam.waist': 100e-6, 'lens1.diameter': 0, 'lens2.diameter': 0, 'gap.distance': 10e-3 },
          ...{
            'screen.distance': 40e-3,
            'camera.rows': 16,
            'camera.columns': 16,
            'camera.pixelPitch': 25e-6,
          },
          // Of the measurement nothing follows anything.
          ...{ 'lens1.focalLength': 2 * truth, 'lens2.focalLength': truth },
        },
      },
    },
  };
  const linked = setLink(design, registry, 'lens1.focalLength', '2*lens2');
  return relinked(setAll(linked, registry, { 'lens2.focalLength': start }), registry);
}

async function runnerOf(design: Design): Promise<GraphRunner> {
  const ops = new Ops(createFloat64Kernels());
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  return new GraphRunner(ops, images.get);
}

describe('a focal length that two lenses share', () => {
  /** Behind both lenses the focus is at 59 mm: the screen is well before it, and the spot grows with f. */
  const TRUE = 0.09;
  const design = twoLenses(TRUE, 0.11);

  it('has the derivative of both, forwards and backwards', async () => {
    const runner = await runnerOf(design);
    const plan = compile(design, registry);
    const runs = new PortionedRuns(runner, plan, { node: 'camera', port: 'out' }, 'loss');
    const path = 'lens2.focalLength';
    const at = (f: number) => ({
      ...NO_OVERRIDES,
      values: new Map([[path, f]]),
      slots: new Map([[path, 0]]),
    });
    const h = 1e-5;
    const image = async (f: number) => Float64Array.from((await runs.image(at(f), 'value', 16 * 16)).model);
    const [up, down] = [await image(0.11 + h), await image(0.11 - h)];
    const column = (await runs.image(at(0.11), 'forward', 16 * 16)).tangent(0) ?? new Float64Array(0);
    const slope = up.map((u, k) => (u - (down[k] as number)) / (2 * h));
    const largest = slope.reduce((most, s) => Math.max(most, Math.abs(s)), 0);
    const off = slope.reduce((most, s, k) => Math.max(most, Math.abs(s - (column[k] ?? Number.NaN))), 0);
    // Central differences: (h/f)² = 1e-8 of the third derivative.
    expect(off / largest).toBeLessThan(1e-6);
    const losses = [await runs.lossGradient(at(0.11 + h)), await runs.lossGradient(at(0.11 - h))];
    const expected = ((losses[0]?.value ?? 0) - (losses[1]?.value ?? 0)) / (2 * h);
    const { gradient } = await runs.lossGradient(at(0.11));
    expect((gradient[0] ?? 0) / expected).toBeCloseTo(1, 6);
    runs.release();
  });

  it('is more than that of the learned lens alone', async () => {
    const derivative = async (each: Design) => {
      const plan = compile(each, registry);
      const problem = await FitProblem.create(
        await runnerOf(each),
        plan,
        expandLearnables(each, registry, 1),
      );
      return (await problem.normalEquations(new Float64Array(1))).curvature[0] ?? 0;
    };
    const { links: _, ...free } = design;
    expect(await derivative(design)).toBeGreaterThan(1.2 * (await derivative(free)));
  });

  it('is found, the first lens with it', async () => {
    const session = await createSession('wasm');
    const result = await session.fit(design, { ...DEFAULT_FIT_OPTIONS, coarseSearch: false });
    expect(result.parameters.map(({ path }) => path)).toEqual(['lens2.focalLength']);
    const found = result.parameters[0]?.value ?? 0;
    // Float32 pixels (6e-8) where the spot follows f by more than a tenth.
    expect(found / TRUE).toBeCloseTo(1, 5);
    const fitted = relinked(setAll(design, registry, { 'lens2.focalLength': found }), registry);
    expect(getAt(fitted, registry, 'lens1.focalLength')).toBe(2 * found);
  });

  it('stops in words where a linked value leaves its range', async () => {
    const runner = await runnerOf(design);
    const plan = compile(design, registry);
    const values = new Map([['lens2.focalLength', 900]]);
    const { issues } = runner.run(plan, { ...NO_OVERRIDES, values }, 'value').get('lens1') ?? { issues: [] };
    expect(issues[0]?.message).toBe(
      'Focal length of Thin lens follows 2*lens2.focalLength, which is 1800 m now, outside -1000 m to 1000 m.',
    );
  });
});

describe('a linked Zernike term', () => {
  it('moves with the one it follows, in all methods of descent alike', async () => {
    const small = smallStack({ learn: ['pupil.zernike.5'], start: { 'pupil.zernike.5': 20e-9 }, seed: 4 });
    const design = setLink(small, registry, 'pupil.zernike.6', '-0.5*pupil.zernike.5');
    expect(getAt(design, registry, 'pupil.zernike.6')).toBe(-10e-9);
    const plan = compile(design, registry);
    const problem = await FitProblem.create(
      await runnerOf(design),
      plan,
      expandLearnables(design, registry, plan.planes),
    );
    const point = Float64Array.of(0.2);
    const h = 1e-4;
    const merit = (side: number) => problem.merit(Float64Array.of(0.2 + side * h));
    const slope = ((await merit(1)) - (await merit(-1))) / (2 * h);
    const { descent } = await problem.normalEquations(point);
    const { gradient } = await problem.lossGradient(point);
    // Central differences: h² of the third derivative, and float64 rounding over h.
    expect(-(descent[0] ?? 0) / slope).toBeCloseTo(1, 5);
    expect((gradient[0] ?? 0) / (slope * problem.lossPerMerit)).toBeCloseTo(1, 5);
  });
});

describe('a value that follows two unknowns', () => {
  const start = { 'bead.x': 0.1e-6, 'bead.y': -0.1e-6 };
  const truth = { 'bead.x': 0.3e-6, 'bead.y': -0.2e-6, 'camera.blur': 0.1 + 1e-4 };
  const learn = ['bead.x', 'bead.y'];
  const small = setAll(smallStack({ learn, start, truth, seed: 4 }), registry, start);
  const design = setLink(small, registry, 'camera.blur', '(bead.x + bead.y)/(1 um) + 1e-4');

  it('limits none of them at the start of the others', () => {
    const ranges = expandLearnables(design, registry, 1).map(({ min, max }) => [min, max]);
    expect(ranges).toEqual(expandLearnables(small, registry, 1).map(({ min, max }) => [min, max]));
    const [alone] = expandLearnables({ ...design, learn: ['bead.y'] }, registry, 1);
    // The blur is 0 where y is -x - 0.1 nm; halvings reach the rounding of float64.
    expect(alone?.min).toBeCloseTo(-0.1001e-6, 20);
  });

  it('lets a fit pass where each alone would have been clipped', async () => {
    const session = await createSession('wasm');
    const result = await session.fit(design, { ...DEFAULT_FIT_OPTIONS, coarseSearch: false });
    for (const { path, value, sigma, atBound } of result.parameters) {
      // Of normal errors two beyond four sigma come once in 8000 seeds.
      expect(Math.abs(value - truth[path as 'bead.x' | 'bead.y'])).toBeLessThan(4 * (sigma ?? 0));
      expect(atBound).toBe(false);
    }
    expect(result.reducedChiSquare).toBeLessThan(1.2);
    session.dispose();
  });

  it('stops a fit at its end, and says which', async () => {
    const session = await createSession('wasm');
    // The other side of y = -x: the model's blur would be negative at the truth.
    const away = setLink(small, registry, 'camera.blur', '-(bead.x + bead.y)/(1 um) + 1e-4');
    const result = await session.fit(away, { ...DEFAULT_FIT_OPTIONS, coarseSearch: false });
    expect(result.warnings.join(' ')).toMatch(/follows -\(bead\.x \+ bead\.y\).*turned back there/);
    session.dispose();
  });
});
