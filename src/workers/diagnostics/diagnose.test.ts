import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { validate } from '../../graph/validate.ts';
import { openBackend } from '../backends.ts';
import { Session } from '../session.ts';
import { TIMED_DESIGNS } from './designs.ts';
import { diagnose } from './diagnose.ts';

const quick = { samples: 16, milliseconds: 1 };
const nothing = { views: [], previews: [] };

describe('a diagnosis', () => {
  it('measures kernels, steps and previews, and leaves no arrays of its kernels behind', async () => {
    const backend = await openBackend('f64');
    const session = new Session(backend);
    const before = backend.kernels.memory().arrays;
    const titles: string[] = [];
    let made = -1;
    const diagnosis = await diagnose(
      session,
      async (title, share) => {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThan(1);
        if (title.startsWith('One step') && made < 0) made = backend.kernels.memory().arrays;
        titles.push(title);
      },
      quick,
    );
    expect(made).toBe(before);
    expect(diagnosis.selfTest.ok).toBe(true);
    expect(diagnosis).toMatchObject({ backend: 'f64', threads: 1, adapter: null });
    expect(diagnosis.rows.map(({ title }) => title)).toEqual(titles.slice(1));
    for (const { milliseconds, runs } of diagnosis.rows) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(runs).toBeGreaterThanOrEqual(3);
    }
  });

  it('shares the time between two reports of a fit among the steps done in it', async () => {
    const session = new Session(await openBackend('f64'));
    const [perReport, perStep] = [50, 0.1];
    // A loop on the device, which reports at display rate.
    session.fit = async (_design, _options, onStep) => {
      for (let iteration = 0; ; iteration += perReport) {
        const progress = { iteration, loss: 1, phase: 'fit', searched: null, values: {} } as const;
        await onStep?.(
          progress,
          async () => nothing,
          () => [],
          async () => null,
        );
        const end = performance.now() + perReport * perStep;
        while (performance.now() < end);
      }
    };
    const { rows } = await diagnose(session, async () => undefined, quick);
    const steps = rows.filter(({ id }) => id.startsWith('step-'));
    expect(steps).toHaveLength(TIMED_DESIGNS.length);
    for (const { milliseconds, runs } of steps) {
      expect(milliseconds).toBeGreaterThanOrEqual(perStep * (1 - 1e-9));
      // A busy machine makes a span longer, not fifty times as long.
      expect(milliseconds).toBeLessThan(0.5 * perStep * perReport);
      expect(runs % perReport).toBe(0);
    }
  });

  it('says when the kernels compute wrongly', async () => {
    const backend = await openBackend('f64');
    const broken = new Proxy(backend.kernels, {
      get: (target, name) => {
        if (name === 'fourier2') return (u: never) => target.fourier2(u, 'inverse');
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const { selfTest } = await diagnose(
      new Session({ ...backend, kernels: broken }),
      async () => undefined,
      quick,
    );
    expect(selfTest.ok).toBe(false);
    expect(selfTest.detail).toContain('fourier2');
  });
});

it.each(TIMED_DESIGNS)(
  'the design “$id” is one that a user could open, and its target is another',
  async (timed) => {
    const design = timed.make(32);
    expect(validate(design, registry).filter(({ severity }) => severity === 'error')).toEqual([]);
    const { loss } = await new Session(await openBackend('f64')).show(design);
    expect(loss).toBeGreaterThan(0);
  },
);
