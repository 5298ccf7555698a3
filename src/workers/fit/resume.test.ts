import { afterAll, describe, expect, it } from 'vitest';
import type { Design } from '../../graph/document.ts';
import { DEFAULT_FIT_OPTIONS, type FitOptions } from '../../graph/fitOptions.ts';
import type { FitProgress, FitResult } from '../protocol.ts';
import { createSession, type Session } from '../session.ts';
import { smallHologram, smallStack } from '../testDesigns.ts';
import type { FitSnapshot } from './snapshot.ts';

const hologram = smallHologram({
  learn: ['sphere.x', 'sphere.z', 'sphere.radius'],
  start: { 'sphere.x': 0.36e-6, 'sphere.z': 5.4e-6, 'sphere.radius': 0.46e-6 },
});

/** Four terms that wait for the other values: a fit in stages. */
const stack = smallStack({
  learn: ['bead.x', 'bead.z', 'pupil.zernike.5', 'pupil.zernike.6', 'pupil.zernike.7', 'pupil.zernike.8'],
  start: { 'bead.x': 0.05e-6, 'bead.z': 0.1e-6 },
  truth: { 'pupil.zernike.5': 30e-9, 'pupil.zernike.8': -20e-9 },
  seed: 4,
});

interface Walk {
  readonly seen: FitProgress[];
  readonly result: FitResult;
}

async function walk(
  session: Session,
  design: Design,
  options: FitOptions,
  resume: FitSnapshot | null = null,
  onStep: (progress: FitProgress, snapshot: FitSnapshot | null) => boolean = () => true,
): Promise<Walk> {
  const seen: FitProgress[] = [];
  const result = await session.fit(
    design,
    options,
    async (progress, _look, _maps, snapshot) => {
      seen.push(progress);
      return onStep(progress, structuredClone(await snapshot()));
    },
    resume,
  );
  return { seen, result };
}

/** Of each backend one engine that is interrupted and one that goes on. */
const engines = {
  f64: [await createSession('f64'), await createSession('f64')],
  wasm: [await createSession('wasm'), await createSession('wasm')],
} as const;
afterAll(() => {
  for (const engine of Object.values(engines).flat()) engine.dispose();
});

/** Equal to 1e-6; what is nothing is nothing within rounding. */
const isSame = (a: number, b: number | undefined) =>
  Math.abs(a - (b ?? Number.NaN)) <= 1e-6 * Math.abs(b ?? 0) + 1e-18;

/** A fit is interrupted in a step, its state stored, and gone on with in a new engine. */
async function expectSameWalk(backend: 'f64' | 'wasm', design: Design, options: FitOptions, at: number) {
  const [first, second] = engines[backend];
  const whole = await walk(first, design, options);
  let kept: FitSnapshot | null = null;
  await walk(first, design, options, null, ({ iteration }, snapshot) => {
    if (snapshot !== null && iteration === at) kept = snapshot;
    return iteration < at;
  });
  if (kept === null) throw new Error('There was no snapshot.');
  const rest = await walk(second, design, options, kept);
  // What is asked between trials after the last step is no step.
  const steps = ({ seen }: Walk) => seen.filter(({ iteration, phase }) => phase === 'fit' && iteration > at);
  const [resumed, later] = [steps(rest), steps(whole)];
  expect(resumed.length).toBeGreaterThan(0);
  expect(resumed.map(({ iteration }) => iteration)).toEqual(later.map(({ iteration }) => iteration));
  resumed.forEach(({ values, loss }, i) => {
    const expected = later[i];
    const off = Object.entries(values).filter(([path, value]) => !isSame(value, expected?.values[path]));
    expect(off).toEqual([]);
    expect(isSame(loss, expected?.loss)).toBe(true);
  });
  expect(rest.result.iterations).toBe(whole.result.iterations);
  expect(rest.result.loss.start).toBeCloseTo(whole.result.loss.start, 12);
  rest.result.parameters.forEach(({ value }, i) => {
    expect(isSame(value, whole.result.parameters[i]?.value)).toBe(true);
  });
}

