import { afterEach, describe, expect, it, vi } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { DEFAULT_FIT_OPTIONS, type FitMethod } from '../../graph/fitOptions.ts';
import type { ElementSpec } from '../../optics/element.ts';
import { multiplyScalars } from '../../optics/ops/scalar.ts';
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

function plant(): void {
  const spec: ElementSpec | undefined = registry.get('interference');
  if (spec === undefined) throw new Error('The element is gone.');
  const { forward } = spec;
  vi.spyOn(spec, 'forward').mockImplementation((inputs, params, context) => {
    const amplitude = params['scatteredAmplitude'] as Parameters<typeof multiplyScalars>[0] & {
      value: number;
    };
    if (amplitude.value <= WALL || amplitude.value === TRUTH) return forward(inputs, params, context);
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
