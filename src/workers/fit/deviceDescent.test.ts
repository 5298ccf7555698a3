import { describe, expect, it } from 'vitest';
import { registry } from '../../graph/catalogue.ts';
import { compile } from '../../graph/compile.ts';
import type { Design } from '../../graph/document.ts';
import { GraphRunner } from '../../graph/execute.ts';
import { expandLearnables } from '../../graph/learnables.ts';
import { createFloat64Kernels } from '../../optics/ops/kernels.f64.ts';
import type { Kernels, Recording } from '../../optics/ops/kernels.ts';
import { Ops } from '../../optics/ops/ops.ts';
import { HostImages } from '../hostImages.ts';
import { smallHologram, smallStack } from '../testDesigns.ts';
import { deviceAdam, ratesOf } from './deviceAdam.ts';
import type { DescentState } from './deviceDescent.ts';
import { FitProblem } from './fitProblem.ts';
import { type DescentProgress, descend } from './optimisers/descend.ts';
import { adam } from './optimisers/firstOrder.ts';
import type { StepState } from './optimisers/optimiser.ts';
import { againstAWall, atTheBottom, upASlope } from './testDescents.ts';

/** The float64 backend with loops that are recorded by keeping their body. */
function withLoops(): Kernels {
  const kernels = createFloat64Kernels() as Kernels;
  return Object.assign(Object.create(kernels) as Kernels, {
    record: (body: () => void): Recording => {
      body();
      return {
        repeat: async (times) => {
          for (let i = 0; i < times; i++) body();
        },
        release: () => undefined,
      };
    },
  });
}

async function problemOf(design: Design, kernels: Kernels) {
  const ops = new Ops(kernels);
  const images = new HostImages(ops, registry);
  await images.resolve(design);
  const plan = compile(design, registry);
  const runner = new GraphRunner(ops, images.get);
  return FitProblem.create(runner, plan, expandLearnables(design, registry, plan.planes));
}

const goOn = async () => true;
const [STEPS, RATE] = [12, 0.2];
const OPTIONS = { maxIterations: STEPS, learningRate: RATE };

const BOX = { lower: new Float64Array(3).fill(-10), upper: new Float64Array(3).fill(10) };

const stack = smallStack({
  learn: ['bead.x', 'bead.y', 'bead.z', 'bead.photons.*', 'camera.background.*', 'pupil.zernike.5'],
  start: { 'bead.x': 0.03e-6, 'bead.z': 0.05e-6 },
  truth: { 'pupil.zernike.5': 20e-9 },
  seed: 4,
});

describe('Adam on the device', () => {
  it('goes where Adam on the host goes, for a stack of a bead', async () => {
    const kernels = withLoops();
    const problem = await problemOf(stack, kernels);
    const start = new Float64Array(problem.parameters.length).fill(0.1);
    const rules = { iterations: STEPS };
    const losses: number[] = [];
    const optimiser = adam({ iterations: STEPS, learningRate: RATE });
    const host = await descend(problem, optimiser, start, rules, async ({ state }) => {
      losses.push(state.value);
      return true;
    });
    const before = kernels.memory();
    const descent = await problem.descent(start, ratesOf(OPTIONS));
    if (descent === null) throw new Error('This design needs no host.');
    const device = await deviceAdam(descent, rules, goOn);
    descent.release();
    expect(kernels.memory()).toEqual(before);
    // The same float64 steps with sums in another order; Adam divides by gradients that may be small.
    device.state.best.forEach((value, i) => {
      expect(Math.abs(value - (host.state.best[i] ?? 0))).toBeLessThan(1e-6);
    });
    expect(device.state.least / host.state.least).toBeCloseTo(1, 9);
    expect(device.state.least).toBeLessThan(losses[0] ?? 0);
  });

  it('goes on from a state that was stored as if nothing had been', async () => {
    const problem = await problemOf(stack, withLoops());
    const start = new Float64Array(problem.parameters.length).fill(0.1);
    const run = async (resume: StepState | null, onStep: (progress: DescentProgress) => boolean) => {
      const descent = await problem.descent(start, ratesOf(OPTIONS), resume);
      if (descent === null) throw new Error('This design needs no host.');
      try {
        return (await deviceAdam(descent, { iterations: STEPS }, async (progress) => onStep(progress))).state;
      } finally {
        descent.release();
      }
    };
    const whole = await run(null, () => true);
    const kept: StepState[] = [];
    await run(null, ({ state }) => {
      kept.push(structuredClone(state));
      return state.iteration < 5;
    });
    const last = kept.at(-1);
    expect(last?.iteration).toBeLessThan(STEPS);
    const rest = await run(last ?? null, () => true);
    // The change is added to the start and taken off again: one rounding of float64 per value.
    rest.best.forEach((value, i) => {
      expect(Math.abs(value - (whole.best[i] ?? 0))).toBeLessThan(1e-12);
    });
    expect(rest.iteration).toBe(whole.iteration);
  });

  it('ends in the step that has no loss or has lost its way, as on the host', async () => {
    const wall = againstAWall(new Ops(withLoops()), Number.MAX_VALUE);
    const { state, ending } = await deviceAdam(wall, { iterations: 200 }, goOn);
    expect(ending).toBe('notFinite');
    expect(state.iteration).toBe(8);
    // Eight steps of 0.1, of which the last leads behind the wall; each short of it by epsilon, 10^-12 of a step.
    expect(state.best[0]).toBeCloseTo(0.7, 11);
    expect(state.failed?.[0]).toBeCloseTo(0.8, 11);
    const up = await deviceAdam(upASlope(new Ops(withLoops())), { iterations: 100 }, goOn);
    expect(up).toMatchObject({ ending: 'diverged', state: { iteration: 8 } });
    expect(up.state.best[0]).toBeCloseTo(0.7, 11);
    const onHost = await descend(
      {
        ...BOX,
        lossGradient: async (point) => ({
          value: point.reduce((sum, x) => sum + (x / 0.75) ** 256 - x, 0),
          gradient: point.map((x) => (256 / 0.75) * (x / 0.75) ** 255 - 1),
        }),
      },
      adam({ iterations: 100, learningRate: 0.1, schedule: 'constant' }),
      new Float64Array(3),
      { iterations: 100 },
      goOn,
    );
    expect(onHost).toMatchObject({ ending: 'diverged', state: { iteration: 8 } });
  });

  it('may begin where the loss is next to nothing, as on the host', async () => {
    const start = { best: new Float64Array(3), iteration: 30 };
    const device = await deviceAdam(atTheBottom(new Ops(withLoops())), { iterations: 30 }, goOn);
    expect(device).toMatchObject({ ending: 'steps', state: start });
    const onHost = await descend(
      {
        ...BOX,
        lossGradient: async (point) => ({
          value: point.reduce((sum, x) => sum + (x - 1e-7) ** 2, 0),
          gradient: point.map((x) => 2 * (x - 1e-7)),
        }),
      },
      adam({ iterations: 30, learningRate: 0.5, schedule: 'constant' }),
      new Float64Array(3),
      { iterations: 30 },
      goOn,
    );
    expect(onHost).toMatchObject({ ending: 'steps', state: start });
  });

  it('is declined where the host computes what a parameter changes', async () => {
    const kernels = withLoops();
    const design = smallHologram({ learn: ['sphere.x', 'sphere.radius'] });
    const problem = await problemOf(design, kernels);
    expect(await problem.descent(new Float64Array(2), ratesOf(OPTIONS))).toBeNull();
    // What it needed of light is remembered; nothing else is left.
    const before = kernels.memory();
    expect(await problem.descent(new Float64Array(2), ratesOf(OPTIONS))).toBeNull();
    expect(kernels.memory()).toEqual(before);
    const plain = await problemOf(stack, createFloat64Kernels() as Kernels);
    expect(await plain.descent(new Float64Array(plain.parameters.length), ratesOf(OPTIONS))).toBeNull();
  });
});

