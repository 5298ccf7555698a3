import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design, ParamData } from '../../graph/document.ts';
import { GraphRunner, NO_OVERRIDES } from '../../graph/execute.ts';
import { DEFAULT_FIT_OPTIONS } from '../../graph/fitOptions.ts';
import { decodeFloat32, encodeFloat32 } from '../../graph/imageData.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { learnableMaps, withFittedMaps } from '../../graph/maps.ts';
import { parseDesign } from '../../graph/parse.ts';
import { serializeDesign } from '../../graph/serialize.ts';
import { SeededRandom } from '../../optics/maths/random.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import { Ops } from '../../optics/ops/ops.ts';
import type { FitProgress } from '../protocol.ts';
import { createSession } from '../session.ts';
import { CurvatureProducts } from './curvatureProducts.ts';
import { FitProblem } from './fitProblem.ts';
import { LearnedPoint } from './learnedPoint.ts';
import { PortionedRuns } from './portionedRuns.ts';

const ADAM = { ...DEFAULT_FIT_OPTIONS, method: 'adam', coarseSearch: false, maxIterations: 60 } as const;
const [SAMPLES, CELLS] = [16, 8];

/** Two bright pixels that a phase map before a Fourier lens is to make. */
const target = Float32Array.from({ length: SAMPLES ** 2 }, (_, i) =>
  i === 7 * SAMPLES + 6 || i === 10 * SAMPLES + 9 ? 1 : 0,
);

interface Variant {
  readonly mask?: Readonly<Record<string, ParamData>>;
  readonly loss?: Readonly<Record<string, ParamData>>;
  readonly learn?: readonly string[];
}

function splitter({ mask = {}, loss = {}, learn = ['mask.phase'] }: Variant = {}): Design {
  const wire = (from: string, to: string, port = 'in', out = 'out') => ({
    id: `${from}.${out}>${to}.${port}`,
    from: { node: from, port: out },
    to: { node: to, port },
  });
  const node = (id: string, type: string, params: Readonly<Record<string, ParamData>> = {}) => ({
    id,
    type,
    position: { x: 0, y: 0 },
    params,
  });
  const size = { rows: SAMPLES, columns: SAMPLES, pixelPitch: (532e-9 * 0.1) / (SAMPLES * 20e-6) };
  return {
    format: 'luminode',
    formatVersion: 1,
    title: 'Splitter',
    grid: { samples: SAMPLES, pitch: 20e-6 },
    seed: 1,
    nodes: [
      node('source', 'planeWave', { power: 1 }),
      node('mask', 'freeformPhase', { cells: CELLS, phase: { low: -3, high: 3, seed: 2 }, ...mask }),
      node('lens', 'fourierLens'),
      node('camera', 'camera', size),
      node('goal', 'target', { image: 'spots' }),
      node('loss', 'loss', { kind: 'correlation', ...loss }),
    ],
    edges: [
      wire('source', 'mask'),
      wire('mask', 'lens'),
      wire('lens', 'camera'),
      wire('camera', 'loss', 'model'),
      wire('goal', 'loss', 'target'),
      wire('mask', 'loss', 'penalty', 'penalty'),
    ],
    learn,
    images: {
      spots: {
        kind: 'measured',
        name: 'spots',
        shape: [SAMPLES, SAMPLES],
        data: encodeFloat32(target),
        saturationLevel: null,
      },
    },
  };
}

