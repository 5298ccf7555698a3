import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { releaseAdam, startAdam } from '../../../optics/ops/adam.ts';
import { ADAM_HEADER } from '../../../optics/ops/kernels.ts';
import { acquireDevice, type WebgpuDevice } from '../device.ts';
import type { WebgpuArray } from '../program.ts';
import { preparedStepFault } from '../startup.ts';
import { createWebgpuKernels, type WebgpuKernels } from '../webgpuKernels.ts';
import { ReplayProgram } from './replayProgram.ts';
import { StepKernels, withSteps } from './stepKernels.ts';

let source: WebgpuDevice;
let plain: WebgpuKernels;
let kernels: WebgpuKernels;

beforeAll(async () => {
  source = await acquireDevice();
  plain = createWebgpuKernels(source);
  kernels = withSteps(plain, source);
});

afterEach(() => {
  kernels.forget?.('');
  expect(source.faults()).toEqual({ uncaptured: [], lost: null });
});

afterAll(() => {
  kernels.dispose();
  source.dispose();
});

const SIZE = 12;

function numbers(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i));
}

/** A step as physics makes them: samples from the host, a chain of kernels, one read, everything released. */
async function step(
  k: WebgpuKernels,
  mask: WebgpuArray,
  values: { readonly phase: Float64Array; readonly coefficients: Float64Array; readonly factor: number },
  twist = false,
): Promise<number[][]> {
  const made: WebgpuArray[] = [];
  const own = (array: WebgpuArray) => {
    made.push(array);
    return array;
  };
  const basis = own(k.upload(numbers(3 * SIZE * SIZE, 4), [3, SIZE, SIZE], 'real'));
  const phase = own(k.upload(values.phase, [SIZE, SIZE], 'real'));
  const shape = own(k.combine(basis, values.coefficients));
  const light = own(k.phasor(own(k.add(phase, shape))));
  const field = own(k.fourier2(own(k.multiply(light, mask)), 'forward'));
  const turned = twist ? own(k.multiply(field, light, true)) : field;
  const image = own(k.scale(own(k.absSquared(turned)), values.factor));
  const sum = own(k.sum(image, [0, 1]));
  const read = await k.readMany([sum, image]);
  for (const array of made) k.release(array);
  return read.map((samples) => [...samples]);
}

function values(seed: number) {
  return {
    phase: numbers(SIZE * SIZE, seed),
    coefficients: numbers(3, seed + 9),
    factor: 1 + 0.25 * seed,
  };
}

describe('prepared steps', () => {
  it('give bit for bit what the kernels give, with new numbers each time', async () => {
    const before = kernels.memory();
    const mask = kernels.upload(numbers(SIZE * SIZE, 2), [SIZE, SIZE], 'real');
    for (let seed = 0; seed < 5; seed++) {
      const expected = await step(plain, mask, values(seed));
      const given = await kernels.step?.('test:a', () => step(kernels, mask, values(seed)));
      expect(given).toEqual(expected);
    }
    kernels.release(mask);
    kernels.forget?.('test:');
    expect(kernels.memory()).toEqual(before);
  });

  it('launch nothing through TensorFlow.js once they are prepared', async () => {
    const mask = kernels.upload(numbers(SIZE * SIZE, 2), [SIZE, SIZE], 'real');
    const runs: number[] = [];
    const { runWebGPUProgram } = source.backend;
    let count = 0;
    source.backend.runWebGPUProgram = (...args) => {
      count++;
      return runWebGPUProgram.apply(source.backend, args);
    };
    try {
      for (let seed = 0; seed < 3; seed++) {
        count = 0;
        await kernels.step?.('test:b', () => step(kernels, mask, values(seed)));
        runs.push(count);
      }
    } finally {
      source.backend.runWebGPUProgram = runWebGPUProgram;
    }
    expect(runs[0]).toBeGreaterThan(8);
    expect(runs.slice(1)).toEqual([0, 0]);
    kernels.release(mask);
  });

  it('notice a step that differs, in its middle or in an array from outside, and run it in full', async () => {
    const masks = [2, 3].map((seed) => kernels.upload(numbers(SIZE * SIZE, seed), [SIZE, SIZE], 'real'));
    const [first, second] = masks as [WebgpuArray, WebgpuArray];
    const cases = [
      { mask: first, twist: false },
      { mask: first, twist: false },
      { mask: first, twist: true },
      { mask: first, twist: true },
      { mask: second, twist: true },
      { mask: second, twist: true },
      { mask: first, twist: false },
    ];
    const before = plain.memory();
    for (const [seed, { mask, twist }] of cases.entries()) {
      const expected = await step(plain, mask, values(seed), twist);
      const given = await kernels.step?.('test:c', () => step(kernels, mask, values(seed), twist));
      expect(given).toEqual(expected);
    }
    expect(plain.memory()).toEqual(before);
    for (const mask of masks) kernels.release(mask);
  });

  it('use less memory than all their arrays together', async () => {
    const steps = new StepKernels(plain, source);
    const length = 10;
    const bytes = 4 * 256;
    const chain = async () => {
      let current = steps.call(
        'upload',
        [],
        [256],
        () => plain.upload(numbers(256, 1), [256], 'real'),
        numbers(256, 1),
      );
      const made = [current];
      for (let i = 0; i < length; i++) {
        current = steps.call('add', [current, current], [], ([a]) =>
          plain.add(a as WebgpuArray, a as WebgpuArray),
        );
        made.push(current);
      }
      const [read] = await steps.readMany([current]);
      for (const array of made) steps.release(array);
      return read?.[0];
    };
    const first = await steps.step('chain', chain);
    expect(await steps.step('chain', chain)).toBe(first);
    expect(first).toBeCloseTo(2 ** length * Math.sin(1), 2);
    // The upload and two that take turns; uniforms take 256 bytes per launch.
    expect(steps.report).toEqual({ steps: 1, bytes: 3 * bytes + 256 * length });
    steps.dispose();
  });

  it('are not prepared when something made in them is kept', async () => {
    const kept: WebgpuArray[] = [];
    const steps = new StepKernels(plain, source);
    await steps.step('kept', async () => {
      const array = steps.call('upload', [], [1], () => plain.upload(Float64Array.of(1), [1], 'real'));
      kept.push(array);
      await steps.readMany([array]);
    });
    expect(steps.report.steps).toBe(0);
    for (const array of kept) steps.release(array);
    steps.dispose();
  });
});