describe('the loop on the device', () => {
  /** A device that needs `milliseconds` per step. */
  function device(milliseconds: number) {
    const batches: number[] = [];
    let done = 1;
    const zero = new Float64Array(1);
    let queue = Promise.resolve();
    const state = (): DescentState => ({
      steps: done,
      value: 1 / done,
      point: Float64Array.of(done),
      least: 1 / done,
      best: Float64Array.of(done),
      ...{ first: zero, second: zero, firstLoss: 1, ended: null },
    });
    return {
      batches,
      done: 1,
      advance: (steps: number) => {
        batches.push(steps);
        // One after another, like a device's queue.
        queue = queue.then(async () => {
          await new Promise((resolve) => setTimeout(resolve, steps * milliseconds));
          done += steps;
        });
        return queue;
      },
      read: async () => state(),
    };
  }

  it('does exactly the steps asked for and one to judge the last, in growing submissions', async () => {
    const quick = device(0.01);
    let seen = 0;
    const { state, ending } = await deviceAdam(quick, { iterations: 300 }, async () => ++seen > 0);
    expect(1 + quick.batches.reduce((sum, n) => sum + n, 0)).toBe(301);
    expect(Math.max(...quick.batches)).toBeGreaterThan(8);
    expect(state).toMatchObject({ iteration: 300, best: Float64Array.of(301), least: 1 / 301 });
    expect(ending).toBe('steps');
    expect(seen).toBeLessThan(quick.batches.length);
  });

  it('keeps submissions short on a slow device', async () => {
    const slow = device(12);
    await deviceAdam(slow, { iterations: 6 }, goOn);
    expect(Math.max(...slow.batches)).toBe(1);
  });

  it('takes single steps, and shows each, for a consumer that steps by hand', async () => {
    const quick = device(0.01);
    const iterations: number[] = [];
    await deviceAdam(quick, { iterations: 60 }, async ({ state }) => {
      iterations.push(state.iteration);
      await new Promise((resolve) => setTimeout(resolve, 220));
      return iterations.length < 4;
    });
    const steps = iterations.slice(1).map((iteration, i) => iteration - (iterations[i] ?? 0));
    expect(steps.slice(1)).toEqual([1, 1]);
  });

  it('stops where the loss is no number', async () => {
    const broken = device(0.01);
    const nan = async () => ({ ...(await broken.read()), value: Number.NaN, ended: 'notFinite' as const });
    const { ending, state } = await deviceAdam({ ...broken, read: nan }, { iterations: 6 }, goOn);
    expect(ending).toBe('notFinite');
    expect(state.failed).not.toBeNull();
  });
});