describe('the gradient by a map', () => {
  it.each([
    ['flat cells', {}],
    [
      'linear cells with a penalty',
      { interpolation: 'linear', penalty: 'variation', penaltyWeight: 0.3, cells: 7 },
    ],
  ] as const)('is that of differences: %s', async (_name, mask) => {
    const cells = 'cells' in mask ? mask.cells : CELLS;
    const plan = compile(splitter({ mask }), registry);
    const goal = { shape: [SAMPLES, SAMPLES], data: target, mask: null, key: 'spots' };
    const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => goal);
    const runs = new PortionedRuns(runner, plan, { node: 'camera', port: 'out' }, 'loss');
    const random = new SeededRandom(3);
    const values = Float64Array.from({ length: cells ** 2 }, () => 3 * random.normal());
    const at = (map: Float64Array) =>
      runs.lossGradient(NO_OVERRIDES, [{ path: 'mask.phase', shape: [cells, cells], values: map }]);
    const { maps } = await at(values);
    for (let i = 0; i < values.length; i += 9) {
      const moved = async (h: number) => (await at(values.map((v, k) => (k === i ? v + h : v)))).value;
      const slope = ((await moved(1e-4)) - (await moved(-1e-4))) / 2e-4;
      // Central difference: h² f'''/6, about 1e-9 for derivatives of order 1.
      expect(Math.abs((maps[0]?.[i] ?? Number.NaN) - slope)).toBeLessThan(1e-7);
    }
    expect(Math.max(...(maps[0] ?? []).map(Math.abs))).toBeGreaterThan(1e-3);
  });
});