describe('the test of prepared steps at start-up', () => {
  it('passes here', async () => {
    expect(await preparedStepFault(kernels)).toBeNull();
    expect(kernels.memory()).toEqual(plain.memory());
  });

  it('says what fails where a prepared step goes wrong', async () => {
    const { encode } = ReplayProgram.prototype;
    // The last program is left out.
    ReplayProgram.prototype.encode = function (encoder, first = 0, end = 0) {
      encode.call(this, encoder, first, end - 1);
    };
    try {
      expect(await preparedStepFault(kernels)).toMatch(/not prepared in advance.*largest error, of/);
    } finally {
      ReplayProgram.prototype.encode = encode;
    }
  });
});

describe('recorded loops', () => {
  /** Σ (p - target)², whose minimum is at the target. */
  function descent(state: ReturnType<typeof startAdam<WebgpuArray>>, target: WebgpuArray) {
    return () => {
      const residual = kernels.subtract(state.parameters, target);
      const squares = kernels.multiply(residual, residual);
      const loss = kernels.sum(squares, [0]);
      const gradient = kernels.scale(residual, 2);
      kernels.adam(state, loss, gradient, RATES);
      for (const array of [residual, squares, loss, gradient]) kernels.release(array);
    };
  }
  const RATES = { learningRate: 0.1, decaySteps: 60, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const goal = Float64Array.of(0.5, -1, 2, 0.25);

  async function run(batches: readonly number[], isRecorded: boolean) {
    const bounds = { lower: new Float64Array(4).fill(-3), upper: new Float64Array(4).fill(1.5) };
    const state = startAdam(kernels, new Float64Array(4), [4], bounds, 8);
    const target = kernels.upload(goal, [4], 'real');
    const body = descent(state, target);
    const recording = isRecorded ? kernels.record?.(body) : undefined;
    if (!isRecorded) body();
    // Another picture takes the place of what the loop reads, whose buffer goes back to the pool.
    const others: WebgpuArray[] = [];
    if (isRecorded) {
      await kernels.readMany([target]);
      kernels.release(target);
      for (let i = 0; i < 4; i++) others.push(kernels.upload(new Float64Array(4).fill(9), [4], 'real'));
    }
    for (const times of batches) {
      if (recording !== undefined) await recording.repeat(times);
      else for (let i = 0; i < times; i++) body();
    }
    const read = await kernels.readMany([state.parameters, state.moments, state.progress]);
    recording?.release();
    releaseAdam(kernels, state);
    for (const array of isRecorded ? others : [target]) kernels.release(array);
    return read.map((samples) => [...samples]);
  }

  it('give bit for bit what the same steps one by one give', async () => {
    const before = kernels.memory();
    const batches = [1, 16, 42];
    const recorded = await run(batches, true);
    expect(recorded).toEqual(await run(batches, false));
    const [parameters = [], , progress = []] = recorded;
    expect(progress[0]).toBe(60);
    // The last losses fall, and the third parameter stops at its bound.
    expect(progress[ADAM_HEADER + (59 % 8)]).toBeLessThan(progress[ADAM_HEADER + (55 % 8)] ?? 0);
    expect(parameters[2]).toBe(1.5);
    // Adam's own accuracy after 60 steps of at most 0.1.
    expect(Math.abs((parameters[0] ?? 0) - 0.5)).toBeLessThan(0.05);
    expect(kernels.memory()).toEqual(before);
  });
});