const QUICK = { ...DEFAULT_FIT_OPTIONS, coarseSearch: false, maxIterations: 5 } as const;

describe.each(['f64', 'wasm'] as const)('a fit that is interrupted and gone on with on %s', (backend) => {
  it.each(['adam', 'momentum', 'lbfgs', 'gaussNewton', 'levenbergMarquardt'] as const)(
    'walks as one that is not: %s',
    async (method) => {
      await expectSameWalk(backend, hologram, { ...QUICK, method }, 2);
    },
  );
});

it.each([1, 3])('goes on in the stage of Levenberg-Marquardt it was in: step %i', async (at) => {
  await expectSameWalk('wasm', stack, { ...QUICK, maxIterations: 40 }, at);
});

it('goes on in the start it was in, with those that have ended', async () => {
  const starts = { count: 3, seed: 1, spread: 0.5 };
  const options = { ...QUICK, method: 'lbfgs', maxIterations: 3, starts } as const;
  await expectSameWalk('wasm', hologram, options, 4);
});

it.each([
  ['levenbergMarquardt', stack],
  ['lbfgs', hologram],
  ['adam', hologram],
] as const)(
  'goes on from the values on another backend, which rounds otherwise: %s',
  async (method, design) => {
    const options = { ...QUICK, method, maxIterations: 6 };
    const kept: FitSnapshot[] = [];
    await walk(engines.wasm[0], design, options, null, ({ iteration }, snapshot) => {
      if (snapshot !== null) kept.push(snapshot);
      return iteration < 3;
    });
    const before = kept.at(-1);
    if (before === undefined) throw new Error('There was no snapshot.');
    const later: (FitSnapshot | null)[] = [];
    const { seen, result } = await walk(engines.f64[0], design, options, before, (_, snapshot) => {
      later.push(snapshot);
      return true;
    });
    expect(before.iteration).toBe(3);
    expect(seen[0]?.iteration).toBe(3);
    // The same values: what single precision leaves of the loss.
    expect((seen[0]?.loss ?? Number.NaN) / before.loss).toBeCloseTo(1, 3);
    expect(result.loss.end).toBeLessThanOrEqual(before.loss * (1 + 1e-3));
    expect(result.iterations).toBeLessThanOrEqual(6);
    expect(result.warnings[0]).toContain('from the values of step 3, which WASM had reached');
    // What is kept there goes on exactly there.
    const [again = null] = later;
    const { seen: third } = await walk(engines.f64[1], design, options, again);
    expect(third.map(({ iteration }) => iteration)).toEqual(seen.slice(1).map(({ iteration }) => iteration));
    expect(isSame(third.at(-1)?.loss ?? Number.NaN, seen.at(-1)?.loss)).toBe(true);
  },
);

const withKind = (kind: string): Design => ({
  ...hologram,
  nodes: hologram.nodes.map((node) =>
    node.type === 'loss' ? { ...node, params: { ...node.params, kind } } : node,
  ),
});

it.each(['leastSquares', 'meanAbsolute'])(
  'ends as the best of its starts did, not as the last: %s',
  async (kind) => {
    const starts = { count: 2, seed: 1, spread: 0.5 };
    const options = { ...QUICK, method: 'lbfgs', maxIterations: 2, starts } as const;
    let kept: FitSnapshot | null = null;
    await walk(engines.f64[0], withKind(kind), options, null, (_, snapshot) => {
      if (snapshot?.starts.length !== 1) return true;
      // The first start as if it had come to a perfect end; the second has no steps left.
      kept = {
        ...snapshot,
        starts: snapshot.starts.map((each) => ({ ...each, value: 0, ending: 'converged' })),
      };
      return false;
    });
    const { result } = await walk(engines.f64[1], withKind(kind), options, kept);
    expect(result.ending).toBe('converged');
    expect(result.converged).toBe(true);
  },
);