describe.each(['f64', 'wasm'] as const)('a fit of a map on %s', (backend) => {
  it('makes the loss small, keeps the result in the document and goes on from there', async () => {
    const session = await createSession(backend);
    const design = splitter();
    const seen: FitProgress[] = [];
    const result = await session.fit(design, ADAM, async (progress) => {
      seen.push(progress);
      return true;
    });
    expect(result.loss.start).toBeGreaterThan(0.5);
    // Phases split light in two with 81 % at best (0 and π, 2 × 4/π²); r² is about that share.
    expect(result.loss.end).toBeLessThan(1 - (0.9 * Math.sqrt(8)) / Math.PI);
    // The start and every step.
    expect(seen).toHaveLength(61);
    expect(result.parameters).toEqual([]);
    const [map] = result.maps ?? [];
    expect(map?.path).toBe('mask.phase');
    const fitted = withFittedMaps(design, registry, result.maps ?? []);
    const read = parseDesign(serializeDesign(fitted), registry);
    if (!read.ok || map === undefined) throw new Error('The file was not readable.');
    const shown = await session.show(read.design);
    expect(shown.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    // The map is kept in float32, as the backend has it; 1e-5 covers its rounding on float64.
    expect(Math.abs((shown.loss ?? 1) - result.loss.end)).toBeLessThan(1e-5);
    const again = withFittedMaps(fitted, registry, [{ ...map, data: encodeFloat32(new Float32Array(64)) }]);
    expect(Object.keys(again.images)).toEqual(Object.keys(fitted.images));
    expect(decodeFloat32(map.data, 64).every(Number.isFinite)).toBe(true);
    session.dispose();
  });
});

describe('the curvature of the residuals', () => {
  it('is that of differences of the model, for numbers and cells together', async () => {
    const design = splitter({ learn: ['mask.phase', 'lens.focalLength'], loss: { kind: 'leastSquares' } });
    const plan = compile(design, registry);
    const goal = { shape: [SAMPLES, SAMPLES], data: target, mask: null, key: 'spots' };
    const runner = new GraphRunner(new Ops(createFloat64Kernels()), () => goal);
    const learned = {
      learnables: expandLearnables(design, registry, plan.planes),
      maps: learnableMaps(design, registry),
    };
    const point = new LearnedPoint(learned, runner.images);
    const problem = await FitProblem.create(runner, plan, learned.learnables);
    const products = new CurvatureProducts(runner, plan, problem, point);
    const random = new SeededRandom(5);
    const at = point.start.map(() => random.normal());
    const direction = point.start.map(() => random.normal());
    const found = await products.product(at, direction);
    // The model by differences: J v, and each (JᵀJ v)ᵢ = (J eᵢ)·(J v), times 2 / pixels of the mean of squares.
    const model = async (h: number, along: Float64Array) => {
      const moved = at.map((x, i) => x + h * (along[i] ?? 0));
      const scope = runner.ops.open();
      const maps = new Map(
        point
          .mapStarts(moved)
          .map(({ path, values, shape }) => [path, runner.ops.upload(values, shape, 'real')] as const),
      );
      const overrides = { ...point.overridesAt(moved), slots: new Map(), maps };
      const image = runner.run(plan, overrides, 'value').get('camera')?.outputs['out'];
      if (image?.kind !== 'image') throw new Error('There is no image.');
      const [values = new Float64Array(0)] = await runner.ops.read([image.samples]);
      runner.ops.close(scope);
      return values;
    };
    const slope = async (along: Float64Array) => {
      const [plus, minus] = [await model(1e-4, along), await model(-1e-4, along)];
      return Float64Array.from(plus, (value, k) => (value - (minus[k] ?? 0)) / 2e-4);
    };
    const changed = await slope(direction);
    for (const i of [0, 1, 9, 40]) {
      const one = at.map((_, k) => (k === i ? 1 : 0));
      const own = await slope(one);
      const expected = own.reduce((sum, x, k) => sum + x * (changed[k] ?? 0), 0) * (2 / SAMPLES ** 2);
      // Central differences: h² of the third derivative, about 1e-8 of slopes of order 1.
      expect(Math.abs((found[i] ?? 0) - expected)).toBeLessThan(1e-6 * Math.max(...found.map(Math.abs)));
    }
  });

  it('lets Gauss-Newton fit a map with numbers, and is refused where there are no residuals', async () => {
    const session = await createSession('f64');
    const options = { ...ADAM, method: 'gaussNewton', maxIterations: 8 } as const;
    const squares = splitter({ learn: ['mask.phase', 'lens.focalLength'], loss: { kind: 'leastSquares' } });
    const result = await session.fit(squares, options);
    expect(result.loss.end).toBeLessThan(result.loss.start);
    await expect(session.fit(splitter(), options)).rejects.toThrow(/Gauss-Newton needs a comparison/);
    session.dispose();
  });
});

describe('a fit of a map', () => {
  it('says in words what it cannot do', async () => {
    const session = await createSession('f64');
    await expect(session.fit(splitter(), DEFAULT_FIT_OPTIONS)).rejects.toThrow(
      /8 × 8 values: choose L-BFGS or Adam/,
    );
    const scalars = splitter({ learn: ['lens.focalLength'] });
    await expect(session.fit(scalars, DEFAULT_FIT_OPTIONS)).rejects.toThrow(/penalty: choose L-BFGS or Adam/);
    await expect(session.fit(splitter({ learn: [] }), ADAM)).rejects.toThrow(/Nothing is marked/);
    session.dispose();
  });

  it('learns numbers beside, within their range, and ends where it is stopped', async () => {
    const session = await createSession('f64');
    const design = splitter({ learn: ['mask.phase', 'lens.focalLength'] });
    let steps = 0;
    const result = await session.fit(design, ADAM, async () => ++steps < 20);
    expect(result.iterations).toBe(19);
    expect(result.converged).toBe(false);
    expect(result.loss.end).toBeLessThan(result.loss.start);
    expect(result.parameters.map(({ path, sigma }) => [path, sigma])).toEqual([['lens.focalLength', null]]);
    expect(result.parameters[0]?.value).not.toBe(0.1);
    session.dispose();
  });

  it('listens to the penalty', async () => {
    const session = await createSession('f64');
    const rough = await session.fit(splitter(), ADAM);
    const mask = { penalty: 'smooth', penaltyWeight: 3 };
    const smooth = await session.fit(splitter({ mask }), ADAM);
    const steps = (data: string) => {
      const values = decodeFloat32(data, CELLS ** 2);
      return values.reduce(
        (sum, v, i) => (i % CELLS < CELLS - 1 ? sum + (v - (values[i + 1] ?? 0)) ** 2 : sum),
        0,
      );
    };
    expect(steps(smooth.maps?.[0]?.data ?? '')).toBeLessThan(0.5 * steps(rough.maps?.[0]?.data ?? ''));
    session.dispose();
  });
});
