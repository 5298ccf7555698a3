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
import { type AdamState, adam, deviceAdam, ratesOf } from './adam.ts';
import type { DescentState } from './deviceDescent.ts';
import { FitProblem } from './fitProblem.ts';

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

async function ended(states: AsyncGenerator<AdamState, AdamState>) {
  const seen: AdamState[] = [];
  for (;;) {
    const { value, done } = await states.next();
    if (done === true) return { end: value, seen };
    seen.push(value);
  }
}

const OPTIONS = { iterations: 12, learningRate: 0.2 };

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
    const host = await ended(adam(problem, start, OPTIONS));
    const before = kernels.memory();
    const descent = await problem.descent(start, ratesOf(OPTIONS));
    if (descent === null) throw new Error('This design needs no host.');
    const device = await ended(deviceAdam(descent, OPTIONS));
    descent.release();
    expect(kernels.memory()).toEqual(before);
    // The same float64 steps with sums in another order; Adam divides by gradients that may be small.
    device.end.point.forEach((value, i) => {
      expect(Math.abs(value - (host.end.point[i] ?? 0))).toBeLessThan(1e-6);
    });
    expect(device.end.value / host.end.value).toBeCloseTo(1, 9);
    expect(device.end.value).toBeLessThan(host.seen[0]?.value ?? 0);
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
    let queue = Promise.resolve();
    const state = (): DescentState => ({
      steps: done,
      value: 1 / done,
      point: Float64Array.of(done),
      least: 1 / done,
      best: Float64Array.of(done),
    });
    return {
      batches,
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
    const { end, seen } = await ended(deviceAdam(quick, { iterations: 300, learningRate: 1 }));
    expect(1 + quick.batches.reduce((sum, n) => sum + n, 0)).toBe(301);
    expect(Math.max(...quick.batches)).toBeGreaterThan(8);
    const last = Float64Array.of(301);
    expect(end).toEqual({ iteration: 300, point: last, value: 1 / 301, best: last });
    expect(seen.length).toBeLessThan(quick.batches.length);
  });

  it('keeps submissions short on a slow device', async () => {
    const slow = device(12);
    await ended(deviceAdam(slow, { iterations: 6, learningRate: 1 }));
    expect(Math.max(...slow.batches)).toBe(1);
  });

  it('takes single steps, and shows each, for a consumer that steps by hand', async () => {
    const quick = device(0.01);
    const states = deviceAdam(quick, { iterations: 60, learningRate: 1 });
    const iterations: number[] = [];
    for (let i = 0; i < 4; i++) {
      const { value } = await states.next();
      iterations.push(value.iteration);
      await new Promise((resolve) => setTimeout(resolve, 220));
    }
    const steps = iterations.slice(1).map((iteration, i) => iteration - (iterations[i] ?? 0));
    expect(steps.slice(1)).toEqual([1, 1]);
    const nowhere = new Float64Array(1);
    await states.return({ iteration: 0, point: nowhere, value: 0, best: nowhere });
  });
});
