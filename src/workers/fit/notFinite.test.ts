import { afterEach, describe, expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { DEFAULT_FIT_OPTIONS, type FitMethod } from '../../graph/fitOptions.ts';
import type { ElementSpec } from '../../optics/element.ts';
import { multiplyScalars } from '../../optics/ops/scalar.ts';
import { ElementProblem } from '../../optics/problem.ts';
import type { FitProgress } from '../protocol.ts';
import { createSession } from '../session.ts';
import { smallHologram } from '../testDesigns.ts';

const session = await createSession('f64');
const design = smallHologram({
  learn: ['sphere.x', 'interference.scatteredAmplitude'],
  truth: { 'interference.scatteredAmplitude': 1 },
  start: { 'interference.scatteredAmplitude': 0.8 },
});

/** Beyond this amplitude the element gives no numbers, but for the truth, which the target is made with. */
const [WALL, TRUTH] = [0.86, 1];
const isBeforeWall = (amplitude: number): boolean => amplitude <= WALL;

function plant(isRefusal = false, isGood = isBeforeWall): void {
  const spec: ElementSpec | undefined = registry.get('interference');
  if (spec === undefined) throw new Error('The element is gone.');
  const { forward } = spec;
  vi.spyOn(spec, 'forward').mockImplementation((inputs, params, context) => {
    const amplitude = params['scatteredAmplitude'] as Parameters<typeof multiplyScalars>[0] & {
      value: number;
    };
    if (isGood(amplitude.value) || amplitude.value === TRUTH) return forward(inputs, params, context);
    if (isRefusal) throw new ElementProblem('The amplitude is too large.', 'Make it smaller.');
    return forward(
      inputs,
      { ...params, scatteredAmplitude: multiplyScalars(amplitude, Number.NaN) },
      context,
    );
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a value that is no number', () => {
  it.each(['adam', 'momentum', 'lbfgs', 'gaussNewton', 'levenbergMarquardt'] as const)(
    'stops %s within the step, keeps the last good values, and names the element and the value',
    async (method: FitMethod) => {
      plant();
      const seen: FitProgress[] = [];
      const options = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: 40 };
      const result = await session.fit(design, options, async (progress) => {
        seen.push(progress);
        return true;
      });
      expect(seen.every(({ loss }) => Number.isFinite(loss))).toBe(true);
      const amplitude = result.parameters.find(({ path }) => path === 'interference.scatteredAmplitude');
      expect(amplitude?.value).toBeLessThanOrEqual(WALL);
      expect(result.loss.end).toBe(Math.min(...seen.map(({ loss }) => loss), result.loss.end));
      expect(result.warnings[0]).toMatch(/^“Interference” gives values that are not numbers/);
      expect(result.warnings[0]).toContain(`“${amplitude?.title}”`);
      // Methods that try before they step come as close as they can; the others stop in the step that was bad.
      if (method === 'adam' || method === 'momentum') {
        expect(result.ending).toBe('notFinite');
        expect(result.iterations).toBe((seen.at(-1)?.iteration ?? 0) + 1);
      }
    },
  );

  it.each(['lbfgs', 'gaussNewton', 'levenbergMarquardt'] as const)(
    'ends %s before its first step where none leads to numbers, at the start values',
    async (method: FitMethod) => {
      plant(false, (amplitude) => amplitude === 0.8);
      const options = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: 40 };
      const result = await session.fit(design, options);
      expect(result.ending).toBe('notFinite');
      expect(result.iterations).toBeLessThanOrEqual(1);
      const amplitude = result.parameters.find(({ path }) => path === 'interference.scatteredAmplitude');
      expect(amplitude?.value).toBe(0.8);
      expect(result.loss.end).toBe(result.loss.start);
      expect(result.converged).toBe(false);
      expect(result.warnings[0]).toMatch(/^“Interference” gives values that are not numbers/);
      expect(result.warnings[0]).toContain(`“${amplitude?.title}”`);
    },
  );

  it('is refused at the start, with the name of the element', async () => {
    vi.restoreAllMocks();
    plant();
    const values = {
      truth: { 'interference.scatteredAmplitude': 1 },
      start: { 'interference.scatteredAmplitude': 0.95 },
    };
    const beyond = smallHologram({ learn: ['sphere.x'], ...values });
    await expect(session.fit(beyond, { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs' })).rejects.toThrow(
      /“Interference” gives values that are not numbers/,
    );
  });
});

describe('values that an element refuses', () => {
  it.each(['adam', 'lbfgs', 'gaussNewton', 'levenbergMarquardt'] as const)(
    'do not end %s without a result: the best values of before are kept',
    async (method: FitMethod) => {
      plant(true);
      const options = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: 40 };
      const result = await session.fit(design, options);
      expect(result.loss.end).toBeLessThan(result.loss.start);
      expect(result.warnings[0]).toMatch(/^“Interference” refuses its values \(The amplitude is too large\)/);
    },
  );

  it.each(['lbfgs', 'levenbergMarquardt'] as const)(
    'of a drawn start leave the others: they are counted (%s)',
    async (method: FitMethod) => {
      plant(true);
      const learn = ['interference.scatteredAmplitude'];
      const values = { 'interference.scatteredAmplitude': 0.8 };
      const truth = { 'interference.scatteredAmplitude': 1 };
      const one = smallHologram({ learn, truth, start: values });
      // Half of the range of amplitudes, or more, lies beyond the wall.
      const starts = { count: 4, seed: 1, spread: 'ranges' } as const;
      const options = { ...DEFAULT_FIT_OPTIONS, method, coarseSearch: false, maxIterations: 10, starts };
      const result = await session.fit(one, options);
      const { refused = 0, losses = [] } = result.starts ?? {};
      expect(refused).toBeGreaterThan(0);
      expect(losses.length).toBe(4 - refused);
      expect(result.warnings.join(' ')).toContain(`${refused} of them had no loss where they began`);
      expect(result.loss.end).toBe(Math.min(...losses));
    },
  );

  it('are told at the start', async () => {
    plant(true);
    const start = { 'interference.scatteredAmplitude': 0.95 };
    const beyond = smallHologram({
      learn: ['sphere.x'],
      start,
      truth: { 'interference.scatteredAmplitude': 1 },
    });
    await expect(session.fit(beyond, { ...DEFAULT_FIT_OPTIONS, method: 'lbfgs' })).rejects.toThrow(
      'The amplitude is too large',
    );
  });
});
